// Military symbols (APP-6, MIL-STD-2525) of their codes. The library is loaded when the first is wanted.
const known = new Map<string, Promise<string | null>>()

export function symbolOf(code: string): Promise<string | null> {
  const have = known.get(code)
  if (have) return have
  const picture = import('milsymbol')
    .then(({ default: ms }) => {
      const symbol = new ms.Symbol(code, { size: 30, outlineWidth: 3, outlineColor: '#ffffff' })
      return symbol.isValid() ? 'data:image/svg+xml;utf8,' + encodeURIComponent(symbol.asSVG()) : null
    })
    .catch(() => null)
  known.set(code, picture)
  return picture
}

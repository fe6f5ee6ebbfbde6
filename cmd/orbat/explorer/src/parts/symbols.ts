// Military symbols (APP-6, MIL-STD-2525) of their codes. The library is loaded when the first is wanted.

export interface Symbol {
  code: string
  svg: string
  width: number
  height: number
}

const known = new Map<string, Promise<Symbol | null>>()

export function symbolOf(code: string): Promise<Symbol | null> {
  const have = known.get(code)
  if (have) return have
  const drawn = import('milsymbol')
    .then(({ default: ms }) => {
      const symbol = new ms.Symbol(code, { size: 30, outlineWidth: 3, outlineColor: '#ffffff' })
      const { width, height } = symbol.getSize()
      return symbol.isValid() ? { code, svg: symbol.asSVG(), width, height } : null
    })
    .catch(() => null)
  known.set(code, drawn)
  return drawn
}

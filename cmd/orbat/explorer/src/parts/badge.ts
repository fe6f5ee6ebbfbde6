// A small picture with a number: how many links of an entity are not on screen.
const known = new Map<number, string>()

export function badge(n: number): string {
  const have = known.get(n)
  if (have) return have
  const text = '+' + (n > 9999 ? '9999' : String(n))
  const width = 5 + text.length * 7
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="16">` +
    `<rect x="0.5" y="0.5" width="${width - 1}" height="15" rx="7.5" fill="#ffffff" stroke="#2b2b28"/>` +
    `<text x="${width / 2}" y="12" font-family="sans-serif" font-size="10.5" font-weight="600" text-anchor="middle" fill="#1c1c1a">${text}</text></svg>`
  const picture = 'data:image/svg+xml;utf8,' + encodeURIComponent(svg)
  known.set(n, picture)
  return picture
}

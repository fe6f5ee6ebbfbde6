// Small pictures with a number: how many links of an entity are not on screen, alone or beside a symbol.
import type { Symbol } from './symbols'

export const badgeRoom = 14 // right of a symbol
export const badgeRise = 8 // above it

const known = new Map<string, string>()

function textOf(n: number): string {
  return '+' + (n > 9999 ? '9999' : String(n))
}

function width(n: number): number {
  return 5 + textOf(n).length * 7
}

export function badgeWidth(n: number): string {
  return `${width(n)}px`
}

function pill(n: number, x: number, y = 0): string {
  return (
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${width(n) - 1}" height="15" rx="7.5" fill="#ffffff" stroke="#2b2b28"/>` +
    `<text x="${x + width(n) / 2}" y="${y + 12}" font-family="sans-serif" font-size="10.5" font-weight="600" text-anchor="middle" fill="#1c1c1a">${textOf(n)}</text>`
  )
}

function picture(key: string, wide: number, high: number, content: () => string): string {
  const have = known.get(key)
  if (have) return have
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}">${content()}</svg>`
  const url = 'data:image/svg+xml;utf8,' + encodeURIComponent(svg)
  known.set(key, url)
  return url
}

export function badge(n: number): string {
  return picture(String(n), width(n), 16, () => pill(n, 0))
}

// symbolImage is a symbol, thirty-four high, with the number at its lower corner: above it says how large a unit is.
export function symbolImage(symbol: Symbol, wide: number, n: number): string {
  return picture(`${symbol.code} ${n}`, wide + badgeRoom, 34 + badgeRise, () => {
    const placed = symbol.svg.replace('<svg ', `<svg x="0" y="${badgeRise}" `).replace(/ width="[^"]*" height="[^"]*"/, ` width="${wide}" height="34"`)
    return placed + (n > 0 ? pill(n, wide + badgeRoom - width(n), 34 + badgeRise - 16) : '')
  })
}

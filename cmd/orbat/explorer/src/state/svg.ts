// What is on screen as an SVG with a title and a description: text stays text, and nothing is loaded from elsewhere.
import { outlinePath, nodeSize } from '../parts/shapes'
import { lines } from './drawing'
import type { Explorer } from './explorer.svelte'

export function svgOf(explorer: Explorer): string {
  const { nodes, edges } = explorer.shown
  const g = explorer.graph
  const at = (xid: string) => g.positions[xid] ?? [0, 0]
  const xs = nodes.map((n) => at(n.xid)[0])
  const ys = nodes.map((n) => at(n.xid)[1])
  const marking = explorer.marking
  const band = marking ? 30 : 0 // above and below
  const [left, top] = [Math.min(...xs) - 100, Math.min(...ys) - 60 - band]
  const [width, height] = [Math.max(...xs) - left + 100, Math.max(...ys) - top + 110 + band]
  const dash = { solid: '', dashed: '8 5', dotted: '1.5 4' }
  const about = [
    `${nodes.length} entities, ${edges.length} links`,
    explorer.filters.asOf && `as of ${explorer.filters.asOf}`,
    explorer.filters.minConfidence && `confidence ${explorer.filters.minConfidence} or more`,
    marking && `highest marking ${marking}`,
    explorer.caller?.max_marking && `shown up to ${explorer.caller.max_marking}`,
  ]
    .filter(Boolean)
    .join('; ')
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${text(explorer.title())}</title><desc>${text(about)}</desc>`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>`,
    '<defs><marker id="to" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10Z" fill="#77776f"/></marker></defs>',
  ]
  const beside = new Map<string, number>()
  for (const l of lines(edges, (e) => explorer.relationLabel(e.relation))) {
    const [a, b] = [at(l.from), at(l.to)]
    const pair = [l.from, l.to].sort().join('\n')
    const n = beside.get(pair) ?? 0
    beside.set(pair, n + 1)
    const long = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1
    const [ux, uy] = [(b[0] - a[0]) / long, (b[1] - a[1]) / long]
    const bow = (n % 2 === 0 ? 1 : -1) * Math.ceil(n / 2) * 46 * (l.from < l.to ? 1 : -1)
    const [mx, my] = [(a[0] + b[0]) / 2 - uy * bow, (a[1] + b[1]) / 2 + ux * bow]
    const color = l.contested ? '#a4262c' : '#77776f'
    const loop = l.from === l.to
    const d = loop
      ? `M${a[0]} ${a[1]}c-70 -90 70 -90 0 0`
      : `M${a[0] + ux * 24} ${a[1] + uy * 24}Q${mx} ${my} ${b[0] - ux * 26} ${b[1] - uy * 26}`
    out.push(
      `<path d="${d}" fill="none" stroke="${color}" stroke-width="${l.width}" stroke-dasharray="${dash[l.dashes]}"${l.edges.length === 1 ? ' marker-end="url(#to)"' : ''}/>`,
      `<text x="${(a[0] + 2 * mx + b[0]) / 4}" y="${(a[1] + 2 * my + b[1]) / 4 - (loop ? 55 : 4)}" text-anchor="middle" font-size="10" fill="#55554f" stroke="#ffffff" stroke-width="3" paint-order="stroke">${text(l.label + (l.contested ? ' · contested' : ''))}</text>`,
    )
  }
  for (const n of nodes) {
    const style = explorer.style(n.type)
    const [x, y] = at(n.xid)
    const size = nodeSize(style.shape)
    out.push(
      `<g><title>${text(n.name)}, ${text(explorer.typeLabel(n.type))}</title>`,
      `<path transform="translate(${x} ${y}) scale(${size.width / 2} ${size.height / 2})" d="${outlinePath(style.shape)}" fill="${style.color}" stroke="#2b2b28" stroke-width="2" vector-effect="non-scaling-stroke"/>`,
      `<text x="${x}" y="${y + size.height / 2 + 15}" text-anchor="middle" fill="#1c1c1a" stroke="#ffffff" stroke-width="3" paint-order="stroke">${text(n.name)}</text></g>`,
    )
  }
  for (const y of marking ? [top + 20, top + height - 12] : []) {
    out.push(`<text x="${left + width / 2}" y="${y}" text-anchor="middle" font-size="15" font-weight="bold" fill="#1c1c1a">${text(marking)}</text>`)
  }
  out.push('</svg>')
  return out.join('\n')
}

// text makes a name safe for XML: markup is escaped, and what XML does not allow is left out.
function text(s: string): string {
  return s
    .replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
}

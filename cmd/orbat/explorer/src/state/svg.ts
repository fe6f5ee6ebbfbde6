// What is on screen as an SVG with a title and a description: text stays text, and nothing is loaded from elsewhere.
import { outlinePath } from '../parts/shapes'
import { plural } from '../words'
import { labelOf, lines } from './drawing'
import type { Explorer } from './explorer.svelte'
import type { Written } from './names'

const fonts = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" // as the page's
const captionHeight = 24

// about says in one line what is on screen: how much, and under which filters.
export function about(explorer: Explorer): string {
  const { nodes, edges } = explorer.shown
  return [
    `${plural(nodes.length, 'entity', 'entities')}, ${plural(edges.length, 'link', 'links')}`,
    explorer.filters.asOf && `as of ${explorer.filters.asOf}`,
    explorer.filters.minConfidence && `confidence ${explorer.filters.minConfidence} or more`,
    explorer.marking && `highest marking ${explorer.marking}`,
    explorer.caller?.max_marking && `shown up to ${explorer.caller.max_marking}`,
  ]
    .filter(Boolean)
    .join('; ')
}

// svgOf draws what is on screen, named where the canvas has named it.
export function svgOf(explorer: Explorer, written: Written): string {
  const { nodes, edges } = explorer.shown
  const by = written.spread
  const at = (xid: string): [number, number] => {
    const [x, y] = explorer.graph.positions[xid] ?? [0, 0]
    return [x * by, y * by]
  }
  const size = (xid: string) => written.sizes.get(xid) ?? { width: 0, height: 0 }
  const boxes = nodes.flatMap((n) => {
    const [x, y] = at(n.xid)
    const { width, height } = size(n.xid)
    const name = written.names.get(n.xid)?.box
    return [{ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }, ...(name ? [name] : [])]
  })
  const marking = explorer.marking
  const [band, room] = [marking ? 30 : 0, 40] // above and below; and around what is drawn
  const [left, top] = [Math.min(...boxes.map((b) => b.left)) - room, Math.min(...boxes.map((b) => b.top)) - room - band]
  const width = Math.max(...boxes.map((b) => b.right)) + room - left
  const height = Math.max(...boxes.map((b) => b.bottom)) + room + band + captionHeight - top
  const dash = { solid: '', dashed: '8 5', dotted: '1.5 4' }
  const halo = 'stroke="#ffffff" stroke-width="3" paint-order="stroke"'
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="${fonts}" font-size="12">`,
    `<title>${text(explorer.title())}</title><desc>${text(about(explorer))}</desc>`,
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
    const bow = (n % 2 === 0 ? 1 : -1) * Math.ceil(n / 2) * 46 * by * (l.from < l.to ? 1 : -1)
    const [mx, my] = [(a[0] + b[0]) / 2 - uy * bow, (a[1] + b[1]) / 2 + ux * bow]
    const color = l.contested ? '#a4262c' : '#77776f'
    const loop = l.from === l.to
    const clear = (xid: string) => size(xid).width / 2 + 4
    const d = loop
      ? `M${a[0]} ${a[1]}c${-70 * by} ${-90 * by} ${70 * by} ${-90 * by} 0 0`
      : `M${a[0] + ux * clear(l.from)} ${a[1] + uy * clear(l.from)}Q${mx} ${my} ${b[0] - ux * clear(l.to)} ${b[1] - uy * clear(l.to)}`
    out.push(
      `<path d="${d}" fill="none" stroke="${color}" stroke-width="${l.width}" stroke-dasharray="${dash[l.dashes]}"${l.possible ? ' stroke-opacity="0.5"' : ''}${l.edges.length === 1 ? ' marker-end="url(#to)"' : ''}/>`,
    )
    if (!written.labels.has(l.id)) continue
    const [x, y] = [(a[0] + 2 * mx + b[0]) / 4, (a[1] + 2 * my + b[1]) / 4 - (loop ? 55 * by : 0)]
    const turned = (Math.atan2(uy, ux) * 180) / Math.PI
    const angle = loop ? 0 : turned > 90 ? turned - 180 : turned < -90 ? turned + 180 : turned
    out.push(
      `<text transform="translate(${x} ${y}) rotate(${angle})" dy="3.5" text-anchor="middle" font-size="10.5" fill="#55554f" ${halo}>${text(labelOf(l))}</text>`,
    )
  }
  for (const n of nodes) {
    const style = explorer.style(n.type)
    const [x, y] = at(n.xid)
    const { width, height } = size(n.xid)
    const name = written.names.get(n.xid)
    const middle = name ? (name.box.left + name.box.right) / 2 : x
    const lines = (name?.lines ?? []).map((line, i) => `<tspan x="${middle}" y="${name!.box.top + 13 + i * 15}">${text(line)}</tspan>`)
    out.push(
      `<g><title>${text(n.name)}, ${text(explorer.typeLabel(n.type))}</title>`,
      `<path transform="translate(${x} ${y}) scale(${width / 2} ${height / 2})" d="${outlinePath(style.shape)}" fill="${style.color}" stroke="#2b2b28" stroke-width="2" vector-effect="non-scaling-stroke"/>`,
      lines.length > 0 ? `<text text-anchor="middle" fill="#1c1c1a" ${halo}>${lines.join('')}</text></g>` : '</g>',
    )
  }
  out.push(
    `<text x="${left + 12}" y="${top + height - band - 10}" font-size="12" fill="#55554f">${text(about(explorer))}</text>`,
  )
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

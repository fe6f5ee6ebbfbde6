// The whole state in the address's fragment, so that a link opens it in a fresh browser. What is long is the list of
// entities with their places: n=x,y,flags,xid for each.
import { filtersIn, textsOf } from './filters'
import type { Filters, Graph, Point } from './graph'
import type { Selection, ViewName } from './explorer.svelte'

export const mostInFragment = 200 // entities; above, a view is saved and its id stands in the link

export interface Opened {
  view?: string // id of a saved view
  show?: ViewName
  xids: string[]
  positions: Record<string, Point>
  broughtBy: Record<string, string>
  pinned: string[]
  hidden: string[]
  selected: string[]
  edge?: string
  filters: Partial<Filters>
  about: string
}

export function writeFragment(g: Graph, selection: Selection, view: ViewName): string {
  const xids = Object.keys(g.nodes)
  if (xids.length === 0 || xids.length > mostInFragment) return ''
  const p = new URLSearchParams()
  if (view !== 'graph') p.set('view', view)
  for (const [name, text] of Object.entries(textsOf(g.filters))) p.set(name, text)
  if (g.about) p.set('about', g.about)
  const place = new Map(xids.map((xid, i) => [xid, i]))
  if (selection.kind === 'edge') p.set('edge', selection.id)
  for (const xid of selection.kind === 'entities' ? selection.xids : []) {
    if (place.has(xid)) p.append('sel', String(place.get(xid)))
  }
  xids.forEach((xid) => {
    const at = g.positions[xid]
    const flags = (g.pinned.includes(xid) ? 'p' : '') + (g.hidden.includes(xid) ? 'h' : '')
    const by = place.get(g.broughtBy[xid] ?? '') ?? ''
    p.append('n', [at ? Math.round(at[0]) : '', at ? Math.round(at[1]) : '', flags, by, xid].join(','))
  })
  return '#' + p.toString()
}

export function readFragment(hash: string): Opened {
  const p = new URLSearchParams(hash.replace(/^#/, ''))
  const o: Opened = { xids: [], positions: {}, broughtBy: {}, pinned: [], hidden: [], selected: [], filters: {}, about: p.get('about') ?? '' }
  const saved = p.get('v')
  if (saved) return { ...o, view: saved }
  const by: [string, number][] = []
  for (const text of p.getAll('n')) {
    const parts = text.split(',')
    const xid = parts.slice(4).join(',')
    if (parts.length < 5 || !xid || o.xids.includes(xid)) continue
    o.xids.push(xid)
    const [x, y, flags, parent] = parts as [string, string, string, string]
    if (x !== '' && y !== '' && Number.isFinite(Number(x)) && Number.isFinite(Number(y))) {
      o.positions[xid] = [Number(x), Number(y)]
    }
    if (flags.includes('p')) o.pinned.push(xid)
    if (flags.includes('h')) o.hidden.push(xid)
    if (parent !== '') by.push([xid, Number(parent)])
  }
  for (const [xid, i] of by) if (o.xids[i]) o.broughtBy[xid] = o.xids[i]!
  o.selected = p.getAll('sel').flatMap((i) => o.xids[Number(i)] ?? [])
  o.edge = p.get('edge') ?? undefined
  const show = p.get('view')
  if (show === 'table' || show === 'timeline' || show === 'map') o.show = show
  o.filters = filtersIn((name) => p.get(name))
  return o
}

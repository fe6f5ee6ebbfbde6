// What the explorer shows, as data: a graph with where its nodes stand, what is hidden, and the filters. A command
// turns one into the next and never changes the old one, so undo is a list of those before.
import type { Edge, Node } from '../api/client'

export type Point = [x: number, y: number]

export interface Filters {
  asOf: string // a day, month or year; '' is any time
  minConfidence: number
  certain: boolean // leave out what only possibly held
  hiddenTypes: string[]
  hiddenRelations: string[]
  source: string // xid: only links that it stands behind; '' is any
  minLinks: number // only entities with so many links on screen
  span: readonly [string, string] | null // days: only links that may have held within
  undated: boolean // what has no date stays
}

export const noFilters: Filters = {
  asOf: '',
  minConfidence: 0,
  certain: false,
  hiddenTypes: [],
  hiddenRelations: [],
  source: '',
  minLinks: 0,
  span: null,
  undated: true,
}

export interface Graph {
  nodes: Readonly<Record<string, Node>>
  edges: Readonly<Record<string, Edge>>
  positions: Readonly<Record<string, Point>>
  broughtBy: Readonly<Record<string, string>> // of each entity: the one whose expansion brought it
  pinned: readonly string[]
  hidden: readonly string[]
  filters: Filters
  about: string // what was asked for that is on screen, or the title of a view; empty: nothing but its entities says it
}

export const emptyGraph: Graph = {
  nodes: {},
  edges: {},
  positions: {},
  broughtBy: {},
  pinned: [],
  hidden: [],
  filters: noFilters,
  about: '',
}

export type Command =
  | { do: 'add'; nodes: readonly Node[]; edges: readonly Edge[]; from?: string; filters?: Partial<Filters>; about?: string }
  | { do: 'place'; positions: Record<string, Point> }
  | { do: 'move'; positions: Record<string, Point> }
  | { do: 'collapse'; xid: string }
  | { do: 'remove'; xids: readonly string[] }
  | { do: 'hide'; xids: readonly string[] }
  | { do: 'showAll' }
  | { do: 'pin'; xids: readonly string[]; on: boolean }
  | { do: 'filter'; change: Partial<Filters> }
  | { do: 'refresh'; nodes: readonly Node[]; edges: readonly Edge[] }
  | { do: 'title'; about: string }
  | { do: 'clear' }
  | { do: 'open'; graph: Graph }

// apply returns the graph after a command; the same graph where the command changes nothing.
export function apply(g: Graph, c: Command): Graph {
  switch (c.do) {
    case 'add':
      return add({ ...g, filters: changed(g.filters, c.filters), about: c.about ?? g.about }, c.nodes, c.edges, c.from)
    case 'place':
    case 'move': {
      const known = Object.entries(c.positions).filter(([xid]) => g.nodes[xid])
      return known.length === 0 ? g : { ...g, positions: { ...g.positions, ...Object.fromEntries(known) } }
    }
    case 'collapse':
      return remove(g, broughtOnlyBy(g, c.xid))
    case 'remove':
      return remove(g, c.xids)
    case 'hide': {
      const more = c.xids.filter((xid) => g.nodes[xid] && !g.hidden.includes(xid))
      return more.length === 0 ? g : { ...g, hidden: [...g.hidden, ...more] }
    }
    case 'showAll':
      return g.hidden.length === 0 ? g : { ...g, hidden: [] }
    case 'pin': {
      const others = g.pinned.filter((xid) => !c.xids.includes(xid))
      return { ...g, pinned: c.on ? [...others, ...c.xids.filter((xid) => g.nodes[xid])] : others }
    }
    case 'filter':
      return { ...g, filters: { ...g.filters, ...c.change } }
    case 'refresh':
      return refresh(g, c.nodes, c.edges)
    case 'title':
      return { ...g, about: c.about }
    case 'clear':
      return emptyGraph
    case 'open':
      return c.graph
  }
}

// changed returns the same filters where nothing changes: who types into one of them is not to be disturbed.
function changed(f: Filters, change: Partial<Filters> = {}): Filters {
  return Object.keys(change).length === 0 ? f : { ...f, ...change }
}

function add(g: Graph, nodes: readonly Node[], edges: readonly Edge[], from?: string): Graph {
  const all: Record<string, Node> = { ...g.nodes }
  const broughtBy: Record<string, string> = { ...g.broughtBy }
  for (const n of nodes) {
    if (from && !all[n.xid] && n.xid !== from) broughtBy[n.xid] = from
    all[n.xid] = n
  }
  const links: Record<string, Edge> = { ...g.edges }
  for (const e of edges) {
    if (all[e.from] && all[e.to]) links[e.id] = e
  }
  return { ...g, nodes: all, edges: links, broughtBy, hidden: g.hidden.filter((xid) => !nodes.some((n) => n.xid === xid)) }
}

// welcome tells who of those that an answer holds comes onto the screen, which was another when it was asked for: what
// was removed or hidden meanwhile stays away; what was hidden before comes only if it was wanted.
export function welcome(asked: Graph, now: Graph, wanted: ReadonlySet<string>): (xid: string) => boolean {
  const [before, hidden] = [new Set(asked.hidden), new Set(now.hidden)]
  return (xid) => (hidden.has(xid) ? before.has(xid) && wanted.has(xid) : !asked.nodes[xid] || now.nodes[xid] !== undefined)
}

// broughtOnlyBy returns what goes when an entity is collapsed: what its expansion brought and what theirs did in turn,
// but nothing that is pinned, nor what leads to something that is.
export function broughtOnlyBy(g: Graph, xid: string): string[] {
  const kept = new Set<string>()
  for (const pin of g.pinned) {
    for (let at: string | undefined = pin; at && !kept.has(at); at = g.broughtBy[at]) kept.add(at)
  }
  const gone: string[] = []
  const frontier = [xid]
  for (let at = frontier.pop(); at !== undefined; at = frontier.pop()) {
    for (const [child, parent] of Object.entries(g.broughtBy)) {
      if (parent === at && child !== xid && !gone.includes(child) && g.nodes[child]) {
        if (!kept.has(child)) gone.push(child)
        frontier.push(child)
      }
    }
    if (gone.length > 5000) break
  }
  return gone
}

function remove(g: Graph, xids: readonly string[]): Graph {
  const gone = new Set(xids.filter((xid) => g.nodes[xid]))
  if (gone.size === 0) return g
  const stays = ([xid]: [string, unknown]) => !gone.has(xid)
  return {
    ...g,
    nodes: Object.fromEntries(Object.entries(g.nodes).filter(stays)),
    edges: Object.fromEntries(Object.entries(g.edges).filter(([, e]) => !gone.has(e.from) && !gone.has(e.to))),
    positions: Object.fromEntries(Object.entries(g.positions).filter(stays)),
    broughtBy: Object.fromEntries(Object.entries(g.broughtBy).filter(stays)),
    pinned: g.pinned.filter((xid) => !gone.has(xid)),
    hidden: g.hidden.filter((xid) => !gone.has(xid)),
  }
}

// refresh returns the graph with what the server says of it now. What stands stays where it is; what is no longer there
// goes.
function refresh(g: Graph, nodes: readonly Node[], edges: readonly Edge[]): Graph {
  const there = new Set(nodes.map((n) => n.xid))
  const left = remove(g, Object.keys(g.nodes).filter((xid) => !there.has(xid)))
  const fresh = new Map(nodes.map((n) => [n.xid, n]))
  return {
    ...left,
    nodes: Object.fromEntries(Object.keys(left.nodes).map((xid) => [xid, fresh.get(xid)!])),
    edges: Object.fromEntries(edges.flatMap((e) => (left.nodes[e.from] && left.nodes[e.to] ? [[e.id, e]] : []))),
  }
}

// Change is how what the server says now differs from a graph.
export interface Change {
  nodes: string[] // xids of those that are described otherwise
  added: string[] // ids of links
  edges: string[] // ids of links of which something else is said
  gone: { nodes: string[]; edges: string[] }
}

// changeOf compares a graph with what the server says of its entities now; null: nothing differs.
export function changeOf(g: Graph, nodes: readonly Node[], edges: readonly Edge[]): Change | null {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  const there = new Set(nodes.map((n) => n.xid))
  const drawn = new Set(edges.map((e) => e.id))
  const change: Change = {
    nodes: nodes.filter((n) => g.nodes[n.xid] && !same(g.nodes[n.xid], n)).map((n) => n.xid),
    added: edges.filter((e) => !g.edges[e.id]).map((e) => e.id),
    edges: edges.filter((e) => g.edges[e.id] && !same(g.edges[e.id], e)).map((e) => e.id),
    gone: {
      nodes: Object.keys(g.nodes).filter((xid) => !there.has(xid)),
      edges: Object.keys(g.edges).filter((id) => !drawn.has(id)),
    },
  }
  const none = change.nodes.length + change.added.length + change.edges.length + change.gone.nodes.length + change.gone.edges.length === 0
  return none ? null : change
}

// History is a graph with those before it and those undone.
export interface History {
  now: Graph
  past: readonly { graph: Graph; what: string }[]
  future: readonly { graph: Graph; what: string }[]
}

export const newHistory: History = { now: emptyGraph, past: [], future: [] }

const deepest = 200

// step applies a command. What only says where nodes have come to stand, or what they are called together, belongs to the
// command that brought them.
export function step(h: History, c: Command): History {
  const now = apply(h.now, c)
  if (now === h.now) return h
  if (c.do === 'place' || c.do === 'title') return { ...h, now }
  const last = h.past.at(-1)
  if (c.do === 'filter' && last && last.what === wordsFor(c)) return { ...h, now, future: [] } // a slider on its way
  return { now, past: [...h.past, { graph: h.now, what: wordsFor(c) }].slice(-deepest), future: [] }
}

export function undo(h: History): History {
  const last = h.past.at(-1)
  if (!last) return h
  return { now: last.graph, past: h.past.slice(0, -1), future: [...h.future, { graph: h.now, what: last.what }] }
}

export function redo(h: History): History {
  const next = h.future.at(-1)
  if (!next) return h
  return { now: next.graph, past: [...h.past, { graph: h.now, what: next.what }], future: h.future.slice(0, -1) }
}

function wordsFor(c: Command): string {
  switch (c.do) {
    case 'add':
      return c.from ? 'expand' : 'add'
    case 'place':
    case 'move':
      return 'move'
    case 'collapse':
      return 'collapse'
    case 'remove':
      return 'remove'
    case 'hide':
      return 'hide'
    case 'showAll':
      return 'show all'
    case 'pin':
      return c.on ? 'pin' : 'unpin'
    case 'filter':
      return `filter (${Object.keys(c.change).sort().join(', ')})`
    case 'refresh':
      return 'take over what changed'
    case 'title':
      return 'title'
    case 'clear':
      return 'clear'
    case 'open':
      return 'open'
  }
}

// Moment is what the server says holds of the graph under the filters that only it can judge: time and confidence.
export interface Moment {
  edges: Readonly<Record<string, Edge>>
}

// Shown is what of a graph is on screen.
export interface Shown {
  nodes: Node[]
  edges: Edge[]
  links: Map<string, number> // of each entity that has any
  faded: Set<string> // entities none of whose links held then
  leftOut: { nodes: number; edges: number }
}

// Sifted is what of a graph says what is on screen.
export type Sifted = Pick<Graph, 'nodes' | 'edges' | 'hidden' | 'pinned'> & {
  filters: Pick<Filters, 'hiddenTypes' | 'hiddenRelations' | 'minLinks'>
}

// shown applies what is hidden and the filters. An edge goes with either of its ends.
export function shown(g: Sifted, moment: Moment | null, behind: ((e: Edge) => boolean) | null = null): Shown {
  const f = g.filters
  const hidden = new Set(g.hidden)
  let nodes = Object.values(g.nodes).filter((n) => !hidden.has(n.xid) && !f.hiddenTypes.includes(n.type))
  const hold = (among: Set<string>) =>
    Object.values(g.edges).flatMap((e) => {
      if (!among.has(e.from) || !among.has(e.to) || f.hiddenRelations.includes(e.relation)) return []
      const then = moment ? moment.edges[e.id] : e
      return then && (!behind || behind(then)) ? [then] : []
    })
  let edges = hold(new Set(nodes.map((n) => n.xid)))
  if (f.minLinks > 0) {
    const links = degrees(edges)
    nodes = nodes.filter((n) => (links.get(n.xid) ?? 0) >= f.minLinks || g.pinned.includes(n.xid))
    edges = hold(new Set(nodes.map((n) => n.xid)))
  }
  const links = degrees(edges)
  const judged = moment !== null || behind !== null
  const before = judged ? degrees(Object.values(g.edges)) : new Map<string, number>()
  const faded = new Set(nodes.filter((n) => !links.has(n.xid) && before.has(n.xid)).map((n) => n.xid))
  return {
    nodes,
    edges,
    links,
    faded,
    leftOut: { nodes: Object.keys(g.nodes).length - nodes.length, edges: Object.keys(g.edges).length - edges.length },
  }
}

// degrees counts the links of each entity.
export function degrees(edges: readonly Edge[]): Map<string, number> {
  const count = new Map<string, number>()
  for (const e of edges) {
    count.set(e.from, (count.get(e.from) ?? 0) + 1)
    if (e.to !== e.from) count.set(e.to, (count.get(e.to) ?? 0) + 1)
  }
  return count
}

// The page as one file: there is no server, and what would be asked of it is answered from the graph that stands in the
// page. It answers less: no questions, and of time only what the dates themselves say.
import { holds, periodsOf, spanOf, spansOf } from '../state/time'
import type { Card, Edge, Node, Ontology, Result, Values } from './client'

export interface Contents {
  title: string
  meta: Record<string, string>
  fragment?: string // the state that the page was written in, as a link has it
  vocabulary: Ontology
  nodes: Node[]
  edges: Edge[]
}

// contents returns the graph that stands in the page; null: a server answers.
export function contents(): Contents | null {
  const text = document.getElementById('orbat-graph')?.textContent
  return text ? (JSON.parse(text) as Contents) : null
}

// plain folds a name to what is compared: without case and marks.
function plain(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

export function answers(file: Contents) {
  const byXID = new Map(file.nodes.map((n) => [n.xid, n]))
  const at = new Map<string, Edge[]>()
  for (const e of file.edges) for (const xid of new Set([e.from, e.to])) at.set(xid, [...(at.get(xid) ?? []), e])

  // held returns an edge as it stands under filters; null: left out.
  function held(e: Edge, v: Values): Edge | null {
    const least = Number(v.min_confidence ?? 0)
    if (least > 0 && (e.confidence ?? -1) < least) return null
    const time = spanOf(v.as_of ? String(v.as_of) : undefined)
    if (!time) return e
    const spans = spansOf(periodsOf(e))
    if (spans.length === 0) return v.certain ? null : { ...e, possible: true }
    const how = spans.map((span) => holds(span, time))
    if (how.includes('certain')) return e
    return !how.includes('possible') || v.certain ? null : { ...e, possible: true }
  }

  function nodesOf(edges: readonly Edge[]): Node[] {
    return [...new Set(edges.flatMap((e) => [e.from, e.to]))].flatMap((xid) => byXID.get(xid) ?? [])
  }

  function totalsOf(xid: string, v: Values) {
    const count = new Map<string, { entity: string; relation: string; direction: string; links: number }>()
    for (const e of at.get(xid) ?? []) {
      if (!held(e, v)) continue
      for (const direction of [e.from === xid ? 'out' : '', e.to === xid ? 'in' : ''].filter(Boolean)) {
        const key = e.relation + direction
        const t = count.get(key) ?? { entity: xid, relation: e.relation, direction, links: 0 }
        count.set(key, { ...t, links: t.links + 1 })
      }
    }
    return [...count.values()]
  }

  // shortest looks for one shortest way, breadth first.
  function shortest(from: string, to: string, v: Values): Result {
    const most = Number(v.max_hops ?? 4)
    const not = String(v.not_types ?? '').split(',')
    const came = new Map<string, { by: Edge; xid: string }>()
    let frontier = [from]
    for (let hop = 0; hop < most && !came.has(to) && frontier.length > 0; hop++) {
      const next: string[] = []
      for (const xid of frontier) {
        for (const known of at.get(xid) ?? []) {
          const e = known.relation === 'mentions' ? null : held(known, v)
          const far = known.from === xid ? known.to : known.from
          if (!e || far === from || came.has(far) || (far !== to && not.includes(byXID.get(far)?.type ?? ''))) continue
          came.set(far, { by: e, xid })
          next.push(far)
        }
      }
      frontier = next
    }
    const steps: { edge: Edge; forward: boolean }[] = []
    for (let xid = to; came.has(xid) && xid !== from; ) {
      const c = came.get(xid)!
      steps.unshift({ edge: c.by, forward: c.by.to === xid })
      xid = c.xid
    }
    const edges = steps.map((s) => s.edge)
    const params = Object.fromEntries(Object.entries(v).flatMap(([k, x]) => (x === undefined ? [] : [[k, String(x)]])))
    return {
      query: 'shortest-path', params, shape: 'path', nodes: nodesOf(edges), edges, paths: steps.length ? [steps] : [], truncated: false,
    }
  }

  const counted = { possible: 0, contested: 0, ungraded: 0 }
  return {
    ready: async () => true,
    ontology: async () => file.vocabulary,
    whoami: async () => ({ name: '', role: 'reader', max_marking: file.meta.max_marking ?? file.meta['param.max_marking'] }),
    search: async (q: string, types: readonly string[] = []) => {
      const wanted = plain(q)
      const named = (n: Node) => [n.name, ...(n.properties?.aliases ?? []), n.xid]
      const found = file.nodes.filter((n) => (types.length === 0 || types.includes(n.type)) && named(n).some((name) => plain(name).includes(wanted)))
      const hits = found.slice(0, 12).map((n) => ({
        xid: n.xid, type: n.type, name: n.name, match: 'word', aliases: n.properties?.aliases, also: n.properties?.description?.[0],
      }))
      return { hits, more: found.length > 12 }
    },
    entity: async (xid: string, filters: Values): Promise<Card> => {
      const entity = byXID.get(xid)
      return {
        ...(entity ? { entity } : {}),
        facts: Object.entries(entity?.properties ?? {}).flatMap(([property, values]) =>
          values.map((value) => ({ property, value, shown: true })),
        ),
        links: totalsOf(xid, filters).map((t) => ({ relation: t.relation, direction: t.direction, count: t.links })),
        same_as: entity?.merged ?? [],
        ...counted,
      } as Card
    },
    links: async (xid: string, v: Values) => {
      const offset = Number(v.offset ?? 0)
      const limit = Number(v.limit ?? 50)
      const all = (at.get(xid) ?? []).flatMap((e) => {
        const fits =
          (!v.relation || String(v.relation).split(',').includes(e.relation)) && (v.direction === 'out' ? e.from === xid : v.direction !== 'in' || e.to === xid)
        return (fits && held(e, v)) || []
      })
      const edges = all.slice(offset, offset + limit)
      const next = offset + limit < all.length ? offset + limit : null
      return { entity: xid, offset, next, truncated: false, nodes: nodesOf(edges), edges, ...counted }
    },
    among: async (entities: readonly string[], v: Values) => {
      const wanted = new Set(entities)
      return {
        nodes: [...wanted].flatMap((xid) => byXID.get(xid) ?? []),
        edges: file.edges.flatMap((e) => (wanted.has(e.from) && wanted.has(e.to) && held(e, v)) || []),
        totals: [...wanted].flatMap((xid) => totalsOf(xid, v)),
        truncated: false,
        ...counted,
      }
    },
    evidence: async (from: string, to: string, relation: string) => {
      const edges = file.edges.filter((e) => e.relation === relation && e.from === from && e.to === to)
      return {
        query: 'evidence-for-link', params: {}, shape: 'table', nodes: file.nodes, edges, truncated: false,
        said: edges.flatMap((e) => e.evidence ?? []),
      }
    },
    counts: async () => {
      const count = new Map<string, number>()
      for (const n of file.nodes) count.set(n.type, (count.get(n.type) ?? 0) + 1)
      return { counted: true, types: [...count].map(([type, entities]) => ({ type, entities })) }
    },
    questions: async () => ({ questions: [] }),
    ask: async (_: string, v: Values) => shortest(String(v.from), String(v.to), v),
    views: async () => ({ views: [] }),
    savedQuestions: async () => ({ questions: [] }),
  }
}

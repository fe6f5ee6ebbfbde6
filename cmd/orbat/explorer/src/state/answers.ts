// Answers to questions as they are read: a tree as an outline, a table without what says nothing.
import type { Edge, Result } from '../api/client'

// Line is one entity of an outline, under the one that it was reached from.
export interface Line {
  xid: string
  depth: number
  edge: Edge | null // the link that leads there; null: the root
  forward: boolean // the link is read from the line above
  again: boolean // it stands elsewhere too, with what is under it
}

// outline returns a tree depth first. What several links lead to stands in full where it is nearest to the root, and
// what certainly holds before what only possibly does.
export function outline(r: Pick<Result, 'root' | 'parents' | 'edges'>): Line[] {
  if (!r.root || !r.parents) return []
  const under = new Map<string, Edge[]>()
  r.edges.forEach((e, i) => under.set(r.parents![i]!, [...(under.get(r.parents![i]!) ?? []), e]))
  for (const list of under.values()) list.sort((a, b) => Number(a.possible ?? false) - Number(b.possible ?? false))
  const end = (parent: string, e: Edge) => (e.from === parent ? e.to : e.from)
  const home = new Map<string, Edge | null>([[r.root, null]])
  for (let level = [r.root]; level.length > 0; ) {
    const next: string[] = []
    for (const parent of level) {
      for (const e of under.get(parent) ?? []) {
        const xid = end(parent, e)
        if (home.has(xid)) continue
        home.set(xid, e)
        next.push(xid)
      }
    }
    level = next
  }
  const lines: Line[] = [{ xid: r.root, depth: 0, edge: null, forward: true, again: false }]
  const list = (parent: string, depth: number) => {
    for (const e of under.get(parent) ?? []) {
      const xid = end(parent, e)
      const again = home.get(xid) !== e
      lines.push({ xid, depth, edge: e, forward: e.from === parent, again })
      if (!again) list(xid, depth + 1)
    }
  }
  list(r.root, 1)
  return lines
}

// columnsOf returns the places of the columns in which some row says something.
export function columnsOf(r: Pick<Result, 'columns' | 'rows'>): number[] {
  return (r.columns ?? []).flatMap((_, i) => ((r.rows ?? []).some((row) => row[i]) ? [i] : []))
}

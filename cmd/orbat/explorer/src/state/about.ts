// What a graph is about, in words that a file can be named by.
import type { Graph } from './graph'

// aboutOf returns what was asked, else the one entity that all others were expanded from, else the one that is selected,
// else how many there are.
export function aboutOf(g: Pick<Graph, 'about' | 'nodes' | 'broughtBy'>, selected: readonly string[]): string {
  if (g.about) return g.about
  const first = Object.values(g.nodes).filter((n) => !g.nodes[g.broughtBy[n.xid] ?? ''])
  const one = first.length === 1 ? first[0] : selected.length === 1 ? g.nodes[selected[0]!] : undefined
  return one?.name ?? among(Object.values(g.nodes).map((n) => n.name))
}

// among names what no one entity stands for: what a file's readers may not see is no part of its name.
export const among = (names: readonly string[]) => (names.length === 1 ? names[0]! : `graph of ${names.length} entities`)

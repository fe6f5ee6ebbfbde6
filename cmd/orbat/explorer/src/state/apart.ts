// Namesakes told apart: by what each lies in or stands under, as far as that is on screen, else by their ids.
import type { Edge, Node } from '../api/client'

// apart returns what tells from the others each entity that has its name in common with another: a link to one of its own
// type that no namesake has, or its id. label puts a link in words.
export function apart(nodes: readonly Node[], edges: readonly Edge[], label: (e: Edge) => string): Map<string, string> {
  const namesakes = new Map<string, Node[]>()
  for (const n of nodes) {
    const key = n.name.toLowerCase()
    namesakes.set(key, [...(namesakes.get(key) ?? []), n])
  }
  const types = new Map(nodes.map((n) => [n.xid, n.type]))
  const out = new Map<string, string>()
  for (const group of namesakes.values()) {
    if (group.length < 2) continue
    const links = new Map(group.map((n) => [n.xid, edges.filter((e) => e.from === n.xid && types.get(e.to) === n.type).map(label)]))
    for (const n of group) {
      const own = links.get(n.xid)!.find((text) => group.every((o) => o === n || !links.get(o.xid)!.includes(text)))
      out.set(n.xid, own ?? n.xid)
    }
  }
  return out
}

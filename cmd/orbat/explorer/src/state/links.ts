// How an entity is linked: each relation and direction once, however the server splits them by what is doubtful.
import type { LinkCount } from '../api/client'

export interface LinkKind {
  relation: string
  direction: 'in' | 'out'
  count: number
  doubtful: number // of them only possible
  disputed: number // of them contested
}

export function kindsOf(links: readonly LinkCount[]): LinkKind[] {
  const kinds = new Map<string, LinkKind>()
  for (const l of links) {
    const key = l.relation + ' ' + l.direction
    const kind = kinds.get(key) ?? { relation: l.relation, direction: l.direction as 'in' | 'out', count: 0, doubtful: 0, disputed: 0 }
    kind.count += l.count
    kind.doubtful += l.possible ? l.count : 0
    kind.disputed += l.contested ? l.count : 0
    kinds.set(key, kind)
  }
  return [...kinds.values()]
}

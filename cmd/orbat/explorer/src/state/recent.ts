// Graphs that were looked at in this browser, by their addresses.
const key = 'orbat.recent'

export interface Recent {
  title: string
  fragment: string
}

export function recentGraphs(): Recent[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    if (!Array.isArray(list)) return []
    return list.filter((r): r is Recent => typeof r?.title === 'string' && typeof r?.fragment === 'string')
  } catch {
    return [] // written by something else
  }
}

// keepRecent keeps a graph in the place of an earlier state of the same one: that which was kept last and begins alike.
export function keepRecent(title: string, fragment: string): void {
  const list = recentGraphs().filter((r) => r.title !== title)
  try {
    localStorage.setItem(key, JSON.stringify([{ title, fragment }, ...list].slice(0, 6)))
  } catch {
    // storage is full or forbidden: the list is a convenience
  }
}

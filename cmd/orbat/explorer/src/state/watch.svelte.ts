// Others load too. What is on screen is asked for again now and then, and when somebody comes back to the page; of what
// differs the page tells, and takes it over when it is told to.
import { api, file, type Among, type LinkCount } from '../api/client'
import type { Explorer } from './explorer.svelte'
import { changeOf, type Change, type Graph } from './graph'

// Changed is what differs from what is on screen since others have loaded.
export interface Changed {
  change: Change | null
  more: string[] // xids of those that have more links in all, or fewer
  answer: Among
  of: Graph // what was on screen then
  text: string // of all that, to tell it from another
}

const lookEvery = 30_000

export function totalsOf(list: Among['totals']): Record<string, LinkCount[]> {
  const totals: Record<string, LinkCount[]> = {}
  for (const t of list) (totals[t.entity] ??= []).push({ relation: t.relation, direction: t.direction, count: t.links })
  return totals
}

function sum(counts: readonly LinkCount[] = []): number {
  return counts.reduce((n, c) => n + c.count, 0)
}

// sameScreen reports whether two graphs hold the same entities and links, wherever they stand.
function sameScreen(a: Graph, b: Graph): boolean {
  return a.nodes === b.nodes && a.edges === b.edges
}

export class Watch {
  changed = $state.raw<Changed | null>(null)
  #dismissed = ''
  #started = false

  constructor(private readonly explorer: Explorer) {}

  // start looks every half minute, and when somebody comes back to the page.
  start(): void {
    if (file || this.#started) return
    this.#started = true
    let timer = 0
    let last = Date.now()
    const look = async () => {
      clearTimeout(timer)
      last = Date.now()
      await this.#look()
      timer = window.setTimeout(() => void look(), Math.max(lookEvery, (Date.now() - last) * 20))
    }
    const back = () => {
      if (document.visibilityState === 'visible' && Date.now() - last > 2000) void look()
    }
    timer = window.setTimeout(() => void look(), lookEvery)
    window.addEventListener('focus', back)
    document.addEventListener('visibilitychange', back)
  }

  async #look(): Promise<void> {
    const e = this.explorer
    if (e.empty || e.busy || e.away || document.visibilityState !== 'visible') return
    const before = e.graph
    const answer = await api.among(Object.keys(before.nodes), { markings: true }).catch(() => null)
    if (!answer || answer.truncated || !sameScreen(before, e.graph)) return
    const change = changeOf(before, answer.nodes, answer.edges)
    const counts = totalsOf(answer.totals)
    const more = Object.keys(before.nodes).filter((xid) => sum(counts[xid]) !== sum(e.totals[xid]))
    const text = JSON.stringify([answer.nodes, answer.edges, counts])
    if ((!change && more.length === 0) || text === this.#dismissed) {
      this.changed = null
      return
    }
    this.changed = { change, more, answer, of: before, text }
    e.say('The graph has changed since it was read. Positions stay; Show brings what changed.')
  }

  // takeOver shows what changed meanwhile; what stands stays where it is.
  async takeOver(): Promise<void> {
    const e = this.explorer
    const changed = this.changed
    if (!changed) return
    this.changed = null
    if (!sameScreen(changed.of, e.graph)) return this.#look() // it is about another screen
    e.totals = totalsOf(changed.answer.totals)
    e.dispatch({ do: 'refresh', nodes: changed.answer.nodes, edges: changed.answer.edges })
    e.forgetCards()
    await e.run('Applying the filters', async (signal) => {
      await e.readSourcesAgain(signal)
      await e.askMoment(signal)
    })
    e.say('What changed is shown')
  }

  dismiss(): void {
    this.#dismissed = this.changed?.text ?? ''
    this.changed = null
  }
}

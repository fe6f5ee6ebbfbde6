// What comes onto the screen: an entity that was looked for, what one is linked to, the answer to a question. While the
// server is asked the screen may change: what was removed or hidden meanwhile stays so.
import { api, type Edge, type Node, type Result } from '../api/client'
import { plural } from '../words'
import type { Explorer } from './explorer.svelte'
import { ofQuestion } from './filters'
import { welcome, type Filters } from './graph'

export const atOnce = 50 // links that one expansion adds
export const mostEver = 1500 // entities on screen

interface Brought {
  nodes: readonly Node[]
  edges: readonly Edge[]
  from?: string // the entity whose expansion it is
  filters?: Partial<Filters> // that it was asked with
  about?: string // what was asked
}

export class Expansion {
  constructor(private readonly explorer: Explorer) {}

  // put shows an entity: it joins the graph with its links to what is there.
  async put(xid: string): Promise<void> {
    const e = this.explorer
    if (e.empty) e.view = 'graph'
    const select = () => e.graph.nodes[xid] && e.selectEntity(xid)
    if (e.graph.nodes[xid]) select()
    else await e.run('Looking it up', async (signal) => {
      await this.#bring(signal, [xid], async () => ({ nodes: [], edges: [] }))
      select()
    })
  }

  // expand adds links of one relation and direction, at most fifty at a time, where it stopped before. What is on screen
  // already is no answer: it goes on to what is new.
  async expand(xid: string, relation: string, direction: string): Promise<void> {
    const e = this.explorer
    await e.run('Expanding', async (signal) => {
      const key = e.pageKey(xid, relation, direction)
      let next: number | null = e.pageOf(xid, relation, direction)?.next ?? 0
      const there = await this.#bring(signal, [], async () => {
        for (;;) {
          const shown = new Set(e.shown.edges.map((s) => s.id))
          const page = await api.links(xid, { relation, direction, offset: next!, limit: atOnce, ...e.serverFilters() }, signal)
          next = page.next
          if (next === null || page.edges.some((p) => !shown.has(p.id))) return { nodes: page.nodes, edges: page.edges, from: xid }
        }
      })
      if (there) e.pages = { ...e.pages, [key]: { next, there: e.linksShown(xid, relation, direction) } }
    })
  }

  // expandKinds adds links of several relations, at most fifty of those that lead out and fifty of those that lead in.
  async expandKinds(xid: string, kinds: readonly { relation: string; direction: string }[]): Promise<void> {
    const ways = ['out', 'in'].flatMap((direction) => {
      const relation = kinds.filter((k) => k.direction === direction).map((k) => k.relation).join(',')
      return relation ? [{ relation, direction }] : []
    })
    await this.#expandAlong(xid, ways, 'Load more adds them.')
  }

  // expandAll adds the first fifty links of an entity, mentions aside.
  async expandAll(xid: string): Promise<void> {
    await this.#expandAlong(xid, [{}], 'The card says how many of each kind.')
  }

  async #expandAlong(xid: string, ways: readonly { relation?: string; direction?: string }[], more: string): Promise<void> {
    await this.explorer.run('Expanding', async (signal) => {
      let cut = false
      let links = 0
      const there = await this.#bring(signal, [], async () => {
        const pages = await Promise.all(
          ways.map((way) => api.links(xid, { ...way, limit: atOnce, ...this.explorer.serverFilters() }, signal)),
        )
        cut = pages.some((p) => p.next !== null)
        const edges = pages.flatMap((p) => p.edges)
        links = edges.length
        return { nodes: pages.flatMap((p) => p.nodes), edges, from: xid }
      })
      if (there && cut) this.explorer.say(`${plural(links, 'link', 'links')} added; there are more. ${more}`)
    })
  }

  // show puts the answer to a question on screen, as of the time that was asked about, whatever stood there before.
  async show(result: Result, about: string, filters: Partial<Filters> = ofQuestion(result.params)): Promise<void> {
    await this.explorer.run('Adding the answer', async (signal) => {
      await this.#bring(signal, [], async () => ({ nodes: result.nodes, edges: result.edges, filters, about }))
    })
  }

  // bring adds what read returns, with all links between that and what is on screen, which only the server knows. It
  // reports whether there was room.
  async #bring(signal: AbortSignal, xids: readonly string[], read: () => Promise<Brought>): Promise<boolean> {
    const e = this.explorer
    const asked = e.graph
    const { nodes, edges, from, filters, about } = await read()
    const wanted = new Set([...xids, ...nodes.map((n) => n.xid)])
    for (;;) {
      if (from && !e.graph.nodes[from]) return true // it was removed meanwhile, and what it leads to with it
      const now = e.graph
      const fresh = [...wanted].filter((xid) => now.nodes[xid] || !asked.nodes[xid])
      const all = [...new Set([...Object.keys(now.nodes), ...fresh])]
      if (all.length > mostEver) {
        const [would, most] = [all.length.toLocaleString('en'), mostEver.toLocaleString('en')]
        e.say(`That would be ${would} entities; at most ${most} fit on screen.`)
        e.hear([`At most ${most} entities fit on screen. Hide or remove some, or narrow what you add.`])
        return false
      }
      const answer = await api.among(all, { markings: true }, signal)
      const known = new Set(all)
      if (Object.keys(e.graph.nodes).some((xid) => !known.has(xid))) continue // another expansion brought it: what ties the two?
      e.hear(answer.notes)
      e.countTotals(answer.totals)
      const still = welcome(asked, e.graph, wanted)
      const before = Object.keys(e.graph.nodes).length
      e.dispatch({
        do: 'add',
        nodes: [...nodes, ...answer.nodes].filter((n) => still(n.xid)),
        edges: [...edges, ...answer.edges],
        from,
        filters,
        about,
      })
      const there = Object.keys(e.graph.nodes).length
      e.say(`${plural(there - before, 'entity', 'entities')} added; ${there} on screen`)
      await e.readSourcesAgain(signal)
      await e.askMoment(signal)
      return true
    }
  }
}

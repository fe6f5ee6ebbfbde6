// The one store: the graph with its history, what is selected, and what was asked of the server for it. Components read
// it and call its methods. What is added to the graph is expansion.ts's, what others change meanwhile watch.svelte.ts's.
import { untrack } from 'svelte'
import {
  api,
  file,
  type Among,
  ProblemError,
  type Caller,
  type Card,
  type Edge,
  type EntityType,
  type LinkCount,
  type Ontology,
  type Relation,
  type Result,
  type SavedQuestion,
  type Values,
} from '../api/client'
import { apart } from './apart'
import { Expansion, mostEver } from './expansion'
import { asked, filtersIn } from './filters'
import { highest } from './markings'
import { keepRecent } from './recent'
import { readFragment, writeFragment, type Opened } from './fragment'
import {
  degrees,
  newHistory,
  noFilters,
  redo,
  shown,
  step,
  undo,
  type Command,
  type Filters,
  type Graph,
  type History,
  type Moment,
  type Point,
} from './graph'
import { holds, periodsOf, spanOf, spansOf, type Span } from './time'
import { totalsOf, Watch } from './watch.svelte'

export type Selection = { kind: 'entities'; xids: readonly string[] } | { kind: 'edge'; id: string } | { kind: 'none' }
export type ViewName = 'graph' | 'table' | 'timeline' | 'map'
export type SidePanel = 'filters' | 'paths' | 'questions' | 'none'

export const mostShown = 500 // beyond, layouts are drafts

export interface Busy {
  what: string
  since: number
  cancel: () => void
}

// PathAnswer is what was found between two entities.
export interface PathAnswer {
  from: string
  to: string
  maxHops: number
  result: Result
}

// Page is how far the links of one kind have been brought: where the next page begins (null: there is none), and how many
// were on screen then. With fewer there now it begins anew.
export interface Page {
  next: number | null
  there: number
}

const cardLasts = 30_000 // milliseconds

const nothingLoaded = 'urn:orbat:problem:empty'

export class Explorer {
  history = $state.raw<History>(newHistory)
  selection = $state.raw<Selection>({ kind: 'none' })
  view = $state<ViewName>('graph')
  panel = $state<SidePanel>('none')
  ontology = $state.raw<Ontology | null>(null)
  caller = $state.raw<Caller | null>(null)
  moment = $state.raw<Moment | null>(null)
  totals = $state.raw<Record<string, LinkCount[]>>({}) // by xid: all its links, on screen or not
  #running = $state.raw<readonly Busy[]>([])
  readonly busy = $derived(this.#running[0] ?? null)
  problem = $state.raw<{ what: string; error: ProblemError; retry: (() => void) | null } | null>(null)
  away = $state(false)
  unloaded = $state(false) // nothing has ever been loaded: there are no types to speak of yet
  needsToken = $state(false)
  spoken = $state('') // what is announced to who cannot see the canvas
  notes = $state.raw<string[]>([])
  path = $state.raw<PathAnswer | null>(null)
  pathShown = $state(0) // which of the ways found the canvas brings out
  read = $state.raw<readonly string[]>([]) // how the evidence that is open is marked
  answer = $state.raw<Result | null>(null) // to the question that was asked last, as long as it is on screen
  answerWide = $state(false) // it takes the room of a graph that it is not shown in yet
  question = $state.raw<SavedQuestion | null>(null) // which of those that were saved is to be asked next
  pages = $state.raw<Record<string, Page>>({}) // of the links of each entity, by relation and direction
  pathEnds = $state.raw<[string, string]>(['', ''])
  sourcesBehind = $state.raw<Record<string, { xid: string; title: string }[]> | null>(null) // by edge

  readonly expansion = new Expansion(this)
  readonly watch = new Watch(this)

  readonly graph = $derived(this.history.now)
  readonly filters = $derived(this.graph.filters)

  // What is shown follows from these alone, so that a filter which the server applies draws nothing before its answer.
  readonly nodes = $derived(this.graph.nodes)
  readonly edges = $derived(this.graph.edges)
  readonly positions = $derived(this.graph.positions)
  readonly hidden = $derived(this.graph.hidden)
  readonly pinned = $derived(this.graph.pinned)
  readonly #hiddenTypes = $derived(this.filters.hiddenTypes)
  readonly #hiddenRelations = $derived(this.filters.hiddenRelations)
  readonly #minLinks = $derived(this.filters.minLinks)
  readonly #source = $derived(this.filters.source)
  readonly #span = $derived(this.filters.span)
  readonly #undated = $derived(this.filters.undated)
  readonly shown = $derived(
    shown(
      {
        nodes: this.nodes,
        edges: this.edges,
        hidden: this.hidden,
        pinned: this.pinned,
        filters: { hiddenTypes: this.#hiddenTypes, hiddenRelations: this.#hiddenRelations, minLinks: this.#minLinks },
      },
      this.moment,
      this.#behind(),
    ),
  )
  // apart is what tells those on screen apart who bear the same name.
  readonly apart = $derived(apart(this.shown.nodes, this.shown.edges, (e) => `${this.relationLabel(e.relation)} ${this.name(e.to)}`))
  readonly empty = $derived(Object.keys(this.graph.nodes).length === 0)
  readonly #answerEdges = $derived(new Map(this.answer?.edges.map((e) => [e.id, e])))
  readonly #answerNames = $derived(new Map([...(this.path?.result.nodes ?? []), ...(this.answer?.nodes ?? [])].map((n) => [n.xid, n.name])))
  readonly selected = $derived(this.selection.kind === 'entities' ? this.selection.xids : [])
  readonly selectedEdge = $derived(
    this.selection.kind === 'edge'
      ? ((this.moment?.edges[this.selection.id] ?? this.graph.edges[this.selection.id] ?? this.#answerEdges.get(this.selection.id)) as Edge | undefined)
      : undefined,
  )

  // marking is the highest of what is on screen; empty: nothing there is marked.
  readonly marking = $derived(
    highest(
      [
        ...this.shown.nodes.flatMap((n) => n.markings ?? []),
        ...this.shown.edges.flatMap((e) => this.graph.edges[e.id]?.markings ?? []),
        ...this.read,
        ...(this.answer?.markings ?? []),
      ],
      this.ontology?.marking_scales ?? [],
    ),
  )

  // onPath are the entities and links of the way that the canvas brings out.
  readonly onPath = $derived.by(() => {
    const steps = (this.panel === 'paths' && this.path?.result.paths?.[this.pathShown]) || []
    return new Set(steps.flatMap((s) => [s.edge.id, s.edge.from, s.edge.to]))
  })

  // Totals count a link of an entity with itself at both of its ends.
  readonly #linksShown = $derived.by(() => {
    const edges = this.shown.edges.filter((e) => e.relation !== 'mentions')
    return degrees([...edges, ...edges.filter((e) => e.from === e.to)])
  })

  readonly #types = $derived(new Map(this.ontology?.types.map((t) => [t.name, t])))
  readonly #relations = $derived(new Map(this.ontology?.relations.map((r) => [r.name, r])))

  type(name: string): EntityType | undefined {
    return this.#types.get(name)
  }

  // style is how a type is drawn. Before the ontology is read nothing is.
  style(name: string): EntityType['style'] {
    return this.type(name)?.style ?? this.ontology?.unknown ?? { color: '#F0E442', shape: 'rectangle' }
  }

  relation(name: string): Relation | undefined {
    return this.#relations.get(name)
  }

  typeLabel(name: string): string {
    return this.type(name)?.label ?? (name || 'not described')
  }

  relationLabel(name: string, direction: 'out' | 'in' = 'out'): string {
    const r = this.relation(name)
    return (direction === 'in' ? r?.inverse : r?.label) ?? name
  }

  // name is what an entity is called: on screen, in an answer, or where it was found.
  name(xid: string): string {
    return this.graph.nodes[xid]?.name ?? this.#answerNames.get(xid) ?? this.#found[xid] ?? xid
  }

  // learn keeps what entities are called that a search found, or an answer that is no longer there.
  learn(nodes: readonly { xid: string; name: string }[]): void {
    this.#found = { ...this.#found, ...Object.fromEntries(nodes.map((n) => [n.xid, n.name])) }
  }
  #found = $state.raw<Record<string, string>>({})

  #behind(): ((e: Edge) => boolean) | null {
    const [source, span, undated] = [this.#source, this.#span, this.#undated]
    const behind = this.sourcesBehind
    const brushed = span && spanOf(span.join('/'))
    if ((!source || !behind) && !brushed && undated) return null
    const overlaps = (e: Edge) => {
      const spans = this.spansOfEdge(e)
      return spans.length > 0 ? !brushed || spans.some((s) => holds(s, brushed) !== 'no') : undated
    }
    return (e) => (!source || !behind || (behind[e.id] ?? []).some((s) => s.xid === source)) && overlaps(e)
  }

  // spansOfEdge are when a link held, or where nobody says when the event was that it is about.
  spansOfEdge(e: Edge): Span[] {
    const spans = spansOf(periodsOf(e))
    const date = (xid: string) => spanOf(this.nodes[xid]?.properties?.date?.[0])
    const event = spans.length > 0 ? null : (date(e.from) ?? date(e.to))
    return event ? [event] : spans
  }

  serverFilters(): Values {
    return asked(this.filters)
  }

  // start asks for what everything else needs, and meanwhile opens what the address says.
  async start(): Promise<void> {
    this.#described = false
    const problem = this.problem
    await this.openFragment()
    if (!this.#described && this.problem === problem) await this.run('Reading the ontology', (signal) => this.#describe(signal))
    this.watch.start()
  }

  // describe learns what there is to be seen, and by whom.
  async #describe(signal: AbortSignal): Promise<void> {
    if (this.#described) return
    const [ontology, caller] = await Promise.all([api.ontology(signal), api.whoami()])
    this.ontology = ontology
    this.caller = caller
    this.needsToken = false
    this.#described = true
  }
  #described = false // since the start

  async openFragment(): Promise<void> {
    const opened = readFragment(location.hash || (file?.fragment ?? ''))
    if (opened.view) {
      await this.openView(opened.view)
      return
    }
    if (opened.xids.length === 0 && file && file.nodes.length <= mostEver) opened.xids = file.nodes.map((n) => n.xid)
    if (opened.xids.length > 0) await this.open(opened)
  }

  async open(o: Opened): Promise<void> {
    await this.run('Opening the graph', async (signal) => {
      const [answer] = await Promise.all([api.among(o.xids, { markings: true }, signal), this.#describe(signal)])
      this.hear(answer.notes)
      const known = (xids: readonly string[]) => xids.filter((xid) => answer.nodes.some((n) => n.xid === xid))
      const graph: Graph = {
        nodes: Object.fromEntries(
          [...answer.nodes].sort((a, b) => o.xids.indexOf(a.xid) - o.xids.indexOf(b.xid)).map((n) => [n.xid, n]),
        ),
        edges: Object.fromEntries(answer.edges.map((e) => [e.id, e])),
        positions: Object.fromEntries(Object.entries(o.positions).filter(([xid]) => known([xid]).length > 0)),
        broughtBy: o.broughtBy,
        pinned: known(o.pinned),
        hidden: known(o.hidden),
        filters: { ...noFilters, ...o.filters },
        about: o.about,
      }
      this.countTotals(answer.totals)
      this.dispatch({ do: 'open', graph })
      this.view = o.show ?? 'graph'
      if (o.edge) this.selection = { kind: 'edge', id: o.edge }
      else if (o.selected.length > 0) this.selection = { kind: 'entities', xids: known(o.selected) }
      this.keepAddress() // what was dispatched did not know of it yet
      this.sourcesBehind = null
      if (this.filters.source) await this.#readSources(signal)
      await this.askMoment(signal)
    })
  }

  async openView(id: string): Promise<void> {
    await this.run('Opening the view', async (signal) => {
      const [view] = await Promise.all([api.view(id), this.#describe(signal)])
      const f = view.filters
      await this.open({
        xids: view.xids,
        positions: view.positions as unknown as Record<string, Point>,
        broughtBy: {},
        pinned: (f.pinned ?? '').split(';').filter(Boolean),
        hidden: (f.hidden ?? '').split(';').filter(Boolean),
        selected: [],
        filters: filtersIn((name) => f[name]),
        about: view.title,
      })
    })
  }

  // restart goes back to the start page. Nothing of what was asked before stays: neither its time, nor its panels.
  restart(): void {
    this.dispatch({ do: 'clear' })
    this.select({ kind: 'none' })
    this.moment = null
    this.view = 'graph'
    this.panel = 'none'
    this.path = null
    this.pathEnds = ['', '']
    this.notes = []
    this.problem = null
    this.starts++
  }
  starts = $state(0) // counts how often

  dispatch(c: Command): void {
    const before = this.history
    this.history = step(before, c)
    if (this.history !== before) this.keepAddress()
  }

  undo(): void {
    const what = this.history.past.at(-1)?.what
    if (!what) return
    this.history = undo(this.history)
    this.say(`Undid: ${what}`)
    this.afterJump()
  }

  redo(): void {
    const what = this.history.future.at(-1)?.what
    if (!what) return
    this.history = redo(this.history)
    this.say(`Did again: ${what}`)
    this.afterJump()
  }

  private afterJump(): void {
    this.keepAddress()
    void this.run('Applying the filters', (signal) => this.askMoment(signal))
  }

  select(s: Selection): void {
    this.selection = s
    this.keepAddress()
  }

  selectEntity(xid: string): void {
    this.select({ kind: 'entities', xids: [xid] })
    const n = this.graph.nodes[xid] ?? this.answer?.nodes.find((n) => n.xid === xid)
    if (n) this.say(`${n.name}, ${this.typeLabel(n.type)}`)
  }

  selectEdge(id: string): void {
    this.select({ kind: 'edge', id })
    const e = this.graph.edges[id] ?? this.#answerEdges.get(id)
    if (e) this.say(`Evidence: ${this.name(e.from)} ${this.relationLabel(e.relation)} ${this.name(e.to)}`)
  }

  async setFilters(change: Partial<Filters>): Promise<void> {
    const key = this.momentKey()
    this.dispatch({ do: 'filter', change })
    if (this.filters.source && !this.sourcesBehind) await this.readSources()
    if (this.momentKey() !== key) await this.run('Applying the filters', (signal) => this.askMoment(signal))
    const s = this.shown
    this.say(`${s.nodes.length} entities and ${s.edges.length} links shown, ${s.leftOut.edges} links left out`)
  }

  momentKey(): string {
    const f = this.filters
    return f.asOf || f.minConfidence ? JSON.stringify(this.serverFilters()) : ''
  }

  async askMoment(signal: AbortSignal): Promise<void> {
    const key = this.momentKey()
    if (key === '' || this.empty) {
      this.moment = null
      return
    }
    let answer
    try {
      answer = await api.among(Object.keys(this.graph.nodes), { ...this.serverFilters(), links_only: true }, signal)
    } catch (e) {
      if (this.momentKey() !== key) return // what is wrong with it is of no matter any more
      throw e
    }
    if (this.momentKey() !== key) return // asked again since
    this.moment = { edges: Object.fromEntries(answer.edges.map((e) => [e.id, e])) }
  }

  // readSourcesAgain does so where they are known already, of what is on screen by now.
  async readSourcesAgain(signal: AbortSignal): Promise<void> {
    if (this.sourcesBehind) await this.#readSources(signal)
  }

  // readSources learns which sources stand behind each link, which only the filter by source needs.
  async readSources(): Promise<void> {
    await this.run('Reading the sources', (signal) => this.#readSources(signal))
  }

  async #readSources(signal: AbortSignal): Promise<void> {
    const answer = await api.among(Object.keys(this.graph.nodes), { evidence: true }, signal)
    this.sourcesBehind = Object.fromEntries(
      answer.edges.map((e) => [
        e.id,
        (e.evidence ?? []).flatMap((c) => c.cites.map((s) => ({ xid: s.source, title: s.title ?? s.source }))),
      ]),
    )
  }

  countTotals(list: Among['totals']): void {
    this.totals = { ...this.totals, ...totalsOf(list) }
  }

  // unshown is how many links of an entity are not on screen, mentions aside.
  unshown(xid: string): number {
    const all = (this.totals[xid] ?? []).reduce((sum, t) => sum + (t.relation === 'mentions' ? 0 : t.count), 0)
    return Math.max(0, all - (this.#linksShown.get(xid) ?? 0))
  }

  // linksShown counts the links of one kind that an entity has on screen.
  linksShown(xid: string, relation: string, direction: string): number {
    return this.shown.edges.filter((e) => e.relation === relation && (direction === 'out' ? e.from : e.to) === xid).length
  }

  // pageOf is how far the links of one kind have been brought; undefined: not at all.
  pageOf(xid: string, relation: string, direction: string): Page | undefined {
    const page = this.pages[this.pageKey(xid, relation, direction)]
    return page && this.linksShown(xid, relation, direction) >= page.there ? page : undefined
  }

  pageKey(xid: string, relation: string, direction: string): string {
    return JSON.stringify([xid, relation, direction, this.serverFilters()])
  }

  // card returns what is said of an entity: what the panel has asked the menu need not ask again.
  card(xid: string): Promise<Card> {
    const key = JSON.stringify([xid, this.serverFilters()])
    const have = this.#cards.get(key)
    if (have && Date.now() - have.at < cardLasts) return have.card
    const card = api.entity(xid, this.serverFilters())
    if (this.#cards.size > 50) this.#cards.clear()
    this.#cards.set(key, { card, at: Date.now() })
    card.catch(() => this.#cards.delete(key))
    return card
  }

  // forgetCards has what cards said asked for anew, those that are open too.
  forgetCards(): void {
    this.#cards.clear()
    this.pages = {}
    this.cardsOf++
  }
  cardsOf = $state(0) // counts how often
  readonly #cards = new Map<string, { card: Promise<Card>; at: number }>()

  async findPath(from: string, to: string, values: Values): Promise<void> {
    this.path = null
    this.pathShown = 0
    await this.run('Looking for a path', async (signal) => {
      const f = this.filters
      const result = await api.ask(
        'shortest-path',
        { from, to, as_of: f.asOf, min_confidence: f.minConfidence || undefined, ...values },
        signal,
      )
      this.path = { from, to, maxHops: Number(values.max_hops ?? 4), result } // the panel says what was noted
      const found = result.paths?.length ?? 0
      this.say(found === 0 ? `No path within ${values.max_hops ?? 4} hops` : `${found} ${found === 1 ? 'path' : 'paths'} found`)
      if (found > 0) await this.expansion.show(result, `${this.name(from)} to ${this.name(to)}`, {}) // it was asked with those of the screen
    })
  }

  // run does something that asks the server. What the user sees of it: a bar after 200 ms, a way to give up after two
  // seconds, and if it fails the reason with a way to try again. The graph stays as it was. Work returns nothing: what is
  // to be done with an answer belongs into it, or trying again would come to nothing.
  async run(what: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const control = new AbortController()
    const mine: Busy = { what, since: Date.now(), cancel: () => control.abort() }
    this.#running = untrack(() => [...this.#running, mine]) // effects ask, and must not ask again for that
    const givenUp = new Promise<never>((_, fail) =>
      control.signal.addEventListener('abort', () => fail(new DOMException(what, 'AbortError'))),
    )
    try {
      await Promise.race([work(control.signal), givenUp])
      if (this.problem?.what === what) this.problem = null
    } catch (e) {
      if (e instanceof DOMException && e.name === 'AbortError') {
        this.say(`Gave up: ${what}`)
        return
      }
      if (!(e instanceof ProblemError)) throw e
      if (e.status === 401) {
        this.needsToken = true
        return
      }
      if (e.problem.type === nothingLoaded) {
        this.unloaded = true
        return
      }
      if (e.away) this.watchReturn()
      this.problem = { what, error: e, retry: () => void this.run(what, work) }
      this.say(`${e.problem.title}. ${e.problem.detail ?? ''}`)
    } finally {
      this.#running = this.#running.filter((b) => b !== mine)
    }
  }

  // watchReturn says that the database is away, and asks until it is back. What is on screen stays.
  watchReturn(): void {
    if (this.away) return
    this.away = true
    const ask = async () => {
      if (await api.ready()) {
        this.away = false
        this.returned = true
        this.say('The database answers again')
        const retry = this.problem?.retry
        this.problem = null
        if (!this.ontology) void this.start()
        else retry?.()
        setTimeout(() => (this.returned = false), 6000)
      } else setTimeout(() => void ask(), 3000)
    }
    setTimeout(() => void ask(), 2000)
  }

  returned = $state(false)

  say(text: string): void {
    this.spoken = text
  }

  hear(notes: readonly string[] | undefined): void {
    this.notes = [...(notes ?? [])]
  }

  // title names the graph by what was asked, else by those of its entities that were there first.
  title(): string {
    if (this.graph.about) return this.graph.about
    const names = Object.values(this.graph.nodes)
      .slice(0, 3)
      .map((n) => n.name)
    const more = Object.keys(this.graph.nodes).length - names.length
    return names.join(', ') + (more > 0 ? ` and ${more} more` : '')
  }

  keepAddress(): void {
    const text = writeFragment(this.graph, this.selection, this.view)
    if (text !== location.hash) history.replaceState(null, '', text || location.pathname + location.search)
    if (text) keepRecent(this.title(), text)
  }
}

export const explorer = new Explorer()

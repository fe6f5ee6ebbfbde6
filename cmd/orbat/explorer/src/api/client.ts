// The one place that asks the server. Paths, parameters and answers are typed by what the OpenAPI document says.
import { answers, contents } from './file'
import type { components, operations } from './types'

export type Node = components['schemas']['Node']
export type Edge = components['schemas']['Edge']
export type Evidence = components['schemas']['Evidence']
export type Citation = components['schemas']['Citation']
export type Result = components['schemas']['Result']
export type Question = components['schemas']['Question']
export type Param = components['schemas']['Param']
export type Problem = components['schemas']['Problem']

type Answer<ID extends keyof operations> = operations[ID]['responses'] extends {
  200: { content: { 'application/json': infer T } }
}
  ? T
  : never

export type Ontology = Answer<'ontology'>
export type EntityType = Ontology['types'][number]
export type Relation = Ontology['relations'][number]
export type Hit = Answer<'search'>['hits'][number]
export type Card = Answer<'entity'>
export type LinkCount = Card['links'][number]
export type LinkPage = Answer<'links'>
export type Caller = Answer<'whoami'>
export type SavedQuestion = Answer<'listSavedQuestions'>['questions'][number]
export type View = Answer<'showView'>
export type LinkEvidence = Answer<'evidence'>
export type Among = Answer<'among'>
export type Screen = operations['screen']['requestBody']['content']['application/json']

const base = new URL('api/v1/', document.baseURI)

// ProblemError is what the server says is wrong (RFC 9457), or that it cannot be reached (status 0).
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ProblemError'
  }

  get status(): number {
    return this.problem.status
  }

  // away reports whether the server or its database is gone for now.
  get away(): boolean {
    return this.status === 0 || this.status === 503
  }
}

export type Values = Record<string, string | number | boolean | undefined>

// address returns where something is answered, for requests and for links to files alike.
export function address(path: string, values: Values = {}): URL {
  const url = new URL(path, base)
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== '' && value !== false) url.searchParams.set(name, String(value))
  }
  return url
}

let token = sessionStorage.getItem('orbat.token') ?? ''

// signIn keeps a token for as long as the tab is open.
export function signIn(value: string): void {
  token = value
  sessionStorage.setItem('orbat.token', value)
}

export async function request(url: URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  if (token) headers.set('Authorization', `Bearer ${token}`)
  let response: Response
  try {
    response = await fetch(url, { ...init, headers })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ProblemError({ type: 'about:blank', title: 'The server cannot be reached', status: 0 })
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => null)
    throw new ProblemError(
      problem ?? { type: 'about:blank', title: response.statusText || 'The request failed', status: response.status },
    )
  }
  return response
}

async function read<T>(path: string, values: Values = {}, signal?: AbortSignal): Promise<T> {
  return (await request(address(path, values), { signal })).json()
}

function sending(method: string, body: unknown, signal?: AbortSignal): RequestInit {
  return { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal }
}

async function send<T>(method: string, path: string, body: unknown, values: Values = {}, signal?: AbortSignal): Promise<T> {
  return (await request(address(path, values), sending(method, body, signal))).json()
}

// screenFile has the server write what is on screen as a file.
export function screenFile(screen: Screen, values: Values, signal: AbortSignal): Promise<Response> {
  return request(address('among', values), sending('POST', screen, signal))
}

const longest = 8000 // characters of an address: proxies refuse longer ones

const server = {
  ready: () =>
    fetch(new URL('readyz', document.baseURI)).then(
      (r) => r.ok,
      () => false,
    ),
  ontology: (signal?: AbortSignal) => read<Ontology>('ontology', {}, signal),
  whoami: () => read<Caller>('whoami'),
  search: (q: string, types: readonly string[] = [], signal?: AbortSignal) =>
    read<Answer<'search'>>('search', { q, type: types.join(','), limit: 12 }, signal),
  entity: (entity: string, filters: Values, signal?: AbortSignal) => read<Card>('entity', { entity, ...filters }, signal),
  links: (entity: string, values: Values, signal?: AbortSignal) => read<LinkPage>('links', { entity, ...values }, signal),
  among: (entities: string[], values: Values, signal?: AbortSignal) => {
    const asked = { entities: entities.join(';'), ...values }
    return address('among', asked).href.length > longest
      ? send<Among>('POST', 'among', { entities } satisfies Screen, values, signal)
      : read<Among>('among', asked, signal)
  },
  evidence: (from: string, to: string, relation: string, values: Values, signal?: AbortSignal) =>
    read<LinkEvidence>('evidence', { from, to, relation, limit: 1000, ...values }, signal),
  counts: () => read<Answer<'census'>>('census'),
  questions: (signal?: AbortSignal) => read<Answer<'listQuestions'>>('questions', {}, signal),
  ask: (name: string, values: Values, signal?: AbortSignal) =>
    read<Result>(`ask/${encodeURIComponent(name)}`, values, signal),
  views: () => read<Answer<'listViews'>>('views'),
  view: (id: string) => read<View>(`views/${encodeURIComponent(id)}`),
  keepView: (view: unknown) => send<View>('POST', 'views', view),
  savedQuestions: () => read<Answer<'listSavedQuestions'>>('saved-questions'),
  keepQuestion: (question: operations['saveQuestion']['requestBody']['content']['application/json']) => send<unknown>('POST', 'saved-questions', question),
}

// file is what the page shows where it was opened from disk; null: a server answers.
export const file = contents()

export const api: typeof server = file ? { ...server, ...(answers(file) as Partial<typeof server>) } : server

// Files of what is on screen: in every format that the server writes, and as pictures.
import { address, api, request, screenFile, type Question, type Screen } from '../api/client'
import type { operations } from '../api/types'
import { nameFor } from '../words'
import { aboutOf, among } from './about'
import type { Explorer } from './explorer.svelte'
import { localOnly } from './filters'

export type Format = Exclude<NonNullable<NonNullable<operations['among']['parameters']['query']>['format']>, 'json'>

export type WholeFormat = NonNullable<operations['export']['parameters']['query']>['format']

export const formats: readonly { name: Format; label: string }[] = [
  { name: 'html', label: 'One HTML file' },
  { name: 'gexf', label: 'GEXF, for Gephi' },
  { name: 'graphml', label: 'GraphML' },
  { name: 'yed', label: 'GraphML for yEd' },
  { name: 'csv-links', label: 'CSV of links' },
  { name: 'csv-gephi', label: 'CSV for Gephi' },
  { name: 'csv-neo4j', label: 'CSV for Neo4j' },
  { name: 'xlsx', label: 'Excel' },
  { name: 'csv', label: 'CSV' },
  { name: 'tsv', label: 'TSV' },
  { name: 'markdown', label: 'Markdown' },
  { name: 'stix', label: 'STIX 2.1' },
  { name: 'geojson', label: 'GeoJSON' },
  { name: 'kml', label: 'KML' },
  { name: 'cytoscape', label: 'Cytoscape JSON' },
  { name: 'node-link', label: 'Node-link JSON' },
  { name: 'ndjson', label: 'NDJSON' },
  { name: 'dot', label: 'DOT, for Graphviz' },
  { name: 'mermaid', label: 'Mermaid' },
  { name: 'gexf12', label: 'GEXF 1.2' },
]

// wholeFormats are those of the graph as a whole: no tables, and orbat's own, which loads again.
export const wholeFormats: readonly { name: WholeFormat; label: string }[] = [
  { name: 'canonical', label: 'Canonical, to load again' },
  ...formats.filter((f) => !['xlsx', 'csv', 'tsv', 'markdown'].includes(f.name)).map((f) => ({ name: f.name as WholeFormat, label: f.label })),
]

// exportScreen has the server write what is on screen, with its evidence, where things stand and what filters leave out,
// for readers who may see no more than a marking; empty: for those who see what is on screen. Saved gets the file's name.
export async function exportScreen(explorer: Explorer, format: Format, upTo: string, saved: (name: string) => void): Promise<void> {
  const { nodes, edges } = explorer.shown
  const xids = nodes.map((n) => n.xid)
  await explorer.run(`Writing ${format}`, async (signal) => {
    // A file says what was asked for it: of whom its readers may not see not even the id is asked.
    const theirs = upTo ? (await api.among(xids, { max_marking: upTo, ...explorer.serverFilters() }, signal)).nodes : null
    if (theirs?.length === 0) {
      explorer.say('Nothing of what is on screen is for those readers: no file is written')
      return
    }
    const entities = theirs ? theirs.map((n) => n.xid) : xids
    const { source, ...others } = localOnly(explorer.filters)
    const screen: Screen = {
      entities,
      links: edges.map((e) => e.id),
      positions: Object.fromEntries(entities.flatMap((xid) => (explorer.graph.positions[xid] ? [[xid, [...explorer.graph.positions[xid]]]] : []))),
      filters: upTo || !source ? others : { ...others, source },
    }
    const response = await screenFile(
      screen,
      { format, max_marking: upTo || explorer.caller?.max_marking, ...explorer.serverFilters() }, // the file says so
      signal,
    )
    const written = format === 'html' ? withState(await response.text(), upTo ? '' : location.hash) : await response.blob()
    const extension = extensionOf(response, format)
    const name = theirs ? nameFor([among(theirs.map((n) => n.name))], explorer.filters.asOf, extension) : screenName(explorer, extension)
    save(written, name)
    saved(name)
  })
}

// exportAnswer has the server write the whole answer to a question, however much of it is on screen.
export async function exportAnswer(explorer: Explorer, q: Question, values: Record<string, string>, format: Format): Promise<void> {
  const most = q.params.find((p) => p.name === 'limit')?.max
  await explorer.run(`Writing ${format}`, async (signal) => {
    const response = await request(address(`ask/${encodeURIComponent(q.name)}`, { ...values, limit: values.limit ?? most, format }), { signal })
    const name = nameFor([aboutQuestion(explorer, q, values)], values.as_of ?? '', extensionOf(response, format))
    save(await response.blob(), name)
    explorer.hear([`Saved as ${name}`])
    explorer.say(`Saved as ${name}`)
  })
}

// exportAll has the server write all that may be seen of the graph. Saved gets the file's name.
export async function exportAll(explorer: Explorer, format: WholeFormat, upTo: string, saved: (name: string) => void): Promise<void> {
  await explorer.run(`Writing the whole graph as ${format}`, async (signal) => {
    const response = await request(address('export', { format, max_marking: upTo }), { signal })
    const name = nameOf(response, format)
    save(await response.blob(), name)
    saved(name)
  })
}

// aboutQuestion says what was asked, and of whom.
export function aboutQuestion(explorer: Explorer, q: Question, values: Record<string, string>): string {
  const of = q.params.filter((p) => p.type === 'entity' && values[p.name]).map((p) => explorer.name(values[p.name]!))
  return [q.name.replaceAll('-', ' '), ...of].join(', ')
}

// screenName names a file of what is on screen by what that is about.
export function screenName(explorer: Explorer, extension: string): string {
  return nameFor([aboutOf(explorer.graph, explorer.selected)], explorer.filters.asOf, extension)
}

function extensionOf(response: Response, format: string): string {
  return /\.[a-z0-9.]+$/i.exec(nameOf(response, format).replace(/^orbat/, ''))?.[0] ?? `.${format}`
}

function nameOf(response: Response, format: string): string {
  return /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '')?.[1] ?? `orbat.${format}`
}

// withState has a page that is one file open as what is on screen: places, filters, selection, as a link has them.
function withState(page: string, fragment: string): Blob {
  const place = /<script type="application\/json" id="orbat-graph">\{/ // as a text it would be found in the page's own code too
  const state = JSON.stringify(fragment).replaceAll('<', '\\u003c')
  return new Blob([page.replace(place, (found) => `${found}"fragment":${state},\n`)], { type: 'text/html' })
}

export function save(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

// pngOf returns a picture of the canvas with a line below that says what it shows; where that is marked, with the marking
// above and below it.
export async function pngOf(base64: string, marking: string, caption: string): Promise<Blob> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const drawn = new Blob([bytes], { type: 'image/png' })
  const picture = await createImageBitmap(drawn)
  const [band, line] = [marking ? 48 : 0, 44]
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(picture.width, 640)
  canvas.height = picture.height + 2 * band + line
  const context = canvas.getContext('2d')!
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, (canvas.width - picture.width) / 2, band)
  context.fillStyle = '#1c1c1a'
  context.textBaseline = 'middle'
  context.font = '22px sans-serif'
  context.fillText(caption, 16, band + picture.height + line / 2, canvas.width - 32)
  context.font = 'bold 26px sans-serif'
  context.textAlign = 'center'
  for (const y of marking ? [band / 2, canvas.height - band / 2] : []) context.fillText(marking, canvas.width / 2, y, canvas.width - 24)
  return new Promise((done) => canvas.toBlob((made) => done(made ?? drawn), 'image/png'))
}

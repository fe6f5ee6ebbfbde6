// Files of what is on screen: in every format that the server writes, and as pictures.
import { address, api, request } from '../api/client'
import type { operations } from '../api/types'
import { plural } from '../words'
import type { Explorer } from './explorer.svelte'

export type Format = Exclude<NonNullable<NonNullable<operations['among']['parameters']['query']>['format']>, 'json'>

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

// exportGraph has the server write what is on screen, filters and evidence included, for readers who may see no more
// than a marking; empty: for those who see what is on screen.
export async function exportGraph(explorer: Explorer, format: Format, extension: string, upTo: string): Promise<void> {
  const { nodes, edges } = explorer.shown
  const xids = nodes.map((n) => n.xid)
  const relations = [...new Set(edges.map((e) => e.relation))]
  const all = new Set(Object.values(explorer.graph.edges).map((e) => e.relation))
  await explorer.run(`Writing ${format}`, async (signal) => {
    // A file says what was asked for it: of whom its readers may not see not even the id is asked.
    const theirs = upTo ? (await api.among(xids, { max_marking: upTo, ...explorer.serverFilters() }, signal)).nodes : null
    if (theirs?.length === 0) return explorer.say('Nothing of what is on screen is for those readers: no file is written')
    const url = address('among', {
      entities: (theirs ? theirs.map((n) => n.xid) : xids).join(';'),
      relation: relations.length < all.size ? relations.join(',') : undefined,
      format,
      max_marking: upTo || explorer.caller?.max_marking, // the file says so
      ...explorer.serverFilters(),
    })
    const response = await request(url, { signal })
    const named = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '')
    const written = format === 'html' ? withState(await response.text(), upTo ? '' : location.hash) : await response.blob()
    save(written, named?.[1] ?? `orbat.${extension}`)
    explorer.say(`Exported ${plural((theirs ?? nodes).length, 'entity', 'entities')} as ${format}`)
  })
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

// pngOf returns a picture of the canvas; where what it shows is marked, with the marking above and below it.
export async function pngOf(base64: string, marking: string): Promise<Blob> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  const drawn = new Blob([bytes], { type: 'image/png' })
  if (!marking) return drawn
  const picture = await createImageBitmap(drawn)
  const band = 48
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(picture.width, 480)
  canvas.height = picture.height + 2 * band
  const context = canvas.getContext('2d')!
  context.fillStyle = '#ffffff'
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(picture, (canvas.width - picture.width) / 2, band)
  context.fillStyle = '#1c1c1a'
  context.font = 'bold 26px sans-serif'
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const y of [band / 2, canvas.height - band / 2]) context.fillText(marking, canvas.width / 2, y, canvas.width - 24)
  return new Promise((done) => canvas.toBlob((made) => done(made ?? drawn), 'image/png'))
}

// Files of what is on screen: in every format that the server writes, and as pictures.
import { address, request } from '../api/client'
import type { operations } from '../api/types'
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

// exportGraph has the server write what is on screen, filters and evidence included.
export async function exportGraph(explorer: Explorer, format: Format, extension: string): Promise<void> {
  const { nodes, edges } = explorer.shown
  const relations = [...new Set(edges.map((e) => e.relation))]
  const all = new Set(Object.values(explorer.graph.edges).map((e) => e.relation))
  const url = address('among', {
    entities: nodes.map((n) => n.xid).join(';'),
    relation: relations.length < all.size ? relations.join(',') : undefined,
    format,
    ...explorer.serverFilters(),
  })
  await explorer.run(`Writing ${format}`, async (signal) => {
    const response = await request(url, { signal })
    const named = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '')
    const written = format === 'html' ? withState(await response.text()) : await response.blob()
    save(written, named?.[1] ?? `orbat.${extension}`)
    explorer.say(`Exported ${nodes.length} entities and ${edges.length} links as ${format}`)
  })
}

// withState has a page that is one file open as what is on screen: places, filters, selection.
function withState(page: string): Blob {
  const place = /<script type="application\/json" id="orbat-graph">\{/ // as a text it would be found in the page's own code too
  const state = JSON.stringify(location.hash).replaceAll('<', '\\u003c')
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

export function pngOf(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))
  return new Blob([bytes], { type: 'image/png' })
}

// What the canvas draws of edges: parallel ones apart, many as one bundle, and how each line looks.
import type { Edge } from '../api/client'

export const bundledAbove = 4

export interface Line {
  id: string
  from: string
  to: string
  edges: Edge[] // one, or all of a bundle
  label: string
  dashes: 'solid' | 'dashed' | 'dotted'
  width: number
  contested: boolean
  possible: boolean
}

// lines returns what is drawn: up to four parallel edges each for itself, more as one line that says how many.
export function lines(edges: readonly Edge[], label: (e: Edge) => string): Line[] {
  const pairs = new Map<string, Edge[]>()
  for (const e of edges) {
    const pair = e.from < e.to ? e.from + '\n' + e.to : e.to + '\n' + e.from
    const list = pairs.get(pair)
    if (list) list.push(e)
    else pairs.set(pair, [e])
  }
  const list: Line[] = []
  for (const [pair, parallel] of pairs) {
    if (parallel.length > bundledAbove) {
      list.push({
        ...looks(parallel),
        id: 'bundle:' + pair,
        from: parallel[0]!.from,
        to: parallel[0]!.to,
        edges: parallel,
        label: `${parallel.length} links`,
      })
      continue
    }
    for (const e of parallel) list.push({ ...looks([e]), id: e.id, from: e.from, to: e.to, edges: [e], label: label(e) })
  }
  return list
}

// labelOf is what is written along a line.
export function labelOf(l: Line): string {
  return (l.contested ? '≠ ' : '') + l.label + (l.possible ? ' ?' : '')
}

function looks(edges: readonly Edge[]): Pick<Line, 'dashes' | 'width' | 'contested' | 'possible'> {
  const sources = Math.max(...edges.map((e) => e.sources))
  return {
    dashes: dashesFor(best(edges)),
    width: Math.min(6, 1 + sources * 0.8),
    contested: edges.some((e) => e.contested),
    possible: edges.every((e) => e.possible),
  }
}

function best(edges: readonly Edge[]): number | null {
  const graded = edges.flatMap((e) => (typeof e.confidence === 'number' ? [e.confidence] : []))
  return graded.length > 0 ? Math.max(...graded) : null
}

// dashesFor says how sure a link is: what nobody graded is drawn as the doubtful are.
export function dashesFor(confidence: number | null | undefined): Line['dashes'] {
  if (typeof confidence !== 'number' || confidence < 40) return 'dotted'
  return confidence >= 75 ? 'solid' : 'dashed'
}

// Where nodes stand. What stands already never moves; only what is new finds a place.
import type { Core, LayoutOptions, NodeSingular } from 'cytoscape'
import cytoscape from 'cytoscape'
import type { Graph, Point } from './graph'

// The layout is loaded when the first graph wants it; the start page does without.
let loaded: Promise<void> | null = null
function loadLayout(): Promise<void> {
  loaded ??= import('cytoscape-fcose').then(({ default: fcose }) => cytoscape.use(fcose))
  return loaded
}

// near returns first places for new entities: on rings around the one that brought them, where nothing stands yet.
export function near(g: Graph, fresh: readonly string[]): Record<string, Point> {
  const taken: Point[] = Object.values(g.positions).map((p) => [p[0], p[1]])
  const places: Record<string, Point> = {}
  const bySource = new Map<string, string[]>()
  for (const xid of fresh) {
    const by = g.positions[g.broughtBy[xid] ?? ''] ? g.broughtBy[xid]! : neighbour(g, xid)
    bySource.set(by, [...(bySource.get(by) ?? []), xid])
  }
  const free = (p: Point) => taken.every((t) => Math.abs(t[0] - p[0]) > 110 || Math.abs(t[1] - p[1]) > 80)
  for (const [by, xids] of bySource) {
    const [cx, cy] = g.positions[by] ?? [0, 0]
    let slot = by === '' && taken.length === 0 ? 0 : 1
    for (const xid of xids) {
      for (; ; slot++) {
        const p = ring(cx, cy, slot)
        if (slot > 20_000 || free(p)) {
          places[xid] = p
          taken.push(p)
          slot++
          break
        }
      }
    }
  }
  return places
}

// ring numbers places around a middle, ring by ring, each a hundred and seventy wider.
function ring(cx: number, cy: number, slot: number): Point {
  if (slot === 0) return [cx, cy]
  let r = 1
  let before = 1
  while (slot >= before + r * 8) {
    before += r * 8
    r++
  }
  const angle = ((slot - before) / (r * 8)) * 2 * Math.PI + r * 0.4
  return [Math.round(cx + r * 170 * Math.cos(angle)), Math.round(cy + r * 140 * Math.sin(angle))]
}

function neighbour(g: Graph, xid: string): string {
  for (const e of Object.values(g.edges)) {
    if (e.from === xid && g.positions[e.to]) return e.to
    if (e.to === xid && g.positions[e.from]) return e.from
  }
  return ''
}

// settle lets new nodes find good places among those that stand, and says where all of the new ones came to stand.
export async function settle(
  cy: Core,
  fresh: readonly string[],
  draft: boolean,
  done: (p: Record<string, Point>) => void,
): Promise<void> {
  await loadLayout()
  if (cy.destroyed()) return
  const isNew = new Set(fresh)
  const fixed = cy
    .nodes()
    .filter((n) => !isNew.has(n.id()))
    .map((n) => ({ nodeId: n.id(), position: { ...(n as NodeSingular).position() } }))
  const apart = draft && fixed.length === 0 ? 3 : 1 // a draft minds no labels
  const options = {
    name: 'fcose',
    quality: draft ? 'draft' : 'proof',
    animate: false,
    fit: false,
    randomize: fixed.length === 0,
    nodeDimensionsIncludeLabels: true,
    fixedNodeConstraint: fixed.length > 0 ? fixed : undefined,
    idealEdgeLength: 150,
    nodeRepulsion: 14_000,
    nodeSeparation: 140,
    edgeElasticity: 0.35,
    gravity: 0.2,
    packComponents: fixed.length === 0,
    numIter: fixed.length > 0 ? 1500 : 2500,
    step: 'all',
    stop: () => {
      const placed: Record<string, Point> = {}
      cy.nodes().forEach((n) => {
        if (isNew.has(n.id())) placed[n.id()] = [Math.round(n.position('x') * apart), Math.round(n.position('y') * apart)]
      })
      done(placed)
    },
  }
  cy.layout(options as unknown as LayoutOptions).run()
}

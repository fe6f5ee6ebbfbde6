// Where nodes stand. What stands already never moves; only what is new finds a place.
import type { Core, LayoutOptions, NodeSingular } from 'cytoscape'
import cytoscape from 'cytoscape'
import type { Graph, Point } from './graph'

// loadLayout loads the layout, once: with the first graph. The start page does without.
export function loadLayout(): Promise<void> {
  if (!loaded) {
    loaded = import('cytoscape-fcose').then(({ default: fcose }) => cytoscape.use(fcose))
    loaded.catch(() => (loaded = null)) // the next graph tries again
  }
  return loaded
}
let loaded: Promise<void> | null = null

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

// whole rounds to a number that JSON keeps: it has no -0.
export const whole = (n: number): number => Math.round(n) + 0

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
  return [whole(cx + r * 170 * Math.cos(angle)), whole(cy + r * 140 * Math.sin(angle))]
}

function neighbour(g: Graph, xid: string): string {
  for (const e of Object.values(g.edges)) {
    if (e.from === xid && g.positions[e.to]) return e.to
    if (e.to === xid && g.positions[e.from]) return e.from
  }
  return ''
}

const rounded = (p: Record<string, Point>): Record<string, Point> =>
  Object.fromEntries(Object.entries(p).map(([xid, [x, y]]) => [xid, [whole(x), whole(y)]]))

const mostStretched = 1.9

// filling turns and stretches places that are all new so that they fill a screen of such a shape: the layout makes them
// as high as they are wide, and names need width.
export function filling(places: Record<string, Point>, shape: number): Record<string, Point> {
  const all = Object.values(places)
  if (all.length < 2) return places
  const span = (i: 0 | 1) => Math.max(1, Math.max(...all.map((p) => p[i])) - Math.min(...all.map((p) => p[i])))
  const [wide, high] = [span(0), span(1)]
  const turned = wide > high !== shape > 1
  const by = shape / (turned ? high / wide : wide / high)
  const [across, down] = [Math.min(mostStretched, Math.max(1, by)), Math.min(mostStretched, Math.max(1, 1 / by))]
  const stretched = ([x, y]: Point): Point => (turned ? [-y * across, x * down] : [x * across, y * down])
  return Object.fromEntries(Object.entries(places).map(([xid, p]) => [xid, stretched(p)]))
}

const [cellWide, cellHigh] = [110, 80] // what one entity needs

// apart moves places until no two lie on each other, nor on those that are taken, as little as it can: each goes to the
// nearest free cell of a grid, those in the middle first. Where nothing is taken the places are spread before, so that
// most cells are free.
export function apart(places: Record<string, Point>, taken: readonly Point[]): Record<string, Point> {
  const cellOf = (p: Point): Point => [whole(p[0] / cellWide), whole(p[1] / cellHigh)]
  const full = new Set(taken.map((p) => cellOf(p).join()))
  const all = Object.entries(places)
  const [xs, ys] = [all.map(([, p]) => p[0]), all.map(([, p]) => p[1])]
  const middle: Point = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2]
  const area = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys))
  const by = taken.length > 0 ? 1 : Math.max(1, Math.sqrt((2 * all.length * cellWide * cellHigh) / Math.max(area, 1)))
  const far = (p: Point) => Math.hypot(p[0] - middle[0], p[1] - middle[1])
  const found: Record<string, Point> = {}
  for (const [xid, p] of all.sort((a, b) => far(a[1]) - far(b[1]) || (a[0] < b[0] ? -1 : 1))) {
    const wish: Point = [middle[0] + (p[0] - middle[0]) * Math.min(by, 100), middle[1] + (p[1] - middle[1]) * Math.min(by, 100)]
    const cell = freeNear(cellOf(wish), full)
    full.add(cell.join())
    found[xid] = [cell[0] * cellWide, cell[1] * cellHigh]
  }
  return found
}

// freeNear returns the nearest cell that is not full.
function freeNear([x, y]: Point, full: ReadonlySet<string>): Point {
  if (!full.has(`${x},${y}`)) return [x, y]
  for (let r = 1; ; r++) {
    let best: Point | null = null
    let least = Infinity
    for (let dx = -r; dx <= r; dx++) {
      for (const dy of Math.abs(dx) === r ? Array.from({ length: 2 * r + 1 }, (_, i) => i - r) : [-r, r]) {
        const way = Math.hypot(dx * cellWide, dy * cellHigh)
        if (way < least && !full.has(`${x + dx},${y + dy}`)) [best, least] = [[x + dx, y + dy], way]
      }
    }
    if (best) return best
  }
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
        if (isNew.has(n.id())) placed[n.id()] = [n.position('x'), n.position('y')]
      })
      const filled = fixed.length > 0 ? placed : filling(placed, cy.width() / Math.max(cy.height(), 1))
      const stand = fixed.map((f): Point => [f.position.x, f.position.y])
      done(rounded(draft ? apart(filled, stand) : filled)) // a draft minds no sizes
    },
  }
  cy.layout(options as unknown as LayoutOptions).run()
}

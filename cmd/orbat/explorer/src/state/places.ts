// Where entities are: their own position, or that of the places that links on screen tie them to.
import type { Edge, Node } from '../api/client'

export interface Place {
  longitude: number
  latitude: number
  radius: number // metres within which it truly lies; 0: nobody says
}

export interface Located {
  node: Node
  place: Place
  by: Edge | null // the link that puts it there; null: its own position
}

// placeOf reads a position, GeoJSON with longitude first; of an area the middle.
export function placeOf(n: Node): Place | null {
  const text = n.properties?.geo?.[0]
  if (!text) return null
  let shape: { coordinates?: unknown }
  try {
    shape = JSON.parse(text) as typeof shape
  } catch {
    return null
  }
  const points: [number, number][] = []
  const gather = (c: unknown): void => {
    if (!Array.isArray(c)) return
    if (typeof c[0] === 'number' && typeof c[1] === 'number') points.push([c[0], c[1]])
    else c.forEach(gather)
  }
  gather(shape?.coordinates)
  if (points.length === 0) return null
  const xs = points.map((p) => p[0])
  const ys = points.map((p) => p[1])
  return {
    longitude: (Math.min(...xs) + Math.max(...xs)) / 2,
    latitude: (Math.min(...ys) + Math.max(...ys)) / 2,
    radius: Number(n.properties?.precision_m?.[0] ?? 0) || 0,
  }
}

// located returns what has a place, and what has none. A link puts its other end at a place where that end is one.
export function located(nodes: readonly Node[], edges: readonly Edge[]): { there: Located[]; without: Node[] } {
  const own = new Map<string, Place>()
  for (const n of nodes) {
    const p = placeOf(n)
    if (p) own.set(n.xid, p)
  }
  const there: Located[] = []
  const without: Node[] = []
  for (const n of nodes) {
    const place = own.get(n.xid)
    if (place) {
      there.push({ node: n, place, by: null })
      continue
    }
    const by = edges.filter((e) => e.from === n.xid && own.has(e.to))
    for (const e of by) there.push({ node: n, place: own.get(e.to)!, by: e })
    if (by.length === 0) without.push(n)
  }
  return { there, without }
}

// project puts degrees on a square of 1 by 1, as web maps do.
export function project(longitude: number, latitude: number): [number, number] {
  const bounded = Math.max(-85, Math.min(85, latitude))
  const sine = Math.sin((bounded * Math.PI) / 180)
  return [(longitude + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)]
}

// unrolled returns an outline that crosses the line of the date as two that do not, each going on beyond its side of the
// map; one that goes around a pole is closed there.
export function unrolled(ring: readonly [number, number][]): [number, number][][] {
  let [turn, before] = [0, ring[0]?.[0] ?? 0]
  const out = ring.map(([x, y]): [number, number] => {
    if (Math.abs(x - before) > 180) turn += x < before ? 360 : -360
    before = x
    return [x + turn, y]
  })
  const [first, last] = [out[0], out.at(-1)]
  if (!first || !last || out.every(([x]) => x >= -180 && x <= 180)) return [out]
  if (Math.abs(last[0] - first[0]) > 180) {
    const pole = first[1] < 0 ? -90 : 90
    out.push([last[0], pole], [first[0], pole])
  }
  const back = out.some(([x]) => x > 180) ? -360 : 360
  return [out, out.map(([x, y]): [number, number] => [x + back, y])]
}

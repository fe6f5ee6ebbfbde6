// Tiles of a map from a server that whoever serves the page has named: the page's head says so. Nobody else is asked.

export interface Tiles {
  address: (z: number, x: number, y: number) => string
  host: string
  credit: string
}

export interface Tile {
  address: string
  x: number // where its corner lies on screen
  y: number
  size: number
}

export const tiles: Tiles | null = named(globalThis.document?.querySelector<HTMLMetaElement>('meta[name=orbat-tiles]') ?? null)

function named(meta: HTMLMetaElement | null): Tiles | null {
  if (!meta) return null
  const host = new URL(meta.content.replace(/[{}]/g, '')).host
  return {
    address: (z, x, y) => meta.content.replace('{z}', String(z)).replace('{x}', String(x)).replace('{y}', String(y)),
    host,
    credit: meta.dataset.credit || host,
  }
}

const usual = 256 // pixels of a tile as it comes
const finest = 19

// tilesInSight lists the tiles that cover a part of the world: its centre on a square of 1 by 1, the pixels of the whole
// square's width, and what is seen of it.
export function tilesInSight(of: Tiles, centre: readonly [number, number], scale: number, width: number, height: number): Tile[] {
  const z = Math.max(0, Math.min(finest, Math.round(Math.log2(scale / usual))))
  const across = 2 ** z
  const size = scale / across
  const first = (middle: number, seen: number) => Math.max(0, Math.floor((middle - seen / 2 / scale) * across))
  const last = (middle: number, seen: number) => Math.min(across - 1, Math.floor((middle + seen / 2 / scale) * across))
  const list: Tile[] = []
  for (let y = first(centre[1], height); y <= last(centre[1], height); y++) {
    for (let x = first(centre[0], width); x <= last(centre[0], width); x++) {
      list.push({
        address: of.address(z, x, y),
        x: width / 2 + (x / across - centre[0]) * scale,
        y: height / 2 + (y / across - centre[1]) * scale,
        size,
      })
    }
  }
  return list
}

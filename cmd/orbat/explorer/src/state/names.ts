// Which names the canvas writes: on screen they are as large as the text beside it, however far away the camera is, and
// where there is no room for all the more telling ones stand and no two overlap.

export interface Named {
  id: string
  x: number // its middle, in pixels of the screen
  y: number
  width: number // of what is drawn of it
  height: number
  text: { width: number; height: number } // of its name, which stands below
  rank: number // who has the higher is named first
}

export const below = 5 // pixels from what is drawn to its name

interface Box {
  left: number
  right: number
  top: number
  bottom: number
}

const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

const cell = 120 // pixels: a box lies in few cells of such a size

// Boxes finds what a box overlaps without looking at all.
class Boxes {
  readonly #cells = new Map<string, { of: string; box: Box }[]>()

  #cellsOf(b: Box): string[] {
    const keys: string[] = []
    for (let x = Math.floor(b.left / cell); x <= Math.floor(b.right / cell); x++) {
      for (let y = Math.floor(b.top / cell); y <= Math.floor(b.bottom / cell); y++) keys.push(`${x} ${y}`)
    }
    return keys
  }

  add(of: string, box: Box): void {
    for (const key of this.#cellsOf(box)) {
      const list = this.#cells.get(key)
      if (list) list.push({ of, box })
      else this.#cells.set(key, [{ of, box }])
    }
  }

  free(of: string, box: Box): boolean {
    return this.#cellsOf(box).every((key) => (this.#cells.get(key) ?? []).every((o) => o.of === of || !overlap(o.box, box)))
  }
}

// readable returns the ids of those whose names have room.
export function readable(all: readonly Named[]): Set<string> {
  const taken = new Boxes()
  for (const n of all) {
    taken.add(n.id, { left: n.x - n.width / 2, right: n.x + n.width / 2, top: n.y - n.height / 2, bottom: n.y + n.height / 2 })
  }
  const named = new Set<string>()
  for (const n of [...all].sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : 1))) {
    const top = n.y + n.height / 2 + below
    const box = { left: n.x - n.text.width / 2, right: n.x + n.text.width / 2, top, bottom: top + n.text.height }
    if (!taken.free(n.id, box)) continue
    taken.add(n.id, box)
    named.add(n.id)
  }
  return named
}

// wrapped returns how wide and high a text is that is broken where it is wider than its place.
export function wrapped(text: string, most: number, line: number, widthOf: (text: string) => number): { width: number; height: number } {
  let [width, lines, now] = [0, 1, '']
  for (const word of text.split(/\s+/)) {
    const longer = now ? now + ' ' + word : word
    if (now && widthOf(longer) > most) {
      lines++
      now = word
    } else now = longer
    width = Math.max(width, widthOf(now))
  }
  return { width, height: lines * line }
}

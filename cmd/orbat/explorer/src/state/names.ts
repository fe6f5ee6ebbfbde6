// Which names and labels the canvas writes, and where: on screen they are as large as the text beside it, however far
// away the camera is. Where there is no room for all the more telling ones stand: names before labels of links, and no two
// overlap. A name may lie over a part of what is drawn of less telling ones, where there is no way around it.

export interface Named {
  id: string
  x: number // its middle, in pixels of the screen
  y: number
  width: number // of what is drawn of it
  height: number
  badge: number // how far what stands at its upper right corner juts out; 0: nothing stands there
  text: { width: number; height: number } // of its name
  rank: number // who has the higher is named first
  must: boolean // it is named wherever that is
}

// Place is where a name stands: how it lies beside what is drawn, and from which end.
export interface Place {
  across: 'left' | 'center' | 'right'
  down: 'top' | 'center' | 'bottom'
  from: 'middle' | 'start' | 'end' // above or below: its middle is there, or it begins or ends with what is drawn
}

// places are those a name can have, the best first.
export const places: readonly Place[] = [
  { across: 'center', down: 'bottom', from: 'middle' },
  { across: 'right', down: 'center', from: 'middle' },
  { across: 'left', down: 'center', from: 'middle' },
  { across: 'center', down: 'top', from: 'middle' },
  { across: 'center', down: 'bottom', from: 'start' },
  { across: 'center', down: 'bottom', from: 'end' },
  { across: 'center', down: 'top', from: 'start' },
  { across: 'center', down: 'top', from: 'end' },
  { across: 'right', down: 'bottom', from: 'middle' },
  { across: 'left', down: 'bottom', from: 'middle' },
  { across: 'right', down: 'top', from: 'middle' },
  { across: 'left', down: 'top', from: 'middle' },
]

export const beside = 5 // pixels from what is drawn to its name
export const badgeAbove = 8 // and by how much more where something stands at the corner

export interface Box {
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

  // over returns what a box overlaps, each once.
  over(box: Box): Map<string, Box> {
    const found = new Map<string, Box>()
    for (const key of this.#cellsOf(box)) {
      for (const o of this.#cells.get(key) ?? []) if (overlap(o.box, box)) found.set(o.of, o.box)
    }
    return found
  }

  free(box: Box): boolean {
    return this.#cellsOf(box).every((key) => (this.#cells.get(key) ?? []).every((o) => !overlap(o.box, box)))
  }
}

function drawnBox(n: Named): Box {
  return { left: n.x - n.width / 2, right: n.x + n.width / 2, top: n.y - n.height / 2, bottom: n.y + n.height / 2 }
}

// boxAt is where a name stands in a place.
export function boxAt(n: Named, p: Place): Box {
  const drawn = drawnBox(n)
  const { width, height } = n.text
  const up = n.badge > 0 ? badgeAbove : 0
  const left =
    p.across === 'right'
      ? drawn.right + beside + n.badge
      : p.across === 'left'
        ? drawn.left - beside - width
        : p.from === 'start'
          ? drawn.left
          : p.from === 'end'
            ? drawn.right - width
            : n.x - width / 2
  const top = p.down === 'bottom' ? drawn.bottom + beside : p.down === 'top' ? drawn.top - beside - up - height : n.y - height / 2
  return { left, right: left + width, top, bottom: top + height }
}

// hidden is which part of what is drawn a name would lie over.
function hidden(drawn: Box, name: Box): number {
  const wide = Math.min(drawn.right, name.right) - Math.max(drawn.left, name.left)
  const high = Math.min(drawn.bottom, name.bottom) - Math.max(drawn.top, name.top)
  return (wide * high) / Math.max(1, (drawn.right - drawn.left) * (drawn.bottom - drawn.top))
}

// How much of what is drawn of another a name may lie over: all of it if it says far more.
const mostHidden = (n: Named, other: Named) => (n.rank >= 3 * other.rank ? 1 : 0.5)

const later = 0.02 // what a place costs for each that is better
const kept = 0.05 // and what it gains where the name stood there before, so that it does not jump about

// Names are the places of those that are written, and all that is taken by them and by what is drawn.
export class Names {
  readonly at = new Map<string, Place>()
  readonly order: ReadonlyMap<string, { n: Named; i: number }> // who comes first is drawn above who comes later
  readonly #names = new Boxes()
  readonly #drawn = new Boxes()

  constructor(all: readonly Named[], sight: Box, before: ReadonlyMap<string, Place> = new Map()) {
    for (const n of all) this.#drawn.add(n.id, drawnBox(n))
    const first = [...all].sort((a, b) => b.rank - a.rank || (a.id < b.id ? -1 : 1))
    this.order = new Map(first.map((n, i) => [n.id, { n, i }]))
    for (const n of first) {
      let [best, least]: [Place | null, number] = [null, Infinity]
      for (const [i, p] of places.entries()) {
        const cost = this.#cost(n, boxAt(n, p), sight) + i * later - (before.get(n.id) === p ? kept : 0)
        if (cost < least) [best, least] = [p, cost]
      }
      best ??= n.must ? places[0]! : null
      if (!best) continue
      this.at.set(n.id, best)
      this.#names.add(n.id, boxAt(n, best))
    }
  }

  // cost is how much a name would hide; infinite where it cannot stand, as where the edge of the screen cuts it.
  #cost(n: Named, box: Box, sight: Box): number {
    if (!this.#names.free(box)) return Infinity
    const cut = box.left < sight.left || box.right > sight.right || box.top < sight.top || box.bottom > sight.bottom
    if (cut && !n.must && overlap(drawnBox(n), sight)) return Infinity
    let cost = cut ? 1 : 0
    for (const [id, drawn] of this.#drawn.over(box)) {
      if (id === n.id) continue
      const part = hidden(drawn, box)
      const other = this.order.get(id)!
      if (!n.must && (part > mostHidden(n, other.n) || other.i < this.order.get(n.id)!.i)) return Infinity
      cost += part
    }
    return cost
  }

  // label reports whether a label along a line has room, and takes it.
  label(id: string, x: number, y: number, angle: number, width: number, height: number): boolean {
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)]
    const pieces = Math.max(1, Math.ceil(width / height))
    const boxes = Array.from({ length: pieces }, (_, i) => {
      const along = ((i + 0.5) / pieces - 0.5) * width
      const [cx, cy, half] = [x + along * dx, y + along * dy, height / 2]
      return { left: cx - half, right: cx + half, top: cy - half, bottom: cy + half }
    })
    if (!boxes.every((b) => this.#names.free(b) && this.#drawn.free(b))) return false
    boxes.forEach((b, i) => this.#names.add(`${id} ${i}`, b))
    return true
  }
}

// wrapped returns how wide and high a text is that is broken where it is wider than its place.
export function wrapped(text: string, most: number, line: number, widthOf: (text: string) => number): { width: number; height: number } {
  const lines = broken(text, most, widthOf)
  return { width: Math.max(...lines.map(widthOf)), height: lines.length * line }
}

// broken returns the lines of a text that is broken where it is wider than its place.
export function broken(text: string, most: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1)
    const longer = last ? last + ' ' + word : word
    if (last === undefined || (last !== '' && widthOf(longer) > most)) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}

// Written is what stands on a picture: where, in pixels of one whose entities stand so many times as far apart as the
// graph's places say, and which links are labelled. The picture and its SVG say the same.
export interface Written {
  spread: number
  sizes: ReadonlyMap<string, { width: number; height: number }> // of what is drawn, by entity
  names: ReadonlyMap<string, { box: Box; lines: string[] }>
  labels: ReadonlySet<string> // ids of lines
}

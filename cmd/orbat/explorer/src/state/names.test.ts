import { expect, test } from 'vitest'
import { Names, places, wrapped, type Named } from './names'

const at = (id: string, x: number, y: number, rank = 0, more: Partial<Named> = {}): Named => ({
  id, x, y, width: 20, height: 20, badge: 0, text: { width: 100, height: 14 }, rank, must: false, ...more,
})
const sight = { left: -5000, right: 5000, top: -5000, bottom: 5000 }
const named = (all: Named[], before?: Names['at']) => new Names(all, sight, before).at

test('where there is room all are named below; where there is none elsewhere', () => {
  const roomy = named([at('a', 0, 0), at('b', 200, 0), at('c', 0, 80)])
  expect([...roomy]).toEqual(['a', 'b', 'c'].map((id) => [id, places[0]]))
  const crowded = named([at('a', 0, 0), at('b', 60, 0, 1)])
  expect(crowded.get('b')).toBe(places[0])
  expect(crowded.get('a')?.across).toBe('left')
})

test('where there is none at all the more telling is named, over a part of the other but never all of it', () => {
  const ring = Array.from({ length: 12 }, (_, i) => {
    const angle = (i / 12) * 2 * Math.PI
    return at(String(i), 40 * Math.cos(angle), 40 * Math.sin(angle))
  })
  const names = named([...ring, at('hub', 0, 0, 12)])
  expect(names.has('hub')).toBe(true)
  expect(names.size).toBeLessThan(13)
  expect(named([at('a', 0, 0, 1), at('b', 0, 19, 2, { width: 400, height: 12 })]).get('a')?.down).not.toBe('bottom')
})

test('whoever must be named is, and a name that stands well where it was stays there', () => {
  const huge = { width: 4000, height: 4000 }
  expect(named([at('a', 0, 0, 0, { must: true }), at('b', 0, 0, 1, huge)]).has('a')).toBe(true)
  expect(named([at('a', 0, 0), at('b', 0, 0, 1, huge)]).has('a')).toBe(false)
  expect(named([at('a', 0, 0)], new Map([['a', places[2]!]])).get('a')).toBe(places[2])
  expect(named([at('a', 0, 0)], new Map([['a', places[9]!]])).get('a')).toBe(places[0])
})

test('a name is not cut by the edge of the screen where it fits elsewhere', () => {
  const names = new Names([at('a', 990, 500), at('b', 500, 985)], { left: 0, right: 1000, top: 0, bottom: 1000 }).at
  expect(names.get('a')?.across).toBe('left')
  expect(names.get('b')?.down).not.toBe('bottom')
})

test('no two names overlap, nor a label a name or another label, however many there are', () => {
  const many = Array.from({ length: 1500 }, (_, i) => at(String(i), (i * 7919) % 1400, (i * 104729) % 900, i % 7))
  const names = new Names(many, sight)
  const boxes = many.flatMap((n) => {
    const p = names.at.get(n.id)
    if (!p) return []
    const left = p.across === 'right' ? n.x + 15 : p.across === 'left' ? n.x - 115 : p.from === 'start' ? n.x - 10 : p.from === 'end' ? n.x - 90 : n.x - 50
    return [[left, p.down === 'bottom' ? n.y + 15 : p.down === 'top' ? n.y - 29 : n.y - 7] as const]
  })
  expect(boxes.length).toBeGreaterThan(100)
  for (const [i, a] of boxes.entries()) {
    for (const b of boxes.slice(i + 1)) expect(Math.abs(a[0] - b[0]) >= 100 || Math.abs(a[1] - b[1]) >= 14).toBe(true)
  }
  const alone = new Names([at('a', 0, 0), at('b', 400, 0)], sight)
  expect(alone.label('ab', 200, 0, 0, 80, 12)).toBe(true)
  expect(alone.label('again', 200, 5, 0, 80, 12)).toBe(false)
  expect(alone.label('name', 0, 22, 0, 80, 12)).toBe(false)
  expect(alone.label('drawn', 385, 0, 0, 80, 12)).toBe(false)
  expect(alone.label('up', 200, 100, Math.PI / 2, 80, 12)).toBe(true)
})

test('a long name is broken between words', () => {
  const widthOf = (text: string) => text.length * 10
  expect(wrapped('one two three', 80, 14, widthOf)).toEqual({ width: 70, height: 28 })
  expect(wrapped('unbreakable', 80, 14, widthOf)).toEqual({ width: 110, height: 14 })
})

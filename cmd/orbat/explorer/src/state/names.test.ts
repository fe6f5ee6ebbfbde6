import { expect, test } from 'vitest'
import { readable, wrapped, type Named } from './names'

const at = (id: string, x: number, y: number, rank = 0): Named => ({
  id, x, y, width: 20, height: 20, text: { width: 100, height: 14 }, rank,
})

test('where there is room all are named; where there is none the more telling', () => {
  expect(readable([at('a', 0, 0), at('b', 200, 0), at('c', 0, 60)])).toEqual(new Set(['a', 'b', 'c']))
  expect(readable([at('a', 0, 0), at('b', 60, 0, 1)])).toEqual(new Set(['b']))
  expect(readable([at('a', 0, 0, 1), at('b', 0, 25)])).toEqual(new Set(['b'])) // what is drawn is in the way of a name, too
})

test('a name never overlaps another, however many there are', () => {
  const many = Array.from({ length: 1500 }, (_, i) => at(String(i), (i * 7919) % 1400, (i * 104729) % 900, i % 7))
  const readables = readable(many)
  const named = many.filter((n) => readables.has(n.id)).slice(0, 200)
  for (const a of named) {
    for (const b of named) {
      expect(a === b || Math.abs(a.x - b.x) >= 100 || Math.abs(a.y - b.y) >= 14).toBe(true)
    }
  }
})

test('a long name is broken between words', () => {
  const widthOf = (text: string) => text.length * 10
  expect(wrapped('one two three', 80, 14, widthOf)).toEqual({ width: 70, height: 28 })
  expect(wrapped('unbreakable', 80, 14, widthOf)).toEqual({ width: 110, height: 14 })
})

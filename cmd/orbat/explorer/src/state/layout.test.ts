import { expect, test } from 'vitest'
import { apart, filling } from './layout'
import type { Point } from './graph'

const shapeOf = (places: Record<string, Point>) => {
  const all = Object.values(places)
  const span = (i: 0 | 1) => Math.max(...all.map((p) => p[i])) - Math.min(...all.map((p) => p[i]))
  return span(0) / span(1)
}

test('places fill a screen: stretched to its shape, turned where they lie across it, never further than can be read', () => {
  const square: Record<string, Point> = { a: [0, 0], b: [100, 0], c: [0, 100], d: [100, 100] }
  expect(shapeOf(filling(square, 1.5))).toBeCloseTo(1.5)
  expect(shapeOf(filling(square, 0.8))).toBeCloseTo(0.8)
  expect(shapeOf(filling(square, 5))).toBeCloseTo(1.9)
  const high: Record<string, Point> = { a: [0, 0], b: [100, 200] }
  expect(shapeOf(filling(high, 2))).toBeCloseTo(2)
  expect(filling({ a: [3, 4] }, 2)).toEqual({ a: [3, 4] })
  expect(filling({}, 2)).toEqual({})
})

test('places that lie on each other come apart, and none comes to lie on what stands', () => {
  const heap = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`n${i}`, [i % 3, i % 5] as Point]))
  const clear = (all: readonly Point[]) => {
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) if (Math.abs(a[0] - b[0]) < 60 && Math.abs(a[1] - b[1]) < 45) return `${a} and ${b}`
    }
    return ''
  }
  const found = apart(heap, [])
  expect(Object.keys(found).length).toBe(700)
  expect(clear(Object.values(found))).toBe('')
  const stand: Point[] = Array.from({ length: 100 }, (_, i) => [(i % 10) * 110, Math.floor(i / 10) * 80])
  expect(clear([...stand, ...Object.values(apart(heap, stand))])).toBe('')
  expect(apart({ a: [220, 160] }, stand.slice(0, 2))).toEqual({ a: [220, 160] }) // what is free stays
  expect(apart({ a: [-20, -30] }, [])).toEqual({ a: [0, 0] }) // JSON has no -0
})

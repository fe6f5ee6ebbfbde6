import { expect, test } from 'vitest'
import { filling } from './layout'
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

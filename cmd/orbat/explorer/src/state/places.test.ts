import { expect, test } from 'vitest'
import { unrolled } from './places'

test('an outline that crosses the line of the date goes on beyond it, on both sides of the map', () => {
  const plain: [number, number][] = [[10, 0], [20, 0], [20, 10], [10, 0]]
  expect(unrolled(plain)).toEqual([plain])
  const [east, west] = unrolled([[170, 60], [-170, 60], [-170, 65], [170, 65], [170, 60]])
  expect(east!.map(([x]) => x)).toEqual([170, 190, 190, 170, 170])
  expect(west!.map(([x]) => x)).toEqual([-190, -170, -170, -190, -190])
  const [pole] = unrolled([[0, -70], [120, -70], [-120, -70], [0, -70]])
  expect(pole!.slice(-2)).toEqual([[360, -90], [0, -90]])
  for (const ring of unrolled([[0, -70], [120, -70], [-120, -70], [0, -70]])) {
    for (const [i, [x]] of ring.entries()) if (i > 0 && ring[i]![1] !== -90) expect(Math.abs(x - ring[i - 1]![0])).toBeLessThan(181)
  }
})

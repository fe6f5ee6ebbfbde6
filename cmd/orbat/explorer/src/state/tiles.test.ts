import { expect, test } from 'vitest'
import { tilesInSight, type Tiles } from './tiles'

const of: Tiles = { address: (z, x, y) => `${z}/${x}/${y}`, host: '', credit: '' }

test('tiles cover what is seen, and nothing that is not of this world', () => {
  expect(tilesInSight(of, [0.5, 0.5], 256, 1000, 1000).map((t) => t.address)).toEqual(['0/0/0'])
  const four = tilesInSight(of, [0.5, 0.5], 512, 300, 300)
  expect(four.map((t) => t.address)).toEqual(['1/0/0', '1/1/0', '1/0/1', '1/1/1'])
  expect(four[3]).toEqual({ address: '1/1/1', x: 150, y: 150, size: 256 })
})

test('tiles are few however near one looks', () => {
  const near = tilesInSight(of, [0.57, 0.43], 40_000_000, 1440, 900)
  expect(near.length).toBeGreaterThan(10)
  expect(near.length).toBeLessThan(60)
  expect(new Set(near.map((t) => t.address.split('/')[0]))).toEqual(new Set(['17']))
})

import { expect, it } from 'vitest'
import type { Edge } from '../api/client'
import { columnsOf, outline } from './answers'

const under = (child: string, parent: string, possible = false): Edge => ({
  id: `${child}<${parent}`, from: child, to: parent, relation: 'subordinate_to', claims: 1, sources: 1, possible,
})

it('is an outline of what stands under what, what only possibly does last', () => {
  const edges = [under('b', 'a', true), under('c', 'a'), under('d', 'c')]
  const lines = outline({ root: 'a', parents: ['a', 'a', 'c'], edges })
  expect(lines.map((l) => [l.depth, l.xid])).toEqual([[0, 'a'], [1, 'c'], [2, 'd'], [1, 'b']])
  expect(lines.map((l) => l.forward)).toEqual([true, false, false, false])
})

it('lists what several links lead to in full once, where it is nearest, and ends in a circle', () => {
  const edges = [under('a', 'b'), under('b', 'c'), under('a', 'c'), under('c', 'a')]
  const lines = outline({ root: 'a', parents: ['a', 'b', 'a', 'c'], edges })
  expect(lines.map((l) => [l.depth, l.xid, l.again])).toEqual([
    [0, 'a', false], [1, 'b', false], [2, 'c', true], [1, 'c', false], [2, 'a', true],
  ])
})

it('leaves out columns in which no row says anything', () => {
  expect(columnsOf({ columns: ['from', 'contested', 'role'], rows: [['a', '', ''], ['b', '', 'x']] })).toEqual([0, 2])
})

import { expect, it } from 'vitest'
import { readFragment, writeFragment } from './fragment'
import { emptyGraph, noFilters, type Graph } from './graph'

const graph: Graph = {
  ...emptyGraph,
  nodes: Object.fromEntries(
    ['orbat:x/#a', 'x,y;#&=%é', 'c'].map((xid) => [xid, { xid, type: 'Person', name: xid }]),
  ),
  positions: { 'orbat:x/#a': [-10, 20], 'x,y;#&=%é': [0, 0] },
  broughtBy: { c: 'orbat:x/#a' },
  pinned: ['c'],
  hidden: ['x,y;#&=%é'],
  about: 'career, a & b',
  filters: { ...noFilters, asOf: '2023-07', minConfidence: 40, certain: true, hiddenTypes: ['Unit'], minLinks: 2, span: ['2020-01-01', '2021-06-30'], undated: false },
}

it('says everything, so that a fresh browser shows the same', () => {
  const o = readFragment(writeFragment(graph, { kind: 'entities', xids: ['c'] }, 'table'))
  expect(o.xids).toEqual(Object.keys(graph.nodes))
  expect(o.positions).toEqual(graph.positions)
  expect(o.broughtBy).toEqual(graph.broughtBy)
  expect([o.pinned, o.hidden, o.selected]).toEqual([['c'], ['x,y;#&=%é'], ['c']])
  expect(o.filters).toEqual(graph.filters)
  expect(o.show).toBe('table')
  expect(o.about).toBe('career, a & b')
})

it('opens what somebody made by hand as far as it makes sense', () => {
  const o = readFragment('#n=NaN,1,zz,99,a&n=broken&n=,,,,&view=elsewhere&min_confidence=lots&sel=7&brush=2023-01-01/2020-01-01')
  expect(o.filters.span).toBeNull()
  expect(o.xids).toEqual(['a'])
  expect(o.positions).toEqual({})
  expect(o.selected).toEqual([])
  expect(o.show).toBeUndefined()
  expect(o.filters.minConfidence).toBe(0)
})

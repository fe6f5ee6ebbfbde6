import { expect, it } from 'vitest'
import { ofQuestion } from './filters'
import { apply, emptyGraph, noFilters } from './graph'

const free = { asOf: '', minConfidence: 0, certain: false, span: null }

it('takes over the time and the confidence that a question was asked with, and nothing of one before', () => {
  expect(ofQuestion({ unit: 'x', limit: '100' })).toEqual(free)
  expect(ofQuestion({ as_of: '2014-06-01', min_confidence: '40', certain: 'true' })).toEqual({ asOf: '2014-06-01', minConfidence: 40, certain: true, span: null })
  expect(ofQuestion({ from: '2013', to: '2014-06' })).toEqual({ ...free, span: ['2013-01-01', '2014-06-30'] })
  expect(ofQuestion({ from: 'orbat:x/2013', to: 'orbat:y/2014' })).toEqual(free) // the ends of a path
  const old = { ...emptyGraph, filters: { ...noFilters, asOf: '2013-05-01' } }
  expect(apply(old, { do: 'add', nodes: [], edges: [], filters: ofQuestion({ as_of: '2014' }) }).filters.asOf).toBe('2014')
  expect(apply(old, { do: 'clear' }).filters).toEqual(noFilters)
})

it('leaves the filters alone that an addition says nothing of', () => {
  for (const filters of [undefined, {}]) {
    expect(apply(emptyGraph, { do: 'add', nodes: [], edges: [], filters }).filters).toBe(emptyGraph.filters)
  }
})

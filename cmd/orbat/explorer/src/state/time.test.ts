import { expect, test } from 'vitest'
import { holds, periodsOf, periodText, spanOf, spansOf } from './time'

test.each([
  ['2010/2012-03', '2010 to 2012-03'],
  ['~2023-07-09/2023-07-09~', '2023-07-09 or before to 2023-07-09 or later'],
  ['~2017-02-21/', 'since 2017-02-21 or before, end not known'],
  ['2013-08-19/..', 'since 2013-08-19, still so'],
  ['/2014-01-06', 'until 2014-01-06, begin not known'],
  ['2010~2011/2012', 'between 2010 and 2011 to 2012'],
  ['../2012', 'until 2012'],
  ['/..', 'still so, since when is not known'],
  ['2023-07-07', '2023-07-07'],
  ['/', '/'],
])('%s in words', (period, words) => expect(periodText(period)).toBe(words))

test('a link of several claims held when any of them says so', () => {
  const e = { periods: ['2014/2015', '2010/2011', '/'] }
  expect(periodsOf(e)).toEqual(e.periods)
  const spans = spansOf(periodsOf(e))
  expect(spans.map((s) => new Date(s.from).getUTCFullYear())).toEqual([2010, 2014])
  expect(spans.map((s) => holds(s, spanOf('2012')!))).toEqual(['no', 'no'])
  expect(spans.map((s) => holds(s, spanOf('2014')!))).toEqual(['no', 'certain'])
  expect(periodsOf({ evidence: [{ period: '2010' }, {}, { period: '2010' }] })).toEqual(['2010'])
  expect(periodsOf({ period: '2009', periods: ['2010'] })).toEqual(['2009'])
})

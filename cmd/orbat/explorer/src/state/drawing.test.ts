import { expect, it } from 'vitest'
import type { Edge } from '../api/client'
import { dashesFor, lines } from './drawing'
import { holds, spanOf } from './time'

const edge = (id: string, confidence: number | null = 80): Edge => ({
  id,
  from: id.length % 2 ? 'a' : 'b',
  to: id.length % 2 ? 'b' : 'a',
  relation: id,
  claims: 1,
  sources: 1,
  confidence,
})

it('draws four parallel links apart and bundles five', () => {
  const four = ['1', '22', '333', '4444'].map((id) => edge(id))
  expect(lines(four, (e) => e.relation).map((l) => l.label)).toEqual(['1', '22', '333', '4444'])
  const [bundle, ...more] = lines([...four, edge('55555')], (e) => e.relation)
  expect([bundle?.label, bundle?.edges.length, more.length]).toEqual(['5 links', 5, 0])
})

it('draws by confidence as the legend says, and the ungraded as the doubtful', () => {
  expect([100, 75, 74, 40, 39, 0, null, undefined].map(dashesFor)).toEqual([
    'solid', 'solid', 'dashed', 'dashed', 'dotted', 'dotted', 'dotted', 'dotted',
  ])
})

it('reads where periods begin and end, and what of that is sure', () => {
  const days = (text: string) => {
    const s = spanOf(text)
    return s && [new Date(s.from).toISOString().slice(0, 10), new Date(s.to).toISOString().slice(0, 10), s.fuzzyFrom, s.fuzzyTo, s.open]
  }
  expect(days('2023-07-07')).toEqual(['2023-07-07', '2023-07-07', false, false, false])
  expect(days('2023')).toEqual(['2023-01-01', '2023-12-31', false, false, false])
  expect(days('2022-02/2024-02')).toEqual(['2022-02-01', '2024-02-29', false, false, false])
  expect(days('~2022-01/')).toEqual(['2022-01-01', '2022-01-01', true, true, true])
  expect(days('/2025-08-08')).toEqual(['2025-08-08', '2025-08-08', true, false, false])
  expect(spanOf('')).toBeNull()
  expect(spanOf('unknown')).toBeNull()
})

it('draws what lies between two dates between them, and tells by the law what held when', () => {
  const days = (text: string) => {
    const s = spanOf(text)!
    return [new Date(s.from).toISOString().slice(0, 10), new Date(s.to).toISOString().slice(0, 10)]
  }
  expect(days('2014-08~2014-10')).toEqual(['2014-08-01', '2014-10-31'])
  expect(days('2014-08~2014-10/2016')).toEqual(['2014-08-01', '2016-12-31'])
  const held = (period: string, time: string) => holds(spanOf(period)!, spanOf(time)!)
  expect(held('2014-08~2014-10/2016', '2014-07')).toBe('no')
  expect(held('2014-08~2014-10/2016', '2014-09')).toBe('possible')
  expect(held('2014-08~2014-10/2016', '2015')).toBe('certain')
  expect(held('2014-08~2014-10/2016', '2017')).toBe('no')
  expect(held('2012~/..', '2011')).toBe('no')
  expect(held('~2012/..', '2011')).toBe('possible')
  expect(held('~2012/..', '2013')).toBe('certain')
  expect(held('2012/', '2020')).toBe('possible')
  expect(held('../2012', '1990')).toBe('certain')
  expect(held('2013-05-01', '2013')).toBe('certain')
  expect(held('2013', '2013-05-01')).toBe('possible')
})

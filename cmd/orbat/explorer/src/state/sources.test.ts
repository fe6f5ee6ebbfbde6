import { expect, it } from 'vitest'
import type { Evidence } from '../api/client'
import { fileName, withoutFolders } from '../words'
import { bySource, byTime, publishersOf } from './sources'

const claim = (period: string, ...cites: [source: string, publisher: string, published: string][]): Evidence => ({
  key: period + cites.join(),
  dataset: 'd',
  predicate: 'commands',
  assertion: 'asserted',
  period,
  cites: cites.map(([source, publisher, published]) => ({ source, publisher, published })),
})

it('counts each source once, by its publisher, and tells the first', () => {
  const twice = ['s1', 'Vanguard', '2015-07-30'] as [string, string, string]
  const claims = [claim('2016', twice, ['s2', 'Vanguard', '2016-01-15']), claim('2015', twice, ['s3', 'The Tide', '']), claim('', ['s4', '', ''])]
  expect(publishersOf(claims)).toEqual({
    publishers: [
      { name: 'Vanguard', sources: 2 },
      { name: 'The Tide', sources: 1 },
    ],
    earliest: '2015-07-30',
  })
})

it('reads claims and sources in the order of time, those without one last', () => {
  const claims = [claim(''), claim('~2016-01-15/2016-11-18~'), claim('/2014'), claim('2015-07-29/2015-12-09~')]
  expect(byTime(claims).map((c) => c.period)).toEqual(['/2014', '2015-07-29/2015-12-09~', '~2016-01-15/2016-11-18~', ''])
  const cites = claim('', ['a', '', ''], ['b', '', '2016'], ['c', '', '2015-07-30']).cites
  expect(bySource(cites).map((c) => c.source)).toEqual(['c', 'b', 'a'])
})

it('shows of a file its name, of a web page its address', () => {
  expect(fileName('/srv/data/persons.csv')).toBe('persons.csv')
  expect(fileName('persons.csv')).toBe('persons.csv')
  expect(fileName('https://example.org/a/b')).toBe('https://example.org/a/b')
  expect(withoutFolders('/srv/data/persons.csv, row 3')).toBe('persons.csv, row 3')
  expect(withoutFolders('C:\\data\\persons.csv')).toBe('persons.csv')
  expect(withoutFolders('p. 3 / 4')).toBe('p. 3 / 4')
})

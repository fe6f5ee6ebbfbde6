import { expect, test } from 'vitest'
import { kindsOf } from './links'

test('a relation and direction is one kind, however much of it is possible or contested', () => {
  const link = { relation: 'commands', direction: 'out', count: 2, possible: false, contested: false }
  expect(kindsOf([link, { ...link, count: 3, possible: true }, { ...link, count: 1, contested: true }, { ...link, direction: 'in' }])).toEqual([
    { relation: 'commands', direction: 'out', count: 6, doubtful: 3, disputed: 1 },
    { relation: 'commands', direction: 'in', count: 2, doubtful: 0, disputed: 0 },
  ])
  expect(kindsOf([])).toEqual([])
})

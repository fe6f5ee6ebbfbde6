import { expect, it } from 'vitest'
import type { Node } from '../api/client'
import { nameFor } from '../words'
import { aboutOf } from './about'

it('is about what was asked, else the one entity that the others came from or that is selected, else nobody', () => {
  const nodes = Object.fromEntries(['a', 'b', 'c'].map((xid) => [xid, { xid, type: 'Unit', name: xid.toUpperCase() } satisfies Node]))
  const loose = { about: '', nodes, broughtBy: {} }
  expect(aboutOf({ ...loose, about: 'subordinate tree, A' }, ['b'])).toBe('subordinate tree, A')
  expect(aboutOf({ ...loose, broughtBy: { b: 'a', c: 'b' } }, ['b'])).toBe('A')
  expect(aboutOf({ ...loose, broughtBy: { b: 'gone', c: 'b' } }, ['c'])).toBe('C')
  expect(aboutOf(loose, [])).toBe('graph of 3 entities')
  expect(aboutOf(loose, ['a', 'b'])).toBe('graph of 3 entities')
})

it('names a file by what it is about, and by the day that it is for', () => {
  expect(nameFor(['7 Division'], '2014-01-01', '.png')).toBe('7-division-2014-01-01.png')
  expect(nameFor(['subordinate-tree', 'Brigada “Águila”/2'], '', '.xlsx')).toBe('subordinate-tree-brigada-aguila-2.xlsx')
  expect(nameFor(['2-я дивизия'], '2015', '.svg')).toBe('2-я-дивизия-2015.svg')
  expect(nameFor(['../..'], '', '.csv')).toBe('orbat.csv')
  expect(nameFor(['long '.repeat(40)], '', '.csv').length).toBeLessThan(70)
})

import { expect, it } from 'vitest'
import { nameFor } from '../words'

it('names a file by what it is about, and by the day that it is for', () => {
  expect(nameFor(['7 Division'], '2014-01-01', '.png')).toBe('7-division-2014-01-01.png')
  expect(nameFor(['subordinate-tree', 'Brigada “Águila”/2'], '', '.xlsx')).toBe('subordinate-tree-brigada-aguila-2.xlsx')
  expect(nameFor(['2-я дивизия'], '2015', '.svg')).toBe('2-я-дивизия-2015.svg')
  expect(nameFor(['../..'], '', '.csv')).toBe('orbat.csv')
  expect(nameFor(['long '.repeat(40)], '', '.csv').length).toBeLessThan(70)
})

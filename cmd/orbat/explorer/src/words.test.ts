import { expect, test } from 'vitest'
import type { Evidence } from './api/client'
import { assertionWords, stanceOf } from './words'

test('what a later version of its record supersedes is set aside, and said to be', () => {
  const claim = { assertion: 'asserted', superseded_by: '2024-05-01' } as Evidence
  expect(stanceOf(claim)).toBe('set aside')
  expect(assertionWords(claim)).toBe('asserted · superseded by version 2024-05-01')
})

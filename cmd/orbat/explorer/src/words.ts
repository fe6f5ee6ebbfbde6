// How grades, assertions and numbers are put in words. What things are called comes from the ontology instead.
import type { Citation, Evidence } from './api/client'

// The Admiralty (NATO) grades: how far a source is trusted, and how far what it says is believed.
const reliabilities: Record<string, string> = {
  A: 'completely reliable',
  B: 'usually reliable',
  C: 'fairly reliable',
  D: 'not usually reliable',
  E: 'unreliable',
  F: 'reliability cannot be judged',
}

const credibilities: Record<string, string> = {
  1: 'confirmed by other sources',
  2: 'probably true',
  3: 'possibly true',
  4: 'doubtful',
  5: 'improbable',
  6: 'truth cannot be judged',
}

export function reliabilityWords(grade: string | undefined): string {
  return grade ? (reliabilities[grade.toUpperCase()] ?? `graded ${grade}`) : 'source not graded'
}

export function credibilityWords(grade: string | undefined): string {
  return grade ? (credibilities[grade] ?? `graded ${grade}`) : ''
}

export function confidenceWords(confidence: number | null | undefined): string {
  if (confidence === undefined || confidence === null) return 'confidence not stated'
  if (confidence >= 75) return `confidence ${confidence} of 100, high`
  if (confidence >= 40) return `confidence ${confidence} of 100, moderate`
  return `confidence ${confidence} of 100, low`
}

export type Stance = 'says so' | 'hedged' | 'against' | 'set aside'

// stanceOf tells on which side of a question a claim stands.
export function stanceOf(c: Evidence): Stance {
  if (c.rejected || c.retracted || c.superseded_by) return 'set aside'
  if (c.assertion === 'denied' || c.assertion === 'negated') return 'against'
  return c.assertion === 'asserted' ? 'says so' : 'hedged'
}

export function assertionWords(c: Evidence): string {
  let set = ''
  if (c.rejected) set = ' · rejected by a reviewer'
  else if (c.retracted) set = ' · taken back by who loaded it'
  else if (c.superseded_by) set = ` · superseded by version ${c.superseded_by}`
  return (c.assertion === 'negated' ? 'says that it is not so' : c.assertion) + set
}

export function plural(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

export function sourceLine(c: Citation): string {
  return [c.publisher, c.published].filter(Boolean).join(' · ')
}

// shorten cuts what is too long for its place; the whole stands in a title or beside it.
export function shorten(text: string, most: number): string {
  const chars = [...text]
  return chars.length <= most ? text : chars.slice(0, most - 1).join('').trimEnd() + '…'
}

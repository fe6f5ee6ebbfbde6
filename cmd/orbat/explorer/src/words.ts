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

// fileName is the last part of a path or address of a file: where it lay on another machine is of no use to a reader.
export function fileName(path: string): string {
  return /^https?:/i.test(path) ? path : (path.split(/[\\/]/).filter(Boolean).at(-1) ?? path)
}

// withoutFolders is a text about a place in a file, such as FOLDER/FILE, row 3, without the folders of the machine that it
// lay on.
export function withoutFolders(text: string): string {
  return /^(file:|[\\/]|[A-Za-z]:[\\/])/.test(text) ? fileName(text) : text
}

// shorten cuts what is too long for its place; the whole stands in a title or beside it.
export function shorten(text: string, most: number): string {
  const chars = [...text]
  return chars.length <= most ? text : chars.slice(0, most - 1).join('').trimEnd() + '…'
}

// parameters are what questions ask for, in words that say more than their names.
const parameters: Record<string, string> = {
  as_of: 'as of, a day, month or year',
  from: 'from',
  max_hops: 'at most so many links',
  max_links: 'pass by who has more links than',
  max_marking: 'highest marking',
  min_confidence: 'least confidence',
  not_types: 'not through these types',
  not_relations: 'not by these links',
  horizon: 'years of doubt',
  budget: 'how far to look',
}

export function spaced(name: string): string {
  return name.replaceAll('_', ' ')
}

export function parameterWords(name: string): string {
  return parameters[name] ?? spaced(name)
}

// nameFor names a file by what it is about and the time that it is for: 7-division-2014-01-01.png.
export function nameFor(about: readonly string[], asOf: string, extension: string): string {
  const plain = about.join(' ').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const words = plain.match(/[\p{L}\p{N}]+/gu) ?? []
  let name = ''
  for (const word of words) {
    if (name && name.length + word.length > 60) break
    name += (name ? '-' : '') + [...word].slice(0, 60).join('')
  }
  return [name || 'orbat', asOf].filter(Boolean).join('-') + extension
}

// Who published what stands behind a link, and in which order it is read.
import type { Citation, Evidence } from '../api/client'
import { spanOf } from './time'

const published = (c: Citation) => c.published || '9999'

// bySource returns citations by when they were published, those of which nobody says it last.
export function bySource(cites: readonly Citation[]): Citation[] {
  return [...cites].sort((a, b) => published(a).localeCompare(published(b)) || (a.title ?? '').localeCompare(b.title ?? ''))
}

// byTime returns claims by the time that they speak of, those that give none last.
export function byTime(claims: readonly Evidence[]): Evidence[] {
  const from = (c: Evidence) => spanOf(c.period)?.from ?? Infinity
  return [...claims].sort((a, b) => (from(a) === from(b) ? 0 : from(a) - from(b)))
}

// publishersOf counts the sources of each publisher, each source once, and tells when the first was published.
export function publishersOf(claims: readonly Evidence[]): { publishers: { name: string; sources: number }[]; earliest: string } {
  const sources = new Map(claims.flatMap((c) => c.cites).map((c) => [c.source, c]))
  const count = new Map<string, number>()
  for (const c of sources.values()) if (c.publisher) count.set(c.publisher, (count.get(c.publisher) ?? 0) + 1)
  const dates = [...sources.values()].flatMap((c) => c.published || []).sort()
  return {
    publishers: [...count].map(([name, n]) => ({ name, sources: n })).sort((a, b) => b.sources - a.sources || a.name.localeCompare(b.name)),
    earliest: dates[0] ?? '',
  }
}

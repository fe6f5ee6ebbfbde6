// Periods, read once for all: where the timeline draws them, and whether they hold at a time as far as their dates say.
// What held at a time of the graph the server judges; the brush, and a page that is one file, judge by this.

export interface Span {
  from: number // milliseconds: where it is drawn to begin
  to: number
  fuzzyFrom: boolean // begins about then, or before: nobody says
  fuzzyTo: boolean
  open: boolean // nobody says when it ends, or it goes on
  begins: Bounds
  ends: Bounds
}

// Bounds are the earliest and the latest that an end may be; infinite where nothing bounds it.
type Bounds = readonly [earliest: number, latest: number]

interface End {
  bounds: Bounds
  drawn: number | null
  fuzzy: boolean
  open: boolean // there is none: it always was, or goes on
}

// spanOf reads a period, FROM/TO or a date alone; null where it has no date.
export function spanOf(period: string | undefined): Span | null {
  if (!period) return null
  const parts = period.split('/')
  const [a, b] = [endOf(parts[0]!, false), endOf(parts.at(-1)!, true)]
  if (a.drawn === null && b.drawn === null) return null
  return {
    from: a.drawn ?? b.drawn!,
    to: b.drawn ?? a.drawn!,
    fuzzyFrom: a.fuzzy,
    fuzzyTo: b.fuzzy,
    open: b.drawn === null,
    begins: [a.bounds[0], a.open ? -Infinity : Math.min(a.bounds[1], b.bounds[1])],
    ends: [b.open ? Infinity : Math.max(b.bounds[0], a.bounds[0]), b.bounds[1]],
  }
}

// periodsOf returns when a link held: what all its claims say, or what each does.
export function periodsOf(e: { period?: string; periods?: string[]; evidence?: readonly { period?: string }[] }): string[] {
  if (e.period) return [e.period]
  return e.periods ?? [...new Set((e.evidence ?? []).flatMap((c) => c.period || []))]
}

// periodsText puts the periods of a link in words; empty: it has none.
export const periodsText = (e: Parameters<typeof periodsOf>[0]): string => periodsOf(e).map(periodText).join('; ')

// spansOf reads the periods that have dates, the earliest first.
export function spansOf(periods: readonly string[]): Span[] {
  return periods.flatMap((p) => spanOf(p) ?? []).sort((a, b) => a.from - b.from || a.to - b.to)
}

// holds tells whether a period holds at some time within another, and whether that is certain (law 7): an end that
// nobody knows excludes nothing.
export function holds(period: Span, time: Span): 'no' | 'possible' | 'certain' {
  const [first, last] = [time.begins[0], time.ends[1]]
  if (period.begins[0] > last || period.ends[1] < first) return 'no'
  return period.begins[1] <= last && period.ends[0] >= first ? 'certain' : 'possible'
}

// endOf reads one end: a date, A~B between the two, ~A by then, A~ then or later, .. that there is none.
function endOf(text: string, late: boolean): End {
  const open = text === '..'
  const dates = [...text.matchAll(/(\d{4})(?:-(\d\d))?(?:-(\d\d))?/g)]
  const [a, b] = [dates[0], dates.at(-1)]
  if (!a || !b) return { bounds: [-Infinity, Infinity], drawn: null, fuzzy: true, open }
  const mark = text.indexOf('~')
  const [before, after] = [mark === 0, mark > 0 && dates.length === 1]
  return {
    bounds: [before ? -Infinity : dayOf(a, false), after ? Infinity : dayOf(b, true)],
    drawn: late ? dayOf(b, true) : dayOf(a, false),
    fuzzy: /[~?%]/.test(text),
    open,
  }
}

function dayOf(found: RegExpMatchArray, end: boolean): number {
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)]
  if (!end) return Date.UTC(year, Math.max(month, 1) - 1, Math.max(day, 1))
  if (month === 0) return Date.UTC(year, 11, 31)
  return day === 0 ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day)
}

// periodText says a period in words: what stands before or behind a date for "or before" and "or later" is not known to
// who reads a table.
export function periodText(period: string): string {
  const [a, b] = period.split('/')
  if (a === undefined || b === undefined) return endText(period)
  if (b === '..') return a === '..' ? 'always' : a ? `since ${endText(a)}, still so` : 'still so, since when is not known'
  if (!b) return a && a !== '..' ? `since ${endText(a)}, end not known` : period
  return a === '' || a === '..' ? `until ${endText(b)}${a ? '' : ', begin not known'}` : `${endText(a)} to ${endText(b)}`
}

function endText(text: string): string {
  const at = text.indexOf('~')
  const [before, after] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)]
  if (at < 0) return text
  return !before ? `${after} or before` : !after ? `${before} or later` : `between ${before} and ${after}`
}

// momentText is a moment as a reader wants it: the day and the minute, of the same zone for all who look.
export function momentText(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ') + ' UTC'
}

// isDate reports whether a text is what a date is typed as.
export function isDate(text: string): boolean {
  return /^\d{4}(-\d\d(-\d\d)?)?$/.test(text)
}

export const dateHint = 'Write 2023, 2023-07 or 2023-07-07'

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

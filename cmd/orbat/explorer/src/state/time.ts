// Days out of periods, as the timeline draws them: the first and the last that a period names, and whether either is
// sure. What holds at a time the server judges; this only says where to draw.

export interface Span {
  from: number // milliseconds
  to: number
  fuzzyFrom: boolean // begins about then, or before: nobody says
  fuzzyTo: boolean
  open: boolean // nobody says when it ends, or it goes on
}

// spanOf reads a period; null where it has no date.
export function spanOf(period: string | undefined): Span | null {
  if (!period) return null
  const [a, b] = period.includes('/') ? (period.split('/', 2) as [string, string]) : [period, period]
  const first = dayOf(a, false)
  const last = dayOf(b, true)
  if (first === null && last === null) return null
  const unsure = (text: string) => /[~?%.]|^$/.test(text)
  return {
    from: first ?? last!,
    to: last ?? first!,
    fuzzyFrom: first === null || unsure(a),
    fuzzyTo: last === null || unsure(b),
    open: last === null,
  }
}

function dayOf(text: string, end: boolean): number | null {
  const found = /(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(text)
  if (!found) return null
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 0), Number(found[3] ?? 0)]
  if (!end) return Date.UTC(year, Math.max(month, 1) - 1, Math.max(day, 1))
  if (month === 0) return Date.UTC(year, 11, 31)
  return day === 0 ? Date.UTC(year, month, 0) : Date.UTC(year, month - 1, day)
}

export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

// The marking of a whole, from those of its parts.

// highest returns the highest level on each scale with all caveats that any part bears, and what stands on no scale as
// it is: a whole is marked as the most sensitive of its parts. Markings are in plain form, as the server gives them.
export function highest(markings: Iterable<string>, scales: readonly (readonly string[])[]): string {
  const levels = scales.map(() => -1)
  const caveats = scales.map(() => new Set<string>())
  const others = new Set<string>()
  for (const marking of new Set(markings)) {
    const [level, ...more] = marking.split('//') as [string, ...string[]]
    const scale = scales.findIndex((s) => s.includes(level))
    if (scale < 0) {
      if (marking) others.add(marking)
      continue
    }
    levels[scale] = Math.max(levels[scale]!, scales[scale]!.indexOf(level))
    for (const caveat of more) caveats[scale]!.add(caveat)
  }
  return [
    ...scales.flatMap((s, i) => (levels[i]! < 0 ? [] : [[s[levels[i]!], ...[...caveats[i]!].sort()].join('//')])),
    ...[...others].sort(),
  ].join('; ')
}

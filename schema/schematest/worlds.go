// Package schematest says by brute force what periods imply: it looks through all the possible worlds of law 7, one for
// each exact beginning and end that what is known allows. Tests draw small periods ([Random]) and hold what is computed
// from bounds against [Certainty].
//
// A world knows the first and the last instant of each of a few days, and one instant before and one after all of them.
// That is all that the law tells apart: what is computed compares bounds, and these are starts and ends of days.
package schematest

import (
	"maps"
	"math/rand/v2"
	"time"

	"orbat/schema"
)

// Days is how many days there are: 2020-01-01 and those after it.
const Days = 5

// Span is an exact time: from one instant to another, both included.
type Span struct{ From, To int }

const (
	before = -1       // an instant before all days
	after  = 2 * Days // and one after them
)

// Day returns a day by its number, from 0.
func Day(n int) schema.Range {
	start := time.Date(2020, 1, 1+n, 0, 0, 0, 0, time.UTC)
	return schema.Range{Min: start, Max: start.AddDate(0, 0, 1).Add(-1)}
}

// Random draws a period that some exact one allows: each end is open, unknown, or one or more days of which one or both
// bounds are known.
func Random(random *rand.Rand) schema.Period {
	for {
		p := schema.Period{From: bound(random), To: bound(random)}
		if random.IntN(5) == 0 && !p.From.Open {
			p.To = p.From // something that happened
		}
		if len(Spans(p)) > 0 {
			return p
		}
	}
}

func bound(random *rand.Rand) schema.Bound {
	first := random.IntN(Days)
	last := min(Days-1, first+random.IntN(3))
	b := schema.Bound{Range: schema.Range{Min: Day(first).Min, Max: Day(last).Max}}
	switch random.IntN(12) {
	case 0:
		return schema.Bound{Open: true}
	case 1:
		return schema.Bound{}
	case 2:
		b.Min = time.Time{}
	case 3:
		b.Max = time.Time{}
	}
	return b
}

// RandomWindow draws a time to ask for: a day, several, or all from or up to one.
func RandomWindow(random *rand.Rand) schema.Range {
	first := random.IntN(Days)
	d := schema.Range{Min: Day(first).Min, Max: Day(min(Days-1, first+random.IntN(2)*random.IntN(Days))).Max}
	switch random.IntN(8) {
	case 0:
		d.Min = time.Time{}
	case 1:
		d.Max = time.Time{}
	}
	return d
}

// Spans returns every exact time that a period allows.
func Spans(p schema.Period) []Span {
	fromMin, fromMax, toMin, toMax := p.Bounds()
	firstFrom, lastFrom := instant(fromMin, before), instant(fromMax, after)
	firstTo, lastTo := instant(toMin, before), instant(toMax, after)
	if p.From.Open {
		firstFrom, lastFrom = before, before
	}
	if p.To.Open {
		firstTo, lastTo = after, after
	}
	var spans []Span
	for from := firstFrom; from <= lastFrom; from++ {
		for to := max(from, firstTo); to <= lastTo; to++ {
			spans = append(spans, Span{from, to})
		}
	}
	return spans
}

// Window returns the exact time that is asked for.
func Window(d schema.Range) Span {
	return Span{instant(d.Min, before), instant(d.Max, after)}
}

// instant numbers the start or end of a day.
func instant(t time.Time, unknown int) int {
	if t.IsZero() {
		return unknown
	}
	hours := int(t.Add(1).Sub(Day(0).Min) / time.Hour)
	n := 2 * (hours / 24) // the start of a day
	if t.Nanosecond() != 0 {
		n-- // an end lies just before it
	}
	return n
}

// Meet returns what exact times have in common, and whether there is any.
func Meet(spans ...Span) (Span, bool) {
	both := Span{before - 1, after + 1}
	for _, s := range spans {
		both = Span{max(both.From, s.From), min(both.To, s.To)}
	}
	return both, both.From <= both.To
}

// Certainty looks through the worlds of some links and returns whether within d all of them hold at some moment:
// certain if in each world, possible if in some. Worlds that have come to the same common time go on as one.
func Certainty(d schema.Range, links ...schema.Period) schema.Certainty {
	common := map[Span]bool{Window(d): true}
	each := true
	for _, p := range links {
		next := map[Span]bool{}
		for _, s := range Spans(p) {
			for c := range common {
				both, meets := Meet(c, s)
				next[both] = meets
				each = each && meets
			}
		}
		maps.DeleteFunc(next, func(_ Span, meets bool) bool { return !meets })
		common = next
	}
	switch {
	case len(common) > 0 && each:
		return schema.Certain
	case len(common) > 0:
		return schema.Possible
	}
	return schema.No
}

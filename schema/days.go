package schema

import (
	"slices"
	"time"
)

// UnionDays counts the days on which at least one of several chains holds: how many there are at least, and at most,
// whatever the uncertain periods may be exactly. A chain holds at the moments that lie in all of its periods, and a
// day counts that has such a moment. The same pointer in two chains is the same period, and different ones are
// independent of each other, so both numbers are right for the union as a whole and not sums of each chain's own.
//
// most is negative where a day more is always possible: a bound is not known, or there is none. What goes on without
// an end adds nothing to least, since nobody says how long it has lasted.
func UnionDays(chains [][]*Period) (least, most int) {
	most = 0
	var widest []span
	for _, chain := range chains {
		if s, meets := commonSpan(chain, (*Period).widest); meets {
			widest = append(widest, s)
		}
	}
	for _, days := range daysOf(joined(widest)) {
		if days.endless() {
			most = -1
			break
		}
		most += days.count()
	}
	return leastDays(chains), most
}

// leastDays counts the days that there are whatever the periods may be exactly.
//
// What a period surely contains, from the last moment at which it may begin to the first at which it may end, it
// contains in every possible world, and nothing more in the smallest. One whose end may come before its beginning must
// have is somewhere: the least of it is one moment out of a span. It adds no day where that span has a moment at which
// no chain comes to hold by it, or lies on a day that counts already. Two such moments never need to coincide, as time
// is dense. Where each moment of the span completes a chain, one day of it counts in any case, and it is the same day
// for as many of these periods as can share one.
func leastDays(chains [][]*Period) int {
	var sure []span
	through := map[*Period][]span{} // of a period that is somewhere: what else its chains need, where that is sure
	var order []*Period
	for _, chain := range chains {
		var moment *Period
		rest := make([]*Period, 0, len(chain))
		moments := 0
		for _, p := range chain {
			if slices.Contains(rest, p) || p == moment {
				continue
			}
			if _, ok := p.sure(); ok {
				rest = append(rest, p)
			} else {
				moment = p
				moments++
			}
		}
		s, meets := commonSpan(rest, func(p *Period) span { s, _ := p.sure(); return s })
		switch {
		case !meets || moments > 1:
		case moments == 0:
			sure = append(sure, s)
		default:
			if through[moment] == nil {
				order = append(order, moment)
			}
			through[moment] = append(through[moment], s)
		}
	}
	counted := daysOf(joined(sure))
	least := 0
	for _, days := range counted {
		if !days.endless() {
			least += days.count()
		}
	}
	var forced []daySpan
	for _, p := range order {
		where := p.somewhere()
		completes := slices.ContainsFunc(joined(through[p]), func(s span) bool {
			return !where.first.Before(s.first) && !where.last.After(s.last)
		})
		days := where.days()
		if completes && !slices.ContainsFunc(counted, func(c daySpan) bool { return c.first <= days.last && days.first <= c.last }) {
			forced = append(forced, days)
		}
	}
	slices.SortFunc(forced, func(a, b daySpan) int { return a.last - b.last })
	shared := -1 << 62
	for _, days := range forced {
		if days.first > shared {
			shared = days.last
			least++
		}
	}
	return least
}

// span is a time from one moment to another, both in it. Its ends may be beginningOfTime and endOfTime.
type span struct{ first, last time.Time }

// beginningOfTime and endOfTime lie before and after all dates that can be written.
func beginningOfTime() time.Time { return time.Time{} }
func endOfTime() time.Time       { return time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) }

// limits are the four bounds of a period as far as they follow from each other: it ends no earlier than it may begin,
// and begins no later than it may end.
func (p Period) limits() (fromMin, fromMax, toMin, toMax time.Time) {
	fromMin, fromMax, toMin, toMax = p.Bounds() // the zero time is beginningOfTime
	if toMax.IsZero() {
		toMax = endOfTime()
	}
	switch {
	case p.From.Open:
		fromMax = beginningOfTime()
	case fromMax.IsZero() || fromMax.After(toMax):
		fromMax = toMax
	}
	switch {
	case p.To.Open:
		toMin = endOfTime()
	case toMin.Before(fromMin):
		toMin = fromMin
	}
	return fromMin, fromMax, toMin, toMax
}

// widest is all that a period may contain.
func (p Period) widest() span {
	fromMin, _, _, toMax := p.limits()
	return span{fromMin, toMax}
}

// sure is what a period surely contains, and whether there is any one moment of which that is known.
func (p Period) sure() (s span, ok bool) {
	_, fromMax, toMin, _ := p.limits()
	return span{fromMax, toMin}, !fromMax.After(toMin)
}

// somewhere is the span of which a period contains at least one moment, where it is not sure which.
func (p Period) somewhere() span {
	_, fromMax, toMin, _ := p.limits()
	return span{toMin, fromMax}
}

// commonSpan returns what the spans of periods have in common, all time of none.
func commonSpan(periods []*Period, of func(*Period) span) (common span, meets bool) {
	common = span{beginningOfTime(), endOfTime()}
	for _, p := range periods {
		s := of(p)
		common.first = later(common.first, s.first)
		if s.last.Before(common.last) {
			common.last = s.last
		}
	}
	return common, !common.first.After(common.last)
}

// joined sorts spans and joins those between which there is no moment.
func joined(spans []span) []span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b span) int { return a.first.Compare(b.first) })
	var all []span
	for _, s := range spans {
		if n := len(all); n > 0 && !s.first.After(all[n-1].last.Add(1)) {
			all[n-1].last = later(all[n-1].last, s.last)
		} else {
			all = append(all, s)
		}
	}
	return all
}

// daySpan is a span of days, numbered since 1970.
type daySpan struct{ first, last int }

func (s span) days() daySpan { return daySpan{dayNumber(s.first), dayNumber(s.last)} }

func (d daySpan) count() int { return d.last - d.first + 1 }

// endless reports whether a span has no beginning or no end.
func (d daySpan) endless() bool {
	return d.first == dayNumber(beginningOfTime()) || d.last == dayNumber(endOfTime())
}

// daysOf returns the days of spans, which are sorted, each in one of them.
func daysOf(spans []span) []daySpan {
	var all []daySpan
	for _, s := range spans {
		days := s.days()
		if n := len(all); n > 0 && days.first <= all[n-1].last {
			all[n-1].last = max(all[n-1].last, days.last)
		} else {
			all = append(all, days)
		}
	}
	return all
}

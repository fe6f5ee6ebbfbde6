package schema

import (
	"slices"
	"strings"
	"time"
)

// attested returns the span for which a period is attested: from the last moment at which it may begin to the first at
// which it may end, or between those where it is not sure which comes first. Where one of the two is not known, the
// other is all that is. ok is false where no date attests anything.
func (p Period) attested() (s span, ok bool) {
	_, fromMax, toMin, toMax := p.Bounds()
	if !fromMax.IsZero() { // what a date cites cannot lie beyond the other end
		fromMax = earlier(fromMax, toMax)
	}
	if !toMin.IsZero() {
		toMin = later(toMin, p.From.Min)
	}
	switch {
	case fromMax.IsZero() && toMin.IsZero():
		return span{}, false
	case fromMax.IsZero():
		s = span{toMin, toMin}
	case toMin.IsZero():
		s = span{fromMax, fromMax}
	case fromMax.Before(toMin):
		s = span{fromMax, toMin}
	default:
		s = span{toMin, fromMax}
	}
	if p.From.Open {
		s.first = beginningOfTime()
	}
	if p.To.Open {
		s.last = endOfTime()
	}
	return s, true
}

// extent is what a period reaches over at most, and, on a side where nothing bounds it, at least.
func (p Period) extent() (s span, ok bool) {
	s, ok = p.attested()
	if !p.From.Min.IsZero() {
		s.first = p.From.Min
	}
	if !p.To.Max.IsZero() {
		s.last = p.To.Max
	}
	return s, ok || !p.From.Min.IsZero() && !p.To.Max.IsZero()
}

// JudgeTogether returns the periods that several statements give one person's posts in one unit as they stand beside
// each other (law 8): within one position a precise statement overrules what a vague one merely allows, if the time for
// which the vague one is attested lies inside it. A statement that names no position is vague about that, too.
//
//	~2014-09-15/..  beside  2014-09-01/..            → 2014-09-01~2014-09-15/..
//	~2016-01-01/    beside  2012-01-01/2014-12-31    → ~2016-01-01/     a second tour: nothing rules it out
func JudgeTogether(positions []string, periods []Period) []Period {
	judged := slices.Clone(periods)
	for i, vague := range periods {
		attested, dated := vague.attested()
		var told *Period
		for j := range periods {
			precise := &periods[j]
			if i == j || positions[i] != "" && positions[i] != positions[j] {
				continue
			}
			if !dated { // it adds nothing to what implies it, the first where there are several
				if precise.Implies(vague) && !vague.Implies(*precise) && (told == nil || precise.compare(*told) < 0) {
					told = precise
				}
				continue
			}
			extent, bounded := precise.extent()
			if bounded && !attested.first.Before(extent.first) && !attested.last.After(extent.last) {
				judged[i] = judged[i].notBeyond(*precise)
			}
		}
		if told != nil {
			judged[i] = vague.notBeyond(*told)
		}
	}
	return judged
}

// compare orders periods by when they may begin at the earliest, then by the other bounds.
func (p Period) compare(q Period) int {
	key := func(p Period) [4]time.Time {
		fromMin, fromMax, toMin, toMax := p.Bounds()
		if fromMax.IsZero() && !p.From.Open {
			fromMax = endOfTime()
		}
		if p.To.Open {
			toMin = endOfTime()
		}
		if toMax.IsZero() {
			toMax = endOfTime()
		}
		return [4]time.Time{fromMin, fromMax, toMin, toMax}
	}
	a, b := key(p), key(q)
	for i := range a {
		if order := a[i].Compare(b[i]); order != 0 {
			return order
		}
	}
	return 0
}

// notBeyond returns a period without the time that another rules out.
func (p Period) notBeyond(q Period) Period {
	if !q.From.Min.IsZero() && !p.From.Open && p.From.Min.Before(q.From.Min) {
		p.From.Min, p.Raw = q.From.Min, ""
	}
	if !q.To.Max.IsZero() && !p.To.Open && (p.To.Max.IsZero() || p.To.Max.After(q.To.Max)) {
		p.To.Max, p.Raw = q.To.Max, ""
	}
	return p
}

// Tour is a time without a gap that statements of one post add up to.
type Tour struct {
	Period
	Of []int // the numbers of the statements
}

// Tours joins the periods of one post that follow each other, or overlap, whatever they may be exactly: no whole day
// may lie between. What attests nothing belongs to what implies it. They are sorted by the numbers of their first.
func Tours(periods []Period) []Tour {
	under := make([]int, len(periods)) // what a period adds nothing to; itself: it stands for itself
	var tours []Tour
	for i := range periods {
		under[i] = firstImplying(periods, i)
		if under[i] == i {
			tours = append(tours, Tour{periods[i], []int{i}})
		}
	}
	for i := 0; i < len(tours); i++ {
		for j := i + 1; j < len(tours); j++ {
			if !tours[i].surelyMeets(tours[j].Period) {
				continue
			}
			tours[i].Period = tours[i].union(tours[j].Period)
			tours[i].Of = append(tours[i].Of, tours[j].Of...)
			tours = slices.Delete(tours, j, j+1)
			j = i // the longer one may meet what the shorter did not
		}
	}
	for i := range periods {
		top := i
		for under[top] != top {
			top = under[top]
		}
		if top != i {
			at := slices.IndexFunc(tours, func(t Tour) bool { return slices.Contains(t.Of, top) })
			tours[at].Of = append(tours[at].Of, i)
		}
	}
	for i := range tours {
		slices.Sort(tours[i].Of)
	}
	return tours
}

// firstImplying returns the number of the first period to which one that attests nothing adds nothing; its own where
// there is none.
func firstImplying(periods []Period, i int) int {
	if _, dated := periods[i].attested(); dated {
		return i
	}
	first := i
	for j := range periods {
		if j == i || !periods[j].Implies(periods[i]) || periods[i].Implies(periods[j]) && j > i {
			continue
		}
		if first == i || periods[j].compare(periods[first]) < 0 {
			first = j
		}
	}
	return first
}

// surelyMeets reports whether no whole day lies between two periods, whatever they may be exactly.
func (p Period) surelyMeets(q Period) bool {
	if p.Equal(q) || p.To.Open && q.To.Open || p.From.Open && q.From.Open { // what has no end both hold late enough
		return true
	}
	own, ownSure := p.sure()
	other, otherSure := q.sure()
	if !ownSure {
		own = p.somewhere()
	}
	if !otherSure {
		other = q.somewhere()
	}
	a, b := own.days(), other.days()
	switch {
	case ownSure && otherSure:
		return a.first <= b.last+1 && b.first <= a.last+1
	case ownSure:
		return b.first >= a.first-1 && b.last <= a.last+1
	case otherSure:
		return a.first >= b.first-1 && a.last <= b.last+1
	}
	return false
}

// union returns the time that two periods cover which surely meet.
func (p Period) union(q Period) Period {
	if p.Equal(q) {
		return p
	}
	u := Period{From: Bound{Open: p.From.Open || q.From.Open}, To: Bound{Open: p.To.Open || q.To.Open}}
	if !u.From.Open {
		u.From.Min, u.From.Max = p.From.Min, p.From.Max
		if u.From.Min.IsZero() || q.From.Min.Before(u.From.Min) {
			u.From.Min = q.From.Min
			if p.From.Min.IsZero() {
				u.From.Min = time.Time{}
			}
		}
		if u.From.Max.IsZero() || !q.From.Max.IsZero() && q.From.Max.Before(u.From.Max) {
			u.From.Max = q.From.Max
		}
	}
	if !u.To.Open {
		u.To.Min = later(p.To.Min, q.To.Min)
		if !p.To.Max.IsZero() && !q.To.Max.IsZero() {
			u.To.Max = later(p.To.Max, q.To.Max)
		}
	}
	return u
}

// Cited says what is attested where that is all that is known of an end: "first cited 2019", "last cited 2014". It is
// as exact as it was written: who was last cited on the first of January was not in any month of that year.
func (p Period) Cited() string {
	from, to := p.From.String(), p.To.String()
	if f, t, cut := strings.Cut(p.Raw, "/"); cut {
		from, to = strings.TrimSpace(f), strings.TrimSpace(t)
	}
	var parts []string
	if !p.From.Open && p.From.Min.IsZero() && !p.From.Max.IsZero() {
		parts = append(parts, "first cited "+strings.TrimPrefix(from, "~"))
	}
	if !p.To.Open && p.To.Max.IsZero() && !p.To.Min.IsZero() {
		parts = append(parts, "last cited "+strings.TrimSuffix(to, "~"))
	}
	return strings.Join(parts, ", ")
}

// NearestBound returns the bound of a period that lies nearest to a time, which the period does not surely reach, and
// whether it is later. The zero time: no bound is known.
func (p Period) NearestBound(d Range) (bound time.Time, after bool) {
	var gap time.Duration
	fromMin, fromMax, toMin, toMax := p.Bounds()
	for _, b := range []time.Time{fromMin, fromMax, toMin, toMax} {
		if b.IsZero() {
			continue
		}
		away, isAfter := time.Duration(0), false
		switch {
		case !d.Max.IsZero() && b.After(d.Max):
			away, isAfter = b.Sub(d.Max), true
		case !d.Min.IsZero() && b.Before(d.Min):
			away = d.Min.Sub(b)
		}
		if bound.IsZero() || away < gap {
			bound, after, gap = b, isAfter, away
		}
	}
	return bound, after
}

package step

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// tour is a time without a gap that somebody held a position: the sum of all statements of it that satisfy the filters,
// whatever their time.
type tour struct {
	statement
	held []*statement // those of them that hold at the time asked for

	roles, ranks string // all that were held, in their order, where it is of more than one position
}

// toursOf returns what the claims behind a post say, judged together: one tour for each position and time without a
// gap, those that hold at the time asked for. What names no position adds nothing to one that does and says no less.
func toursOf(e *view.GraphEdge, f *canned.Filter) []*tour {
	var claims []*view.Evidence
	for _, c := range e.InScope {
		claims = append(claims, c.Evidence)
	}
	byPosition := map[string][]*statement{}
	for _, s := range statementsIn(e, claims) {
		position := e.Position(s.values)
		byPosition[position] = append(byPosition[position], s)
	}
	var named []*tour
	for _, position := range slices.Sorted(maps.Keys(byPosition)) {
		if position != "" {
			named = append(named, toursIn(byPosition[position])...)
		}
	}
	list := slices.Clone(named)
	for _, vague := range toursIn(byPosition[""]) {
		at := slices.IndexFunc(named, func(t *tour) bool { return t.saysAll(&vague.statement) })
		if at >= 0 {
			list[at].held = append(list[at].held, vague.held...)
		} else {
			list = append(list, vague)
		}
	}
	return slices.DeleteFunc(list, func(t *tour) bool { return !t.sumUp(f) })
}

// toursIn parts the statements of one position where there is a gap.
func toursIn(says []*statement) []*tour {
	periods := make([]schema.Period, len(says))
	for i, s := range says {
		periods[i] = s.period
	}
	var list []*tour
	for _, joined := range schema.Tours(periods) {
		t := &tour{statement: statement{edge: says[joined.Of[0]].edge, period: joined.Period}}
		for _, i := range joined.Of {
			t.held = append(t.held, says[i])
		}
		list = append(list, t)
	}
	return list
}

// sumUp makes of a tour what all its statements say, and leaves those that hold at the time asked for; false: none
// does.
func (t *tour) sumUp(f *canned.Filter) bool {
	slices.SortFunc(t.held, func(a, b *statement) int {
		return cmp.Or(began(a, nil).compare(began(b, nil)), strings.Compare(strings.Join(a.values["rank"], "\x00"),
			strings.Join(b.values["rank"], "\x00")), strings.Compare(a.words(), b.words()))
	})
	t.values, t.sources, t.possible = map[string][]string{}, map[string]string{}, true
	for _, s := range t.held {
		for name, values := range s.values {
			if name == "role" && len(t.values[name]) > 0 {
				continue // the same position, perhaps in other letters
			}
			for _, v := range values {
				if !slices.Contains(t.values[name], v) {
					t.values[name] = append(t.values[name], v)
				}
			}
		}
		maps.Copy(t.sources, s.sources)
		t.claims = append(t.claims, s.claims...)
	}
	t.held = telling(t.held)
	t.confidence = confidenceOf(t.held)
	t.held = slices.DeleteFunc(t.held, func(s *statement) bool {
		_, holding := f.Meet(schema.Always(), s.when(nil))
		t.possible = t.possible && holding != schema.Certain
		return holding == schema.No
	})
	return len(t.held) > 0
}

// confidenceOf returns the confidence of what several statements say together: of those that give the same time it
// takes the surest, and as each of the others adds some of the time, of all the weakest.
func confidenceOf(list []*statement) *int {
	byPeriod := map[string]*statement{}
	for _, s := range list {
		if best := byPeriod[s.period.String()]; best == nil || compareConfidence(s.confidence, best.confidence) < 0 {
			byPeriod[s.period.String()] = s
		}
	}
	weakest := slices.MaxFunc(slices.Collect(maps.Values(byPeriod)), func(a, b *statement) int {
		return compareConfidence(a.confidence, b.confidence)
	})
	return weakest.confidence
}

// telling leaves out of the statements of one tour those that add nothing to another.
func telling(list []*statement) []*statement {
	return slices.DeleteFunc(slices.Clone(list), func(vague *statement) bool {
		return slices.ContainsFunc(list, func(s *statement) bool { return s != vague && s.saysAll(vague) && !vague.saysAll(s) })
	})
}

// saysAll reports whether a statement of the same position adds nothing to this one: the two are one tour, no longer.
func (s *statement) saysAll(vague *statement) bool {
	both := schema.Tours([]schema.Period{s.period, vague.period})
	return len(both) == 1 && both[0].Equal(s.period)
}

// horizon bounds a list of people and posts: what only possibly holds, and is farther from anything attested, is
// counted and not shown.
type horizon struct {
	years        int
	after, ahead []years  // of those counted: by how much they are cited later, and earlier
	from         []string // what the years are counted from
	counted      string   // what those counted are
}

// horizonAsked returns the horizon of a question that has one.
func (x *Execution) horizonAsked() (*horizon, bool) {
	far := &horizon{years: x.number("horizon"), counted: "posts that only possibly held"}
	if x.Filter.Timed() {
		far.from = append(far.from, x.Filter.Time().String())
	}
	return far, x.query.Param("horizon") != nil
}

// years is a distance in time: the whole years in it, and the least number of years that reaches so far, which is one
// more where days are left over.
type years struct{ whole, reach int }

// beyond reports whether all bounds of what lies in a gap, of one of several, are farther than the horizon from a time,
// and counts the widest if so.
func (h *horizon) beyond(gaps ...gap) bool {
	var widest years
	var later bool
	for _, g := range gaps {
		bound, after := g.of.NearestBound(g.from)
		var away years
		switch {
		case bound.IsZero():
		case after && !g.from.Max.IsZero():
			away = yearsTo(g.from.Max, bound, 1)
		case !after && !g.from.Min.IsZero():
			away = yearsTo(g.from.Min, bound, -1)
		}
		if away.reach > widest.reach {
			widest, later = away, after
		}
	}
	switch {
	case widest.reach <= h.years:
		return false
	case later:
		h.after = append(h.after, widest)
	default:
		h.ahead = append(h.ahead, widest)
	}
	return true
}

// yearsTo counts the years from one time to another, which lies after it (way 1) or before it (way -1).
func yearsTo(from, to time.Time, way int) (y years) {
	y.reach = max(0, (to.Year()-from.Year())*way-1)
	for from.AddDate(way*y.reach, 0, 0).Compare(to)*way < 0 {
		y.reach++
	}
	if y.whole = y.reach; !from.AddDate(way*y.reach, 0, 0).Equal(to) {
		y.whole = max(0, y.reach-1)
	}
	return y
}

// tell notes what was counted: "4 more, first cited 21 to 26 years later; horizon=26 shows them", and from when. Of
// what is some years and days away it says that it is more than those years.
func (h *horizon) tell(x *Execution) {
	farthest := 0
	say := func(list []years, what, which string) string {
		if len(list) == 0 {
			return ""
		}
		compare := func(a, b years) int { return cmp.Or(cmp.Compare(a.whole, b.whole), cmp.Compare(a.reach, b.reach)) }
		least, most := slices.MinFunc(list, compare), slices.MaxFunc(list, compare)
		farthest = max(farthest, most.reach)
		span, last := fmt.Sprint(least.whole), most.whole
		if least.whole < least.reach {
			span = "more than " + span
		}
		if least.whole < most.whole {
			span, last = fmt.Sprintf("%s and up to %d", span, most.reach), most.reach
			if least.whole == least.reach {
				span = fmt.Sprintf("%d to %d", least.whole, most.reach)
			}
		}
		unit := "years"
		if last == 1 {
			unit = "year"
		}
		return fmt.Sprintf("%d more, %s cited %s %s %s", len(list), what, span, unit, which)
	}
	texts := joinNonEmpty("; ", say(h.after, "first", "later"), say(h.ahead, "last", "earlier"))
	if texts == "" {
		return
	}
	them := "them"
	if len(h.after)+len(h.ahead) == 1 {
		them = "it"
	}
	x.note("%s; horizon=%d shows %s. Counted are %s, years from %s.", texts, farthest, them, h.counted,
		strings.Join(h.from, " and "))
}

// away says how far a statement's bounds are from the time asked for, nothing where it certainly holds.
func (s *statement) away(f *canned.Filter) time.Duration {
	if !s.possible {
		return 0
	}
	return distance(s.period, f.Time())
}

// distance is that of the nearest bound of a period from a time; of what has no bound it is the longest.
func distance(p schema.Period, from schema.Range) time.Duration {
	bound, after := p.NearestBound(from)
	switch {
	case bound.IsZero():
		return 1<<63 - 1
	case after:
		return bound.Sub(from.Max)
	case !from.Min.IsZero() && bound.Before(from.Min):
		return from.Min.Sub(bound)
	}
	return 0
}

// firstCertain orders people and posts: the certain first, then by how near they are to anything attested, the one in
// charge before a deputy.
func (s *statement) firstCertain(t *statement, f *canned.Filter) int {
	return cmp.Or(compareFlags(s.possible, t.possible), cmp.Compare(s.away(f), t.away(f)), compareFlags(!leads(s), !leads(t)))
}

// compareFlags orders what does not have a flag before what has.
func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

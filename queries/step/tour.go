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
	after, ahead []int    // of those counted: by how many whole years they are cited later, and earlier
	from         []string // what the years are counted from
}

// horizonAsked returns the horizon of a question that has one.
func (x *Execution) horizonAsked() (*horizon, bool) {
	far := &horizon{years: x.number("horizon")}
	if x.Filter.Timed() {
		far.from = append(far.from, x.Filter.Time().String())
	}
	return far, x.query.Param("horizon") != nil
}

// beyond reports whether all bounds of a period are farther than the horizon from a time, and counts it if so.
func (h *horizon) beyond(p schema.Period, from schema.Range) bool {
	bound, after := p.NearestBound(from)
	switch {
	case bound.IsZero():
	case after && !from.Max.IsZero() && bound.After(from.Max.AddDate(h.years, 0, 0)):
		h.after = append(h.after, wholeYears(from.Max, bound))
		return true
	case !after && !from.Min.IsZero() && bound.Before(from.Min.AddDate(-h.years, 0, 0)):
		h.ahead = append(h.ahead, wholeYears(bound, from.Min))
		return true
	}
	return false
}

// wholeYears counts the years from one time to another.
func wholeYears(from, to time.Time) int {
	years := to.Year() - from.Year()
	if from.AddDate(years, 0, 0).After(to) {
		years--
	}
	return years
}

// tell notes what was counted: "4 more, first cited 21 to 26 years later; horizon=30 shows them", and from when.
func (h *horizon) tell(x *Execution) {
	farthest := 0
	say := func(years []int, what, which string) string {
		if len(years) == 0 {
			return ""
		}
		least, most := slices.Min(years), slices.Max(years)
		farthest = max(farthest, most)
		span := fmt.Sprint(least)
		if least < most {
			span += fmt.Sprintf(" to %d", most)
		}
		unit := "years"
		if most == 1 {
			unit = "year"
		}
		return fmt.Sprintf("%d more, %s cited %s %s %s", len(years), what, span, unit, which)
	}
	texts := joinNonEmpty("; ", say(h.after, "first", "later"), say(h.ahead, "last", "earlier"))
	if texts == "" {
		return
	}
	them := "them"
	if len(h.after)+len(h.ahead) == 1 {
		them = "it"
	}
	shows := (farthest/5 + 1) * 5 // a round number above the farthest
	x.note("%s; horizon=%d shows %s. Counted are posts that only possibly held, years from %s.", texts, shows, them,
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

package view

import (
	"slices"
	"time"

	"orbat/schema"
)

// maxCommon is how many times are kept of links that several claims date; beyond it, one that covers them all.
const maxCommon = 64

// Common is the time that some links have in common, and whether within the time asked for they have any: certain or
// possible.
type Common struct {
	schema.Period
	Certainty schema.Certainty
}

// AnyTime returns what no links have in common: any time.
func AnyTime() []Common { return []Common{{schema.Always(), schema.Certain}} }

// Meet returns what times have in common with a link, by each of the claims that date it: one of them dates the link
// (law 8). None: it never held together with the others within the time asked for (law 7).
func (s *Snapshot) Meet(times []Common, e *GraphEdge) (met []Common) {
	for _, t := range times {
		for _, p := range e.periods() {
			both, holding := s.Filter.Meet(t.Period, p)
			if holding = min(holding, t.Certainty); holding == schema.No {
				continue
			}
			if slices.ContainsFunc(met, func(m Common) bool { return m.Equal(both) && m.Certainty >= holding }) {
				continue
			}
			if len(met) == maxCommon {
				at := max(0, slices.IndexFunc(met, func(m Common) bool { return m.Certainty != schema.Certain }))
				met[at] = Common{met[at].Cover(both), schema.Possible}
				continue
			}
			met = append(met, Common{both, holding})
		}
	}
	return met
}

// Best returns the greatest certainty among times.
func Best(times []Common) schema.Certainty {
	best := schema.No
	for _, t := range times {
		best = max(best, t.Certainty)
	}
	return best
}

// Together says whether links, which were proven, held together at some moment within the time asked for.
func (s *Snapshot) Together(edges []*GraphEdge) schema.Certainty {
	times := AnyTime()
	for _, e := range edges {
		times = s.Meet(times, e)
	}
	return Best(times)
}

// periods returns when the claims behind an edge that satisfy the filters say that it held: any time where that is
// leaned on.
func (e *GraphEdge) periods() (periods []schema.Period) {
	for _, c := range e.Passed {
		p := c.When
		if p.IsZero() && e.LeansOn() {
			p = schema.Always()
		}
		if !slices.ContainsFunc(periods, p.Equal) {
			periods = append(periods, p)
		}
	}
	return periods
}

// LeansOn reports whether a link is taken to hold at any time (law 7): one that is timeless, or only leads to an
// answer, and that no claim dates. Which that is does not hang on the time asked for, so that a wider one never finds
// less.
func (e *GraphEdge) LeansOn() bool { return (e.Scaffold || e.Timeless) && !e.dated }

// Beginnings returns when, as far as is known, a link may have begun at the earliest, by each of its claims.
func (e *GraphEdge) Beginnings() (begun []time.Time) {
	for _, p := range e.periods() {
		if first, _, _, _ := p.Bounds(); !first.IsZero() {
			begun = append(begun, first)
		}
	}
	return begun
}

// MayHold reports whether a link may have held at a moment, by one of its claims.
func (e *GraphEdge) MayHold(moment time.Time) bool {
	return slices.ContainsFunc(e.periods(), func(p schema.Period) bool {
		return p.Within(schema.Range{Min: moment, Max: moment}) != schema.No
	})
}

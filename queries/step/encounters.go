package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// encounter is an event in which the own side had one part and the other another.
type encounter struct {
	own, theirs *view.GraphEdge
	when        *statement
	possible    bool
	date, kind  string // of the event
}

// claims are those behind both parts.
func (m *encounter) claims() []*view.Evidence {
	return append(slices.Clone(m.own.Passed), m.theirs.Passed...)
}

// encounters finds the events in which an entity's side did something that others suffered, or suffered what others
// did. Its side is what reach leads to, for the time that it belonged.
func encounters() Step {
	return Step{
		Name: "encounters", Doc: "finds the events that set an entity's side and others against each other", Entities: 1,
		Time: canned.Timing{Shows: "the events between those who were of the two sides then", Leans: true},
		Columns: withContested(columns(
			column[*encounter]{"date", func(_ names, m *encounter) string { return cmp.Or(m.date, m.when.period.String()) }},
			column[*encounter]{"event", func(n names, m *encounter) string { return n.of(m.own.To) }},
			column[*encounter]{"kind", func(_ names, m *encounter) string { return m.kind }},
			column[*encounter]{"own", func(n names, m *encounter) string { return n.of(m.own.From) }},
			column[*encounter]{"own part", func(n names, m *encounter) string { return n.partIn(m.own) }},
			column[*encounter]{"adversary", func(n names, m *encounter) string { return n.of(m.theirs.From) }},
			column[*encounter]{"their part", func(n names, m *encounter) string { return n.partIn(m.theirs) }},
			column[*encounter]{"confidence", func(_ names, m *encounter) string {
				return number(weakest(surest(m.own.Passed), surest(m.theirs.Passed)))
			}},
			column[*encounter]{"possible", func(_ names, m *encounter) string { return possibly(m.possible) }},
			column[*encounter]{"sources", func(n names, m *encounter) string { return n.list(sourcesOf(m.claims())) }},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			own, theirs, err := x.bothSides(ctx)
			if err != nil {
				return nil, err
			}
			list, dates, err := x.encountersOf(ctx, own, theirs)
			if err != nil {
				return nil, err
			}
			slices.SortFunc(list, func(a, b *encounter) int {
				return cmp.Or(began(a.when, dates).compare(began(b.when, dates)), strings.Compare(a.own.To, b.own.To),
					view.CompareEdges(a.own, b.own), view.CompareEdges(a.theirs, b.theirs))
			})
			rows := make([]Row, len(list))
			for i, m := range list {
				edges := append([]*view.GraphEdge{m.theirs, m.own}, own[m.own.FromUID].chain()...)
				if r := theirs[m.theirs.FromUID]; r != nil {
					edges = append(edges, r.chain()...)
				}
				rows[i] = Row{Edges: edges, Possible: m.possible, contested: x.denies("date", m.own.To), Of: m}
			}
			return rows, nil
		},
	}
}

// bothSides returns, by uid, who belongs to the entity asked about, and who to its opponent; of that none where none is
// named.
func (x *Execution) bothSides(ctx context.Context) (own, theirs map[string]*reached, err error) {
	sides := [2]map[string]*reached{{}, {}}
	for i := range sides {
		entity, err := x.entity(i)
		if err != nil && i > 0 {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		members, err := newReach(x, x.query.Reach...).from(ctx, []view.Candidate{entity}, x.number("depth"))
		if err != nil {
			return nil, nil, err
		}
		for _, r := range members {
			sides[i][r.uid] = r
		}
	}
	return sides[0], sides[1], nil
}

// encountersOf returns what the own side and others did to each other, and the dates of the events.
func (x *Execution) encountersOf(ctx context.Context, own, theirs map[string]*reached) (list []*encounter, dates map[string]string,
	err error,
) {
	parts := []string{"carried_out", "used_in", "affected_by"}
	var side []string
	for uid := range own {
		side = append(side, uid)
	}
	slices.Sort(side)
	ownParts, err := x.edgesWithEvidence(ctx, side, parts...)
	if err != nil {
		return nil, nil, err
	}
	var events []string
	for _, e := range ownParts {
		events = append(events, e.ToUID)
	}
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	allParts, err := x.edgesWithEvidence(ctx, events, backwards(parts)...)
	if err != nil {
		return nil, nil, err
	}
	nodes, err := x.whole(ctx, events, "date", "event_kind")
	if err != nil {
		return nil, nil, err
	}
	dates, kinds := map[string]string{}, map[string]string{}
	for _, n := range nodes {
		dates[n.XID] = strings.Join(n.Properties["date"], ", ")
		kinds[n.XID] = strings.Join(n.Properties["event_kind"], ", ")
	}
	for _, mine := range ownParts {
		for _, other := range allParts {
			if other.ToUID != mine.ToUID || acts(mine) == acts(other) || len(theirs) > 0 && theirs[other.FromUID] == nil {
				continue
			}
			parts := own[other.FromUID].outside(statementsOf(other, &x.Filter), dates)
			m := &encounter{own: mine, theirs: other, date: dates[mine.To], kind: kinds[mine.To]}
			best := schema.No
			for _, s := range statementsOf(mine, &x.Filter) {
				holding := x.metBy(own[mine.FromUID], theirs[other.FromUID], s, parts, dates)
				if holding == schema.No || holding < best {
					continue
				}
				if s.period.IsZero() {
					s.period, _ = schema.ParsePeriod(dates[mine.To]) // what has no date of its own has its event's
				}
				if holding > best || began(s, dates).compare(began(m.when, dates)) < 0 {
					m.when, m.possible, best = s, holding == schema.Possible, holding
				}
			}
			if m.when != nil {
				list = append(list, m)
			}
		}
	}
	return list, dates, nil
}

// outside returns the parts in an event that somebody had when he surely did not belong to a side: who did, or may
// have, was no adversary of it. The side is nil where he never belonged.
func (r *reached) outside(parts []*statement, dates map[string]string) []*statement {
	if r == nil {
		return parts
	}
	return slices.DeleteFunc(parts, func(s *statement) bool {
		return slices.ContainsFunc(r.windows, func(w window) bool {
			_, holding := w.Intersect(s.when(dates))
			return holding != schema.No
		})
	})
}

// metBy says whether an own part in an event, and one of some of the other's, are of a time when the two belonged to
// their sides. theirs is nil where the other is of no side.
func (x *Execution) metBy(own, theirs *reached, part *statement, others []*statement, dates map[string]string) schema.Certainty {
	found := schema.No
	sides := []window{anyTime()}
	if theirs != nil {
		sides = theirs.windows
	}
	for _, w := range own.windows {
		for _, side := range sides {
			at := window{chain: w.chain}
			at.Period, at.certainty = x.Filter.Meet(w.Period, side.Period)
			at.certainty = min(at.certainty, w.certainty, side.certainty)
			mine := at.with(&x.Filter, part, part.when(dates))
			for _, other := range others {
				whole := mine.with(&x.Filter, other, other.when(dates))
				found = max(found, whole.certainty)
			}
		}
	}
	return found
}

// acts reports whether a part in an event is that of who did it, and not of who suffered it.
func acts(e *view.GraphEdge) bool { return e.Relation != "affected_by" }

// partIn names a part in an event: executed, killed 9 (7-12), or the relation where no claim says more.
func (n names) partIn(e *view.GraphEdge) string {
	var said []string
	for _, c := range e.Passed {
		if outcome := n.outcome(e.Relation, c.Values); outcome != "" {
			said = append(said, outcome)
		}
		said = append(said, c.Values["role"]...)
	}
	slices.Sort(said)
	return cmp.Or(strings.Join(slices.Compact(said), ", "), e.Relation)
}

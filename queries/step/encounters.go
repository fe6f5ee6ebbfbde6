package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/schema"

	"orbat/queries/view"
)

func encounterColumns() []string {
	return []string{"date", "event", "kind", "own", "own part", "adversary", "their part", "confidence", "possible", "sources"}
}

// encounters finds the events in which an entity's side did something that others suffered, or suffered what others did. Its side
// is what reach leads to, for the time that it belonged.
func encounters(ctx context.Context, a *Execution) error {
	entity, err := a.entityParam(0)
	if err != nil {
		return err
	}
	depth := a.values.Ints["depth"]
	own, err := a.reach(ctx, []view.Candidate{entity}, depth, a.query.Reach...)
	if err != nil {
		return err
	}
	ownSide, theirSide := map[string]*reached{}, map[string]*reached{}
	for _, r := range own {
		ownSide[r.uid] = r
	}
	opponent, err := a.entityParam(1)
	if named := err == nil; named {
		others, err := a.reach(ctx, []view.Candidate{opponent}, depth, a.query.Reach...)
		if err != nil {
			return err
		}
		for _, r := range others {
			theirSide[r.uid] = r
		}
	}
	parts := []string{"carried_out", "used_in", "affected_by"}
	ownParts, err := a.stated(ctx, uidsOf(own), parts...)
	if err != nil {
		return err
	}
	var events []string
	for _, e := range ownParts {
		events = append(events, e.ToUID)
	}
	events = slices.Compact(slices.Sorted(slices.Values(events)))
	allParts, err := a.stated(ctx, events, backwards(parts)...)
	if err != nil {
		return err
	}
	nodes, err := a.Nodes(ctx, events, true)
	if err != nil {
		return err
	}
	described := map[string]*view.Node{}
	dates := map[string]string{}
	for _, n := range nodes {
		described[n.XID] = n
		dates[n.XID] = strings.Join(n.Properties["date"], ", ")
	}
	type meeting struct {
		own, theirs *view.GraphEdge
		when        *statement
		possible    bool
	}
	var list []*meeting
	for _, mine := range ownParts {
		for _, theirs := range allParts {
			if theirs.ToUID != mine.ToUID || ownSide[theirs.FromUID] != nil || acts(mine) == acts(theirs) ||
				len(theirSide) > 0 && theirSide[theirs.FromUID] == nil {
				continue
			}
			m := &meeting{own: mine, theirs: theirs}
			for _, s := range statementsOf(mine, &a.Filter) {
				if s.period.IsZero() {
					s.period, _ = schema.ParsePeriod(dates[mine.To]) // what has no date of its own has its event's
				}
				if !a.happened(s, dates) || !ownSide[mine.FromUID].during(s.period) ||
					len(theirSide) > 0 && !theirSide[theirs.FromUID].during(s.period) {
					continue
				}
				if m.when == nil || began(s, dates).Compare(began(m.when, dates)) < 0 {
					m.when, m.possible = s, s.possible || mine.Possible && a.Filter.Timed()
				}
			}
			if m.when != nil {
				list = append(list, m)
			}
		}
	}
	slices.SortFunc(list, func(x, y *meeting) int {
		return cmp.Or(began(x.when, dates).Compare(began(y.when, dates)), strings.Compare(x.own.To, y.own.To), view.CompareEdges(x.own, y.own), view.CompareEdges(x.theirs, y.theirs))
	})
	rows := make([]row, len(list))
	for i, m := range list {
		edges := append([]*view.GraphEdge{m.theirs, m.own}, ownSide[m.own.FromUID].chain()...)
		if r := theirSide[m.theirs.FromUID]; r != nil {
			edges = append(edges, r.chain()...)
		}
		claims := append(slices.Clone(m.own.Passed), m.theirs.Passed...)
		rows[i] = row{edges: edges, possible: m.possible, cell: func(field string) string {
			switch field {
			case "date":
				return cmp.Or(dates[m.own.To], m.when.period.String())
			case "event":
				return a.nameOf(m.own.To)
			case "kind":
				if n := described[m.own.To]; n != nil {
					return strings.Join(n.Properties["event_kind"], ", ")
				}
			case "own":
				return a.nameOf(m.own.From)
			case "own part":
				return partOf(m.own)
			case "adversary":
				return a.nameOf(m.theirs.From)
			case "their part":
				return partOf(m.theirs)
			case "confidence":
				return number(weakest(surest(m.own.Passed), surest(m.theirs.Passed)))
			case "possible":
				return possibly(m.possible)
			case "sources":
				return firstThree(sourcesOf(claims))
			}
			return ""
		}}
	}
	a.tabulate(rows)
	return nil
}

// acts reports whether a part in an event is that of who did it, and not of who suffered it.
func acts(e *view.GraphEdge) bool { return e.Relation != "affected_by" }

// partOf names a part in an event: killed, executed, or the relation where no claim says more.
func partOf(e *view.GraphEdge) string {
	var said []string
	for _, c := range e.Passed {
		said = append(said, c.Values["outcome"]...)
		said = append(said, c.Values["role"]...)
	}
	slices.Sort(said)
	return cmp.Or(strings.Join(slices.Compact(said), ", "), e.Relation)
}

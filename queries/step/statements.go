package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// statementRow is a statement with the date of its event and the place that it leads to.
type statementRow struct {
	*statement
	date, position string
}

// statements makes a row of each distinct statement behind the edges that the DQL finds, in the order of time. An edge
// sums its claims up; only they know that somebody held a post twice. Where the header says reach, the DQL asks around
// all that it leads to, and what is stated for a time when that did not belong there is left out.
func statements() Step {
	return Step{
		Name: "statements",
		Doc: "makes a row of each distinct statement behind the links that the DQL finds, or that relations make with the first entity " +
			"parameter, around all that reach leads to",
		Time:     canned.Timing{Shows: "the statements that held, by their event's date where they give none,"},
		NeedsDQL: true, Relations: true,
		Columns: withContested(columns(
			column[statementRow]{"from", func(n names, s statementRow) string { return n.of(s.edge.From) }},
			column[statementRow]{"relation", func(_ names, s statementRow) string { return s.edge.Relation }},
			column[statementRow]{"to", func(n names, s statementRow) string { return n.of(s.edge.To) }},
			column[statementRow]{"period", func(_ names, s statementRow) string { return s.period.Text() }},
			column[statementRow]{"attested", func(_ names, s statementRow) string { return s.period.Cited() }},
			column[statementRow]{"date", func(_ names, s statementRow) string { return s.date }},
			column[statementRow]{"position", func(_ names, s statementRow) string { return s.position }},
			column[statementRow]{"confidence", func(_ names, s statementRow) string { return number(s.confidence) }},
			column[statementRow]{"claims", func(_ names, s statementRow) string { return strconv.Itoa(len(s.claims)) }},
			column[statementRow]{
				"sources",
				func(n names, s statementRow) string { return n.list(slices.Sorted(maps.Values(s.sources))) },
			},
			column[statementRow]{"possible", func(_ names, s statementRow) string { return possibly(s.possible) }},
		)),
		Any: func(qualifier string) Column {
			return columns(column[statementRow]{qualifier, func(n names, s statementRow) string {
				switch qualifier {
				case "role":
					return strings.Join(view.RoleIn(s.values), ", ")
				case "outcome":
					return n.outcome(s.edge.Relation, s.values)
				}
				return n.amount(s.edge.Relation, qualifier, s.values)
			}})[0]
		},
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			var around []*reached
			var err error
			if len(x.query.Reach) > 0 {
				if around, err = x.widen(ctx); err != nil {
					return nil, err
				}
			}
			edges, err := x.statedEdges(ctx, around)
			if err != nil {
				return nil, err
			}
			return x.statementRows(ctx, edges, around)
		},
	}
}

// widen returns all that the header's reach leads to.
func (x *Execution) widen(ctx context.Context) ([]*reached, error) {
	roots, err := x.roots(ctx)
	if err != nil {
		return nil, err
	}
	return newReach(x, x.query.Reach...).from(ctx, roots, x.number("depth"))
}

// statedEdges returns the edges that the DQL finds, proven: around what reach leads to, or as it is asked.
func (x *Execution) statedEdges(ctx context.Context, around []*reached) (edges []*view.GraphEdge, err error) {
	switch {
	case x.query.DQL == "" && len(x.query.Reach) > 0:
		edges, err = x.linksAt(ctx, uidsOf(around))
	case x.query.DQL == "":
		var entity view.Candidate
		if entity, err = x.entity(0); err == nil {
			edges, err = x.linksAt(ctx, []string{entity.UID})
		}
	case len(x.query.Reach) > 0:
		edges, err = x.neighbours(ctx, uidsOf(around))
	default:
		edges, err = x.askEdges(ctx)
	}
	if err != nil {
		return nil, err
	}
	for _, e := range leading(edges) {
		e.Scaffold = true
	}
	edges, err = x.Prove(ctx, edges)
	return view.Reachable(edges), err
}

// leading returns the edges of a nested answer through which it came to others: to those they only lead. Posts are
// judged as their rows state them.
func leading(edges []*view.GraphEdge) (lead []*view.GraphEdge) {
	above := map[string]bool{}
	for _, e := range edges {
		for _, up := range e.Above() {
			if up != nil {
				above[up.ID()] = true
			}
		}
	}
	for _, e := range edges {
		if above[e.ID()] && !e.IsPost() {
			lead = append(lead, e)
		}
	}
	return lead
}

// linksAt returns the links of entities by the relations asked for, in either direction; of each it knows all the ends
// that it was asked from.
func (x *Execution) linksAt(ctx context.Context, uids []string) (edges []*view.GraphEdge, err error) {
	for batch := range slices.Chunk(uids, view.FrontierAtOnce) {
		found, err := x.along(ctx, batch, view.BothWays(x.relations)...)
		if err != nil {
			return nil, err
		}
		edges = append(edges, found...)
	}
	return view.Unique(edges), nil
}

// statementRows lists the statements of edges that belong to the time when their ends did, and draws the edges listed
// with the links that lead to them.
func (x *Execution) statementRows(ctx context.Context, edges []*view.GraphEdge, around []*reached) ([]Row, error) {
	byXID := map[string]*reached{}
	for _, r := range around {
		byXID[r.xid] = r
	}
	dates, places, err := x.datesAndPlaces(ctx, edges)
	if err != nil {
		return nil, err
	}
	x.dates = dates
	before := nested(&x.Filter, edges, byXID, dates)
	var list []*statement
	for _, e := range edges {
		if e.IsPost() {
			list = append(list, x.postsHeld(e, before[e.ID()])...)
			continue
		}
		for _, s := range statementsOf(x.Stated(e), &x.Filter) {
			for _, s := range before[e.ID()].whileReached(&x.Filter, s, dates) {
				if !x.Filter.LeavesOut(s.possible) {
					list = append(list, s)
				}
			}
		}
	}
	far, ofPosts := x.horizonAsked()
	if ofPosts = ofPosts && x.Filter.Timed(); ofPosts {
		list = slices.DeleteFunc(list, func(s *statement) bool { return s.possible && far.beyond(gap{s.period, x.Filter.Time()}) })
		far.tell(x)
	}
	slices.SortFunc(list, func(a, b *statement) int {
		if ofPosts {
			return cmp.Or(a.firstCertain(b, &x.Filter), a.compare(b, dates))
		}
		return a.compare(b, dates)
	})
	if limit := x.limit(); len(list) > limit {
		list, x.truncated = list[:limit], true
	}
	rows := make([]Row, len(list))
	dated := slices.ContainsFunc(x.query.Columns, func(column string) bool {
		field, _ := canned.SplitColumn(column)
		return field == "date"
	})
	listed := map[string]*view.GraphEdge{}
	for i, s := range list {
		rows[i] = Row{
			About: s.edge, Claims: slices.Concat(s.claims, s.edge.NotAsserted()), Says: x.said(s, before[s.edge.ID()], dates),
			Possible: s.possible, contested: (dated || s.period.IsZero()) && x.denies("date", s.edge.From, s.edge.To),
			Of: statementRow{s, dateOf(s.edge, dates), cmp.Or(places[s.edge.To], places[s.edge.From])},
		}
		listed[s.edge.ID()] = s.edge
	}
	for _, e := range edges {
		if stated := listed[e.ID()]; stated != nil {
			x.draw(stated)
		}
	}
	for _, s := range list {
		if by, _ := surestWith(&x.Filter, before[s.edge.ID()].windows, s, dates); by != nil {
			x.draw(by.chain...)
		}
	}
	return rows, nil
}

// said returns what a row says of links: its statement, of a post what each of its claims does, and the chain that
// leads there.
func (x *Execution) said(s *statement, before *reached, dates map[string]string) []*statement {
	list := []*statement{s}
	if s.edge.IsPost() {
		list = statementsIn(s.edge, s.claims)
	}
	if by, _ := surestWith(&x.Filter, before.windows, s, dates); by != nil {
		both := by.with(&x.Filter, s, s.when(dates))
		list = append(list, by.said(both.Period)...)
	}
	return list
}

// whileReached returns a statement cut to the times when the chains that lead there held, one for each of these that no
// day parts: where a battalion was before it joined the brigade is no place of the brigade's.
func (r *reached) whileReached(f *canned.Filter, s *statement, dates map[string]string) (list []*statement) {
	var times []schema.Period
	var surely []bool
	for i := range r.windows {
		both := r.windows[i].with(f, s, s.when(dates))
		if both.certainty == schema.No {
			continue
		}
		cut, _ := both.before.Intersect(s.period)
		if cut.Equal(s.period) || both.before.Equal(schema.Always()) {
			cut = s.period // as it was written
		}
		times, surely = append(times, cut), append(surely, both.certainty == schema.Certain)
	}
	for _, t := range schema.Tours(times) {
		part := *s
		part.period = t.Period
		part.possible = !slices.ContainsFunc(t.Of, func(i int) bool { return surely[i] })
		list = append(list, &part)
	}
	return list
}

// postsHeld returns what is said of a post, judged together, as far as it was held when the chains that lead there
// were.
func (x *Execution) postsHeld(e *view.GraphEdge, before *reached) []*statement {
	var list []*statement
	for _, t := range toursOf(e, &x.Filter) {
		best := schema.No
		for _, s := range t.held {
			best = max(best, before.holding(&x.Filter, s))
		}
		if t.possible = best == schema.Possible; best != schema.No && !x.Filter.LeavesOut(t.possible) {
			list = append(list, &t.statement)
		}
	}
	return list
}

// nested returns, by the id of an edge, the times of the chains that lead to it: through the edges of a nested answer,
// from what was asked around or, without any, from the one asked about.
func nested(f *canned.Filter, edges []*view.GraphEdge, around map[string]*reached, dates map[string]string) map[string]*reached {
	before, byID := map[string]*reached{}, map[string]*view.GraphEdge{}
	for _, e := range edges {
		before[e.ID()], byID[e.ID()] = &reached{}, e
	}
	for _, e := range edges {
		if slices.Contains(e.Above(), nil) {
			before[e.ID()].windows = begin(e, around)
		}
	}
	for grown := true; grown; {
		grown = false
		for _, e := range edges {
			for _, up := range e.Above() {
				if up == nil || byID[up.ID()] == nil {
					continue
				}
				up = byID[up.ID()] // the one of several that was proven
				grown = before[e.ID()].add(f, before[up.ID()].windows, statementsOf(up, f), dates) || grown
			}
		}
	}
	return before
}

// begin returns the times when the ends that an edge was asked from belonged to what was asked around.
func begin(e *view.GraphEdge, around map[string]*reached) (windows []window) {
	if len(around) == 0 {
		return []window{anyTime()}
	}
	for _, xid := range []string{e.From, e.To} {
		if at := around[xid]; at != nil && e.AskedFrom(xid) {
			windows = append(windows, at.windows...)
		}
	}
	return windows
}

// datesAndPlaces returns the dates of the events among the ends of edges, a link to which holds when it happened, and
// on a map the positions of the places.
func (x *Execution) datesAndPlaces(ctx context.Context, edges []*view.GraphEdge) (dates, places map[string]string, err error) {
	var uids []string
	for _, e := range edges {
		uids = append(uids, e.FromUID, e.ToUID)
	}
	ends, err := x.describe(ctx, slices.Compact(slices.Sorted(slices.Values(uids))))
	if err != nil {
		return nil, nil, err
	}
	uids = nil
	for _, n := range ends {
		if n.Type == "Event" || n.Type == "Operation" || n.Type == "Location" && x.query.Shape == canned.MapShape {
			uids = append(uids, n.UID)
		}
	}
	nodes, err := x.whole(ctx, uids, "date", "geo")
	dates, places = map[string]string{}, map[string]string{}
	for _, n := range nodes {
		if date := n.Properties["date"]; len(date) > 0 {
			dates[n.XID] = date[0]
		}
		if at, known := canned.PositionOf(n.Properties["geo"]); known && n.Type == "Location" {
			places[n.XID] = at.String()
		}
	}
	return dates, places, err
}

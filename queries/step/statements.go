package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

// statement is what one or more claims say of an edge in the same words: one row.
type statement struct {
	edge       *view.GraphEdge
	values     map[string][]string
	period     schema.Period
	confidence *int
	claims     int
	sources    map[string]string // by xid: what to call it
	possible   bool
}

// statements makes a row of each distinct statement behind the edges that the DQL finds, in the order of time. An edge
// sums its claims up; only they know that somebody held a post twice. Where the header says reach, the DQL asks around all
// that it leads to, and what is stated for a time when that did not belong there is left out.
func statements(ctx context.Context, a *Execution) error {
	if len(a.query.Reach) > 0 {
		return a.statementsAround(ctx)
	}
	edges, hub, err := a.askEdges(ctx)
	if err != nil {
		return err
	}
	a.result.Truncated = hub
	if edges, err = a.Prove(ctx, edges); err != nil {
		return err
	}
	a.edges = view.Reachable(edges)
	a.stateWhen(a.edges, func(*statement) bool { return true }, nil)
	return nil
}

func (a *Execution) statementsAround(ctx context.Context) error {
	roots, err := a.roots(ctx)
	if err != nil {
		return err
	}
	around, err := a.reach(ctx, roots, a.values.Ints["depth"], a.query.Reach...)
	if err != nil {
		return err
	}
	edges, crowded, err := a.neighbours(ctx, uidsOf(around))
	if err != nil {
		return err
	}
	a.result.Truncated = a.result.Truncated || crowded
	if edges, err = a.Prove(ctx, edges); err != nil {
		return err
	}
	edges = view.Reachable(edges)
	byXID := map[string]*reached{}
	for _, r := range around {
		byXID[r.xid] = r
	}
	chains := map[string][]*view.GraphEdge{}
	taken := map[string]bool{}
	for _, e := range edges {
		taken[e.ID()] = true
	}
	a.edges = edges
	for _, e := range edges {
		for _, end := range []string{e.From, e.To} {
			if r := byXID[end]; r != nil {
				chains[e.ID()] = append(chains[e.ID()], r.chain()...)
			}
		}
		for _, link := range chains[e.ID()] {
			if !taken[link.ID()] {
				taken[link.ID()] = true
				a.edges = append(a.edges, link)
			}
		}
	}
	a.stateWhen(edges, func(s *statement) bool {
		from, to := byXID[s.edge.From], byXID[s.edge.To]
		return from == nil && to == nil || from != nil && from.during(s.period) || to != nil && to.during(s.period)
	}, chains)
	return nil
}

// stateWhen lists the statements of edges that belong. chains are the links that lead to an edge, by its id: they are drawn where
// it is listed.
func (a *Execution) stateWhen(edges []*view.GraphEdge, belongs func(*statement) bool, chains map[string][]*view.GraphEdge) {
	a.rows = func(ctx context.Context, a *Execution) error {
		dates, err := a.eventDates(ctx)
		if err != nil {
			return err
		}
		places, err := a.positions(ctx)
		if err != nil {
			return err
		}
		a.fillStatements(edges, belongs, dates, places)
		a.dropUnstated(chains)
		return nil
	}
}

func (a *Execution) fillStatements(edges []*view.GraphEdge, belongs func(*statement) bool, dates, places map[string]string) {
	var list []*statement
	for _, e := range edges {
		list = append(list, statementsOf(e, &a.Filter)...)
	}
	list = slices.DeleteFunc(list, func(s *statement) bool { return !belongs(s) || !a.happened(s, dates) })
	slices.SortFunc(list, func(x, y *statement) int {
		return cmp.Or(began(x, dates).Compare(began(y, dates)), view.CompareEdges(x.edge, y.edge),
			strings.Compare(x.period.String(), y.period.String()), strings.Compare(sayOrder(x), sayOrder(y)))
	})
	if limit := a.values.Ints["limit"]; len(list) > limit {
		list, a.result.Truncated = list[:limit], true
	}
	a.result.Columns = a.query.Labels()
	a.result.Possible = 0
	for _, s := range list {
		cells := make([]string, len(a.query.Columns))
		for i, column := range a.query.Columns {
			field, _ := canned.SplitColumn(column)
			cells[i] = a.cell(s, field, dates, places)
		}
		if s.possible {
			a.result.Possible++
		}
		a.result.Rows = append(a.result.Rows, cells)
		a.result.RowEdge = append(a.result.RowEdge, s.edge.ID())
	}
}

// dropUnstated leaves out the links that no row is about or rests on, and their ends: what is drawn is what is listed.
func (a *Execution) dropUnstated(chains map[string][]*view.GraphEdge) {
	stated, wanted := map[string]bool{}, map[string]bool{}
	for _, id := range a.result.RowEdge {
		stated[id] = true
		for _, link := range chains[id] {
			stated[link.ID()] = true
		}
	}
	a.result.Edges = slices.DeleteFunc(a.result.Edges, func(e *view.Edge) bool { return !stated[e.ID] })
	for _, c := range a.entities {
		wanted[c.XID] = true
	}
	for _, e := range a.result.Edges {
		wanted[e.From], wanted[e.To] = true, true
	}
	a.result.Nodes = slices.DeleteFunc(a.result.Nodes, func(n *view.Node) bool { return !wanted[n.XID] })
}

func statementsOf(e *view.GraphEdge, filter *canned.Filter) []*statement {
	byWords := map[string]*statement{}
	for _, c := range e.Passed {
		period, err := schema.ParsePeriod(c.Period)
		if err != nil {
			continue // a stored period always parses
		}
		words := period.String()
		for _, name := range slices.Sorted(maps.Keys(c.Values)) {
			words += "\x00" + name + "\x00" + strings.Join(c.Values[name], "\x00")
		}
		s := byWords[words]
		if s == nil {
			s = &statement{edge: e, values: c.Values, period: period, sources: map[string]string{}, possible: filter.Certainty(period) == schema.Possible}
			byWords[words] = s
		}
		s.claims++
		if c.Confidence != nil && (s.confidence == nil || *c.Confidence > *s.confidence) {
			s.confidence = c.Confidence
		}
		for _, cite := range c.Cites {
			s.sources[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	var list []*statement
	for _, words := range slices.Sorted(maps.Keys(byWords)) {
		list = append(list, byWords[words])
	}
	return list
}

// eventDates gives the dates of the events among the nodes: a link to an event holds when the event happened.
func (a *Execution) eventDates(ctx context.Context) (map[string]string, error) {
	dates := map[string]string{}
	var uids []string
	for _, n := range a.result.Nodes {
		if n.Type == "Event" || n.Type == "Operation" {
			uids = append(uids, n.UID)
		}
	}
	if len(uids) == 0 {
		return dates, nil
	}
	nodes, err := a.Nodes(ctx, uids, true)
	for _, n := range nodes {
		if date := n.Properties["date"]; len(date) > 0 {
			dates[n.XID] = date[0]
		}
	}
	return dates, err
}

// dateOf is the date of the event that a link leads to; where that has none, of the event asked about.
func dateOf(s *statement, dates map[string]string) string {
	far := s.edge.To
	if far == s.edge.Near {
		far = s.edge.From
	}
	return cmp.Or(dates[far], dates[s.edge.Near])
}

// happened drops what was at another time by the date of its event, where the claim itself gives none.
func (a *Execution) happened(s *statement, dates map[string]string) bool {
	date := dateOf(s, dates)
	filter := &a.Filter
	if date == "" || !filter.Timed() || !s.period.IsZero() {
		return true
	}
	period, err := schema.ParsePeriod(date)
	if err != nil {
		return true
	}
	window := filter.AsOf
	if filter.Window() {
		window = schema.Range{Min: filter.From.Min, Max: filter.To.Max}
	}
	holding := period.During(window)
	s.possible = holding == schema.Possible
	return holding == schema.Certain || holding == schema.Possible && !filter.Certain
}

func began(s *statement, dates map[string]string) timeOrder {
	period := s.period
	if period.IsZero() {
		if p, err := schema.ParsePeriod(dateOf(s, dates)); err == nil {
			period = p
		}
	}
	first := cmp.Or(period.From.Min, period.From.Max)
	return timeOrder{first.UnixNano(), first.IsZero()}
}

// timeOrder puts the undated last.
type timeOrder struct {
	at      int64
	unknown bool
}

func (t timeOrder) Compare(u timeOrder) int {
	if t.unknown != u.unknown {
		if t.unknown {
			return 1
		}
		return -1
	}
	return cmp.Compare(t.at, u.at)
}

// positions gives where the places among the nodes are, for a map.
func (a *Execution) positions(ctx context.Context) (map[string]string, error) {
	places := map[string]string{}
	if a.query.Shape != canned.MapShape {
		return places, nil
	}
	var uids []string
	for _, n := range a.result.Nodes {
		if n.Type == "Location" {
			uids = append(uids, n.UID)
		}
	}
	nodes, err := a.Nodes(ctx, uids, true)
	for _, n := range nodes {
		if at, known := canned.PositionOf(n.Properties["geo"]); known {
			places[n.XID] = at.String()
		}
	}
	return places, err
}

// cell fills one column of a statement: from, relation, to, period, date, position (of the place that it leads to), confidence,
// claims, sources, possible, or a qualifier by name.
func (a *Execution) cell(s *statement, column string, dates, places map[string]string) string {
	switch column {
	case "position":
		return cmp.Or(places[s.edge.To], places[s.edge.From])
	case "from":
		return a.nameOf(s.edge.From)
	case "to":
		return a.nameOf(s.edge.To)
	case "relation":
		return s.edge.Relation
	case "period":
		return s.period.Text()
	case "date":
		return dateOf(s, dates)
	case "confidence":
		return number(s.confidence)
	case "claims":
		return strconv.Itoa(s.claims)
	case "sources":
		return firstThree(slices.Sorted(maps.Values(s.sources)))
	case "possible":
		if s.possible {
			return "possibly"
		}
		return ""
	default:
		return strings.Join(s.values[column], ", ")
	}
}

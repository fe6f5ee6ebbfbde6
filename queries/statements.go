package queries

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// statement is what one or more claims say of an edge in the same words: one row.
type statement struct {
	edge       *rawEdge
	values     map[string][]string
	period     schema.Period
	confidence *int
	claims     int
	sources    map[string]string // by xid: what to call it
	possible   bool
}

// statements makes a row of each distinct statement behind the edges that the DQL finds, in the order of time. An edge
// sums its claims up; only they know that somebody held a post twice.
func statements(ctx context.Context, a *asking) error {
	edges, err := a.askEdges(ctx)
	if err != nil {
		return err
	}
	if a.edges, err = a.proveAll(ctx, edges); err != nil {
		return err
	}
	a.rows = func(ctx context.Context, a *asking) error {
		dates, err := a.eventDates(ctx)
		if err != nil {
			return err
		}
		a.fillStatements(dates)
		return nil
	}
	return nil
}

func (a *asking) fillStatements(dates map[string]string) {
	var list []*statement
	for _, e := range a.edges {
		list = append(list, statementsOf(e, &a.values.filter)...)
	}
	list = slices.DeleteFunc(list, func(s *statement) bool { return !a.happened(s, dates) })
	slices.SortStableFunc(list, func(x, y *statement) int {
		return cmp.Or(began(x, dates).Compare(began(y, dates)), compareEdges(x.edge, y.edge),
			strings.Compare(x.period.String(), y.period.String()))
	})
	if limit := a.values.ints["limit"]; len(list) > limit {
		list, a.result.Truncated = list[:limit], true
	}
	a.result.Columns = a.query.Columns
	a.result.Possible = 0
	for _, s := range list {
		cells := make([]string, len(a.query.Columns))
		for i, column := range a.query.Columns {
			cells[i] = a.cell(s, column, dates)
		}
		if s.possible {
			a.result.Possible++
		}
		a.result.Rows = append(a.result.Rows, cells)
		a.result.RowEdge = append(a.result.RowEdge, s.edge.id())
	}
	a.dropUnstated()
}

// dropUnstated leaves out the links that no row is about, and their ends: what is drawn is what is listed.
func (a *asking) dropUnstated() {
	stated, wanted := map[string]bool{}, map[string]bool{}
	for _, id := range a.result.RowEdge {
		stated[id] = true
	}
	a.result.Edges = slices.DeleteFunc(a.result.Edges, func(e *Edge) bool { return !stated[e.ID] })
	for _, c := range a.entities {
		wanted[c.XID] = true
	}
	for _, e := range a.result.Edges {
		wanted[e.From], wanted[e.To] = true, true
	}
	a.result.Nodes = slices.DeleteFunc(a.result.Nodes, func(n *Node) bool { return !wanted[n.XID] })
}

func statementsOf(e *rawEdge, filter *Filter) []*statement {
	byWords := map[string]*statement{}
	for _, c := range e.passed {
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
			s = &statement{edge: e, values: c.Values, period: period, sources: map[string]string{}, possible: filter.holding(period) == schema.Possible}
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
func (a *asking) eventDates(ctx context.Context) (map[string]string, error) {
	dates := map[string]string{}
	var uids []string
	for _, n := range a.result.Nodes {
		if n.Type == "Event" || n.Type == "Operation" {
			uids = append(uids, n.uid)
		}
	}
	if len(uids) == 0 {
		return dates, nil
	}
	nodes, err := a.nodes(ctx, uids, true)
	for _, n := range nodes {
		if date := n.Properties["date"]; len(date) > 0 {
			dates[n.XID] = date[0]
		}
	}
	return dates, err
}

// dateOf is the date of the event that a link leads to; where that has none, of the event asked about.
func dateOf(s *statement, dates map[string]string) string {
	far := s.edge.to
	if far == s.edge.near {
		far = s.edge.from
	}
	return cmp.Or(dates[far], dates[s.edge.near])
}

// happened drops what was at another time by the date of its event, where the claim itself gives none.
func (a *asking) happened(s *statement, dates map[string]string) bool {
	date := dateOf(s, dates)
	filter := &a.values.filter
	if date == "" || !filter.timed() || !s.period.IsZero() {
		return true
	}
	period, err := schema.ParsePeriod(date)
	if err != nil {
		return true
	}
	window := filter.AsOf
	if filter.window() {
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

// cell fills one column of a statement: from, relation, to, period, date, confidence, claims, sources, possible, or a
// qualifier by name.
func (a *asking) cell(s *statement, column string, dates map[string]string) string {
	switch column {
	case "from":
		return a.nameOf(s.edge.from)
	case "to":
		return a.nameOf(s.edge.to)
	case "relation":
		return s.edge.relation
	case "period":
		return s.period.Text()
	case "date":
		return dateOf(s, dates)
	case "confidence":
		return number(s.confidence)
	case "claims":
		return strconv.Itoa(s.claims)
	case "sources":
		return list3(slices.Sorted(maps.Values(s.sources)))
	case "possible":
		if s.possible {
			return "possibly"
		}
		return ""
	default:
		return strings.Join(s.values[column], ", ")
	}
}

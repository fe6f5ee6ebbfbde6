package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// nearRow is what began, ended or held near an event.
type nearRow struct {
	*statement
	change string        // began, ended or held
	bound  schema.Bound  // when it began or ended
	event  schema.Period // when that was

	role, rank string // those of the time in the row's period, in their order
}

// The parts of a statement that a question asks to lie near an event, as its parameter which says.
const (
	heldNear    = "held"
	beganNear   = "began"
	endedNear   = "ended"
	changedNear = "changed" // began or ended, for both ends at all: in whatever position, by whatever relation
)

// around finds the statements of the header's relations that began, ended or held within a number of days of an event,
// of the whole graph or of a second entity and all that reach leads to. Days count from the event's first day backwards
// and from its last onwards. What the dates only allow is marked: of one whose beginning nobody knows it is possible
// that it began just then (law 7), and with a horizon it is only counted.
func around() Step {
	return Step{
		Name: "around",
		Doc: "finds the statements of relations that began, ended, changed or held (parameter which) within days of an event, around all " +
			"that reach leads to from a second entity parameter",
		Entities: 1, Needs: "days", Keys: []string{"relations"},
		Time: canned.Timing{Shows: "the statements near the event that held"},
		Columns: withContested(columns(
			column[*nearRow]{"change", func(_ names, r *nearRow) string { return r.change }},
			column[*nearRow]{"from", func(n names, r *nearRow) string { return n.of(r.edge.From) }},
			column[*nearRow]{"relation", func(_ names, r *nearRow) string { return r.edge.Relation }},
			column[*nearRow]{"to", func(n names, r *nearRow) string { return n.of(r.edge.To) }},
			column[*nearRow]{"role", func(_ names, r *nearRow) string { return r.role }},
			column[*nearRow]{"rank", func(_ names, r *nearRow) string { return r.rank }},
			column[*nearRow]{"period", func(_ names, r *nearRow) string { return r.period.Text() }},
			column[*nearRow]{"days", func(_ names, r *nearRow) string { return r.days() }},
			column[*nearRow]{"confidence", func(_ names, r *nearRow) string { return number(r.confidence) }},
			column[*nearRow]{"possible", func(_ names, r *nearRow) string { return possibly(r.possible) }},
			column[*nearRow]{"sources", func(n names, r *nearRow) string { return n.list(sourcesOf(r.claims)) }},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			event, err := x.entity(0)
			if err != nil {
				return nil, err
			}
			date, err := x.dateOfEvent(ctx, event)
			if err != nil || date.IsZero() {
				return nil, err
			}
			near := &nearness{Execution: x, event: date, window: widened(date, x.number("days")), which: cmp.Or(x.text("which"), heldNear)}
			if !slices.Contains([]string{heldNear, beganNear, endedNear, changedNear}, near.which) {
				return nil, x.wrong("which", fmt.Sprintf("%q is nothing that a statement does", schema.Shorten(near.which)),
					"began, ended, changed or held")
			}
			near.far, near.bounded = x.horizonAsked()
			near.far.from, near.far.counted = []string{event.Name}, "those that are only possibly near"
			return near.rows(ctx)
		},
	}
}

// dateOfEvent returns when an event was; the zero period, and says so, where nobody knows.
func (x *Execution) dateOfEvent(ctx context.Context, event view.Candidate) (schema.Period, error) {
	nodes, err := x.Nodes(ctx, []string{event.UID}, true)
	if err != nil {
		return schema.Period{}, err
	}
	for _, n := range nodes {
		for _, text := range n.Properties["date"] {
			if date, err := schema.ParsePeriod(text); err == nil && !date.IsZero() {
				return date, nil
			}
		}
	}
	x.note("No date of %s is known: nothing can be told to lie near it.", event.Name)
	return schema.Period{}, nil
}

// widened returns a time widened by a number of days on either side, counted in whole days.
func widened(p schema.Period, days int) schema.Period {
	from, to := beginningIn(p), endIn(p)
	shift := func(t time.Time, by int) time.Time {
		if t.IsZero() {
			return t
		}
		return t.AddDate(0, 0, by)
	}
	w := schema.Period{From: schema.Bound{Open: from.Open}, To: schema.Bound{Open: to.Open}}
	w.From.Min, w.From.Max = shift(firstOfDay(from.Min), -days), shift(firstOfDay(from.Max), -days)
	w.To.Min, w.To.Max = shift(lastOfDay(to.Min), days), shift(lastOfDay(to.Max), days)
	return w
}

// beginningIn returns when a period began, as far as its end tells it too; endIn is alike.
func beginningIn(p schema.Period) schema.Bound {
	b := p.From
	if _, fromMax, _, toMax := p.Bounds(); !b.Open && !toMax.IsZero() && (fromMax.IsZero() || toMax.Before(fromMax)) {
		b.Max = toMax
	}
	return b
}

func endIn(p schema.Period) schema.Bound {
	b := p.To
	if fromMin, _, toMin, _ := p.Bounds(); !b.Open && fromMin.After(toMin) {
		b.Min = fromMin
	}
	return b
}

func firstOfDay(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func lastOfDay(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return firstOfDay(t).AddDate(0, 0, 1).Add(-time.Nanosecond)
}

// nearness looks for what lies near an event.
type nearness struct {
	*Execution
	event, window schema.Period
	which         string
	far           *horizon
	bounded       bool // the question has a horizon
	uncounted     int  // beyond it, since nobody knows when they began or ended
}

func (n *nearness) rows(ctx context.Context) ([]Row, error) {
	edges, around, err := n.links(ctx)
	if err != nil {
		return nil, err
	}
	var list []*nearRow
	if n.which == changedNear {
		list = n.changes(edges)
	} else {
		for _, e := range edges {
			for _, t := range toursBehind(e, &n.Filter) {
				list = append(list, n.near(t)...)
			}
		}
	}
	list = slices.DeleteFunc(list, func(r *nearRow) bool { return !n.belongs(r, around) })
	if n.bounded {
		list = slices.DeleteFunc(list, func(r *nearRow) bool { return r.possible && n.beyond(r) })
		n.far.tell(n.Execution)
		if n.uncounted > 0 {
			n.note("%d more, of which nobody says when they began or ended.", n.uncounted)
		}
	}
	slices.SortFunc(list, func(a, b *nearRow) int {
		when := func(r *nearRow) beginning { return beginningOf(schema.Period{From: r.bound}) }
		return cmp.Or(compareFlags(a.possible, b.possible), when(a).compare(when(b)), view.CompareEdges(a.edge, b.edge),
			strings.Compare(a.change, b.change), strings.Compare(textOf(a.statement), textOf(b.statement)))
	})
	return rowsOf(list, func(r *nearRow) Row {
		row := Row{
			Edges: []*view.GraphEdge{r.edge}, Claims: slices.Concat(r.claims, r.edge.NotAsserted()), Says: statementsIn(r.edge, r.claims),
			Possible: r.possible, Of: r,
		}
		if by := r.leads(around, &n.Filter); by != nil {
			both := by.with(&n.Filter, r.statement, r.period)
			row.Edges, row.Says = append(row.Edges, by.chain...), append(row.Says, by.said(both.Period)...)
		}
		return row
	}), nil
}

// links returns the links to look at, proven: those of a second entity and all that reach leads to from it, or, where
// none is named, all. Those whose claims all lie elsewhere are left out before any is read.
func (n *nearness) links(ctx context.Context) (list []*view.GraphEdge, around map[string]*reached, err error) {
	first, last := n.window.From.Min, n.window.To.Max
	if !first.IsZero() {
		first = first.AddDate(0, 0, -2) // what goes on without a gap counts, too
	}
	if !last.IsZero() {
		last = last.AddDate(0, 0, 2)
	}
	take := func(edges []*view.GraphEdge) error {
		edges, err := n.Prove(ctx, slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return e.Outside(first, last) }))
		list = append(list, edges...)
		return err
	}
	if entity, err := n.entity(1); err == nil {
		members, err := newReach(n.Execution, n.query.Reach...).from(ctx, []view.Candidate{entity}, n.number("depth"))
		if err != nil {
			return nil, nil, err
		}
		around = map[string]*reached{}
		for _, r := range members {
			around[r.xid] = r
		}
		edges, err := n.linksAt(ctx, uidsOf(members))
		if err != nil {
			return nil, nil, err
		}
		err = take(edges)
		return list, around, err
	}
	for _, relation := range n.relations {
		for page, err := range n.EntitiesWith(ctx, relation) {
			if err != nil {
				return nil, nil, fmt.Errorf("read links: %w", err)
			}
			uids := make([]string, len(page))
			for i, c := range page {
				uids[i] = c.UID
			}
			edges, err := n.along(ctx, uids, relation)
			if err != nil {
				return nil, nil, err
			}
			if err := take(edges); err != nil {
				return nil, nil, err
			}
		}
	}
	return list, nil, nil
}

// toursBehind returns the times without a gap that the claims behind an edge say, of a post each position's for itself.
func toursBehind(e *view.GraphEdge, f *canned.Filter) []*tour {
	if e.IsPost() {
		return toursOf(e, f)
	}
	return slices.DeleteFunc(toursIn(statementsOf(e, f)), func(t *tour) bool { return !t.sumUpInTurn(f) })
}

// near returns what of a time lies near the event, in the way that is asked for.
func (n *nearness) near(t *tour) (list []*nearRow) {
	add := func(change string, bound schema.Bound, holding schema.Certainty) {
		if t.possible {
			holding = min(holding, schema.Possible)
		}
		if holding == schema.No {
			return
		}
		s := t.statement
		s.possible = holding == schema.Possible
		row := &nearRow{statement: &s, change: change, bound: bound, event: n.event}
		row.role = cmp.Or(t.roles, strings.Join(view.RoleIn(s.values), ", "))
		row.rank = cmp.Or(t.ranks, strings.Join(s.values["rank"], ", "))
		list = append(list, row)
	}
	switch n.which {
	case heldNear:
		_, holding := n.window.Intersect(t.period)
		add(heldNear, beginningIn(t.period), holding)
	case beganNear:
		add(beganNear, beginningIn(t.period), n.holds(beginningIn(t.period)))
	case endedNear:
		add(endedNear, endIn(t.period), n.holds(endIn(t.period)))
	case changedNear:
		add(beganNear, beginningIn(t.period), n.holds(beginningIn(t.period)))
		add(endedNear, endIn(t.period), n.holds(endIn(t.period)))
	}
	return list
}

// holds says whether the moment at which something began or ended lies within the days asked for.
func (n *nearness) holds(b schema.Bound) schema.Certainty {
	if b.Open { // it never did
		return schema.No
	}
	from, to := n.window.From, n.window.To
	after := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
	surely := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && !a.After(b) }
	switch {
	case !from.Open && after(from.Min, b.Max), !to.Open && after(b.Min, to.Max):
		return schema.No
	case (from.Open || surely(from.Max, b.Min)) && (to.Open || surely(b.Max, to.Min)):
		return schema.Certain
	}
	return schema.Possible
}

// changes returns when two came together and parted: what all links between them say is one time as long as no day lies
// between. One that others may continue is a change only possibly.
func (n *nearness) changes(edges []*view.GraphEdge) (list []*nearRow) {
	type pair struct{ from, to string }
	says := map[pair][]*statement{}
	var pairs []pair
	for _, e := range edges {
		p := pair{e.From, e.To}
		if says[p] == nil {
			pairs = append(pairs, p)
		}
		says[p] = append(says[p], statementsOf(e, &n.Filter)...)
	}
	for _, p := range pairs {
		var tours []*tour
		for _, t := range toursIn(says[p]) {
			said := slices.Clone(t.held)
			if !t.sumUpInTurn(&n.Filter) {
				continue
			}
			t.held = said
			tours = append(tours, t)
		}
		for _, t := range tours {
			for _, r := range n.near(t) {
				r.says(t)
				if slices.ContainsFunc(tours, func(other *tour) bool { return other != t && r.mayGoOn(other.period) }) {
					r.possible = true
				}
				list = append(list, r)
			}
		}
	}
	return list
}

// sumUpInTurn is [tour.sumUp] of a time in which somebody may have had several roles.
func (t *tour) sumUpInTurn(f *canned.Filter) bool {
	said := slices.Clone(t.held)
	if !t.sumUp(f) {
		return false
	}
	t.roles = inTurn(said, func(s *statement) []string { return view.RoleIn(s.values) })
	t.ranks = inTurn(said, func(s *statement) []string { return s.values["rank"] })
	return true
}

// inTurn says what statements of one time say, each once, in the order in which they began: "deputy, then acting
// commander". Where no order is known it is only a list.
func inTurn(said []*statement, of func(*statement) []string) string {
	said = slices.Clone(said)
	slices.SortStableFunc(said, func(a, b *statement) int {
		return cmp.Or(began(a, nil).compare(began(b, nil)), strings.Compare(textOf(a), textOf(b)))
	})
	var text string
	var before *statement
	told := map[string]bool{}
	for _, s := range said {
		words := strings.Join(of(s), ", ")
		if words == "" || told[schema.Folded(words)] {
			continue
		}
		told[schema.Folded(words)] = true
		switch {
		case before == nil:
		case beganLater(s.period, before.period):
			text += ", then "
		default:
			text += ", "
		}
		text, before = text+words, s
	}
	return text
}

// beganLater reports whether a period surely began after another did.
func beganLater(p, earlier schema.Period) bool {
	last := beginningIn(earlier).Max
	return !last.IsZero() && !p.From.Min.IsZero() && p.From.Min.After(last)
}

// says puts the words of the statement that tells of a change, among all of a time, in its row.
func (r *nearRow) says(t *tour) {
	for _, s := range t.held {
		bound := beginningIn(s.period)
		if r.change == endedNear {
			bound = endIn(s.period)
		}
		if bound.Min.Equal(r.bound.Min) && bound.Max.Equal(r.bound.Max) {
			r.edge, r.values = s.edge, s.values
			return
		}
	}
}

// mayGoOn reports whether another time of the same two may cover the moment of a change, or follow without a day
// between.
func (r *nearRow) mayGoOn(p schema.Period) bool {
	fromMin, _, _, toMax := p.Bounds()
	first, last := r.bound.Min, r.bound.Max
	if !first.IsZero() {
		first = first.AddDate(0, 0, -1)
	}
	if !last.IsZero() {
		last = last.AddDate(0, 0, 1)
	}
	after := func(a, b time.Time) bool { return !a.IsZero() && !b.IsZero() && a.After(b) }
	return !after(fromMin, last) && !after(first, toMax)
}

// belongs reports whether a row's statement is of the time when one of its ends belonged to what was asked around, and
// passes on the doubt of that.
func (n *nearness) belongs(r *nearRow, around map[string]*reached) bool {
	if around == nil {
		return true
	}
	best := schema.No
	for _, xid := range []string{r.edge.From, r.edge.To} {
		if at := around[xid]; at != nil && r.edge.AskedFrom(xid) {
			best = max(best, at.holding(&n.Filter, r.statement))
		}
	}
	r.possible = r.possible || best == schema.Possible
	return best != schema.No
}

// leads returns the chain by which one of the row's ends belonged to what was asked around.
func (r *nearRow) leads(around map[string]*reached, f *canned.Filter) *window {
	for _, xid := range []string{r.edge.From, r.edge.To} {
		if at := around[xid]; at != nil && r.edge.AskedFrom(xid) {
			if by, _ := surestWith(f, at.windows, r.statement, nil); by != nil {
				return by
			}
		}
	}
	return nil
}

// beyond reports whether what is known of a change that is only possible is farther from the event than the horizon,
// and counts it if so.
func (n *nearness) beyond(r *nearRow) bool {
	known := schema.Period{From: r.bound, To: r.bound}
	if r.change == heldNear {
		known = r.period
	}
	if bound, _ := known.NearestBound(hull(n.event)); bound.IsZero() {
		n.uncounted++
		return true
	}
	return n.far.beyond(gap{known, hull(n.event)})
}

// days says how many days after the event it began or ended: none within it, negative before it.
func (r *nearRow) days() string {
	if r.change == heldNear {
		return ""
	}
	begun, ended := beginningIn(r.event), endIn(r.event)
	least, from := daysFrom(r.bound.Min, begun.Max, ended.Max)
	most, to := daysFrom(r.bound.Max, begun.Min, ended.Min)
	switch {
	case from && to && least == most:
		return strconv.Itoa(least)
	case from && to:
		return fmt.Sprintf("%d to %d", least, most)
	case from:
		return fmt.Sprintf("%d or more", least)
	case to:
		return fmt.Sprintf("%d or less", most)
	}
	return "unknown"
}

// daysFrom counts the days from what lasts from one time to another to a time; false: a bound that it needs is not
// known.
func daysFrom(t, begun, ended time.Time) (days int, known bool) {
	between := func(a, b time.Time) int { return int(firstOfDay(a).Sub(firstOfDay(b)).Hours() / 24) }
	switch {
	case t.IsZero():
		return 0, false
	case !ended.IsZero() && between(t, ended) > 0:
		return between(t, ended), true
	case begun.IsZero() && ended.IsZero():
		return 0, false
	case !begun.IsZero() && between(t, begun) < 0:
		return between(t, begun), true
	}
	return 0, true
}

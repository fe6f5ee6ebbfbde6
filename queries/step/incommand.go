package step

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// inCommand finds which units had a base or an area of operations at a place at a time, or where and when an event was,
// who commanded them and the units above them, and for how many days all of it overlaps. A base counts that is at the
// place or in a part of it, an area of operations also where the place is a part of it. A unit there of which no
// commander is known is listed too.
func inCommand() Step {
	return Step{
		Name: "in-command", Doc: "finds who led the units that were at a place at a time, and those above them", Entities: 2,
		Time: canned.Timing{
			Shows: "the commands that held while the unit was there, through all levels between,", Leans: true, Days: daysAsked,
		},
		Columns: tenureColumns(
			func(t *tenure) []*tour { return []*tour{t.says} },
			column[*tenure]{"commander", func(n names, t *tenure) string { return n.of(t.person()) }},
			column[*tenure]{"unit", func(n names, t *tenure) string { return n.of(t.unit.xid) }},
			column[*tenure]{"level", func(_ names, t *tenure) string { return strconv.Itoa(t.level()) }},
			column[*tenure]{"there", func(n names, t *tenure) string {
				first := t.by.chain[0] // the link that says the unit was there
				if name := n.of(first.From); name != n.of(t.unit.xid) {
					return joinNonEmpty(" ", name, first.Relation)
				}
				return first.Relation
			}},
			column[*tenure]{"place", func(n names, t *tenure) string { return n.of(t.by.chain[0].To) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			list, asked, err := x.commandsAt(ctx)
			if err != nil {
				return nil, err
			}
			slices.SortFunc(list, func(a, b *tenure) int {
				return cmp.Or(a.inOrder(b, asked), strings.Compare(a.unit.xid, b.unit.xid), a.longest(b),
					strings.Compare(a.text(), b.text()))
			})
			return rowsOf(list, (*tenure).row), nil
		},
	}
}

// commandsAt returns the commands of the units that were there, and of those above them, and the time asked about.
func (x *Execution) commandsAt(ctx context.Context) (list []*tenure, asked schema.Range, err error) {
	places, asked, err := x.placesAsked(ctx)
	if err != nil {
		return nil, asked, err
	}
	there, grounds, err := x.unitsAt(ctx, places)
	if err != nil {
		return nil, asked, err
	}
	units, err := newReach(x, chainOfCommand()...).onFrom(ctx, there, x.number("depth"))
	if err != nil {
		return nil, asked, err
	}
	list, err = x.inChargeOf(ctx, units, func(*reached, *tour) bool { return true })
	if err != nil {
		return nil, asked, err
	}
	list = x.withinHorizon(list, asked)
	for _, unit := range there {
		if slices.ContainsFunc(list, func(t *tenure) bool { return t.unit == unit }) {
			continue
		}
		if t := x.presence(unit, grounds[unit]); len(t.chains) > 0 {
			list = append(list, t)
		}
	}
	counted(list, x.Filter.Time())
	x.tellDays(list)
	return list, asked, nil
}

// presence is that of a unit of which no commander is known. The row states its base or area of operations, which to a
// commander only leads.
func (x *Execution) presence(unit *reached, grounds []ground) *tenure {
	t := &tenure{unit: unit}
	for _, g := range grounds {
		for _, s := range statementsOf(x.Stated(g.link), &x.Filter) {
			for i := range g.place {
				t.meets(g.place[i].with(&x.Filter, s, s.when(nil)))
			}
		}
	}
	if len(t.chains) > 0 {
		t.sure = t.by.last.confidence
	}
	return t
}

// ground is a link that says that a unit was at a place, and when that place was one of those asked about.
type ground struct {
	link  *view.GraphEdge
	place []window
}

// placesAsked reads what is asked about: an event's place and date, or a place. What leads from the event to the place
// is of the event's time.
func (x *Execution) placesAsked(ctx context.Context) (places []*reached, asked schema.Range, err error) {
	asked = x.Filter.Time()
	if place, err := x.entity(1); err == nil {
		return atAnyTime([]view.Candidate{place}), asked, nil
	}
	event, err := x.entity(0)
	if err != nil {
		return nil, asked, x.wrong("", "name an event, or a place and a date", "event='…', or place='…' as_of=2014-08")
	}
	at, err := x.scaffold(ctx, []string{event.UID}, "located_at")
	if err != nil {
		return nil, asked, err
	}
	if len(at) == 0 {
		x.note("No source says where it was; name a place and a date instead.")
	}
	date, err := x.timeOf(ctx, event)
	if err != nil {
		return nil, asked, err
	}
	if !date.IsZero() {
		x.dates = map[string]string{event.XID: date.String()}
	}
	if asked.IsZero() {
		asked = hull(date)
	}
	for _, e := range at {
		place := &reached{uid: e.ToUID, xid: e.To}
		place.add(&x.Filter, []window{anyTime()}, ofEvent(date, statementsOf(e, &x.Filter)), nil)
		for i := range place.windows {
			place.windows[i].lead, place.windows[i].chain = place.windows[i].chain, nil
		}
		if len(place.windows) > 0 {
			places = append(places, place)
		}
	}
	return places, asked, nil
}

// timeOf returns when an event was; the zero period where a time is asked for instead, or no date is known.
func (x *Execution) timeOf(ctx context.Context, event view.Candidate) (schema.Period, error) {
	if x.Filter.Timed() {
		return schema.Period{}, nil
	}
	nodes, err := x.whole(ctx, []string{event.UID}, "date")
	if err != nil || len(nodes) == 0 {
		return schema.Period{}, err
	}
	if date := nodes[0].Properties["date"]; len(date) > 0 {
		if period, err := schema.ParsePeriod(date[0]); err == nil && !period.IsZero() {
			return period, nil
		}
	}
	x.note("No date of %s is known: what says where it was may tell when; a date (as_of) narrows it.", event.Name)
	return schema.Period{}, nil
}

// ofEvent returns the statements of where an event was, each for the time that it and the event's date have in common:
// whatever the one leaves open the other may say, and it was no longer there than it was. Where they contradict each
// other the event's date counts.
func ofEvent(date schema.Period, says []*statement) []*statement {
	if date.IsZero() {
		return says
	}
	list := make([]*statement, len(says))
	for i, s := range says {
		of := *s
		switch both, holding := s.period.Intersect(date); {
		case s.period.IsZero() || holding == schema.No || date.Implies(s.period):
			of.period = date
		case !s.period.Implies(date):
			of.period = both
		}
		list[i] = &of
	}
	return list
}

// again returns entities to widen from a second time.
func again(list []*reached) (same []*reached) {
	for _, r := range list {
		same = append(same, &reached{uid: r.uid, xid: r.xid, windows: slices.Clone(r.windows)})
	}
	return same
}

// unitsAt returns the units and organisations that were at places, in parts of them, or whose area of operations they
// lie in. What says that they were there leads to who commanded them.
func (x *Execution) unitsAt(ctx context.Context, places []*reached) (list []*reached, grounds map[*reached][]ground, err error) {
	const deep = 10 // from a point up to its continent
	inside, err := newReach(x, "~within").onFrom(ctx, places, deep)
	if err != nil {
		return nil, nil, err
	}
	around, err := newReach(x, "within").onFrom(ctx, again(places), deep)
	if err != nil {
		return nil, nil, err
	}
	around = around[min(len(places), len(around)):] // the places themselves come first
	links, err := x.scaffold(ctx, uidsOf(inside), "~based_at", "~operates_in", "~located_at")
	if err != nil {
		return nil, nil, err
	}
	wider, err := x.scaffold(ctx, uidsOf(around), "~operates_in")
	if err != nil {
		return nil, nil, err
	}
	links = append(links, wider...)
	var ends []string
	for _, e := range links {
		ends = append(ends, e.FromUID)
	}
	units, err := x.OfTypes(ctx, ends, "Unit", "Organisation")
	if err != nil {
		return nil, nil, err
	}
	at := map[string][]window{}
	for _, place := range slices.Concat(inside, around) {
		for _, w := range place.windows {
			w.lead, w.chain = slices.Concat(w.lead, w.chain), nil
			at[place.uid] = append(at[place.uid], w)
		}
	}
	byUnit := map[string]*reached{}
	grounds = map[*reached][]ground{}
	for _, e := range links {
		if !units[e.FromUID] {
			continue
		}
		unit := byUnit[e.FromUID]
		if unit == nil {
			unit = &reached{uid: e.FromUID, xid: e.From}
		}
		if unit.add(&x.Filter, at[e.ToUID], statementsOf(e, &x.Filter), nil) && byUnit[e.FromUID] == nil {
			byUnit[e.FromUID] = unit
			list = append(list, unit)
		}
		grounds[unit] = append(grounds[unit], ground{e, at[e.ToUID]})
	}
	return list, grounds, nil
}

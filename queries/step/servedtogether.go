package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

// The questions of who was in charge, and with whom: each compares the times of two statements or more.

// leads reports whether a statement makes its person the one in charge, and not a deputy or of the staff.
func leads(s *statement) bool {
	if s.edge.Relation != "commands" {
		return false
	}
	for _, role := range s.values["role"] {
		role = schema.SearchKey(role)
		for _, second := range []string{"deputy", "chief of staff", "second", "assistant", "vice"} {
			if strings.Contains(role, second) {
				return false
			}
		}
	}
	return true
}

// overlap is the time that statements have in common.
type overlap struct {
	period  schema.Period
	holding schema.Certainty
}

// longer orders overlaps: the certain first, then those that last at least the longest, then those that may.
func (o overlap) longer(than overlap) int {
	least, most := o.period.Days()
	thanLeast, thanMost := than.period.Days()
	if o.holding != schema.Certain {
		least, thanLeast = 0, 0
	}
	unbounded := func(n int) int {
		if n < 0 {
			return 1 << 30
		}
		return n
	}
	return cmp.Or(cmp.Compare(than.holding, o.holding), cmp.Compare(thanLeast, least), cmp.Compare(unbounded(thanMost), unbounded(most)))
}

// meet gives the longest time that a period has in common with one of several, by which it is, and whether there is any; of equally
// long ones that of the shortest chain.
func meet(windows []window, p schema.Period) (best overlap, by window, found bool) {
	for _, w := range windows {
		both, holding := w.Intersect(p)
		holding = min(holding, w.holding)
		o := overlap{both, holding}
		if holding != schema.No && (!found || o.longer(best) < 0 || o.longer(best) == 0 && len(w.chain) < len(by.chain)) {
			best, by, found = o, w, true
		}
	}
	return best, by, found
}

// told gives an edge's statements but for those that another of them implies: "in command in July 2023" adds nothing to "in
// command from April 2022 to August 2025", and taken alone would leave open when it began.
func (a *Execution) told(e *view.GraphEdge) []*statement {
	all := statementsOf(e, &a.Filter)
	slices.SortFunc(all, func(x, y *statement) int { return strings.Compare(sayOrder(x), sayOrder(y)) })
	return slices.DeleteFunc(slices.Clone(all), func(vague *statement) bool {
		return slices.ContainsFunc(all, func(s *statement) bool {
			role := strings.Join(vague.values["role"], "\x00")
			return s != vague && (role == "" || role == strings.Join(s.values["role"], "\x00")) &&
				s.period.Implies(vague.period) && !vague.period.Implies(s.period)
		})
	})
}

// posts gives the person asked about, and the links to where that person had a post.
func (a *Execution) posts(ctx context.Context) (view.Candidate, []*view.GraphEdge, error) {
	person, err := a.entityParam(0)
	if err != nil {
		return view.Candidate{}, nil, err
	}
	edges, err := a.stated(ctx, []string{person.UID}, a.relations...)
	return person, slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return e.FromUID != person.UID }), err
}

func servedColumns() []string {
	return []string{"person", "role", "rank", "unit", "own role", "period", "days", "confidence", "possible", "sources"}
}

// served finds who had a post in the same unit as a person at the same time: a row for each other person and unit, with the two
// posts that overlap longest. Days count from the first to the last, both included.
func served(ctx context.Context, a *Execution) error {
	person, posts, err := a.posts(ctx)
	if err != nil {
		return err
	}
	byUnit := map[string][]*statement{}
	var units []string
	for _, e := range posts {
		byUnit[e.ToUID] = append(byUnit[e.ToUID], a.told(e)...)
		units = append(units, e.ToUID)
	}
	others, err := a.stated(ctx, slices.Compact(slices.Sorted(slices.Values(units))), backwards(a.relations)...)
	if err != nil {
		return err
	}
	type pair struct {
		overlap
		theirs, own *statement
	}
	longest := map[[2]string]*pair{}
	for _, e := range others {
		if e.FromUID == person.UID {
			continue
		}
		for _, theirs := range a.told(e) {
			for _, own := range byUnit[e.ToUID] {
				both, holding := own.period.Intersect(theirs.period)
				if holding == schema.No || a.Filter.Certain && holding != schema.Certain {
					continue
				}
				found := &pair{overlap{both, holding}, theirs, own}
				key := [2]string{e.FromUID, e.ToUID}
				if have := longest[key]; have == nil || found.longer(have.overlap) < 0 ||
					found.longer(have.overlap) == 0 && sayOrder(found.theirs, found.own) < sayOrder(have.theirs, have.own) {
					longest[key] = found
				}
			}
		}
	}
	var list []*pair
	for _, p := range longest {
		list = append(list, p)
	}
	slices.SortFunc(list, func(x, y *pair) int {
		return cmp.Or(x.longer(y.overlap), strings.Compare(x.theirs.edge.From, y.theirs.edge.From), strings.Compare(x.theirs.edge.To, y.theirs.edge.To))
	})
	rows := make([]row, len(list))
	for i, p := range list {
		rows[i] = row{
			edges: []*view.GraphEdge{p.theirs.edge, p.own.edge}, possible: p.holding == schema.Possible,
			cell: func(field string) string {
				switch field {
				case "person":
					return a.nameOf(p.theirs.edge.From)
				case "unit":
					return a.nameOf(p.theirs.edge.To)
				case "own role":
					return cmp.Or(strings.Join(p.own.values["role"], ", "), p.own.edge.Relation)
				default:
					return a.overlapCell(p.theirs, p.overlap, weakest(p.theirs.confidence, p.own.confidence), field, p.theirs, p.own)
				}
			},
		}
	}
	a.tabulate(rows)
	return nil
}

// sayOrder orders statements by their words, where nothing else does.
func sayOrder(list ...*statement) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.edge.ID() + s.period.String())
		for _, name := range slices.Sorted(maps.Keys(s.values)) {
			b.WriteString("\x00" + name + "\x00" + strings.Join(s.values[name], "\x00"))
		}
	}
	return b.String()
}

// overlapCell fills the columns that the questions of this file share.
func (a *Execution) overlapCell(s *statement, o overlap, sure *int, field string, rests ...*statement) string {
	switch field {
	case "role":
		return cmp.Or(strings.Join(s.values["role"], ", "), s.edge.Relation)
	case "rank":
		return strings.Join(s.values["rank"], ", ")
	case "period":
		return o.period.String()
	case "days":
		return days(o.period, o.holding)
	case "confidence":
		return number(sure)
	case "possible":
		return possibly(o.holding == schema.Possible)
	case "sources":
		var names []string
		for _, r := range rests {
			for _, name := range r.sources {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		return firstThree(slices.Compact(names))
	}
	return ""
}

// backwards gives relations as ways against their direction.
func backwards(relations []string) []string {
	ways := make([]string, len(relations))
	for i, r := range relations {
		ways[i] = "~" + r
	}
	return ways
}

// chainOfCommand are the relations that lead from a unit to the one above it.
func chainOfCommand() []string { return []string{"subordinate_to", "attached_to"} }

func superiorColumns() []string {
	return []string{"superior", "role", "rank", "unit", "level", "own unit", "own role", "period", "days", "confidence", "possible", "sources"}
}

// superiors finds who led a person's units, and those above them, while the person held a post there and the units stood so:
// a row for each superior, unit and post of the person's. In the person's own unit it is whoever led it, unless that was
// the person.
func superiors(ctx context.Context, a *Execution) error {
	person, posts, err := a.posts(ctx)
	if err != nil {
		return err
	}
	links := map[string][]*view.GraphEdge{}
	var list []*inCharge
	for _, post := range posts {
		for _, own := range a.told(post) {
			unit := &reached{uid: post.ToUID, xid: post.To, windows: []window{{own.period, schema.Certain, []*view.GraphEdge{post}}}}
			above, err := a.reachFrom(ctx, []*reached{unit}, a.values.Ints["depth"], links, chainOfCommand()...)
			if err != nil {
				return err
			}
			found, err := a.inChargeOf(ctx, above, func(r *reached, s *statement) bool {
				return s.edge.FromUID != person.UID && leads(s) && (r.level > 0 || !leads(own))
			})
			if err != nil {
				return err
			}
			for _, f := range found {
				f.own = own
			}
			list = append(list, found...)
		}
	}
	// Of several statements about one post only the longest overlap is told.
	list = longestOf(list, func(f *inCharge) string {
		return strings.Join([]string{f.says.edge.From, f.unit.xid, f.own.edge.To, f.own.edge.Relation}, "\x00")
	})
	slices.SortFunc(list, func(x, y *inCharge) int {
		return cmp.Or(began(x.own, nil).Compare(began(y.own, nil)), strings.Compare(x.own.edge.To, y.own.edge.To), cmp.Compare(x.level(), y.level()),
			x.longer(y.overlap), strings.Compare(x.unit.xid, y.unit.xid), strings.Compare(x.says.edge.From, y.says.edge.From))
	})
	rows := make([]row, len(list))
	for i, f := range list {
		rows[i] = a.inChargeRow(f, func(field string) string {
			switch field {
			case "superior":
				return a.nameOf(f.says.edge.From)
			case "own unit":
				return a.nameOf(f.own.edge.To)
			case "own role":
				return cmp.Or(strings.Join(f.own.values["role"], ", "), f.own.edge.Relation)
			}
			return ""
		})
	}
	a.tabulate(rows)
	return nil
}

// inCharge is somebody who held a command while a chain led to it.
type inCharge struct {
	overlap
	unit *reached
	by   window     // the chain that leads to the unit
	says *statement // of the command; nil where nobody is known
	own  *statement // of the post that the chain begins with, if it begins with one
}

// inChargeOf finds whose commands of units overlap with the times at which chains lead to those.
func (a *Execution) inChargeOf(ctx context.Context, units []*reached, wanted func(*reached, *statement) bool) ([]*inCharge, error) {
	commands, err := a.stated(ctx, uidsOf(units), "~commands")
	if err != nil {
		return nil, err
	}
	byUnit := map[string][]*view.GraphEdge{}
	for _, e := range commands {
		byUnit[e.ToUID] = append(byUnit[e.ToUID], e)
	}
	var list []*inCharge
	for _, unit := range units {
		for _, e := range byUnit[unit.uid] {
			for _, s := range a.told(e) {
				o, by, found := meet(unit.windows, s.period)
				if found && wanted(unit, s) && (!a.Filter.Certain || o.holding == schema.Certain) {
					list = append(list, &inCharge{overlap: o, unit: unit, by: by, says: s})
				}
			}
		}
	}
	return list, nil
}

// longestOf keeps of those with the same key the one that overlaps longest.
func longestOf(list []*inCharge, key func(*inCharge) string) []*inCharge {
	kept := map[string]*inCharge{}
	for _, f := range list {
		k := key(f)
		if have := kept[k]; have == nil || f.longer(have.overlap) < 0 || f.longer(have.overlap) == 0 && sayOrder(f.says) < sayOrder(have.says) {
			kept[k] = f
		}
	}
	var out []*inCharge
	for _, f := range list {
		if kept[key(f)] == f {
			out = append(out, f)
		}
	}
	return out
}

// inChargeRow is a row about somebody in charge; own fills the columns that others do not have.
func (a *Execution) inChargeRow(f *inCharge, own func(field string) string) row {
	edges, sure := []*view.GraphEdge{}, (*int)(nil)
	if f.says != nil {
		edges, sure = append(edges, f.says.edge), f.says.confidence
	}
	edges = append(edges, f.by.chain...)
	return row{
		edges: edges, also: []string{f.unit.uid}, possible: f.says != nil && f.holding == schema.Possible,
		cell: func(field string) string {
			switch field {
			case "unit":
				return a.nameOf(f.unit.xid)
			case "level":
				return strconv.Itoa(f.level())
			}
			if text := own(field); text != "" || f.says == nil {
				return text
			}
			return a.overlapCell(f.says, f.overlap, sure, field, f.says)
		},
	}
}

func inCommandColumns() []string {
	return []string{"commander", "role", "rank", "unit", "level", "there", "place", "period", "days", "confidence", "possible", "sources"}
}

// inCommand finds which units had a base or an area of operations at a place at a time, or where and when an event was, who
// commanded them and the units above them, and for how many days all of it overlaps. A base counts that is at the place or in
// a part of it, an area of operations also where the place is a part of it. A unit there of which no commander is known is
// listed too.
func inCommand(ctx context.Context, a *Execution) error {
	places, window, err := a.placeAndTime(ctx)
	if err != nil {
		return err
	}
	there, err := a.unitsAt(ctx, places, window)
	if err != nil {
		return err
	}
	units, err := a.reachFrom(ctx, there, a.values.Ints["depth"], map[string][]*view.GraphEdge{}, chainOfCommand()...)
	if err != nil {
		return err
	}
	list, err := a.inChargeOf(ctx, units, func(*reached, *statement) bool { return true })
	if err != nil {
		return err
	}
	list = longestOf(list, func(f *inCharge) string { return f.says.edge.From + "\x00" + f.unit.xid })
	for _, unit := range there {
		if !slices.ContainsFunc(list, func(f *inCharge) bool { return f.unit == unit }) {
			list = append(list, &inCharge{unit: unit, by: unit.windows[0]})
		}
	}
	slices.SortFunc(list, func(x, y *inCharge) int {
		return cmp.Or(cmp.Compare(x.level(), y.level()), strings.Compare(x.unit.xid, y.unit.xid), x.longer(y.overlap), strings.Compare(x.person(), y.person()))
	})
	rows := make([]row, len(list))
	for i, f := range list {
		rows[i] = a.inChargeRow(f, func(field string) string {
			first := f.by.chain[0] // the link that says the unit was there
			switch field {
			case "commander":
				return a.nameOf(f.person())
			case "there":
				return joinNonEmpty(" ", nameUnlessSame(a.nameOf(first.From), a.nameOf(f.unit.xid)), first.Relation)
			case "place":
				return a.nameOf(first.To)
			}
			return ""
		})
	}
	a.tabulate(rows)
	return nil
}

// level is how many links of command lie between the unit and the one that the question began with.
func (f *inCharge) level() int { return len(f.by.chain) - 1 }

func (f *inCharge) person() string {
	if f.says == nil {
		return ""
	}
	return f.says.edge.From
}

func nameUnlessSame(name, other string) string {
	if name == other {
		return ""
	}
	return name
}

// placeAndTime reads what in-command asks about: an event's place and date, or a place and the time asked for.
func (a *Execution) placeAndTime(ctx context.Context) ([]view.Candidate, schema.Period, error) {
	window := always()
	switch filter := &a.Filter; {
	case !filter.AsOf.IsZero():
		window = schema.Period{From: schema.Bound{Range: filter.AsOf}, To: schema.Bound{Range: filter.AsOf}}
	case filter.Window():
		if !filter.From.IsZero() {
			window.From = schema.Bound{Range: filter.From}
		}
		if !filter.To.IsZero() {
			window.To = schema.Bound{Range: filter.To}
		}
	}
	if place, err := a.entityParam(1); err == nil {
		return []view.Candidate{place}, window, nil
	}
	event, err := a.entityParam(0)
	if err != nil {
		return nil, window, canned.NewParamError(a.query.Name, "", "name an event, or a place and a date", "event='…', or place='…' as_of=2014-08")
	}
	at, err := a.stated(ctx, []string{event.UID}, "located_at")
	if err != nil {
		return nil, window, err
	}
	var places []view.Candidate
	for _, e := range at {
		places = append(places, view.Candidate{XID: e.To, UID: e.ToUID})
	}
	if len(places) == 0 {
		a.result.Notes = append(a.result.Notes, "No source says where it was; name a place and a date instead.")
	}
	if a.Filter.Timed() {
		return places, window, nil
	}
	nodes, err := a.Nodes(ctx, []string{event.UID}, true)
	if err != nil || len(nodes) == 0 {
		return places, window, err
	}
	if date := nodes[0].Properties["date"]; len(date) > 0 {
		if period, err := schema.ParsePeriod(date[0]); err == nil {
			return places, period, nil
		}
	}
	a.result.Notes = append(a.result.Notes, fmt.Sprintf("No date of %s is known: all times are shown; as_of= narrows it.", event.Name))
	return places, window, nil
}

// unitsAt gives the units and organisations that were at places, in parts of them, or whose area of operations they lie in.
func (a *Execution) unitsAt(ctx context.Context, places []view.Candidate, asked schema.Period) ([]*reached, error) {
	const deep = 10 // from a point up to its continent
	inside, err := a.reach(ctx, places, deep, "~within")
	if err != nil {
		return nil, err
	}
	around, err := a.reach(ctx, places, deep, "within")
	if err != nil {
		return nil, err
	}
	around = around[min(len(places), len(around)):] // the places themselves come first
	links, err := a.stated(ctx, uidsOf(inside), "~based_at", "~operates_in", "~located_at")
	if err != nil {
		return nil, err
	}
	wider, err := a.stated(ctx, uidsOf(around), "~operates_in")
	if err != nil {
		return nil, err
	}
	links = append(links, wider...)
	var ends []string
	for _, e := range links {
		ends = append(ends, e.FromUID)
	}
	units, err := a.OfTypes(ctx, ends, "Unit", "Organisation")
	if err != nil {
		return nil, err
	}
	byUnit := map[string]*reached{}
	var list []*reached
	for _, e := range links {
		if !units[e.FromUID] {
			continue
		}
		unit := byUnit[e.FromUID]
		if unit == nil {
			unit = &reached{uid: e.FromUID, xid: e.From}
		}
		if unit.add([]window{{Period: asked, holding: schema.Certain}}, e, statementsOf(e, &a.Filter)) && byUnit[e.FromUID] == nil {
			byUnit[e.FromUID] = unit
			list = append(list, unit)
		}
	}
	return list, nil
}

package step

import (
	"context"
	"slices"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

const (
	maxReach   = 10_000 // entities that one question widens to
	maxWindows = 64     // times kept for one entity; beyond it, one that covers them all
)

// reached is an entity that chains of relations lead to, and when it belonged there.
type reached struct {
	uid, xid string
	level    int      // links from the first
	windows  []window // by chain; those of the first are any time
}

// window is the time that all links of a chain have in common.
type window struct {
	schema.Period
	certainty schema.Certainty // whether within the time asked for they have any: certain or possible
	chain     []*view.GraphEdge
	lead      []*view.GraphEdge // links before the chain, which only lead to where it begins
	last      *statement        // of the last link
	when      schema.Period     // of that
	covers    bool              // it stands for more chains than its own
	before    *window           // without it, and without those of the same event
}

// anyTime is the window of what a question begins with.
func anyTime() window { return window{Period: schema.Always(), certainty: schema.Certain} }

// with returns what the window has in common with a statement for some time. Where an event was, what it was part of
// and who had a part in it are no states that last: of what lies beyond an event only its own time counts, and that the
// links to it are of the time asked for.
func (w *window) with(f *canned.Filter, s *statement, when schema.Period) window {
	both := window{chain: append(slices.Clone(w.chain), s.edge), lead: w.lead, last: s, when: when, before: w}
	if w.last != nil && oneEvent(w.last.edge, s.edge) {
		both.before = w.before
	}
	both.Period, both.certainty = f.Meet(both.before.Period, when)
	both.certainty = min(both.certainty, w.certainty)
	return both
}

// said returns what the links of the chain say, each for some time.
func (w *window) said(at schema.Period) (list []*statement) {
	for ; w != nil && w.last != nil; w = w.before {
		list = append(list, w.last.at(at))
	}
	return list
}

// oneEvent reports whether two links meet in an event.
func oneEvent(a, b *view.GraphEdge) bool {
	return slices.ContainsFunc(eventsOf(a), func(xid string) bool { return slices.Contains(eventsOf(b), xid) })
}

// eventsOf returns what may be an event of the ends of a link: of one that says where it was, what it was part of, or
// who had a part in it.
func eventsOf(e *view.GraphEdge) []string {
	switch e.Relation {
	case "carried_out", "affected_by", "used_in":
		return []string{e.To}
	case "located_at":
		return []string{e.From}
	case "part_of":
		return []string{e.From, e.To}
	}
	return nil
}

// tells reports whether a window tells something that another does not.
func (w *window) tells(of window) bool {
	if !w.Equal(of.Period) || w.certainty > of.certainty {
		return true
	}
	// Beyond an event the time before it counts, and that may differ.
	beyond := w.last != nil && of.last != nil && len(eventsOf(w.last.edge)) > 0
	return beyond && !w.before.Equal(of.before.Period)
}

// chain is the first found, one of the shortest.
func (r *reached) chain() []*view.GraphEdge { return r.windows[0].chain }

// reach follows relations, backwards with a ~, from entities. What it comes to belongs to them for the time that all
// links of a chain have in common: a battalion that left the brigade in 2014 is not counted with what the brigade did
// in 2015.
type reach struct {
	*Execution
	ways  []string
	links map[string][]*view.GraphEdge // by uid: what was asked for
}

func newReach(x *Execution, ways ...string) *reach {
	return &reach{Execution: x, ways: ways, links: map[string][]*view.GraphEdge{}}
}

// from returns what lies at most depth links from some entities, these first.
func (r *reach) from(ctx context.Context, roots []view.Candidate, depth int) ([]*reached, error) {
	return r.onFrom(ctx, atAnyTime(roots), depth)
}

// atAnyTime returns entities that a question begins with.
func atAnyTime(roots []view.Candidate) (start []*reached) {
	for _, c := range roots {
		start = append(start, &reached{uid: c.UID, xid: c.XID, windows: []window{anyTime()}})
	}
	return start
}

// onFrom is from for entities that belong for some time only.
func (r *reach) onFrom(ctx context.Context, start []*reached, depth int) ([]*reached, error) {
	known := map[string]*reached{}
	var all []*reached
	for _, first := range start {
		if known[first.uid] == nil {
			known[first.uid] = first
			all = append(all, first)
		}
	}
	base := 0 // links that lead to the first
	if len(all) > 0 {
		base = len(all[0].windows[0].chain)
	}
	frontier := slices.Clone(all)
	for level := 1; level <= depth && len(frontier) > 0; level++ {
		if err := r.fetch(ctx, frontier); err != nil {
			return nil, err
		}
		var next []*reached
		for _, here := range frontier {
			for _, e := range r.links[here.uid] {
				farUID, farXID := e.Far(here.uid)
				there := known[farUID]
				if there == nil {
					if len(all) == maxReach {
						r.truncated = true
						continue
					}
					there = &reached{uid: farUID, xid: farXID, level: level}
				}
				if !there.add(&r.Filter, here.atLevel(base+level-1), statementsOf(e, &r.Filter), nil) {
					continue
				}
				if known[farUID] == nil {
					known[farUID] = there
					all = append(all, there)
				}
				if !slices.Contains(next, there) {
					next = append(next, there)
				}
			}
		}
		frontier = next
	}
	return all, nil
}

// fetch asks for the links of those that it has not asked for yet.
func (r *reach) fetch(ctx context.Context, frontier []*reached) error {
	var unasked []string
	for _, here := range frontier {
		if _, asked := r.links[here.uid]; !asked {
			unasked = append(unasked, here.uid)
			r.links[here.uid] = nil
		}
	}
	edges, err := r.scaffold(ctx, unasked, r.ways...)
	if err != nil {
		return err
	}
	for _, e := range edges {
		for _, side := range [][2]string{{e.FromUID, e.Relation}, {e.ToUID, "~" + e.Relation}} {
			if slices.Contains(unasked, side[0]) && slices.Contains(r.ways, side[1]) {
				r.links[side[0]] = append(r.links[side[0]], e)
			}
		}
	}
	return nil
}

// add notes the times of more chains, those before with one more link, and reports whether they tell anything new.
func (r *reached) add(f *canned.Filter, before []window, says []*statement, dates map[string]string) bool {
	known := func(w *window) bool {
		return slices.ContainsFunc(r.windows, func(of window) bool { return !w.tells(of) })
	}
	if always := anyTime(); known(&always) {
		return false
	}
	added := false
	for _, w := range before {
		for _, s := range says {
			both := w.with(f, s, s.when(dates))
			if both.certainty == schema.No || known(&both) {
				continue
			}
			if len(r.windows) >= maxWindows { // from here on one stands for all
				both.certainty, both.covers = schema.Possible, true
				for _, other := range r.windows {
					both.Period = both.Cover(other.Period)
				}
				if known(&both) {
					continue
				}
			}
			r.windows, added = append(r.windows, both), true
		}
	}
	return added
}

// atLevel returns the windows of chains of so many links.
func (r *reached) atLevel(links int) []window {
	return slices.DeleteFunc(slices.Clone(r.windows), func(w window) bool { return len(w.chain) != links })
}

// holding says whether a statement held at some time when the entity belonged, within the time asked for.
func (r *reached) holding(f *canned.Filter, s *statement) schema.Certainty {
	_, holding := surestWith(f, r.windows, s, nil)
	return holding
}

// surestWith returns the window that has a statement's time in common the most certainly, the first of those.
func surestWith(f *canned.Filter, windows []window, s *statement, dates map[string]string) (by *window, holding schema.Certainty) {
	for i := range windows {
		if both := windows[i].with(f, s, s.when(dates)); both.certainty > holding {
			by, holding = &windows[i], both.certainty
		}
	}
	return by, holding
}

func uidsOf(list []*reached) []string {
	uids := make([]string, len(list))
	for i, r := range list {
		uids[i] = r.uid
	}
	return uids
}

// roots are the entities that a question widens from: its first entity, where it is given, and what lies within
// radius_km of a position, or of that entity where it has one.
func (x *Execution) roots(ctx context.Context) ([]view.Candidate, error) {
	var roots []view.Candidate
	entity, err := x.entity(0)
	given := err == nil
	if given {
		roots = append(roots, entity)
	}
	radius, near := x.number("radius_km"), x.text("near")
	switch {
	case !given && near == "":
		return nil, err
	case near == "" && radius == 0:
		return roots, nil
	case near == "":
		at, known, err := x.positionOf(ctx, entity)
		if err != nil {
			return nil, err
		}
		if !known {
			x.note("no position of %s is known: radius_km finds nothing around it; name a position with near=", entity.Name)
			return roots, nil
		}
		near = at.String()
	}
	at, err := canned.ParsePosition(near)
	if err != nil {
		return nil, err
	}
	around, more, err := x.PlacesAround(ctx, at, max(1, radius))
	x.cut(more)
	for _, place := range around {
		x.around[place.UID] = true
	}
	return append(roots, around...), err
}

// positionOf returns where an entity is, if its point is known.
func (x *Execution) positionOf(ctx context.Context, c view.Candidate) (canned.Position, bool, error) {
	nodes, err := x.whole(ctx, []string{c.UID}, "geo")
	if err != nil || len(nodes) == 0 {
		return canned.Position{}, false, err
	}
	at, known := canned.PositionOf(nodes[0].Properties["geo"])
	return at, known, nil
}

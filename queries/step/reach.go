package step

import (
	"context"
	"slices"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
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
	holding schema.Certainty // whether they have any in common: certain or possible
	chain   []*view.GraphEdge
}

// chain is the first found, one of the shortest.
func (r *reached) chain() []*view.GraphEdge { return r.windows[0].chain }

// reach follows relations, backwards with a ~, from some entities, at most depth links far. What it comes to belongs to them for
// the time that all links of a chain have in common: a battalion that left the brigade in 2014 is not counted with what
// the brigade did in 2015.
func (a *Execution) reach(ctx context.Context, roots []view.Candidate, depth int, ways ...string) ([]*reached, error) {
	var start []*reached
	for _, c := range roots {
		start = append(start, &reached{uid: c.UID, xid: c.XID, windows: []window{{Period: always(), holding: schema.Certain}}})
	}
	return a.reachFrom(ctx, start, depth, map[string][]*view.GraphEdge{}, ways...)
}

// reachFrom is reach from entities that belong for some time only. links keeps what was asked for, for the next time.
func (a *Execution) reachFrom(ctx context.Context, start []*reached, depth int, links map[string][]*view.GraphEdge, ways ...string) ([]*reached, error) {
	known := map[string]*reached{}
	var all []*reached
	for _, r := range start {
		if known[r.uid] == nil {
			known[r.uid] = r
			all = append(all, r)
		}
	}
	base := 0 // links that lead to the first
	if len(all) > 0 {
		base = len(all[0].windows[0].chain)
	}
	frontier := slices.Clone(all)
	for level := 1; level <= depth && len(frontier) > 0; level++ {
		if err := a.fetchLinks(ctx, frontier, links, ways); err != nil {
			return nil, err
		}
		var next []*reached
		for _, here := range frontier {
			for _, e := range links[here.uid] {
				farUID, farXID := e.Far(here.uid)
				there := known[farUID]
				if there == nil {
					if len(all) == maxReach {
						a.result.Truncated = true
						continue
					}
					there = &reached{uid: farUID, xid: farXID, level: level}
				}
				if !there.add(here.atLevel(base+level-1), e, a.told(e)) {
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

// fetchLinks asks for the links of those that it has not asked for yet.
func (a *Execution) fetchLinks(ctx context.Context, frontier []*reached, links map[string][]*view.GraphEdge, ways []string) error {
	var unasked []string
	for _, r := range frontier {
		if _, asked := links[r.uid]; !asked {
			unasked = append(unasked, r.uid)
			links[r.uid] = nil
		}
	}
	edges, err := a.stated(ctx, unasked, ways...)
	if err != nil {
		return err
	}
	for _, e := range edges {
		for _, side := range [][2]string{{e.FromUID, e.Relation}, {e.ToUID, "~" + e.Relation}} {
			if _, asked := links[side[0]]; asked && slices.Contains(unasked, side[0]) && slices.Contains(ways, side[1]) {
				links[side[0]] = append(links[side[0]], e)
			}
		}
	}
	return nil
}

// add notes the times of more chains, those before with one more link, and reports whether they tell anything new.
func (r *reached) add(before []window, link *view.GraphEdge, says []*statement) bool {
	known := func(p schema.Period, holding schema.Certainty) bool {
		return slices.ContainsFunc(r.windows, func(w window) bool { return w.Equal(p) && w.holding >= holding })
	}
	if known(always(), schema.Certain) {
		return false
	}
	added := false
	for _, w := range before {
		for _, s := range says {
			both, holding := w.Intersect(s.period)
			if holding = min(holding, w.holding); holding == schema.No || known(both, holding) {
				continue
			}
			if len(r.windows) >= maxWindows { // from here on one stands for all
				holding = schema.Possible
				for _, other := range r.windows {
					both = both.Cover(other.Period)
				}
				if known(both, holding) {
					continue
				}
			}
			r.windows, added = append(r.windows, window{both, holding, append(slices.Clone(w.chain), link)}), true
		}
	}
	return added
}

// atLevel gives the windows of chains of so many links.
func (r *reached) atLevel(links int) []window {
	return slices.DeleteFunc(slices.Clone(r.windows), func(w window) bool { return len(w.chain) != links })
}

// always is any time, known to be so.
func always() schema.Period {
	return schema.Period{From: schema.Bound{Open: true}, To: schema.Bound{Open: true}}
}

// during reports whether a time has any in common with one of the entity's.
func (r *reached) during(p schema.Period) bool {
	return slices.ContainsFunc(r.windows, func(w window) bool {
		_, holding := w.Intersect(p)
		return holding != schema.No
	})
}

func uidsOf(list []*reached) []string {
	uids := make([]string, len(list))
	for i, r := range list {
		uids[i] = r.uid
	}
	return uids
}

// roots are the entities that a question widens from: its first entity, where it is given, and what lies within radius_km of a
// position, or of that entity where it has one.
func (a *Execution) roots(ctx context.Context) ([]view.Candidate, error) {
	var roots []view.Candidate
	entity, err := a.entityParam(0)
	given := err == nil
	if given {
		roots = append(roots, entity)
	}
	radius, near := a.values.Ints["radius_km"], a.values.Text["near"]
	switch {
	case !given && near == "":
		return nil, err
	case near == "" && radius == 0:
		return roots, nil
	case near == "":
		at, known, err := a.positionOf(ctx, entity)
		if err != nil {
			return nil, err
		}
		if !known {
			a.result.Notes = append(a.result.Notes, "no position of "+entity.Name+" is known: radius_km finds nothing around it; name a position with near=")
			return roots, nil
		}
		near = at.String()
	}
	at, err := canned.ParsePosition(near)
	if err != nil {
		return nil, err
	}
	around, more, err := a.PlacesAround(ctx, at, max(1, radius))
	a.result.Truncated = a.result.Truncated || more
	return append(roots, around...), err
}

// positionOf gives where an entity is, if its point is known.
func (a *Execution) positionOf(ctx context.Context, c view.Candidate) (canned.Position, bool, error) {
	nodes, err := a.Nodes(ctx, []string{c.UID}, true)
	if err != nil || len(nodes) == 0 {
		return canned.Position{}, false, err
	}
	at, known := canned.PositionOf(nodes[0].Properties["geo"])
	return at, known, nil
}

package step

import (
	"context"
	"slices"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// expand follows relations from an entity, level by level. A node is expanded once, so that cycles end.
func expand() Step {
	return Step{
		Name: "expand", Doc: "follows %out and %in from the first entity parameter, depth levels far", NeedsDQL: true, Entities: 1,
		Time: canned.Timing{Shows: "the links that held together with all those that lead to them"},
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			root, err := x.entity(0)
			if err != nil {
				return nil, err
			}
			x.root = root.XID
			if x.Filter.Timed() {
				return nil, x.expandInTime(ctx, root)
			}
			return nil, x.expandAtAnyTime(ctx, root)
		},
	}
}

// expandAtAnyTime is expand where no time is asked for. Of a tree it says that its levels are of any time.
func (x *Execution) expandAtAnyTime(ctx context.Context, root view.Candidate) (err error) {
	seen, frontier := map[string]bool{root.UID: true}, []string{root.UID}
	for level := range max(1, x.number("depth")) {
		drawn := len(x.edges)
		frontier, err = x.expandFrom(ctx, frontier, seen)
		if level == 1 && len(x.edges) > drawn && x.query.Shape == canned.TreeShape {
			x.note("Links of any time, which need not have held at one moment; a date (as_of) leaves those that did.")
		}
		if err != nil || len(frontier) == 0 {
			return err
		}
	}
	return nil
}

// expandInTime is expand where a time is asked for: what is some links away is shown if they all held at one moment of
// it (law 7). A node is expanded again where a longer chain tells more of when.
func (x *Execution) expandInTime(ctx context.Context, root view.Candidate) error {
	links := map[string][]*view.GraphEdge{} // by uid: those asked for there
	first := atAnyTime([]view.Candidate{root})
	known := map[string]*reached{root.UID: first[0]}
	holding := map[*view.GraphEdge]schema.Certainty{}
	byID := map[string]*view.GraphEdge{}
	var found []*view.GraphEdge
	full := false
	for level, frontier := 0, first; level < max(1, x.number("depth")) && len(frontier) > 0 && !full; level++ {
		if err := x.linksOf(ctx, frontier, links, byID); err != nil {
			return err
		}
		var next []*reached
		before := len(found)
		for _, here := range frontier {
			for _, e := range links[here.uid] {
				times, says := here.atLevel(level), statementsOf(e, &x.Filter)
				far := &reached{windows: times}
				most := schema.No
				for _, s := range says {
					most = max(most, far.holding(&x.Filter, s))
				}
				if most == schema.No {
					continue
				}
				if holding[e] == schema.No {
					found = append(found, e)
				}
				holding[e] = max(holding[e], most)
				uid, xid := e.Far(here.uid)
				there := known[uid]
				if there == nil {
					there = &reached{uid: uid, xid: xid}
					known[uid] = there
				}
				if there.add(&x.Filter, times, says, nil) && !slices.Contains(next, there) {
					next = append(next, there)
				}
			}
		}
		slices.SortFunc(found[before:], view.CompareEdges)
		frontier = next
		certain := 0
		for _, e := range found {
			if !x.Filter.LeavesOut(holding[e] == schema.Possible) {
				certain++
			}
		}
		full = certain > x.limit()
	}
	for _, e := range found {
		e.Possible = holding[e] == schema.Possible
	}
	x.drawFirst(slices.DeleteFunc(found, func(e *view.GraphEdge) bool { return x.Filter.LeavesOut(e.Possible) }))
	return nil
}

// linksOf asks for the links of those that were not asked for yet.
func (x *Execution) linksOf(ctx context.Context, frontier []*reached, links map[string][]*view.GraphEdge, byID map[string]*view.GraphEdge,
) error {
	var unasked []*reached
	for _, here := range frontier {
		if _, asked := links[here.uid]; !asked {
			unasked = append(unasked, here)
			links[here.uid] = nil
		}
	}
	edges, err := x.neighbours(ctx, uidsOf(unasked))
	if err != nil {
		return err
	}
	if edges, err = x.keep(ctx, edges); err != nil {
		return err
	}
	for _, e := range edges {
		one := byID[e.ID()]
		if one == nil {
			one = e
			byID[e.ID()] = e
		}
		for _, here := range unasked {
			if e.AskedFrom(here.xid) && (here.uid == e.FromUID || here.uid == e.ToUID) {
				links[here.uid] = append(links[here.uid], one)
			}
		}
	}
	return nil
}

// expandFrom draws the edges from a frontier and returns the entities that they lead to for the first time; none where
// the answer is full.
func (x *Execution) expandFrom(ctx context.Context, frontier []string, seen map[string]bool) (next []string, err error) {
	edges, err := x.neighbours(ctx, frontier)
	if err != nil {
		return nil, err
	}
	edges = slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return x.taken[e.ID()] })
	if edges, err = x.keep(ctx, edges); err != nil {
		return nil, err
	}
	for _, e := range edges {
		if len(x.edges) == x.limit() && !x.taken[e.ID()] {
			x.truncated = true
			return nil, nil
		}
		x.draw(e)
		for _, uid := range []string{e.FromUID, e.ToUID} {
			if !seen[uid] {
				seen[uid] = true
				next = append(next, uid)
			}
		}
	}
	return next, nil
}

// neighbours runs the query's DQL from a frontier and returns the edges found.
func (x *Execution) neighbours(ctx context.Context, frontier []string) (edges []*view.GraphEdge, err error) {
	for batch := range slices.Chunk(frontier, view.FrontierAtOnce) {
		if batch, err = x.DrawnAt(ctx, batch...); err != nil {
			return nil, err
		}
		x.vars["$frontier"] = view.UIDList(batch)
		found, err := x.askEdges(ctx)
		if err != nil {
			return nil, err
		}
		edges = append(edges, found...)
	}
	if len(frontier) > view.FrontierAtOnce { // each batch has each edge once
		edges = view.Unique(edges)
	}
	return edges, nil
}

package step

import (
	"context"
	"slices"

	"orbat/queries/canned"
	"orbat/queries/view"
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
			seen, frontier := map[string]bool{root.UID: true}, []string{root.UID}
			for range max(1, x.number("depth")) {
				if frontier, err = x.expandFrom(ctx, frontier, seen); err != nil || len(frontier) == 0 {
					return nil, err
				}
			}
			return nil, nil
		},
	}
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

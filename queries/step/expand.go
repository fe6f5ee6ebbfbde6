package step

import (
	"context"
	"slices"

	"orbat/queries/view"
)

// neighbours runs the query's DQL from a frontier and gives the edges found, and whether a hub had more.
func (a *Execution) neighbours(ctx context.Context, frontier []string) (edges []*view.GraphEdge, hub bool, err error) {
	for batch := range slices.Chunk(frontier, view.FrontierAtOnce) {
		if batch, err = a.DrawnAt(ctx, batch...); err != nil {
			return nil, false, err
		}
		a.vars["$frontier"] = view.UIDList(batch)
		found, more, err := a.askEdges(ctx)
		if err != nil {
			return nil, false, err
		}
		edges, hub = append(edges, found...), hub || more
	}
	if len(frontier) > view.FrontierAtOnce { // each batch has each edge once
		edges = view.Unique(edges)
	}
	return edges, hub, nil
}

// expand follows relations from an entity, level by level. A node is expanded once, so that cycles end.
func expand(ctx context.Context, a *Execution) error {
	root, err := a.entityParam(0)
	if err != nil {
		return err
	}
	a.result.Root = root.XID
	depth, limit := a.values.Ints["depth"], a.values.Ints["limit"]
	if depth == 0 {
		depth = 1
	}
	seen, taken := map[string]bool{root.UID: true}, map[string]bool{}
	frontier := []string{root.UID}
	for level := 0; level < depth && len(frontier) > 0; level++ {
		edges, hub, err := a.neighbours(ctx, frontier)
		if err != nil {
			return err
		}
		a.result.Truncated = a.result.Truncated || hub
		edges = slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return taken[e.ID()] })
		if edges, err = a.keep(ctx, edges); err != nil {
			return err
		}
		frontier = nil
		for _, e := range edges {
			if taken[e.ID()] {
				continue
			}
			if len(a.edges) == limit {
				a.result.Truncated = true
				return nil
			}
			taken[e.ID()] = true
			a.edges = append(a.edges, e)
			for _, uid := range []string{e.FromUID, e.ToUID} {
				if !seen[uid] {
					seen[uid] = true
					frontier = append(frontier, uid)
				}
			}
		}
	}
	return nil
}

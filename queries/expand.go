package queries

import (
	"context"
	"maps"
	"slices"
)

const (
	frontierAtOnce = 500  // uids in one look
	defaultFanout  = 2000 // neighbours of one node by one relation in one look; more is said to be truncated
)

// neighbours runs the query's DQL from a frontier and gives the edges found, and whether a hub had more.
func (a *asking) neighbours(ctx context.Context, frontier []string) (edges []*rawEdge, hub bool, err error) {
	for batch := range slices.Chunk(frontier, frontierAtOnce) {
		if batch, err = a.drawnAt(ctx, batch...); err != nil {
			return nil, false, err
		}
		a.vars["$frontier"] = uidList(batch)
		found, err := a.askEdges(ctx)
		if err != nil {
			return nil, false, err
		}
		edges = append(edges, found...)
	}
	hub = crowded(edges)
	if len(frontier) > frontierAtOnce { // each batch has each edge once
		edges = unique(edges)
	}
	return edges, hub, nil
}

// unique gives each edge once, in order, with all ways that led to it.
func unique(edges []*rawEdge) []*rawEdge {
	first := map[string]*rawEdge{}
	for _, e := range edges {
		if have := first[e.id()]; have == nil {
			first[e.id()] = e
		} else if have != e {
			have.above = append(have.above, e.above...)
		}
	}
	return slices.SortedFunc(maps.Values(first), compareEdges)
}

// crowded reports whether some node has as many edges of one kind as were asked for.
func crowded(edges []*rawEdge) bool {
	if len(edges) < defaultFanout {
		return false
	}
	count := map[[2]string]int{}
	for _, e := range edges {
		for _, side := range []string{e.fromUID + " out", e.toUID + " in"} {
			key := [2]string{side, e.relation}
			count[key]++
			if count[key] >= defaultFanout {
				return true
			}
		}
	}
	return false
}

// expand follows relations from an entity, level by level. A node is expanded once, so that cycles end.
func expand(ctx context.Context, a *asking) error {
	root, err := a.entityParam(0)
	if err != nil {
		return err
	}
	a.result.Root = root.XID
	depth, limit := a.values.Ints["depth"], a.values.Ints["limit"]
	if depth == 0 {
		depth = 1
	}
	seen, taken := map[string]bool{root.uid: true}, map[string]bool{}
	frontier := []string{root.uid}
	for level := 0; level < depth && len(frontier) > 0; level++ {
		edges, hub, err := a.neighbours(ctx, frontier)
		if err != nil {
			return err
		}
		a.result.Truncated = a.result.Truncated || hub
		edges = slices.DeleteFunc(edges, func(e *rawEdge) bool { return a.sight == nil && taken[e.id()] }) // else an edge may have parts
		if edges, err = a.keep(ctx, edges); err != nil {
			return err
		}
		frontier = nil
		for _, e := range edges {
			if taken[e.id()] {
				continue
			}
			if len(a.edges) == limit {
				a.result.Truncated = true
				return nil
			}
			taken[e.id()] = true
			a.edges = append(a.edges, e)
			for _, uid := range []string{e.fromUID, e.toUID} {
				if !seen[uid] {
					seen[uid] = true
					frontier = append(frontier, uid)
				}
			}
		}
	}
	return nil
}

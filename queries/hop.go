package queries

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// hop gives the edges that lead from a frontier along relations of the ontology, backwards with a ~ before the name, and that
// satisfy the filters. Of a hub it gives the first and marks the answer truncated.
func (a *asking) hop(ctx context.Context, frontier []string, ways ...string) ([]*rawEdge, error) {
	edges, crowded, err := a.edgesAlong(ctx, frontier, nil, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.keep(ctx, edges)
}

// stated is hop with the claims behind each edge read, as whoever asks for periods must.
func (a *asking) stated(ctx context.Context, frontier []string, ways ...string) ([]*rawEdge, error) {
	edges, crowded, err := a.edgesAlong(ctx, frontier, nil, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.proveAll(ctx, edges)
}

// between gives the edges between a frontier and some others, however many links those have, and satisfying the filters.
func (a *asking) between(ctx context.Context, frontier, others []string, ways ...string) ([]*rawEdge, error) {
	edges, crowded, err := a.edgesAlong(ctx, frontier, others, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.keep(ctx, edges)
}

// edgesAlong asks for edges without filtering them. only, where it is not nil, are the uids that the far ends must have.
func (a *asking) edgesAlong(ctx context.Context, frontier, only []string, ways ...string) (edges []*rawEdge, hub bool, err error) {
	if frontier, err = a.drawnAt(ctx, frontier...); err != nil {
		return nil, false, err
	}
	declared, filter := "$frontier: string, $fanout: int", ""
	vars := map[string]string{"$fanout": strconv.Itoa(defaultFanout)}
	if only != nil {
		if only, err = a.drawnAt(ctx, only...); err != nil {
			return nil, false, err
		}
		declared, filter = declared+", $only: string", " @filter(uid($only))"
		vars["$only"] = uidList(only)
	}
	var fields []string
	for _, way := range slices.Compact(slices.Sorted(slices.Values(ways))) {
		if a.ontology.Relation(strings.TrimPrefix(way, "~")) != nil { // what an ontology has taken out has no edges
			fields = append(fields, way+" (first: $fanout) @facets"+filter+" { uid xid }")
		}
	}
	if len(fields) == 0 || len(frontier) == 0 || only != nil && len(only) == 0 {
		return nil, false, nil
	}
	dql := "query q(" + declared + ") { q(func: uid($frontier)) { uid xid\n" + strings.Join(fields, "\n") + "\n} }"
	byID := map[string]*rawEdge{}
	for batch := range slices.Chunk(frontier, frontierAtOnce) {
		vars["$frontier"] = uidList(batch)
		found, err := a.snapshot.blocks(ctx, dql, vars)
		if err != nil {
			return nil, false, err
		}
		list, err := collectEdges(a.ontology, found["q"])
		if err != nil {
			return nil, false, err
		}
		hub = hub || crowded(list)
		for _, e := range list {
			if byID[e.id()] == nil {
				byID[e.id()] = e
				edges = append(edges, e)
			}
		}
	}
	slices.SortFunc(edges, compareEdges)
	return edges, hub, nil
}

// bothWays names relations to be walked in either direction.
func bothWays(relations []string) []string {
	var ways []string
	for _, r := range relations {
		ways = append(ways, r, "~"+r)
	}
	return ways
}

// far is the end of an edge that is not the one given, by uid.
func (e *rawEdge) far(uid string) (farUID, farXID string) {
	if e.fromUID == uid {
		return e.toUID, e.to
	}
	return e.fromUID, e.from
}

// ofTypes tells which of some entities have one of the types.
func (a *asking) ofTypes(ctx context.Context, uids []string, types ...string) (map[string]bool, error) {
	declared, names := "$uids: string", make([]string, len(types))
	vars := map[string]string{}
	for i, t := range types {
		names[i] = "$t" + strconv.Itoa(i)
		declared += ", " + names[i] + ": string"
		vars[names[i]] = t
	}
	dql := "query q(" + declared + ") { q(func: uid($uids)) @filter(eq(entity.type, [" + strings.Join(names, ", ") + "])) { uid } }"
	of := map[string]bool{}
	for batch := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(uids))), 10*frontierAtOnce) {
		vars["$uids"] = uidList(batch)
		var found struct{ Q []struct{ UID string } }
		if err := a.snapshot.query(ctx, dql, vars, &found); err != nil {
			return nil, fmt.Errorf("look for types: %w", err)
		}
		for _, n := range found.Q {
			of[n.UID] = true
		}
	}
	return of, nil
}

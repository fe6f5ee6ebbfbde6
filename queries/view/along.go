package view

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
)

const (
	FrontierAtOnce = 500  // uids in one request
	DefaultFanout  = 2000 // neighbours of one node by one relation in one request; more is said to be truncated
)

// Along returns the edges that lead from a frontier along relations of the ontology, backwards with a ~ before the
// name, and whether a hub has more. only, where it is not nil, are the uids that the far ends must have. The filters
// are not applied; a marking limit is.
func (s *Snapshot) Along(ctx context.Context, frontier, only []string, ways ...string) (edges []*GraphEdge, hub bool, err error) {
	return s.along(ctx, false, frontier, only, ways)
}

// ScaffoldAlong is [Snapshot.Along] for links that only lead to an answer.
func (s *Snapshot) ScaffoldAlong(ctx context.Context, frontier []string, ways ...string) (edges []*GraphEdge, hub bool, err error) {
	return s.along(ctx, true, frontier, nil, ways)
}

func (s *Snapshot) along(ctx context.Context, scaffold bool, frontier, only, ways []string) (edges []*GraphEdge, hub bool, err error) {
	if frontier, err = s.DrawnAt(ctx, frontier...); err != nil {
		return nil, false, err
	}
	declared, filter := "$frontier: string, $fanout: int", ""
	vars := map[string]string{"$fanout": strconv.Itoa(DefaultFanout)}
	if only != nil {
		if only, err = s.DrawnAt(ctx, only...); err != nil {
			return nil, false, err
		}
		declared, filter = declared+", $only: string", " @filter(uid($only))"
		vars["$only"] = UIDList(only)
	}
	var fields []string
	for _, way := range slices.Compact(slices.Sorted(slices.Values(ways))) {
		if s.Ontology.Relation(strings.TrimPrefix(way, "~")) != nil { // what an ontology has taken out has no edges
			fields = append(fields, way+" (first: $fanout) @facets"+filter+" { uid xid }")
		}
	}
	if len(fields) == 0 || len(frontier) == 0 || only != nil && len(only) == 0 {
		return nil, false, nil
	}
	dql := "query q(" + declared + ") { q(func: uid($frontier)) { uid xid\n" + strings.Join(fields, "\n") + "\n} }"
	byID := map[string]*GraphEdge{}
	for batch := range slices.Chunk(frontier, FrontierAtOnce) {
		vars["$frontier"] = UIDList(batch)
		found, err := s.blocks(ctx, dql, vars)
		if err != nil {
			return nil, false, err
		}
		list, err := collectEdges(s.Ontology, found["q"])
		if err != nil {
			return nil, false, err
		}
		hub = hub || crowded(list)
		for _, e := range list {
			if byID[e.ID()] == nil {
				byID[e.ID()], e.Scaffold = e, scaffold
				edges = append(edges, e)
			}
		}
	}
	slices.SortFunc(edges, CompareEdges)
	if edges, err = s.redactor.whole(ctx, edges, frontier, only, ways); err != nil {
		return nil, false, err
	}
	edges, err = s.redactor.edges(ctx, edges)
	return edges, hub, err
}

// EdgesOf runs a question's DQL and returns the edges in its answer, as [Snapshot.Along] does.
func (s *Snapshot) EdgesOf(ctx context.Context, q *canned.Query, relations []string, vars map[string]string) (edges []*GraphEdge,
	hub bool, err error,
) {
	dql := canned.ExpandRelations(q.DQL, relations)
	blocks, err := s.blocks(ctx, dql, vars)
	if err != nil {
		return nil, false, q.Explain(relations, err)
	}
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		found, err := collectEdges(s.Ontology, blocks[name])
		if err != nil {
			return nil, false, err
		}
		edges = append(edges, found...)
	}
	hub = crowded(edges)
	if s.redactor != nil {
		at, ways := waysFrom(s.Ontology, dql, vars)
		if edges, err = s.redactor.whole(ctx, edges, at, nil, ways); err != nil {
			return nil, false, err
		}
	}
	edges, err = s.redactor.edges(ctx, edges)
	return edges, hub, err
}

// BothWays names relations to be walked in either direction.
func BothWays(relations []string) []string {
	var ways []string
	for _, r := range relations {
		ways = append(ways, r, "~"+r)
	}
	return ways
}

// crowded reports whether some node has as many edges of one kind as were asked for.
func crowded(edges []*GraphEdge) bool {
	if len(edges) < DefaultFanout {
		return false
	}
	count := map[[2]string]int{}
	for _, e := range edges {
		for _, side := range []string{e.FromUID + " out", e.ToUID + " in"} {
			key := [2]string{side, e.Relation}
			count[key]++
			if count[key] >= DefaultFanout {
				return true
			}
		}
	}
	return false
}

// Unique returns each edge once, in order, with all ways that led to it.
func Unique(edges []*GraphEdge) []*GraphEdge {
	first := map[string]*GraphEdge{}
	for _, e := range edges {
		if have := first[e.ID()]; have == nil {
			first[e.ID()] = e
		} else if have != e {
			have.above = append(have.above, e.above...)
			have.askedFrom(slices.Collect(maps.Keys(e.asked))...)
		}
	}
	return slices.SortedFunc(maps.Values(first), CompareEdges)
}

// EdgeBetween is the edge that a relation's claims from one entity to another draw; that of a symmetric one goes from
// the smaller xid (law 12).
func (s *Snapshot) EdgeBetween(from Candidate, relation string, to Candidate) *GraphEdge {
	if s.Ontology.Relation(relation).Swaps(from.XID, to.XID) {
		from, to = to, from
	}
	return &GraphEdge{From: from.XID, To: to.XID, FromUID: from.UID, ToUID: to.UID, Relation: relation, summed: true}
}

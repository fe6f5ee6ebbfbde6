package step

import (
	"context"

	"orbat/queries/view"
)

// hop gives the edges that lead from a frontier along relations of the ontology, backwards with a ~ before the name, and that
// satisfy the filters. Of a hub it gives the first and marks the answer truncated.
func (a *Execution) hop(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, crowded, err := a.Along(ctx, frontier, nil, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.keep(ctx, edges)
}

// stated is hop with the claims behind each edge read, as whoever asks for periods must.
func (a *Execution) stated(ctx context.Context, frontier []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, crowded, err := a.Along(ctx, frontier, nil, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.Prove(ctx, edges)
}

// between gives the edges between a frontier and some others, however many links those have, and satisfying the filters.
func (a *Execution) between(ctx context.Context, frontier, others []string, ways ...string) ([]*view.GraphEdge, error) {
	edges, crowded, err := a.Along(ctx, frontier, others, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.keep(ctx, edges)
}

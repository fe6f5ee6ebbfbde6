package paths

import (
	"context"
	"slices"

	"orbat/queries/view"
)

// vet asks whether what chains run over may be part of one: entities that were not read, whose type and number of links
// are not known yet, and, where filters are on, each edge (law 8). It reports whether it struck anything out.
func (s *search) vet(ctx context.Context, chains [][]*edge) (struck bool, err error) {
	byHop, between := s.parts(chains)
	if struck, err = s.vetNodes(ctx, between); struck || err != nil || !s.Filter.Active() {
		return struck, err
	}
	for range byHop {
		// Where the chains go through fewest what fails saves most.
		thinnest := -1
		for hop, edges := range byHop {
			if len(edges) > 0 && (thinnest < 0 || len(edges) < len(byHop[thinnest])) {
				thinnest = hop
			}
		}
		if thinnest < 0 {
			break
		}
		if failed, err := s.proveEdges(ctx, byHop[thinnest]); failed || err != nil {
			return failed, err
		}
		byHop[thinnest] = nil
	}
	return false, nil
}

// parts returns what is not proven yet of equally long chains: edges by hop, and what lies between the ends.
func (s *search) parts(chains [][]*edge) (byHop [][]*edge, between []*node) {
	taken, seen := map[*edge]bool{}, map[*node]bool{}
	for _, chain := range chains {
		if byHop == nil {
			byHop = make([][]*edge, len(chain))
		}
		for hop, e := range chain {
			if e.proof == unproven && !taken[e] {
				taken[e] = true
				byHop[hop] = append(byHop[hop], e)
			}
			for _, n := range []*node{e.from, e.to} {
				if !s.graph.isEnd(n) && !seen[n] {
					seen[n] = true
					between = append(between, n)
				}
			}
		}
	}
	return byHop, between
}

// vetNodes reports whether no chain may run through one of the nodes.
func (s *search) vetNodes(ctx context.Context, nodes []*node) (struck bool, err error) {
	byUID(nodes)
	unknown := slices.DeleteFunc(slices.Clone(nodes), func(n *node) bool { return n.vetted })
	for batch := range slices.Chunk(unknown, 10*probeAtOnce) {
		if err := s.lookAtEnds(ctx, batch); err != nil {
			return false, err
		}
	}
	for batch := range slices.Chunk(nodes, probeAtOnce) {
		if err := s.weigh(ctx, batch); err != nil {
			return false, err
		}
	}
	return slices.ContainsFunc(nodes, func(n *node) bool { return n.dead }), nil
}

// proveEdges reads the claims behind edges and reports whether any of them has none that satisfies the filters
// together.
func (s *search) proveEdges(ctx context.Context, edges []*edge) (failed bool, err error) {
	for batch := range slices.Chunk(edges, view.GroupsAtOnce) {
		ties := make([]view.Tie, len(batch))
		for i, e := range batch {
			ties[i] = view.Tie{From: e.from.uid, To: e.to.uid, Relation: e.relation}
		}
		proven, err := s.topology.Prove(ctx, ties)
		if err == nil {
			err = s.Contest(ctx, proven)
		}
		if err != nil {
			return failed, err
		}
		for i, e := range batch {
			e.raw = proven[i]
			if e.proof = holds; len(e.raw.Passed) == 0 {
				e.proof, failed = fails, true
			}
		}
	}
	return failed, nil
}

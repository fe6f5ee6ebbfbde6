package queries

import (
	"context"
	"slices"
)

// vet asks whether what the walks run over may be part of a chain: entities that were not read, whose type and number of links are
// not known yet, and, where filters are on, each edge (law 8). It strikes out what may not, and reports whether it did,
// so that the walks must be found again.
func (s *pathSearch) vet(ctx context.Context, w *walks) (again bool, err error) {
	byHop, nodes := w.edges()
	if died, err := s.vetNodes(ctx, nodes); died || err != nil {
		return true, err
	}
	if !s.values.filter.active() {
		return false, nil
	}
	// Where the walks are fewest what fails saves most.
	var thinnest []*pathEdge
	for _, edges := range byHop {
		edges = slices.DeleteFunc(edges, func(e *pathEdge) bool { return e.proof != unproven })
		if len(edges) > 0 && (thinnest == nil || len(edges) < len(thinnest)) {
			thinnest = edges
		}
	}
	if thinnest == nil {
		return false, nil
	}
	failed, err := s.proveEdges(ctx, thinnest)
	if failed {
		s.graph.measure()
	}
	return true, err
}

func (s *pathSearch) vetNodes(ctx context.Context, nodes []*pathNode) (died bool, err error) {
	nodes = slices.DeleteFunc(nodes, func(n *pathNode) bool { return n.vetted })
	byUID(nodes)
	for batch := range slices.Chunk(nodes, 10*probeAtOnce) {
		looks, err := s.look(ctx, pathTypesDQL, batch, nil)
		if err != nil {
			return died, err
		}
		for _, l := range looks {
			died = !s.judge(s.graph.node(l.uid), l) || died
		}
		left, err := s.avoidHubs(ctx, slices.DeleteFunc(slices.Clone(batch), func(n *pathNode) bool { return n.dead }))
		if err != nil {
			return died, err
		}
		died = died || s.rules.maxLinks > 0 && len(left) < len(batch)
	}
	if died {
		s.graph.measure()
	}
	return died, nil
}

// proveEdges reads the claims behind edges and reports whether any of them has none that satisfies the filters together.
func (s *pathSearch) proveEdges(ctx context.Context, edges []*pathEdge) (failed bool, err error) {
	if err := s.name(ctx, edges); err != nil {
		return false, err
	}
	for batch := range slices.Chunk(edges, groupsAtOnce) {
		raw := make([]*rawEdge, len(batch))
		for i, e := range batch {
			e.raw = &rawEdge{
				from: e.from.xid, to: e.to.xid, fromUID: formatUID(e.from.uid), toUID: formatUID(e.to.uid), relation: e.relation, summed: true,
			}
			raw[i] = e.raw
		}
		if _, err := s.proveAll(ctx, raw); err != nil {
			return failed, err
		}
		for _, e := range batch {
			if e.proof = holds; len(e.raw.passed) == 0 {
				e.proof, failed = fails, true
			}
		}
	}
	return failed, nil
}

// name asks for the xids of the ends of edges: a claim's key is made of them.
func (s *pathSearch) name(ctx context.Context, edges []*pathEdge) error {
	var nodes []*pathNode
	for _, e := range edges {
		for _, n := range []*pathNode{e.from, e.to} {
			if n.xid == "" {
				nodes = append(nodes, n)
			}
		}
	}
	return s.nameNodes(ctx, nodes)
}

func (s *pathSearch) nameNodes(ctx context.Context, nodes []*pathNode) error {
	byUID(nodes)
	for batch := range slices.Chunk(slices.Compact(nodes), 10*probeAtOnce) {
		if _, err := s.look(ctx, pathTypesDQL, batch, nil); err != nil {
			return err
		}
	}
	return nil
}

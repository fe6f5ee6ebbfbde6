package queries

import (
	"context"
	"slices"
)

// vet asks whether what chains run over may be part of one: entities that were not read, whose type and number of links are not
// known yet, and, where filters are on, each edge (law 8). It reports whether it struck anything out.
func (s *pathSearch) vet(ctx context.Context, chains [][]*pathEdge) (struck bool, err error) {
	byHop, between := s.parts(chains)
	if struck, err = s.vetNodes(ctx, between); struck || err != nil || !s.values.Filter.Active() {
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

// parts gives what is not proven yet of equally long chains: edges by hop, and what lies between the ends.
func (s *pathSearch) parts(chains [][]*pathEdge) (byHop [][]*pathEdge, between []*pathNode) {
	taken, seen := map[*pathEdge]bool{}, map[*pathNode]bool{}
	for _, chain := range chains {
		if byHop == nil {
			byHop = make([][]*pathEdge, len(chain))
		}
		for hop, e := range chain {
			if e.proof == unproven && !taken[e] {
				taken[e] = true
				byHop[hop] = append(byHop[hop], e)
			}
			for _, n := range []*pathNode{e.from, e.to} {
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
func (s *pathSearch) vetNodes(ctx context.Context, nodes []*pathNode) (struck bool, err error) {
	byUID(nodes)
	unknown := slices.DeleteFunc(slices.Clone(nodes), func(n *pathNode) bool { return n.vetted })
	for batch := range slices.Chunk(unknown, 10*probeAtOnce) {
		looks, err := s.look(ctx, pathTypesDQL, batch, nil)
		if err != nil {
			return false, err
		}
		for _, l := range looks {
			s.judge(s.graph.node(l.uid), l)
		}
	}
	for batch := range slices.Chunk(nodes, probeAtOnce) {
		if err := s.weigh(ctx, batch); err != nil {
			return false, err
		}
	}
	return slices.ContainsFunc(nodes, func(n *pathNode) bool { return n.dead }), nil
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

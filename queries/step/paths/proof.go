package paths

import (
	"context"
	"slices"

	"orbat/queries/view"
)

// vet asks whether what chains run over may be part of one: entities that were not read, whose type and number of links are not
// known yet, and, where filters are on, each edge (law 8). It reports whether it struck anything out.
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

// parts gives what is not proven yet of equally long chains: edges by hop, and what lies between the ends.
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

// proveEdges reads the claims behind edges and reports whether any of them has none that satisfies the filters together.
func (s *search) proveEdges(ctx context.Context, edges []*edge) (failed bool, err error) {
	if err := s.name(ctx, edges); err != nil {
		return false, err
	}
	for batch := range slices.Chunk(edges, view.GroupsAtOnce) {
		raw := make([]*view.GraphEdge, len(batch))
		for i, e := range batch {
			e.raw = s.EdgeBetween(view.Candidate{XID: e.from.xid, UID: view.FormatUID(e.from.uid)}, e.relation, view.Candidate{XID: e.to.xid, UID: view.FormatUID(e.to.uid)})
			raw[i] = e.raw
		}
		if _, err := s.Prove(ctx, raw); err != nil {
			return failed, err
		}
		for _, e := range batch {
			if e.proof = holds; len(e.raw.Passed) == 0 {
				e.proof, failed = fails, true
			}
		}
	}
	return failed, nil
}

// name asks for the xids of the ends of edges: a claim's key is made of them.
func (s *search) name(ctx context.Context, edges []*edge) error {
	var nodes []*node
	for _, e := range edges {
		for _, n := range []*node{e.from, e.to} {
			if n.xid == "" {
				nodes = append(nodes, n)
			}
		}
	}
	return s.nameNodes(ctx, nodes)
}

func (s *search) nameNodes(ctx context.Context, nodes []*node) error {
	byUID(nodes)
	for batch := range slices.Chunk(slices.Compact(nodes), 10*probeAtOnce) {
		found, err := s.topology.Ends(ctx, uidsOfNodes(batch))
		if err != nil {
			return err
		}
		for _, l := range found {
			s.graph.node(l.UID).xid = l.XID
		}
	}
	return nil
}

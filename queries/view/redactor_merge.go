package view

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"orbat/schema"
)

// seenMerges computes what is one for those who see no more than the limits allow, of what all decisions make one: by
// the same decisions that hold and whose both ends are seen.
func (r *redactor) seenMerges(ctx context.Context, drawn *Merges) (*Merges, error) {
	switch {
	case r == nil:
		return drawn, nil
	case r.seen != nil:
		return r.seen, nil
	}
	r.seen = &Merges{Merges: schema.MergesOf(nil), uid: drawn.uid}
	if len(drawn.uid) == 0 {
		return r.seen, nil
	}
	visible, err := r.visible(ctx, slices.Collect(maps.Keys(drawn.uid)))
	if err != nil {
		return nil, err
	}
	for c, err := range r.pages(ctx, schema.EveryDecision) {
		if err != nil {
			return nil, fmt.Errorf("read decisions: %w", err)
		}
		if c.Predicate == schema.Same && r.holds(drawn, c) && visible[c.Subject] && visible[c.Object] {
			r.seen.Add(&c.Claim)
		}
	}
	return r.seen, nil
}

// SplitsEntities reports whether a marking limit leaves out decisions that make entities one in the graph.
func (s *Snapshot) SplitsEntities(ctx context.Context) (bool, error) {
	if s.redactor == nil {
		return false, nil
	}
	drawn, err := s.readDrawnMerges(ctx)
	if err != nil {
		return false, err
	}
	seen, err := s.Merges(ctx)
	if err != nil {
		return false, err
	}
	for xid := range drawn.uid {
		if drawn.Rep(xid) != seen.Rep(xid) {
			return true, nil
		}
	}
	return false, nil
}

// holds reports whether a decision is in force: one that contradicts others is left out of the derivation (law 10).
func (r *redactor) holds(drawn *Merges, c *schema.StoredClaim) bool {
	return c.Stands && c.Draws() && (c.Predicate != schema.Same || drawn.Rep(c.Subject) == drawn.Rep(c.Object))
}

// DrawnAt returns the uids on which the graph has the edges of entities: those of the representatives that all
// decisions make.
func (s *Snapshot) DrawnAt(ctx context.Context, uids ...string) ([]string, error) {
	if s.redactor == nil {
		return uids, nil
	}
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	var at []string
	for _, uid := range uids {
		s.redactor.asked[uid] = true
		if xid, merged := m.byUID[uid]; merged {
			uid = m.uid[m.Rep(xid)]
		}
		if !slices.Contains(at, uid) {
			at = append(at, uid)
		}
	}
	return at, nil
}

// edges proves edges at once: what they show besides is the sum of claims that may not all be seen.
func (r *redactor) edges(ctx context.Context, edges []*GraphEdge) ([]*GraphEdge, error) {
	if r == nil {
		return edges, nil
	}
	return r.Prove(ctx, edges)
}

// splitByMarking returns edges the ends that are seen: where decisions that are not seen join entities, one drawn edge
// is several. byGroup says afterwards which edge a group of claims is behind.
func (r *redactor) splitByMarking(ctx context.Context, edges []*GraphEdge, byGroup map[string]*GraphEdge, claims []Claim) ([]*GraphEdge,
	error,
) {
	if r == nil {
		return edges, nil
	}
	drawn, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	m, err := r.Merges(ctx)
	if err != nil {
		return nil, err
	}
	focused := map[string]bool{} // merged entities that were asked for under one of their parts
	for uid := range r.asked {
		if xid, merged := drawn.byUID[uid]; merged {
			focused[drawn.Rep(xid)] = true
		}
	}
	type part struct {
		edge     *GraphEdge
		from, to end
		near     string
	}
	byID, used, done := map[string]*GraphEdge{}, map[*GraphEdge]bool{}, map[string]bool{}
	var parts []part
	for _, c := range claims {
		group := schema.GroupOf(c.StoredKey)
		if done[group] {
			continue
		}
		done[group] = true
		whole := byGroup[group]
		from, to := m.end(c.Subject, c.SubjectUID), m.end(c.Object, c.ObjectUID)
		near, far := from, to
		if drawn.Rep(c.Subject) != whole.Near {
			near, far = to, from
		}
		if focused[whole.Near] && !r.asked[near.uid] {
			if near = far; !r.asked[far.uid] {
				delete(byGroup, group) // it is another part's than that which was asked for
				continue
			}
		}
		if r.Ontology.Relation(whole.Relation).Swaps(from.xid, to.xid) {
			from, to = to, from
		}
		id := schema.GroupKey(from.xid, whole.Relation, to.xid)
		if byID[id] == nil {
			edge := whole
			if used[whole] {
				own := *whole
				edge = &own
			}
			used[whole], byID[id] = true, edge
			parts = append(parts, part{edge, from, to, near.xid})
		}
		byGroup[group] = byID[id]
	}
	edges = nil
	for _, p := range parts {
		e := p.edge
		asked := map[string]bool{}
		for _, end := range []end{p.from, p.to} {
			rep := drawn.Rep(end.xid)
			asked[end.xid] = e.asked[rep] && (!focused[rep] || r.asked[end.uid])
		}
		e.asked = asked
		e.key, e.From, e.To, e.FromUID, e.ToUID, e.Near = "", p.from.xid, p.to.xid, p.from.uid, p.to.uid, p.near
		edges = append(edges, e)
	}
	slices.SortFunc(edges, CompareEdges)
	return edges, nil
}

// end is an entity at one end of an edge.
type end struct{ xid, uid string }

// end returns what a claim's end is seen as.
func (m *Merges) end(xid, uid string) end {
	rep := m.Rep(xid)
	if known, merged := m.uid[rep]; merged {
		uid = known
	}
	return end{rep, uid}
}

package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"orbat/schema"
)

// readSeenMerges computes what is one for those who see no more: by the same decisions that hold and whose both ends are seen.
func (v *sight) readSeenMerges(ctx context.Context) (*merges, error) {
	if v.seen != nil {
		return v.seen, nil
	}
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	v.seen = &merges{rep: map[string]string{}, members: map[string][]string{}, uid: drawn.uid}
	if len(drawn.rep) == 0 {
		return v.seen, nil
	}
	visible, err := v.visible(ctx, slices.Collect(maps.Keys(drawn.uid)))
	if err != nil {
		return nil, err
	}
	group := map[string][]string{} // by member: all that is one with it
	err = v.eachDecision(ctx, func(c *schema.StoredClaim) {
		a, b := c.Subject, c.Object
		if !v.holds(drawn, c) || c.Predicate != schema.Same || !visible[a] || !visible[b] || slices.Contains(group[a], b) {
			return
		}
		one := slices.Sorted(slices.Values(slices.Concat(group[a], group[b], []string{a, b})))
		one = slices.Compact(one)
		for _, member := range one {
			group[member] = one
		}
	})
	if err != nil {
		return nil, err
	}
	for member, one := range group {
		if member != one[0] {
			v.seen.rep[member] = one[0]
		} else {
			v.seen.members[member] = one[1:]
		}
	}
	return v.seen, nil
}

// torn reports whether a marking limit leaves out decisions that make entities one in the graph.
func (s *snapshot) torn(ctx context.Context) (bool, error) {
	if s.sight == nil {
		return false, nil
	}
	drawn, err := s.readDrawnMerges(ctx)
	if err != nil {
		return false, err
	}
	seen, err := s.readMerges(ctx)
	if err != nil {
		return false, err
	}
	for xid := range drawn.uid {
		if drawn.repOf(xid) != seen.repOf(xid) {
			return true, nil
		}
	}
	return false, nil
}

// holds reports whether a decision is in force: one that contradicts others is left out of the derivation (law 10).
func (v *sight) holds(drawn *merges, c *schema.StoredClaim) bool {
	return c.Stands && c.Draws() && (c.Predicate != schema.Same || drawn.repOf(c.Subject) == drawn.repOf(c.Object))
}

// eachDecision gives the claims of the reserved data set.
func (s *snapshot) eachDecision(ctx context.Context, do func(*schema.StoredClaim)) error {
	for after := "0x0"; ; {
		var page struct{ Q json.RawMessage }
		err := s.query(ctx, `query q($after: string, $first: int) { `+decidedBlock+` q(func: uid(decided), first: $first, after: $after) { `+schema.ClaimFields+` } }`,
			map[string]string{"$after": after, "$first": strconv.Itoa(claimPage)}, &page)
		if err != nil {
			return fmt.Errorf("read decisions: %w", err)
		}
		claims, err := schema.DecodeClaims(page.Q)
		if err != nil || len(claims) == 0 {
			return err
		}
		for _, c := range claims {
			do(c)
			after = c.UID
		}
	}
}

// drawnAt gives the uids on which the graph has the edges of entities: those of the representatives that all decisions make.
func (s *snapshot) drawnAt(ctx context.Context, uids ...string) ([]string, error) {
	if s.sight == nil {
		return uids, nil
	}
	m, err := s.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	var at []string
	for _, uid := range uids {
		s.sight.asked[uid] = true
		if xid, merged := m.byUID[uid]; merged {
			uid = m.uid[m.repOf(xid)]
		}
		if !slices.Contains(at, uid) {
			at = append(at, uid)
		}
	}
	return at, nil
}

// split gives edges the ends that are seen: where decisions that are not seen join entities, one drawn edge is several. byGroup
// says afterwards which edge a group of claims is behind.
func (v *sight) split(ctx context.Context, byGroup map[string]*rawEdge, claims []foundClaim) ([]*rawEdge, error) {
	drawn, err := v.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	m, err := v.readMerges(ctx)
	if err != nil {
		return nil, err
	}
	focused := map[string]bool{} // merged entities that were asked for under one of their parts
	for uid := range v.asked {
		if xid, merged := drawn.byUID[uid]; merged {
			focused[drawn.repOf(xid)] = true
		}
	}
	type part struct {
		edge     *rawEdge
		from, to end
		near     string
	}
	byID, used, done := map[string]*rawEdge{}, map[*rawEdge]bool{}, map[string]bool{}
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
		if drawn.repOf(c.Subject) != whole.near {
			near, far = to, from
		}
		if focused[whole.near] && !v.asked[near.uid] {
			if near = far; !v.asked[far.uid] {
				delete(byGroup, group) // it is another part's than that which was asked for
				continue
			}
		}
		if r := v.ontology.Relation(whole.relation); r != nil && r.Symmetric && to.xid < from.xid {
			from, to = to, from
		}
		id := schema.GroupKey(from.xid, whole.relation, to.xid)
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
	var edges []*rawEdge
	for _, p := range parts {
		e := p.edge
		e.key, e.from, e.to, e.fromUID, e.toUID, e.near = "", p.from.xid, p.to.xid, p.from.uid, p.to.uid, p.near
		edges = append(edges, e)
	}
	slices.SortFunc(edges, compareEdges)
	return edges, nil
}

// end is an entity at one end of an edge.
type end struct{ xid, uid string }

// end gives what a claim's end is seen as.
func (m *merges) end(xid, uid string) end {
	rep := m.repOf(xid)
	if known, merged := m.uid[rep]; merged {
		uid = known
	}
	return end{rep, uid}
}

package view

import (
	"context"
	"slices"

	"orbat/schema"
)

// CountedAbout returns the claims that count about entities: of their own facts, and where links are wanted those that
// link them, of each the first most. What decisions made one goes by its representative.
func (s *Snapshot) CountedAbout(ctx context.Context, entities []Candidate, links bool, most int) ([]*schema.Claim, error) {
	m, err := s.Merges(ctx)
	if err != nil {
		return nil, err
	}
	var groups, uids []string
	for _, e := range entities {
		for _, xid := range m.All(e.XID) {
			groups = append(groups, schema.FactsKey(xid))
		}
		members, err := s.MembersOf(ctx, e)
		if err != nil {
			return nil, err
		}
		uids = append(uids, members...)
	}
	var list []*schema.Claim
	seen := map[string]bool{}
	add := func(claims []Claim) {
		for _, c := range claims {
			if c.InForce() && !seen[c.StoredKey] {
				seen[c.StoredKey] = true
				claim := c.Claim
				claim.Subject, claim.Object = m.Rep(claim.Subject), m.Rep(claim.Object)
				list = append(list, &claim)
			}
		}
	}
	facts, err := s.Said(ctx, groups)
	if err != nil {
		return nil, err
	}
	add(facts)
	if !links {
		return list, nil
	}
	slices.Sort(uids)
	uids = slices.Compact(uids)
	for _, edge := range []string{"~claim.subject", "~claim.object"} {
		if err := s.EachClaimAt(ctx, uids, edge, most, func(claims []Claim) error {
			add(slices.DeleteFunc(claims, func(c Claim) bool { return c.Object == "" }))
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Linked returns the entities of some types that a link leads to from any of some entities, each by ~ against its
// direction.
func (s *Snapshot) Linked(ctx context.Context, uids []string, way string, most int, types ...string) ([]Candidate, error) {
	edges, _, err := s.Along(ctx, uids, nil, way)
	if err != nil {
		return nil, err
	}
	if edges, err = s.Prove(ctx, edges); err != nil {
		return nil, err
	}
	var ends []string
	for _, e := range edges {
		for _, uid := range []string{e.FromUID, e.ToUID} {
			if !slices.Contains(uids, uid) && !slices.Contains(ends, uid) && len(ends) < most {
				ends = append(ends, uid)
			}
		}
	}
	nodes, err := s.Nodes(ctx, ends, true)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, n := range nodes {
		if len(types) == 0 || n.Type == "" || slices.Contains(types, n.Type) {
			list = append(list, n.candidate(byLink))
		}
	}
	return list, nil
}

func (n *Node) candidate(match string) Candidate {
	return Candidate{
		XID: n.XID, Type: n.Type, Name: n.Name, Country: first(n.Properties, "country"), Aliases: n.Properties["aliases"],
		About: first(n.Properties, "description"), Match: match, UID: n.UID,
	}
}

// Describe adds to entities what tells them from others of their names: rank, unit and years; kind, and what it lies
// in.
func (s *Snapshot) Describe(ctx context.Context, list []Candidate) error {
	for batch := range slices.Chunk(list, maxDescribed) {
		if err := s.describe(ctx, nil, batch); err != nil {
			return err
		}
	}
	return nil
}

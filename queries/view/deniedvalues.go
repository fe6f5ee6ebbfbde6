package view

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"orbat/schema"
)

// DeniesValue reports whether one of some claims about an entity denies or negates a value of a property, as another of
// them states it, for a time that may have a moment in common with that ([schema.Agreement.Denies]).
func (s *Snapshot) DeniesValue(claims []Claim, by Claim, property, value string) bool {
	if property == "type" { // who denies what is said of a person does not deny that this is one
		return false
	}
	stated := schema.Stated{Value: value, Claims: []*schema.StoredClaim{by.StoredClaim}}
	p := s.Ontology.Property("", property)
	agreement := sync.OnceValue(func() schema.Agreement { return s.Ontology.Agreement("", p, Stored(claims)) }) // few are denied
	for _, d := range claims {
		if !d.Evidence.Denies() {
			continue
		}
		if _, holding := s.Filter.Meet(by.Period, d.Period); holding == schema.No {
			continue
		}
		for _, denied := range d.valuesOf(property) {
			if p == nil && denied == value || p != nil && agreement().Denies(
				schema.Stated{Value: denied, Claims: []*schema.StoredClaim{d.StoredClaim}}, stated) {
				return true
			}
		}
	}
	return false
}

// Stored returns claims as they are stored, without their evidence.
func Stored(claims []Claim) []*schema.StoredClaim {
	list := make([]*schema.StoredClaim, len(claims))
	for i, c := range claims {
		list[i] = c.StoredClaim
	}
	return list
}

// valuesOf returns what a claim says of a property.
func (c Claim) valuesOf(property string) (values []string) {
	if c.Object != "" {
		return nil
	}
	if c.Predicate != schema.Describes {
		if c.Predicate == property {
			values = append(values, c.Claim.Value)
		}
		return values
	}
	values = slices.Clone(c.Values[property])
	if extra, has := c.Extra[property]; has {
		values = append(values, extra)
	}
	return values
}

// deniedAmong returns what tells those among nodes of whom some claim may deny a value.
func (s *Snapshot) deniedAmong(ctx context.Context, nodes []*Node) (perhaps func(*Node) bool, err error) {
	if s.redactor != nil { // it has read what is said of them
		return func(n *Node) bool { return s.redactor.denials[n.XID] }, nil
	}
	if s.denied == nil {
		if err := s.readNotAsserted(ctx); err != nil {
			return nil, err
		}
	}
	among := s.denied.values
	if s.denied.more {
		if among, err = s.notAssertedOf(ctx, nodes); err != nil {
			return nil, err
		}
	}
	return func(n *Node) bool { return among[n.UID] }, nil
}

// notAssertedOf returns the uids of those among nodes of whom a claim says something that it does not simply assert.
func (s *Snapshot) notAssertedOf(ctx context.Context, nodes []*Node) (map[string]bool, error) {
	uids := make([]string, len(nodes))
	for i, n := range nodes {
		uids[i] = n.UID
	}
	type about struct {
		UID   string
		Said  []struct{ UID string } `json:"~claim.subject"`
		Parts []about                `json:"~entity.rep"`
	}
	const said = "uid ~claim.subject (first: 1) @filter(has(claim.assertion)) { uid } "
	var found struct{ Q []about }
	err := s.query(ctx, "query q($uids: string) { q(func: uid($uids)) { "+said+"~entity.rep { "+said+"} } }",
		map[string]string{"$uids": UIDList(uids)}, &found)
	if err != nil {
		return nil, fmt.Errorf("look for what is denied: %w", err)
	}
	among := map[string]bool{}
	for _, n := range found.Q {
		among[n.UID] = len(n.Said) > 0 || slices.ContainsFunc(n.Parts, func(part about) bool { return len(part.Said) > 0 })
	}
	return among, nil
}

// contest notes which of the properties that a node shows claims deny, among all that is said of it.
func (s *Snapshot) contest(n *Node, claims []Claim) {
	n.Denied = nil
	for property, shown := range n.Properties {
		if slices.ContainsFunc(claims, func(c Claim) bool {
			return c.Evidence.Counts() && slices.ContainsFunc(c.valuesOf(property), func(value string) bool {
				return slices.Contains(shown, value) && s.DeniesValue(claims, c, property, value)
			})
		}) {
			n.Denied = append(n.Denied, property)
		}
	}
	slices.Sort(n.Denied)
}

package loader

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"orbat/loader/identity"
	"orbat/schema"
)

// namedEntities are whom the input of a load names, by xid; nil: nobody asks.
type namedEntities map[string]bool

func (n namedEntities) add(c *schema.Claim) {
	if n == nil || c.Decision() {
		return
	}
	for _, xid := range []string{c.Subject, c.Object, c.AttributedTo} {
		if xid != "" {
			n[xid] = true
		}
	}
}

// linker is who decided what a load links: the same whoever loads and whenever. What is linked depends on what was
// loaded by then: another order, or a data set in two parts, may link others.
const linker = "orbat load --link"

// link decides that entities that an input names are the same as others, from a score on, and returns the decisions.
// Left to a person are events, people of whom nothing but the names agrees, whoever has several such partners that one
// data set keeps apart, and what contradicts other decisions.
func (l *Loader) link(ctx context.Context, named namedEntities, score float64) ([]Decision, error) {
	standing, err := l.graph().StandingDecisions(ctx)
	if err != nil {
		return nil, err
	}
	merges := schema.Decide(standing)
	known := map[string]bool{}
	for xid := range named {
		known[merges.Rep(xid)] = true
	}
	pairs, err := l.Candidates(ctx, identity.Options{Threshold: score, New: known})
	if err != nil {
		return nil, err
	}
	partners := map[string][]identity.Side{}
	for _, p := range pairs {
		partners[p.A.XID] = append(partners[p.A.XID], p.B)
		partners[p.B.XID] = append(partners[p.B.XID], p.A)
	}
	meet := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(set string) bool { return slices.Contains(b, set) })
	}
	several := func(of, partner identity.Side) bool {
		return merges.Merged(of.XID) && meet(of.Datasets, partner.Datasets) ||
			slices.ContainsFunc(partners[of.XID], func(other identity.Side) bool {
				return other.XID != partner.XID && meet(other.Datasets, partner.Datasets)
			})
	}
	var decided []Decision
	for _, p := range pairs {
		if p.A.Type == "Event" || p.A.Type == "Person" && !corroborated(&p) || several(p.A, p.B) || several(p.B, p.A) {
			continue
		}
		sets := slices.Compact(slices.Sorted(slices.Values(slices.Concat(p.A.Datasets, p.B.Datasets))))
		decided = append(decided, Decision{
			Kind: schema.Same, Between: []string{p.A.XID, p.B.XID}, By: linker, Why: why(&p), Session: "link:" + strings.Join(sets, "+"),
		})
	}
	slices.SortFunc(decided, func(a, b Decision) int { return slices.Compare(a.Between, b.Between) })
	for len(decided) > 0 {
		var records []*schema.Record
		for _, d := range decided {
			records = append(records, d.Record())
		}
		_, err := l.Decide(ctx, records)
		var refused *ContradictionError
		if !errors.As(err, &refused) {
			return decided, err
		}
		left := slices.DeleteFunc(slices.Clone(decided), func(d Decision) bool {
			return sameEnds(d.Between, refused.Decision.Between)
		})
		if len(left) == len(decided) {
			return nil, err
		}
		decided = left
	}
	return nil, nil
}

func sameEnds(a, b []string) bool {
	return maps.Equal(map[string]bool{a[0]: true, a[1]: true}, map[string]bool{b[0]: true, b[1]: true})
}

// corroborated reports whether something besides the names speaks for a pair.
func corroborated(p *identity.Pair) bool {
	return slices.ContainsFunc(p.Shares, func(s identity.Share) bool {
		return s.Bits > 0 && s.Feature != "name" && s.Feature != "sources"
	})
}

// why returns what speaks for a pair: the features without their values, which claims may state that are marked, while
// the decision is not.
func why(p *identity.Pair) string {
	var features []string
	for _, s := range p.Shares {
		if s.Bits > 0 {
			features = append(features, s.Feature)
		}
	}
	return strings.Join(features, ", ")
}

// Package match tells which entity of the graph is meant by what somebody knows of one: its name, as well or badly
// written as in a spreadsheet, its type, values, and what it is linked with. Who may be meant is found by the look-up
// of names that search has (package queries), up to what the caller may see; how likely each is by the evidence that
// orbat resolve weighs (package identity). Nothing here compares by itself.
//
//	query := match.Query{Name: "Lt Gen Micheal Kurila", Types: []string{"Person"}, Known: match.Known{Values: …}}
//	candidates, err := match.Find(ctx, runner, query)
//
// [Find] answers several queries of one snapshot. [Known.Add] takes values and links as others write them, of what
// [FindFeature] finds by the id or label of a property or relation.
package match

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"orbat/loader/identity"
	"orbat/queries"
	"orbat/schema"
)

// Query is an entity that is looked for by what is known of it.
type Query struct {
	Name    string
	Aliases []string
	Types   []string // it is of one of these; none: of any
	Known
	Limit int // at most so many candidates; 0: 10
}

// Known is what is known of an entity beside its names and type.
type Known struct {
	Values map[string][]string // by property, canonical
	Links  []queries.SoughtLink
}

// Candidate is an entity that may be meant.
type Candidate struct {
	queries.Candidate
	Score   float64          // the probability that it is, 0 to 1
	Bits    float64          // the sum of the shares
	Shares  []identity.Share // what each feature adds to it
	Against []string         // what rules it out
	Certain bool             // it may be taken without a look
}

// most is how many candidates are returned unless told otherwise.
const most = 10

// sure is the score from which a candidate is taken without a look, where no other comes near.
const sure = 0.9

// Find returns for each query the entities that may be meant, the likeliest first.
func Find(ctx context.Context, r *queries.Runner, list ...Query) ([][]Candidate, error) {
	sought := make([]queries.Sought, len(list))
	for i, q := range list {
		types := q.Types
		if len(types) == 0 { // a document is looked for by who says so
			for _, t := range r.Ontology.Types {
				if t.Name != schema.SourceType {
					types = append(types, t.Name)
				}
			}
		}
		sought[i] = queries.Sought{Types: types, Values: q.Values, Links: q.Links}
		for _, name := range append([]string{q.Name}, q.Aliases...) {
			if strings.TrimSpace(name) != "" {
				sought[i].Names = append(sought[i].Names, name)
			}
		}
	}
	likely, err := r.Likely(ctx, sought...)
	if err != nil {
		return nil, err
	}
	found := make([][]Candidate, len(list))
	var shown []queries.Candidate
	for i, q := range list {
		if found[i], err = weigh(ctx, sought[i].Names, q, likely[i]); err != nil {
			return nil, err
		}
		for _, c := range found[i] {
			shown = append(shown, c.Candidate)
		}
	}
	if err := r.Describe(ctx, shown); err != nil {
		return nil, err
	}
	for i := range found {
		for j := range found[i] {
			found[i][j].Candidate, shown = shown[0], shown[1:]
		}
	}
	return found, nil
}

// soughtXID is the xid that what is looked for has among those that it is compared with, by the type that it is taken
// for. No entity has such a one.
func soughtXID(entityType string) string { return "\x00" + entityType }

// weigh compares what is known of an entity with each that may be meant, the likeliest first.
func weigh(ctx context.Context, names []string, q Query, likely *queries.Likely) ([]Candidate, error) {
	types := map[string]bool{}
	for _, c := range likely.Candidates {
		types[c.Type] = true
	}
	pairs := map[string]identity.Pair{}
	for _, entityType := range slices.Sorted(maps.Keys(types)) {
		// What is of no known type is compared with those of each as if it were of it.
		corpus, err := identity.NewCorpus(func(xid string) string { return xid })
		if err != nil {
			return nil, err
		}
		for _, claim := range likely.Claims {
			corpus.Add(claim)
		}
		own := soughtXID(entityType)
		for _, claim := range claimsOf(own, entityType, names, q, likely) {
			corpus.Add(claim)
		}
		compared, err := corpus.Pairs(ctx, identity.Options{Of: own})
		if err != nil {
			return nil, err
		}
		for _, p := range compared {
			other := p.A
			if other.XID == own {
				other = p.B
			}
			if _, known := pairs[other.XID]; !known || other.Type == entityType {
				pairs[other.XID] = p
			}
		}
	}
	list := make([]Candidate, len(likely.Candidates))
	for i, c := range likely.Candidates {
		p, compared := pairs[c.XID]
		list[i] = Candidate{Candidate: c, Score: p.Score, Bits: p.Bits, Shares: p.Shares, Against: p.Against}
		if !compared { // a stand-in for a unit that nobody knows is compared with nothing
			list[i].Bits = math.Inf(-1)
		}
		if c.Match == "xid" {
			list[i].Score = 1
		}
	}
	meant := map[string]bool{}
	for _, c := range likely.Candidates[:likely.Meant] {
		meant[c.XID] = true
	}
	if len(names) > 0 { // what has neither a word of the names nor anything else of what is known only sounds a little like it
		list = slices.DeleteFunc(list, func(c Candidate) bool {
			return c.Match == "likeness" && len(c.Shares) > 0 && !slices.ContainsFunc(c.Shares, func(s identity.Share) bool {
				return s.Feature == nameShare || s.Feature != priorShare && s.Bits > 0
			})
		})
	}
	agrees := func(c Candidate) bool {
		return len(names) == 0 || slices.ContainsFunc(c.Shares, func(s identity.Share) bool { return s.Feature == nameShare })
	}
	distances := map[string]int{} // by xid
	for _, c := range list {
		distances[c.XID] = distance(names, c)
	}
	slices.SortStableFunc(list, func(a, b Candidate) int {
		return cmp.Or(firstIf(a.Match == "xid", b.Match == "xid"), firstIf(len(a.Against) == 0, len(b.Against) == 0),
			firstIf(agrees(a), agrees(b)), cmp.Compare(b.Bits, a.Bits), firstIf(meant[a.XID], meant[b.XID]),
			distances[a.XID]-distances[b.XID])
	})
	for i := range list {
		list[i].Bits = max(list[i].Bits, leastBits)
	}
	if len(list) > 0 {
		list[0].Certain = certain(list, likely)
	}
	return list[:min(cmp.Or(q.Limit, most), len(list))], nil
}

// The features that package identity weighs of every pair, and of one whose names have something in common.
const (
	priorShare = "prior"
	nameShare  = "name"
)

// leastBits is what nothing that speaks for a candidate comes to.
const leastBits = -100

// distance is how far the names of what is looked for are from those of a candidate, in letters.
func distance(names []string, c Candidate) int {
	least := math.MaxInt32
	for _, name := range names {
		least = min(least, c.Distance(name))
	}
	return least
}

func firstIf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// certain reports whether the first of a list may be taken without a look: where a name of what is looked for means it
// alone, as a parameter of a question would be taken (law 17), or where it is likely and no other is; and nothing that
// is known speaks against it.
func certain(list []Candidate, likely *queries.Likely) bool {
	best := list[0]
	if best.Match == "xid" {
		return true
	}
	speaksAgainst := func(s identity.Share) bool { return s.Feature != priorShare && s.Bits < 0 }
	if len(best.Against) > 0 || slices.ContainsFunc(best.Shares, speaksAgainst) {
		return false
	}
	if likely.Meant == 1 && likely.Candidates[0].XID == best.XID {
		return true
	}
	return best.Score >= sure && likely.Meant <= 1 && (len(list) == 1 || list[1].Score < identity.Threshold)
}

// claimsOf says what is known of an entity as claims would.
func claimsOf(own, entityType string, names []string, q Query, likely *queries.Likely) []*schema.Claim {
	values := map[string][]string{}
	maps.Copy(values, q.Values)
	delete(values, "name")
	// What somebody writes need not be what it goes by: as a name of its own it would speak against those of another.
	values["aliases"] = slices.Concat(names, values["aliases"])
	claims := []*schema.Claim{{
		Subject: own, Predicate: schema.Describes, Type: entityType, Values: values, Assertion: schema.Asserted,
		Confidence: schema.NoConfidence,
	}}
	for i, link := range q.Links {
		for _, end := range likely.Ends[i] {
			claim := &schema.Claim{
				Subject: own, Predicate: link.Relation, Object: end.XID, Assertion: schema.Asserted, Confidence: schema.NoConfidence,
			}
			if link.In {
				claim.Subject, claim.Object = claim.Object, claim.Subject
			}
			claims = append(claims, claim)
		}
	}
	return claims
}

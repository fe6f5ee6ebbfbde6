package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/schema"

	"orbat/queries/view"
)

func claimColumns() []string {
	return []string{"from", "relation", "to", "role", "assertion", "by", "period", "confidence", "possible", "source", "quote", "dataset", "claim"}
}

// claimsOf lists every claim of the header's relations that touches an entity, whatever its assertion: what is denied or hearsay
// stands beside what is asserted, the surest first.
func claimsOf(ctx context.Context, a *Execution) error {
	entity, err := a.entityParam(0)
	if err != nil {
		return err
	}
	claims, more, err := a.ClaimsAt(ctx, entity, "claim.subject", "claim.object")
	if err != nil {
		return err
	}
	a.result.Truncated = a.result.Truncated || more
	edges, ends, err := a.EdgesDrawn(ctx, claims)
	if err != nil {
		return err
	}
	var kept []view.Claim
	for _, c := range claims {
		if !slices.Contains(a.relations, c.Predicate) || !c.Stands {
			continue
		}
		switch v := a.Filter.Judge(&c.Claim); {
		case v.Ungraded:
			a.result.Ungraded++
		case v.Shown:
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept, func(x, y view.Claim) int {
		return cmp.Or(strings.Compare(x.Predicate, y.Predicate), cmp.Compare(rankOf(x), rankOf(y)), cmp.Compare(y.Confidence, x.Confidence), strings.Compare(x.StoredKey, y.StoredKey))
	})
	var rows []row
	for _, c := range kept {
		possible := a.Filter.Judge(&c.Claim).Possible
		for _, cite := range c.Evidence.Cites {
			r := row{also: []string{ends[c.Subject].UID, ends[c.Object].UID}, possible: possible}
			if c.AttributedTo != "" {
				r.also = append(r.also, ends[c.AttributedTo].UID)
			}
			if e := edges[c.Group()]; e != nil && c.InForce() {
				r.edges = []*view.GraphEdge{e}
			}
			r.cell = func(field string) string {
				switch field {
				case "from":
					return a.nameOf(ends[c.Subject].XID)
				case "relation":
					return c.Predicate
				case "to":
					return a.nameOf(ends[c.Object].XID)
				case "role":
					return joinNonEmpty(", ", strings.Join(c.Values["role"], ", "), strings.Join(c.Values["outcome"], ", "), strings.Join(c.Values["quantity"], ", "))
				case "by":
					return a.nameOf(ends[c.AttributedTo].XID)
				case "possible":
					return possibly(possible)
				case "source":
					return view.SourceLine(cite)
				case "quote":
					return cmp.Or(quoted(cite.Quote), cite.Locator)
				}
				return a.claimCell(c, ends, field)
			}
			rows = append(rows, r)
		}
	}
	a.tabulate(rows)
	return nil
}

// claimCell fills the columns that the questions share whose rows are claims.
func (a *Execution) claimCell(c view.Claim, ends map[string]view.Candidate, field string) string {
	switch field {
	case "about":
		return a.nameOf(ends[c.Subject].XID)
	case "what":
		return c.Predicate
	case "value":
		return a.saidOf(c, ends)
	case "assertion":
		return joinNonEmpty(", ", string(c.Assertion), map[bool]string{true: "rejected"}[c.Evidence.Rejected])
	case "period":
		return c.Evidence.Period
	case "confidence":
		return number(c.Evidence.Confidence)
	case "dataset":
		return c.Dataset
	case "claim":
		return c.StoredKey
	}
	return ""
}

// rankOf orders assertions: what is asserted first, what is rejected last.
func rankOf(c view.Claim) int {
	if c.Evidence.Rejected {
		return 100
	}
	return slices.Index(schema.Assertions(), c.Assertion)
}

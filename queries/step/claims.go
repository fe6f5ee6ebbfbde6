package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/view"
)

// claims lists every claim of the header's relations that touches an entity, whatever its assertion: what is denied or
// hearsay stands beside what is asserted, the surest first.
func claims() Step {
	return Step{
		Name: "claims", Doc: "lists every claim of the header's relations that touches an entity, asserted or not", Entities: 1,
		Columns: claimColumns(
			column[*claimRow]{"from", func(n names, c *claimRow) string { return c.about(n) }},
			column[*claimRow]{"relation", func(_ names, c *claimRow) string { return c.Predicate }},
			column[*claimRow]{"to", func(n names, c *claimRow) string { return n.of(c.ends[c.Object].XID) }},
			column[*claimRow]{"role", func(_ names, c *claimRow) string {
				return joinNonEmpty(", ", strings.Join(c.Values["role"], ", "), strings.Join(c.Values["outcome"], ", "),
					strings.Join(c.Values["quantity"], ", "))
			}},
			column[*claimRow]{"assertion", func(_ names, c *claimRow) string { return c.assertion() }},
			column[*claimRow]{"by", func(n names, c *claimRow) string { return n.of(c.ends[c.AttributedTo].XID) }},
			column[*claimRow]{"possible", func(_ names, c *claimRow) string { return possibly(c.possible) }},
			column[*claimRow]{"source", func(_ names, c *claimRow) string { return view.SourceLine(c.cite) }},
			column[*claimRow]{"quote", func(_ names, c *claimRow) string { return cmp.Or(quoted(c.cite.Quote), c.cite.Locator) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			entity, err := x.entity(0)
			if err != nil {
				return nil, err
			}
			all, more, err := x.ClaimsAt(ctx, entity, "claim.subject", "claim.object")
			if err != nil {
				return nil, err
			}
			x.cut(more)
			edges, ends, err := x.EdgesDrawn(ctx, all)
			if err != nil {
				return nil, err
			}
			all = slices.DeleteFunc(all, func(c view.Claim) bool {
				return !slices.Contains(x.relations, c.Predicate) || !c.Stands || !x.shows(c)
			})
			slices.SortFunc(all, func(a, b view.Claim) int {
				return cmp.Or(strings.Compare(a.Predicate, b.Predicate), cmp.Compare(assertionOrder(a), assertionOrder(b)),
					cmp.Compare(b.Confidence, a.Confidence), strings.Compare(a.StoredKey, b.StoredKey))
			})
			var rows []Row
			for _, c := range all {
				possible := x.Filter.Judge(&c.Claim).Possible
				for _, cite := range c.Evidence.Cites {
					row := &claimRow{Claim: c, ends: ends, cite: cite, possible: possible}
					r := row.row(edges)
					if c.AttributedTo != "" {
						r.Also = append(r.Also, ends[c.AttributedTo].UID)
					}
					rows = append(rows, r)
				}
			}
			return rows, nil
		},
	}
}

// shows reports whether a claim satisfies the filters, and counts it where it fails only for want of a grade.
func (x *Execution) shows(c view.Claim) bool {
	v := x.Filter.Judge(&c.Claim)
	if v.Ungraded {
		x.ungraded++
	}
	return v.Shown
}

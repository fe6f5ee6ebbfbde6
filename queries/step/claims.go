package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// claims lists every claim of the header's relations that touches an entity, whatever its assertion: what is denied or
// hearsay stands beside what is asserted, the surest first.
func claims() Step {
	return Step{
		Name: "claims", Doc: "lists every claim of the header's relations that touches an entity, asserted or not", Entities: 1,
		Time: canned.Timing{Shows: "the claims that held", History: true},
		Columns: claimColumns(
			column[*claimRow]{"from", func(n names, c *claimRow) string { return c.about(n) }},
			column[*claimRow]{"relation", func(_ names, c *claimRow) string { return c.Predicate }},
			column[*claimRow]{"to", func(n names, c *claimRow) string { return n.of(c.ends[c.Object].XID) }},
			column[*claimRow]{"role", func(_ names, c *claimRow) string { return strings.Join(view.RoleIn(c.Values), ", ") }},
			column[*claimRow]{"outcome", func(_ names, c *claimRow) string { return strings.Join(c.Values["outcome"], ", ") }},
			column[*claimRow]{"quantity", func(n names, c *claimRow) string { return n.amount(c.Predicate, "quantity", c.Values) }},
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
				return !slices.Contains(x.relations, c.Predicate) || !c.Current() || !x.shows(c)
			})
			slices.SortFunc(all, func(a, b view.Claim) int {
				return cmp.Or(strings.Compare(a.Predicate, b.Predicate), cmp.Compare(assertionOrder(a), assertionOrder(b)),
					cmp.Compare(b.Confidence, a.Confidence), strings.Compare(a.StoredKey, b.StoredKey))
			})
			var rows []Row
			for _, c := range all {
				possible := x.Judge(&c.Claim).Possible
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

// shows reports whether a claim satisfies the filters and is not left out, and counts it where it fails only for want
// of a grade.
func (x *Execution) shows(c view.Claim) bool {
	v := x.Judge(&c.Claim)
	if v.Ungraded {
		x.ungraded++
	}
	return v.Shown && !x.Filter.LeavesOut(v.Possible)
}

// claimRow is what a row of the questions that list claims is about: a claim, or one of its citations.
type claimRow struct {
	view.Claim
	ends map[string]view.Candidate // by xid: what stands for the entities that it names
	own  map[string]string         // of a decision between entities, by xid: what each was called by itself
	cite view.Citation
	how  int // what a load did to it

	possible bool // at the time asked for
}

// row makes the row, with the edge that the claim draws among those drawn.
func (c *claimRow) row(drawn map[string]*view.GraphEdge) Row {
	r := Row{Of: c, Claims: []*view.Evidence{c.Evidence}, Possible: c.possible, Also: []string{c.ends[c.Subject].UID}}
	if c.Object != "" {
		r.Also = append(r.Also, c.ends[c.Object].UID)
	}
	if e := drawn[c.Group()]; e != nil && c.InForce() {
		r.Edges = []*view.GraphEdge{e}
	}
	return r
}

// claimColumns are the columns that the questions of this kind share, after their own.
func claimColumns(own ...column[*claimRow]) []Column {
	return withContested(columns(append(own,
		column[*claimRow]{"period", func(_ names, c *claimRow) string { return c.Evidence.Period }},
		column[*claimRow]{"confidence", func(_ names, c *claimRow) string { return number(c.Evidence.Confidence) }},
		column[*claimRow]{"dataset", func(_ names, c *claimRow) string { return c.Dataset }},
		column[*claimRow]{"claim", func(_ names, c *claimRow) string { return c.StoredKey }},
	)...))
}

// about names what a claim is about.
func (c *claimRow) about(n names) string { return c.end(n, c.Subject) }

// end names one of the entities that a claim names: what stands for it, and in a decision the entity that was decided
// about, with its xid, as two that were made one have one name since.
func (c *claimRow) end(n names, xid string) string {
	name, decided := c.own[xid]
	switch {
	case !decided:
		return n.of(c.ends[xid].XID)
	case name == xid:
		return xid
	}
	return name + " (" + xid + ")"
}

// assertion says in which way the claim says it, and that a person rejected it.
func (c *claimRow) assertion() string {
	if c.Evidence.Rejected {
		return string(c.Assertion) + ", rejected"
	}
	return string(c.Assertion)
}

// standing says in which way the claim says it, and whether a later version of its record took its place.
func (c *claimRow) standing() string {
	text := string(c.Assertion)
	if c.Evidence.Superseded != "" && !c.Evidence.Retracted {
		text += ", " + c.Evidence.Past()
	}
	return text
}

// said is what the claim says: its object, its value, or the properties it gives.
func (c *claimRow) said(n names) string {
	switch {
	case c.Object != "":
		return c.end(n, c.Object)
	case c.Claim.Claim.Value != "":
		return c.Claim.Claim.Value
	}
	var said []string
	for name, values := range c.Values {
		said = append(said, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(said)
	return joinNonEmpty("; ", append([]string{c.Type}, said...)...)
}

// assertionOrder orders assertions: what is asserted first, what is rejected last.
func assertionOrder(c view.Claim) int {
	if c.Evidence.Rejected {
		return 100
	}
	return slices.Index(schema.Assertions(), c.Assertion)
}

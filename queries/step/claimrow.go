package step

import (
	"slices"
	"strings"

	"orbat/queries/view"
	"orbat/schema"
)

// claimRow is what a row of the questions that list claims is about: a claim, or one of its citations.
type claimRow struct {
	view.Claim
	ends map[string]view.Candidate // by xid: what stands for the entities that it names
	cite view.Citation
	how  int // what a load did to it

	possible bool // at the time asked for
}

// row makes the row, with the edge that the claim draws among those drawn.
func (c *claimRow) row(drawn map[string]*view.GraphEdge) Row {
	r := Row{Of: c, Possible: c.possible, Also: []string{c.ends[c.Subject].UID}}
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
	return columns(append(own,
		column[*claimRow]{"period", func(_ names, c *claimRow) string { return c.Evidence.Period }},
		column[*claimRow]{"confidence", func(_ names, c *claimRow) string { return number(c.Evidence.Confidence) }},
		column[*claimRow]{"dataset", func(_ names, c *claimRow) string { return c.Dataset }},
		column[*claimRow]{"claim", func(_ names, c *claimRow) string { return c.StoredKey }},
	)...)
}

// about names what a claim is about.
func (c *claimRow) about(n names) string { return n.of(c.ends[c.Subject].XID) }

// assertion says in which way the claim says it, and that a person rejected it.
func (c *claimRow) assertion() string {
	if c.Evidence.Rejected {
		return string(c.Assertion) + ", rejected"
	}
	return string(c.Assertion)
}

// said is what the claim says: its object, its value, or the properties it gives.
func (c *claimRow) said(n names) string {
	switch {
	case c.Object != "":
		return n.of(c.ends[c.Object].XID)
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

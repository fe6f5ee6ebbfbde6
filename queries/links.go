package queries

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"orbat/schema"
)

// links lists every claim between two entities, of any relation, assertion and standing: the denied, the hedged, the
// rejected and the retracted stand beside the asserted, and draw no edge.
func links(ctx context.Context, a *asking) error {
	from, err := a.entityParam(0)
	if err != nil {
		return err
	}
	to, err := a.entityParam(1)
	if err != nil {
		return err
	}
	m, err := a.readMerges(ctx)
	if err != nil {
		return err
	}
	relations := a.relations
	if len(relations) == 0 {
		relations = a.query.Selected(a.ontology)
	}
	var groups []string
	ends := map[string]*rawEdge{}
	for _, relation := range relations {
		for _, pair := range [][2]Candidate{{from, to}, {to, from}} {
			for _, group := range a.edgeGroups(m, pair[0].XID, relation, pair[1].XID) {
				if ends[group] == nil { // a symmetric relation has one group for both ways
					ends[group] = a.edgeBetween(pair[0], relation, pair[1])
					groups = append(groups, group)
				}
			}
		}
	}
	claims, err := a.readGroups(ctx, groups)
	if err != nil {
		return err
	}
	a.result.Columns = []string{"claim", "relation", "assertion", "qualifiers", "period", "confidence", "source", "quote or place"}
	a.proven = true
	limit, possible := a.values.Ints["limit"], 0
	drawn := map[string]*rawEdge{}
	for _, c := range claims {
		v := a.values.Filter.Judge(&c.Claim)
		switch {
		case v.Ungraded:
			if c.Stands {
				a.result.Ungraded++
			}
			continue
		case !v.Shown:
			continue
		case len(a.result.Rows) >= limit:
			a.result.Truncated = true
			continue
		}
		e := ends[schema.GroupOf(c.StoredKey)]
		if v.Possible {
			possible++
		}
		if c.counts() {
			if drawn[e.id()] == nil {
				drawn[e.id()] = e
				e.filtered, e.possible = true, true
				a.edges = append(a.edges, e)
			}
			e.possible = e.possible && v.Possible
			e.passed = append(e.passed, c.evidence)
			e.evidence = append(e.evidence, c.evidence)
		}
		for _, row := range linkRows(c, e) {
			if len(a.result.Rows) == limit {
				a.result.Truncated = true
				break
			}
			a.result.Rows, a.result.RowEdge = append(a.result.Rows, row), append(a.result.RowEdge, e.id())
		}
	}
	a.rows = func(context.Context, *asking) error {
		a.result.Possible = possible // claims are the answers here, not links
		return nil
	}
	if len(a.result.Rows) == 0 {
		a.result.Notes = append(a.result.Notes, "No claim links the two directly; orbat query shortest-path looks further.")
	}
	return nil
}

// edgeBetween is the edge that a relation's claims from one entity to another draw; that of a symmetric one goes from the
// smaller xid (law 12).
func (a *asking) edgeBetween(from Candidate, relation string, to Candidate) *rawEdge {
	if r := a.ontology.Relation(relation); r != nil && r.Symmetric && to.XID < from.XID {
		from, to = to, from
	}
	return &rawEdge{from: from.XID, to: to.XID, fromUID: from.uid, toUID: to.uid, relation: relation}
}

func linkRows(c foundClaim, e *rawEdge) [][]string {
	var qualifiers []string
	for name, values := range c.Values {
		qualifiers = append(qualifiers, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(qualifiers)
	assertion := string(c.Assertion)
	if c.AttributedTo != "" {
		assertion += ", by " + c.AttributedTo
	}
	if c.evidence.Rejected {
		assertion += ", rejected"
	}
	if c.evidence.Retracted {
		assertion += ", retracted"
	}
	var rows [][]string
	for _, cite := range c.evidence.Cites {
		rows = append(rows, []string{
			c.StoredKey, e.relation, assertion, strings.Join(qualifiers, "; "), c.evidence.Period, number(c.evidence.Confidence),
			SourceLine(cite), cmp.Or(quoted(cite.Quote), cite.Locator),
		})
	}
	return rows
}

func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("“%s”", text)
}

// SourceLine names a source as a reader grades it: title, publisher, date, reliability.
func SourceLine(c Citation) string {
	parts := []string{cmp.Or(c.Title, c.Source)}
	for _, part := range []string{c.Publisher, c.Published} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if c.Reliability != "" {
		parts = append(parts, "reliability "+c.Reliability)
	}
	return strings.Join(parts, ", ")
}

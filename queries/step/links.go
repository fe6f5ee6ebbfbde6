package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"orbat/schema"

	"orbat/queries/view"
)

// links lists every claim between two entities, of any relation, assertion and standing: the denied, the hedged, the
// rejected and the retracted stand beside the asserted, and draw no edge.
func links(ctx context.Context, a *Execution) error {
	from, err := a.entityParam(0)
	if err != nil {
		return err
	}
	to, err := a.entityParam(1)
	if err != nil {
		return err
	}
	m, err := a.Merges(ctx)
	if err != nil {
		return err
	}
	relations := a.relations
	if len(relations) == 0 {
		relations = a.query.Selected(a.Ontology)
	}
	var groups []string
	ends := map[string]*view.GraphEdge{}
	for _, relation := range relations {
		for _, pair := range [][2]view.Candidate{{from, to}, {to, from}} {
			for _, group := range schema.EdgeOf(a.Ontology, pair[0].XID, relation, pair[1].XID).Groups(a.Ontology, m.Merges) {
				if ends[group] == nil { // a symmetric relation has one group for both ways
					ends[group] = a.EdgeBetween(pair[0], relation, pair[1])
					groups = append(groups, group)
				}
			}
		}
	}
	claims, err := a.Groups(ctx, groups)
	if err != nil {
		return err
	}
	a.result.Columns = []string{"claim", "relation", "assertion", "qualifiers", "period", "confidence", "source", "quote or place"}
	limit, possible := a.values.Ints["limit"], 0
	drawn := map[string]*view.GraphEdge{}
	for _, c := range claims {
		v := a.Filter.Judge(&c.Claim)
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
		if c.InForce() {
			if drawn[e.ID()] == nil {
				drawn[e.ID()] = e
				a.edges = append(a.edges, e)
			}
			e.Add(c, v.Possible)
		}
		for _, row := range linkRows(c, e) {
			if len(a.result.Rows) == limit {
				a.result.Truncated = true
				break
			}
			a.result.Rows, a.result.RowEdge = append(a.result.Rows, row), append(a.result.RowEdge, e.ID())
		}
	}
	a.rows = func(context.Context, *Execution) error {
		a.result.Possible = possible // claims are the answers here, not links
		return nil
	}
	if len(a.result.Rows) == 0 {
		a.result.Notes = append(a.result.Notes, "No claim links the two directly; orbat query shortest-path looks further.")
	}
	return nil
}

func linkRows(c view.Claim, e *view.GraphEdge) [][]string {
	var qualifiers []string
	for name, values := range c.Values {
		qualifiers = append(qualifiers, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(qualifiers)
	assertion := string(c.Assertion)
	if c.AttributedTo != "" {
		assertion += ", by " + c.AttributedTo
	}
	if c.Evidence.Rejected {
		assertion += ", rejected"
	}
	if c.Evidence.Retracted {
		assertion += ", retracted"
	}
	var rows [][]string
	for _, cite := range c.Evidence.Cites {
		rows = append(rows, []string{
			c.StoredKey, e.Relation, assertion, strings.Join(qualifiers, "; "), c.Evidence.Period, number(c.Evidence.Confidence),
			view.SourceLine(cite), cmp.Or(quoted(cite.Quote), cite.Locator),
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

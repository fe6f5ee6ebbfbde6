package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// graded is a link with what stands behind it.
type graded struct {
	*view.GraphEdge
	publishers []string
	sure       *int
	last       schema.Range // when one of its sources was published
	denials    []view.Claim // that contest it
	weak       []string     // why it is weak besides
	possible   bool
	by         map[string]view.Candidate // by xid: what stands for those whom the denials name
}

// support grades links by who stands behind them: those of an entity, between two, or, where none is named, all. With
// the parameters max_publishers, below and before only the weak are shown, and why each is: others deny it, which comes
// first, too few distinct publishers, too low a confidence, no source newer. Without them the best corroborated come
// first.
func support() Step {
	return Step{
		Name: "support", Doc: "grades links by who stands behind them", Entities: 1,
		Time: canned.Timing{Shows: "the links that held"},
		Columns: withContested(columns(
			column[*graded]{"from", func(n names, g *graded) string { return n.of(g.From) }},
			column[*graded]{"relation", func(_ names, g *graded) string { return g.Relation }},
			column[*graded]{"to", func(n names, g *graded) string { return n.of(g.To) }},
			column[*graded]{"publishers", func(_ names, g *graded) string { return strconv.Itoa(len(g.publishers)) }},
			column[*graded]{"published by", func(n names, g *graded) string { return n.list(g.publishers) }},
			column[*graded]{"sources", func(_ names, g *graded) string { return strconv.Itoa(len(sourcesOf(g.Passed))) }},
			column[*graded]{"claims", func(_ names, g *graded) string { return strconv.Itoa(len(g.Passed)) }},
			column[*graded]{"confidence", func(_ names, g *graded) string { return number(g.sure) }},
			column[*graded]{"newest", func(_ names, g *graded) string { return g.last.String() }},
			column[*graded]{"weak", func(n names, g *graded) string {
				return joinNonEmpty("; ", n.denied(g.denials, g.by), strings.Join(g.weak, "; "))
			}},
			column[*graded]{"possible", func(_ names, g *graded) string { return possibly(g.possible) }},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			edges, err := x.supportedLinks(ctx)
			if err != nil {
				return nil, err
			}
			if err := x.Contest(ctx, edges); err != nil {
				return nil, err
			}
			weak := x.query.Param("max_publishers") != nil
			var list []*graded
			for _, e := range edges {
				g := &graded{
					GraphEdge: e, publishers: publishersOf(e.Passed), sure: surest(e.Passed), last: newest(e.Passed),
					possible: e.Possible && x.Filter.Timed(),
				}
				if weak {
					if g.denials, g.weak = e.Contesting(), x.weaknesses(g); len(g.denials) > 0 {
						if g.by, err = x.StandIns(ctx, g.denials); err != nil {
							return nil, err
						}
					}
				}
				if !weak || len(g.weak)+len(g.denials) > 0 {
					list = append(list, g)
				}
			}
			slices.SortFunc(list, func(a, b *graded) int {
				if weak {
					return cmp.Or(compareFlags(len(a.denials) == 0, len(b.denials) == 0), cmp.Compare(len(b.weak), len(a.weak)),
						-compareConfidence(a.sure, b.sure), cmp.Compare(len(a.publishers), len(b.publishers)),
						view.CompareEdges(a.GraphEdge, b.GraphEdge))
				}
				return cmp.Or(cmp.Compare(len(b.publishers), len(a.publishers)), cmp.Compare(len(b.Passed), len(a.Passed)),
					compareConfidence(a.sure, b.sure),
					view.CompareEdges(a.GraphEdge, b.GraphEdge))
			})
			return rowsOf(list, (*graded).row), nil
		},
	}
}

// row draws the link, and names who denies it.
func (g *graded) row() Row {
	r := Row{Edges: []*view.GraphEdge{g.GraphEdge}, Possible: g.possible, Of: g}
	for _, d := range g.denials {
		if by := g.by[d.AttributedTo]; by.UID != "" {
			r.Also = append(r.Also, by.UID)
		}
	}
	return r
}

// denied says what claims deny: "denied by Ghost Battalion in Statement, Gov, 2021: “he never led the unit”". by are
// what stands for the entities that they name.
func (n names) denied(claims []view.Claim, by map[string]view.Candidate) string {
	var list []string
	for _, c := range claims {
		list = append(list, c.Evidence.SaidBy(n.of(by[c.AttributedTo].XID))...)
	}
	return n.list(list)
}

// supportedLinks returns the links to grade, with their claims.
func (x *Execution) supportedLinks(ctx context.Context) ([]*view.GraphEdge, error) {
	entity, err := x.entity(0)
	if err != nil {
		return x.allLinks(ctx)
	}
	var others []string
	if other, err := x.entity(1); err == nil {
		others = []string{other.UID}
	}
	edges, err := x.between(ctx, []string{entity.UID}, others, view.BothWays(x.relations)...)
	if err != nil {
		return nil, err
	}
	return x.Prove(ctx, edges)
}

// allLinks reads the links of the whole graph, up to a number.
func (x *Execution) allLinks(ctx context.Context) (all []*view.GraphEdge, err error) {
	for _, relation := range x.relations {
		for page, err := range x.EntitiesWith(ctx, relation) {
			if err != nil {
				return nil, fmt.Errorf("read links: %w", err)
			}
			var uids []string
			for _, n := range page {
				uids = append(uids, n.UID)
			}
			edges, err := x.edgesWithEvidence(ctx, uids, relation)
			if err != nil {
				return nil, err
			}
			if all = append(all, edges...); len(all) >= maxScanned {
				x.truncated = true
				x.note("Looked at %d links; name an entity or relations= to look at all of theirs.", len(all))
				return all, nil
			}
		}
	}
	return all, nil
}

// weaknesses says why a link is weak by what was asked.
func (x *Execution) weaknesses(g *graded) []string {
	var why []string
	switch n := len(g.publishers); {
	case n > x.number("max_publishers"):
	case n == 1:
		why = append(why, "one publisher")
	default:
		why = append(why, fmt.Sprintf("%d publishers", n))
	}
	switch {
	case g.sure == nil:
		why = append(why, "not graded")
	case *g.sure < x.number("below"):
		why = append(why, fmt.Sprintf("confidence %d", *g.sure))
	}
	if text := x.text("before"); text != "" && !g.last.IsZero() {
		if before, err := schema.ParseDate(text); err == nil && g.last.Max.Before(before.Min) {
			why = append(why, "nothing since "+g.last.String())
		}
	}
	return why
}

package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// servedTogether finds who had a post in the same unit as a person at the same time: a row for each other person and
// unit, with the two posts that overlap longest. Days count from the first to the last, both included.
func servedTogether() Step {
	return Step{
		Name: "served", Doc: "finds who was in the same units as a person at the same time", Entities: 1,
		Time: canned.Timing{Shows: "the posts that overlapped"},
		Columns: tenureColumns(
			func(t *tenure) []*statement { return []*statement{t.says, t.own} },
			column[*tenure]{"person", func(n names, t *tenure) string { return n.of(t.says.edge.From) }},
			column[*tenure]{"unit", func(n names, t *tenure) string { return n.of(t.says.edge.To) }},
			column[*tenure]{"own role", func(_ names, t *tenure) string { return t.own.role() }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			list, err := x.colleagues(ctx)
			slices.SortFunc(list, func(a, b *tenure) int {
				return cmp.Or(a.compare(b.overlap), strings.Compare(a.says.edge.From, b.says.edge.From), strings.Compare(a.says.edge.To,
					b.says.edge.To))
			})
			return rowsOf(list, func(t *tenure) Row {
				return Row{Edges: []*view.GraphEdge{t.says.edge, t.own.edge}, Possible: t.certainty == schema.Possible, Of: t}
			}), err
		},
	}
}

// colleagues returns the posts of others that overlap longest with the person's own, one for each other and unit.
func (x *Execution) colleagues(ctx context.Context) ([]*tenure, error) {
	person, posts, err := x.posts(ctx)
	if err != nil {
		return nil, err
	}
	byUnit := map[string][]*statement{}
	for _, e := range posts {
		byUnit[e.ToUID] = append(byUnit[e.ToUID], withoutImplied(e, &x.Filter)...)
	}
	others, err := x.edgesWithEvidence(ctx, slices.Sorted(maps.Keys(byUnit)), backwards(x.relations)...)
	if err != nil {
		return nil, err
	}
	longest := map[[2]string]*tenure{}
	for _, e := range others {
		if e.FromUID == person.UID {
			continue
		}
		for _, theirs := range withoutImplied(e, &x.Filter) {
			for _, own := range byUnit[e.ToUID] {
				both, certainty := own.period.Intersect(theirs.period)
				_, within := x.Filter.Meet(both, schema.Always())
				if certainty = min(certainty, within); certainty == schema.No {
					continue
				}
				found := &tenure{
					overlap: overlap{both, certainty}, says: theirs, own: own,
					sure: weakest(theirs.confidence, own.confidence),
				}
				key := [2]string{e.FromUID, e.ToUID}
				if have := longest[key]; have == nil || found.compare(have.overlap) < 0 ||
					found.compare(have.overlap) == 0 && textOf(found.says, found.own) < textOf(have.says, have.own) {
					longest[key] = found
				}
			}
		}
	}
	return slices.Collect(maps.Values(longest)), nil
}

package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"
)

// servedTogether finds who had a post in the same unit as a person at the same time: a row for each two posts that
// overlap, with their own days, and those of all overlaps with the other person in all. Days count from the first to
// the last, both included, and once however many posts overlap on them.
func servedTogether() Step {
	return Step{
		Name: "served", Doc: "finds who was in the same units as a person at the same time, by relations (commands, posted_to)",
		Entities: 1,
		Time:     canned.Timing{Shows: "the posts that overlapped", Days: wholeDays},
		Columns: tenureColumns(
			func(t *tenure) []*tour { return []*tour{t.says, t.own} },
			column[*tenure]{"person", func(n names, t *tenure) string { return n.of(t.says.edge.From) }},
			column[*tenure]{"unit", func(n names, t *tenure) string { return n.of(t.says.edge.To) }},
			column[*tenure]{"own role", func(_ names, t *tenure) string { return t.own.role() }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			list, err := x.colleagues(ctx)
			asked := x.Filter.Time()
			list = x.withinHorizon(list, asked)
			x.tellDays(list)
			slices.SortFunc(list, func(a, b *tenure) int {
				return cmp.Or(a.inOrder(b, asked), a.longest(b), began(&a.own.statement, nil).compare(began(&b.own.statement, nil)),
					strings.Compare(a.text(), b.text()))
			})
			return rowsOf(list, (*tenure).row), err
		},
	}
}

// colleagues returns the posts of others that overlap with the person's own, one for each two.
func (x *Execution) colleagues(ctx context.Context) ([]*tenure, error) {
	person, posts, err := x.posts(ctx)
	if err != nil {
		return nil, err
	}
	byUnit := map[string][]*tour{}
	for _, e := range posts {
		byUnit[e.ToUID] = append(byUnit[e.ToUID], toursOf(e, &x.Filter)...)
	}
	others, err := x.edgesWithEvidence(ctx, slices.Sorted(maps.Keys(byUnit)), backwards(x.relations)...)
	if err != nil {
		return nil, err
	}
	var list []*tenure
	for _, e := range others {
		if e.FromUID == person.UID {
			continue
		}
		for _, theirs := range toursOf(e, &x.Filter) {
			for _, own := range byUnit[e.ToUID] {
				t := &tenure{says: theirs, own: own, sure: weakest(theirs.confidence, own.confidence)}
				for _, s := range own.held {
					w := anyTime()
					served := w.with(&x.Filter, s, s.when(nil))
					for _, other := range theirs.held {
						t.meets(served.beside(&x.Filter, other))
					}
				}
				if len(t.chains) > 0 {
					list = append(list, t)
				}
			}
		}
	}
	counted(list, schema.Range{})
	return list, nil
}

package step

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"
)

// superiors finds who led a person's units, and those above them, while the person held a post there and the units
// stood so: a row for each superior, unit and post of the person's. In the person's own unit it is whoever led it,
// unless that was the person.
func superiors() Step {
	return Step{
		Name: "superiors", Doc: "finds who led the units above a person's posts at the time", Entities: 1,
		Time: canned.Timing{Shows: "the commands that overlapped the post, through all levels between,", Leans: true, Days: wholeDays},
		Columns: tenureColumns(
			func(t *tenure) []*tour { return []*tour{t.says} },
			column[*tenure]{"superior", func(n names, t *tenure) string { return n.of(t.person()) }},
			column[*tenure]{"unit", func(n names, t *tenure) string { return n.of(t.unit.xid) }},
			column[*tenure]{"level", func(_ names, t *tenure) string { return strconv.Itoa(t.level()) }},
			column[*tenure]{"own unit", func(n names, t *tenure) string { return n.of(t.own.edge.To) }},
			column[*tenure]{"own role", func(_ names, t *tenure) string { return t.own.role() }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			list, err := x.superiorsOf(ctx)
			if err != nil {
				return nil, err
			}
			asked := x.Filter.Time()
			list = x.withinHorizon(list, asked)
			x.tellDays(list)
			slices.SortFunc(list, func(a, b *tenure) int {
				return cmp.Or(compareFlags(a.possible(), b.possible()), began(&a.own.statement, nil).compare(began(&b.own.statement, nil)),
					strings.Compare(a.own.edge.To, b.own.edge.To), a.inOrder(b, asked), a.longest(b), strings.Compare(a.text(), b.text()))
			})
			return rowsOf(list, (*tenure).row), nil
		},
	}
}

// superiorsOf returns the commands of the units above each of a person's posts, one for each two posts.
func (x *Execution) superiorsOf(ctx context.Context) ([]*tenure, error) {
	person, posts, err := x.posts(ctx)
	if err != nil {
		return nil, err
	}
	up := newReach(x, chainOfCommand()...)
	var list []*tenure
	for _, post := range posts {
		for _, own := range toursOf(post, &x.Filter) {
			unit := &reached{uid: post.ToUID, xid: post.To}
			for _, s := range own.held {
				w := anyTime()
				unit.windows = append(unit.windows, w.with(&x.Filter, s, s.when(nil)))
			}
			above, err := up.onFrom(ctx, []*reached{unit}, x.number("depth"))
			if err != nil {
				return nil, err
			}
			found, err := x.inChargeOf(ctx, above, func(r *reached, post *tour) bool {
				return post.edge.FromUID != person.UID && leads(&post.statement) && (r.level > 0 || !leads(&own.statement))
			})
			if err != nil {
				return nil, err
			}
			for _, t := range found {
				t.own, t.sure = own, weakest(t.sure, own.confidence)
			}
			list = append(list, found...)
		}
	}
	counted(list, schema.Range{})
	return list, nil
}

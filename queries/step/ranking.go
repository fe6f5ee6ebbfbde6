package step

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
)

// maxRanked is how many entities a ranking under filters looks into.
const maxRanked = 2000

// ranked is an entity and its links.
type ranked struct {
	xid, uid string
	out, in  int
	certain  int // of these, at the time asked for
	rank     int
}

func (r *ranked) links() int { return r.out + r.in }

// ranking orders entities by how many links they have. Where filters are on it looks into those with the most links
// first, and stops as soon as no other can have as many that satisfy them.
func ranking() Step {
	return Step{
		Name: "ranking", Doc: "ranks entities by how many links they have", Needs: "relations",
		Time: canned.Timing{Shows: "how many of an entity's links held", Marks: "one none of whose links surely held"},
		Columns: columns(
			column[*ranked]{"rank", func(_ names, r *ranked) string { return strconv.Itoa(r.rank) }},
			column[*ranked]{"entity", func(n names, r *ranked) string { return n.of(r.xid) }},
			column[*ranked]{"type", func(n names, r *ranked) string { return n.typeOf(r.xid) }},
			column[*ranked]{"links", func(_ names, r *ranked) string { return strconv.Itoa(r.links()) }},
			column[*ranked]{"out", func(_ names, r *ranked) string { return strconv.Itoa(r.out) }},
			column[*ranked]{"in", func(_ names, r *ranked) string { return strconv.Itoa(r.in) }},
			column[*ranked]{"certain", func(_ names, r *ranked) string { return strconv.Itoa(r.certain) }},
			column[*ranked]{"possible", func(_ names, r *ranked) string { return possibly(r.certain == 0) }},
			column[*ranked]{"xid", func(_ names, r *ranked) string { return r.xid }},
		),
		Run: func(ctx context.Context, x *Execution) (rows []Row, err error) {
			var list []*ranked
			if x.Filter.Active() {
				list, err = x.mostThatHold(ctx)
			} else {
				list, err = x.most(ctx, x.limit()+1)
			}
			list = slices.DeleteFunc(list, func(r *ranked) bool { return r.links() == 0 })
			for _, r := range list {
				r.rank = 1 + slices.IndexFunc(list, func(o *ranked) bool { return o.links() == r.links() })
				rows = append(rows, Row{Also: []string{r.uid}, Possible: r.certain == 0, Of: r})
			}
			return rows, err
		},
	}
}

// mostThatHold returns the entities with the most links that satisfy the filters.
func (x *Execution) mostThatHold(ctx context.Context) (list []*ranked, err error) {
	limit := x.limit()
	for offset, want := 0, min(100, limit+1); ; {
		page, err := x.byDegree(ctx, offset, want)
		if err != nil {
			return nil, err
		}
		offset += len(page)
		for _, r := range page {
			if list, err = x.insert(ctx, list, r); err != nil {
				return nil, err
			}
		}
		if len(page) < want || len(list) > limit && list[limit].links() > page[len(page)-1].links() {
			return list, nil
		}
		if offset >= maxRanked {
			x.truncated = true
			x.note("Looked into the %d entities with the most links; others may have more that satisfy the filters.", offset)
			return list, nil
		}
	}
}

// byDegree returns a page of the entities with the most links, whatever the filters say.
func (x *Execution) byDegree(ctx context.Context, offset, first int) ([]*ranked, error) {
	return x.degrees(ctx, "orderdesc: val(all), first: $first, offset: $offset", map[string]string{
		"$offset": strconv.Itoa(offset),
		"$first":  strconv.Itoa(first),
	}, "$offset: int, $first: int", "")
}

// most returns the entities with the most links, and with the last of them all that have as many: the database orders
// equals by when they were loaded.
func (x *Execution) most(ctx context.Context, n int) ([]*ranked, error) {
	list, err := x.byDegree(ctx, 0, n)
	if err != nil || len(list) < n {
		return list, err
	}
	return x.degrees(ctx, "first: "+strconv.Itoa(maxScanned), map[string]string{"$least": strconv.Itoa(list[n-1].links())}, "$least: int",
		"@filter(ge(val(all), $least))")
}

func (x *Execution) degrees(ctx context.Context, page string, vars map[string]string, declared, filter string) ([]*ranked, error) {
	root := "has(entity.type)"
	if t := x.text("type"); t != "" {
		root, declared = "eq(entity.type, $type)", declared+", $type: string"
		vars["$type"] = t
	}
	var counts, out, in []string
	for i, r := range x.relations {
		n := strconv.Itoa(i)
		counts = append(counts, "o"+n+" as count("+r+") i"+n+" as count(~"+r+")")
		out, in = append(out, "+o"+n), append(in, "+i"+n)
	}
	dql := "query q(" + declared + ") { var(func: " + root + ") @filter(NOT has(entity.rep)) { " + strings.Join(counts, "\n") +
		"\n o as math(0\n" + strings.Join(out, "\n") + "\n) i as math(0\n" + strings.Join(in, "\n") + "\n) all as math(o+i) }" +
		" q(func: uid(all), " + page + ") " + filter + " { uid xid out: val(o) in: val(i) } }"
	var found struct {
		Q []struct {
			UID, XID string
			Out, In  json.Number
		}
	}
	if err := x.UnredactedInto(ctx, dql, vars, &found); err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	list := make([]*ranked, len(found.Q))
	for i, n := range found.Q {
		list[i] = &ranked{xid: n.XID, uid: n.UID, out: whole(n.Out), in: whole(n.In), certain: whole(n.Out) + whole(n.In)}
	}
	slices.SortFunc(list, compareDegree)
	return list, nil
}

func compareDegree(a, b *ranked) int {
	return cmp.Or(cmp.Compare(b.links(), a.links()), strings.Compare(a.xid, b.xid))
}

// whole reads a count, which Dgraph may give as a float.
func whole(n json.Number) int {
	f, _ := n.Float64()
	return int(f)
}

// insert counts an entity's links that satisfy the filters and puts it in its place.
func (x *Execution) insert(ctx context.Context, list []*ranked, r *ranked) ([]*ranked, error) {
	edges, err := x.hop(ctx, []string{r.uid}, view.BothWays(x.relations)...)
	if err != nil {
		return nil, err
	}
	r = &ranked{xid: r.xid, uid: r.uid}
	for _, e := range edges {
		before := r.links()
		if e.FromUID == r.uid {
			r.out++
		}
		if e.ToUID == r.uid {
			r.in++
		}
		if !e.Possible {
			r.certain += r.links() - before
		}
	}
	at, _ := slices.BinarySearchFunc(list, r, compareDegree)
	return slices.Insert(list, at, r), nil
}

package step

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/view"
)

// maxRanked is how many entities a ranking under filters looks into.
const maxRanked = 2000

func rankingColumns() []string {
	return []string{"rank", "entity", "type", "links", "out", "in", "xid"}
}

// linked is an entity and its links.
type linked struct {
	xid, uid string
	out, in  int
}

func (r linked) links() int { return r.out + r.in }

// ranking orders entities by how many links they have. Where filters are on it looks into those with the most links first, and
// stops as soon as no other can have as many that satisfy them.
func ranking(ctx context.Context, a *Execution) error {
	limit := a.values.Ints["limit"]
	filtered := a.Filter.Active()
	var list []linked
	if !filtered {
		var err error
		if list, err = a.most(ctx, limit+1); err != nil {
			return err
		}
	}
	for offset, want := 0, min(100, limit+1); filtered; {
		page, err := a.byDegree(ctx, offset, want)
		if err != nil {
			return err
		}
		offset += len(page)
		for _, r := range page {
			if list, err = a.insert(ctx, list, r); err != nil {
				return err
			}
		}
		if len(page) < want || len(list) > limit && list[limit].links() > page[len(page)-1].links() {
			break
		}
		if offset >= maxRanked {
			a.result.Truncated = true
			a.result.Notes = append(a.result.Notes, fmt.Sprintf("Looked into the %d entities with the most links; others may have more that satisfy the filters.", offset))
			break
		}
	}
	list = slices.DeleteFunc(list, func(r linked) bool { return r.links() == 0 })
	rows := make([]row, len(list))
	for i, r := range list {
		rows[i] = row{also: []string{r.uid}, cell: func(field string) string {
			switch field {
			case "rank":
				return strconv.Itoa(1 + slices.IndexFunc(list, func(o linked) bool { return o.links() == r.links() }))
			case "entity":
				return a.nameOf(r.xid)
			case "type":
				return a.typeOf(r.xid)
			case "links":
				return strconv.Itoa(r.links())
			case "out":
				return strconv.Itoa(r.out)
			case "in":
				return strconv.Itoa(r.in)
			case "xid":
				return r.xid
			}
			return ""
		}}
	}
	a.tabulate(rows)
	return nil
}

// byDegree gives a page of the entities with the most links, whatever the filters say.
func (a *Execution) byDegree(ctx context.Context, offset, first int) ([]linked, error) {
	return a.degrees(ctx, "orderdesc: val(all), first: $first, offset: $offset", map[string]string{"$offset": strconv.Itoa(offset), "$first": strconv.Itoa(first)}, "$offset: int, $first: int", "")
}

// most gives the entities with the most links, and with the last of them all that have as many: the database orders equals by
// when they were loaded.
func (a *Execution) most(ctx context.Context, n int) ([]linked, error) {
	list, err := a.byDegree(ctx, 0, n)
	if err != nil || len(list) < n {
		return list, err
	}
	return a.degrees(ctx, "first: "+strconv.Itoa(maxScanned), map[string]string{"$least": strconv.Itoa(list[n-1].links())}, "$least: int", "@filter(ge(val(all), $least))")
}

func (a *Execution) degrees(ctx context.Context, page string, vars map[string]string, declared, filter string) ([]linked, error) {
	root := "has(entity.type)"
	if t := a.values.Text["type"]; t != "" {
		root, declared = "eq(entity.type, $type)", declared+", $type: string"
		vars["$type"] = t
	}
	var counts, out, in []string
	for i, r := range a.relations {
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
	if err := a.UnredactedInto(ctx, dql, vars, &found); err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	list := make([]linked, len(found.Q))
	for i, n := range found.Q {
		list[i] = linked{xid: n.XID, uid: n.UID, out: whole(n.Out), in: whole(n.In)}
	}
	slices.SortFunc(list, compareDegree)
	return list, nil
}

func compareDegree(x, y linked) int {
	return cmp.Or(cmp.Compare(y.links(), x.links()), strings.Compare(x.xid, y.xid))
}

// whole reads a count, which Dgraph may give as a float.
func whole(n json.Number) int {
	f, _ := n.Float64()
	return int(f)
}

// insert counts an entity's links that satisfy the filters and puts it in its place.
func (a *Execution) insert(ctx context.Context, list []linked, r linked) ([]linked, error) {
	edges, err := a.hop(ctx, []string{r.uid}, view.BothWays(a.relations)...)
	if err != nil {
		return nil, err
	}
	r.out, r.in = 0, 0
	for _, e := range edges {
		if e.FromUID == r.uid {
			r.out++
		}
		if e.ToUID == r.uid {
			r.in++
		}
	}
	at, _ := slices.BinarySearchFunc(list, r, compareDegree)
	return slices.Insert(list, at, r), nil
}

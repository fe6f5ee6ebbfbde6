package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
	number   uint64 // the uid: the database orders by it
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
			for i, r := range list {
				if r.rank = i + 1; i > 0 && list[i-1].links() == r.links() {
					r.rank = list[i-1].rank
				}
				rows = append(rows, Row{Also: []string{r.uid}, Possible: r.certain == 0, Of: r})
			}
			return rows, err
		},
	}
}

// mostThatHold returns the entities with the most links that satisfy the filters.
func (x *Execution) mostThatHold(ctx context.Context) (list []*ranked, err error) {
	limit := x.limit()
	all, err := x.degrees(ctx)
	if err != nil {
		return nil, err
	}
	for offset := 0; ; {
		page := all[offset:min(offset+min(100, limit+1), len(all))]
		if list, err = x.insert(ctx, list, page); err != nil {
			return nil, err
		}
		if offset += len(page); offset == len(all) || len(list) > limit && list[limit].links() > page[len(page)-1].links() {
			return list, nil
		}
		x.Tell("count the links that hold", "entities", offset, min(maxRanked, len(all)))
		if offset >= maxRanked {
			x.truncated = true
			x.note("Looked into the %d entities with the most links; others may have more that satisfy the filters.", offset)
			return list, nil
		}
	}
}

// most returns the entities with the most links, and with the last of them all that have as many.
func (x *Execution) most(ctx context.Context, n int) ([]*ranked, error) {
	list, err := x.degrees(ctx)
	if err != nil {
		return nil, err
	}
	if len(list) > n {
		least := list[n-1].links()
		for n < min(len(list), maxScanned) && list[n].links() == least {
			n++
		}
		list = list[:n]
	}
	return list, x.nameRanked(ctx, list)
}

// degrees counts the links of all entities that have any, whatever the filters say, those with the most first. Of each
// relation and way only the entities that have such links are asked for: to count all of all entities takes the
// database ten times as long. No filter stands there: with one all that follows is read for each page.
func (x *Execution) degrees(ctx context.Context) ([]*ranked, error) {
	const perPage = 5000
	byUID := map[uint64]*ranked{}
	after := map[string]string{} // by way: what is not read to its end
	for _, way := range view.BothWays(x.relations) {
		after[way] = "0x0"
	}
	ofType, err := x.rankedType(ctx)
	if err != nil {
		return nil, err
	}
	vars := map[string]string{"$first": strconv.Itoa(perPage)}
	for len(after) > 0 {
		var afters, blocks strings.Builder
		ways := slices.Sorted(maps.Keys(after))
		for i, way := range ways {
			n := strconv.Itoa(i)
			vars["$after"+n] = after[way]
			afters.WriteString(", $after" + n + ": string")
			blocks.WriteString(" w" + n + "(func: has(" + way + "), first: $first, after: $after" + n + ") { uid n: count(" + way + ") }\n")
		}
		found := map[string][]struct {
			UID string
			N   int
		}{}
		dql := "query q($first: int" + afters.String() + ") {\n" + blocks.String() + "}"
		if err := x.UnredactedInto(ctx, dql, vars, &found); err != nil {
			return nil, fmt.Errorf("rank: %w", err)
		}
		for i, way := range ways {
			page := found["w"+strconv.Itoa(i)]
			delete(vars, "$after"+strconv.Itoa(i))
			if delete(after, way); len(page) == perPage {
				after[way] = page[perPage-1].UID
			}
			for _, n := range page {
				uid, err := view.ParseUID(n.UID)
				if err != nil {
					return nil, err
				}
				if ofType != nil && !ofType[uid] {
					continue
				}
				r := byUID[uid]
				if r == nil {
					r = &ranked{uid: n.UID, number: uid}
					byUID[uid] = r
				}
				if strings.HasPrefix(way, "~") {
					r.in += n.N
				} else {
					r.out += n.N
				}
				r.certain += n.N
			}
		}
		x.Tell("count links", "entities", len(byUID), 0)
	}
	return slices.SortedFunc(maps.Values(byUID), func(a, b *ranked) int {
		return cmp.Or(cmp.Compare(b.links(), a.links()), cmp.Compare(a.number, b.number))
	}), nil
}

// rankedType returns the uids of the entities of the type asked for; nil: of any.
func (x *Execution) rankedType(ctx context.Context) (map[uint64]bool, error) {
	t := x.text("type")
	if t == "" {
		return nil, nil
	}
	var found struct{ Q []struct{ UID string } }
	err := x.UnredactedInto(ctx, "query q($type: string) { q(func: eq(entity.type, $type)) { uid } }", map[string]string{"$type": t},
		&found)
	if err != nil {
		return nil, fmt.Errorf("rank: %w", err)
	}
	of := map[uint64]bool{}
	for _, n := range found.Q {
		uid, err := view.ParseUID(n.UID)
		if err != nil {
			return nil, err
		}
		of[uid] = true
	}
	return of, nil
}

// nameRanked learns the xids of entities, and orders those of equally many links by them.
func (x *Execution) nameRanked(ctx context.Context, list []*ranked) error {
	byUID := map[string]*ranked{}
	for _, r := range list {
		byUID[r.uid] = r
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(byUID)), 10*view.FrontierAtOnce) {
		var found struct{ Q []struct{ UID, XID string } }
		err := x.UnredactedInto(ctx, "query q($uids: string) { q(func: uid($uids)) { uid xid } }",
			map[string]string{"$uids": view.UIDList(batch)}, &found)
		if err != nil {
			return fmt.Errorf("rank: %w", err)
		}
		for _, n := range found.Q {
			byUID[n.UID].xid = n.XID
		}
	}
	slices.SortFunc(list, compareDegree)
	return nil
}

func compareDegree(a, b *ranked) int {
	return cmp.Or(cmp.Compare(b.links(), a.links()), strings.Compare(a.xid, b.xid))
}

// insert counts the links of entities that satisfy the filters and puts each in its place.
func (x *Execution) insert(ctx context.Context, list, page []*ranked) ([]*ranked, error) {
	if err := x.nameRanked(ctx, page); err != nil {
		return nil, err
	}
	byUID := map[string]*ranked{}
	var uids []string
	for _, r := range page {
		byUID[r.uid] = &ranked{xid: r.xid, uid: r.uid}
		uids = append(uids, r.uid)
	}
	edges, err := x.along(ctx, uids, view.BothWays(x.relations)...)
	if err != nil {
		return nil, err
	}
	if edges, err = x.ProveSaid(ctx, edges); err != nil { // only counted
		return nil, err
	}
	for _, e := range edges {
		certain := 1
		if e.Possible {
			certain = 0
		}
		if r := byUID[e.FromUID]; r != nil {
			r.out++
			r.certain += certain
		}
		if r := byUID[e.ToUID]; r != nil {
			r.in++
			r.certain += certain
		}
	}
	list = slices.AppendSeq(list, maps.Values(byUID))
	slices.SortFunc(list, compareDegree)
	return list, nil
}

package step

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
)

// maxAmong is how many entities may be asked about at once: more than anybody can look at.
const maxAmong = 2000

// among draws all links between some entities: what a page that shows them asks for when it opens, or when the time
// asked for changes.
func among() Step {
	return Step{
		Name: "among", Doc: "draws all links between the entities whose xids are listed, mentions among them", Needs: "entities",
		Time: canned.Timing{Shows: "the links that held"},
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			uids, err := x.among(ctx)
			if err != nil {
				return nil, err
			}
			edges, err := x.between(ctx, uids, uids, x.anyRelation()...)
			if err != nil {
				return nil, err
			}
			if edges, err = x.keep(ctx, edges); err != nil {
				return nil, err
			}
			x.drawFirst(edges)
			return nil, nil
		},
	}
}

// among returns the uids of the entities whose xids the parameter entities lists, and wants each described. What is
// not there, or may not be seen, is left out and counted.
func (x *Execution) among(ctx context.Context) (uids []string, err error) {
	var xids []string
	for xid := range strings.SplitSeq(x.text("entities"), ";") {
		if xid = strings.TrimSpace(xid); xid != "" {
			xids = append(xids, xid)
		}
	}
	if len(xids) > maxAmong {
		return nil, x.wrong("entities", fmt.Sprintf("more than %d entities", maxAmong), "ask for fewer at once")
	}
	found, missing, err := x.Known(ctx, xids)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		uids = append(uids, c.UID)
		x.wants[c.UID] = true
	}
	if missing > 0 {
		x.note("%d of %d entities are not in the graph, or not to be seen.", missing, len(xids))
	}
	return uids, nil
}

// anyRelation names the relations asked for, or all.
func (x *Execution) anyRelation() []string {
	if x.text("relations") != "" {
		return x.relations
	}
	return x.Ontology.RelationNames()
}

// totalRow is how many links an entity has of a kind.
type totalRow struct {
	xid, relation, direction string
	links                    int
}

// totals counts the links of some entities by relation and direction, whether or not the other end is among them.
func totals() Step {
	return Step{
		Name: "totals", Doc: "counts the links of the entities whose xids are listed", Needs: "entities",
		Time: canned.Timing{Shows: "how many links held, the possible among them"},
		Columns: columns(
			column[*totalRow]{"entity", func(_ names, r *totalRow) string { return r.xid }},
			column[*totalRow]{"relation", func(_ names, r *totalRow) string { return r.relation }},
			column[*totalRow]{"direction", func(_ names, r *totalRow) string { return r.direction }},
			column[*totalRow]{"links", func(_ names, r *totalRow) string { return strconv.Itoa(r.links) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			uids, err := x.among(ctx)
			if err != nil || len(uids) == 0 {
				return nil, err
			}
			clear(x.wants) // only counted
			var list []*totalRow
			if x.Filter.Active() {
				list, err = x.totalsThatHold(ctx, uids)
			} else {
				list, err = x.allTotals(ctx, uids)
			}
			return rowsOf(list, func(r *totalRow) Row { return Row{Of: r} }), err
		},
	}
}

func (x *Execution) allTotals(ctx context.Context, uids []string) (list []*totalRow, err error) {
	var fields strings.Builder
	relations := x.anyRelation()
	for i, name := range relations { // names of the ontology (law 13)
		fmt.Fprintf(&fields, " o%d: count(%s) i%d: count(~%s)", i, name, i, name)
	}
	var found struct{ Q []map[string]any }
	err = x.UnredactedInto(ctx, "query q($uids: string) { q(func: uid($uids)) { xid"+fields.String()+" } }",
		map[string]string{"$uids": view.UIDList(uids)}, &found)
	if err != nil {
		return nil, fmt.Errorf("count links: %w", err)
	}
	for _, n := range found.Q {
		xid, _ := n["xid"].(string)
		for i, name := range relations {
			for _, way := range []struct{ key, direction string }{{"o", "out"}, {"i", "in"}} {
				if count, _ := n[way.key+strconv.Itoa(i)].(float64); count > 0 {
					list = append(list, &totalRow{xid, name, way.direction, int(count)})
				}
			}
		}
	}
	return list, nil
}

func (x *Execution) totalsThatHold(ctx context.Context, uids []string) (list []*totalRow, err error) {
	edges, err := x.hop(ctx, uids, view.BothWays(x.anyRelation())...)
	if err != nil {
		return nil, err
	}
	asked := map[string]bool{}
	for _, uid := range uids {
		asked[uid] = true
	}
	byKind := map[totalRow]*totalRow{}
	count := func(xid, relation, direction string) {
		kind := totalRow{xid: xid, relation: relation, direction: direction}
		if byKind[kind] == nil {
			byKind[kind] = &kind
			list = append(list, &kind)
		}
		byKind[kind].links++
	}
	for _, e := range edges {
		if x.Filter.LeavesOut(e.Possible) {
			continue
		}
		if asked[e.FromUID] {
			count(e.From, e.Relation, "out")
		}
		if asked[e.ToUID] {
			count(e.To, e.Relation, "in")
		}
	}
	return list, nil
}

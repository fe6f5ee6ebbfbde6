package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/view"
)

func commonColumns() []string {
	return []string{"entity", "type", "first", "second", "confidence", "possible", "sources"}
}

// common finds what two entities are both linked to, what is best supported first. Where one of them is a hub it is asked
// from the other's side, so that nothing is missed.
func common(ctx context.Context, a *Execution) error {
	first, err := a.entityParam(0)
	if err != nil {
		return err
	}
	second, err := a.entityParam(1)
	if err != nil {
		return err
	}
	ways := view.BothWays(a.relations)
	ends := [2]view.Candidate{first, second}
	var links [2][]*view.GraphEdge
	var hub [2]bool
	for i, end := range ends {
		if links[i], hub[i], err = a.Along(ctx, []string{end.UID}, nil, ways...); err != nil {
			return err
		}
	}
	for i, end := range ends {
		if hub[i] {
			var others []string
			for _, e := range links[1-i] {
				uid, _ := e.Far(ends[1-i].UID)
				others = append(others, uid)
			}
			if links[i], _, err = a.Along(ctx, others, []string{end.UID}, ways...); err != nil {
				return err
			}
		}
	}
	a.result.Truncated = a.result.Truncated || hub[0] && hub[1]
	var by [2]map[string][]*view.GraphEdge
	for i, end := range ends {
		other := ends[1-i]
		if links[i], err = a.keep(ctx, links[i]); err != nil {
			return err
		}
		by[i] = map[string][]*view.GraphEdge{}
		for _, e := range links[i] {
			if uid, _ := e.Far(end.UID); uid != end.UID && uid != other.UID {
				by[i][uid] = append(by[i][uid], e)
			}
		}
	}
	var shared []*view.GraphEdge
	for uid := range by[0] {
		if len(by[1][uid]) > 0 {
			shared = append(append(shared, by[0][uid]...), by[1][uid]...)
		}
	}
	if !a.Filter.Active() { // else they carry their claims already
		if _, err := a.Prove(ctx, shared); err != nil {
			return err
		}
	}
	type found struct {
		row
		sure *int
		xid  string
	}
	var list []found
	for uid, near := range by[0] {
		far := by[1][uid]
		if len(far) == 0 {
			continue
		}
		_, xid := near[0].Far(first.UID)
		f := found{xid: xid, sure: weakest(surestOf(near), surestOf(far))}
		f.edges = append(slices.Clone(near), far...)
		f.possible = a.Filter.Timed() && (allPossible(near) || allPossible(far))
		var claims []*view.Evidence
		for _, e := range f.edges {
			claims = append(claims, e.Passed...)
		}
		f.cell = func(field string) string {
			switch field {
			case "entity":
				return a.nameOf(xid)
			case "type":
				return a.typeOf(xid)
			case "first":
				return waysShown(near, first.UID)
			case "second":
				return waysShown(far, second.UID)
			case "confidence":
				return number(f.sure)
			case "possible":
				return possibly(f.possible)
			case "sources":
				return firstThree(sourcesOf(claims))
			}
			return ""
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(x, y found) int {
		return cmp.Or(compareConfidence(x.sure, y.sure), strings.Compare(x.xid, y.xid))
	})
	rows := make([]row, len(list))
	for i, f := range list {
		rows[i] = f.row
	}
	a.tabulate(rows)
	return nil
}

// surestOf is the confidence of the surest of several links.
func surestOf(edges []*view.GraphEdge) *int {
	var best *int
	for _, e := range edges {
		if c := surest(e.Passed); c != nil && (best == nil || *c > *best) {
			best = c
		}
	}
	return best
}

// allPossible reports whether none of several links certainly held.
func allPossible(edges []*view.GraphEdge) bool {
	return !slices.ContainsFunc(edges, func(e *view.GraphEdge) bool { return !e.Possible })
}

// waysShown names the relations of links as seen from one end: commands, or backwards ← commands.
func waysShown(edges []*view.GraphEdge, from string) string {
	var names []string
	for _, e := range edges {
		if e.FromUID == from {
			names = append(names, e.Relation)
		} else {
			names = append(names, "← "+e.Relation)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

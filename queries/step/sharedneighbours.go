package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// neighbour is an entity that both are linked to, with the links of each.
type neighbour struct {
	xid           string
	first, second []*view.GraphEdge
	ends          [2]view.Candidate
	sure          *int
	possible      bool
}

// links are those of both.
func (s *neighbour) links() []*view.GraphEdge { return append(slices.Clone(s.first), s.second...) }

// sharedNeighbours finds what two entities are both linked to, what is best supported first.
func sharedNeighbours() Step {
	return Step{
		Name: "common", Doc: "finds what the first two entity parameters are both linked to", Entities: 2,
		Time: canned.Timing{Shows: "the neighbours whose links to both held together"},
		Columns: withContested(columns(
			column[*neighbour]{"entity", func(n names, s *neighbour) string { return n.of(s.xid) }},
			column[*neighbour]{"type", func(n names, s *neighbour) string { return n.typeOf(s.xid) }},
			column[*neighbour]{"first", func(_ names, s *neighbour) string { return waysShown(s.first, s.ends[0].UID) }},
			column[*neighbour]{"second", func(_ names, s *neighbour) string { return waysShown(s.second, s.ends[1].UID) }},
			column[*neighbour]{"confidence", func(_ names, s *neighbour) string { return number(s.sure) }},
			column[*neighbour]{"possible", func(_ names, s *neighbour) string { return possibly(s.possible) }},
			column[*neighbour]{"sources", func(n names, s *neighbour) string {
				var claims []*view.Evidence
				for _, e := range s.links() {
					claims = append(claims, e.Passed...)
				}
				return n.list(sourcesOf(claims))
			}},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			first, second, err := x.pair()
			if err != nil {
				return nil, err
			}
			list, err := x.neighboursOf(ctx, [2]view.Candidate{first, second})
			if err != nil {
				return nil, err
			}
			slices.SortFunc(list, func(a, b *neighbour) int {
				return cmp.Or(compareConfidence(a.sure, b.sure), strings.Compare(a.xid, b.xid))
			})
			return rowsOf(list, func(s *neighbour) Row { return Row{Edges: s.links(), Possible: s.possible, Of: s} }), nil
		},
	}
}

// neighboursOf returns what both ends are linked to, with the claims behind the links.
func (x *Execution) neighboursOf(ctx context.Context, ends [2]view.Candidate) ([]*neighbour, error) {
	links, err := x.linksOfBoth(ctx, ends)
	if err != nil {
		return nil, err
	}
	var by [2]map[string][]*view.GraphEdge
	for i, end := range ends {
		if links[i], err = x.keep(ctx, links[i]); err != nil {
			return nil, err
		}
		by[i] = map[string][]*view.GraphEdge{}
		for _, e := range links[i] {
			if uid, _ := e.Far(end.UID); uid != end.UID && uid != ends[1-i].UID {
				by[i][uid] = append(by[i][uid], e)
			}
		}
	}
	var shared []*view.GraphEdge
	var list []*neighbour
	for uid, near := range by[0] {
		if far := by[1][uid]; len(far) > 0 {
			_, xid := near[0].Far(ends[0].UID)
			s := &neighbour{xid: xid, first: near, second: far, ends: ends}
			list, shared = append(list, s), append(shared, s.links()...)
		}
	}
	if _, err := x.Prove(ctx, shared); err != nil {
		return nil, err
	}
	for _, s := range list {
		s.possible = x.together(s) == schema.Possible
		s.sure = weakest(surestOf(s.first), surestOf(s.second))
	}
	return slices.DeleteFunc(list, func(s *neighbour) bool { return len(s.first) == 0 }), nil
}

// linksOfBoth returns the links of both ends. Where one of them is a hub it is asked from the other's side, so that
// nothing is missed.
func (x *Execution) linksOfBoth(ctx context.Context, ends [2]view.Candidate) (links [2][]*view.GraphEdge, err error) {
	ways := view.BothWays(x.relations)
	var hub [2]bool
	for i, end := range ends {
		if links[i], hub[i], err = x.Along(ctx, []string{end.UID}, nil, ways...); err != nil {
			return links, err
		}
	}
	for i, end := range ends {
		if hub[i] {
			var others []string
			for _, e := range links[1-i] {
				uid, _ := e.Far(ends[1-i].UID)
				others = append(others, uid)
			}
			if links[i], _, err = x.Along(ctx, others, []string{end.UID}, ways...); err != nil {
				return links, err
			}
		}
	}
	x.cut(hub[0] && hub[1])
	return links, nil
}

// surestOf is the confidence of the surest of several links.
func surestOf(edges []*view.GraphEdge) *int {
	var claims []*view.Evidence
	for _, e := range edges {
		claims = append(claims, e.Passed...)
	}
	return surest(claims)
}

// together leaves of the links of both ends those that held at one moment with some of the other's, and says whether
// any did for certain (law 7).
func (x *Execution) together(s *neighbour) (most schema.Certainty) {
	if !x.Filter.Timed() {
		return schema.Certain
	}
	held := map[*view.GraphEdge]bool{}
	for _, e := range s.first {
		for _, f := range s.second {
			holding := x.Together([]*view.GraphEdge{e, f})
			most = max(most, holding)
			held[e], held[f] = held[e] || holding != schema.No, held[f] || holding != schema.No
		}
	}
	never := func(e *view.GraphEdge) bool { return !held[e] }
	s.first, s.second = slices.DeleteFunc(s.first, never), slices.DeleteFunc(s.second, never)
	return most
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

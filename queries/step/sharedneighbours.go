package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// neighbour is an entity that both are linked to, with the chains of links that lead there from each.
type neighbour struct {
	uid, xid string
	chains   [2][]chain
	ends     [2]view.Candidate
	sure     *int
	possible bool
}

// chain is the links from one of both to a neighbour, in order.
type chain []*view.GraphEdge

// maxChains is how many chains of links are looked at from one of both to one neighbour.
const maxChains = 64

// links are those of both, each once.
func (s *neighbour) links() (links []*view.GraphEdge) {
	for _, c := range slices.Concat(s.chains[0], s.chains[1]) {
		links = append(links, c...)
	}
	return once(links)
}

// once returns each edge once, in the order in which they come.
func once(edges []*view.GraphEdge) (list []*view.GraphEdge) {
	seen := map[*view.GraphEdge]bool{}
	for _, e := range edges {
		if !seen[e] {
			seen[e], list = true, append(list, e)
		}
	}
	return list
}

// sameEdges holds edges by their ids: where one is found again it is the first found.
type sameEdges map[string]*view.GraphEdge

func (same sameEdges) of(edges []*view.GraphEdge) []*view.GraphEdge {
	list := slices.Clone(edges)
	for i, e := range list {
		if first := same[e.ID()]; first != nil {
			list[i] = first
		} else {
			same[e.ID()] = e
		}
	}
	return list
}

// sharedNeighbours finds what two entities are both linked to, what is best supported first. Of links=2 that is what
// two links lead to from each, and no single one does: one that surely holds excludes, one that may makes the row
// possible only (law 7). The header may say by which relations each is linked (first, second), and the parameter type
// of which type a neighbour is.
func sharedNeighbours() Step {
	return Step{
		Name: "common",
		Doc: "finds what the first two entity parameters are both linked to, by relations or those of first and second, by exactly " +
			"so many links (parameter links: 1 or 2), of a type (parameter type)",
		Entities: 2, Keys: []string{"first", "second"},
		Time: canned.Timing{Shows: "the neighbours whose links to both held together"},
		Columns: withContested(columns(
			column[*neighbour]{"entity", func(n names, s *neighbour) string { return n.of(s.xid) }},
			column[*neighbour]{"type", func(n names, s *neighbour) string { return n.typeOf(s.xid) }},
			column[*neighbour]{"first", func(n names, s *neighbour) string { return n.ways(s.chains[0], s.ends[0]) }},
			column[*neighbour]{"second", func(n names, s *neighbour) string { return n.ways(s.chains[1], s.ends[1]) }},
			column[*neighbour]{"confidence", func(_ names, s *neighbour) string { return number(s.sure) }},
			column[*neighbour]{"possible", func(_ names, s *neighbour) string { return possibly(s.possible) }},
			column[*neighbour]{"sources", func(n names, s *neighbour) string {
				var claims []*view.Evidence
				for _, e := range s.links() {
					claims = append(claims, e.Passed...)
				}
				return n.list(sourcesOf(claims))
			}},
			column[*neighbour]{"xid", func(_ names, s *neighbour) string { return s.xid }},
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
func (x *Execution) neighboursOf(ctx context.Context, ends [2]view.Candidate) (list []*neighbour, err error) {
	var ways [2][]string
	for i, header := range [2][]string{x.query.First, x.query.Second} {
		ways[i] = x.waysFrom(header)
	}
	same := sameEdges{}
	near, err := x.linksOfBoth(ctx, ends, ways, same)
	if err != nil {
		return nil, err
	}
	direct := near
	switch links := x.text("links"); links {
	case "", "1":
	case "2":
		if near, err = x.linksBeyond(ctx, ends, near, ways, same); err != nil {
			return nil, err
		}
	default:
		return nil, x.wrong("links", fmt.Sprintf("no chains of %s links are looked for", schema.Shorten(links)), "1 or 2")
	}
	var shared []*view.GraphEdge
	for uid, chains := range near[0] {
		if len(near[1][uid]) == 0 || uid == ends[0].UID || uid == ends[1].UID {
			continue
		}
		last := chains[0][len(chains[0])-1]
		s := &neighbour{uid: uid, xid: last.To, chains: [2][]chain{chains, near[1][uid]}, ends: ends}
		if last.FromUID == uid {
			s.xid = last.From
		}
		list, shared = append(list, s), append(shared, s.links()...)
	}
	if list, err = x.ofType(ctx, list); err != nil {
		return nil, err
	}
	if _, err := x.Prove(ctx, once(shared)); err != nil {
		return nil, err
	}
	for _, s := range list {
		s.possible = x.together(s) == schema.Possible
		s.sure = weakest(surestChain(s.chains[0]), surestChain(s.chains[1]))
	}
	list = slices.DeleteFunc(list, func(s *neighbour) bool { return len(s.chains[0]) == 0 })
	if x.text("links") != "2" {
		return list, nil
	}
	return slices.DeleteFunc(list, func(s *neighbour) bool {
		nearer := max(x.holds(direct[0][s.uid]), x.holds(direct[1][s.uid]))
		s.possible = s.possible || nearer == schema.Possible
		return nearer == schema.Certain
	}), nil
}

// waysFrom returns the relations along which one of both is linked: those of the header, which the question may narrow,
// else all in either direction.
func (x *Execution) waysFrom(header []string) (ways []string) {
	if len(header) == 0 {
		return view.BothWays(x.relations)
	}
	for _, way := range header {
		name := strings.TrimPrefix(way, "~")
		switch r := x.Ontology.Relation(name); {
		case x.text("relations") != "" && !slices.Contains(x.relations, name):
		case r != nil && r.Symmetric:
			ways = append(ways, name, "~"+name)
		default:
			ways = append(ways, way)
		}
	}
	return ways
}

// ofType leaves those of the type asked for.
func (x *Execution) ofType(ctx context.Context, list []*neighbour) ([]*neighbour, error) {
	t := x.text("type")
	if t == "" || len(list) == 0 {
		return list, nil
	}
	uids := make([]string, len(list))
	for i, s := range list {
		uids[i] = s.uid
	}
	of, err := x.OfTypes(ctx, uids, t)
	return slices.DeleteFunc(list, func(s *neighbour) bool { return !of[s.uid] }), err
}

// holds says whether a link among some holds at some time within the time asked for.
func (x *Execution) holds(links []chain) schema.Certainty {
	holding := schema.No
	for _, c := range links {
		if c[0].Possible && x.Filter.Timed() {
			holding = max(holding, schema.Possible)
		} else {
			holding = schema.Certain
		}
	}
	return holding
}

// linksOfBoth returns the links of both ends, by the uid of the other end. Where one of them is a hub it is asked from
// the other's side, so that nothing is missed.
func (x *Execution) linksOfBoth(ctx context.Context, ends [2]view.Candidate, ways [2][]string, same sameEdges,
) (by [2]map[string][]chain, err error) {
	var hub [2]bool
	var links [2][]*view.GraphEdge
	for i, end := range ends {
		if links[i], hub[i], err = x.Along(ctx, []string{end.UID}, nil, ways[i]...); err != nil {
			return by, err
		}
	}
	for i, end := range ends {
		if hub[i] {
			var others []string
			for _, e := range links[1-i] {
				uid, _ := e.Far(ends[1-i].UID)
				others = append(others, uid)
			}
			more, _, err := x.Along(ctx, others, []string{end.UID}, backwards(ways[i])...)
			if err != nil {
				return by, err
			}
			links[i] = more
		}
	}
	// Of a hub only the links to the other's neighbours are known then: chains through the rest are missed.
	x.cut(hub[0] && hub[1] || x.text("links") == "2" && (hub[0] || hub[1]))
	for i, end := range ends {
		by[i] = map[string][]chain{}
		if links[i], err = x.keep(ctx, same.of(links[i])); err != nil {
			return by, err
		}
		for _, e := range links[i] {
			if uid, _ := e.Far(end.UID); uid != end.UID {
				by[i][uid] = append(by[i][uid], chain{e})
			}
		}
	}
	return by, nil
}

// linksBeyond returns the chains of one link more than those of both ends, by the uid that they lead to. Of the second
// end only what the first comes to is looked at.
func (x *Execution) linksBeyond(ctx context.Context, ends [2]view.Candidate, near [2]map[string][]chain, ways [2][]string, same sameEdges,
) (by [2]map[string][]chain, err error) {
	var only []string
	for i, end := range ends {
		by[i] = map[string][]chain{}
		middles := slices.Sorted(maps.Keys(near[i]))
		edges, err := x.between(ctx, middles, only, ways[i]...)
		if err != nil {
			return by, err
		}
		if edges, err = x.keep(ctx, same.of(edges)); err != nil {
			return by, err
		}
		for _, e := range edges {
			for _, side := range [2][3]string{{e.FromUID, e.Relation, e.ToUID}, {e.ToUID, "~" + e.Relation, e.FromUID}} {
				middle, way, far := side[0], side[1], side[2]
				if far == end.UID || far == middle || !slices.Contains(ways[i], way) {
					continue
				}
				for _, c := range near[i][middle] {
					if len(by[i][far]) == maxChains {
						x.truncated = true
						break
					}
					by[i][far] = append(by[i][far], append(slices.Clone(c), e))
				}
			}
		}
		only = slices.Sorted(maps.Keys(by[0]))
	}
	return by, nil
}

// surestChain is the confidence of the surest of several chains, each as sure as its weakest link.
func surestChain(chains []chain) (most *int) {
	for _, c := range chains {
		sure := surestOf(c[:1])
		for i := range c[1:] {
			sure = weakest(sure, surestOf(c[i+1:i+2]))
		}
		if compareConfidence(sure, most) < 0 {
			most = sure
		}
	}
	return most
}

// surestOf is the confidence of the surest of several links.
func surestOf(edges []*view.GraphEdge) *int {
	var claims []*view.Evidence
	for _, e := range edges {
		claims = append(claims, e.Passed...)
	}
	return surest(claims)
}

// together leaves of the chains from both ends those that held at one moment with some of the other's, and says whether
// any did for certain (law 7).
func (x *Execution) together(s *neighbour) (most schema.Certainty) {
	if !x.Filter.Timed() {
		return schema.Certain
	}
	var held [2][]bool
	for i := range held {
		held[i] = make([]bool, len(s.chains[i]))
	}
	for i, first := range s.chains[0] {
		for j, second := range s.chains[1] {
			holding := x.Together(once(slices.Concat(first, second)))
			most = max(most, holding)
			held[0][i], held[1][j] = held[0][i] || holding != schema.No, held[1][j] || holding != schema.No
		}
	}
	for i := range held {
		var left []chain
		for j, c := range s.chains[i] {
			if held[i][j] {
				left = append(left, c)
			}
		}
		s.chains[i] = left
	}
	return most
}

// ways names the links of chains as seen from one end, with what lies between: commands, or backwards ← commands.
func (n names) ways(chains []chain, from view.Candidate) string {
	var texts []string
	for _, c := range chains {
		at, words := from.UID, []string(nil)
		for i, e := range c {
			way := e.Relation
			if e.FromUID != at {
				way = "← " + way
			}
			far, xid := e.Far(at)
			if at, words = far, append(words, way); i < len(c)-1 {
				words = append(words, n.of(xid))
			}
		}
		texts = append(texts, strings.Join(words, " "))
	}
	slices.Sort(texts)
	return n.list(slices.Compact(texts))
}

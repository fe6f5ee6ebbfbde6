package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/schema"
)

const (
	maxEnumerated = 1000 // chains ranked; beyond it the answer says that there are more
	maxReached    = 200_000
)

// side is one half of the search: what is reached from one end, level by level.
type side struct {
	level    map[string]int        // by uid
	edges    map[string][]*rawEdge // by uid: the edges over which it was reached from the level before
	frontier []string
	depth    int
	crowded  bool // the frontier holds a hub with more links than one look brings
}

func newSide(uid string) *side {
	return &side{level: map[string]int{uid: 0}, edges: map[string][]*rawEdge{}, frontier: []string{uid}}
}

// paths finds all shortest chains between two entities by a search from both ends, a frontier at a time: Dgraph's own
// shortest fails on hubs and cannot search from both ends (DESIGN). Relations are walked both ways (law 12); Sources
// and mentions are no part of a chain (law 16).
func paths(ctx context.Context, a *asking) error {
	from, err := a.entityParam(0)
	if err != nil {
		return err
	}
	to, err := a.entityParam(1)
	if err != nil {
		return err
	}
	if from.uid == to.uid {
		a.result.Notes = append(a.result.Notes, "both are one entity")
		return nil
	}
	maxHops := a.values.ints["max_hops"]
	forward, backward := newSide(from.uid), newSide(to.uid)
	var meet []string
	for forward.depth+backward.depth < maxHops && len(meet) == 0 {
		near, far := forward, backward
		if len(backward.frontier) < len(forward.frontier) {
			near, far = backward, forward
		}
		if near.crowded && len(far.frontier) > 0 {
			near, far = far, near
		}
		if len(near.frontier) == 0 {
			break
		}
		if near, far, err = a.advance(ctx, near, far); err != nil {
			return err
		}
		for _, uid := range near.frontier {
			if _, met := far.level[uid]; met {
				meet = append(meet, uid)
			}
		}
		if len(near.level)+len(far.level) > maxReached {
			a.result.Truncated = true
			a.result.Notes = append(a.result.Notes, fmt.Sprintf("gave up after reaching %d entities; narrow it with relations= or as_of=", maxReached))
			break
		}
	}
	if len(meet) == 0 {
		a.result.Notes = append(a.result.Notes, fmt.Sprintf("No path within %d hops.", maxHops))
		return nil
	}
	return a.rankPaths(ctx, from.uid, a.chains(forward, backward, meet))
}

// advance reaches one level further on one side, which it gives first: on the near one; but where a hub there has more
// links than one look brings, on the far one, to reach the hub from its other end and miss nothing.
func (a *asking) advance(ctx context.Context, near, far *side) (grown, other *side, err error) {
	edges, hub, err := a.neighbours(ctx, near.frontier)
	if err != nil {
		return nil, nil, err
	}
	if near.crowded = hub; hub && !far.crowded && len(far.frontier) > 0 {
		back, farHub, err := a.neighbours(ctx, far.frontier)
		if err != nil {
			return nil, nil, err
		}
		if far.crowded = farHub; !farHub {
			near, far, edges, hub = far, near, back, false
		}
	}
	a.result.Truncated = a.result.Truncated || hub
	if edges, err = a.betweenEntities(ctx, edges); err != nil {
		return nil, nil, err
	}
	if edges, err = a.keep(ctx, edges); err != nil {
		return nil, nil, err
	}
	near.grow(edges)
	return near, far, nil
}

// grow takes the edges found from the frontier.
func (s *side) grow(edges []*rawEdge) {
	s.depth++
	s.crowded = false
	s.frontier = nil
	known := map[string]bool{}
	for _, e := range edges {
		if known[e.id()] {
			continue
		}
		known[e.id()] = true
		for _, ends := range [][2]string{{e.fromUID, e.toUID}, {e.toUID, e.fromUID}} {
			here, there := ends[0], ends[1]
			level, reached := s.level[here]
			if !reached || level != s.depth-1 {
				continue
			}
			if before, again := s.level[there]; again && before != s.depth {
				continue
			} else if !again {
				s.level[there] = s.depth
				s.frontier = append(s.frontier, there)
			}
			s.edges[there] = append(s.edges[there], e)
		}
	}
}

// betweenEntities leaves out what no chain may run over (law 16): mentions, even where relations= names it, and the links
// of Sources. A link to what was undescribed when it was loaded, or to what sources disagree on, may lead to one.
func (a *asking) betweenEntities(ctx context.Context, edges []*rawEdge) ([]*rawEdge, error) {
	ends := map[string]bool{}
	for _, e := range edges {
		ends[e.fromUID], ends[e.toUID] = true, true
	}
	sources := map[string]bool{}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(ends)), 10*frontierAtOnce) {
		var found struct{ Q []struct{ UID string } }
		err := a.snapshot.query(ctx, `query q($uids: string, $source: string) { q(func: uid($uids)) @filter(eq(entity.type, $source)) { uid } }`,
			map[string]string{"$uids": uidList(batch), "$source": schema.SourceType}, &found)
		if err != nil {
			return nil, fmt.Errorf("look for sources: %w", err)
		}
		for _, n := range found.Q {
			sources[n.UID] = true
		}
	}
	return slices.DeleteFunc(edges, func(e *rawEdge) bool {
		return e.relation == "mentions" || sources[e.fromUID] || sources[e.toUID]
	}), nil
}

// chains joins both halves at every node where they meet. All shortest chains cross the meeting level exactly once.
func (a *asking) chains(forward, backward *side, meet []string) [][]*rawEdge {
	var all [][]*rawEdge
	slices.Sort(meet)
	for _, uid := range meet {
		heads, cutHeads := forward.back(uid)
		tails, cutTails := backward.back(uid)
		a.result.Truncated = a.result.Truncated || cutHeads || cutTails
		for _, head := range heads {
			for _, tail := range tails {
				if len(all) == maxEnumerated {
					a.result.Truncated = true
					return all
				}
				chain := slices.Clone(head)
				for _, e := range slices.Backward(tail) {
					chain = append(chain, e)
				}
				all = append(all, chain)
			}
		}
	}
	return all
}

// back gives the chains from the side's own end to a node, and whether there are more than it gives.
func (s *side) back(uid string) (all [][]*rawEdge, cut bool) {
	if s.level[uid] == 0 {
		return [][]*rawEdge{{}}, false
	}
	for _, e := range s.edges[uid] {
		before := e.fromUID
		if before == uid {
			before = e.toUID
		}
		chains, more := s.back(before)
		cut = cut || more
		for _, chain := range chains {
			if len(all) == maxEnumerated {
				return all, true
			}
			all = append(all, append(slices.Clone(chain), e))
		}
	}
	return all, cut
}

// rankPaths orders equally short chains by the evidence behind them: the confidence of the weakest edge, then the
// distinct publishers along it (law 16).
func (a *asking) rankPaths(ctx context.Context, start string, chains [][]*rawEdge) error {
	edges := map[string]*rawEdge{}
	for _, chain := range chains {
		for _, e := range chain {
			edges[e.id()] = e
		}
	}
	if !a.proven {
		var list []*rawEdge
		for _, e := range edges {
			list = append(list, e)
		}
		if _, err := a.proveAll(ctx, list); err != nil {
			return err
		}
	}
	type ranked struct {
		chain      []*rawEdge
		weakest    int
		publishers int
		name       string
	}
	list := make([]ranked, len(chains))
	for i, chain := range chains {
		r := ranked{chain: chain, weakest: 101}
		publishers := map[string]bool{}
		var names []string
		for _, e := range chain {
			best := -1
			for _, c := range e.passed {
				if c.Confidence != nil {
					best = max(best, *c.Confidence)
				}
				for _, cite := range c.Cites {
					publishers[cmp.Or(cite.Publisher, cite.Source)] = true
				}
			}
			r.weakest = min(r.weakest, best)
			names = append(names, e.from+" "+e.relation+" "+e.to)
		}
		r.publishers, r.name = len(publishers), strings.Join(names, "\x00")
		list[i] = r
	}
	slices.SortFunc(list, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(y.weakest, x.weakest), cmp.Compare(y.publishers, x.publishers), strings.Compare(x.name, y.name))
	})
	if limit := a.values.ints["limit"]; len(list) > limit {
		list, a.result.Truncated = list[:limit], true
	}
	taken := map[string]bool{}
	for _, r := range list {
		for _, e := range r.chain {
			if e = edges[e.id()]; !taken[e.id()] {
				taken[e.id()] = true
				a.edges = append(a.edges, e)
			}
		}
	}
	a.rows = func(context.Context, *asking) error {
		shown := map[string]*Edge{}
		for _, e := range a.result.Edges {
			shown[e.ID] = e
		}
		for _, r := range list {
			at := start
			var steps []Step
			for _, e := range r.chain {
				forward := e.fromUID == at
				steps = append(steps, Step{Edge: shown[e.id()], Forward: forward})
				if forward {
					at = e.toUID
				} else {
					at = e.fromUID
				}
			}
			a.result.Paths = append(a.result.Paths, steps)
		}
		return nil
	}
	return nil
}

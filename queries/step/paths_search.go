package step

import (
	"context"
	"fmt"
	"math"
	"slices"

	"orbat/queries/view"
)

// pathSearch is a search on its way.
type pathSearch struct {
	*Execution
	rules    pathRules
	graph    *pathGraph
	topology *view.Topology
	sure     int         // no chain of so many hops or fewer is unknown
	avoided  []*pathNode // entities with too many links
	toRank   bool        // the chains were all found; their evidence is being read
}

func newPathSearch(a *Execution, rules pathRules, from, to string) (*pathSearch, error) {
	x, err := view.ParseUID(from)
	if err != nil {
		return nil, err
	}
	y, err := view.ParseUID(to)
	if err != nil {
		return nil, err
	}
	s := &pathSearch{
		Execution: a, rules: rules, graph: newPathGraph(x, y), topology: view.NewTopology(a.Snapshot, rules.relations),
	}
	return s, nil
}

// find gives all chains of the shortest length, and of longer ones until there are enough. With an error it gives what was
// found before.
func (s *pathSearch) find(ctx context.Context) (all [][]*pathEdge, err error) {
	if len(s.rules.relations) == 0 {
		return nil, nil
	}
	if err := s.checkEnds(ctx); err != nil || s.graph.ends[atFrom].dead || s.graph.ends[atTo].dead {
		return nil, err
	}
	for hops := 1; hops <= s.rules.maxHops && len(all) < s.rules.alternatives; hops++ {
		chains, err := s.chainsOf(ctx, hops)
		all = append(all, chains...)
		if err != nil {
			return all, err
		}
		s.sure = hops
	}
	return all, nil
}

// checkEnds sees that neither end is a Source.
func (s *pathSearch) checkEnds(ctx context.Context) error {
	return s.lookAtEnds(ctx, s.graph.ends[:])
}

// chainsOf gives the chains of one length. What is wanted is read, listed, and proven; what fails is struck out, and the rest
// listed again.
func (s *pathSearch) chainsOf(ctx context.Context, hops int) ([][]*pathEdge, error) {
	for {
		if err := s.reach(ctx, hops); err != nil {
			return nil, err
		}
		most := min(maxCompared, max(minCompared, comparedForEach*s.values.Ints["limit"], s.rules.alternatives))
		chains, more, err := newWalks(s.graph, hops).chains(ctx, most)
		if err != nil {
			return nil, err
		}
		struck, err := s.vet(ctx, chains)
		if err != nil {
			return nil, err
		}
		if struck {
			s.graph.measure()
			continue
		}
		if more {
			s.result.Truncated = true
			s.note("There are more than %d paths of %s; so many of them were compared.", most, hopsText(hops))
		}
		return chains, nil
	}
}

// reach reads links until every chain of so many hops is known. Take the first and the last entity of a chain that was
// not read: each is known from its end, and if both are one, every link of the chain is known. So no chain is unknown when
// no two unread entities, one known from each end, are near enough for a chain of this length to run through both.
func (s *pathSearch) reach(ctx context.Context, hops int) error {
	for {
		open := s.open(hops)
		plan := open.cheapest()
		if plan == nil {
			return nil
		}
		if err := s.read(ctx, plan); err != nil {
			return err
		}
		if s.graph.read > maxLinksRead {
			return errTooMuch
		}
	}
}

// frontier is what is not read and in the way, by end: hubs apart.
type frontier struct {
	small, hubs [2][]*pathNode
	touch       [][2]*pathNode // pairs of hubs that need only be asked whether they touch
	exact       bool           // that is all that is needed between hubs
	average     int            // links of an entity
}

// open gives the unread entities through which an unknown chain of so many hops may run.
func (s *pathSearch) open(hops int) *frontier {
	f := &frontier{exact: true, average: s.graph.read/max(1, s.graph.looks) + 1}
	var unreadBy, hubsBy [2][]*pathNode
	nearest := [2]int{math.MaxInt32, math.MaxInt32}
	nearestSmall := nearest
	for _, n := range s.graph.nodes {
		if n.dead || n.state == allRead {
			continue
		}
		for end := range s.graph.ends {
			d := n.dist[end]
			if d == unreached || d >= hops {
				continue
			}
			nearest[end] = min(nearest[end], d)
			if n.state == hub {
				hubsBy[end] = append(hubsBy[end], n)
			} else {
				unreadBy[end] = append(unreadBy[end], n)
				nearestSmall[end] = min(nearestSmall[end], d)
			}
		}
	}
	inWay := [2]map[*pathNode]bool{{}, {}}
	for _, x := range hubsBy[atFrom] {
		for _, y := range hubsBy[atTo] {
			between := x.dist[atFrom] + y.dist[atTo] + 1
			if x == y || between > hops || between == hops && s.graph.touching[pair(x, y)] {
				continue
			}
			inWay[atFrom][x], inWay[atTo][y] = true, true
			if between == hops {
				f.touch = append(f.touch, [2]*pathNode{x, y})
			} else {
				f.exact = false
			}
		}
	}
	for end := range s.graph.ends {
		other := 1 - end
		first := math.MaxInt32 // only the nearest are read at once: the next level may not be needed
		for _, n := range unreadBy[end] {
			if n.dist[end]+nearest[other]+1 <= hops {
				first = min(first, n.dist[end])
			}
		}
		for _, n := range hubsBy[end] {
			if inWay[end][n] || n.dist[end]+nearestSmall[other]+1 <= hops {
				first = min(first, n.dist[end])
			}
		}
		for _, n := range unreadBy[end] {
			if n.dist[end] == first {
				f.small[end] = append(f.small[end], n)
			}
		}
		for _, n := range hubsBy[end] {
			if n.dist[end] == first && (inWay[end][n] || first+nearestSmall[other]+1 <= hops) {
				f.hubs[end] = append(f.hubs[end], n)
			}
		}
	}
	return f
}

// pathPlan is what to read next.
type pathPlan struct {
	nodes []*pathNode
	touch [][2]*pathNode
}

// cheapest weighs reading all that is in the way at one end against reading all but the hubs at both ends, and asking the hubs
// whether they touch; nil: nothing is in the way. Links are what costs.
func (f *frontier) cheapest() *pathPlan {
	cost := func(small, hubs []*pathNode) int {
		return len(small)*f.average + len(hubs)*hubLinks
	}
	var best *pathPlan
	least := math.MaxInt
	consider := func(sum int, nodes []*pathNode, touch [][2]*pathNode) {
		if sum < least && len(nodes)+len(touch) > 0 {
			best, least = &pathPlan{nodes, touch}, sum
		}
	}
	if len(f.touch) > 0 && f.exact {
		const askOne = 20 // links that could be read in the time
		consider(cost(f.small[0], nil)+cost(f.small[1], nil)+askOne*len(f.touch), slices.Concat(f.small[0], f.small[1]), f.touch)
	}
	for end := range f.small {
		consider(cost(f.small[end], f.hubs[end]), slices.Concat(f.small[end], f.hubs[end]), nil)
	}
	return best
}

// read makes the links of entities known: those of few links at once, then the hubs, one by one.
func (s *pathSearch) read(ctx context.Context, plan *pathPlan) error {
	var small, hubs []*pathNode
	for _, n := range plan.nodes {
		if n.state == hub {
			hubs = append(hubs, n)
		} else {
			small = append(small, n)
		}
	}
	byUID(small)
	byUID(hubs)
	for batch := range slices.Chunk(slices.Compact(small), probeAtOnce) {
		if err := s.readSmall(ctx, batch); err != nil {
			return err
		}
	}
	for _, n := range slices.Compact(hubs) {
		found, err := s.topology.Links(ctx, []uint64{n.uid}, math.MaxInt32, true)
		if err != nil {
			return err
		}
		s.takeAll(found, math.MaxInt32)
	}
	return s.askTouching(ctx, plan.touch)
}

func byUID(nodes []*pathNode) {
	slices.SortFunc(nodes, func(x, y *pathNode) int {
		if x.uid < y.uid {
			return -1
		}
		if x.uid > y.uid {
			return 1
		}
		return 0
	})
}

// readSmall reads entities of unknown size; those with more links than a look brings are hubs, to be read only if need be.
func (s *pathSearch) readSmall(ctx context.Context, batch []*pathNode) error {
	if err := s.weigh(ctx, batch); err != nil {
		return err
	}
	batch = slices.DeleteFunc(slices.Clone(batch), func(n *pathNode) bool { return n.dead || n.state != unread })
	if len(batch) == 0 {
		return nil
	}
	found, err := s.topology.Links(ctx, uidsOfNodes(batch), s.fanout, true)
	if err != nil {
		return err
	}
	s.takeAll(found, s.fanout)
	return nil
}

// takeAll makes known what was found, but for entities that have more.
func (s *pathSearch) takeAll(found []*view.Neighbours, fanout int) {
	died := false
	for _, l := range found {
		n := s.graph.node(l.UID)
		switch {
		case !s.judge(n, l):
			died = true
		case l.Most >= fanout:
			n.state = hub
		default:
			s.graph.take(n, l)
		}
	}
	if died {
		s.graph.measure()
	}
}

// askTouching asks which hubs are linked to each other. All that stand on either side are asked at once.
func (s *pathSearch) askTouching(ctx context.Context, pairs [][2]*pathNode) error {
	others := map[*pathNode][]uint64{}
	var hubs []*pathNode
	for _, p := range pairs {
		if p[0].state != hub || p[1].state != hub || s.graph.touching[pair(p[0], p[1])] {
			continue
		}
		if others[p[0]] == nil {
			hubs = append(hubs, p[0])
		}
		others[p[0]] = append(others[p[0]], p[1].uid)
	}
	byUID(hubs)
	for _, h := range hubs {
		found, err := s.topology.Between(ctx, h.uid, others[h])
		if err != nil {
			return err
		}
		for _, l := range found {
			for _, list := range l.Links {
				for _, uid := range list.UIDs {
					if far := s.graph.node(uid); far != h && !s.graph.touching[pair(h, far)] {
						s.graph.link(h, far, list.Relation, list.Reverse)
					}
				}
			}
		}
		for _, p := range pairs {
			if p[0] == h {
				s.graph.touching[pair(p[0], p[1])] = true
			}
		}
	}
	return nil
}

// weigh strikes out what has more links than are allowed. A link counts whatever the filters say. Where there are none the links
// are known then.
func (s *pathSearch) weigh(ctx context.Context, nodes []*pathNode) error {
	nodes = slices.DeleteFunc(slices.Clone(nodes), func(n *pathNode) bool { return n.weighed || n.dead || s.graph.isEnd(n) })
	if s.rules.maxLinks == 0 || len(nodes) == 0 {
		return nil
	}
	found, err := s.topology.Links(ctx, uidsOfNodes(nodes), s.rules.maxLinks+1, false)
	if err != nil {
		return err
	}
	for _, n := range nodes {
		n.weighed = true
	}
	died := false
	for _, l := range found {
		n := s.graph.node(l.UID)
		switch {
		case !s.judge(n, l):
			died = true
		case l.Sum > s.rules.maxLinks:
			n.dead, died = true, true
			s.avoided = append(s.avoided, n)
		case !s.topology.Filtered && n.state == unread:
			s.graph.take(n, l)
		}
	}
	if died {
		s.graph.measure()
	}
	return nil
}

// ranOut says what is known when the time is over, or the memory full.
func (s *pathSearch) ranOut(why string, chains [][]*pathEdge) string {
	text := fmt.Sprintf("%s, having reached %d entities", why, len(s.graph.nodes))
	switch {
	case s.toRank:
		text += "; not all evidence was compared"
	case len(chains) > 0 && len(chains[0]) <= s.sure:
		text += fmt.Sprintf("; there may be more paths of over %s", hopsText(s.sure))
	case s.sure > 0:
		text += fmt.Sprintf("; no path of %s or fewer exists", hopsText(s.sure))
		if len(chains) > 0 {
			text += ", and there may be better ones than shown"
		}
	}
	return text + ". Give it more with budget=, or narrow it with relations= or max_links=."
}

func hopsText(n int) string {
	if n == 1 {
		return "1 hop"
	}
	return fmt.Sprintf("%d hops", n)
}

// noteHubs says what was passed by for its many links: the way that a reader knows may lead through it.
func (s *pathSearch) noteHubs(ctx context.Context) error {
	if len(s.avoided) == 0 {
		return nil
	}
	byUID(s.avoided)
	if err := s.nameNodes(ctx, s.avoided[:1]); err != nil {
		return err
	}
	s.note("Passed by %d entities with more than %d links, such as %s.", len(s.avoided), s.rules.maxLinks, s.avoided[0].xid)
	return nil
}

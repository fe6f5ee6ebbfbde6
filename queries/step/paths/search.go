package paths

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"orbat/queries/view"
	"orbat/schema"
)

// search is a search on its way.
type search struct {
	*view.Snapshot
	rules    Rules
	answer   Answer
	graph    *graph
	topology *view.Topology
	sure     int     // no chain of so many hops or fewer is unknown
	avoided  []*node // entities with too many links
	toRank   bool    // the chains were all found; their evidence is being read
	certain  bool    // only chains that certainly held at one moment of the time asked for
}

func newSearch(on *view.Snapshot, rules Rules, from, to string) (*search, error) {
	rules.Fanout = cmp.Or(rules.Fanout, probeFanout)
	x, err := view.ParseUID(from)
	if err != nil {
		return nil, err
	}
	y, err := view.ParseUID(to)
	if err != nil {
		return nil, err
	}
	s := &search{
		Snapshot: on, rules: rules, graph: newGraph(x, y), topology: view.NewTopology(on, rules.Relations),
	}
	return s, nil
}

// find returns all chains of the shortest length, and of longer ones until there are enough. Where some of them held
// only possibly at the time asked for, those that certainly did are looked for besides, so that leaving the others out
// leaves the shortest that are certain. With an error it gives what was found before.
func (s *search) find(ctx context.Context) ([][]*edge, error) {
	if len(s.rules.Relations) == 0 {
		return nil, nil
	}
	if err := s.checkEnds(ctx); err != nil || s.graph.ends[atFrom].dead || s.graph.ends[atTo].dead {
		return nil, err
	}
	s.certain = s.Filter.Certain
	all, err := s.findEnough(ctx)
	if err != nil || s.certain || !s.Filter.Timed() || len(all) == 0 {
		return all, err
	}
	s.certain = true
	defer func() { s.certain = false }()
	sure := func(chain []*edge) bool { return s.together(chain) == schema.Certain }
	if len(slices.DeleteFunc(slices.Clone(all), func(chain []*edge) bool { return !sure(chain) })) >= s.rules.Alternatives {
		return all, nil
	}
	more, err := s.findEnough(ctx)
	for _, chain := range more {
		if !slices.ContainsFunc(all, func(have []*edge) bool { return slices.Equal(have, chain) }) {
			all = append(all, chain)
		}
	}
	if err != nil && ctx.Err() != nil || errors.Is(err, errTooMuch) {
		s.answer.Truncated = true
		s.answer.note("These held only possibly; longer ones that certainly held were not looked for to the end.")
		return all, nil
	}
	return all, err
}

// findEnough returns all chains of the shortest length, and of longer ones until there are as many as are wanted.
func (s *search) findEnough(ctx context.Context) (all [][]*edge, err error) {
	for hops := 1; hops <= s.rules.MaxHops && len(all) < s.rules.Alternatives; hops++ {
		chains, err := s.chainsOf(ctx, hops)
		all = append(all, chains...)
		if err != nil {
			return all, err
		}
		s.sure = max(s.sure, hops)
	}
	return all, nil
}

// checkEnds sees that neither end is a Source.
func (s *search) checkEnds(ctx context.Context) error {
	return s.lookAtEnds(ctx, s.graph.ends[:])
}

// chainsOf returns the chains of one length. What is wanted is read, listed, and proven; what fails is struck out, and
// the rest listed again.
func (s *search) chainsOf(ctx context.Context, hops int) ([][]*edge, error) {
	for {
		if err := s.reach(ctx, hops); err != nil {
			return nil, err
		}
		most := min(maxCompared, max(minCompared, comparedForEach*s.rules.Limit, s.rules.Alternatives))
		chains, more, err := s.walks(hops).chains(ctx, most)
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
		if slices.ContainsFunc(chains, func(chain []*edge) bool { return s.together(chain) == schema.No }) {
			continue // now that they are proven they are not listed again
		}
		if more {
			s.answer.Truncated = true
			s.answer.note("There are more than %d paths of %s; so many of them were compared.", most, hopsText(hops))
		}
		return chains, nil
	}
}

// reach reads links until every chain of so many hops is known. Take the first and the last entity of a chain that was
// not read: each is known from its end, and if both are one, every link of the chain is known. So no chain is unknown
// when no two unread entities, one known from each end, are near enough for a chain of this length to run through both.
func (s *search) reach(ctx context.Context, hops int) error {
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
	small, hubs [2][]*node
	touch       [][2]*node // pairs of hubs that need only be asked whether they touch
	exact       bool       // that is all that is needed between hubs
	average     int        // links of an entity
}

// open returns the unread entities through which an unknown chain of so many hops may run.
func (s *search) open(hops int) *frontier {
	f := &frontier{exact: true, average: s.graph.read/max(1, s.graph.looks) + 1}
	var unreadBy, hubsBy [2][]*node
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
	inWay := [2]map[*node]bool{{}, {}}
	for _, x := range hubsBy[atFrom] {
		for _, y := range hubsBy[atTo] {
			between := x.dist[atFrom] + y.dist[atTo] + 1
			if x == y || between > hops || between == hops && s.graph.touching[pair(x, y)] {
				continue
			}
			inWay[atFrom][x], inWay[atTo][y] = true, true
			if between == hops {
				f.touch = append(f.touch, [2]*node{x, y})
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

// plan is what to read next.
type plan struct {
	nodes []*node
	touch [][2]*node
}

// cheapest weighs reading all that is in the way at one end against reading all but the hubs at both ends, and asking
// the hubs whether they touch; nil: nothing is in the way. Links are what costs.
func (f *frontier) cheapest() *plan {
	cost := func(small, hubs []*node) int {
		return len(small)*f.average + len(hubs)*hubLinks
	}
	var best *plan
	least := math.MaxInt
	consider := func(sum int, nodes []*node, touch [][2]*node) {
		if sum < least && len(nodes)+len(touch) > 0 {
			best, least = &plan{nodes, touch}, sum
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
func (s *search) read(ctx context.Context, plan *plan) error {
	var small, hubs []*node
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

func byUID(nodes []*node) {
	slices.SortFunc(nodes, func(x, y *node) int {
		if x.uid < y.uid {
			return -1
		}
		if x.uid > y.uid {
			return 1
		}
		return 0
	})
}

// readSmall reads entities of unknown size; those with more links than a request brings are hubs, to be read only if
// need be.
func (s *search) readSmall(ctx context.Context, batch []*node) error {
	if err := s.weigh(ctx, batch); err != nil {
		return err
	}
	batch = slices.DeleteFunc(slices.Clone(batch), func(n *node) bool { return n.dead || n.state != unread })
	if len(batch) == 0 {
		return nil
	}
	found, err := s.topology.Links(ctx, uidsOfNodes(batch), s.rules.Fanout, true)
	if err != nil {
		return err
	}
	s.takeAll(found, s.rules.Fanout)
	return nil
}

// takeAll makes known what was found, but for entities that have more.
func (s *search) takeAll(found []*view.Neighbours, fanout int) {
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
func (s *search) askTouching(ctx context.Context, pairs [][2]*node) error {
	others := map[*node][]uint64{}
	var hubs []*node
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

// weigh strikes out what has more links than are allowed. A link counts whatever the filters say. Where there are none
// the links are known then.
func (s *search) weigh(ctx context.Context, nodes []*node) error {
	nodes = slices.DeleteFunc(slices.Clone(nodes), func(n *node) bool { return n.weighed || n.dead || s.graph.isEnd(n) })
	if s.rules.MaxLinks == 0 || len(nodes) == 0 {
		return nil
	}
	found, err := s.topology.Links(ctx, uidsOfNodes(nodes), s.rules.MaxLinks+1, false)
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
		case l.Sum > s.rules.MaxLinks:
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
func (s *search) ranOut(why string, chains [][]*edge) string {
	text := why
	if s.Withheld() == nil { // up to a marking limit nothing tells what else there is
		text += fmt.Sprintf(", having reached %d entities", len(s.graph.nodes))
	}
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
func (s *search) noteHubs(ctx context.Context) error {
	if len(s.avoided) == 0 || s.Withheld() != nil { // up to a marking limit nothing tells what else there is
		return nil
	}
	byUID(s.avoided)
	such, err := s.Nodes(ctx, []string{view.FormatUID(s.avoided[0].uid)}, false)
	if err != nil || len(such) == 0 {
		return err
	}
	s.answer.note("Passed by %d entities with more than %d links, such as %s.", len(s.avoided), s.rules.MaxLinks, such[0].XID)
	return nil
}

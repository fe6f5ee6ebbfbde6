package paths

import (
	"context"

	"orbat/queries/view"
	"orbat/schema"
)

const (
	probeAtOnce  = 500       // entities in one request
	maxLinksRead = 5_000_000 // what is kept in memory, about 100 bytes each

	// probeFanout is how many links of one entity by one relation a request brings; who has more is a hub, read only
	// where nothing else answers. Dgraph reads a list whole to give or count any of it (50,000 links with facets: about
	// 90 ms, 110 ms with all of them sent), so to ask first how many there are would cost more than to read the common
	// hub at once.
	probeFanout = 100_000
	hubLinks    = 10 * probeFanout // a hub is taken to have so many: to count them would be to read them
)

// The two ends of a search.
const (
	atFrom = iota
	atTo
)

// graph is what a search has read of the graph.
type graph struct {
	nodes map[uint64]*node
	ends  [2]*node
	read  int // links, for the bound on memory and the cost of what is not read
	looks int // entities whose links were read

	touching map[[2]uint64]bool // pairs of hubs whose links to each other are known though neither is read
}

// node is an entity. Its links are known when it was read, or the entity at their other end was.
type node struct {
	uid     uint64
	links   []link
	state   state
	dist    [2]int // hops from either end over what is known; unreached: no way known
	dead    bool   // no chain may run through it
	vetted  bool   // and its type was asked for
	weighed bool   // and the number of its links, where that matters
}

type state int

const (
	unread state = iota
	hub          // it has more links than one request brings
	allRead
)

const unreached = -1

// link is an edge as seen from one of its ends.
type link struct {
	edge *edge
	to   *node
}

type edge struct {
	from, to *node
	relation string
	proof    proof
	raw      *view.GraphEdge // once it was proven
}

type proof int

const (
	unproven proof = iota
	holds
	fails
)

func newGraph(from, to uint64) *graph {
	g := &graph{nodes: map[uint64]*node{}, touching: map[[2]uint64]bool{}}
	g.ends = [2]*node{g.node(from), g.node(to)}
	for end, n := range g.ends {
		n.dist[end] = 0
	}
	return g
}

func (g *graph) node(uid uint64) *node {
	n := g.nodes[uid]
	if n == nil {
		n = &node{uid: uid, dist: [2]int{unreached, unreached}}
		g.nodes[uid] = n
	}
	return n
}

func (g *graph) isEnd(n *node) bool { return n == g.ends[atFrom] || n == g.ends[atTo] }

// take makes the links of a node known. Those to what was read before are known from there.
func (g *graph) take(n *node, found *view.Neighbours) {
	n.state = allRead
	g.looks++
	for _, l := range found.Links {
		for _, uid := range l.UIDs {
			far := g.node(uid)
			if far == n || far.state == allRead || g.touching[pair(n, far)] {
				continue
			}
			g.link(n, far, l.Relation, l.Reverse)
		}
	}
}

func pair(x, y *node) [2]uint64 { return [2]uint64{min(x.uid, y.uid), max(x.uid, y.uid)} }

func (g *graph) link(n, far *node, relation string, reverse bool) {
	e := &edge{from: n, to: far, relation: relation}
	if reverse {
		e.from, e.to = far, n
	}
	g.read++
	n.links, far.links = append(n.links, link{e, far}), append(far.links, link{e, n})
	for end := range g.ends {
		g.relax(end, n, far)
		g.relax(end, far, n)
	}
}

// relax carries a shorter way on over what is known.
func (g *graph) relax(end int, from, to *node) {
	if from.dead || to.dead || from.dist[end] == unreached || to.dist[end] != unreached && to.dist[end] <= from.dist[end]+1 {
		return
	}
	to.dist[end] = from.dist[end] + 1
	spread(end, to)
}

func spread(end int, from *node) {
	for queue := []*node{from}; len(queue) > 0; queue = queue[1:] {
		n := queue[0]
		for _, l := range n.links {
			if far := l.to; l.edge.proof != fails && !far.dead && (far.dist[end] == unreached || far.dist[end] > n.dist[end]+1) {
				far.dist[end] = n.dist[end] + 1
				queue = append(queue, far)
			}
		}
	}
}

// measure counts the hops anew, after something known has turned out to be no way.
func (g *graph) measure() {
	for _, n := range g.nodes {
		n.dist = [2]int{unreached, unreached}
	}
	for end, n := range g.ends {
		n.dist[end] = 0
		spread(end, n)
	}
}

// judge notes what one may know of an entity from its neighbours, and reports whether a chain may run through it.
func (s *search) judge(n *node, l *view.Neighbours) bool {
	n.vetted = true
	if l.Type == schema.SourceType || !s.graph.isEnd(n) && !s.rules.passes(l.Type) {
		n.dead = true
	}
	return !n.dead
}

func uidsOfNodes(nodes []*node) []uint64 {
	uids := make([]uint64, len(nodes))
	for i, n := range nodes {
		uids[i] = n.uid
	}
	return uids
}

// lookAtEnds asks for the types of entities, and judges them.
func (s *search) lookAtEnds(ctx context.Context, nodes []*node) error {
	found, err := s.topology.Ends(ctx, uidsOfNodes(nodes))
	for _, l := range found {
		s.judge(s.graph.node(l.UID), l)
	}
	return err
}

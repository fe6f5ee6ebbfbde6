package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"
)

const (
	probeAtOnce  = 500       // entities in one look
	maxLinksRead = 5_000_000 // what is kept in memory, about 100 bytes each

	// probeFanout is how many links of one entity by one relation a look brings; who has more is a hub, read only where nothing
	// else answers. Dgraph reads a list whole to give or count any of it (50,000 links with facets: about 90 ms, 110 ms with
	// all of them sent), so to ask first how many there are would cost more than to read the common hub at once.
	probeFanout = 100_000
	hubLinks    = 10 * probeFanout // a hub is taken to have so many: to count them would be to read them
)

// The two ends of a search.
const (
	atFrom = iota
	atTo
)

// pathGraph is what a search has read of the graph.
type pathGraph struct {
	nodes map[uint64]*pathNode
	ends  [2]*pathNode
	read  int // links, for the bound on memory and the cost of what is not read
	looks int // entities whose links were read

	touching map[[2]uint64]bool // pairs of hubs whose links to each other are known though neither is read
}

// pathNode is an entity. Its links are known when it was read, or the entity at their other end was.
type pathNode struct {
	uid     uint64
	xid     string // empty: not asked for yet
	links   []pathLink
	state   pathState
	dist    [2]int // hops from either end over what is known; unreached: no way known
	dead    bool   // no chain may run through it
	vetted  bool   // and its type was asked for
	weighed bool   // and the number of its links, where that matters
}

type pathState int

const (
	unread pathState = iota
	hub              // it has more links than one look brings
	allRead
)

const unreached = -1

// pathLink is an edge as seen from one of its ends.
type pathLink struct {
	edge *pathEdge
	to   *pathNode
}

type pathEdge struct {
	from, to *pathNode
	relation string
	proof    proof
	raw      *rawEdge // once it was proven
}

type proof int

const (
	unproven proof = iota
	holds
	fails
)

func newPathGraph(from, to uint64) *pathGraph {
	g := &pathGraph{nodes: map[uint64]*pathNode{}, touching: map[[2]uint64]bool{}}
	g.ends = [2]*pathNode{g.node(from), g.node(to)}
	for end, n := range g.ends {
		n.dist[end] = 0
	}
	return g
}

func (g *pathGraph) node(uid uint64) *pathNode {
	n := g.nodes[uid]
	if n == nil {
		n = &pathNode{uid: uid, dist: [2]int{unreached, unreached}}
		g.nodes[uid] = n
	}
	return n
}

func (g *pathGraph) isEnd(n *pathNode) bool { return n == g.ends[atFrom] || n == g.ends[atTo] }

// take makes the links of a node known. Those to what was read before are known from there.
func (g *pathGraph) take(n *pathNode, found *pathLook) {
	n.state = allRead
	g.looks++
	for _, l := range found.links {
		for _, uid := range l.uids {
			far := g.node(uid)
			if far == n || far.state == allRead || g.touching[pair(n, far)] {
				continue
			}
			g.link(n, far, l.relation, l.reverse)
		}
	}
}

func pair(x, y *pathNode) [2]uint64 { return [2]uint64{min(x.uid, y.uid), max(x.uid, y.uid)} }

func (g *pathGraph) link(n, far *pathNode, relation string, reverse bool) {
	e := &pathEdge{from: n, to: far, relation: relation}
	if reverse {
		e.from, e.to = far, n
	}
	g.read++
	n.links, far.links = append(n.links, pathLink{e, far}), append(far.links, pathLink{e, n})
	for end := range g.ends {
		g.relax(end, n, far)
		g.relax(end, far, n)
	}
}

// relax carries a shorter way on over what is known.
func (g *pathGraph) relax(end int, from, to *pathNode) {
	if from.dead || to.dead || from.dist[end] == unreached || to.dist[end] != unreached && to.dist[end] <= from.dist[end]+1 {
		return
	}
	to.dist[end] = from.dist[end] + 1
	spread(end, to)
}

func spread(end int, from *pathNode) {
	for queue := []*pathNode{from}; len(queue) > 0; queue = queue[1:] {
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
func (g *pathGraph) measure() {
	for _, n := range g.nodes {
		n.dist = [2]int{unreached, unreached}
	}
	for end, n := range g.ends {
		n.dist[end] = 0
		spread(end, n)
	}
}

// pathLook is what one look tells of an entity.
type pathLook struct {
	uid        uint64
	entityType string
	links      []lookLinks
	most       int // links by one relation and way
	sum        int
}

type lookLinks struct {
	relation string
	reverse  bool
	uids     []uint64
}

// The looks of a search. Facets are asked for nowhere: a list with them is built whole (dgraph#9807), and claims prove what
// matters. Where a filter is on, facets rule out before anything is sent (law 8); a link without the facet passes.
const (
	pathLinksDQL = `query paths($frontier: string, $fanout: int) {
  q(func: uid($frontier)) {
    uid entity.type
    %out (first: $fanout) { uid }
    %in (first: $fanout) { uid }
  }
}`
	pathFilteredDQL = `query paths($frontier: string, $fanout: int, $start: string, $end: string, $min: int) {
  q(func: uid($frontier)) {
    uid entity.type
    %out (first: $fanout) @facets(NOT gt(from_min, $end) AND NOT lt(to_max, $start) AND NOT lt(confidence, $min)) { uid }
    %in (first: $fanout) @facets(NOT gt(from_min, $end) AND NOT lt(to_max, $start) AND NOT lt(confidence, $min)) { uid }
  }
}`
	pathBetweenDQL = `query paths($frontier: string, $others: string) {
  q(func: uid($frontier)) {
    uid
    %out @filter(uid($others)) { uid }
    %in @filter(uid($others)) { uid }
  }
}`
	pathTypesDQL = `query paths($frontier: string) { q(func: uid($frontier)) { uid xid entity.type } }`
)

// look sends one of the looks above.
func (s *pathSearch) look(ctx context.Context, dql string, nodes []*pathNode, vars map[string]string) ([]*pathLook, error) {
	uids := make([]string, len(nodes))
	for i, n := range nodes {
		uids[i] = formatUID(n.uid)
	}
	sent := map[string]string{"$frontier": uidList(uids)}
	for name, value := range vars {
		sent[name] = value
	}
	var found struct {
		Q []map[string]json.RawMessage
	}
	if err := s.snapshot.query(ctx, s.texts[dql], sent, &found); err != nil {
		return nil, fmt.Errorf("read links: %w", err)
	}
	looks := make([]*pathLook, 0, len(found.Q))
	for _, raw := range found.Q {
		l, err := s.readLook(raw)
		if err != nil {
			return nil, err
		}
		looks = append(looks, l)
	}
	return looks, nil
}

func (s *pathSearch) readLook(raw map[string]json.RawMessage) (*pathLook, error) {
	l := &pathLook{entityType: shownType(textOf(raw["entity.type"]))}
	var err error
	if l.uid, err = parseUID(textOf(raw["uid"])); err != nil {
		return nil, err
	}
	if xid := textOf(raw["xid"]); xid != "" {
		s.graph.node(l.uid).xid = xid
	}
	for key, value := range raw {
		relation, reverse := strings.CutPrefix(key, "~")
		if !s.known[relation] {
			continue
		}
		uids, err := uidsIn(value)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		l.sum, l.most = l.sum+len(uids), max(l.most, len(uids))
		l.links = append(l.links, lookLinks{relation, reverse, uids})
	}
	// What is read first is listed first where there is more than is listed: always the same.
	slices.SortFunc(l.links, func(x, y lookLinks) int {
		if x.relation == y.relation && x.reverse != y.reverse {
			if x.reverse {
				return 1
			}
			return -1
		}
		return strings.Compare(x.relation, y.relation)
	})
	return l, nil
}

// uidsIn reads [{"uid":"0x1"},…]. A hub's list is long, and encoding/json takes five times as long for it; the answer it stands in
// was checked to be JSON.
func uidsIn(list json.RawMessage) ([]uint64, error) {
	uids := make([]uint64, 0, len(list)/16)
	for rest := string(list); ; {
		_, after, found := strings.Cut(rest, `"0x`)
		if !found {
			return uids, nil
		}
		digits, left, _ := strings.Cut(after, `"`)
		uid, err := strconv.ParseUint(digits, 16, 64)
		if err != nil {
			return nil, err
		}
		uids, rest = append(uids, uid), left
	}
}

func formatUID(uid uint64) string { return "0x" + strconv.FormatUint(uid, 16) }

func parseUID(text string) (uint64, error) {
	uid, err := strconv.ParseUint(strings.TrimPrefix(text, "0x"), 16, 64)
	if err != nil {
		return 0, fmt.Errorf("read a uid: %w", err)
	}
	return uid, nil
}

// judge notes what one may know of an entity from a look, and reports whether a chain may run through it.
func (s *pathSearch) judge(n *pathNode, l *pathLook) bool {
	n.vetted = true
	if l.entityType == schema.SourceType || !s.graph.isEnd(n) && !s.rules.passes(l.entityType) {
		n.dead = true
	}
	return !n.dead
}

// bounds are what the facets of a link are held against. What is not asked for bounds nothing.
func (s *pathSearch) bounds(fanout int) map[string]string {
	if !s.filtered {
		return fanoutOnly(fanout)
	}
	vars := fanoutOnly(fanout)
	start, end := s.values.Filter.Bounds()
	vars["$start"], vars["$end"], vars["$min"] = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", strconv.Itoa(max(0, s.values.Filter.MinConfidence))
	if !start.IsZero() {
		vars["$start"] = start.Format(time.RFC3339)
	}
	if !end.IsZero() {
		vars["$end"] = end.Format(time.RFC3339)
	}
	return vars
}

func fanoutOnly(n int) map[string]string { return map[string]string{"$fanout": strconv.Itoa(n)} }

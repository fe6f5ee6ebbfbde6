package step

import (
	"container/heap"
	"maps"
	"math/bits"
	"slices"
	"strings"

	"orbat/queries/view"
)

const (
	maxExact = 8 // entities for which the smallest graph is found exactly; more are joined one after the other
	linkCost = 1_000_000

	contestedCost = 10_000
)

// mesh is the part of the graph that a search has seen, without directions: by uid its neighbours, and the surest link
// to each.
type mesh struct {
	ends  []string
	seen  []*view.GraphEdge
	links map[string]map[string]*view.GraphEdge
}

func newMesh(ends []view.Candidate) *mesh {
	g := &mesh{links: map[string]map[string]*view.GraphEdge{}}
	for _, c := range ends {
		g.ends = append(g.ends, c.UID)
		g.links[c.UID] = map[string]*view.GraphEdge{}
	}
	return g
}

// grow takes links and returns the entities that are new.
func (g *mesh) grow(edges []*view.GraphEdge) []string {
	var fresh []string
	g.seen = append(g.seen, edges...)
	for _, e := range edges {
		for _, ends := range [][2]string{{e.FromUID, e.ToUID}, {e.ToUID, e.FromUID}} {
			if g.links[ends[0]] == nil {
				g.links[ends[0]] = map[string]*view.GraphEdge{}
				fresh = append(fresh, ends[0])
			}
			if have := g.links[ends[0]][ends[1]]; ends[0] != ends[1] && (have == nil || cost(e) < cost(have)) {
				g.links[ends[0]][ends[1]] = e
			}
		}
	}
	slices.Sort(fresh)
	return fresh
}

// cost is that of one link: the fewest links first, among equally many those that others deny last (law 9), then the
// surest.
func cost(e *view.GraphEdge) int {
	sum := linkCost + 100 - max(0, e.Grade())
	if e.Contested {
		sum += contestedCost
	}
	return sum
}

// pruned returns the mesh without the dead ends, which no tree needs.
func (g *mesh) pruned() map[string]map[string]*view.GraphEdge {
	links := make(map[string]map[string]*view.GraphEdge, len(g.links))
	var leaves []string
	for uid, near := range g.links {
		links[uid] = maps.Clone(near)
		if len(near) < 2 {
			leaves = append(leaves, uid)
		}
	}
	for len(leaves) > 0 {
		leaf := leaves[len(leaves)-1]
		leaves = leaves[:len(leaves)-1]
		if slices.Contains(g.ends, leaf) || links[leaf] == nil {
			continue
		}
		for next := range links[leaf] {
			if delete(links[next], leaf); len(links[next]) == 1 {
				leaves = append(leaves, next)
			}
		}
		delete(links, leaf)
	}
	return links
}

// tree returns the smallest tree that joins the ends within what was seen, nil if there is none.
func (g *mesh) tree() []*view.GraphEdge {
	s := newSteiner(g.pruned(), g.ends)
	if len(g.ends) > maxExact {
		return s.nearestFirst()
	}
	return s.exact()
}

// steiner finds trees in a small graph whose nodes are numbered, the ends first.
type steiner struct {
	uids  []string
	near  [][]arc
	ends  int
	known map[string]int
}

type arc struct {
	to   int
	edge *view.GraphEdge
}

func newSteiner(links map[string]map[string]*view.GraphEdge, ends []string) *steiner {
	s := &steiner{uids: slices.Clone(ends), ends: len(ends), known: map[string]int{}}
	others := slices.DeleteFunc(slices.Sorted(maps.Keys(links)), func(uid string) bool { return slices.Contains(ends, uid) })
	s.uids = append(s.uids, others...)
	for i, uid := range s.uids {
		s.known[uid] = i
	}
	s.near = make([][]arc, len(s.uids))
	for i, uid := range s.uids {
		for _, next := range slices.Sorted(maps.Keys(links[uid])) {
			s.near[i] = append(s.near[i], arc{s.known[next], links[uid][next]})
		}
	}
	return s
}

// best is the cheapest tree that joins a set of ends and a node: it comes over an edge from a smaller tree at a
// neighbour, or it is two trees that meet here.
type best struct {
	cost int
	over *view.GraphEdge
	from int
	part int // one of the two sets, where two meet
}

// exact is Dreyfus and Wagner's dynamic programme over sets of ends.
func (s *steiner) exact() []*view.GraphEdge {
	full := 1<<(s.ends-1) - 1 // the last end is where the tree is rooted
	table := make([][]best, full+1)
	for set := 1; set <= full; set++ {
		row := make([]best, len(s.uids))
		for v := range row {
			row[v].cost = tooDear
		}
		table[set] = row
		if bits.OnesCount(uint(set)) == 1 {
			row[bits.TrailingZeros(uint(set))] = best{}
		}
		for part := (set - 1) & set; part > 0; part = (part - 1) & set {
			if part < set^part {
				break // from here on the two halves only change their places
			}
			for v := range row {
				if sum := table[part][v].cost + table[set^part][v].cost; sum < row[v].cost {
					row[v] = best{cost: sum, part: part}
				}
			}
		}
		s.spread(row)
	}
	if table[full][s.ends-1].cost >= tooDear {
		return nil
	}
	edges := map[string]*view.GraphEdge{}
	s.collect(table, full, s.ends-1, edges)
	return slices.SortedFunc(maps.Values(edges), view.CompareEdges)
}

const tooDear = 1 << 50

// spread carries the costs of a row along the links: Dijkstra's algorithm from all nodes at once.
func (s *steiner) spread(row []best) {
	queue := &costQueue{}
	for v := range row {
		if row[v].cost < tooDear {
			heap.Push(queue, costItem{v, row[v].cost})
		}
	}
	for queue.Len() > 0 {
		item, _ := heap.Pop(queue).(costItem) // there are no others
		v, at := item.node, item.cost
		if at > row[v].cost {
			continue
		}
		for _, next := range s.near[v] {
			if c := at + cost(next.edge); c < row[next.to].cost {
				row[next.to] = best{cost: c, over: next.edge, from: v}
				heap.Push(queue, costItem{next.to, c})
			}
		}
	}
}

func (s *steiner) collect(table [][]best, set, v int, edges map[string]*view.GraphEdge) {
	switch b := table[set][v]; {
	case b.over != nil:
		edges[b.over.ID()] = b.over
		s.collect(table, set, b.from, edges)
	case b.part != 0:
		s.collect(table, b.part, v, edges)
		s.collect(table, set^b.part, v, edges)
	}
}

// nearestFirst grows a tree from the first end, each time by the cheapest chain to an end it does not hold (Takahashi
// and Matsuyama, 1980): at most twice as large as the smallest.
func (s *steiner) nearestFirst() []*view.GraphEdge {
	in := map[int]bool{0: true}
	edges := map[string]*view.GraphEdge{}
	for {
		row := make([]best, len(s.uids))
		for v := range row {
			if row[v].cost = tooDear; in[v] {
				row[v].cost = 0
			}
		}
		s.spread(row)
		next := -1
		for v := range s.ends {
			if !in[v] && (next < 0 || row[v].cost < row[next].cost) {
				next = v
			}
		}
		if next < 0 {
			return slices.SortedFunc(maps.Values(edges), view.CompareEdges)
		}
		if row[next].cost >= tooDear {
			return nil
		}
		for v := next; row[v].over != nil; v = row[v].from {
			in[v] = true
			edges[row[v].over.ID()] = row[v].over
		}
	}
}

// apart says which of the entities hang together, and which do not.
func (g *mesh) apart(ends []view.Candidate) string {
	var groups []string
	seen := map[string]bool{}
	for _, c := range ends {
		if seen[c.UID] {
			continue
		}
		var names []string
		queue := []string{c.UID}
		seen[c.UID] = true
		for len(queue) > 0 {
			uid := queue[0]
			queue = queue[1:]
			for _, other := range ends {
				if other.UID == uid {
					names = append(names, other.Name)
				}
			}
			for next := range g.links[uid] {
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
		slices.Sort(names)
		groups = append(groups, strings.Join(names, ", "))
	}
	return strings.Join(groups, " | ")
}

// costQueue is for container/heap: the cheapest first.
type costQueue []costItem

type costItem struct{ node, cost int }

func (q *costQueue) Len() int           { return len(*q) }
func (q *costQueue) Less(i, j int) bool { return (*q)[i].cost < (*q)[j].cost }
func (q *costQueue) Swap(i, j int)      { (*q)[i], (*q)[j] = (*q)[j], (*q)[i] }
func (q *costQueue) Push(x any) {
	item, _ := x.(costItem) // there are no others
	*q = append(*q, item)
}

func (q *costQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

package step

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"orbat/queries/view"
)

// TestSteinerExact compares with all subsets of links of small random graphs, with parallel links and ends that nothing
// joins.
func TestSteinerExact(t *testing.T) {
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // a test's
		nodes, links, ends := 4+random.IntN(4), 3+random.IntN(9), 2+random.IntN(3)
		var candidates []view.Candidate
		for i := range ends {
			candidates = append(candidates, view.Candidate{UID: strconv.Itoa(i), XID: strconv.Itoa(i)})
		}
		var edges []*view.GraphEdge
		for range links {
			from, to, sure := strconv.Itoa(random.IntN(nodes)), strconv.Itoa(random.IntN(nodes)), random.IntN(101)
			edges = append(edges, &view.GraphEdge{
				From: from, To: to, FromUID: from, ToUID: to,
				Relation: "r" + strconv.Itoa(random.IntN(3)), Confidence: &sure,
				Contested: random.IntN(4) == 0,
			})
		}
		g := newMesh(candidates)
		g.grow(edges)
		got := g.tree()
		least := -1
		for set := range 1 << len(edges) {
			var chosen []*view.GraphEdge
			sum := 0
			for i, e := range edges {
				if set>>i&1 == 1 {
					chosen = append(chosen, e)
					sum += cost(e)
				}
			}
			if joins(chosen, ends) && (least < 0 || sum < least) {
				least = sum
			}
		}
		sum := 0
		for _, e := range got {
			sum += cost(e)
		}
		switch {
		case got == nil && least >= 0, got != nil && sum != least:
			t.Fatalf("seed %d: a tree of cost %d, not %d", seed, sum, least)
		case got != nil && !joins(got, ends):
			t.Fatalf("seed %d: the tree does not join the ends", seed)
		}
		near := newSteiner(g.pruned(), g.ends).nearestFirst()
		if (near == nil) != (got == nil) || near != nil && (!joins(near, ends) || len(near) > 2*len(got)) {
			t.Fatalf("seed %d: nearest first gives %d links, the smallest tree has %d", seed, len(near), len(got))
		}
	}
}

// joins reports whether edges join the nodes 0 to ends-1.
func joins(edges []*view.GraphEdge, ends int) bool {
	reached := map[string]bool{"0": true}
	for grown := true; grown; {
		grown = false
		for _, e := range edges {
			if reached[e.FromUID] != reached[e.ToUID] {
				reached[e.FromUID], reached[e.ToUID], grown = true, true, true
			}
		}
	}
	for i := range ends {
		if !reached[strconv.Itoa(i)] {
			return false
		}
	}
	return true
}

package schema

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Law 10: the closure does not depend on the order of decisions, joins nothing that is different, and every component's
// representative is its smallest xid.
func TestLaw10Closure(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 11))
		var decisions []*Claim
		for range r.IntN(14) {
			a, b := fmt.Sprint("t:", r.IntN(7)), fmt.Sprint("t:", r.IntN(7))
			if a < b {
				decisions = append(decisions, &Claim{
					Dataset: "decisions", Predicate: []string{Same, Same, Different}[r.IntN(3)],
					Subject: a, Object: b, Assertion: Asserted, Confidence: NoConfidence,
				})
			}
		}
		c := Decide(decisions)
		shuffled := slices.Clone(decisions)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again := Decide(shuffled)
		shown := map[string]string{}
		for i := range 7 {
			if xid := fmt.Sprint("t:", i); c.Rep(xid) != xid {
				shown[xid] = c.Rep(xid)
			}
		}
		drawn := MergesOf(shown)
		for i := range 7 {
			xid := fmt.Sprint("t:", i)
			if c.Rep(xid) != again.Rep(xid) {
				t.Fatalf("seed %d: the order of decisions decides about %s", seed, xid)
			}
			if !slices.Equal(drawn.Members(xid), c.Members(xid)) {
				t.Fatalf("seed %d: drawn, %s is one with %v, decided with %v", seed, xid, drawn.Members(xid), c.Members(xid))
			}
			if members := c.Members(xid); members[0] != c.Rep(xid) || !slices.IsSorted(members) || !slices.Contains(members, xid) {
				t.Fatalf("seed %d: %s is in %v, represented by %s", seed, xid, members, c.Rep(xid))
			}
		}
		leftOut := map[string]bool{}
		for _, l := range c.LeftOut {
			leftOut[l.Key] = true
		}
		for _, d := range decisions {
			together := c.Rep(d.Subject) == c.Rep(d.Object)
			if d.Predicate == Different && together {
				t.Fatalf("seed %d: %s and %s are one, though different", seed, d.Subject, d.Object)
			}
			if d.Predicate == Same && !together && !leftOut[d.Key()] {
				t.Fatalf("seed %d: %s and %s are not one, and nobody says why", seed, d.Subject, d.Object)
			}
		}
	}
}

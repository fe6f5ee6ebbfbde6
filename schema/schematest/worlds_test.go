package schematest_test

import (
	"math/rand/v2"
	"testing"

	"orbat/schema"
	"orbat/schema/schematest"
)

// TestWorlds holds what is computed from bounds against every possible world (law 7): one period within a window, and
// several that must share a moment of it.
func TestWorlds(t *testing.T) {
	const seed = 18
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test's
	count := map[[2]int]int{}
	for range 20_000 {
		links := make([]schema.Period, 1+random.IntN(3))
		d := schematest.RandomWindow(random)
		common, got := schema.Period{From: schema.Bound{Open: true}, To: schema.Bound{Open: true}}, schema.Certain
		for i := range links {
			links[i] = schematest.Random(random)
		}
		for _, p := range links {
			var holding schema.Certainty
			common, holding = common.Intersect(p)
			if got = min(got, holding, common.Within(d)); got == schema.No {
				break
			}
		}
		if want := schematest.Certainty(d, links...); got != want {
			t.Fatalf("%v within %s: %v, but looking through the worlds %v", links, d, got, want)
		}
		count[[2]int{len(links), int(got)}]++
	}
	for n := 1; n <= 3; n++ {
		for c := range 3 {
			if count[[2]int{n, c}] < 20 {
				t.Errorf("only %d of %d links are %v", count[[2]int{n, c}], n, schema.Certainty(c))
			}
		}
	}
}

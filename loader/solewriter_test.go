package loader

import (
	"testing"

	"orbat/schema"
)

// A load that has an empty database to itself reads only behind its own claims. When another comes in the midst of it
// and writes behind the same edges, it sees that one's, too.
func TestAloneUntilAnotherComes(t *testing.T) {
	b := newBench(t)
	all := postings(9000)
	first, others, rest := all[:3000], all[3000:6000], all[6000:]
	records := func(yield func(*schema.Record, error) bool) {
		for _, r := range first {
			if !yield(r, nil) {
				return
			}
		}
		report, err := (&Loader{DB: b.DB, Ontology: b.Ontology}).Load(t.Context(), sequence(others), Options{})
		if err != nil || report.Claims.Created != len(others) {
			t.Errorf("the other: %+v, %v", report, err)
		}
		for _, r := range rest {
			if !yield(r, nil) {
				return
			}
		}
	}
	report, err := b.Load(t.Context(), records, Options{})
	if err != nil || report.Claims.Created != len(first)+len(rest) {
		t.Fatalf("%+v, %v", report, err)
	}
	b.clean("two loads, one within the other")
	b.holds("two loads, one within the other", expected(t, b.Ontology, nil, all))
}

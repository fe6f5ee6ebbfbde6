package loader

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"orbat/schema"
)

// Law 10: where a load replaces what was read of a document before, a rejection goes with its statement, wherever it is
// killed, and no other statement is rejected.
func TestReadingsKeepRejections(t *testing.T) {
	b := newBench(t)
	read := func(a *article, confidence string, numbers ...int) (records []*schema.Record) {
		for _, n := range numbers {
			record, _ := a.citing("one", n, 0)
			record.Method, record.Confidence = "text/rule", confidence
			records = append(records, record)
		}
		return records
	}
	opts := Options{Dataset: "one", Readings: &Readings{
		Method:  "text/",
		Sources: func() []schema.Ref { return []schema.Ref{{XID: "doc:a"}} },
	}}
	first, second := newArticle([]int{1, 2, 3, 4}, nil), newArticle([]int{9, 1, 2, 3, 4}, nil)
	before, after := page("one", "doc:a", first.text), page("one", "doc:a", second.text)
	reject := func(record *schema.Record) *schema.Record {
		d := Decision{Kind: schema.Reject, Claim: b.keyOf(record), By: "ann", At: "2026-01-01T00:00:00Z"}
		return d.Record()
	}
	hand, _ := first.citing("one", 2, 2)
	before = append(before, hand) // which is no reading
	v1 := read(first, "60", 1, 2, 3)
	decided := []*schema.Record{reject(v1[0]), reject(v1[1])}
	b.load(slices.Concat(before, v1), opts)
	b.load(decided, Options{})
	r := rand.New(rand.NewPCG(1, 22))
	load := func(records []*schema.Record) {
		t.Helper()
		b.killed(r, func(ctx context.Context, l *Loader) error {
			_, err := l.Load(ctx, sequence(records), opts)
			return err
		})
	}
	v2 := read(first, "70", 1, 3, 4) // the second statement is not read
	load(slices.Concat(before, v2))
	decided = append(decided, reject(v2[0]))
	b.holds("surer", expected(t, b.Ontology, nil, before, v2, decided))

	v3 := read(second, "80", 1, 2, 3, 4, 9) // of a later version, the second again
	load(slices.Concat(after, v3))
	decided = append(decided, reject(v3[0]), reject(v3[1]))
	b.holds("of a later version", expected(t, b.Ontology, nil, before, after, v3, decided))
}

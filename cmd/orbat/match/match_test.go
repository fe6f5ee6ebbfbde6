package match

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"orbat/queries"
	"orbat/schema"
)

// allocated is how many bytes something takes.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A text that names no feature costs what reading it costs, however long it is and however many features there are.
func TestFindFeatureReadsItsTextOnce(t *testing.T) {
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	few := allocated(func() { FindFeature(o, "no such column") })
	long := strings.Repeat("no such column ", 10_000)
	once := allocated(func() { _ = schema.NormalName(long) })
	if got := allocated(func() { FindFeature(o, long) }); got > few+10*once {
		t.Errorf("%d bytes for a text that takes %d, and a short one takes %d", got, once, few)
	}
	if f, known := FindFeature(o, "Commanded By"); !known || f.ID() != "~commands" {
		t.Errorf("%v", f.ID())
	}
	if _, known := FindFeature(o, " - "); known {
		t.Error("a text without a letter names something")
	}
}

// How far a name is from a candidate's is measured once for each, and not anew each time that two are compared.
func TestWeighMeasuresEachCandidateOnce(t *testing.T) {
	name := strings.Repeat("Very Long Name ", 1000)
	likely := &queries.Likely{}
	for i := range 60 {
		likely.Candidates = append(likely.Candidates, queries.Candidate{
			XID: fmt.Sprint("t:", i), Type: "Person", Name: strings.Repeat("x", 1+i*37%60), Match: "value", // in no order
		})
	}
	once := allocated(func() {
		for _, c := range likely.Candidates {
			_ = c.Distance(name)
		}
	})
	// Of a query without names nothing is measured: what remains is all else that weighing takes.
	var found []Candidate
	rest := allocated(func() { _, _ = weigh(t.Context(), nil, Query{Limit: 60}, likely) })
	got := allocated(func() { found, _ = weigh(t.Context(), []string{name}, Query{Limit: 60}, likely) })
	if len(found) != 60 || got > rest+2*once {
		t.Errorf("%d candidates take %d bytes; measuring them takes %d, and all else %d", len(found), got, once, rest)
	}
}

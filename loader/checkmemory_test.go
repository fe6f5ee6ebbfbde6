package loader

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"orbat/schema"
	"orbat/schema/heaptest"
)

// wordy is a data set of so many posts, each with a long role of its own.
func wordy(n, words int) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for i := range n {
			role := fmt.Sprint(i, " ", strings.Repeat("liaison ", words))
			if !yield(&schema.Record{
				Kind: schema.RelationRecord, Dataset: "wordy", Predicate: "posted_to",
				Subject: schema.Ref{XID: fmt.Sprintf("test:p%d", i)}, Object: schema.Ref{XID: fmt.Sprintf("test:u%d", i%90)},
				Values: map[string][]schema.Value{"role": {{Text: strings.TrimSpace(role)}}},
			}, nil) {
				return
			}
		}
	}
}

// TestCheckMemory: what a check holds of a graph does not grow with it: hardly more of one three times as large.
func TestCheckMemory(t *testing.T) {
	b := newBench(t)
	b.sortBytes = 1 << 16 // pieces so small that they are many
	const words = 150     // 1.2 kB in each claim
	var before uint64
	for _, claims := range []int{6000, 18_000} {
		if _, err := b.Load(t.Context(), wordy(claims, words), Options{}); err != nil {
			t.Fatal(err)
		}
		var result *CheckResult
		var err error
		most := heaptest.Most(func() { result, err = b.Check(t.Context()) })
		if err != nil || result.Claims != claims || result.Edges != claims || len(result.Findings) > 0 {
			t.Fatalf("%+v, %v", result, err)
		}
		t.Logf("%d claims: %.1f MB", claims, float64(most)/1e6)
		if before > 0 && most > before+8<<20 {
			t.Errorf("%.1f MB in memory for %d claims, %.1f for a third of them", float64(most)/1e6, claims, float64(before)/1e6)
		}
		before = most
	}
}

// TestPlanMemory: what a plan remembers of its input goes to disk beyond a bound, and a claim that comes again is told
// all the same.
func TestPlanMemory(t *testing.T) {
	b := newBench(t)
	const claims = 30_000
	twice := func(yield func(*schema.Record, error) bool) {
		for range 2 {
			for record, err := range wordy(claims, 1) {
				if !yield(record, err) {
					return
				}
			}
		}
	}
	b.digests = 1000
	report, err := b.Load(t.Context(), twice, Options{Plan: true})
	if err != nil || report.Claims.Created != claims || report.Claims.Unchanged != claims {
		t.Errorf("%+v, %v", report, err)
	}
}

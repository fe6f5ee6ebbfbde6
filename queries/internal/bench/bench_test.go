package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestBench runs the whole benchmark over a small graph: every question has an answer, and the report its figures.
func TestBench(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts a Dgraph")
	}
	var out, progress bytes.Buffer
	if err := run(t.Context(), []string{"-n", "2000", "-pairs", "3", "-turns", "2", "-budget", "60"}, &out, &progress); err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, want := range []string{"2,000 relations", "| `commanders-of-unit` |", "| `alternatives=20` | 3 | 0 | 0 |"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// TestCrowd: the same seed gives the same graph, and its hubs have their share.
func TestCrowd(t *testing.T) {
	links := map[string]int{}
	var first, second strings.Builder
	c := crowd{relations: 20_000, seed: 1}
	for record, err := range c.records() {
		if err != nil {
			t.Fatal(err)
		}
		if record.Predicate != "" {
			links[record.Object.XID]++
			first.WriteString(record.Subject.XID + record.Object.XID)
		}
	}
	if links[xid("Organisation", 0)] < 800 || links[xid("Location", 0)] < 800 {
		t.Errorf("hubs of %d and %d links", links[xid("Organisation", 0)], links[xid("Location", 0)])
	}
	for record, err := range c.records() {
		if err != nil {
			t.Fatal(err)
		}
		if record.Predicate != "" {
			second.WriteString(record.Subject.XID + record.Object.XID)
		}
	}
	if first.String() != second.String() {
		t.Error("another graph from the same seed")
	}
}

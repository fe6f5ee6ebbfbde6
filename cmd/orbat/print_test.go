package main

import (
	"testing"

	"orbat/queries"
)

// TestWhoDenies: the note of what is contested leads to where it stands who denies it, and not to the answer itself.
func TestWhoDenies(t *testing.T) {
	card := []string{"property", "value", "contested"}
	const values = "entity-card without filters has a row for each denial"
	for _, c := range []struct {
		result queries.Result
		want   string
	}{
		{queries.Result{Query: "weak-and-stale", Columns: []string{"from", "weak", "contested"}}, "the column weak says who"},
		{queries.Result{Query: "evidence-for-link", Columns: []string{"claim", "contested"}}, "the rows that deny it say who"},
		{queries.Result{Query: "career", Columns: []string{"to", "contested"}}, "evidence-for-link says who"},
		{queries.Result{Query: "ego-network"}, "evidence-for-link says who"},
		{queries.Result{Columns: card, Rows: [][]string{{"killed", "9", "contested"}, {"→ commands", "1", ""}}}, values},
		{queries.Result{Columns: card, Rows: [][]string{{"killed", "9", ""}, {"→ commands", "1", "contested"}}}, "weak-and-stale says who"},
		{
			queries.Result{Columns: card, Rows: [][]string{{"killed", "9", "contested"}, {"← commands", "1", "contested"}}},
			"of links weak-and-stale says who, of values " + values,
		},
	} {
		if got := whoDenies(&c.result); got != c.want {
			t.Errorf("%s: %q, not %q", c.result.Query, got, c.want)
		}
	}
}

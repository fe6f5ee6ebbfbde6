package loader

import (
	"fmt"
	"testing"

	"orbat/schema"
)

// A re-load of thousands of records looks them up in the inventory of what the data set held: of several loads, with retracted
// claims among them. What it counts and leaves is what looking each up would.
func TestInventory(t *testing.T) {
	b := newBench(t)
	record := func(i int) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Dataset: "set", Predicate: "posted_to", Says: schema.Says{Cites: []schema.Cite{{Source: schema.Ref{XID: "test:s"}, Locator: fmt.Sprint(i)}}},
			Subject: schema.Ref{XID: fmt.Sprintf("test:p%d", i%1700)}, Object: schema.Ref{XID: fmt.Sprintf("test:u%d", i%90)},
		}
	}
	var all []*schema.Record
	for i := range 3500 {
		all = append(all, record(i))
	}
	other := []*schema.Record{{Kind: schema.RelationRecord, Dataset: "other", Predicate: "posted_to", Subject: schema.Ref{XID: "test:p1"}, Object: schema.Ref{XID: "test:u1"}}}
	b.load(other, Options{})
	for _, step := range []struct {
		what                                      string
		records                                   []*schema.Record
		replace                                   bool
		created, reinstated, unchanged, retracted int
	}{
		{"first", all[:3000], false, 3000, 0, 0, 0},
		{"again", all[:3000], false, 0, 0, 3000, 0},
		{"a part of it, as all", all[:2900], true, 0, 0, 2900, 100},
		{"all, and more", all, false, 500, 100, 2900, 0},
		{"all as all", all, true, 0, 0, 3500, 0},
		{"the last in place of the first", all[1200:], true, 0, 0, 2300, 1200},
	} {
		report := b.load(step.records, Options{Replace: step.replace, Dataset: "set"})
		if c := report.Claims; c.Created+c.Changed != step.created+step.reinstated || c.Unchanged != step.unchanged || c.Retracted != step.retracted {
			t.Errorf("%s: %+v, want %+v", step.what, c, step)
		}
		if report.Dangling == 0 {
			t.Errorf("%s: nothing dangles, though nobody is described", step.what)
		}
		b.clean(step.what)
	}
	b.holds("at last", expected(t, b.Ontology, nil, all[1200:], other))
}

package loader

import (
	"fmt"
	"slices"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/loader/commit"
	"orbat/schema"
)

// postings are relations of one data set; after 4,500 the edges behind which they are come again.
func postings(n int) []*schema.Record {
	records := make([]*schema.Record, n)
	for i := range records {
		records[i] = &schema.Record{
			Kind: schema.RelationRecord, Dataset: "set", Predicate: "posted_to",
			Provenance: schema.Provenance{Cites: []schema.Cite{{Source: schema.Ref{XID: "test:s"}, Locator: fmt.Sprint(i)}}},
			Subject:    schema.Ref{XID: fmt.Sprintf("test:p%d", i%500)}, Object: schema.Ref{XID: fmt.Sprintf("test:u%d", i%36)},
		}
	}
	return records
}

// A re-load of thousands of records looks them up in the inventory of what the data set held: of several loads, with
// retracted claims among them. What it counts and leaves is what looking each up would.
func TestInventory(t *testing.T) {
	b := newBench(t)
	all := postings(3500)
	other := []*schema.Record{{
		Kind: schema.RelationRecord, Dataset: "other", Predicate: "posted_to", Subject: schema.Ref{XID: "test:p1"},
		Object: schema.Ref{XID: "test:u1"},
	}}
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
		if c := report.Claims; c.Created+c.Changed != step.created+step.reinstated || c.Unchanged != step.unchanged ||
			c.Retracted != step.retracted {
			t.Errorf("%s: %+v, want %+v", step.what, c, step)
		}
		if report.Dangling == 0 {
			t.Errorf("%s: nothing dangles, though nobody is described", step.what)
		}
		b.clean(step.what)
	}
	b.holds("at last", expected(t, b.Ontology, nil, all[1200:], other))
}

// What does not fit into memory is looked up claim by claim, and comes out the same. The bound is of all data sets
// together.
func TestInventoryBound(t *testing.T) {
	b := newBench(t)
	all := postings(3000)
	for i, rec := range postings(2500) {
		rec.Dataset = fmt.Sprint("set", i%2)
		all = append(all, rec)
	}
	b.load(all, Options{})
	for _, bound := range []int{1, 1500, 4000} {
		b.maxInventory = bound
		if report := b.load(all, Options{}); report.Claims.Unchanged != len(all) {
			t.Errorf("bound %d: %+v", bound, report.Claims)
		}
	}
	if report := b.load(all[:2000], Options{Replace: true, Dataset: "set"}); report.Claims.Unchanged != 2000 ||
		report.Claims.Retracted != 1000 {
		t.Errorf("a part of it, as all: %+v", report.Claims)
	}
	b.clean("bounded")
}

// A data set that does not fit gives its room back to the others.
func TestInventoryRoom(t *testing.T) {
	b := newBench(t)
	all := postings(3000)
	b.load(all, Options{})
	set, err := dataset(t.Context(), b.graph(), "set")
	if err != nil {
		t.Fatal(err)
	}
	room := 4000
	for _, step := range []struct {
		fits bool
		left int
	}{{true, 1000}, {false, 1000}} {
		v := newInventory(b.graph(), set.Loads, &room)
		for v.whole && v.held != nil && !v.reader.Done() {
			if err := v.more(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if v.complete() != step.fits || room != step.left {
			t.Errorf("complete %t, room for %d; want %+v", v.complete(), room, step)
		}
	}
}

// Where a journal is missing (an orbat that kept none made the load) or void (a removal was killed in the midst of it),
// claims are looked up one by one, and come out the same.
func TestNoJournal(t *testing.T) {
	for name, state := range map[string]string{"missing": "", "void": "void"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			all := postings(2500)
			b.load(all, Options{})
			b.mutate(func(load string) *api.Mutation {
				m := &api.Mutation{Del: []*api.NQuad{commit.StarQuad(load, "load.journal")}}
				if state != "" {
					m = &api.Mutation{Set: []*api.NQuad{commit.ValueQuad(load, "load.journal", state)}}
				}
				return m
			})
			if report := b.load(all, Options{}); report.Claims.Unchanged != 2500 {
				t.Errorf("again: %+v", report.Claims)
			}
			if report := b.load(all[:2400], Options{Replace: true, Dataset: "set"}); report.Claims.Retracted != 100 ||
				report.Claims.Unchanged != 2400 {
				t.Errorf("a part of it, as all: %+v", report.Claims)
			}
			if report := b.load(all, Options{}); report.Claims.Created != 100 {
				t.Errorf("all again: %+v", report.Claims)
			}
			b.clean("without a journal")
			b.holds("without a journal", expected(t, b.Ontology, nil, all))
			b.remove("set")
			if left := b.count("has(journal.entries)") + b.count("has(journal.blocks)") + b.count("has(load.journal)"); left != 0 {
				t.Errorf("%d nodes of journals are left", left)
			}
		})
	}
}

// Check finds a journal that is not its claims'.
func TestCheckFindsWrongJournal(t *testing.T) {
	b := newBench(t)
	all := postings(10)
	b.load(all, Options{})
	b.load(all[:9], Options{Replace: true, Dataset: "set"})
	b.clean("whole")
	kinds := func() []string {
		result, err := b.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, f := range result.Findings {
			kinds = append(kinds, f.Kind)
		}
		return slices.Compact(kinds)
	}
	b.mutate(func(load string) *api.Mutation {
		return &api.Mutation{Del: []*api.NQuad{commit.StarQuad(load, "journal.blocks")}}
	})
	if found := kinds(); !slices.Equal(found, []string{WrongJournal}) {
		t.Errorf("blocks lost: %v", found)
	}
	b.mutate(func(load string) *api.Mutation {
		return &api.Mutation{Set: commit.BlockQuads("_:b", load, []byte("+nonsense"))}
	})
	if _, err := b.Check(t.Context()); err == nil {
		t.Error("a block of nonsense: no error")
	}
}

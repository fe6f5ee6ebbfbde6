package loader

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"orbat/loader/identity"
	"orbat/schema"
)

// Law 10: whatever is decided, undone, loaded and removed in whatever order, the graph is what the records and the
// decisions that stand make it; a decision is refused exactly where it would be left out; undoing all gives back the
// graph from before.
func TestLaw10RandomWalk(t *testing.T) {
	for _, seed := range seeds(t, 2) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "one", "two")
			records := w.records(80)
			b.load(records, Options{})
			before := b.canonical()
			standing := map[string]*schema.Record{}
			loaded := map[string]bool{"one": true, "two": true}
			of := func(dataset string) []*schema.Record {
				return slices.DeleteFunc(slices.Clone(records), func(r *schema.Record) bool { return r.Dataset != dataset })
			}
			pool := w.decisions(t, b.Ontology, records)
			people := peopleOf(pool)
			var refused, undone int
			for range 25 {
				switch w.r.IntN(8) {
				case 0, 1, 2, 3, 4:
					d := decision(pick(w.r, "same", "same", "different", "unsure"), pick(w.r, people...), pick(w.r, people...))
					if d.Subject == d.Object {
						d = pick(w.r, pool...)
					}
					key, contradicts := b.contradicts(standing, d)
					_, err := b.Decide(t.Context(), []*schema.Record{d})
					if refusal := (*ContradictionError)(nil); errors.As(err, &refusal) != contradicts {
						t.Fatalf("seed %d: %s between %v: %v, left out otherwise: %v", seed, d.Predicate,
							[]string{d.Subject.XID, d.Object.XID}, err, contradicts)
					}
					if contradicts {
						refused++
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					standing[key] = d
				case 5, 6:
					if len(standing) > 0 {
						key := pick(w.r, slices.Sorted(maps.Keys(standing))...)
						if _, err := b.Undo(t.Context(), []string{key}); err != nil {
							t.Fatal(err)
						}
						delete(standing, key)
						undone++
					}
				case 7:
					dataset := pick(w.r, "one", "two")
					if loaded[dataset] {
						b.remove(dataset)
					} else {
						b.load(of(dataset), Options{})
					}
					loaded[dataset] = !loaded[dataset]
				}
			}
			var now [][]*schema.Record
			for dataset, in := range loaded {
				if in {
					now = append(now, of(dataset))
				}
			}
			now = append(now, slices.Collect(maps.Values(standing)))
			b.holds("after the walk", expected(t, b.Ontology, nil, now...))
			for dataset, in := range loaded {
				if !in {
					b.load(of(dataset), Options{})
				}
			}
			if len(standing) > 0 {
				if _, err := b.Undo(t.Context(), slices.Sorted(maps.Keys(standing))); err != nil {
					t.Fatal(err)
				}
			}
			b.holds("all undone", before)
			t.Logf("%d stood at the end, %d refused, %d undone", len(standing), refused, undone)
		})
	}
}

// peopleOf returns a few of the people that decisions are about: few enough for decisions to meet.
func peopleOf(decisions []*schema.Record) []string {
	var people []string
	for _, d := range decisions {
		if xid := d.Subject.XID; xid != "" && !slices.Contains(people, xid) && len(people) < 5 {
			people = append(people, xid)
		}
	}
	return people
}

// contradicts tells, by the closure alone, whether a decision would be left out or make another one be.
func (b *bench) contradicts(standing map[string]*schema.Record, d *schema.Record) (key string, contradicts bool) {
	b.t.Helper()
	var claims []*schema.Claim
	for _, record := range append(slices.Collect(maps.Values(standing)), d) {
		made, err := Claims(b.Ontology, "", record)
		if err != nil {
			b.t.Fatal(err)
		}
		claims = append(claims, made...)
		key = made[0].Key()
	}
	return key, len(schema.Decide(claims).LeftOut) > 0
}

// TestContradictsShowsTheChain: who refuses says why, link by link.
func TestContradictsShowsTheChain(t *testing.T) {
	b := newBench(t)
	b.load([]*schema.Record{person("t:a", "A"), person("t:b", "B"), person("t:c", "C"), person("t:d", "D")}, Options{})
	by := func(d *schema.Record, who string) *schema.Record {
		d.Values = map[string][]schema.Value{"by": {{Text: who}}, "at": {{Text: "2026-11-23T10:00:00Z"}}, "session": {{Text: "s-" + who}}}
		return d
	}
	for _, d := range []*schema.Record{
		by(decision("same", "t:a", "t:b"), "ann"), by(decision("same", "t:b", "t:c"), "bob"),
		by(decision("different", "t:c", "t:d"), "cy"),
	} {
		if _, err := b.Decide(t.Context(), []*schema.Record{d}); err != nil {
			t.Fatal(err)
		}
	}
	before := b.canonical()
	for _, c := range []struct {
		refused *schema.Record
		chain   []string
	}{
		{decision("same", "t:a", "t:d"), []string{
			"t:a is the same as t:b (ann", "t:b is the same as t:c (bob",
			"t:c is different from t:d (cy",
		}},
		{decision("different", "t:a", "t:c"), []string{"t:a is the same as t:b (ann", "t:b is the same as t:c (bob"}},
	} {
		_, err := b.Decide(t.Context(), []*schema.Record{decision("unsure", "t:a", "t:d"), c.refused})
		var contradicts *ContradictionError
		if !errors.As(err, &contradicts) {
			t.Fatalf("%s was not refused: %v", c.refused.Predicate, err)
		}
		if len(contradicts.Chain) != len(c.chain) {
			t.Fatalf("the chain: %v", err)
		}
		for i, link := range c.chain {
			if !strings.HasPrefix(contradicts.Chain[i].String(), link) {
				t.Errorf("link %d is %q, want %q", i, contradicts.Chain[i], link)
			}
		}
	}
	b.holds("refused", before) // nor was the decision written that came with them
	if _, err := b.Undo(t.Context(), []string{"nothing"}); !errors.As(err, new(*NoDecisionError)) {
		t.Errorf("undoing what does not stand: %v", err)
	}
	list, err := b.Decisions(t.Context())
	if err != nil || len(list) != 3 || list[0].Session == "" {
		t.Errorf("the list: %v %v", list, err)
	}
}

// TestCandidatesAfterDecisions: what is decided is not proposed again, whether the same, different or unsure, and
// undone it is.
func TestCandidatesAfterDecisions(t *testing.T) {
	b := newBench(t)
	b.load([]*schema.Record{
		person("t:a", "Xaver Qwertz"), person("t:b", "Qwertz, Xaver"), person("u:c", "Dr Xaver Qwertz"),
		person("u:d", "Someone Else"),
	}, Options{})
	proposed := func() string {
		pairs, err := b.Candidates(t.Context(), identity.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, p := range pairs {
			list = append(list, p.A.XID+"="+p.B.XID)
		}
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	const all = "t:a=t:b t:a=u:c t:b=u:c"
	if got := proposed(); got != all {
		t.Fatalf("at first: %s", got)
	}
	for _, c := range []struct{ kind, a, b, left string }{
		{"different", "t:a", "t:b", "t:a=u:c t:b=u:c"},
		{"unsure", "t:b", "u:c", "t:a=t:b t:a=u:c"},
		{"same", "t:a", "t:b", "t:a=u:c"}, // the two are one, under the smaller xid
	} {
		if _, err := b.Decide(t.Context(), []*schema.Record{decision(c.kind, c.a, c.b)}); err != nil {
			t.Fatal(err)
		}
		if got := proposed(); got != c.left {
			t.Errorf("%s %s %s leaves %s, want %s", c.kind, c.a, c.b, got, c.left)
		}
		list, err := b.Decisions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range list {
			if !d.Undone {
				if _, err := b.Undo(t.Context(), []string{d.Key}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := proposed(); got != all {
			t.Errorf("%s undone: %s", c.kind, got)
		}
	}
}

// TestSuggestedWhileLoading: a load says how many of its new entities look like known ones.
func TestSuggestedWhileLoading(t *testing.T) {
	b := newBench(t)
	if report := b.load([]*schema.Record{person("t:a", "Michael Kurilla"), person("t:b", "Alex Grynkewich")},
		Options{FindDuplicates: true}); report.PossibleDuplicates != nil {
		t.Errorf("nothing was known: %+v", report.PossibleDuplicates)
	}
	second := []*schema.Record{person("u:k", "Майкл Курилла"), person("u:x", "Somebody Else"), person("u:g", "Grynkewich, Alexus")}
	for _, r := range second {
		r.Dataset = "u"
	}
	report := b.load(second, Options{FindDuplicates: true})
	if report.PossibleDuplicates == nil || *report.PossibleDuplicates != (PossibleDuplicates{New: 3, Compared: 3, Alike: 2}) {
		t.Errorf("want 2 of 3 alike: %+v", report.PossibleDuplicates)
	}
	if report := b.load(second, Options{FindDuplicates: true}); report.PossibleDuplicates != nil {
		t.Errorf("nothing is new: %+v", report.PossibleDuplicates)
	}
}

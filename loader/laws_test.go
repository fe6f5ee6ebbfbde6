package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

// The laws (schema/README.md), each on the real Dgraph with random small inputs. Laws 7, 8, 13, 16 and 17 are the
// questions' (package queries); 15's exit statuses and rejects are the program's (cmd/orbat). What takes 100,000
// records or a SIGKILL is in cmd/orbat as well.

// Law 1: a load adds, in any order, any number of times, by several loaders at once, in any number of files.
func TestLaw1OrderRepetitionAndRivals(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "one", "two", "three")
			records := w.records(300)
			want := expected(t, b.Ontology, nil, records)
			g, ctx := errgroup.WithContext(t.Context())
			for _, part := range parts(w.r, shuffled(w.r, append(slices.Clone(records), records[:100]...)), 3) {
				g.Go(func() error {
					_, err := b.Load(ctx, sequence(part), Options{OnReject: func(bad *schema.RecordError) error { return bad }})
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			b.holds("three loaders at once", want)
			report := b.load(shuffled(w.r, records), Options{})
			if report.Claims.Created != 0 || report.Records.Created+report.Records.Changed != 0 ||
				report.Records.Unchanged != len(records) || report.Quads != 0 {
				t.Errorf("a second load wrote something: %+v", report)
			}
			b.holds("loaded again", want)
		})
	}
}

// Law 1: v1 then --replace v2 ≡ v2 alone; load then remove ≡ never loaded; a plan tells what the load then does.
func TestLaw1ReplaceAndRemove(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "mine")
			others := newWorld(seed+100, "theirs").records(80)
			v1, extra := w.records(150), w.records(60)
			v2 := shuffled(w.r, append(slices.Clone(v1[:100]), extra...))

			b.load(others, Options{})
			b.load(v1, Options{})
			b.holds("v1", expected(t, b.Ontology, nil, v1, others))
			plan := b.load(v2, Options{Replace: true, Dataset: "mine", Plan: true})
			b.holds("a plan changes nothing", expected(t, b.Ontology, nil, v1, others))
			report := b.load(v2, Options{Replace: true, Dataset: "mine"})
			if plan.Claims != report.Claims || plan.Records != report.Records {
				t.Errorf("planned %+v %+v, done %+v %+v", plan.Records, plan.Claims, report.Records, report.Claims)
			}
			b.holds("v2 replaced v1", expected(t, b.Ontology, nil, v2, others))
			b.load(v1, Options{})
			b.holds("what was retracted stands again when loaded again (law 9)", expected(t, b.Ontology, nil, v1, v2, others))

			b.remove("mine")
			b.holds("removed", expected(t, b.Ontology, nil, others))
			b.remove("theirs")
			b.holds("all removed", "")
			if result := b.clean("all removed"); result.Entities != 0 || result.Edges != 0 || result.Claims != 0 {
				t.Errorf("something is left: %+v", result)
			}
			if sets, err := b.Datasets(t.Context()); err != nil || len(sets) != 0 {
				t.Errorf("data sets left: %v, %v", sets, err)
			}
		})
	}
}

// Law 1: --replace retracts only if every input was read to its end and nothing was rejected beyond what is allowed.
func TestLaw1ReplaceRetractsNothingUnlessAllWasRead(t *testing.T) {
	b := newBench(t)
	w := newWorld(1, "mine")
	v1 := w.records(60)
	b.load(v1, Options{})
	want := expected(t, b.Ontology, nil, v1)
	broken := errors.New("the disk is gone")
	_, err := b.Load(t.Context(), func(yield func(*schema.Record, error) bool) {
		_ = yield(v1[0], nil) && yield(nil, broken)
	}, Options{Replace: true, Dataset: "mine"})
	if !errors.Is(err, broken) {
		t.Errorf("want the reader's error, have %v", err)
	}
	b.holds("an input that broke", want)
	_, err = b.Load(t.Context(), func(yield func(*schema.Record, error) bool) {
		_ = yield(v1[0], nil) && yield(nil, &schema.RecordError{Fault: schema.Fault{Reason: "bad"}})
	}, Options{Replace: true, Dataset: "mine"})
	var many *TooManyRejectsError
	if !errors.As(err, &many) {
		t.Errorf("want too many rejects, have %v", err)
	}
	b.holds("a reject", want)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = b.Load(ctx, sequence(v1[:1]), Options{Replace: true, Dataset: "mine"}); err == nil {
		t.Error("a cancelled load succeeded")
	}
	b.holds("a cancelled load", want)
	if _, err = b.Load(t.Context(), sequence(newWorld(2, "a", "b").records(40)), Options{Replace: true}); err == nil {
		t.Error("--replace took two data sets")
	}
	for _, plan := range []bool{true, false} {
		_, err = b.Load(t.Context(), sequence(nil), Options{Replace: true, Dataset: "mine", Plan: plan})
		if !errors.As(err, new(*PartialInputError)) {
			t.Errorf("replaced by nothing, which may be a broken pipe: %v", err)
		}
	}
	b.holds("an input without records", want)
	b.load(nil, Options{Replace: true, Dataset: "mine", AllowEmpty: true})
	b.holds("replaced by nothing", "")
}

// Law 1: a replacement with rejects retracts nothing that what is rejected would have said, were it right, whatever is
// wrong with it; where that cannot be known it retracts nothing.
func TestLaw1ReplaceKeepsWhatIsRejected(t *testing.T) {
	wrongs := []func(*world, *schema.Record) *schema.RecordError{ // each makes a record wrong; an error: it cannot be read at all
		func(_ *world, r *schema.Record) *schema.RecordError { r.Confidence = "101"; return nil },
		func(_ *world, r *schema.Record) *schema.RecordError { r.Assertion = "perhaps"; return nil },
		func(_ *world, r *schema.Record) *schema.RecordError {
			r.Predicate += "_"
			r.Subject.Type += "_"
			return nil
		},
		func(_ *world, r *schema.Record) *schema.RecordError {
			r.Values = map[string][]schema.Value{"no_such": {{Text: "x"}}}
			return nil
		},
		func(_ *world, r *schema.Record) *schema.RecordError {
			r.Subject = schema.Ref{Name: "a name alone"}
			return nil
		},
		func(_ *world, r *schema.Record) *schema.RecordError { r.Object = schema.Ref{XID: "no xid"}; return nil },
		func(_ *world, r *schema.Record) *schema.RecordError {
			r.AttributedTo = schema.Ref{Name: "x"}
			return nil
		},
		func(_ *world, r *schema.Record) *schema.RecordError {
			r.Cites = []schema.Cite{{Source: schema.Ref{Type: "Sauce", Name: "x"}}}
			return nil
		},
		func(_ *world, r *schema.Record) *schema.RecordError {
			return &schema.RecordError{Fault: schema.Fault{Pos: r.Pos, Reason: "a broken line"}}
		},
	}
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "mine")
			kept, all := 0, 0
			for range 6 {
				v1 := w.records(60)
				b.load(v1, Options{Replace: true, Dataset: "mine"})
				meant := v1[:40] // the rest is gone from the second version
				v2 := make([]*schema.Record, len(meant))
				bad := map[int]*schema.RecordError{}
				rejected := 1 + w.r.IntN(3)
				for i, record := range meant {
					copied := *record
					v2[i] = &copied
					if i < rejected {
						bad[i] = wrongs[w.r.IntN(len(wrongs))](w, v2[i])
					}
				}
				input := func(yield func(*schema.Record, error) bool) {
					for i, record := range v2 {
						if bad[i] != nil && !yield(nil, bad[i]) || bad[i] == nil && !yield(record, nil) {
							return
						}
					}
				}
				most := rejected
				opts := Options{Replace: true, Dataset: "mine", MaxRejects: &most, Plan: true}
				plan, err := b.Load(t.Context(), input, opts)
				if err != nil {
					t.Fatal(err)
				}
				opts.Plan = false
				report, err := b.Load(t.Context(), input, opts)
				if err != nil {
					t.Fatal(err)
				}
				if plan.Claims != report.Claims || plan.Records != report.Records || plan.Kept != report.Kept {
					t.Errorf("planned %+v %+v %d", plan.Records, plan.Claims, plan.Kept)
					t.Errorf("done    %+v %+v %d", report.Records, report.Claims, report.Kept)
				}
				b.clean("with rejects")
				have := strings.Split(b.canonical(), "\n")
				for _, line := range strings.Split(expected(t, b.Ontology, nil, meant), "\n") {
					if _, found := slices.BinarySearch(have, line); !found {
						t.Errorf("retracted, though a record that is only rejected says it: %s", line)
					}
				}
				kept += report.Kept
				all += report.Kept + report.Claims.Retracted
			}
			if kept == 0 || kept == all {
				t.Errorf("%d of %d claims are kept", kept, all)
			}
		})
	}
}

// Law 2: what is claimed or rejected depends on the input and the ontology alone.
func TestLaw2DatabaseDoesNotDecide(t *testing.T) {
	bad := &schema.Record{
		Kind: schema.RelationRecord, Predicate: "commands",
		Subject: schema.Ref{Type: "Unit", Name: "1 Division"}, Object: schema.Ref{Type: "Person", Name: "Ann"},
	}
	good := newWorld(3, "default").records(50)
	rejects := func(b *bench) int {
		n := 0
		report, err := b.Load(t.Context(), sequence(append(slices.Clone(good), bad)),
			Options{OnReject: func(*schema.RecordError) error { n++; return nil }})
		if err != nil || report.Rejected != n {
			t.Fatalf("rejected %d, told of %d, %v", report.Rejected, n, err)
		}
		return n
	}
	b := newBench(t)
	empty := rejects(b)
	want := b.canonical()
	b.load(newWorld(4, "other").records(80), Options{})
	if full := rejects(b); full != empty || empty != 1 {
		t.Errorf("%d rejects in an empty database, %d in a full one; want 1", empty, full)
	}
	b.remove("other")
	b.holds("the same claims", want)
}

// Law 3: moving a row changes nothing; anything else that a record says makes another claim.
func TestLaw3Key(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	base := func() *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Predicate: "commands", Dataset: "d", Pos: schema.Position{File: "a", Line: 1},
			Subject: schema.Ref{ID: "p"}, Object: schema.Ref{ID: "u"}, Values: map[string][]schema.Value{"role": {{Text: "commander"}}},
			Provenance: schema.Provenance{
				Period: "2014",
				Cites:  []schema.Cite{{Source: schema.Ref{ID: "s"}, Quote: "q", Begin: "1", End: "2"}},
			},
		}
	}
	key := func(r *schema.Record) string {
		v := validate.Validator{Ontology: ontology}
		claims, err := v.Claims(r)
		if err != nil {
			t.Fatal(err)
		}
		return claims[0].Key()
	}
	moved := base()
	moved.Pos = schema.Position{File: "b", Line: 99}
	if key(moved) != key(base()) {
		t.Error("moving a row changed the claim")
	}
	changes := map[string]func(*schema.Record){
		"data set":      func(r *schema.Record) { r.Dataset = "e" },
		"period":        func(r *schema.Record) { r.Period = "2015" },
		"qualifier":     func(r *schema.Record) { r.Values["role"][0].Text = "deputy" },
		"assertion":     func(r *schema.Record) { r.Assertion = "denied" },
		"attributed to": func(r *schema.Record) { r.AttributedTo = schema.Ref{ID: "x"} },
		"confidence":    func(r *schema.Record) { r.Confidence = "50" },
		"method":        func(r *schema.Record) { r.Method = "imagery" },
		"marking":       func(r *schema.Record) { r.Marking = "TLP:RED" },
		"record id":     func(r *schema.Record) { r.ID = "17" },
		"source":        func(r *schema.Record) { r.Cites[0].Source.ID = "t" },
		"quote":         func(r *schema.Record) { r.Cites[0].Quote = "other" },
		"locator":       func(r *schema.Record) { r.Cites[0].Locator = "p. 2" },
		"span":          func(r *schema.Record) { r.Cites[0].Begin = "0" },
		"extra":         func(r *schema.Record) { r.Extra = map[string]string{"x_a": "1"} },
	}
	seen := map[string]string{key(base()): "nothing"}
	for name, change := range changes {
		r := base()
		change(r)
		k := key(r)
		if other := seen[k]; other != "" {
			t.Errorf("changing %s gives the key of changing %s", name, other)
		}
		seen[k] = name
		if (schema.GroupOf(k) == schema.GroupOf(key(base()))) == (name == "data set") {
			t.Errorf("changing %s: the group is wrong: the edge is the same but in another data set's local ids", name)
		}
	}
	symmetric := base()
	symmetric.Predicate, symmetric.Values = "opposes", nil
	symmetric.Subject, symmetric.Object = schema.Ref{ID: "b"}, schema.Ref{ID: "a"}
	turned := base()
	turned.Predicate, turned.Values = "opposes", nil
	turned.Subject, turned.Object = schema.Ref{ID: "a"}, schema.Ref{ID: "b"}
	if key(symmetric) != key(turned) {
		t.Error("a symmetric relation read backwards is another claim (law 12)")
	}
}

// Law 4: two loaders of two data sets add and retract claims behind the same edges at once, and lose no update.
func TestLaw4RivalsOnTheSameEdges(t *testing.T) {
	b := newBench(t)
	const edges, rounds = 250, 4 // each round adds or retracts half the edges' claims in each data set: 1,000 a loader
	claim := func(dataset string, i int) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Predicate: "commands", Dataset: dataset,
			Subject: schema.Ref{XID: fmt.Sprint("test:p", i)}, Object: schema.Ref{XID: fmt.Sprint("test:u", i%7)},
			Provenance: schema.Provenance{Confidence: map[string]string{"a": "40", "b": "60"}[dataset]},
		}
	}
	half := func(dataset string, round int) (list []*schema.Record) {
		for i := range edges {
			if (i+round)%2 == 0 {
				list = append(list, claim(dataset, i))
			}
		}
		return list
	}
	retried := 0
	var g errgroup.Group
	reports := make(chan *Report, 2*rounds)
	for _, dataset := range []string{"a", "b"} {
		g.Go(func() error {
			rival := &Loader{DB: b.DB, Ontology: b.Ontology}
			for round := range rounds {
				report, err := rival.Load(t.Context(), sequence(half(dataset, round)), Options{Replace: true, Dataset: dataset})
				if err != nil {
					return err
				}
				reports <- report
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	close(reports)
	touched := 0
	for report := range reports {
		retried += report.Retried
		touched += report.Claims.Created + report.Claims.Retracted
	}
	if touched < 2*1000-2*edges/2 {
		t.Errorf("only %d claims were added or retracted", touched)
	}
	t.Logf("%d claims added or retracted, %d transactions run again", touched, retried)
	b.holds("after the race", expected(t, b.Ontology, nil, half("a", rounds-1), half("b", rounds-1)))
}

// Law 5: references may come later, or never; what no single record shows is reported with both positions.
func TestLaw5ReferencesAndDisputes(t *testing.T) {
	b := newBench(t)
	at := func(line int, r *schema.Record) *schema.Record {
		r.Pos = schema.Position{File: "f.ndjson", Line: line}
		return r
	}
	commands := at(1, &schema.Record{
		Kind: schema.RelationRecord, Predicate: "commands", Subject: schema.Ref{XID: "test:a"},
		Object: schema.Ref{XID: "test:b"},
	})
	if report := b.load([]*schema.Record{commands}, Options{}); report.Dangling != 2 || report.Disputed != 0 {
		t.Errorf("want 2 dangling, have %+v", report)
	}
	if result := b.clean("undescribed ends"); result.Edges != 1 || result.Dangling != 2 {
		t.Errorf("want one edge between two undescribed entities, have %+v", result)
	}
	person := at(2, &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{XID: "test:a", Type: "Person"}})
	if report := b.load([]*schema.Record{person}, Options{}); report.Dangling != 0 {
		t.Errorf("described now, yet %+v", report)
	}
	wrong := at(3, &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{XID: "test:b", Type: "Person"}})
	b.load([]*schema.Record{wrong}, Options{})
	report := b.load([]*schema.Record{commands}, Options{})
	if report.Disputed != 1 || len(report.Disputes) != 1 || !slices.Contains(report.Disputes[0].Places, "f.ndjson:1") ||
		!slices.Contains(report.Disputes[0].Places, "f.ndjson:3") {
		t.Errorf("want the relation and the type with both positions, have %+v", report.Disputes)
	}
	unit := at(4, &schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{XID: "test:b", Type: "Unit"},
		Provenance: schema.Provenance{Confidence: "90"},
	})
	report = b.load([]*schema.Record{unit}, Options{})
	if report.Disputed != 1 || report.Disputes[0].Shown != "Unit" ||
		strings.Join(report.Disputes[0].Places, " ") != "f.ndjson:3 f.ndjson:4" {
		t.Errorf("want the more confident type and both positions, have %+v", report.Disputes)
	}
	result, err := b.Check(t.Context())
	if err != nil || len(result.Findings) != 1 || result.Findings[0].Kind != DisputedType || len(result.Findings[0].Places) != 2 {
		t.Errorf("check: %+v, %v", result, err)
	}
}

// Law 6: identity is absolute; nothing merges across data sets by name.
func TestLaw6Identity(t *testing.T) {
	b := newBench(t)
	named := func(dataset, name string) *schema.Record {
		return &schema.Record{
			Kind: schema.EntityRecord, Dataset: dataset, Subject: schema.Ref{Type: "Person", Name: name},
			Values: map[string][]schema.Value{"name": {{Text: name}}},
		}
	}
	b.load([]*schema.Record{
		named("one", "Ann  O'Hara"), named("one", "ANN O’HARA"), named("two", "Ann O'Hara"),
		named("one", "Änn O'Hara"),
	}, Options{})
	if result := b.clean("names"); result.Entities != 3 {
		t.Errorf("want 3 people (two spellings are one, a diacritic and a data set are not), have %d", result.Entities)
	}
	_, err := b.Load(t.Context(), sequence([]*schema.Record{named("one", "X")}),
		Options{Dataset: "two", OnReject: func(bad *schema.RecordError) error { return bad }})
	if bad := badRecord(t, err); bad.Column != "dataset" {
		t.Errorf("a data set against --dataset: %+v", bad)
	}
}

// Law 10: decisions in any order, cut up and mixed with loads and removals, give the same graph; undo gives it back.
func TestLaw10Decisions(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "one", "two")
			records := w.records(120)
			decisions := w.decisions(t, b.Ontology, records)
			before := expected(t, b.Ontology, nil, records)
			want := expected(t, b.Ontology, nil, records, decisions)

			b.load(records, Options{})
			for _, part := range parts(w.r, decisions, 3) {
				b.load(shuffled(w.r, part), Options{})
			}
			b.holds("decided after loading", want)
			b.remove("decisions")
			b.holds("undone", before)

			mixed := parts(w.r, shuffled(w.r, append(slices.Clone(records), decisions...)), 3)
			b.remove("one")
			g, ctx := errgroup.WithContext(t.Context())
			for _, part := range mixed {
				g.Go(func() error {
					_, err := b.Load(ctx, sequence(part), Options{OnReject: func(bad *schema.RecordError) error { return bad }})
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			have := b.canonical()
			if have != want {
				t.Fatalf("decided while loading: %s", firstDifference(have, want))
			}
			b.cleanButLeftOut("decided while loading")
			b.remove("two")
			b.cleanButLeftOut("a data set removed below its decisions")
			b.load(records, Options{})
			b.remove("decisions")
			b.holds("undone", before)
		})
	}
}

// cleanButLeftOut allows the decisions that contradict others: law 10 reports them.
func (b *bench) cleanButLeftOut(what string) {
	b.t.Helper()
	result, err := b.Check(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range result.Findings {
		if f.Kind != LeftOut && f.Kind != DisputedType && f.Kind != UnfittingEnds {
			b.t.Fatalf("%s: check: %s", what, f)
		}
	}
}

// decisions makes random ones about entities and claims of the records; some contradict each other.
func (w *world) decisions(t *testing.T, ontology *schema.Ontology, records []*schema.Record) []*schema.Record {
	t.Helper()
	v := validate.Validator{Ontology: ontology}
	var people, keys []string
	for _, rec := range records {
		claims, err := v.Claims(rec)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range claims {
			keys = append(keys, c.Key())
			for _, xid := range []string{c.Subject, c.Object} {
				if strings.Contains(strings.ToLower(xid), "person") && !slices.Contains(people, xid) {
					people = append(people, xid)
				}
			}
		}
	}
	slices.Sort(people)
	var decisions []*schema.Record
	for range 12 {
		a, b := pick(w.r, people...), pick(w.r, people...)
		if a == b {
			continue
		}
		decisions = append(decisions, &schema.Record{
			Kind: schema.DecisionRecord, Predicate: pick(w.r, "same", "same", "same", "different", "unsure"),
			Subject: schema.Ref{XID: a}, Object: schema.Ref{XID: b},
			Values: map[string][]schema.Value{"by": {{Text: "ann"}}, "why": {{Text: pick(w.r, "x", "y")}}},
		})
	}
	for range 6 {
		decisions = append(decisions, &schema.Record{Kind: schema.DecisionRecord, Predicate: "reject", Value: pick(w.r, keys...)})
	}
	return decisions
}

// Law 11: the winner does not depend on the order of claims. Which one it is, package schema tests.
func TestLaw11Winner(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range seeds(t, 100) {
		w := newWorld(seed, "d")
		v := validate.Validator{Ontology: ontology}
		var claims []*schema.StoredClaim
		for range 8 {
			rec := w.record(1)
			if rec.Kind != schema.EntityRecord {
				continue
			}
			made, err := v.Claims(rec)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range made {
				claims = append(claims, &schema.StoredClaim{Claim: *c, StoredKey: c.Key(), Stands: true})
			}
		}
		one, other := schema.DeriveFacts(ontology, claims), schema.DeriveFacts(ontology, shuffled(w.r, claims))
		if fmt.Sprint(one) != fmt.Sprint(other) {
			t.Fatalf("seed %d: the order of claims shows:\n%v\n%v", seed, one, other)
		}
	}
}

// Law 13: data never creates a predicate.
func TestLaw13NoPredicateFromData(t *testing.T) {
	b := newBench(t)
	before, err := b.DB.NewReadOnlyTxn().Query(t.Context(), "schema {}")
	if err != nil {
		t.Fatal(err)
	}
	rec := &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{ID: "a", Type: "Person"}, Extra: map[string]string{"x_<evil> * .": `"v"`, "x_name": `{"deep":true}`}}
	b.load([]*schema.Record{rec}, Options{})
	unknown := &schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{ID: "b", Type: "Person"},
		Values: map[string][]schema.Value{"dgraph.type": {{Text: "Claim"}}},
	}
	_, err = b.Load(t.Context(), sequence([]*schema.Record{unknown}), Options{OnReject: func(bad *schema.RecordError) error { return bad }})
	_ = badRecord(t, err)
	after, err := b.DB.NewReadOnlyTxn().Query(t.Context(), "schema {}")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before.GetJson(), after.GetJson()) {
		t.Error("loading changed the schema")
	}
	b.holds("kept in the describing claim", expected(t, b.Ontology, nil, []*schema.Record{rec}))
}

// Law 15: a rejected record leaves no claim; a load cut short is marked incomplete, and says what is in.
func TestLaw15RejectedAndCutShort(t *testing.T) {
	b := newBench(t)
	good := newWorld(5, "d").records(30)
	bad := &schema.Record{
		Kind: schema.ValueRecord, Dataset: "d", Subject: schema.Ref{ID: "z", Type: "Person"}, Pos: schema.Position{File: "f", Line: 3},
		Predicate: "birth_date", Value: "1961-02-30",
	}
	var rejected []*schema.RecordError
	report, err := b.Load(t.Context(), sequence(append([]*schema.Record{bad}, good...)),
		Options{OnReject: func(r *schema.RecordError) error { rejected = append(rejected, r); return nil }})
	if err != nil || report.Rejected != 1 || len(rejected) != 1 || rejected[0].Column != "birth_date" ||
		rejected[0].Value != "1961-02-30" || rejected[0].Pos.String() != "f:3" {
		t.Errorf("%+v, %v, %v", report, rejected, err)
	}
	b.holds("only the good records are in", expected(t, b.Ontology, nil, good))
	none := 0
	_, err = b.Load(t.Context(), sequence([]*schema.Record{bad}), Options{MaxRejects: &none})
	var many *TooManyRejectsError
	if !errors.As(err, &many) {
		t.Errorf("want too many rejects, have %v", err)
	}
	sets, err := b.Datasets(t.Context())
	if err != nil || len(sets) != 1 || sets[0].Loads[0].State != commit.Complete {
		t.Errorf("%+v, %v", sets, err)
	}
	gone := errors.New("gone")
	report, err = b.Load(t.Context(), func(yield func(*schema.Record, error) bool) {
		_ = yield(good[0], nil) && yield(nil, gone)
	}, Options{})
	if !errors.Is(err, gone) || !report.Incomplete || report.Records.Read != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}

// Laws 1 and 15: a bad value leaves no claim of it, and the rest of its record is in: in any order, cut anywhere,
// killed, by several loaders, in place of another version; and what a replacement cannot know it keeps.
func TestLaw15BadValues(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "mine")
			version := func(n int) (mended, bad []*schema.Record, faults int) {
				for _, record := range w.records(n) {
					mended, bad = append(mended, record), append(bad, record)
					if record.Kind == schema.EntityRecord && w.r.IntN(2) == 0 {
						broken := *record
						broken.Values = maps.Clone(record.Values)
						faults += w.spoil(&broken)
						bad[len(bad)-1] = &broken
					}
				}
				return mended, bad, faults
			}
			rejected := 0
			counting := Options{OnReject: func(r *schema.RecordError) error {
				if r.Property == "" || r.Partial == nil || r.Pos.File != "world" {
					t.Errorf("not of a value: %+v", r)
				}
				rejected++
				return nil
			}}
			v1, bad1, faults := version(150)
			want := expected(t, b.Ontology, nil, v1)
			killed := errors.New("killed")
			for i, part := range parts(w.r, shuffled(w.r, bad1), 3) {
				cut := func(yield func(*schema.Record, error) bool) {
					for _, record := range part[:len(part)/2] {
						if !yield(record, nil) {
							return
						}
					}
					yield(nil, killed)
				}
				if _, err := b.Load(t.Context(), cut, Options{}); i == 0 && !errors.Is(err, killed) {
					t.Fatal(err)
				}
			}
			report := b.load(shuffled(w.r, bad1), counting)
			if report.Rejected != faults || report.RejectedValues != faults || rejected != faults || report.Records.Read != len(bad1) {
				t.Errorf("%d values are bad: %+v", faults, report)
			}
			b.holds("the rest is in", want)

			v2, bad2, faults := version(60)
			most := faults + 4*len(bad1)
			b.load(append(shuffled(w.r, bad2), bad1[:50]...), Options{
				Dataset: "mine", Replace: true, MaxRejects: &most, OnReject: counting.OnReject,
			})
			b.clean("replaced with rejects")
			have := strings.Split(b.canonical(), "\n")
			for _, line := range strings.Split(expected(t, b.Ontology, nil, v2, v1[:50]), "\n") {
				if _, found := slices.BinarySearch(have, line); !found {
					t.Errorf("said, and not in: %s", line)
				}
			}
			b.load(shuffled(w.r, v2), Options{Dataset: "mine", Replace: true})
			b.holds("mended and replaced", expected(t, b.Ontology, nil, v2))
			b.load(shuffled(w.r, bad1), counting)
			b.holds("both", expected(t, b.Ontology, nil, v1, v2))
		})
	}
}

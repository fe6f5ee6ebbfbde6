package loader

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"orbat/deploy/deploytest"
	"orbat/loader/commit"
	"orbat/loader/validate"
	"orbat/schema"
)

func decision(kind, a, b string) *schema.Record {
	return &schema.Record{Kind: schema.DecisionRecord, Predicate: kind, Subject: schema.Ref{XID: a}, Object: schema.Ref{XID: b}}
}

func person(xid, name string) *schema.Record {
	return &schema.Record{
		Kind: schema.EntityRecord, Dataset: "p", Subject: schema.Ref{XID: xid, Type: "Person"},
		Values: map[string][]schema.Value{"name": {{Text: name}}},
	}
}

// --replace of decisions keeps those that the input names and undoes the others.
func TestReplaceDecisions(t *testing.T) {
	b := newBench(t)
	people := []*schema.Record{person("t:a", "A"), person("t:b", "B"), person("t:c", "C")}
	both := []*schema.Record{decision("same", "t:a", "t:b"), decision("same", "t:b", "t:c")}
	b.load(people, Options{})
	b.load(both, Options{Replace: true, Dataset: "decisions"})
	for range 2 {
		report := b.load(both[:1], Options{Replace: true, Dataset: "decisions"})
		if report.Claims.Unchanged != 1 {
			t.Errorf("the decision that stays: %+v", report.Claims)
		}
		b.holds("one decision left", expected(t, b.Ontology, nil, people, both[:1]))
	}
	b.load(nil, Options{Replace: true, AllowEmpty: true, Dataset: "decisions"})
	b.holds("no decision left", expected(t, b.Ontology, nil, people))
}

// A load that turns to its decisions and a removal of the data set it has loaded do not wait for each other.
func TestDecisionsAndRemovalDoNotWaitForEachOther(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	b.load([]*schema.Record{person("t:a", "A")}, Options{})
	removing := make(chan error, 1)
	_, err := b.Load(ctx, func(yield func(*schema.Record, error) bool) {
		if !yield(person("t:b", "B"), nil) || !yield(decision("same", "t:a", "t:b"), nil) {
			return
		}
		for i := range validate.ChunkRecords { // a full chunk, so that the data set is held before the removal asks for it
			if !yield(person(fmt.Sprint("t:p", i), "P"), nil) {
				return
			}
		}
		go func() {
			_, err := (&Loader{DB: b.DB, Ontology: b.Ontology}).Remove(ctx, "p", nil)
			removing <- err
		}()
	}, Options{})
	if err != nil {
		t.Error(err)
	}
	if err := <-removing; err != nil {
		t.Error(err)
	}
	b.clean("both are through")
}

// Rival migrations lose neither's types, and a growing type shows what was claimed of it before.
func TestMigrationsKeepEachOther(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	wider := extended(t, "types:\n  Vessel:\n    doc: A ship.\n")
	done := make(chan error)
	for _, o := range []*schema.Ontology{ontology, wider, ontology, wider} {
		go func() {
			_, err := Migrate(context.WithoutCancel(t.Context()), conn, o)
			done <- err
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	b := &bench{Loader: &Loader{DB: conn}, t: t}
	if b.Ontology, err = Applied(t.Context(), conn); err != nil || b.Ontology.Type("Vessel") == nil {
		t.Fatalf("a type was lost: %v", err)
	}
	strength := &schema.Record{Kind: schema.ValueRecord, Dataset: "p", Predicate: "strength", Value: "12", Subject: schema.Ref{XID: "t:a"}}
	b.load([]*schema.Record{person("t:a", "A"), strength}, Options{})
	b.clean("a person has no strength yet")
	grown := extended(t,
		"types:\n  Vessel:\n    doc: A ship.\n"+
			"  Person:\n    properties:\n      strength: {kind: int, winner: latest, doc: How many they count for.}\n")
	if b.Ontology, err = Migrate(t.Context(), conn, grown); err != nil {
		t.Fatal(err)
	}
	b.clean("a person has a strength now")
	answer, err := conn.NewReadOnlyTxn().Query(t.Context(), `{ q(func: eq(xid, "t:a")) { strength } }`)
	if err != nil || string(answer.GetJson()) != `{"q":[{"strength":12}]}` {
		t.Errorf("%s, %v", answer.GetJson(), err)
	}
}

// Hostile and contradictory records are rejected alone, or are kept as they are; none ends the load.
func TestHostileRecords(t *testing.T) {
	b := newBench(t)
	entity := func(change func(*schema.Record)) *schema.Record {
		r := person("t:h", "H")
		change(r)
		return r
	}
	kept := []*schema.Record{
		entity(func(r *schema.Record) { r.Values["name"][0].Text = "_STAR_ALL" }),
		entity(func(r *schema.Record) { r.Method = "_STAR_ALL" }),
		entity(func(r *schema.Record) { r.Subject.XID = `t:"] }) { uid } $x \ 🚁` }),
		entity(func(r *schema.Record) { r.Extra = map[string]string{"x_a": `"` + strings.Repeat("x", 1<<20) + `"`} }),
		entity(func(r *schema.Record) {
			r.Cites = []schema.Cite{{Quote: "a \"quote\"\nwith <b>lines</b> and \u2028", Locator: "§"}}
		}),
	}
	rejected := map[string]*schema.Record{
		"a line break in an xid": entity(func(r *schema.Record) { r.Subject.XID = "t:a\nb" }),
		"a long xid":             entity(func(r *schema.Record) { r.Subject.XID = "t:" + strings.Repeat("x", 2000) }),
		"a description of the implicit source": entity(func(r *schema.Record) {
			r.Cites = []schema.Cite{{Source: schema.Ref{XID: "dataset:p", Type: "Source", Name: "Mine"}}}
		}),
		"a person that is its own source": entity(func(r *schema.Record) {
			r.Cites = []schema.Cite{{Source: schema.Ref{XID: "t:h", Type: "Source"}}}
		}),
		"a person said to be a unit": entity(func(r *schema.Record) { r.AttributedTo = schema.Ref{XID: "t:h", Type: "Unit"} }),
		"a decision that describes": {
			Kind: schema.DecisionRecord, Predicate: "reject", Value: strings.Repeat("A", 26) + "." + strings.Repeat("B", 26),
			Provenance: schema.Provenance{AttributedTo: schema.Ref{XID: "t:boss", Type: "Person", Name: "Boss"}},
		},
		"one source cited twice": entity(func(r *schema.Record) {
			r.Cites = []schema.Cite{{Source: schema.Ref{XID: "t:s"}, Quote: "a"}, {Source: schema.Ref{XID: "t:s"}, Quote: "b"}}
		}),
	}
	for name, rec := range rejected {
		report, err := b.Load(t.Context(), sequence([]*schema.Record{rec}), Options{})
		if err != nil || report.Rejected != 1 {
			t.Errorf("%s: %d rejected, %v", name, report.Rejected, err)
		}
	}
	b.holds("no rejected record left a claim", "")
	nameless := entity(func(r *schema.Record) { delete(r.Values, "name") })
	for _, c := range []struct{ bad, rest *schema.Record }{ // a bad value costs itself (law 15)
		{entity(func(r *schema.Record) { r.Cites = []schema.Cite{{Quote: "a\x00b"}} }), entity(func(*schema.Record) {})},
		{entity(func(r *schema.Record) { r.Values["name"][0].Text = "a\xffb" }), nameless},
		{entity(func(r *schema.Record) { r.Values["name"][0].Text = strings.Repeat("n", 5000) }), nameless},
	} {
		if report, err := b.Load(t.Context(), sequence([]*schema.Record{c.bad}), Options{}); err != nil || report.Rejected != 1 {
			t.Errorf("%d rejected, %v", report.Rejected, err)
		}
		b.holds("the rest is in", expected(t, b.Ontology, nil, []*schema.Record{c.rest}))
		b.remove("p")
	}
	b.load(kept, Options{})
	b.holds("kept as they are", expected(t, b.Ontology, nil, kept))
	b.remove("p")
	b.holds("removed", "")
}

// A plan says what the load then does: for the data set that the records name, across batches, in an empty database.
func TestPlanAgreesWithLoad(t *testing.T) {
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	m, err := PlanMigration(t.Context(), conn, ontology)
	if err != nil || !m.Empty {
		t.Fatalf("%+v, %v", m, err)
	}
	var records []*schema.Record
	for i := range 3 * commit.ClaimsPerTxn * defaultWorkers {
		records = append(records, person(fmt.Sprint("t:p", i%1500), fmt.Sprint("P", i)))
	}
	records = append(records, &schema.Record{
		Kind: schema.RelationRecord, Dataset: "p", Predicate: "commands",
		Subject: schema.Ref{XID: "t:p1"}, Object: schema.Ref{XID: "t:nowhere"},
	})
	fresh := &bench{Loader: &Loader{DB: conn, Ontology: ontology, Empty: true}, t: t}
	plan := fresh.load(records, Options{Plan: true})
	if plan.Dangling != 1 || plan.Claims.Created != len(records) {
		t.Errorf("planned for an empty database: %+v", plan)
	}
	if ontology, err = Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	b := &bench{Loader: &Loader{DB: conn, Ontology: ontology}, t: t}
	report := b.load(records, Options{})
	if report.Claims != plan.Claims || report.Dangling != plan.Dangling || report.Records.Read != plan.Records.Read {
		t.Errorf("planned %+v, done %+v", plan, report)
	}
	other := person("t:z", "Z")
	other.Dataset = schema.DefaultDataset
	b.load([]*schema.Record{other}, Options{})
	plan = b.load(records[:10], Options{Plan: true, Replace: true})
	report = b.load(records[:10], Options{Replace: true})
	if report.Claims != plan.Claims || report.Records != plan.Records || report.Dangling != plan.Dangling {
		t.Errorf("planned %+v, done %+v", plan, report)
	}
	b.holds("the data set that the records name was replaced", expected(t, b.Ontology, nil, records[:10], []*schema.Record{other}))
	var none *NoReplacedError
	if _, err := b.Load(t.Context(), sequence(nil), Options{Replace: true, AllowEmpty: true}); !errors.As(err, &none) {
		t.Errorf("replaced nothing by nothing: %v", err)
	}
}

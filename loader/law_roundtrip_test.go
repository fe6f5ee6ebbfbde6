package loader

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"
	"go.yaml.in/yaml/v3"

	"orbat/deploy/deploytest"
	"orbat/loader/format"
	"orbat/schema"
)

// Law 14: the canonical export loads into an empty database and exports to the same bytes, decisions included.
func TestLaw14CanonicalRoundTrip(t *testing.T) {
	for _, seed := range seeds(t, 2) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "one", "two")
			records := w.records(200)
			decisions := w.decisions(t, b.Ontology, records)
			b.load(append(records, decisions...), Options{})
			want := b.canonical()
			if expect := expected(t, b.Ontology, nil, records, decisions); want != expect {
				t.Fatalf("export: %s", firstDifference(want, expect))
			}
			for _, bookkeeping := range []string{"dataset:", "\"uid\"", "0x", "world"} {
				if strings.Contains(want, bookkeeping) {
					t.Errorf("the export holds bookkeeping: %q", bookkeeping)
				}
			}
			for _, dataset := range []string{"one", "two", "decisions"} {
				b.remove(dataset)
			}
			b.holds("emptied", "")
			file := format.Stream("export.ndjson", strings.NewReader(want))
			if _, err := b.Load(t.Context(), format.Read(t.Context(), file, format.Options{}),
				Options{OnReject: func(bad *schema.RecordError) error { return bad }}); err != nil {
				t.Fatal(err)
			}
			if have := b.canonical(); have != want {
				t.Errorf("loaded again: %s", firstDifference(have, want))
			}
			b.cleanButLeftOut("loaded again")
		})
	}
}

// Law 18: migration only adds; a foreign predicate of our name and a newer format are refused.
func TestLaw18Migration(t *testing.T) {
	conn := deploytest.Shared(t)
	ctx := t.Context()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Alter(ctx, &api.Operation{Schema: "commands: string @index(exact) ."}); err != nil {
		t.Fatal(err)
	}
	var refused *schema.MigrationError
	if _, err := Migrate(ctx, conn, ontology); !errors.As(err, &refused) || !strings.Contains(err.Error(), "commands") {
		t.Errorf("a foreign predicate was not refused with a diff: %v", err)
	}
	var none *NoSchemaError
	if _, err := Applied(ctx, conn); !errors.As(err, &none) {
		t.Errorf("a refused database has an ontology: %v", err)
	}
	deploytest.Empty(t, conn)
	if _, err := Migrate(ctx, conn, ontology); err != nil {
		t.Fatal(err)
	}
	if m, err := PlanMigration(ctx, conn, ontology); err != nil || m.needed || m.grown || len(m.Diff) != 0 {
		t.Errorf("migrating twice: %+v, %v", m, err)
	}
	wider, err := ontology.Extend("mine.yaml",
		[]byte("types:\n  Vessel:\n    doc: A ship.\n    properties:\n      hull: {kind: string, doc: Its number.}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Loader: &Loader{DB: conn}, t: t}
	if b.Ontology, err = Migrate(ctx, conn, wider); err != nil {
		t.Fatalf("adding a type: %v", err)
	}
	ship := &schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Vessel", ID: "v"},
		Values: map[string][]schema.Value{"hull": {{Text: "007"}}},
	}
	b.load([]*schema.Record{ship}, Options{})
	again, err := Migrate(ctx, conn, ontology)
	if err != nil || again.Type("Vessel") == nil {
		t.Errorf("loading without the file forgot its type: %v", err)
	}
	b.holds("with a type of one's own", expected(t, b.Ontology, nil, []*schema.Record{ship}))

	_, err = conn.NewTxn().Do(ctx, &api.Request{
		Query:     `{ m as var(func: has(orbat.meta)) }`,
		Mutations: []*api.Mutation{{SetNquads: []byte(`uid(m) <orbat.format> "99" .`)}}, CommitNow: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var newer *NewerFormatError
	if _, err := Migrate(ctx, conn, ontology); !errors.As(err, &newer) || newer.Have != 99 {
		t.Errorf("a newer format was not refused: %v", err)
	}
}

// Law 18: a database whose stored ontology is from before captions, styles and names stood in it is read as if they
// did, and brought up to date without deriving anything anew, with a user's own types too.
func TestLaw18StoredBeforeStyles(t *testing.T) {
	conn := deploytest.Shared(t)
	ctx := t.Context()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	wider, err := ontology.Extend("mine.yaml", []byte("types: {Vessel: {properties: {hull: {kind: string}}}}"))
	if err != nil {
		t.Fatal(err)
	}
	for name, own := range map[string]*schema.Ontology{"as it comes": ontology, "with a type of one's own": wider} {
		deploytest.Empty(t, conn)
		b := &bench{Loader: &Loader{DB: conn}, t: t}
		if b.Ontology, err = Migrate(ctx, conn, own); err != nil {
			t.Fatal(err)
		}
		records := []*schema.Record{{
			Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Source", ID: "s"},
			Values: map[string][]schema.Value{"title": {{Text: "A report"}}},
		}}
		b.load(records, Options{})
		text, err := yaml.Marshal(own)
		if err != nil {
			t.Fatal(err)
		}
		before := regexp.MustCompile(`(?m)^ +(caption|featured|color|shape|legend|names): .*\n`).ReplaceAllString(string(text), "")
		value := &api.NQuad{Subject: "uid(m)", Predicate: "orbat.ontology", ObjectValue: &api.Value{Val: &api.Value_StrVal{StrVal: before}}}
		_, err = conn.NewTxn().Do(ctx, &api.Request{
			Query: `{ m as var(func: has(orbat.meta)) }`, Mutations: []*api.Mutation{{Set: []*api.NQuad{value}}}, CommitNow: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Ontology, err = Applied(ctx, conn)
		if err != nil || !slices.Equal(b.Ontology.Caption("Source"), []string{"name", "title"}) ||
			b.Ontology.Style("Person").Color != "#0072B2" {
			t.Fatalf("%s: read, it has no captions or styles: %v", name, err)
		}
		b.holds(name, expected(t, b.Ontology, nil, records))
		m, err := PlanMigration(ctx, conn, ontology)
		if err != nil || !m.needed || m.grown || len(m.Diff) != len(m.Diff.Of(schema.Reworded)) {
			t.Errorf("%s: %v\n%+v", name, err, m)
		}
		if b.Ontology, err = Migrate(ctx, conn, ontology); err != nil {
			t.Fatal(err)
		}
		if b.Ontology.Fingerprint() != own.Fingerprint() {
			t.Errorf("%s: brought up to date it is another", name)
		}
		if m, err = PlanMigration(ctx, conn, ontology); err != nil || m.needed || !strings.Contains(m.stored, "featured: [") {
			t.Errorf("%s: migrated, and still not up to date: %v", name, err)
		}
	}
}

// extended returns the ontology that orbat comes with and what a file of its user's adds.
func extended(t *testing.T, text string) *schema.Ontology {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = ontology.Extend("mine.yaml", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return ontology
}

// Law 18: what a database was given by a file of its user's stays when an orbat comes that says more by itself, or
// another file, and what does not go together with it is refused.
func TestLaw18OwnTypesOutliveAnUpgrade(t *testing.T) {
	conn := deploytest.Shared(t)
	const vessel = "types: {Vessel: {doc: A ship., properties: {hull: {kind: string, doc: Its number.}}}}\n"
	own := extended(t, vessel+
		"relations: {crew_of: {label: crew of, inverse: crewed by, doc: Serves aboard., ends: [{from: [Person], to: [Vessel]}]}}")
	if _, err := Migrate(t.Context(), conn, own); err != nil {
		t.Fatal(err)
	}
	newer := extended(t, "types: {Person: {properties: {shoe_size: {kind: int, doc: How large.}}}}\n"+
		"relations: {posted_to: {ends: [{from: [Person], to: [Organisation, Unit, Location]}]}}")
	m, err := PlanMigration(t.Context(), conn, newer)
	if err != nil || !m.grown || len(m.Diff.Of(schema.Conflict)) > 0 {
		t.Fatalf("%v\n%+v", err, m)
	}
	both, err := Migrate(t.Context(), conn, newer)
	if err != nil {
		t.Fatal(err)
	}
	if !both.Relation("crew_of").Fits("Person", "Vessel") || !both.Relation("posted_to").Fits("Person", "Location") ||
		both.Type("Vessel").Property("hull") == nil || both.Type("Person").Property("shoe_size") == nil {
		t.Error("something of either is lost")
	}
	if again, err := PlanMigration(t.Context(), conn, newer); err != nil || again.needed {
		t.Errorf("migrated, and something is to do: %v\n%+v", err, again)
	}
	var refused *schema.MigrationError
	other := extended(t, "types: {Person: {properties: {hull: {kind: int, doc: Another.}}}}")
	if _, err := Migrate(t.Context(), conn, other); !errors.As(err, &refused) {
		t.Errorf("one property of two kinds was taken: %v", err)
	}
}

// Three loaders may find an empty database at once.
func TestMigrateAtOnce(t *testing.T) {
	conn := deploytest.Shared(t)
	done := make(chan error)
	for range 3 {
		go func() {
			ontology, err := schema.Default()
			if err == nil {
				_, err = Migrate(context.WithoutCancel(t.Context()), conn, ontology)
			}
			done <- err
		}()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	answer, err := conn.NewReadOnlyTxn().Query(t.Context(), `{ q(func: has(orbat.meta)) { count(uid) } }`)
	if err != nil || string(answer.GetJson()) != `{"q":[{"count":1}]}` {
		t.Errorf("%s, %v", answer.GetJson(), err)
	}
}

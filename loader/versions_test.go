package loader

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"orbat/schema"
)

// versionsInOrder are versions of the model, each later than the one before.
func versionsInOrder() []string {
	return []string{"", "v9", "v10", "2024-05-01", "2024-05-01T10:00:00+02:00", "2025-01"}
}

// versioned returns a record of a few, in one of its versions.
func (w *world) versioned(line int) *schema.Record {
	unit, person := schema.Ref{XID: fmt.Sprint("test:unit-", w.r.IntN(2))}, schema.Ref{XID: fmt.Sprint("test:person-", w.r.IntN(2))}
	rec := &schema.Record{Dataset: pick(w.r, w.datasets...), Pos: schema.Position{File: "versions", Line: line}}
	rec.ID, rec.Version = fmt.Sprint("r", w.r.IntN(2)), pick(w.r, versionsInOrder()...)
	rec.Assertion, rec.Confidence = pick(w.r, "", "", "", "denied", "planned"), pick(w.r, "", "40", "80")
	switch w.r.IntN(5) {
	case 0, 1:
		person.Type = "Person"
		rec.Kind, rec.Subject = schema.EntityRecord, person
		rec.Values = map[string][]schema.Value{
			"name": {{Text: pick(w.r, "Ann", "Bea", "Cleo")}}, "aliases": {{Text: pick(w.r, "A", "B")}, {Text: pick(w.r, "C", "D")}},
		}
		if rec.Version != "" && w.r.IntN(2) == 0 { // of its own period, and of the record's version all the same
			rec.Values["rank"] = []schema.Value{{Text: pick(w.r, "Major", "Colonel"), Own: &schema.Provenance{Period: "2014/.."}}}
		}
	case 2:
		rec.Kind, rec.Subject = schema.ValueRecord, person
		rec.Predicate, rec.Value = pick(w.r, "rank", "status"), pick(w.r, "retired", "active")
	default:
		rec.Kind, rec.Subject, rec.Predicate, rec.Object = schema.RelationRecord, person, pick(w.r, "commands", "posted_to"), unit
		rec.Values = map[string][]schema.Value{"role": {{Text: pick(w.r, "commander", "deputy")}}}
		rec.Period = pick(w.r, "", "2014/2016", "2015/..")
	}
	return rec
}

// latest returns those records of which no later version is among them: of one data set and id, about the same.
func latest(records []*schema.Record) (left []*schema.Record) {
	about := func(r *schema.Record) string {
		text := r.Dataset + " " + r.ID + " " + r.Subject.XID
		if r.Kind == schema.RelationRecord {
			text += " " + r.Predicate + " " + r.Object.XID
		}
		return text
	}
	last := map[string]int{}
	for _, r := range records {
		last[about(r)] = max(last[about(r)], slices.Index(versionsInOrder(), r.Version))
	}
	for _, r := range records {
		if slices.Index(versionsInOrder(), r.Version) == last[about(r)] {
			left = append(left, r)
		}
	}
	return left
}

// shown returns what entities show and what is between them, sorted.
func (b *bench) shown() string {
	b.t.Helper()
	var found struct{ Q []map[string]any }
	err := b.graph().Ask(context.Background(), "look at what is shown", `{ q(func: has(xid)) { xid entity.type dgraph.type name name.key aliases
		rank status entity.differs commands @facets { xid } posted_to @facets { xid } } }`, nil, &found)
	if err != nil {
		b.t.Fatal(err)
	}
	var lines []string
	for _, node := range found.Q {
		for _, predicate := range slices.Sorted(maps.Keys(node)) {
			list, several := node[predicate].([]any)
			if !several {
				list = []any{node[predicate]}
			}
			for _, value := range list {
				text, err := json.Marshal(value)
				if err != nil {
					b.t.Fatal(err)
				}
				if string(text) != `"`+schema.NoType+`"` && predicate != "xid" {
					lines = append(lines, fmt.Sprint(node["xid"], " ", predicate, " ", string(text)))
				}
			}
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Laws 1, 4 and 9: of the versions of one record only the latest are shown, in whatever order and cut they come, by
// however many loaders; the older stand, and are shown again when the later are retracted.
func TestLaw4Versions(t *testing.T) {
	for _, seed := range seeds(t, 3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := newWorld(seed, "mine")
			generate := func(n int) (list []*schema.Record) {
				for i := range n {
					list = append(list, w.versioned(i+1))
				}
				return list
			}
			all := generate(120)
			some := shuffled(w.r, all)[:25]
			shows := func(what string, records []*schema.Record) (shown string) {
				b.load(latest(records), Options{})
				shown = b.shown()
				b.remove("mine")
				if shown == "" {
					t.Fatalf("%s shows nothing", what)
				}
				return shown
			}
			allShown, someShown := shows("all", all), shows("some", some)
			compare := func(what, want string, records []*schema.Record) {
				t.Helper()
				b.holds(what, expected(t, b.Ontology, nil, records))
				if have := b.shown(); have != want {
					t.Fatalf("%s: %s", what, firstDifference(have, want))
				}
			}
			for _, record := range shuffled(w.r, some) { // one at a time
				b.load([]*schema.Record{record}, Options{})
			}
			compare("one after the other", someShown, some)
			g, ctx := errgroup.WithContext(t.Context())
			for _, part := range parts(w.r, shuffled(w.r, all), 3) {
				g.Go(func() error {
					_, err := b.Load(ctx, sequence(part), Options{OnReject: func(bad *schema.RecordError) error { return bad }})
					return err
				})
			}
			if err := g.Wait(); err != nil {
				t.Fatal(err)
			}
			compare("by three loaders at once", allShown, all)
			b.load(shuffled(w.r, some), Options{Replace: true, Dataset: "mine"})
			compare("replaced by some", someShown, some)
			b.load(shuffled(w.r, all), Options{})
			compare("loaded again", allShown, all)
			b.remove("mine")
			b.holds("removed", "")
		})
	}
}

// Laws 4 and 10: rejecting what a record says now does not make it say what it said before; undone, it says it again.
func TestLaw10RejectedVersion(t *testing.T) {
	b := newBench(t)
	record := func(version, role string) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Dataset: "mine", Subject: schema.Ref{XID: "test:person-1"}, Predicate: "commands",
			Object: schema.Ref{XID: "test:unit-1"}, Values: map[string][]schema.Value{"role": {{Text: role}}},
			Provenance: schema.Provenance{ID: "r", Version: version},
		}
	}
	v1, v2 := record("1", "commander"), record("2", "deputy")
	b.load([]*schema.Record{v2, v1}, Options{})
	before := b.shown()
	if !strings.Contains(before, "deputy") || strings.Contains(before, "commander") {
		t.Fatalf("shown:\n%s", before)
	}
	claims, err := Claims(b.Ontology, "mine", v2)
	if err != nil {
		t.Fatal(err)
	}
	reject := &schema.Record{Kind: schema.DecisionRecord, Predicate: schema.Reject, Value: claims[0].Key()}
	b.load([]*schema.Record{reject}, Options{})
	b.clean("rejected")
	if shown := b.shown(); strings.Contains(shown, "commands") {
		t.Fatalf("rejected, and shown:\n%s", shown)
	}
	b.load(nil, Options{Replace: true, Dataset: schema.DecisionsDataset, AllowEmpty: true})
	b.clean("undone")
	if shown := b.shown(); shown != before {
		t.Fatalf("undone: %s", firstDifference(shown, before))
	}
}

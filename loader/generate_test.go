package loader

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy/deploytest"
	"orbat/loader/validate"
	"orbat/queries"
	"orbat/schema"
)

// seeds returns the seeds of a property test, printed with each failure: ORBAT_SEED runs one alone.
func seeds(t *testing.T, n int) []uint64 {
	t.Helper()
	if text := os.Getenv("ORBAT_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("ORBAT_SEED: %v", err)
		}
		return []uint64{seed}
	}
	if text := os.Getenv("ORBAT_SEEDS"); text != "" { // how many, for a longer look than CI's
		more, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("ORBAT_SEEDS: %v", err)
		}
		n = more
	}
	list := make([]uint64, n)
	for i := range list {
		list[i] = uint64(i + 1)
	}
	return list
}

// world generates random records about a small set of entities, so that they collide.
type world struct {
	r        *rand.Rand
	datasets []string
}

func newWorld(seed uint64, datasets ...string) *world {
	return &world{rand.New(rand.NewPCG(seed, 7)), datasets}
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

// entity refers to one of a few persons, units, organisations and places; the type is part of the xid, so that no
// dispute arises by chance.
func (w *world) entity(kinds ...string) (kind string, ref schema.Ref) {
	kind = pick(w.r, kinds...)
	n := w.r.IntN(6)
	switch w.r.IntN(4) {
	case 0:
		return kind, schema.Ref{XID: fmt.Sprintf("test:%s-%d", kind, n)}
	case 1:
		return kind, schema.Ref{Type: kind, Name: fmt.Sprintf("%s  Number-%d", kind, n)}
	default:
		return kind, schema.Ref{ID: fmt.Sprintf("%s-%d", strings.ToLower(kind), n)}
	}
}

func (w *world) says() schema.Provenance {
	s := schema.Provenance{
		Period: pick(w.r, "", "", "2014", "2014-08/..", "../2016", "2010~/2013", "~2010/", "2015-01-01/2015-12-31",
			"2014-08~2014-10/2016"),
		Assertion:  pick(w.r, "", "", "", "", "denied", "hedged", "negated", "reported", "planned"),
		Confidence: pick(w.r, "", "", "10", "50", "90"),
		Method:     pick(w.r, "", "", "", "imagery"),
		Marking:    pick(w.r, "", "", "", "TLP:AMBER"),
		ID:         pick(w.r, "", "", fmt.Sprint("row-", w.r.IntN(3))),
		Version:    pick(w.r, "", "", "2024-05-01", "2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00.0Z", "v9", "v10"),
	}
	if w.r.IntN(4) == 0 {
		_, s.AttributedTo = w.entity("Person", "Organisation")
	}
	switch w.r.IntN(4) {
	case 0:
		s.Cites = []schema.Cite{{Quote: pick(w.r, "", "said “so” & <so>"), Locator: pick(w.r, "", "p. 3")}}
	case 1:
		s.Cites = []schema.Cite{{
			Source: schema.Ref{ID: fmt.Sprint("doc-", w.r.IntN(3))},
			Quote:  pick(w.r, "", "a quote", "eine Äußerung\nüber zwei Zeilen"), Begin: "3", End: "12",
		}}
	case 2:
		s.Cites = []schema.Cite{{Source: schema.Ref{XID: "test:doc-a"}}, {Source: schema.Ref{XID: "test:doc-b"}, Locator: "§ 4"}}
	}
	return s
}

func (w *world) record(line int) *schema.Record {
	rec := &schema.Record{Dataset: pick(w.r, w.datasets...), Pos: schema.Position{File: "world", Line: line}}
	switch w.r.IntN(10) {
	case 0, 1, 2, 3:
		kind, ref := w.entity("Person", "Unit", "Organisation", "Location", "Source", "Event")
		if ref.Type == "" {
			ref.Type = kind
		}
		rec.Kind, rec.Subject, rec.Provenance = schema.EntityRecord, ref, w.says()
		rec.Period = ""
		rec.Values = map[string][]schema.Value{
			"name":    {{Text: pick(w.r, "Ann", "Бронислав", "Ann  ", "Zoë", kind+" Number 2")}},
			"aliases": {{Text: pick(w.r, "A", "B")}, {Text: pick(w.r, "B", "C")}},
			"country": {{Text: pick(w.r, "NG", "us", "DE")}},
		}
		if kind == "Person" {
			rec.Values["rank"] = []schema.Value{
				{Text: pick(w.r, "Major", "Colonel")},
				{Text: "General", Own: &schema.Provenance{Period: pick(w.r, "2014/..", "2013/2015")}},
			}
			rec.Values["birth_date"] = []schema.Value{{Text: pick(w.r, "1960", "1961-02", "1961-02-03")}}
		}
		if kind == "Event" { // an estimate, with bounds of its own or of another source
			rec.Values["killed"] = []schema.Value{{Text: pick(w.r, "7", "9")}}
			rec.Values["killed_low"] = []schema.Value{{Text: pick(w.r, "5", "7")}}
			graded := &schema.Provenance{Confidence: "60"}
			rec.Values["killed_high"] = []schema.Value{{Text: pick(w.r, "9", "20"), Own: pick(w.r, nil, graded)}}
			delete(rec.Values, pick(w.r, "killed", "killed_low", "killed_high", "none"))
		}
		if kind == "Location" {
			rec.Values["geo"] = []schema.Value{{Text: `{"type":"Point","coordinates":[` + pick(w.r, "36.5", "36.25,34.125][:0]"[:5]) + `,34.5]}`}}
		}
		if w.r.IntN(3) == 0 {
			rec.Extra = map[string]string{"x_note": pick(w.r, // one value in several spellings, and another
				`{"a":[1,2.5,"ü & <ö>"],"b":0}`, "{\"b\":-0.0, \"a\":[1.0,25e-1,\"u\u0308 \\u0026 \\u003c\\u00f6>\"]}", `"ü"`)}
		}
	case 4:
		_, rec.Subject = w.entity("Person")
		rec.Kind, rec.Predicate, rec.Value, rec.Provenance = schema.ValueRecord, pick(w.r, "rank", "status"), pick(w.r, "active",
			"retired"), w.says()
	default:
		rec.Kind, rec.Provenance = schema.RelationRecord, w.says()
		rec.Predicate = pick(w.r, "commands", "posted_to", "opposes", "associate_of", "based_at", "affiliated_with", "located_at",
			"carried_out", "affected_by", "subordinate_to")
		rec.Values = map[string][]schema.Value{}
		from, to := []string{"Person"}, []string{"Unit", "Organisation"}
		switch rec.Predicate {
		case "commands", "posted_to":
			rec.Values["role"] = []schema.Value{{Text: pick(w.r, "commander", "deputy")}}
		case "opposes":
			from = []string{"Person", "Unit"}
		case "associate_of":
			to = []string{"Person"}
		case "based_at":
			from, to = []string{"Unit"}, []string{"Location"}
		case "affiliated_with":
			to = []string{"Organisation"}
		case "located_at":
			from, to = []string{"Organisation", "Person"}, []string{"Location"}
		case "carried_out":
			from, to = []string{"Organisation", "Unit"}, []string{"Event", "Operation"}
		case "affected_by":
			from, to = []string{"Organisation"}, []string{"Event"}
			rec.Values["outcome"] = []schema.Value{{Text: pick(w.r, "killed", "wounded")}}
			rec.Values["quantity"] = []schema.Value{{Text: pick(w.r, "7", "9")}}
			rec.Values["quantity_low"] = []schema.Value{{Text: pick(w.r, "5", "7")}}
		case "subordinate_to":
			from, to = []string{"Unit"}, []string{"Unit"}
			rec.Values["authority"] = []schema.Value{{Text: pick(w.r, "organic", "opcon")}}
		}
		_, rec.Subject = w.entity(from...)
		_, rec.Object = w.entity(to...)
	}
	return rec
}

func (w *world) records(n int) []*schema.Record {
	list := make([]*schema.Record, n)
	for i := range list {
		list[i] = w.record(i + 1)
	}
	return list
}

// sequence yields records as a reader does.
func sequence(records []*schema.Record) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// expected is the canonical export that records must give, worked out without a database.
func expected(t *testing.T, ontology *schema.Ontology, datasets []string, lists ...[]*schema.Record) string {
	t.Helper()
	lines := map[string]bool{}
	v := validate.Validator{Ontology: ontology}
	for _, list := range lists {
		for _, rec := range list {
			claims, err := v.Claims(rec)
			if err != nil {
				t.Fatalf("generated a record that is rejected: %v: %+v", err, rec)
			}
			if rec.Kind == schema.TextRecord && (datasets == nil || slices.Contains(datasets, rec.Dataset)) {
				lines[string(rec.Piece.AppendJSON(nil, rec.Dataset))] = true
			}
			for _, claim := range claims {
				if datasets == nil || slices.Contains(datasets, claim.Dataset) {
					lines[string(claim.AppendJSON(nil))] = true
				}
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(lines)), "\n")
}

// bench is a loader on an empty real database.
type bench struct {
	*Loader
	t    *testing.T
	host string // of the database
}

func newBench(t *testing.T) *bench {
	t.Helper()
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	return &bench{Loader: &Loader{DB: conn, Ontology: ontology}, t: t, host: conn.Target().Hosts[0]}
}

func (b *bench) load(records []*schema.Record, opts Options) *Report {
	b.t.Helper()
	if opts.OnReject == nil {
		opts.OnReject = func(bad *schema.RecordError) error { return bad }
	}
	report, err := b.Load(context.Background(), sequence(records), opts)
	if err != nil {
		b.t.Fatalf("load: %v", err)
	}
	return report
}

func (b *bench) remove(dataset string) *Report {
	b.t.Helper()
	report, err := b.Remove(context.Background(), dataset, nil)
	if err != nil {
		b.t.Fatalf("remove %s: %v", dataset, err)
	}
	return report
}

// mutate changes the nodes of all loads behind orbat's back.
func (b *bench) mutate(change func(load string) *api.Mutation) {
	b.t.Helper()
	sets, err := b.Datasets(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, set := range sets {
		for _, load := range set.Loads {
			m := change(load.uid)
			m.CommitNow = true
			if _, err := b.DB.NewTxn().Mutate(context.Background(), m); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// count counts the nodes that a function of DQL finds.
func (b *bench) count(function string) int {
	b.t.Helper()
	var found struct{ Q []struct{ Count int } }
	if err := b.graph().Ask(context.Background(), "count", "{ q(func: "+function+") { count(uid) } }", nil, &found); err != nil ||
		len(found.Q) != 1 {
		b.t.Fatalf("count %s: %v", function, err)
	}
	return found.Q[0].Count
}

func (b *bench) canonical() string {
	b.t.Helper()
	var out strings.Builder
	if _, err := queries.Canonical(context.Background(), b.DB, &out, ""); err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// holds checks ≡: the canonical export is as wanted and check is clean.
func (b *bench) holds(what, want string) {
	b.t.Helper()
	if have := b.canonical(); have != want {
		b.t.Fatalf("%s: %s", what, firstDifference(have, want))
	}
	b.clean(what)
}

func (b *bench) clean(what string) *CheckResult {
	b.t.Helper()
	result, err := b.Check(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	for i, f := range result.Findings {
		if i < 10 {
			b.t.Errorf("%s: check: %s", what, f)
		}
	}
	if len(result.Findings) > 0 {
		b.t.FailNow()
	}
	return result
}

func firstDifference(have, want string) string {
	h, w := strings.Split(have, "\n"), strings.Split(want, "\n")
	for _, line := range h {
		if _, found := slices.BinarySearch(w, line); !found {
			return fmt.Sprintf("%d lines, want %d; should not be there: %s", len(h), len(w), line)
		}
	}
	for _, line := range w {
		if _, found := slices.BinarySearch(h, line); !found {
			return fmt.Sprintf("%d lines, want %d; is missing: %s", len(h), len(w), line)
		}
	}
	return "the same lines in another order"
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// parts cuts a list at random places.
func parts[T any](r *rand.Rand, list []T, n int) [][]T {
	out := make([][]T, n)
	for _, item := range list {
		i := r.IntN(n)
		out[i] = append(out[i], item)
	}
	return out
}

func badRecord(t *testing.T, err error) *schema.RecordError {
	t.Helper()
	var bad *schema.RecordError
	if !errors.As(err, &bad) {
		t.Fatalf("want a rejected record, have %v", err)
	}
	return bad
}

// spoil adds bad values to an entity's record, and returns how many.
func (w *world) spoil(record *schema.Record) int {
	bad := map[string][]schema.Value{
		"death_date": {{Text: "1961-02-30"}, {Text: "soon"}}, "no_such": {{Text: "x"}}, "description": {{Text: "it\u0092s"}},
		"designations": {{Text: "D", Own: &schema.Provenance{Confidence: "101"}}},
	}
	names := slices.Sorted(maps.Keys(bad))
	n := 0
	for _, name := range names[:1+w.r.IntN(len(names))] {
		record.Values[name] = bad[name]
		if n++; name == "death_date" && record.Subject.Type == "Person" {
			n++ // each of the two
		}
	}
	if w.r.IntN(4) == 0 {
		record.Faulty = []schema.ValueFault{{Fault: schema.Fault{Column: "Rank", Reason: "cannot be read"}, Property: "rank"}}
		n++
	}
	return n
}

package loader

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/loader/format"
	"orbat/schema"
)

// ftmWorld makes random entities of FollowTheMoney, few enough that they refer to each other.
type ftmWorld struct {
	r     *rand.Rand
	dated bool // the entities say when they last changed
}

// entity returns the entity of an id in some state. What kind it is of its id tells, for the most part.
func (w *ftmWorld) entity(n int) map[string]any {
	id := func(kinds ...int) string { return fmt.Sprint("e", 8*w.r.IntN(4)+pick(w.r, kinds...)) }
	some := func(list ...string) []string { return shuffled(w.r, list)[:w.r.IntN(len(list)+1)] }
	properties := map[string][]string{}
	var kind string
	switch n % 8 {
	case 0, 1:
		kind = "Person"
		properties["name"] = append(some("Ann Lee", "A. Lee"), fmt.Sprint("Person ", n))
		properties["birthDate"] = some("1971", "1972-03-04")
		properties["email"] = some("ann@x.example", "lee@x.example")
		properties["phone"] = some("+223 20 00 00 01")
		properties["nationality"] = some("ml", "zz")
		properties["addressEntity"] = some("e5", "e13")
	case 2:
		kind = pick(w.r, "Company", "Organization")
		properties["name"] = []string{fmt.Sprint("Company ", n)}
		properties["country"] = some("ru", "sy")
		properties["parent"] = some("e2", "e10")
	case 3:
		kind = "Ownership"
		properties["owner"], properties["asset"] = []string{id(0, 1)}, []string{id(2)}
		properties["startDate"], properties["role"] = some("2014", "2015-02"), some("owner", "beneficial owner")
	case 4:
		kind = pick(w.r, "Passport", "Identification")
		properties["holder"], properties["number"] = []string{id(0, 1)}, some("A1", "B2")
	case 5:
		kind = "Address"
		properties["full"] = []string{fmt.Sprint("Street ", n)}
	case 6:
		kind = "Sanction"
		properties["entity"], properties["program"] = some(id(0, 1), id(2)), some("EU", "UN")
		properties["authority"] = some("Council")
	default:
		kind = "Membership"
		properties["member"], properties["organization"] = []string{id(0, 1)}, []string{id(2)}
		properties["endDate"] = some("2020")
	}
	properties["sourceUrl"] = some("https://a.example/1", "https://a.example/2", "https://b.example/3")
	e := map[string]any{
		"id": fmt.Sprint("e", n), "schema": kind, "properties": properties, "datasets": some("list_a", "list_b", "list_c"),
		"referents": some(fmt.Sprint("old-", n)), "first_seen": pick(w.r, "2023-01-01", "2023-02-01"), "last_seen": fmt.Sprint(w.r.Uint32()),
	}
	if w.dated {
		e["last_change"] = fmt.Sprintf("2024-01-0%dT00:00:00", 1+w.r.IntN(9))
	}
	return e
}

// next returns a later state of a whole, and what leads to it.
func (w *ftmWorld) next(whole map[string]map[string]any) (next map[string]map[string]any, ops []string) {
	next = map[string]map[string]any{}
	for n := range 32 {
		id := fmt.Sprint("e", n)
		before := whole[id]
		op, entity := "", before
		switch chance := w.r.IntN(6); {
		case before == nil && chance < 3:
			op, entity = pick(w.r, "ADD", "ADD", "MOD"), w.entity(n)
		case before == nil && chance == 3:
			op = "DEL" // of what was never there
		case before != nil && chance == 0:
			op, entity = "DEL", nil
		case before != nil && chance < 3:
			op, entity = pick(w.r, "MOD", "MOD", "ADD"), w.entity(n)
		}
		if entity != nil {
			next[id] = entity
		}
		switch op {
		case "":
		case "DEL":
			ops = append(ops, line(map[string]any{"op": op, "entity": map[string]any{"id": id}}))
		default:
			ops = append(ops, line(map[string]any{"op": op, "entity": entity}))
		}
	}
	return next, shuffled(w.r, ops)
}

func line(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func lines(whole map[string]map[string]any) (all []string) {
	for _, entity := range whole {
		all = append(all, line(entity))
	}
	slices.Sort(all)
	return all
}

// ftm reads lines of FollowTheMoney, in one file or several.
func ftm(ctx context.Context, r *rand.Rand, lines []string) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for i, part := range parts(r, lines, 1+r.IntN(3)) {
			file := format.Stream(fmt.Sprint("part-", i, ".ftm"), strings.NewReader(strings.Join(part, "\n")))
			if len(part) == 0 {
				continue
			}
			for record, err := range format.Read(ctx, file, format.Options{}) {
				if !yield(record, err) {
					return
				}
			}
		}
	}
}

// Law 1: a whole and then a delta ≡ the next whole, which replaces it, in any order of the delta's lines, loaded any
// number of times, killed at any moment; what other data sets say stays.
func TestLaw1Delta(t *testing.T) {
	for _, seed := range seeds(t, 4) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			b := newBench(t)
			w := &ftmWorld{r: rand.New(rand.NewPCG(seed, 24)), dated: seed%2 == 0}
			strict := func(bad *schema.RecordError) error { return bad }
			load := func(lines []string, opts Options) *Report {
				t.Helper()
				opts.Dataset, opts.OnReject = "list", strict
				report, err := b.Load(t.Context(), ftm(t.Context(), w.r, lines), opts)
				if err != nil {
					t.Fatal(err)
				}
				return report
			}
			whole := map[string]map[string]any{}
			whole, _ = w.next(whole)
			theirs, _ := w.next(nil)
			if _, err := b.Load(t.Context(), ftm(t.Context(), w.r, lines(theirs)), Options{Dataset: "theirs"}); err != nil {
				t.Fatal(err)
			}
			load(lines(whole), Options{})
			for round := range 3 {
				next, ops := w.next(whole)
				before := b.canonical()
				plan := load(ops, Options{Plan: true})
				if now := b.canonical(); now != before {
					t.Fatalf("a plan changed: %s", firstDifference(now, before))
				}
				if round == 0 {
					report := load(ops, Options{})
					if plan.Claims.Created != report.Claims.Created || plan.Claims.Retracted != report.Claims.Retracted ||
						plan.Records.Retracted != report.Records.Retracted {
						t.Errorf("planned %+v %+v, done %+v %+v", plan.Records, plan.Claims, report.Records, report.Claims)
					}
				} else {
					b.killed(w.r, func(ctx context.Context, l *Loader) error {
						_, err := l.Load(ctx, ftm(ctx, w.r, ops), Options{Dataset: "list", OnReject: strict})
						return err
					})
				}
				changed, shown := b.canonical(), b.shown()
				b.clean("changed")
				if report := load(ops, Options{}); report.Claims.Created+report.Claims.Retracted != 0 {
					t.Fatalf("a delta loaded twice: %+v", report.Claims)
				}
				report := load(lines(next), Options{Replace: true})
				if now := b.canonical(); now != changed {
					t.Fatalf("round %d: the whole of it says otherwise: %s", round, firstDifference(changed, now))
				}
				if report.Claims.Created+report.Claims.Retracted != 0 || b.shown() != shown {
					t.Fatalf("round %d: the whole of it changed %+v", round, report.Claims)
				}
				whole = next
			}
		})
	}
}

// A delta that cannot be applied is refused, and retracts nothing.
func TestDeltaRefused(t *testing.T) {
	b := newBench(t)
	const ann, bea = `{"id":"a","schema":"Person","properties":{"name":["Ann"]}}`, `{"id":"b","schema":"Person","properties":{"name":["Bea"]}}`
	load := func(opts Options, lines ...string) (*Report, error) {
		opts.Dataset = "list"
		return b.Load(t.Context(), func(yield func(*schema.Record, error) bool) {
			file := format.Stream("d.ftm", strings.NewReader(strings.Join(lines, "\n")))
			for record, err := range format.Read(t.Context(), file, format.Options{}) {
				if !yield(record, err) {
					return
				}
			}
		}, opts)
	}
	refused := func(what string, err error) {
		t.Helper()
		var delta *DeltaError
		if !errors.As(err, &delta) || !strings.Contains(delta.Reason, what) || delta.Hint == "" {
			t.Errorf("wanted: %s; got %v", what, err)
		}
	}
	change := func(op, entity string) string { return `{"op":"` + op + `","entity":` + entity + `}` }
	_, err := load(Options{}, change("ADD", ann))
	refused(`a delta of the data set "list", of which nothing is loaded`, err)
	_, err = load(Options{}, change("DEL", `{"id":"a"}`))
	refused(`of which nothing is loaded`, err)
	if sets, err := b.Datasets(t.Context()); err != nil || len(sets) > 0 {
		t.Errorf("%v, %v", sets, err)
	}
	if _, err := load(Options{}, ann, bea); err != nil {
		t.Fatal(err)
	}
	before := b.canonical()
	_, err = load(Options{Replace: true}, change("DEL", `{"id":"a"}`))
	refused("a delta is not the whole of a data set", err)
	_, err = load(Options{}, ann, change("DEL", `{"id":"b"}`))
	refused("a delta among other files", err)
	_, err = load(Options{}, change("DEL", `{"id":"b"}`), ann)
	refused("a record that the delta does not change", err)
	_, err = load(Options{}, change("DEL", `{"id":"a"}`), change("ADD", ann))
	refused("the delta changes one record in two ways", err)
	var many *TooManyRejectsError
	if _, err = load(Options{}, change("DEL", `{"id":"a"}`), change("CUT", `{"id":"b"}`)); !errors.As(err, &many) {
		t.Errorf("a bad line: %v", err)
	}
	if _, err = load(Options{}, change("CUT", `{"id":"b"}`), change("DEL", `{"id":"a"}`)); !errors.As(err, &many) {
		t.Errorf("a bad line before: %v", err)
	}
	ten := 10
	for _, lines := range [][]string{
		{change("DEL", `{"id":"a"}`), change("CUT", `{"id":"b"}`)}, {change("CUT", `{"id":"b"}`), change("DEL", `{"id":"a"}`)},
	} {
		if report, err := load(Options{MaxRejects: &ten}, lines...); err != nil || report.Rejected != 1 || report.Kept == 0 {
			t.Errorf("a bad line that is allowed: %+v %v", report, err)
		}
	}
	b.holds("refused", before)
	if _, err := load(Options{}, change("DEL", `"a"`), change("del", `{"id":"zzz"}`)); err != nil {
		t.Fatal(err)
	}
	if now := b.canonical(); strings.Contains(now, "Ann") || !strings.Contains(now, "Bea") {
		t.Error(now)
	}
}

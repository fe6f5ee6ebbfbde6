//go:build unix

package endurance_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/schema"
)

// soakRounds are those of an ordinary test.
const soakRounds = 3

// TestSoak: one program that loads, replaces, removes, plans, exports, checks and answers for long, all at once. Each
// round changes every data set but one while questions are asked; what the one that nobody changes answers is the same
// each time, and what the others answer somebody said. Between the rounds everything is compared with a model that
// knows of no database: the canonical export and that of each data set, the links, what questions find, what reports
// count. Check finds nothing, and neither memory nor open files grow. ORBAT_SOAK says for how long (make soak: 30m), by
// a round's end; three rounds in an ordinary test.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads and asks for seconds")
	}
	var lasts time.Duration
	if text := os.Getenv("ORBAT_SOAK"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	s := newSoak(t)
	began := time.Now()
	for round := 0; !t.Failed(); round++ {
		if lasts == 0 && round == soakRounds || lasts > 0 && time.Since(began) > lasts {
			break
		}
		s.round(t)
		s.compare(t)
		s.measure(t)
		if lasts > 0 && round%50 == 0 {
			t.Logf("%s: %s", time.Since(began).Round(time.Second), s.figures())
		}
	}
	t.Logf("%s: %s", time.Since(began).Round(time.Second), s.figures())
	s.flat(t)
}

// soak is a graph of several data sets about the same people and units, and what must be in it.
type soak struct {
	loader *loader.Loader
	runner *queries.Runner
	sets   []*soakSet
	still  []string // answers of what nobody changes
	r      *rand.Rand

	loads, questions, exports, checks atomic.Int64
	anew                              atomic.Int64 // that were read again, since something was removed meanwhile
	unsettled                         atomic.Int64 // answers that say that they may lack something
	claims                            int
	touched                           map[string]bool // entities that claims named before and after the round
	measures                          []soakMeasure
}

// soakSet is a data set: the records that may be said in it, and the claims that stand.
type soakSet struct {
	name     string
	pool     []soakRecord
	standing map[string]*soakClaim // by canonical line
	known    bool                  // it is in the graph
	r        *rand.Rand
}

type soakRecord struct {
	line   string
	claims []*soakClaim
}

// soakClaim is a claim and what it draws.
type soakClaim struct {
	*schema.Claim
	line string
}

// edge is the link that the claim draws, empty where it draws none.
func (c *soakClaim) edge(o *schema.Ontology) string {
	if o.Relation(c.Predicate) == nil || c.Assertion != schema.Asserted {
		return ""
	}
	return c.Subject + " " + c.Predicate + " " + c.Object
}

// soakMeasure is what the program takes at the end of a round.
type soakMeasure struct{ heap, resident, files, goroutines float64 }

func newSoak(t *testing.T) *soak {
	t.Helper()
	conn := deploytest.Start(t)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	if ontology, err = loader.Migrate(t.Context(), conn, ontology); err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{
		loader: &loader.Loader{DB: conn, Ontology: ontology},
		runner: &queries.Runner{DB: conn, Ontology: ontology, Library: library},
		r:      soakSeed(0),
	}
	s.runner.Note = func(string) { s.anew.Add(1) }
	for i := range 4 {
		s.sets = append(s.sets, s.newSet(t, fmt.Sprint("moving-", i), 900, soakSeed(uint64(i+1))))
	}
	still := s.newSet(t, "still", 300, soakSeed(9))
	s.sets = append(s.sets, still)
	s.change(t, still, soakLoad{records: still.pool})
	s.still = s.stillAnswers(t.Context(), t)
	return s
}

func soakSeed(n uint64) *rand.Rand { return rand.New(rand.NewPCG(2026, n)) } //nolint:gosec // a seed

// newSet makes a data set's records: people and units described, and posts of them, some denied, each by a source.
// Those of the one that nobody changes have people and units of their own, whom others speak of too.
func (s *soak) newSet(t *testing.T, name string, posts int, r *rand.Rand) *soakSet {
	t.Helper()
	set := &soakSet{name: name, standing: map[string]*soakClaim{}, r: r}
	const people, units = 120, 25
	own := "test"
	if name == "still" {
		own = "still"
	}
	var lines []string
	for i := range people {
		lines = append(lines, fmt.Sprintf(`{"type":"Person","xid":"%s:p%d","name":"Person %s %d","rank":%q,"source":"test:list-%s"}`, own, i,
			own, i, []string{"Major", "Colonel", "General"}[r.IntN(3)], name))
	}
	for i := range units {
		lines = append(lines, fmt.Sprintf(`{"type":"Unit","xid":"%s:u%d","name":"Unit %s %d","country":"NG","source":"test:list-%s"}`, own, i,
			own, i, name))
	}
	for i := range posts {
		begin := time.Date(1990+r.IntN(20), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		to, assertion := own, ""
		if own == "test" && r.IntN(10) == 0 {
			to = "still"
		}
		if r.IntN(12) == 0 {
			assertion = `,"assertion":"denied"`
		}
		lines = append(lines, fmt.Sprintf(
			`{"relation":%q,"from":"%s:p%d","to":"%s:u%d","role":%q,"period":"%s/%s","confidence":%d,"source":"test:report-%d","locator":"p. %d"%s}`,
			[]string{"posted_to", "commands"}[r.IntN(2)], own, r.IntN(people), to, r.IntN(units),
			[]string{"deputy", "commander", "adjutant"}[r.IntN(3)], begin.Format(time.DateOnly),
			begin.AddDate(r.IntN(4), r.IntN(12), 0).Format(time.DateOnly), 10*r.IntN(10), r.IntN(60), i, assertion))
	}
	for _, line := range lines {
		record := soakRecord{line: line}
		for read, err := range format.Read(t.Context(), format.Stream("pool.ndjson", strings.NewReader(line)), format.Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			claims, err := loader.Claims(s.loader.Ontology, name, read)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range claims {
				record.claims = append(record.claims, &soakClaim{c, string(c.AppendJSON(nil))})
			}
		}
		set.pool = append(set.pool, record)
	}
	return set
}

// some returns so many of the records, each once.
func (set *soakSet) some(n int) []soakRecord {
	list := make([]soakRecord, 0, n)
	for _, i := range set.r.Perm(len(set.pool))[:n] {
		list = append(list, set.pool[i])
	}
	return list
}

// round changes the data sets, each once and all at once, while questions are asked.
func (s *soak) round(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var askers, writers errgroup.Group
	askers.Go(func() error {
		for ctx.Err() == nil {
			s.asksStill(ctx, t)
		}
		return nil
	})
	s.touched = nil
	said := s.edges(func(set *soakSet) map[string]*soakClaim { return set.everything() })
	r := rand.New(rand.NewPCG(s.r.Uint64(), 1)) //nolint:gosec // a seed
	askers.Go(func() error {
		for ctx.Err() == nil {
			s.asksMoving(ctx, t, r, said)
		}
		return nil
	})
	for _, set := range s.sets {
		if set.name != "still" {
			writers.Go(func() error { s.move(t, set); return nil })
		}
	}
	_ = writers.Wait() // they tell the test themselves, as the others do
	stop()
	_ = askers.Wait()
	s.touch()
}

// touch notes what claims name; while data sets move, of what is to be asked nothing is sure.
func (s *soak) touch() {
	s.touched = map[string]bool{}
	for _, set := range s.sets {
		for _, c := range set.standing {
			for _, xid := range c.XIDs() {
				s.touched[xid] = true
			}
		}
	}
}

// everything returns all that may be said in the data set.
func (set *soakSet) everything() map[string]*soakClaim {
	all := map[string]*soakClaim{}
	for _, record := range set.pool {
		for _, c := range record.claims {
			all[c.line] = c
		}
	}
	return all
}

// soakLoad is one change of a data set.
type soakLoad struct {
	records          []soakRecord
	replace, planned bool
	broken           int
}

// move changes one data set in one of the ways there are.
func (s *soak) move(t *testing.T, set *soakSet) {
	n := 20 + set.r.IntN(400)
	switch kind := set.r.IntN(6); {
	case kind == 0 && set.known:
		s.remove(t, set)
	case kind == 1:
		s.change(t, set, soakLoad{records: set.some(n), replace: true})
	case kind == 2:
		s.change(t, set, soakLoad{records: set.some(n), replace: true, planned: true})
	case kind == 3:
		s.change(t, set, soakLoad{records: set.some(n), planned: true})
	case kind == 4:
		s.change(t, set, soakLoad{records: set.some(n), broken: 1 + set.r.IntN(3)})
	default:
		s.change(t, set, soakLoad{records: set.some(n)})
	}
}

// change loads records into a data set and holds what the report counts against the model; where it is planned before,
// the plan counts the same.
func (s *soak) change(t *testing.T, set *soakSet, load soakLoad) {
	var lines []string
	stated := map[string]*soakClaim{}
	for _, record := range load.records {
		lines = append(lines, record.line)
		for _, c := range record.claims {
			stated[c.line] = c
		}
	}
	for i := range load.broken {
		lines = slices.Insert(lines, set.r.IntN(len(lines)+1), fmt.Sprintf(`{"type":"Nonsense","xid":"test:n%d","name":"n"}`, i))
	}
	want := loader.Counts{}
	for line := range stated {
		if set.standing[line] == nil {
			want.Created++
		} else {
			want.Unchanged++
		}
	}
	if load.replace {
		for line := range set.standing {
			if stated[line] == nil {
				want.Retracted++
			}
		}
	}
	run := func(plan bool) {
		in := format.Stream("soak.ndjson", strings.NewReader(strings.Join(lines, "\n")))
		report, err := s.loader.Load(t.Context(), format.Read(t.Context(), in, format.Options{}),
			loader.Options{Dataset: set.name, Replace: load.replace, Plan: plan})
		s.loads.Add(1)
		if err != nil {
			t.Errorf("load into %s: %v", set.name, err)
			return
		}
		if !reflect.DeepEqual(report.Claims, want) || report.Rejected != load.broken || report.Disputed > 0 {
			t.Errorf("%s, plan %v, replace %v: %+v, %d rejected, %d disputed; want %+v, %d rejected", set.name, plan, load.replace,
				report.Claims, report.Rejected, report.Disputed, want, load.broken)
		}
	}
	if load.planned {
		run(true)
	}
	run(false)
	if load.replace {
		set.standing = map[string]*soakClaim{}
	}
	maps.Copy(set.standing, stated)
	set.known = true
}

func (s *soak) remove(t *testing.T, set *soakSet) {
	_, err := s.loader.Remove(t.Context(), set.name, nil)
	s.loads.Add(1)
	if err != nil {
		t.Errorf("remove %s: %v", set.name, err)
	}
	set.standing, set.known = map[string]*soakClaim{}, false
}

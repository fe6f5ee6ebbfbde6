//go:build unix

package endurance_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/queries/encode"
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

// ask asks one question; nil where the round has ended meanwhile, it asks about what nobody speaks of yet, or any more,
// or it failed.
func (s *soak) ask(ctx context.Context, t *testing.T, name string, params map[string]string) *queries.Result {
	result, err := s.runner.Run(ctx, name, params, queries.Ask{})
	if ctx.Err() != nil {
		return nil
	}
	s.questions.Add(1)
	var unknown *queries.UnknownEntityError
	if errors.As(err, &unknown) && len(unknown.Of) == 0 && !s.touched[unknown.Text] {
		return nil
	}
	if err != nil {
		t.Errorf("%s %v: %v", name, params, err)
		return nil
	}
	if slices.ContainsFunc(result.Notes, func(note string) bool { return strings.HasPrefix(note, "This may lack something") }) {
		s.unsettled.Add(1)
		return nil
	}
	return result
}

// stillAnswers asks all that is asked of what nobody changes.
func (s *soak) stillAnswers(ctx context.Context, t *testing.T) (answers []string) {
	for _, q := range []struct {
		name   string
		params map[string]string
	}{
		{"commanders-of-unit", map[string]string{"unit": "still:u0"}},
		{"commanders-of-unit", map[string]string{"unit": "still:u1", "as_of": "1999-07"}},
		{"career", map[string]string{"person": "still:p0"}},
		{"ego-network", map[string]string{"entity": "still:u0", "depth": "2"}},
		{"ego-network", map[string]string{"entity": "still:p3", "depth": "2", "from": "1995", "to": "2001"}},
		{"served-together", map[string]string{"person": "still:p1"}},
		{"superiors-of-person", map[string]string{"person": "still:p1"}},
		{"shortest-path", map[string]string{"from": "still:p0", "to": "still:p9"}},
		{"common-neighbours", map[string]string{"first": "still:p0", "second": "still:p9"}},
		{"connect-set", map[string]string{"entities": "still:p2; still:p5; still:p8"}},
		{"entity-card", map[string]string{"entity": "still:p4"}},
		{"corroboration", map[string]string{"entity": "still:u2"}},
		{"conflicting-claims", map[string]string{"entity": "still:u0"}},
		{"weak-and-stale", map[string]string{"entity": "still:p0"}},
	} {
		params := maps.Clone(q.params)
		params["dataset"] = "still"
		result := s.ask(ctx, t, q.name, params)
		if result == nil {
			return nil
		}
		text, err := json.Marshal(result)
		if err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
		answers = append(answers, string(text))
	}
	return answers
}

// asksStill holds the answers of what nobody changes against those of the beginning.
func (s *soak) asksStill(ctx context.Context, t *testing.T) {
	for i, answer := range s.stillAnswers(ctx, t) {
		if answer != s.still[i] {
			t.Errorf("nobody has changed what this asks for, yet it was %.2000s\nand is %.2000s", s.still[i], answer)
		}
	}
}

// asksMoving asks about what changes: what it answers, somebody says.
func (s *soak) asksMoving(ctx context.Context, t *testing.T, r *rand.Rand, said map[string][]*soakClaim) {
	unit := fmt.Sprintf("test:u%d", r.IntN(25))
	for _, params := range []map[string]string{
		{"entity": unit, "depth": "1", "limit": "10000"},
		{"entity": unit, "depth": "2", "limit": "500", "as_of": fmt.Sprint(1992 + r.IntN(18))},
	} {
		result := s.ask(ctx, t, "ego-network", params)
		if result == nil {
			continue
		}
		for _, e := range result.Edges {
			if len(said[e.From+" "+e.Relation+" "+e.To]) == 0 {
				t.Errorf("%v: nobody says that %s %s %s", params, e.From, e.Relation, e.To)
			}
		}
	}
	begun := time.Now()
	err := s.runner.Anew(func() error {
		begun = time.Now()
		graph := s.runner.Export(ctx, "")
		for _, err := range graph.Nodes {
			if err != nil {
				return err
			}
		}
		for e, err := range graph.Edges {
			if err != nil {
				return err
			}
			if len(said[e.From+" "+e.Relation+" "+e.To]) == 0 {
				t.Errorf("export: nobody says that %s %s %s", e.From, e.Relation, e.To)
			}
		}
		return nil
	})
	s.exports.Add(1)
	if ctx.Err() == nil && !s.less(err) {
		t.Errorf("export, after %s: %v", time.Since(begun), err)
	}
}

// less reports whether an error is none, or only says that the others loaded for longer than the database keeps what
// was before, which happens on a machine that has other things to do: it is counted.
func (s *soak) less(err error) bool {
	if errors.As(err, new(*queries.LessError)) {
		s.unsettled.Add(1)
		return true
	}
	return err == nil
}

// edges returns the claims that draw links, by link.
func (s *soak) edges(of func(set *soakSet) map[string]*soakClaim) map[string][]*soakClaim {
	edges := map[string][]*soakClaim{}
	for _, set := range s.sets {
		for _, c := range of(set) {
			if edge := c.edge(s.loader.Ontology); edge != "" {
				edges[edge] = append(edges[edge], c)
			}
		}
	}
	return edges
}

// compare holds everything against the model.
func (s *soak) compare(t *testing.T) {
	t.Helper()
	all := map[string]bool{}
	s.claims = 0
	for _, set := range s.sets {
		lines := map[string]bool{}
		for line := range set.standing {
			lines[line], all[line] = true, true
		}
		if set.known {
			s.exportsAs(t, set.name, lines)
		}
		s.claims += len(lines)
	}
	s.exportsAs(t, "", all)
	edges := s.edges(func(set *soakSet) map[string]*soakClaim { return set.standing })
	s.drawsAs(t, edges)
	for range 5 {
		s.answersAs(t, fmt.Sprintf("%s:u%d", []string{"test", "still"}[s.r.IntN(2)], s.r.IntN(25)), edges)
	}
	result, err := s.loader.Check(t.Context())
	s.checks.Add(1)
	if err != nil {
		t.Errorf("check: %v", err)
	} else if len(result.Findings) > 0 || result.Claims-result.Retracted != s.claims || result.Edges != len(edges) {
		t.Errorf("check: %d claims, %d retracted, %d edges; want %d and %d; findings: %.5v", result.Claims, result.Retracted, result.Edges,
			s.claims, len(edges), result.Findings)
	}
}

// exportsAs holds a canonical export, of one data set or of all, against the lines that are to be in it.
func (s *soak) exportsAs(t *testing.T, dataset string, lines map[string]bool) {
	t.Helper()
	want, have := sha256.New(), sha256.New()
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		_, _ = io.WriteString(want, line+"\n")
	}
	n, _, err := s.runner.Canonical(t.Context(), have, dataset)
	s.exports.Add(1)
	if a, b := hex.EncodeToString(have.Sum(nil)), hex.EncodeToString(want.Sum(nil)); err != nil || a != b || n != len(lines) {
		t.Errorf("the canonical export of %q has %d lines and hashes to %s; want %d and %s; %v", dataset, n, a, len(lines), b, err)
	}
}

// drawsAs holds an export for graph programs against the links that are to be drawn.
func (s *soak) drawsAs(t *testing.T, edges map[string][]*soakClaim) {
	t.Helper()
	encoder, err := encode.Find("cytoscape")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := encoder.Encode(&out, s.runner.Export(t.Context(), "")); err != nil {
		t.Errorf("export: %v", err)
		return
	}
	s.exports.Add(1)
	var drawn struct {
		Elements struct {
			Edges []struct {
				Data struct {
					Source, Relation, Target string
					Claims                   int
				} `json:"data"`
			} `json:"edges"`
		} `json:"elements"`
	}
	if err := json.Unmarshal(out.Bytes(), &drawn); err != nil {
		t.Errorf("export: %v", err)
		return
	}
	for _, e := range drawn.Elements.Edges {
		if claims := edges[e.Data.Source+" "+e.Data.Relation+" "+e.Data.Target]; len(claims) != e.Data.Claims {
			t.Errorf("the export draws %+v; want %d claims", e.Data, len(claims))
		}
	}
	if len(drawn.Elements.Edges) != len(edges) {
		t.Errorf("the export draws %d links, want %d", len(drawn.Elements.Edges), len(edges))
	}
}

// answersAs holds what questions find about a unit against the model: who is linked to it, ever and on a day, and which
// claims say so.
func (s *soak) answersAs(t *testing.T, unit string, edges map[string][]*soakClaim) {
	t.Helper()
	day := time.Date(1990+s.r.IntN(24), time.Month(1+s.r.IntN(12)), 1+s.r.IntN(28), 0, 0, 0, 0, time.UTC)
	for _, at := range []time.Time{{}, day} {
		params := map[string]string{"entity": unit, "depth": "1", "limit": "10000"}
		if !at.IsZero() {
			params["as_of"] = at.Format(time.DateOnly)
		}
		result := s.ask(t.Context(), t, "ego-network", params)
		if result == nil {
			return
		}
		want := map[string]bool{}
		for edge, claims := range edges {
			if claims[0].Object == unit && slices.ContainsFunc(claims, func(c *soakClaim) bool {
				return at.IsZero() || c.Period.Within(schema.Range{Min: at, Max: at}) != schema.No
			}) {
				want[edge] = true
			}
		}
		have := map[string]bool{}
		for _, e := range result.Edges {
			have[e.From+" "+e.Relation+" "+e.To] = true
		}
		if !maps.Equal(have, want) {
			t.Errorf("ego-network %v: %v; want %v", params, slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(want)))
		}
	}
	byPerson := map[string]int{}
	for _, set := range s.sets {
		for _, c := range set.standing {
			if c.Object == unit {
				byPerson[c.Subject]++
			}
		}
	}
	for i, person := range slices.Sorted(maps.Keys(byPerson)) {
		if i == 2 {
			break
		}
		result := s.ask(t.Context(), t, "evidence-for-link", map[string]string{"from": person, "to": unit, "limit": "1000"})
		if result == nil {
			return
		}
		assertion, stand := slices.Index(result.Columns, "assertion"), 0
		for _, row := range result.Rows {
			if !strings.Contains(row[assertion], "retracted") {
				stand++
			}
		}
		if stand != byPerson[person] {
			t.Errorf("%d claims between %s and %s, want %d", stand, person, unit, byPerson[person])
		}
	}
}

// measure notes what the program takes.
func (s *soak) measure(t *testing.T) {
	t.Helper()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	m := soakMeasure{heap: float64(memory.HeapAlloc), files: float64(len(files)), goroutines: float64(runtime.NumGoroutine())}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil { // of Linux
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseFloat(fields[1], 64)
			m.resident = pages * float64(os.Getpagesize())
		}
	}
	s.measures = append(s.measures, m)
}

func (s *soak) figures() string {
	m := s.measures[len(s.measures)-1]
	return fmt.Sprintf("%d rounds, %d loads and removals, %d questions, %d exports, %d checks, %d read anew, %d unsettled; "+
		"%d claims stand; heap %.1f MB, resident %.0f MB, %.0f open files, %.0f goroutines", len(s.measures), s.loads.Load(),
		s.questions.Load(), s.exports.Load(), s.checks.Load(), s.anew.Load(), s.unsettled.Load(), s.claims,
		m.heap/1e6, m.resident/1e6, m.files, m.goroutines)
}

// flat fails where memory or what is open has grown over the second half of the rounds. Few rounds tell nothing but
// that nothing is left open.
func (s *soak) flat(t *testing.T) {
	t.Helper()
	half := s.measures[len(s.measures)/2:]
	for _, kind := range []struct {
		name  string
		of    func(m soakMeasure) float64
		grows float64 // what the measure may differ by, whatever it is
		few   bool    // told by few rounds too
	}{
		{"the heap", func(m soakMeasure) float64 { return m.heap }, 16e6, false},
		{"what is resident", func(m soakMeasure) float64 { return m.resident }, 64e6, false},
		{"open files", func(m soakMeasure) float64 { return m.files }, 8, true},
		{"goroutines", func(m soakMeasure) float64 { return m.goroutines }, 40, true},
	} {
		values := make([]float64, len(half))
		mean := 0.0
		for i, m := range half {
			values[i] = kind.of(m)
			mean += values[i] / float64(len(half))
		}
		growth := slope(values) * float64(len(values))
		t.Logf("%s: %.0f on average, grown by %.0f over the second half", kind.name, mean, growth)
		if (kind.few || len(values) >= 20) && growth > max(kind.grows, mean/4) {
			t.Errorf("%s: grown by %.0f over the second half, of %.0f on average", kind.name, growth, mean)
		}
	}
}

// slope is that of the line through values that lies the nearest to them.
func slope(values []float64) float64 {
	n := float64(len(values))
	var sumX, sumY, sumXY, sumXX float64
	for i, y := range values {
		x := float64(i)
		sumX, sumY, sumXY, sumXX = sumX+x, sumY+y, sumXY+x*y, sumXX+x*x
	}
	if d := n*sumXX - sumX*sumX; d != 0 {
		return (n*sumXY - sumX*sumY) / d
	}
	return 0
}

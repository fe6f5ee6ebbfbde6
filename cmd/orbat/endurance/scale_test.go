//go:build unix

// Package endurance is what orbat must survive, shown on the built program: loads by rivals, kills in every phase, and
// faults of the database in the midst of a load. It holds tests only, apart from cmd/orbat's so
// that both run at once.
package endurance_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// scale is law 1 at size, by the program itself: the built binary, its processes, and SIGKILL.
type scale struct {
	t        *testing.T
	binary   string
	url      string
	dir      string
	env      []string // beside the test's own
	dataset  string   // that records are loaded into
	ontology *schema.Ontology
	r        *rand.Rand

	loader  *os.Process     // of the disturbed load
	proxy   *proxy          // that a disturbed load goes through; nil: none
	loading <-chan struct{} // closed when the disturbed load has ended
}

// scaleRecords is how many records are loaded: ORBAT_SCALE, or enough that every kill comes in the midst of a load.
func scaleRecords(t *testing.T) int {
	t.Helper()
	n := number(t, "ORBAT_SCALE", 20_000)
	if n < 1000 {
		t.Fatalf("ORBAT_SCALE=%d: at least 1000 records", n)
	}
	return n
}

// number returns what a variable of the environment says, else what is usual.
func number(t *testing.T, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// Law 1 at size (`make faults`: 100,000 records): three loaders at once with a relation's ends in different files;
// SIGKILL in every phase of a first load, a replacement and a removal, each proven to be mid-load, then run again;
// shuffled; removed. Every end has the hash that was worked out from the input without a database, and check is clean.
func TestScaleRivalsKillsAndReplacement(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads many thousand records several times")
	}
	s := newScale(t)
	v1 := s.records(scaleRecords(t))
	early := func() int { return s.r.IntN(len(v1)/5) + 1 }
	late := func() int { return len(v1)*2/5 + s.r.IntN(len(v1)/5) }
	v2 := append(slices.Clone(v1[:len(v1)*9/10]), s.relations(len(v1)/10, len(v1), 1_000_000)...)
	s.r.Shuffle(len(v2), func(i, j int) { v2[i], v2[j] = v2[j], v2[i] })
	wantV1, wantV2 := s.want(v1), s.want(v2)

	s.atOnce(v1, 3)
	s.holds("three loaders at once", wantV1)

	file := s.file("v2", v2)
	for _, kill := range []moment{{"reading", early()}, {"reading", late()}, {"retracting", 1}} {
		s.killed(kill, "load", file, "--replace", "--dataset", "scale")
		if hash := s.export(""); hash == wantV2 {
			t.Errorf("killed at %v, yet all was in: the kill came too late to prove anything", kill)
		}
		s.incomplete()
	}
	s.must("load", file, "--replace", "--dataset", "scale", "--progress", "none")
	exported := filepath.Join(s.dir, "export.ndjson")
	if hash := s.export(exported); hash != wantV2 {
		t.Errorf("v1 replaced by v2: the export hashes to %s, v2 alone to %s", hash, wantV2)
	}
	s.must("check")

	s.killed(moment{"removing", early()}, "datasets", "remove", "scale")
	s.must("datasets", "remove", "scale", "--progress", "none")
	s.holds("removed", s.want(nil))

	shuffled := s.file("shuffled", s.lines(exported))
	for _, kill := range []moment{{"reading", 1}, {"reading", early()}, {"reading", late()}} {
		s.killed(kill, "load", shuffled)
		s.incomplete()
	}
	s.must("load", shuffled, "--progress", "none")
	s.holds("its own export, shuffled, into an empty database", wantV2)
}

// Decisions killed while they are being applied: what they may change is noted before, and whoever loads next finishes
// it (law 10).
func TestKilledDecisionsAreFinished(t *testing.T) {
	s := newScale(t)
	var records, decisions []string
	const people = 900
	for i := range people {
		records = append(records,
			fmt.Sprintf(`{"dataset":"scale","type":"Person","xid":"test:p%d","name":"Person %d"}`, i, i),
			fmt.Sprintf(`{"dataset":"scale","relation":"commands","from":"test:p%d","to":"test:u%d"}`, i, i%40))
		if i%2 == 1 {
			decisions = append(decisions, fmt.Sprintf(`{"decision":"same","between":["test:p%d","test:p%d"],"by":"ann"}`, i-1, i))
		}
	}
	s.dataset = ""
	want := s.want(append(slices.Clone(records), decisions...))
	s.must("load", s.file("records", records))
	file := s.file("decisions", decisions)
	s.killed(moment{"deciding", 1}, "load", file)
	s.incomplete()
	if out, err := s.command("check").Output(); err == nil || !strings.Contains(string(out), loader.Unsettled) {
		t.Errorf("killed in the midst of deciding, yet check says %v: %s", err, out)
	}
	s.must("load", file)
	s.holds("decided after all", want)
}

func newScale(t *testing.T) *scale {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	s := &scale{t: t, dir: t.TempDir(), dataset: "scale", ontology: ontology, r: rand.New(rand.NewPCG(2023, 7))}
	s.binary = buildOrbat(t)
	s.url = deploytest.Start(t).Target().String()
	return s
}

func buildOrbat(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "orbat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "orbat/cmd/orbat").CombinedOutput(); err != nil {
		t.Fatalf("build orbat: %v\n%s", err, out)
	}
	return binary
}

// records describes entities, a third of n, and relates them, with hubs; one in twenty is a value of its own.
func (s *scale) records(n int) []string {
	var list []string
	people, units := n/5, n*7/50
	for i := range people {
		list = append(list, fmt.Sprintf(`{"type":"Person","id":"p%d","name":"Person %d","aliases":["P %d"],"rank":"Major","record":"r%d"}`,
			i, i, i%977, i))
	}
	for i := range units {
		list = append(list, fmt.Sprintf(`{"type":"Unit","id":"u%d","name":"Unit %d","country":"NG"}`, i, i))
	}
	for i := range n / 20 {
		list = append(list,
			fmt.Sprintf(`{"property":"rank","of":"p%d","value":"Colonel","period":"%d/..","source":"test:gazette-%d","quote":"promoted"}`,
				s.r.IntN(people), 1990+i%30, i%50))
	}
	list = append(list, s.relations(n-len(list), n, 0)...)
	s.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// relations makes many among the entities of so many records.
func (s *scale) relations(many, records, salt int) []string {
	list := make([]string, many)
	for i := range list {
		hub := s.r.IntN(records * 7 / 50)
		if i%5 == 0 {
			hub = s.r.IntN(3)
		}
		list[i] = fmt.Sprintf(`{"relation":%q,"from":"p%d","to":"u%d","role":%q,"period":"%d/%d","confidence":%d,`+
			`"source":"test:report-%d","locator":"p. %d"}`,
			[]string{"posted_to", "commands"}[s.r.IntN(2)], s.r.IntN(records/5), hub,
			[]string{"deputy", "commander"}[s.r.IntN(2)], 1990+i%10, 2001+i%20, 10*s.r.IntN(10),
			s.r.IntN(2000), i+salt)
	}
	return list
}

func (s *scale) file(name string, lines []string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name+".ndjson")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// lines reads a file, shuffled.
func (s *scale) lines(path string) []string {
	s.t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	list := strings.Split(strings.TrimSpace(string(data)), "\n")
	s.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// want returns the hash of the canonical export of records, without a database.
func (s *scale) want(records []string) string {
	s.t.Helper()
	set := map[string]bool{}
	in := format.Stream("want.ndjson", strings.NewReader(strings.Join(records, "\n")))
	for record, err := range format.Read(context.Background(), in, format.Options{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		claims, err := loader.Claims(s.ontology, s.dataset, record)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, claim := range claims {
			set[string(claim.AppendJSON(nil))] = true
		}
	}
	hash := sha256.New()
	for _, line := range slices.Sorted(maps.Keys(set)) {
		_, _ = io.WriteString(hash, line+"\n")
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// atOnce loads a list cut into n files by n processes at once.
func (s *scale) atOnce(records []string, n int) {
	s.t.Helper()
	var all sync.WaitGroup
	for i := range n {
		var part []string
		for k := i; k < len(records); k += n {
			part = append(part, records[k])
		}
		path := s.file(fmt.Sprint("part", i), part)
		all.Go(func() { s.must("load", path, "--dataset", "scale", "--progress", "none") })
	}
	all.Wait()
	if s.t.Failed() {
		s.t.FailNow()
	}
}

func (s *scale) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(s.t.Context(), s.binary, args...)
	cmd.Env = s.environment()
	return cmd
}

func (s *scale) environment() []string {
	return append(append(os.Environ(), "ORBAT_DGRAPH="+s.url, "ORBAT_HOME="+filepath.Join(s.dir, "home")), s.env...)
}

func (s *scale) must(args ...string) string {
	s.t.Helper()
	var out, errs bytes.Buffer
	cmd := s.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		s.t.Errorf("orbat %s: %v\n%s%s", strings.Join(args, " "), err, out.String(), errs.String())
	}
	return out.String()
}

// moment is when a load is killed: in a phase, once so many claims are through.
type moment struct {
	phase  string
	claims int
}

// killed runs orbat and sends it SIGKILL at a moment. It fails the test if the program ended before.
func (s *scale) killed(at moment, args ...string) {
	s.t.Helper()
	cmd := s.command(append(args, "--progress", "json")...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	var said loader.Progress
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		if json.Unmarshal(lines.Bytes(), &said) != nil {
			continue // a note, not progress
		}
		if said.Phase == at.phase && said.Claims >= at.claims {
			break
		}
	}
	if said.Phase != at.phase {
		s.t.Errorf("%v never came; the last was %+v", at, said)
	}
	if err := cmd.Process.Kill(); err != nil {
		s.t.Errorf("%v: the program had ended: %v", at, err)
	}
	_, _ = io.Copy(io.Discard, pipe)
	if err := cmd.Wait(); err == nil {
		s.t.Errorf("%v: the program ended well before it was killed", at)
	}
}

// incomplete proves that the last load was cut short.
func (s *scale) incomplete() {
	s.t.Helper()
	var sets []loader.Dataset
	if err := json.Unmarshal([]byte(s.must("datasets", "list", "--json")), &sets); err != nil {
		s.t.Fatal(err)
	}
	if len(sets) == 0 {
		s.t.Fatal("a load whose claims were seen to come is not there")
	}
	loads := sets[0].Loads
	if last := loads[len(loads)-1]; last.State != "incomplete" {
		s.t.Errorf("a killed load is %s", last.State)
	}
}

// export returns the hash of the canonical export, and keeps it in a file where one is named.
func (s *scale) export(file string) string {
	s.t.Helper()
	out := s.must("export", "--canonical")
	if file != "" {
		if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	sum := sha256.Sum256([]byte(out))
	return hex.EncodeToString(sum[:])
}

func (s *scale) holds(what, want string) {
	s.t.Helper()
	if hash := s.export(""); hash != want {
		s.t.Errorf("%s: the export hashes to %s, want %s", what, hash, want)
	}
	s.must("check")
}

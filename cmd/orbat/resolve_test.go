package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/identity"
	"orbat/schema"
)

// TestResolveTrial splits 300 people and units of real data in two, under names misspelt, re-ordered and transliterated
// by a script that knows nothing of how orbat compares (testdata/split_entities.py), and counts how many of the pairs
// are proposed, and how many others. It runs for several seeds, so that no single draw decides; for the first also
// through the graph, which must propose the same.
//
// The data hold real duplicates too (Lucky Irabor and Lucky E. Erabor). A pair of entities, or of parts of them, that
// is proposed before anything is split says nothing about the split, and is not counted for or against it.
func TestResolveTrial(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: loads 20,000 records")
	}
	lines, before := readSFM(t)
	original := map[[2]string]bool{}
	for _, p := range pairsOf(t, before) {
		original[both(p.A.XID, p.B.XID)] = true
	}
	total := &figures{of: map[string]int{}, found: map[string]int{}}
	for i, seed := range []int{21, 22, 23} {
		trial := split(t, lines, seed)
		pairs := pairsOf(t, trial.claims(t))
		if i == 0 {
			trial.inGraph(t, pairs)
		}
		trial.count(pairs, original, total)
	}
	recall, precision := total.recall(), total.precision()
	t.Logf("recall %.3f, precision %.3f at the default threshold of %v", recall, precision, identity.Threshold)
	for _, kind := range slices.Sorted(maps.Keys(total.of)) {
		t.Logf("  %-24s %d of %d", kind, total.found[kind], total.of[kind])
	}
	for _, p := range total.wrong {
		t.Logf("  wrong: %s", p)
	}
	if recall < 0.9 || precision < 0.95 {
		t.Errorf("recall %.3f (at least 0.90), precision %.3f (at least 0.95)", recall, precision)
	}
}

// readSFM reads the sheets as a load does, without a database: the lines of the canonical export, and the claims.
func readSFM(t *testing.T) (lines []string, claims []*schema.Claim) {
	t.Helper()
	l := &loading{app: &app{err: io.Discard}, dataset: "nigeria"}
	m, err := loadMapping("sfm-2019")
	if err != nil {
		t.Fatal(err)
	}
	files, err := format.Files([]string{realData(t, "sfm-nigeria")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	records, _, done, err := l.records(t.Context(), &input{files: files, read: &atomic.Int64{}, mapping: m}, ontology, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	byLine := map[string]*schema.Claim{}
	for record, err := range records {
		if notice := (*schema.Notice)(nil); errors.As(err, &notice) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		made, err := loader.Claims(ontology, "nigeria", record)
		if err != nil {
			t.Fatal(err)
		}
		for _, claim := range made {
			byLine[string(claim.AppendJSON(nil))] = claim
		}
	}
	lines = slices.Sorted(maps.Keys(byLine))
	for _, line := range lines {
		claims = append(claims, byLine[line])
	}
	return lines, claims
}

// pairsOf proposes pairs without a database.
func pairsOf(t *testing.T, claims []*schema.Claim) []identity.Pair {
	t.Helper()
	g, err := identity.NewCorpus(func(xid string) string { return xid })
	if err != nil {
		t.Fatal(err)
	}
	for _, claim := range claims {
		if claim.Draws() {
			g.Add(claim)
		}
	}
	pairs, err := g.Pairs(t.Context(), identity.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return pairs
}

// trial is one draw of entities that were split.
type trial struct {
	file  string
	truth map[[2]string]splitPair // by both xids
	whole map[string]string       // by the part's xid: what it was split from
}

type splitPair struct {
	A, B, Kind, Type string
}

func split(t *testing.T, lines []string, seed int) *trial {
	t.Helper()
	dir := t.TempDir()
	tr := &trial{file: filepath.Join(dir, "split.ndjson"), truth: map[[2]string]splitPair{}, whole: map[string]string{}}
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "python3")
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "split_entities.py"),
		"--seed", strconv.Itoa(seed), "--count", "300", "--truth", filepath.Join(dir, "truth.json"))
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err == nil {
		err = os.WriteFile(tr.file, out, 0o600)
	}
	if err != nil {
		t.Fatalf("split_entities.py: %v", err)
	}
	var truth struct{ Pairs []splitPair }
	data, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err == nil {
		err = json.Unmarshal(data, &truth)
	}
	if err != nil || len(truth.Pairs) != 300 {
		t.Fatalf("%d pairs, %v", len(truth.Pairs), err)
	}
	for _, p := range truth.Pairs {
		tr.truth[both(p.A, p.B)], tr.whole[p.B] = p, p.A
	}
	return tr
}

// claims reads the split data.
func (tr *trial) claims(t *testing.T) []*schema.Claim {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	files, err := format.Files([]string{tr.file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var claims []*schema.Claim
	for record, err := range format.Read(t.Context(), files[0], format.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		made, err := loader.Claims(ontology, "", record)
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, made...)
	}
	return claims
}

// inGraph loads the split data and compares what the graph proposes.
func (tr *trial) inGraph(t *testing.T, want []identity.Pair) {
	t.Helper()
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	if code := run([]string{"load", tr.file, "--progress", "none"}, nil, io.Discard, os.Stderr); code != exitOK {
		t.Fatalf("load exits %d", code)
	}
	var out bytes.Buffer
	if code := run([]string{"resolve", "candidates", "--json", "--limit", "0"}, nil, &out, os.Stderr); code != exitOK {
		t.Fatalf("candidates exits %d", code)
	}
	var have []identity.Pair
	if err := json.Unmarshal(out.Bytes(), &have); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(have, want) {
		t.Errorf("the graph proposes %d pairs, its claims by themselves %d, or with other shares", len(have), len(want))
	}
}

// figures count over several draws.
type figures struct {
	of, found   map[string]int // by kind of change and type
	right, many int            // proposed pairs that are true; all that count
	wrong       []string
}

func (tr *trial) count(pairs []identity.Pair, original map[[2]string]bool, f *figures) {
	for _, p := range tr.truth {
		f.of[p.Kind+" "+p.Type]++
	}
	for _, p := range pairs {
		a, b := cmp.Or(tr.whole[p.A.XID], p.A.XID), cmp.Or(tr.whole[p.B.XID], p.B.XID)
		if truth, is := tr.truth[both(p.A.XID, p.B.XID)]; is {
			f.found[truth.Kind+" "+truth.Type]++
			f.right++
		} else if original[both(a, b)] {
			continue
		} else {
			f.wrong = append(f.wrong, fmt.Sprintf("%.2f %s | %s", p.Score, p.A.Name, p.B.Name))
		}
		f.many++
	}
}

func (f *figures) recall() float64 {
	of, found := 0, 0
	for kind, n := range f.of {
		of, found = of+n, found+f.found[kind]
	}
	return float64(found) / float64(of)
}

func (f *figures) precision() float64 { return float64(f.right) / float64(f.many) }

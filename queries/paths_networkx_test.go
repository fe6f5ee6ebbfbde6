package queries_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/loader"
)

// posed is a question with its answer, as testdata/paths.py gives them.
type posed struct {
	From, To string
	Distance int // 0: none
	Filtered bool
	Question struct {
		MinConfidence int `json:"min_confidence"`
		Dataset       string
		Relations     []string
		Types         []string
		Alternatives  int
	}
	Chains []string
}

func (p *posed) args() []string {
	q := &p.Question
	args := []string{
		"from=" + p.From, "to=" + p.To, "max_hops=10", "limit=100000", "budget=600",
		"alternatives=" + strconv.Itoa(q.Alternatives),
	}
	for name, value := range map[string]string{
		"dataset": q.Dataset, "relations": strings.Join(q.Relations, ","), "types": strings.Join(q.Types, ","),
	} {
		if value != "" {
			args = append(args, name+"="+value)
		}
	}
	if q.MinConfidence > 0 {
		args = append(args, "min_confidence="+strconv.Itoa(q.MinConfidence))
	}
	return args
}

// TestPathsAsNetworkx compares shortest-path with networkx, which searches an export of the same graph: 200 pairs at
// distances from 1 to 6 and without a path, half of them under filters that a script applies to the claims.
func TestPathsAsNetworkx(t *testing.T) {
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import networkx").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("networkx is absent under CI: %v\n%s", err, out)
		}
		t.Skip("networkx is absent: apt-get install python3-networkx")
	}
	s, r := newSession(t), seeded(t)
	m := randomModel(r, "x", 120, 420)
	s.loadRecords(list(m.records(r)), loader.Options{})
	asked := map[string]int{}
	for _, p := range pose(t, python, s.canonical(""), r) {
		asked[fmt.Sprintf("%d hops, filtered %t", p.Distance, p.Filtered)]++
		s.SetFanout([]int{0, 2, 4}[r.IntN(3)])
		result := s.ask("shortest-path", p.args()...)
		if got := sorted(chainsOf(s, result)); !slices.Equal(got, sorted(p.Chains)) || result.Truncated {
			t.Errorf("%q: truncated %t, %q\ngot\n  %s\nwant\n  %s", p.args(), result.Truncated, result.Notes,
				strings.Join(got, "\n  "), strings.Join(sorted(p.Chains), "\n  "))
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("pairs: %v", asked)
}

// pose has the script draw questions from an export and answer them.
func pose(t *testing.T, python string, export []string, r *rand.Rand) []posed {
	t.Helper()
	file := filepath.Join(t.TempDir(), "export.ndjson")
	if err := os.WriteFile(file, []byte(strings.Join(export, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "paths.py"), file, strconv.Itoa(r.IntN(1<<30)))
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	var all []posed
	for decoder := json.NewDecoder(&printed); decoder.More(); {
		var p posed
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) != 200 {
		t.Fatalf("%d pairs, not 200", len(all))
	}
	return all
}

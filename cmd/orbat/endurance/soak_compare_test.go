//go:build unix

package endurance_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"orbat/queries/encode"
	"orbat/schema"
)

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

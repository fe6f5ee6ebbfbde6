package queries_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// chain is one path as text, with what it is ranked by.
type chain struct {
	text                string
	weakest, publishers int
}

// shortest gives all shortest chains by brute force: breadth first over all edges, then every way back.
func (m *model) shortest(a *asked, from, to string, maxHops int) []chain {
	edges, _ := m.shown(a)
	level := map[string]int{from: 0}
	for hop := range maxHops {
		reached := maps.Clone(level)
		for edge := range edges {
			x, _, y := ends(edge)
			for _, pair := range [][2]string{{x, y}, {y, x}} {
				if d, ok := level[pair[0]]; ok && d == hop {
					if _, known := reached[pair[1]]; !known {
						reached[pair[1]] = hop + 1
					}
				}
			}
		}
		level = reached
	}
	if _, found := level[to]; !found || from == to {
		return nil
	}
	var chains []chain
	var walk func(at string, steps []string)
	walk = func(at string, steps []string) {
		if at == from {
			chains = append(chains, m.rank(edges, steps))
			return
		}
		for edge := range edges {
			x, relation, y := ends(edge)
			if x == y {
				continue
			}
			step := func(before, text string) {
				if d, ok := level[before]; ok && d == level[at]-1 {
					walk(before, append([]string{text + "\x00" + edge}, steps...))
				}
			}
			switch at {
			case y:
				step(x, x+" -"+relation+"> "+y)
			case x:
				step(y, y+" <"+relation+"- "+x)
			}
		}
	}
	walk(to, nil)
	return chains
}

func (m *model) rank(edges map[string]*proof, steps []string) chain {
	c := chain{weakest: 101}
	publishers := map[string]bool{}
	for _, step := range steps {
		text, edge, _ := strings.Cut(step, "\x00")
		c.text += text + "; "
		best := -1
		for _, claim := range edges[edge].passed {
			best = max(best, claim.confidence)
			for _, source := range claim.sources {
				publishers[cmp.Or(m.publishers[source], source)] = true
			}
			if len(claim.sources) == 0 {
				publishers["dataset:"+claim.dataset] = true
			}
		}
		c.weakest = min(c.weakest, best)
	}
	c.publishers = len(publishers)
	return c
}

// chainsOf gives a result's paths in the same form.
func chainsOf(s *session, result *queries.Result) []string {
	s.Helper()
	var texts []string
	for _, path := range result.Paths {
		text := ""
		for _, step := range path {
			if step.Edge == nil {
				s.Fatalf("a step without an edge: %s", asJSON(s, result))
			}
			if step.Forward {
				text += step.Edge.From + " -" + step.Edge.Relation + "> " + step.Edge.To + "; "
			} else {
				text += step.Edge.To + " <" + step.Edge.Relation + "- " + step.Edge.From + "; "
			}
		}
		texts = append(texts, text)
	}
	return texts
}

// TestLaw16 compares shortest-path with a breadth-first search over the claims: all equally short chains, in the order of
// their evidence.
func TestLaw16(t *testing.T) {
	s, r := newSession(t), seeded(t)
	for g := range 3 {
		m := randomModel(r, fmt.Sprintf("n%d", g), 4+r.IntN(5), 12+r.IntN(30))
		records := m.records(r)
		// Documents that name everything would join everything; so would a document that is linked by mistake.
		for source := range m.publishers {
			for _, xid := range m.all() {
				records = append(records, &schema.Record{
					Kind: schema.RelationRecord, Dataset: m.datasets[0], Predicate: "mentions",
					Subject: schema.Ref{XID: source}, Object: schema.Ref{XID: xid},
				})
			}
		}
		for _, xid := range m.all()[:4] {
			records = append(records, &schema.Record{
				Kind: schema.RelationRecord, Dataset: m.datasets[0], Predicate: "related_to",
				Subject: schema.Ref{XID: slices.Sorted(maps.Keys(m.publishers))[0]}, Object: schema.Ref{XID: xid},
				Values: map[string][]schema.Value{"label": {{Text: "by mistake"}}},
			})
		}
		s.loadRecords(list(records), loader.Options{})
		for range 20 {
			comparePaths(s, r, m)
		}
		if t.Failed() {
			break
		}
	}
}

func comparePaths(s *session, r *rand.Rand, m *model) {
	s.Helper()
	a, args := randomFilter(r, m.datasets)
	if r.IntN(2) == 0 || a.window { // from and to are its ends: no window
		a, args = asked{asOf: unknown(), from: unknown(), to: unknown(), min: -1}, nil
	}
	from, to, hops := pick(r, m.all()), pick(r, m.all()), 1+r.IntN(6)
	args = append(args, "from="+from, "to="+to, "max_hops="+strconv.Itoa(hops))
	want := m.shortest(&a, from, to, hops)
	if len(want) > 900 {
		return
	}
	if r.IntN(4) == 0 {
		args = append(args, "relations="+allRelations(s))
	}
	result := s.ask("shortest-path", append(args, "limit=100000")...)
	got := chainsOf(s, result)
	by := map[string]chain{}
	var texts []string
	for _, c := range want {
		by[c.text] = c
		texts = append(texts, c.text)
	}
	if !slices.Equal(sorted(got), sorted(texts)) || result.Truncated {
		s.Errorf("%q: truncated %t\ngot\n  %s\nwant\n  %s", args, result.Truncated, strings.Join(sorted(got), "\n  "), strings.Join(sorted(texts), "\n  "))
		return
	}
	if !slices.IsSortedFunc(got, func(x, y string) int {
		return cmp.Or(cmp.Compare(by[y].weakest, by[x].weakest), cmp.Compare(by[y].publishers, by[x].publishers))
	}) {
		s.Errorf("%q: not by evidence:", args)
		for _, text := range got {
			s.Logf("%d %d %s", by[text].weakest, by[text].publishers, text)
		}
	}
	if len(got) == 0 {
		if len(result.Notes) != 1 || len(result.Edges) != 0 {
			s.Errorf("%q: no path, and says %q", args, result.Notes)
		}
		return
	}
	few := s.ask("shortest-path", append(args, "limit=1")...)
	if one := chainsOf(s, few); len(one) != 1 || one[0] != got[0] || few.Truncated != (len(got) > 1) || len(few.Edges) != len(few.Paths[0]) {
		s.Errorf("%q limit=1: %v, truncated %t, not %s of %d", args, one, few.Truncated, got[0], len(got))
	}
}

func allRelations(s *session) string {
	var names []string
	for _, relation := range s.Ontology.Relations {
		names = append(names, relation.Name)
	}
	return strings.Join(names, ",")
}

// TestManyPaths: more chains than are ranked, and hubs on the way; both ends of the search are cut, and it says so.
func TestManyPaths(t *testing.T) {
	s := newSession(t)
	var lines []string
	relate := func(from, to string) {
		lines = append(lines, fmt.Sprintf(`{"relation":"associate_of","from":%q,"to":%q}`, from, to))
	}
	for i := range 40 { // 40 × 40 = 1600 chains of four
		relate("t:a", fmt.Sprintf("t:l%d", i))
		relate(fmt.Sprintf("t:l%d", i), "t:m")
		relate("t:m", fmt.Sprintf("t:r%d", i))
		relate(fmt.Sprintf("t:r%d", i), "t:b")
	}
	for i := range 34 { // 34 × 34 = 1156 chains of three, on one side of the meeting point
		for j := range 34 {
			relate(fmt.Sprintf("t:x%d", i), fmt.Sprintf("t:y%d", j))
		}
		relate("t:c", fmt.Sprintf("t:x%d", i))
		relate(fmt.Sprintf("t:y%d", i), "t:d")
	}
	for i := range 2100 {
		relate("t:hub", fmt.Sprintf("t:h%d", i))
	}
	s.load(loader.Options{}, lines...)
	for _, c := range []struct {
		from, to string
		hops     int
		truncate bool
		paths    int
	}{
		{"t:a", "t:b", 4, true, 1000},
		{"t:a", "t:m", 2, false, 40},
		{"t:a", "t:b", 3, false, 0},
		{"t:c", "t:d", 10, true, 1000},
		{"t:h1", "t:h2", 2, false, 1},
		{"t:h1", "t:nowhere", 2, false, 0},
	} {
		if c.to == "t:nowhere" {
			s.load(loader.Options{}, `{"type":"Person","xid":"t:nowhere","name":"Nobody"}`)
		}
		result := s.ask("shortest-path", "from="+c.from, "to="+c.to, "max_hops="+strconv.Itoa(c.hops), "limit=100000")
		if len(result.Paths) != c.paths || result.Truncated != c.truncate {
			t.Errorf("%s to %s in %d: %d paths, truncated %t", c.from, c.to, c.hops, len(result.Paths), result.Truncated)
		}
	}
	if result := s.ask("ego-network", "entity=t:hub", "limit=100000"); len(result.Edges) != 2000 || !result.Truncated {
		t.Errorf("%d edges of a hub, truncated %t", len(result.Edges), result.Truncated)
	}
	if result := s.ask("shortest-path", "from=t:hub", "to=t:hub"); len(result.Notes) != 1 || len(result.Paths) != 0 {
		t.Errorf("%v", result.Notes)
	}
}

// TestNoPathThroughDocuments: mentions and Sources are no link, not even where relations= names them (law 16).
func TestNoPathThroughDocuments(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{}, `{"relation":"related_to","from":"t:a","to":"t:doc","label":"before anybody knew that it is a document"}`,
		`{"relation":"related_to","from":"t:doc","to":"t:b","label":"the same"}`,
		`{"relation":"mentions","from":"t:news","to":"t:a"}`, `{"relation":"mentions","from":"t:news","to":"t:b"}`,
		`{"type":"Person","xid":"t:a","name":"A"}`, `{"type":"Person","xid":"t:b","name":"B"}`, `{"type":"Source","xid":"t:news","title":"News"}`)
	if n := len(s.ask("shortest-path", "from=A", "to=B").Paths); n != 1 {
		t.Errorf("%d paths through what nobody described", n)
	}
	s.load(loader.Options{}, `{"type":"Source","xid":"t:doc","title":"Document"}`)
	for _, args := range [][]string{nil, {"relations=mentions"}, {"relations=mentions,related_to"}, {"relations=" + allRelations(s)}} {
		for _, ends := range [][]string{{"from=A", "to=B"}, {"from=B", "to=A"}, {"from=t:news", "to=A"}} {
			if result := s.ask("shortest-path", append(args, ends...)...); len(result.Paths) > 0 {
				t.Errorf("%q %q: %v", args, ends, chainsOf(s, result))
			}
		}
	}
	// Asked for by name, mentions are links of an ego network, else not.
	if with, without := s.ask("ego-network", "entity=A", "relations=mentions"), s.ask("ego-network", "entity=A"); len(with.Edges) != 1 || len(without.Edges) != 1 {
		t.Errorf("%d mentions, %d other links", len(with.Edges), len(without.Edges))
	}
}

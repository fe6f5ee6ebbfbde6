package queries_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/loader"
)

// proof is what is left of an edge's claims.
type proof struct {
	claims, confidence int
	possible           bool
	passed             []*said
}

// shown returns the edges that pass a filter, and by edge the claims that fail for want of a grade.
func (m *model) shown(a *asked) (edges map[string]*proof, ungraded map[string]int) {
	edges, ungraded = map[string]*proof{}, map[string]int{}
	for _, c := range m.claims {
		if _, _, grade := a.judge(c); grade {
			ungraded[c.edge()]++
		}
	}
	for _, c := range m.inScope(a) {
		shown, possible, _ := a.judge(c)
		if !shown {
			continue
		}
		e := edges[c.edge()]
		if e == nil {
			e = &proof{confidence: -1, possible: true}
			edges[c.edge()] = e
		}
		e.claims++
		e.confidence = max(e.confidence, c.confidence)
		e.possible = e.possible && possible
		e.passed = append(e.passed, c)
	}
	return edges, ungraded
}

func ends(edge string) (from, relation, to string) {
	parts := strings.Split(edge, " ")
	return parts[0], parts[1], parts[2]
}

// ego is the network around an entity, by brute force: what chains of links lead to that held together.
func (m *model) ego(a *asked, root string, depth int) (lines []string, possible, left int) {
	edges, ungraded := m.shown(a)
	near, marks := map[string]bool{root: true}, map[string]bool{} // by edge: it is certain
	var walk func(at string, chain []*said, on map[string]bool)
	walk = func(at string, chain []*said, on map[string]bool) {
		near[at] = true
		for edge, e := range edges {
			from, _, to := ends(edge)
			far := to
			if at == to {
				far = from
			}
			for _, c := range e.passed {
				longer := append(slices.Clone(chain), c)
				can, must := a.together(longer)
				if at != from && at != to || !can {
					continue
				}
				marks[edge] = marks[edge] || must
				if len(longer) < depth && !on[far] {
					on[far] = true
					walk(far, longer, on)
					delete(on, far)
				}
			}
		}
	}
	walk(root, nil, map[string]bool{root: true})
	for edge, certain := range marks {
		if a.certain && !certain {
			continue
		}
		claims, confidence, contested := 0, -1, false
		for _, c := range edges[edge].passed {
			if _, must := a.holds(c); must || !a.certain { // of an edge that certainly holds what does not is no evidence
				claims, confidence, contested = claims+1, max(confidence, c.confidence), contested || m.contested(a, c)
			}
		}
		lines = append(lines, fmt.Sprintf("%s claims=%d confidence=%d possible=%t contested=%t", edge, claims, confidence, !certain,
			contested))
		if !certain {
			possible++
		}
	}
	touches := func(edge string) bool {
		from, _, to := ends(edge)
		return near[from] || near[to]
	}
	for edge, n := range ungraded {
		if touches(edge) {
			left += n
		}
	}
	return sorted(lines), possible, left
}

// TestLaw7And8 compares the edges and rows shown with a brute force over the claims (laws 7 and 8).
func TestLaw7And8(t *testing.T) {
	s, r := newSession(t), seeded(t)
	for g := range 2 {
		m := randomModel(r, fmt.Sprintf("g%d", g), 3+r.IntN(3), 40+r.IntN(50))
		s.loadRecords(list(m.records(r)), loader.Options{})
		for range 35 {
			a, args := randomFilter(r, m.datasets)
			args = append(args, "limit=100000")
			compareEgo(s, m, &a, args, pick(r, m.all()), 1+r.IntN(3))
			compareRows(s, m, &a, args, pick(r, m.units), pick(r, m.people))
		}
		if t.Failed() {
			break
		}
	}
	if findings := s.check().Findings; len(findings) > 0 {
		t.Errorf("check: %v", findings)
	}
}

func compareEgo(s *session, m *model, a *asked, args []string, root string, depth int) {
	s.Helper()
	result := s.ask("ego-network", append([]string{"entity=" + root, "depth=" + strconv.Itoa(depth)}, args...)...)
	var got []string
	for _, e := range result.Edges {
		confidence := -1
		if e.Confidence != nil {
			confidence = *e.Confidence
		}
		got = append(got, fmt.Sprintf("%s %s %s claims=%d confidence=%d possible=%t contested=%t", e.From, e.Relation, e.To, e.Claims,
			confidence, e.Possible, e.Contested))
	}
	want, possible, left := m.ego(a, root, depth)
	if got = sorted(got); !slices.Equal(got, want) || result.Possible != possible || result.Ungraded != left {
		s.Errorf("ego-network of %s, depth %d, %q:\ngot (%d possible, %d ungraded)\n  %s\nwant (%d possible, %d ungraded)\n  %s", root,
			depth, args,
			result.Possible, result.Ungraded, strings.Join(got, "\n  "), possible, left, strings.Join(want, "\n  "))
	}
	var nodes, wantNodes []string
	set := map[string]bool{root: true}
	for _, e := range result.Edges {
		set[e.From], set[e.To] = true, true
	}
	wantNodes = slices.Sorted(maps.Keys(set))
	for _, n := range result.Nodes {
		nodes = append(nodes, n.XID)
	}
	if !slices.Equal(nodes, wantNodes) {
		s.Errorf("nodes %v, want %v", nodes, wantNodes)
	}
}

func compareRows(s *session, m *model, a *asked, args []string, unit, person string) {
	s.Helper()
	compare := func(query, param, entity string, wanted func(*said) bool, far func(*said) string) {
		result := s.ask(query, append([]string{param + "=" + entity, "horizon=1000"}, args...)...)
		column := func(row []string, name string) string {
			if i := slices.Index(result.Columns, name); i >= 0 {
				return row[i]
			}
			return ""
		}
		var got []string
		for _, row := range result.Rows {
			relation := cmp.Or(column(row, "relation"), "commands")
			got = append(got, strings.Join([]string{
				relation + " " + cmp.Or(column(row, "from"), column(row, "to")), positionIn(column(row, "role")),
				canonicalPeriod(column(row, "period")), column(row, "confidence"), column(row, "possible"), column(row, "contested"),
			}, "|"))
		}
		want, possible, left := m.posts(a, wanted, far)
		if got = sorted(got); !slices.Equal(got, want) || result.Possible != possible || result.Ungraded != left {
			s.Errorf("%s %s %q:\ngot (%d possible, %d ungraded)\n  %s\nwant (%d possible, %d ungraded)\n  %s", query, entity, args,
				result.Possible, result.Ungraded, strings.Join(got, "\n  "), possible, left, strings.Join(want, "\n  "))
		}
	}
	compare("commanders-of-unit", "unit", unit,
		func(c *said) bool { return c.relation == "commands" && c.to == unit }, func(c *said) string { return c.from })
	compare("career", "person", person, func(c *said) bool {
		return c.from == person && slices.Contains([]string{"commands", "posted_to", "member_of"}, c.relation)
	}, func(c *said) string { return c.to })
}

// TestTwoStints: who held a post 1980-81 and 1984-86 did not in 1982 (law 8).
func TestTwoStints(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{},
		`{"type":"Person","xid":"t:p","name":"P"}`, `{"type":"Unit","xid":"t:u","name":"U"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","period":"1980/1981","confidence":90,"role":"first"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","period":"1984/1986","confidence":30,"role":"second"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","period":"1990/","role":"third"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","period":"1975","confidence":90,"assertion":"denied"}`,
	)
	for _, c := range []struct{ args, roles, possible string }{
		{"limit=100", "first second third", ""},
		{"as_of=1982", "", ""},
		{"as_of=1983", "", ""},
		{"as_of=1975", "", ""},
		{"as_of=1985", "second", ""},
		{"as_of=1980", "first", "none"}, // from some day of 1980 on: at some time within it
		{"as_of=1980-06", "first", "first"},
		{"as_of=1980-06|certain=true", "", ""},
		{"as_of=1985|min_confidence=50", "", ""},
		{"as_of=1995|min_confidence=10", "", ""},
		{"from=1982|to=1983", "", ""},
		{"from=1981|to=1984", "first second", "none"},
		{"from=1985|to=1986", "second", "none"},
		{"from=1984-06|to=1995", "second third", "none"}, // the third began in 1990
		{"from=1991|to=1995", "third", "third"},          // and may have ended at once, for all that is known
		{"from=1982|to=1995|certain=true", "second third", ""},
		{"as_of=1995", "third", "third"},
	} {
		args := strings.Split(c.args, "|")
		result := s.ask("commanders-of-unit", append([]string{"unit=U"}, args...)...)
		var roles, possible []string
		for i, row := range result.Rows {
			role := row[slices.Index(result.Columns, "role")]
			roles = append(roles, role)
			if row[slices.Index(result.Columns, "possible")] != "" {
				possible = append(possible, role)
			}
			if result.RowEdge[i] != result.Edges[0].ID {
				t.Errorf("%s: row %d is about another edge", c.args, i)
			}
		}
		if strings.Join(roles, " ") != c.roles {
			t.Errorf("%s: %v", c.args, roles)
		}
		if c.possible != "" && cmp.Or(strings.Join(possible, " "), "none") != c.possible {
			t.Errorf("%s: possibly %v", c.args, possible)
		}
		edges := s.ask("ego-network", append([]string{"entity=U"}, args...)...).Edges
		if len(edges) == 0 != (c.roles == "") {
			t.Errorf("%s: %d edges for %q", c.args, len(edges), c.roles)
		}
	}
	if n := s.ask("commanders-of-unit", "unit=U", "as_of=1995", "min_confidence=10").Ungraded; n != 1 {
		t.Errorf("%d ungraded", n)
	}
	if n := s.ask("entity-card", "entity=U", "as_of=1982").Rows; slices.ContainsFunc(n,
		func(row []string) bool { return row[0] == "← commands" }) {
		t.Error("the card counts a link that did not hold")
	}
	if n := s.ask("entity-card", "entity=U", "as_of=1985").Rows; !slices.ContainsFunc(n,
		func(row []string) bool { return row[0] == "← commands" && row[1] == "1" }) {
		t.Error("the card does not count a link that held")
	}
}

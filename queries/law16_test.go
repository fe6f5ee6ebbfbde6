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
	hops                int
	contested           int // links that are denied
	weakest, publishers int
	possible            bool // its links held together only possibly
}

// route is what a path may run over, as the model has it.
type route struct {
	relations    []string // nil: all
	types        []string // of what lies between; nil: all
	maxLinks     int      // 0: any
	hops         int
	alternatives int
}

func (m *model) kind(xid string) string {
	for kind, xids := range map[string][]string{"Person": m.people, "Unit": m.units, "Organisation": m.orgs} {
		if slices.Contains(xids, xid) {
			return kind
		}
	}
	return ""
}

// links counts what is linked to an entity, whatever the filters say; other is what the model does not hold.
func (m *model) links(xid string, by *route, other map[string]int) int {
	n, seen := 0, map[string]bool{}
	for _, c := range m.claims {
		if seen[c.edge()] || !c.draws() || by.relations != nil && !slices.Contains(by.relations, c.relation) {
			continue
		}
		seen[c.edge()] = true
		for _, end := range []string{c.from, c.to} {
			if end == xid {
				n++
			}
		}
	}
	if by.relations == nil {
		n += other[xid]
	}
	return n
}

// chains returns all loopless chains of the shortest length, and of longer ones until there are enough, by brute force:
// every way from one end.
func (m *model) chains(a *asked, from, to string, by *route, other map[string]int) []chain {
	if from == to {
		return nil
	}
	edges, _ := m.shown(a)
	out := map[string][][2]string{} // by xid: the far end, and the edge with its way
	for edge := range edges {
		x, relation, y := ends(edge)
		if x == y || by.relations != nil && !slices.Contains(by.relations, relation) {
			continue
		}
		out[x] = append(out[x], [2]string{y, x + " -" + relation + "> " + y + "\x00" + edge})
		out[y] = append(out[y], [2]string{x, y + " <" + relation + "- " + x + "\x00" + edge})
	}
	passes := map[string]bool{from: true, to: true}
	for _, xid := range m.all() {
		fits := by.types == nil || slices.Contains(by.types, m.kind(xid))
		passes[xid] = passes[xid] || fits && (by.maxLinks == 0 || m.links(xid, by, other) <= by.maxLinks)
	}
	enough := func(sure bool) (all []chain) {
		for hops := 1; hops <= by.hops && len(all) < by.alternatives; hops++ {
			all = append(all, m.chainsOf(a, edges, out, passes, from, to, hops, sure)...)
		}
		return all
	}
	all := enough(a.certain)
	if !a.timed || a.certain || len(all) == 0 {
		return all
	}
	certain := 0
	for _, c := range all {
		if !c.possible {
			certain++
		}
	}
	if certain < by.alternatives { // and the shortest that certainly held
		for _, c := range enough(true) {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}

// chainsOf returns the loopless chains of so many hops whose links may have held together, or certainly did.
func (m *model) chainsOf(a *asked, edges map[string]*proof, out map[string][][2]string, passes map[string]bool, from, to string, hops int,
	sure bool,
) (all []chain) {
	var walk func(at string, steps []string, on []string)
	walk = func(at string, steps []string, on []string) {
		if len(steps) == hops {
			if can, must := m.held(a, edges, steps, nil); at == to && can && (must || !sure) {
				c := m.rank(a, edges, steps)
				c.possible = !must
				all = append(all, c)
			}
			return
		}
		if at == to || len(all) > 900 {
			return
		}
		for _, step := range out[at] {
			if passes[step[0]] && !slices.Contains(on, step[0]) {
				walk(step[0], append(slices.Clone(steps), step[1]), append(slices.Clone(on), step[0]))
			}
		}
	}
	walk(from, nil, []string{from})
	return all
}

// held says whether the links of a chain held together, by some choice of a claim for each.
func (m *model) held(a *asked, edges map[string]*proof, steps []string, chosen []*said) (can, must bool) {
	if len(steps) == 0 {
		return a.together(chosen)
	}
	_, edge, _ := strings.Cut(steps[0], "\x00")
	for _, c := range edges[edge].passed {
		longer := append(slices.Clone(chosen), c)
		if ok, _ := a.together(longer); !ok {
			continue
		}
		maybe, surely := m.held(a, edges, steps[1:], longer)
		if can, must = can || maybe, must || surely; must {
			break
		}
	}
	return can, must
}

func (m *model) rank(a *asked, edges map[string]*proof, steps []string) chain {
	c := chain{weakest: 101, hops: len(steps)}
	publishers := map[string]bool{}
	for _, step := range steps {
		text, edge, _ := strings.Cut(step, "\x00")
		c.text += text + "; "
		best, denied := -1, false
		for _, claim := range edges[edge].passed {
			best = max(best, claim.confidence)
			denied = denied || m.contested(a, claim)
			for _, source := range claim.sources {
				publishers[cmp.Or(m.publishers[source], source)] = true
			}
			if len(claim.sources) == 0 {
				publishers["dataset:"+claim.dataset] = true
			}
		}
		c.weakest = min(c.weakest, best)
		if denied {
			c.contested++
		}
	}
	c.publishers = len(publishers)
	return c
}

// chainsOf returns a result's paths in the same form.
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

// TestLaw16 compares shortest-path with a brute force over the claims: all equally short chains and longer ones, in the
// order of their evidence, under every filter and rule at once (laws 8, 12 and 16).
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
		mistaken := map[string]int{}
		for _, xid := range m.all()[:4] {
			mistaken[xid]++
			records = append(records, &schema.Record{
				Kind: schema.RelationRecord, Dataset: m.datasets[0], Predicate: "related_to",
				Subject: schema.Ref{XID: slices.Sorted(maps.Keys(m.publishers))[0]}, Object: schema.Ref{XID: xid},
				Values: map[string][]schema.Value{"label": {{Text: "by mistake"}}},
			})
		}
		s.loadRecords(list(records), loader.Options{})
		for range 40 {
			s.SetFanout([]int{0, 1, 2, 3, 5}[r.IntN(5)])
			comparePaths(s, r, m, mistaken)
		}
		if t.Failed() {
			break
		}
	}
}

// randomRoute draws what a path may run over, and the parameters that say so.
func randomRoute(s *session, r *rand.Rand) (route, []string) {
	by := route{hops: 1 + r.IntN(6), alternatives: 1}
	args := []string{"max_hops=" + strconv.Itoa(by.hops), "budget=600", "limit=100000"}
	if r.IntN(3) == 0 {
		by.alternatives = 1 + r.IntN(30)
		args = append(args, "alternatives="+strconv.Itoa(by.alternatives))
	}
	if r.IntN(3) == 0 {
		kinds := []string{"Person", "Unit", "Organisation"}
		which := r.IntN(3)
		if r.IntN(2) == 0 {
			by.types = kinds[which:]
			args = append(args, "types="+strings.Join(by.types, ","))
		} else {
			by.types = slices.Delete(slices.Clone(kinds), which, which+1)
			args = append(args, "not_types="+kinds[which])
		}
	}
	if r.IntN(4) == 0 {
		by.maxLinks = 2 + r.IntN(8)
		args = append(args, "max_links="+strconv.Itoa(by.maxLinks))
	}
	all := strings.Split(allRelations(s), ",")
	switch r.IntN(5) {
	case 0:
		args = append(args, "relations="+allRelations(s)) // mentions too
	case 1:
		by.relations = []string{"commands", "posted_to", "opposes", "allied_with"}[r.IntN(2):]
		args = append(args, "relations="+strings.Join(by.relations, ", "))
	case 2:
		by.relations = slices.DeleteFunc(all, func(name string) bool { return name == "opposes" || name == "member_of" })
		args = append(args, "not_relations=opposes, member_of")
		if slices.Contains(by.relations, "related_to") && by.maxLinks > 0 { // else the model would have to know of the mistakes
			by.relations = slices.DeleteFunc(by.relations, func(name string) bool { return name == "related_to" })
			args[len(args)-1] += ",related_to"
		}
	}
	return by, args
}

func comparePaths(s *session, r *rand.Rand, m *model, mistaken map[string]int) {
	s.Helper()
	a, args := randomFilter(r, m.datasets)
	if r.IntN(2) == 0 {
		a, args = asked{asOf: unknown(), from: unknown(), to: unknown(), min: -1}, nil
	}
	for i, arg := range args { // from and to are its ends
		args[i] = strings.Replace(strings.Replace(arg, "from=", "since=", 1), "to=", "until=", 1)
	}
	by, routed := randomRoute(s, r)
	from, to := pick(r, m.all()), pick(r, m.all())
	args = slices.Concat(args, routed, []string{"from=" + from, "to=" + to})
	want := m.chains(&a, from, to, &by, mistaken)
	if len(want) > 900 {
		return
	}
	result := s.ask("shortest-path", args...)
	got := chainsOf(s, result)
	known := map[string]chain{}
	var texts []string
	for _, c := range want {
		known[c.text] = c
		texts = append(texts, c.text)
	}
	if !slices.Equal(sorted(got), sorted(texts)) || result.Truncated {
		s.Errorf("%q: truncated %t, %q\ngot\n  %s\nwant\n  %s", args, result.Truncated, result.Notes, strings.Join(sorted(got), "\n  "),
			strings.Join(sorted(texts), "\n  "))
		return
	}
	for i, text := range got {
		if slices.Contains(result.PossiblePaths, i) != known[text].possible {
			s.Errorf("%q: only possibly: %v, but not that %s is %t", args, result.PossiblePaths, text, known[text].possible)
		}
	}
	if !slices.IsSortedFunc(got, func(x, y string) int {
		return cmp.Or(cmp.Compare(known[x].hops, known[y].hops), cmp.Compare(known[x].contested, known[y].contested),
			cmp.Compare(known[y].weakest, known[x].weakest), cmp.Compare(known[y].publishers, known[x].publishers))
	}) {
		s.Errorf("%q: not by length and evidence:", args)
		for _, text := range got {
			s.Logf("%d %d %d %d %s", known[text].hops, known[text].contested, known[text].weakest, known[text].publishers, text)
		}
	}
	if len(got) == 0 {
		if len(result.Notes) == 0 || len(result.Edges) != 0 {
			s.Errorf("%q: no path, and says %q", args, result.Notes)
		}
		return
	}
	few := s.ask("shortest-path", append(args, "limit=1")...)
	if one := chainsOf(s, few); len(one) != 1 || one[0] != got[0] || few.Truncated != (len(got) > 1) ||
		len(few.Edges) != len(few.Paths[0]) {
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
		result := s.ask("shortest-path", "from="+c.from, "to="+c.to, "max_hops="+strconv.Itoa(c.hops), "limit=100000", "budget=3600")
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
	if with, without := s.ask("ego-network", "entity=A", "relations=mentions"), s.ask("ego-network", "entity=A"); len(with.Edges) != 1 ||
		len(without.Edges) != 1 {
		t.Errorf("%d mentions, %d other links", len(with.Edges), len(without.Edges))
	}
}

package queries_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
	"orbat/queries"
)

// TestOpening: what a question learns in one request is what it learns step by step, whatever the names mean; where it can be
// learnt in one, it is.
func TestOpening(t *testing.T) {
	s := newSession(t)
	s.loadExample()
	s.load(loader.Options{}, namingTraps()...)
	own, err := queries.Builtin(s.Ontology)
	if err != nil {
		t.Fatal(err)
	}
	if errs := own.Add(awkwardQueries(), "own", s.Ontology); len(errs) > 0 {
		t.Fatal(errs)
	}
	s.Library = own
	asked := map[string][]string{}
	for _, q := range own.List() {
		var args []string
		for name, value := range harmlessParams(s, q) {
			args = append(args, name+"="+value)
		}
		asked[q.Name] = append(asked[q.Name], strings.Join(args, "\n"))
	}
	for _, name := range []string{"t:a", "A", "Also A", "a", "B", "t:b", "Twice", "t:twice", "t:namesake", "t:part", "t:whole", "Whole", "Part", "t:bare", "t:nobody", "nobody at all", "!!!", "Place"} {
		for _, query := range []string{"ego-network", "career", "commanders-of-unit", "subordinate-tree", "events-involving", "commented", "twice", "rows"} {
			asked[query] = append(asked[query], own1(own, query)+"="+name)
		}
	}
	asked["both"] = append(asked["both"], "one=t:a\nother=t:u", "one=A\nother=nobody at all", "one=A\nother=U", "one=Twice\nother=U")
	inOne := 0
	for query, all := range asked {
		for _, args := range all {
			for _, way := range []struct {
				filter string
				ask    queries.Ask
			}{{}, {ask: queries.Ask{Evidence: true, Full: true}}, {filter: "\nas_of=2023\nmin_confidence=10\nlimit=3"}} {
				given := params(strings.Split(args+way.filter, "\n")...)
				result, err := s.Run(t.Context(), query, given, way.ask)
				s.sent.refuse = "orbat_found"
				steps, stepErr := s.Run(t.Context(), query, given, way.ask)
				s.sent.refuse = ""
				if told(err) != told(stepErr) {
					t.Fatalf("%s %q: %s; step by step: %s", query, given, told(err), told(stepErr))
				}
				if err != nil {
					continue
				}
				if result.Cost.Requests < steps.Cost.Requests {
					inOne++
				}
				result.Cost, steps.Cost = queries.Cost{}, queries.Cost{}
				if have, want := asJSON(t, result), asJSON(t, steps); have != want {
					t.Fatalf("%s %q: %s", query, given, differing(strings.Split(have, "\n"), strings.Split(want, "\n")))
				}
			}
		}
	}
	if inOne < 100 {
		t.Errorf("only %d answers came with fewer requests", inOne)
	}
	for _, c := range []struct {
		query, args string
		requests    int
	}{
		{"ego-network", "entity=CENTCOM", 1},
		{"ego-network", "entity=CENTCOM as_of=2023", 2},
		{"subordinate-tree", "unit=CENTCOM depth=1", 1},
		{"event-network", "event=orbat:strike-2023/#strike", 1},
		{"commanders-of-unit", "unit=CENTCOM", 2},
		{"commanders-of-unit", "unit=CENTCOM as_of=2023 min_confidence=10", 2},
		{"career", "person=orbat:strike-2023/#kurilla", 2},
		{"both", "one=A other=U", 1},
	} {
		result, err := s.Run(t.Context(), c.query, params(strings.Split(c.args, " ")...), queries.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		if result.Cost.Requests != c.requests || len(result.Edges) == 0 {
			t.Errorf("%s %s took %d requests for %d links, want %d", c.query, c.args, result.Cost.Requests, len(result.Edges), c.requests)
		}
	}
}

// namingTraps are entities whose names mean several, a part, or nothing described.
func namingTraps() []string {
	return []string{
		`{"type":"Person","xid":"t:a","name":"A","aliases":["Also A"]}`, `{"type":"Unit","xid":"t:b","name":"B"}`, `{"type":"Unit","xid":"t:u","name":"U"}`,
		`{"relation":"commands","from":"t:a","to":"t:b","period":"2020/2024","confidence":50}`, `{"relation":"commands","from":"t:a","to":"t:u"}`,
		`{"type":"Person","xid":"t:two1","name":"Twice"}`, `{"type":"Person","xid":"t:two2","name":"Other","aliases":["Twice"]}`,
		`{"relation":"commands","from":"t:two1","to":"t:b"}`, `{"relation":"commands","from":"t:two2","to":"t:u"}`,
		`{"type":"Unit","xid":"t:twice","name":"Place"}`, `{"type":"Location","xid":"t:place","name":"Place"}`, `{"relation":"based_at","from":"t:twice","to":"t:place"}`,
		`{"type":"Person","xid":"t:namesake","name":"Somebody"}`, `{"type":"Person","xid":"t:name","name":"t:namesake"}`,
		`{"type":"Person","xid":"t:part","name":"Part"}`, `{"type":"Person","xid":"t:whole","name":"Whole"}`,
		`{"decision":"same","between":["t:part","t:whole"],"dataset":"decisions"}`,
		`{"relation":"commands","from":"t:part","to":"t:b"}`, `{"relation":"commands","from":"t:whole","to":"t:u"}`, `{"relation":"commands","from":"t:bare","to":"t:u"}`,
	}
}

// awkwardQueries are those of a user whose DQL is not what orbat's own looks like.
func awkwardQueries() fstest.MapFS {
	file := func(name, shape, rest string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("# name: " + name + "\n# purpose: p\n# shape: " + shape + "\n# example: orbat query " + name + " CENTCOM\n" + rest)}
	}
	one := "# params:\n#   - {name: unit, type: entity, required: true, help: h}\n"
	return fstest.MapFS{
		"commented.dql": file("commented", "graph", one+`query c($unit: string) { # uid xid of $unit, "
			q(func: uid( $unit )) { uid xid  # and } here
				~commands @facets @filter(NOT eq(name, "uid xid # }")) { uid  xid name } } }`),
		"twice.dql": file("twice", "graph", one+`query c($unit: string, $limit: int = 3) { q(func: uid($unit)) { uid xid commands @facets { uid xid } } }`),
		"rows.dql":  file("rows", "table", "# columns: [xid, name]\n"+one+`query c($unit: string) { q(func: uid($unit)) { uid xid name } }`),
		"both.dql": file("both", "graph", "# params:\n#   - {name: one, type: entity, required: true, help: h}\n#   - {name: other, type: entity, help: h}\n"+
			`query c($one: string, $other: string) { q(func: uid($one)) { uid xid commands @facets @filter(uid($other)) { uid xid } } }`),
		"walked.dql": file("walked", "graph", one+`query c($unit: string) { q(func: uid($unit)) @recurse(depth: 3) { uid xid ~subordinate_to } }`),
		"named.dql":  file("named", "graph", one+`query c($unit: string) { orbat_x0 as var(func: uid($unit)) q(func: uid(orbat_x0)) { uid xid ~commands @facets { uid xid } } }`),
	}
}

// own1 names a query's first parameter.
func own1(library *queries.Library, name string) string {
	q, err := library.Find(name)
	if err != nil {
		return ""
	}
	return q.Params[0].Name
}

func told(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

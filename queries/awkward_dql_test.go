package queries_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
	"orbat/queries"
)

// TestAwkwardDQL asks questions of a user whose DQL is not what orbat's own looks like (comments and literals that hold
// what looks like DQL, defaults, variables, @recurse), around names that mean several, a part, or nothing (laws 13 and
// 17).
func TestAwkwardDQL(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{}, `{"type":"Person","xid":"t:a","name":"A","aliases":["Also A"]}`, `{"type":"Unit","xid":"t:b","name":"B"}`,
		`{"type":"Unit","xid":"t:u","name":"U"}`, `{"relation":"commands","from":"t:a","to":"t:b"}`,
		`{"relation":"commands","from":"t:a","to":"t:u"}`, `{"relation":"subordinate_to","from":"t:u","to":"t:b"}`,
		`{"type":"Person","xid":"t:two1","name":"Twice"}`, `{"type":"Person","xid":"t:two2","name":"Other","aliases":["Twice"]}`,
		`{"type":"Person","xid":"t:three1","name":"Thrice"}`, `{"type":"Person","xid":"t:three2","name":"Thrice"}`,
		`{"relation":"commands","from":"t:two1","to":"t:b"}`, `{"relation":"commands","from":"t:two2","to":"t:u"}`,
		`{"type":"Person","xid":"t:part","name":"Part"}`, `{"type":"Person","xid":"t:whole","name":"Whole"}`,
		`{"decision":"same","between":["t:part","t:whole"],"dataset":"decisions"}`,
		`{"relation":"commands","from":"t:part","to":"t:b"}`, `{"relation":"commands","from":"t:whole","to":"t:u"}`,
		`{"relation":"commands","from":"t:bare","to":"t:u"}`,
	)
	library, err := queries.Builtin(s.Ontology)
	if err != nil {
		t.Fatal(err)
	}
	if errs := library.Add(awkwardQueries(), "own"); len(errs) > 0 {
		t.Fatal(errs)
	}
	s.Library = library
	for _, c := range []struct{ query, args, want string }{
		{"commented", "unit=t:b", "t:a→t:b, t:part→t:b, t:two1→t:b"},
		{"commented", "unit=U", "t:a→t:u, t:bare→t:u, t:part→t:u, t:two2→t:u"},
		{"named", "unit=B", "t:a→t:b, t:part→t:b, t:two1→t:b"},
		{"walked", "unit=B", "t:u→t:b"},
		{"defaulted", "unit=Also A", "t:a→t:b, t:a→t:u"},
		{"defaulted", "unit=Whole", "t:part→t:b, t:part→t:u"},
		{"defaulted", "unit=Twice", "t:two1→t:b"}, // a name comes before an alias
		{"both", "one=A|other=U", "t:a→t:u"},
	} {
		result, err := s.Run(t.Context(), c.query, params(strings.Split(c.args, "|")...), queries.Ask{})
		if err != nil {
			t.Errorf("%s %s: %v", c.query, c.args, err)
			continue
		}
		var links []string
		for _, e := range result.Edges {
			links = append(links, e.From+"→"+e.To)
		}
		if got := strings.Join(sorted(links), ", "); got != c.want {
			t.Errorf("%s %s finds %q, want %q", c.query, c.args, got, c.want)
		}
	}
	rows, err := s.Run(t.Context(), "rows", params("unit=Also A"), queries.Ask{})
	if err != nil || len(rows.Rows) != 1 || strings.Join(rows.Rows[0], " ") != "t:a A" {
		t.Errorf("rows: %v, %v", rows, err)
	}
	ambiguous, unknown := (*queries.AmbiguousError)(nil), (*queries.UnknownEntityError)(nil)
	if _, err := s.Run(t.Context(), "commented", params("unit=Thrice"), queries.Ask{}); !errors.As(err, &ambiguous) {
		t.Errorf("a name of two: %v", err)
	}
	if _, err := s.Run(t.Context(), "both", params("one=A", "other=nobody at all"), queries.Ask{}); !errors.As(err, &unknown) {
		t.Errorf("a name of none: %v", err)
	}
}

// awkwardQueries are those of a user whose DQL is not what orbat's own looks like.
func awkwardQueries() fstest.MapFS {
	file := func(name, shape, rest string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte("# name: " + name + "\n# purpose: p\n# shape: " + shape +
			"\n# example: orbat query " + name + " B\n" + rest)}
	}
	one := "# params:\n#   - {name: unit, type: entity, required: true, help: h}\n"
	two := "# params:\n#   - {name: one, type: entity, required: true, help: h}\n#   - {name: other, type: entity, help: h}\n"
	return fstest.MapFS{
		"commented.dql": file("commented", "graph", one+`query c($unit: string) { # uid xid of $unit, "
			q(func: uid( $unit )) { uid xid  # and } here
				~commands @facets @filter(NOT eq(name, "uid xid # }")) { uid  xid name } } }`),
		"defaulted.dql": file("defaulted", "graph", one+
			`query c($unit: string, $limit: int = 3) { q(func: uid($unit)) { uid xid commands @facets { uid xid } } }`),
		"rows.dql": file("rows", "table", "# columns: [xid, name]\n"+one+
			`query c($unit: string) { q(func: uid($unit)) { uid xid name } }`),
		"both.dql": file("both", "graph", two+`query c($one: string, $other: string) {
			q(func: uid($one)) { uid xid commands @facets @filter(uid($other)) { uid xid } } }`),
		"walked.dql": file("walked", "graph", one+
			`query c($unit: string) { q(func: uid($unit)) @recurse(depth: 3) { uid xid ~subordinate_to } }`),
		"named.dql": file("named", "graph", one+`query c($unit: string) {
			orbat_x0 as var(func: uid($unit)) q(func: uid(orbat_x0)) { uid xid ~commands @facets { uid xid } } }`),
	}
}

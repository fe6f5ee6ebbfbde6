package queries_test

import (
	"strings"
	"testing/fstest"

	"orbat/queries"
)

// ownQueries: a folder of the user's own adds queries and takes the place of built-in ones.
func ownQueries(s *session) {
	own, err := queries.Builtin(s.Ontology)
	if err != nil {
		s.Fatal(err)
	}
	before := len(own.List())
	folder := fstest.MapFS{
		"career.dql": {Data: []byte(`# name: career
# purpose: commands only
# shape: graph
# params:
#   - {name: person, type: entity, required: true, help: the person}
query c($person: string) { q(func: uid($person)) { uid xid commands @facets { uid xid } } }`)},
		"people.dql": {Data: []byte(`# name: people
# purpose: people of a country
# shape: table
# columns: [xid, name, nationality]
# params:
#   - {name: country, type: enum, of: [US, RU], default: US, help: which}
query p($country: string) { q(func: eq(entity.type, "Person"), orderasc: xid) @filter(NOT eq(name, $country)) { xid name nationality } }`)},
		"broken.dql": {Data: []byte("# name: broken\n# purpose: x\n# shape: round\n{ q(func: has(xid)) { uid } }")},
		"other.dql":  {Data: []byte("# name: another\n# purpose: x\n# shape: graph\n{ q(func: has(xid)) { uid } }")},
		"notes.txt":  {Data: []byte("no query")},
		"nodql.dql":  {Data: []byte("# name: nodql\n# purpose: bad DQL\n# shape: graph\n{ q(func: has(xid)) { uid")},
		"noends.dql": {Data: []byte("# name: noends\n# purpose: no uid\n# shape: graph\n{ q(func: has(commands)) { commands { uid } } }")},
		"nofacet.dql": {Data: []byte(
			"# name: nofacet\n# purpose: no facets\n# shape: graph\n{ q(func: has(commands)) { uid xid commands { uid xid } } }")},
	}
	errs := own.Add(folder, "my")
	var texts []string
	for _, err := range errs {
		texts = append(texts, err.Error())
	}
	if want := `my/broken.dql:3:10: unknown shape "round"; my/other.dql:1: the query is named "another", its file "other.dql"`; strings.Join(texts, "; ") != want {
		s.Errorf("%q", texts)
	}
	if n := len(own.List()); n != before+4 {
		s.Errorf("%d queries", n)
	}
	mine := s.in(s.TB)
	runner := *s.Runner
	runner.Library = own
	mine.Runner = &runner
	if result := mine.ask("career", "person=Michael Kurilla"); result.Shape != queries.GraphShape || len(result.Edges) != 2 {
		s.Errorf("the user's own career: %s", asJSON(s, result))
	}
	if result := s.ask("career", "person=Michael Kurilla"); result.Shape != queries.TableShape {
		s.Error("the built-in library was changed")
	}
	result := mine.ask("people", "limit=3", "as_of=2023")
	if len(result.Rows) != 3 || !result.Truncated || len(result.Notes) != 1 || result.Rows[2][2] != "US" {
		s.Errorf("%s", asJSON(s, result))
	}
	for name, want := range map[string]string{"nodql": "nodql: ", "noends": "does not ask for uid and xid on both sides of commands"} {
		if err := mine.fails(name); !strings.Contains(err.Error(), want) {
			s.Errorf("%s: %v", name, err)
		}
	}
	// Without facets an edge cannot be ruled out early; its claims decide all the same.
	if plain, at := mine.ask("nofacet"), mine.ask("nofacet", "as_of=2023-07-07", "certain=true", "min_confidence=90"); len(at.Edges) == 0 ||
		len(at.Edges) >= len(plain.Edges) {
		s.Errorf("%d of %d edges", len(at.Edges), len(plain.Edges))
	}
}

package queries_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
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
		"events.dql": {Data: []byte(`# name: events
# purpose: events that may have been at a time
# shape: table
# columns: [xid, date]
# params:
#   - {name: day, type: date, help: when}
query e($day_min: string, $day_max: string, $as_of_min: string, $as_of_max: string) {
  q(func: has(date.min), orderasc: xid) @filter(le(date.min, $day_max) AND ge(date.max, $day_min) AND le(date.min, $as_of_max) AND ge(date.max, $as_of_min)) { xid date }
}`)},
		"begun.dql": {Data: []byte(`# name: begun
# purpose: a date as one text
# shape: table
# columns: [xid]
# params:
#   - {name: day, type: date, help: when}
query b($day: string) { q(func: has(date.min), orderasc: xid) @filter(le(date.min, $day)) { xid } }`)},
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
	if n := len(own.List()); n != before+6 {
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
	result := mine.ask("people", "limit=3")
	if len(result.Rows) != 3 || !result.Truncated || len(result.Notes) != 0 || result.Rows[2][2] != "US" {
		s.Errorf("%s", asJSON(s, result))
	}
	// A filter that cannot be applied is refused, never passed over in silence.
	for _, filter := range []string{"as_of=2023", "from=2023", "to=2023", "min_confidence=50", "dataset=strike-2023", "certain=true"} {
		if err := mine.fails("people", filter); !strings.Contains(err.Error(), "cannot be applied: its DQL alone makes the rows") ||
			!strings.HasPrefix(remedy(err), "leave it out, or ") {
			s.Errorf("%s: %v (%s)", filter, err, remedy(err))
		}
		err := mine.fails("search-entity", "text=CENTCOM", filter)
		if !strings.Contains(err.Error(), "cannot be applied: it looks names up") {
			s.Errorf("%s: %v (%s)", filter, err, remedy(err))
		}
	}
	// A date reaches the DQL as both its ends: a month is from its first day to its last.
	for _, c := range []struct {
		filters []string
		want    int
	}{
		{nil, 8},
		{[]string{"day=2023-07"}, 6},
		{[]string{"day=2023-06"}, 0},
		{[]string{"day=2023"}, 6},
		{[]string{"day=2023-07-07"}, 2},
		{[]string{"day=2019"}, 2},
		{[]string{"day=2020~"}, 6},
		{[]string{"day=~2020"}, 2},
		{[]string{"as_of=2023-07-06"}, 2},
	} {
		if result := mine.ask("events", c.filters...); len(result.Rows) != c.want {
			s.Errorf("events %v: %v", c.filters, result.Rows)
		}
	}
	// As one text it is one moment: of many days it is refused.
	if result := mine.ask("begun", "day=2023-07-07"); len(result.Rows) == 0 {
		s.Errorf("begun: %v", result.Rows)
	}
	for _, day := range []string{"2023-07", "2023", "2023-07-01~2023-07-09", "2023~"} {
		err := mine.fails("begun", "day="+day)
		if !strings.Contains(err.Error(), "is a time of many days") || !strings.Contains(remedy(err), "declare $day_min and $day_max") {
			s.Errorf("%s: %v (%s)", day, err, remedy(err))
		}
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

// TestNestedPosts: a post through which a question of one's own comes to others is listed as it is judged: no data set
// that was not asked for stands in its row.
func TestNestedPosts(t *testing.T) {
	s := newSession(t)
	if errs := s.Library.Add(fstest.MapFS{"staff.dql": {Data: []byte(`# name: staff
# purpose: who commanded a unit, and where else they were
# shape: table
# step: statements
# columns: [from, relation, to, confidence]
# params:
#   - {name: unit, type: entity, required: true, help: the unit}
query s($unit: string) {
  q(func: uid($unit)) { uid xid ~commands @facets { uid xid posted_to @facets { uid xid } } }
}`)}}, "my"); len(errs) > 0 {
		t.Fatal(errs)
	}
	s.load(loader.Options{Dataset: "a"}, `{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Person","xid":"t:p","name":"P"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:v","confidence":80}`, `{"type":"Unit","xid":"t:v","name":"V"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"commander","confidence":70}`)
	s.load(loader.Options{Dataset: "b"}, `{"relation":"commands","from":"t:p","to":"t:u","role":"commander"}`,
		`{"type":"Person","xid":"t:q","name":"Q"}`, `{"relation":"commands","from":"t:q","to":"t:u","role":"deputy"}`,
		`{"relation":"posted_to","from":"t:q","to":"t:v"}`)
	for _, args := range [][]string{{"dataset=a"}, {"min_confidence=50"}} {
		r := s.ask("staff", append(args, "unit=U")...)
		if got := cells(r, "from", "relation", "confidence"); got != "P | commands | 70\nP | posted_to | 80" {
			t.Errorf("%q: %s", args, got)
		}
	}
}

package schema

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s; look at it with: go test ./schema -update && git diff\n%s", file, got)
	}
}

func TestDgraphSchema(t *testing.T) {
	o := defaultOntology(t)
	got := o.DgraphSchema()
	golden(t, "testdata/schema.dql", got)
	if again := defaultOntology(t).DgraphSchema(); again != got {
		t.Error("not deterministic")
	}
	seen := map[string]bool{}
	for _, p := range o.predicates() {
		if seen[p.name] {
			t.Errorf("predicate %s stands twice", p.name)
		}
		seen[p.name] = true
		if p.noConflict && (!p.list || p.kind != "uid" || len(p.index) > 0) {
			t.Errorf("%s: @noconflict corrupts indexes", p.name)
		}
		if o.Relation(p.name) != nil && p.noConflict {
			t.Errorf("%s: derived edges are the lock between loaders", p.name)
		}
	}
	for _, typ := range o.dgraphTypes() {
		for _, f := range typ.fields {
			if !seen[f] {
				t.Errorf("type %s has the unknown field %s", typ.name, f)
			}
		}
	}
}

// storedAs returns what Dgraph answers to schema {} once the ontology's schema is applied; testdata/stored.json
// is such an answer of Dgraph v25.4.0.
func storedAs(t *testing.T, o *Ontology) *storedSchema {
	t.Helper()
	s := &storedSchema{}
	add := func(v any, into any) {
		data, err := json.Marshal(v)
		if err == nil {
			err = json.Unmarshal(data, into)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var predicates, types []map[string]any
	for _, p := range o.predicates() {
		kind := p.kind
		if kind == "dateTime" {
			kind = "datetime"
		}
		predicates = append(predicates, map[string]any{
			"predicate": p.name, "type": kind, "tokenizer": p.index, "reverse": p.reverse, "list": p.list,
			"upsert": p.upsert, "no_conflict": p.noConflict,
		})
	}
	for _, typ := range o.dgraphTypes() {
		var fields []map[string]string
		for _, f := range typ.fields {
			fields = append(fields, map[string]string{"name": f})
		}
		types = append(types, map[string]any{"name": typ.name, "fields": fields})
	}
	add(map[string]any{"schema": predicates, "types": types}, s)
	return s
}

func diffStored(t *testing.T, s *storedSchema, want *Ontology) Diff {
	t.Helper()
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	d, err := DiffDgraph(data, want)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDiffDgraph(t *testing.T) {
	o := defaultOntology(t)
	change := func(predicate string, edit func(p int, s *storedSchema)) func(*storedSchema) {
		return func(s *storedSchema) {
			for i := range s.Schema {
				if s.Schema[i].Predicate == predicate {
					edit(i, s)
					return
				}
			}
			t.Fatalf("no predicate %s", predicate)
		}
	}
	drop := func(predicate string) func(*storedSchema) {
		return change(predicate, func(i int, s *storedSchema) { s.Schema = slices.Delete(s.Schema, i, i+1) })
	}
	foreign := func(edits ...func(*storedSchema)) func(*storedSchema) { // a database that is not orbat's
		return func(s *storedSchema) {
			for _, edit := range edits {
				edit(s)
			}
			drop(metaPredicate)(s)
		}
	}
	unindexed := change("name", func(i int, s *storedSchema) { s.Schema[i].Tokenizer = nil })
	fewerFields := func(s *storedSchema) { s.Types[1].Fields = s.Types[1].Fields[1:] }
	for name, test := range map[string]struct {
		edit func(*storedSchema)
		want string // all lines but those of orbat.meta
	}{
		"same":    {func(*storedSchema) {}, ""},
		"missing": {drop("commands"), "+ predicate commands: [uid] @reverse\n"},
		"kind":    {change("rank", func(i int, s *storedSchema) { s.Schema[i].Type = "int" }), "! predicate rank: int → string\n"},
		"datetime": {
			change("date.max", func(i int, s *storedSchema) { s.Schema[i].Type = "string" }),
			"! predicate date.max: string → dateTime\n",
		},
		"list": {change("rank", func(i int, s *storedSchema) { s.Schema[i].List = true }), "! predicate rank: [string] → string\n"},
		"lang": {
			change("rank", func(i int, s *storedSchema) { s.Schema[i].Lang = true }),
			"! predicate rank: string and @lang, @count or @unique → string\n",
		},
		"conflict": {
			change("commands", func(i int, s *storedSchema) { s.Schema[i].NoConflict = true }),
			"! predicate commands: [uid] @reverse @noconflict → [uid] @reverse\n",
		},
		"our index": {unindexed, "+ predicate name: string → string @index(exact)\n"},
		"our reverse": {
			change("commands", func(i int, s *storedSchema) { s.Schema[i].Reverse = false }),
			"+ predicate commands: [uid] → [uid] @reverse\n",
		},
		"other index": {
			change("name", func(i int, s *storedSchema) { s.Schema[i].Tokenizer = []string{"term", "exact"} }),
			"! predicate name: string @index(exact, term) → string @index(exact)\n",
		},
		"their index": {foreign(unindexed), "! predicate name: string → string @index(exact)\n"},
		"foreign": {
			func(s *storedSchema) {
				s.Schema = append(s.Schema, s.Schema[0], s.Schema[0])
				s.Schema[len(s.Schema)-1].Predicate = "movie"
				s.Schema[len(s.Schema)-2].Predicate = "dgraph.drop.op"
				s.Types = append(s.Types, s.Types[0], s.Types[0])
				s.Types[len(s.Types)-1].Name = "Film"
				s.Types[len(s.Types)-2].Name = "dgraph.graphql"
			},
			"? type Film: 10 fields\n? predicate movie: string @index(hash) @upsert\n",
		},
		"our type": {fewerFields, "+ type Account: fields platform\n"},
		"their type": {foreign(fewerFields), "! type Account: fields handle, url, callsign, frequency_hz, succeeded_by, related_to → " +
			"fields platform, handle, url, callsign, frequency_hz, succeeded_by, related_to\n"},
		"no type":     {func(s *storedSchema) { s.Types = s.Types[1:] }, "+ type Entity: 10 fields\n"},
		"their field": {func(s *storedSchema) { s.Types[0].Fields[0].Name = "movie" }, "! type Entity: fields movie, entity.type, "},
	} {
		stored := storedAs(t, o)
		test.edit(stored)
		d := diffStored(t, stored, o)
		got := strings.ReplaceAll(d.String(), "+ predicate orbat.meta: string @index(hash) @upsert\n", "")
		if got != test.want && (test.want == "" || !strings.HasPrefix(got, test.want)) {
			t.Errorf("%s: got\n%swant\n%s", name, got, test.want)
		}
		if err := d.Err(); (err != nil) != strings.Contains(test.want, "! ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := DiffDgraph([]byte("{"), o); err == nil {
		t.Error("no error for half an answer")
	}
	all, err := DiffDgraph([]byte("{}"), o)
	if err != nil || len(all.Of(Added)) != len(all) || len(all) != len(o.predicates())+len(o.dgraphTypes()) {
		t.Errorf("an empty database lacks all: %v\n%s", err, all)
	}
}

// The answer of a real Dgraph v25.4.0 to schema {}, after an earlier schema of orbat's was applied, reads as one to
// which things were added since: the spelling of every type and directive is understood.
func TestDiffDgraphReal(t *testing.T) {
	data, err := os.ReadFile("testdata/stored.json")
	if err != nil {
		t.Fatal(err)
	}
	d, err := DiffDgraph(data, defaultOntology(t))
	if err != nil || d.Err() != nil || len(d) > 50 {
		t.Errorf("%v\n%s", err, d)
	}
}

// Whatever may be added to an ontology may be added to its database.
func TestExtendedOntologyMigrates(t *testing.T) {
	base := defaultOntology(t)
	_, err := base.Extend("user.yaml", []byte(`
properties: {serial: {kind: string, indexed: true}}
types: {Vessel: {properties: {imo: {kind: string}, built: {kind: date}}}}
relations: {crew_of: {inverse: crewed by, ends: [{from: [Person], to: [Vessel]}]}}
`))
	if err == nil || !strings.Contains(err.Error(), "property serial is both") {
		t.Errorf("a common property of a type's name: %v", err)
	}
	wider, err := base.Extend("user.yaml", []byte(`
properties: {case_number: {kind: string, indexed: true}}
types: {Vessel: {properties: {imo: {kind: string}, built: {kind: date}}}}
relations: {crew_of: {inverse: crewed by, ends: [{from: [Person], to: [Vessel]}]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	d := diffStored(t, storedAs(t, base), wider)
	if err := d.Err(); err != nil {
		t.Error(err)
	}
	const want = `+ predicate case_number: string @index(exact)
+ predicate imo: string
+ predicate built: string
+ predicate built.min: dateTime @index(day)
+ predicate built.max: dateTime
+ predicate crew_of: [uid] @reverse
+ type Entity: fields case_number
+ type Person: fields crew_of
+ type Vessel: 6 fields
`
	if d.String() != want {
		t.Errorf("got\n%s", d)
	}
}

package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// storedSchema is Dgraph's answer to the query schema {}.
type storedSchema struct {
	Schema []struct {
		Predicate  string   `json:"predicate"`
		Type       string   `json:"type"`
		Tokenizer  []string `json:"tokenizer"`
		Reverse    bool     `json:"reverse"`
		List       bool     `json:"list"`
		Upsert     bool     `json:"upsert"`
		NoConflict bool     `json:"no_conflict"`
		Lang       bool     `json:"lang"`
		Count      bool     `json:"count"`
		Unique     bool     `json:"unique"`
	} `json:"schema"`
	Types []struct {
		Name   string `json:"name"`
		Fields []struct {
			Name string `json:"name"`
		} `json:"fields"`
	} `json:"types"`
}

// DiffDgraph compares what a database answers to schema {} (the JSON with its members schema and types) to the schema
// of the wanted ontology. Predicates and types that are as wanted are left out, as are Dgraph's own.
//
// A predicate of the wanted name but of another type, list-ness or index is a conflict, since its data is somebody
// else's (law 18). In a database that orbat made already, which shows in the predicate orbat.meta, what only lacks an
// index, reverse or @upsert is to be added, and so are fields of types.
func DiffDgraph(have []byte, want *Ontology) (Diff, error) {
	var stored storedSchema
	if err := json.Unmarshal(have, &stored); err != nil {
		return nil, fmt.Errorf("read the database's schema: %w", err)
	}
	predicates, plain := stored.predicates()
	_, ours := predicates[metaPredicate]

	var d Diff
	wanted := map[string]bool{}
	for _, w := range want.predicates() {
		wanted[w.name] = true
		h, found := predicates[w.name]
		switch {
		case !found:
			d = append(d, Change{Added, "predicate " + w.name, "", w.signature()})
		case plain[w.name] && h.signature() == w.signature():
		case ours && plain[w.name] && h.growsInto(w):
			d = append(d, Change{Added, "predicate " + w.name, h.signature(), w.signature()})
		default:
			d = append(d, Change{Conflict, "predicate " + w.name, h.signature() + extras(plain[w.name]), w.signature()})
		}
	}
	d = append(d, stored.diffTypes(want, ours, wanted)...)
	for _, p := range stored.Schema {
		if !wanted[p.Predicate] && !strings.HasPrefix(p.Predicate, "dgraph.") {
			d = append(d, Change{Foreign, "predicate " + p.Predicate, predicates[p.Predicate].signature(), ""})
		}
	}
	return d, nil
}

// predicates returns those of the database by name, and which of them have no directive that orbat never uses.
func (s *storedSchema) predicates() (byName map[string]predicate, plain map[string]bool) {
	byName, plain = map[string]predicate{}, map[string]bool{}
	for _, p := range s.Schema {
		kind := p.Type
		if kind == "datetime" { // asked for as dateTime, answered in lower case
			kind = "dateTime"
		}
		byName[p.Predicate] = predicate{
			name: p.Predicate, kind: kind, list: p.List, index: slices.Sorted(slices.Values(p.Tokenizer)),
			reverse: p.Reverse, upsert: p.Upsert, noConflict: p.NoConflict,
		}
		plain[p.Predicate] = !p.Lang && !p.Count && !p.Unique
	}
	return byName, plain
}

func extras(plain bool) string {
	if plain {
		return ""
	}
	return " and @lang, @count or @unique"
}

// growsInto reports whether Dgraph can turn p into q by building an index, touching no value.
func (p predicate) growsInto(q predicate) bool {
	return p.kind == q.kind && p.list == q.list && p.noConflict == q.noConflict &&
		(q.reverse || !p.reverse) && (q.upsert || !p.upsert) && len(without(p.index, q.index)) == 0
}

func (s *storedSchema) diffTypes(want *Ontology, ours bool, predicates map[string]bool) Diff {
	stored := map[string][]string{}
	for _, t := range s.Types {
		stored[t.Name] = []string{}
		for _, f := range t.Fields {
			stored[t.Name] = append(stored[t.Name], f.Name)
		}
	}
	var d Diff
	wanted := map[string]bool{}
	for _, w := range want.dgraphTypes() {
		wanted[w.name] = true
		have, found := stored[w.name]
		what := "type " + w.name
		lost, gained := without(have, w.fields), without(w.fields, have)
		switch {
		case !found:
			d = append(d, Change{Added, what, "", plural(len(w.fields), "field", "fields")})
		case len(lost) == 0 && len(gained) == 0:
		case ours && !slices.ContainsFunc(lost, func(f string) bool { return !predicates[f] }):
			// A field that moved, say from one type to every entity, is still wanted somewhere.
			d = append(d, Change{Added, what, "", "fields " + strings.Join(gained, ", ")})
		default:
			d = append(d, Change{Conflict, what, "fields " + strings.Join(have, ", "), "fields " + strings.Join(w.fields, ", ")})
		}
	}
	for _, t := range s.Types {
		if !wanted[t.Name] && !strings.HasPrefix(t.Name, "dgraph.") {
			d = append(d, Change{Foreign, "type " + t.Name, plural(len(t.Fields), "field", "fields"), ""})
		}
	}
	return d
}

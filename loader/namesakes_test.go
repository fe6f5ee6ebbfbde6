package loader

import (
	"slices"
	"testing"

	"orbat/loader/validate"
	"orbat/schema"
)

// Two rows without an id make one entity of their name; where they say what cannot both be so, that is told, once.
func TestNamesakes(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	n := newNamesakes(ontology)
	line := 1
	add := func(ref schema.Ref, pairs ...string) (told []string) {
		line++
		ref.Type = "Person"
		record := &schema.Record{Subject: ref, Values: map[string][]schema.Value{}, Pos: schema.Position{File: "p.csv", Line: line}}
		for i := 0; i < len(pairs); i += 2 {
			record.Values[pairs[i]] = append(record.Values[pairs[i]], schema.Value{Text: pairs[i+1]})
		}
		claims, err := (validate.Validator{Ontology: ontology}).Claims(record)
		if err != nil {
			t.Fatal(err)
		}
		for _, notice := range n.add(validate.Checked{Record: record, Claims: claims}) {
			told = append(told, notice.Error())
		}
		return told
	}
	ann := schema.Ref{Name: "Ann Lee"}
	want := func(told []string, lines ...string) {
		t.Helper()
		if !slices.Equal(told, lines) {
			t.Errorf("%q, want %q", told, lines)
		}
	}
	want(add(ann, "name", "Ann Lee", "birth_date", "1970", "gender", "female"))
	want(add(ann, "name", "ANN LEE", "birth_date", "1970-05-05", "aliases", "A")) // more precise, another spelling, a list
	want(add(schema.Ref{ID: "a2"}, "name", "Ann Lee", "birth_date", "1999"))      // by its id
	want(add(ann, "name", "Ann Lee", "birth_date", "1980", "gender", "male"),
		"p.csv:5: birth_date: another value than p.csv:2 gives of the same name (1970); both are taken to be one Person",
		"p.csv:5: gender: another value than p.csv:2 gives of the same name (female); both are taken to be one Person")
	want(add(ann, "name", "Ann Lee", "birth_date", "1990"))
	want(add(schema.Ref{Name: "Bo"}, "name", "Bo", "birth_date", "1990"))
}

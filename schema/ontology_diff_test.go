package schema

import (
	"errors"
	"strings"
	"testing"
)

func TestDiffOntology(t *testing.T) {
	const file = `
types:
  A:
    properties:
      colour: {kind: enum, values: [red, blue]}
      size: {kind: int, min: 0, max: 10, unit: metres}
      code: {kind: string, pattern: "[a-z]"}
      tags: {kind: string, list: true}
  B: {}
relations:
  r: {inverse: s, ends: [{from: [A], to: [A, B]}], qualifiers: {note: {kind: string}}}
`
	for _, test := range []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"a type", "  B: {}\n", "  B: {}\n  C: {}\n", "+ type C: a type of 0 own properties\n"},
		{"no type", "  B: {}\n", "", "! type B: a type → gone\n! relation r, ends: A → B → gone\n"},
		{"words", "  B: {}\n", "  B: {doc: More.}\n", "~ type B\n"},
		{"a mapping", "  B: {}\n", "  B: {maps_to: {stix: [b]}}\n", "~ type B\n"},
		{"a colour", "  B: {}\n", "  B: {color: \"#000000\"}\n", "~ type B\n"},
		{"a shape", "  B: {}\n", "  B: {shape: star}\n", "~ type B\n"},
		{"a place in legends", "  B: {}\n", "  B: {legend: 2}\n", "~ type B\n"},
		{"a caption", "  A:\n", "  A:\n    caption: [code]\n", "~ type A\n"},
		{"what is featured", "  A:\n", "  A:\n    featured: [size]\n", "~ type A\n"},
		{"a name", "code: {", "code: {names: true, ", "+ property A.code, names: false → true\n"},
		{"a property", "tags:", "more: {kind: int}\n      tags:", "+ property A.more: int, winner best\n"},
		{"no property", "      tags: {kind: string, list: true}\n", "", "! property A.tags: a list of string → gone\n"},
		{"a common property", "types:", "properties: {all: {kind: int}}\ntypes:", "+ property every entity.all: int, winner best\n"},
		{"a value", "red, blue", "red, blue, green", "+ property A.colour, values: green\n"},
		{"another order", "red, blue", "blue, red", ""},
		{"no value", "red, blue", "red", "! property A.colour, values: blue → gone\n"},
		{"a list", ", list: true", "", "! property A.tags: a list of string → string, winner best\n"},
		{
			"a kind", "kind: int, min: 0, max: 10", "kind: float, min: 0, max: 10",
			"! property A.size: int, winner best → float, winner best\n",
		},
		{"a winner", "unit: metres", "unit: metres, winner: latest", "! property A.size: int, winner best → int, winner latest\n"},
		{"a lower min", "min: 0", "min: -1", "+ property A.size, min: 0 → -1\n"},
		{"a higher min", "min: 0", "min: 1", "! property A.size, min: 0 → 1\n"},
		{"no max", ", max: 10", "", "+ property A.size, max: 10 → none\n"},
		{"a lower max", "max: 10", "max: 9", "! property A.size, max: 10 → 9\n"},
		{"a unit", "metres", "feet", "! property A.size, unit: metres → feet\n"},
		{"no pattern", ", pattern: \"[a-z]\"", "", "+ property A.code, pattern: [a-z] → none\n"},
		{"a pattern", "[a-z]", "[a-y]", "! property A.code, pattern: [a-z] → [a-y]\n"},
		{"an index", "code: {", "code: {indexed: true, ", "+ property A.code, indexed: false → true\n"},
		{"fewer ends", "to: [A, B]", "to: [A]", "! relation r, ends: A → B → gone\n"},
		{"more ends", "from: [A]", "from: [A, B]", "+ relation r, ends: B → A, B → B\n"},
		{"any end", "to: [A, B]", "to: [any]", ""},
		{
			"symmetry", "inverse: s", "inverse: s, symmetric: true",
			"! relation r: symmetric: false → symmetric: true\n+ relation r, ends: B → A\n",
		},
		{"same type", "inverse: s", "inverse: s, same_type: true", "! relation r, ends: A → B → gone\n"},
		{"a qualifier", "note:", "sum: {kind: int}, note:", "+ qualifier r.sum: int\n"},
		{"a required qualifier", "note:", "sum: {kind: int, required: true}, note:", "! qualifier r.sum: int, required\n"},
		{"required now", "note: {", "note: {required: true, ", "! qualifier r.note, required: false → true\n"},
		{"a relation", "relations:", "relations:\n  q: {inverse: s, ends: [{from: [A], to: [any]}]}", "+ relation q: A → any\n"},
	} {
		changed := strings.Replace(file, test.old, test.new, 1)
		if test.name == "no type" {
			changed = strings.Replace(changed, "[A, B]", "[A]", 1)
		}
		have, err := new(Ontology).Extend("have", []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		want, err := new(Ontology).Extend("want", []byte(changed))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		d := DiffOntology(have, want)
		if d.String() != test.want {
			t.Errorf("%s: got\n%swant\n%s", test.name, d, test.want)
		}
		conflicts := strings.Contains(test.want, "! ")
		if refused := new(MigrationError); errors.As(d.Err(), &refused) != conflicts {
			t.Errorf("%s: %v", test.name, d.Err())
		}
		if same := len(d) == len(d.Of(Reworded)); same != (have.Fingerprint() == want.Fingerprint()) {
			t.Errorf("%s: fingerprint and diff disagree", test.name)
		}
	}
}

// To give every entity what one type has takes nothing from that type.
func TestDiffOntologyToCommon(t *testing.T) {
	have, err := new(Ontology).Extend("have", []byte("types: {A: {properties: {p: {kind: int}}}}"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := new(Ontology).Extend("want", []byte("properties: {p: {kind: int}}\ntypes: {A: {}}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := DiffOntology(have, want).String(); got != "+ property every entity.p: int, winner best\n" {
		t.Errorf("got\n%s", got)
	}
	if err := DiffOntology(want, have).Err(); err == nil {
		t.Error("taken from every entity but A, unnoticed")
	}
}

package mapping

import (
	"context"
	"errors"
	"iter"
	"testing"

	"orbat/schema"
)

// What is bad costs itself: a value its value, an item of a list that item, what the mapping requires the row, a key
// all that is said of the entity.
func TestBadValues(t *testing.T) {
	const people = `
dataset: d
tables:
  - name: people
    entities:
      - name: person
        type: Person
        key: {id: No}
        required: true
        properties:
          name: {column: Name, required: true}
          nationality: {column: Of, split: ";", as: country}
          birth_date: {column: Born, required: true}
      - name: place
        type: Location
        key: {id: Place}
        confidence: Sure
        properties:
          name: Place
          geo: {template: '{{"type":"Point","coordinates":[{Lon},{Lat}]}'}
confidence: {map: {Low: 30}}
`
	want(t, read(t, people, sheet("p.csv", `
No|Name|Of|Born|Place|Lon|Lat|Sure
1|Ann|SY; Atlantis; FR; Ruritania|1970||||
2|Bob|SY|soon||||
3|Cid||1970-01|Town|1|2|Maybe
a:b|Dan||1970||||
|Eve||1970||||
`)),
		"Person orbat:d/#1 birth_date=1970 name=Ann nationality=SY,FR",
		`  without nationality: Of: "Atlantis" is no country [Atlantis | Ruritania]`,
		`rejected p.csv:3:1: Born: "soon" is no date or period: no year at "soon", and the mapping requires it [soon]`,
		`Person orbat:d/#3 birth_date=1970-01 name=Cid`,
		`Location orbat:d/#Town geo={"type":"Point","coordinates":[1,2]} name=Town`,
		`  without confidence: Sure: no confidence of this name [Maybe]`,
		`rejected p.csv:5:1: No: id "a:b" holds a colon; write it as xid if it is global, else use another character [a:b]`,
		`rejected p.csv:6:1: No: the row has no person, and the mapping requires it []`,
	)
}

// What is wrong with the column of an item is told, not that the item has no parts; of several texts the good ones
// stay.
func TestBadItems(t *testing.T) {
	const posts = `
tables:
  - name: t
    entities:
      - {name: person, type: Person, each: {columns: "^C", parts: "(?P<who>\\w+) (?P<post>\\w+)"}, key: {name: "{who}"}}
      - {name: party, type: Organisation, each: {column: Side, split: ";", map: {r: Red, b: Blue}}}
`
	in := sheet("t.csv", "C1|C2|Side\nAnn chief|Bo cook|r;x;b")
	rows := in.Rows
	in.Rows = func(ctx context.Context, reading Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			for row, err := range rows(ctx, reading) {
				if row.Pos.Line > 1 {
					row.Faults = []schema.CellFault{{Cell: 0, Fault: schema.Fault{Reason: "is no text"}}}
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
	want(t, read(t, posts, in),
		"rejected t.csv:2:1: C1: is no text []",
		`rejected t.csv:2:1: Side: "x" is not in the map [x]`,
		"Person orbat:default/Person/bo name=Bo",
		"Organisation orbat:default/Organisation/red name=Red", "Organisation orbat:default/Organisation/blue name=Blue")
}

// A header that was cut at something else than its columns tells what stands between them.
func TestUncutHeader(t *testing.T) {
	m, err := Parse("m.yaml", []byte("tables: [{name: t, entities: [{type: Person, key: {name: Name}}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	for header, option := range map[string]string{
		"Name;Unit": ";", "No\tName": "tab", "Names;Unit": "",
		"Name ": "none", //nolint:gocritic // mapKey: a header may end in a space
	} {
		_, err := m.CheckFiles(t.Context(), []Input{sheet("t.csv", header)}, Options{Ontology: ontology(t)})
		var wrong *MappingError
		if !errors.As(err, &wrong) && option != "none" || wrong != nil && wrong.Option.Value != option {
			t.Errorf("%q: %v, %+v", header, err, wrong)
		}
	}
}

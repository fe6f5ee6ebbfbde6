package mapping_test

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"orbat/loader/mapping"
	"orbat/schema"
)

// rows reads a table from a string, as format.Rows reads one from a file: the first row is the header.
func rows(text string) func(context.Context, mapping.Reading) iter.Seq2[schema.Row, error] {
	return func(context.Context, mapping.Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			for i, line := range strings.Split(text, "\n") {
				row := schema.Row{Pos: schema.Position{File: "people.csv", Line: i + 1, Column: 1}, Cells: strings.Split(line, ",")}
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// Two rows of a sheet say who commands what, and since when.
func ExampleMapping_Records() {
	m, err := mapping.Parse("people.yaml", []byte(`
dataset: field-notes
tables:
  - name: people
    entities:
      - {name: person, type: Person, key: {name: Name}, properties: {name: Name, rank: Rank}}
      - {name: unit, type: Unit, key: {name: Unit}}
    relations:
      - {relation: commands, from: person, to: unit, period: {from: {date: {text: Since}, exact: {column: Since, empty: false}}}}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	ontology, err := schema.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	inputs := []mapping.Input{{Name: "people.csv", Rows: rows("Name,Rank,Unit,Since\nAnn Lee,Major,2 Bn,2014-08\nBo Ek,Captain,,")}}
	for record, err := range m.Records(context.Background(), inputs, mapping.Options{Ontology: ontology}) {
		switch {
		case err != nil:
			fmt.Println(err)
		case record.Kind == schema.RelationRecord:
			fmt.Println(record.Predicate, record.Period)
		default:
			fmt.Println(record.Subject.Type, record.Values["name"][0].Text)
		}
	}
	// Output:
	// Person Ann Lee
	// Unit 2 Bn
	// commands 2014-08/
	// Person Bo Ek
}

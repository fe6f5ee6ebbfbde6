package format_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"orbat/loader/format"
	"orbat/schema"
)

// A small case is read from a string. The source that the file describes is a record of its own; the second entity
// lacks what identifies it, which rejects that one record.
func ExampleRead() {
	const text = `
dataset: field-notes
source: {title: Weekly summary, url: "https://example.org/weekly/12"}
entities:
  - {id: a, type: Unit, name: 2nd Battalion}
  - {type: Person, rank: Major}
relations:
  - {relation: commands, from: "#b", to: "#a", period: 2014-08/}
`
	file := format.Stream("case.yaml", strings.NewReader(text))
	for record, err := range format.Read(context.Background(), file, format.Options{}) {
		var bad *schema.RecordError
		switch {
		case errors.As(err, &bad):
			fmt.Println("rejected:", bad) // the next record follows
		case err != nil:
			fmt.Println("not read to its end:", err)
		case record.Kind == schema.RelationRecord:
			fmt.Println(record.Pos.Line, record.Subject.ID, record.Predicate, record.Object.ID, record.Period)
		default:
			fmt.Println(record.Pos.Line, record.Subject.Type, record.Values["name"][0].Text)
		}
	}
	// Output:
	// 3 Source Weekly summary
	// 5 Unit 2nd Battalion
	// rejected: case.yaml:6:5: name: missing
	// 8 b commands a 2014-08/
}

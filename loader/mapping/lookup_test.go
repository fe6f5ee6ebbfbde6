package mapping

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"orbat/schema"
)

// Which of several a look-up gives does not depend on the order of rows or files, nor on how the rows are cut into
// files.
func TestLookupsInAnyOrder(t *testing.T) {
	for many, expected := range map[string]string{
		"first":  `Unit orbat:default/#bn x_to="a"`,
		"all":    `Unit orbat:default/#bn x_to="a; b; c; d"`,
		"reject": "Unit orbat:default/#bn\n  without x_to: Name: means several in the index i: a, b, c [bn]",
	} {
		text := `
indexes: [{name: i, table: ids, from: Name, to: Id, many: ` + many + `}]
tables:
  - {name: ids, file: ids*.csv}
  - {name: units, file: u.csv, entities: [{type: Unit, key: {id: Name}, properties: {x_to: {lookup: i, of: Name}}}]}
`
		for _, files := range [][]string{
			{"bn|a\nbn|b\nbn|c\nbn|d"}, {"bn|d\nbn|c\nbn|b\nbn|a\nbn|d"}, {"bn|c\nbn|a", "bn|d\nbn|b"}, {
				"bn|d", "bn|b\nbn|a\nbn|a",
				"bn|c",
			},
		} {
			for range 2 {
				inputs := []Input{sheet("u.csv", "Name\nbn")}
				for i, rows := range files {
					inputs = append(inputs, sheet(fmt.Sprintf("ids%d.csv", len(files)-i), "Name|Id\n"+rows))
				}
				want(t, read(t, text, inputs...), strings.Split(expected, "\n")...)
				for i, j := 0, len(files)-1; i < j; i, j = i+1, j-1 {
					files[i], files[j] = files[j], files[i]
				}
			}
		}
	}
}

// A key that a hundred thousand rows share takes about as long as as many keys do: everything is done once for each.
func TestHub(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads 400,000 rows")
	}
	const rows = 100_000
	m, err := Parse("m.yaml", []byte(`
indexes: [{name: i, table: ids, from: Name, to: Id, many: all}]
tables:
  - {name: ids, file: ids.csv}
  - {name: units, file: u.csv, entities: [{type: Unit, key: {id: Name}, source: {lookup: i, of: Name, split: ";"}}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	table := func(key func(int) string) Input {
		return Input{Name: "ids.csv", Rows: func(context.Context, Reading) iter.Seq2[schema.Row, error] {
			return func(yield func(schema.Row, error) bool) {
				for i := range rows + 1 {
					cells := []string{"Name", "Id"}
					if i > 0 {
						cells = []string{key(i), "s:" + strconv.Itoa(i)}
					}
					if !yield(schema.Row{Cells: cells}, nil) {
						return
					}
				}
			}
		}}
	}
	took := func(key func(int) string, cited int) time.Duration {
		began := time.Now()
		for record, err := range m.Records(t.Context(), []Input{sheet("u.csv", "Name\nbn"), table(key)}, Options{Ontology: ontology(t)}) {
			if err != nil || len(record.Cites) != cited {
				t.Fatalf("%d sources, %v", len(record.Cites), err)
			}
		}
		return time.Since(began)
	}
	apart := took(strconv.Itoa, 0)
	hub := took(func(int) string { return "bn" }, rows)
	if hub > 20*apart+10*time.Second { // it was a thousand times as long
		t.Errorf("%v for a key of %d rows, %v for as many keys", hub, rows, apart)
	}
}

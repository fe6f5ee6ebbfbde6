package mapping

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"orbat/schema"
)

// long is a table of any number of rows, made as they are read.
func long(rows int) Input {
	return Input{Name: "long.csv", Rows: func(context.Context, Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			for i := range rows + 1 {
				row := schema.Row{
					Pos:   schema.Position{File: "long.csv", Line: i + 1, Column: 1},
					Cells: []string{"Id", "Name", "Boss", "Src"},
				}
				if i > 0 {
					row.Cells = []string{fmt.Sprint(i), fmt.Sprintf("Person %d", i), fmt.Sprint(i / 7), "s1;s2"}
				}
				if !yield(row, nil) {
					return
				}
			}
		}
	}}
}

// Ten times the rows take at most a quarter more memory: what is held at most while they are read, garbage apart.
func TestMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: reads 110,000 rows")
	}
	m, err := Parse("m.yaml", []byte(`
sources: {split: ";", key: {xid: "s:{}"}}
tables:
  - name: people
    entities: [{name: p, type: Person, key: {id: Id}, source: Src, properties: {name: Name, aliases: {column: Name, source: Src, confidence: 50}}}]
    relations: [{relation: associate_of, from: p, to: {type: Person, key: {id: Boss}}, source: Src}]
`))
	if err != nil {
		t.Fatal(err)
	}
	o := ontology(t)
	most := func(rows int) uint64 {
		var peak uint64
		seen := 0
		for _, err := range m.Records(t.Context(), []Input{long(rows)}, Options{Ontology: o}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen%(rows/3) == 0 {
				var stats runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&stats)
				peak = max(peak, stats.HeapAlloc)
			}
		}
		if seen != 3*rows {
			t.Fatalf("%d records of %d rows", seen, rows)
		}
		return peak
	}
	few, many := most(10_000), most(100_000)
	if float64(many) > 1.25*float64(few) {
		t.Errorf("%d bytes for 10,000 rows, %d for ten times as many", few, many)
	}
}

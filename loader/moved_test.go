package loader

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader/validate"
	"orbat/schema"
)

// A record whose later version is about other ends draws both: that is told, in whatever order they come.
func TestMovedRecords(t *testing.T) {
	v := validate.Validator{}
	var err error
	if v.Ontology, err = schema.Default(); err != nil {
		t.Fatal(err)
	}
	relation := func(line int, id, version, to string) validate.Checked {
		record := &schema.Record{
			Kind: schema.RelationRecord, Predicate: "commands", Subject: schema.Ref{XID: "x:p"}, Object: schema.Ref{XID: "x:" + to},
			Pos: schema.Position{File: "f", Line: line}, Provenance: schema.Provenance{ID: id, Version: version},
		}
		claims, err := v.Claims(record)
		if err != nil {
			t.Fatal(err)
		}
		return validate.Checked{Record: record, Claims: claims, Keys: []string{claims[0].Key()}}
	}
	input := []validate.Checked{
		relation(1, "moved", "2024", "u"), relation(2, "moved", "2025", "v"),
		relation(3, "same", "2024", "u"), relation(4, "same", "2025", "u"),
		relation(5, "several", "2024", "u"), relation(6, "several", "2024", "v"), relation(7, "several", "2025", "u"),
		relation(8, "several", "2025", "w"), relation(9, "", "2024", "u"), relation(10, "", "2025", "v"), relation(11, "plain", "", "u"),
		relation(12, "plain", "", "v"), relation(13, "equal", "2024-05-01", "u"), relation(14, "equal", "2024-05-01T00:00:00Z", "v"),
	}
	const left = " states a relation that version 2025 does not state between the same ends: both are shown"
	want := []string{"f:1: record: version 2024" + left, "f:6: record: version 2024" + left}
	for range 2 {
		var m movedRecords
		for _, c := range input {
			m.add(c)
		}
		var told []string
		for _, notice := range m.notices() {
			told = append(told, notice.Error())
		}
		if !slices.Equal(told, want) {
			t.Errorf("%q, want %q", told, want)
		}
		slices.Reverse(input)
	}
	// The memory that a version takes is counted when a longer one takes its place, too.
	var m movedRecords
	m.add(relation(1, "grows", "1", "u"))
	counted := m.bytes
	m.add(relation(2, "grows", "2"+strings.Repeat("0", 1000), "u"))
	if m.bytes != counted+1000 {
		t.Errorf("%d bytes after %d", m.bytes, counted)
	}
}

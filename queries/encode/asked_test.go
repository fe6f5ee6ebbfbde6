package encode_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"orbat/queries"
	"orbat/queries/encode"
)

// TestSheetSaysWhatWasAsked: a workbook that is passed on says for which day it holds.
func TestSheetSaysWhatWasAsked(t *testing.T) {
	xlsx, _ := encode.FindTable("xlsx")
	var out bytes.Buffer
	table := &queries.Table{
		Title: "orbat subordinate-tree", Columns: []string{"from"}, Rows: [][]string{{"a"}},
		Params: map[string]string{"unit": "=x", "as_of": "2014-01-01"}, Notes: []string{"There is more."},
	}
	if err := xlsx.Encode(&out, table); err != nil {
		t.Fatal(err)
	}
	file, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if first := file.GetSheetName(file.GetActiveSheetIndex()); first != "orbat" {
		t.Errorf("the sheet %q opens, want the answer's", first)
	}
	for cell, want := range map[string]string{
		"B1": "orbat subordinate-tree", "A2": "as_of", "B2": "2014-01-01", "A3": "unit", "B3": "=x", "A4": "note",
		"B4": "There is more.",
	} {
		if got, err := file.GetCellValue("asked", cell); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", cell, got, err, want)
		}
	}
}

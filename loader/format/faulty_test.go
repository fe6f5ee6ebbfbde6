package format

import (
	"strings"
	"testing"

	"orbat/schema"
)

// A cell that cannot be read costs what is made of that cell; what identifies the row costs the row.
func TestFaultyCells(t *testing.T) {
	records, rejected, err := readAll(t.Context(), "p.csv", strings.NewReader(
		"type,id,name,aliases[],source_title\nPerson,1,A\xff,B|C,T\nPerson,2,D,E|\xff,T\nPerson,\xff,F,,T\nPerson,3,G,,\xff\n\xff,4,H,,T\n"))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range records {
		if r.Subject.Type != schema.SourceType {
			line := r.Subject.ID + " " + firstOf(r, "name") + " " + firstOf(r, "aliases")
			for _, bad := range r.Faulty {
				line += " without " + bad.Property + " (" + bad.Column + ": " + bad.Reason + ")"
			}
			said = append(said, line)
		}
	}
	for _, bad := range rejected {
		said = append(said, bad.Error())
	}
	want := []string{
		"1  B without name (name: invalid UTF-8)", "2 D  without aliases (aliases: invalid UTF-8)",
		"p.csv:4:1: id: invalid UTF-8", "p.csv:5:1: source.title: invalid UTF-8", "p.csv:6:1: type: invalid UTF-8",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
}

// firstOf returns the first value of a property; empty: there is none.
func firstOf(r *schema.Record, property string) string {
	if values := r.Values[property]; len(values) > 0 {
		return values[0].Text
	}
	return ""
}

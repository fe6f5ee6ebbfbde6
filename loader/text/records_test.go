package text

import (
	"slices"
	"testing"

	"orbat/schema"
)

// What is read are records of the data set alone, each with its sentence; entities are described with their names.
func TestRecords(t *testing.T) {
	content := "Gen. Anna Holm, commander of the 7th Division, spoke.\n\n" +
		"An airstrike by the 7th Division killed Boko Haram fighters in Bama on Friday."
	records := readText(t, content, Options{Published: "2023-07-09"}).Records(schema.Ref{ID: "article"}, "press")
	var names []string
	for _, r := range records {
		if len(r.Cites) != 1 || r.Cites[0].Source.ID != "article" || r.Cites[0].Quote == "" ||
			r.Cites[0].Begin == "" || r.Method == "" {
			t.Errorf("%+v cites no sentence", r)
		}
		if r.Kind == schema.EntityRecord {
			names = append(names, r.Values["name"][0].Text)
		} else if r.Confidence == "" || r.Subject.Type != "" {
			t.Errorf("%+v has no confidence, or describes what it refers to", r)
		}
	}
	slices.Sort(names)
	want := []string{"7th Division", "Airstrike in Bama, 2023-07-07", "Anna Holm", "Bama", "Boko Haram"}
	if !slices.Equal(names, want) {
		t.Errorf("described are %q, not %q", names, want)
	}
}

package loader

import (
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// Law 10: what a load links of two data sets does not depend on which came first, and can be taken back. Left to a
// person are people of whom only the names agree, and whoever might be several.
func TestLinkingInAnyOrder(t *testing.T) {
	named := func(dataset, id, kind, name string, values map[string]string) *schema.Record {
		r := &schema.Record{
			Kind: schema.EntityRecord, Dataset: dataset, Subject: schema.Ref{ID: id, Type: kind},
			Values: map[string][]schema.Value{"name": {{Text: name}}},
		}
		for property, value := range values {
			r.Values[property] = []schema.Value{{Text: value}}
		}
		return r
	}
	commands := func(dataset, who, unit string) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Dataset: dataset, Predicate: "commands",
			Subject: schema.Ref{ID: who}, Object: schema.Ref{ID: unit},
		}
	}
	article := []*schema.Record{
		named("article", "diri", "Person", "Ahmed Diri", map[string]string{"rank": "Col."}),
		named("article", "brigade", "Unit", "5th Ardonian Brigade", nil),
		commands("article", "diri", "brigade"),
		named("article", "roe", "Person", "Jo Roe", nil),
		named("article", "fort", "Location", "Fort Lonely", nil),
		named("article", "raid", "Event", "Raid on Fort Lonely", nil),
	}
	sheet := []*schema.Record{
		named("sheet", "diri", "Person", "Ahmed Diri", map[string]string{"rank": "Colonel"}),
		named("sheet", "brigade", "Unit", "5th Ardonian Brigade", nil),
		commands("sheet", "diri", "brigade"),
		named("sheet", "roe", "Person", "Jo Roe", nil),
		named("sheet", "fort", "Location", "Fort Lonely", nil),
		named("sheet", "other-fort", "Location", "Fort Lonely", nil),
		named("sheet", "raid", "Event", "Raid on Fort Lonely", nil),
	}
	var exports []string
	inOrder := func(first, second []*schema.Record) {
		t.Run("", func(t *testing.T) {
			b := newBench(t)
			b.load(first, Options{})
			b.load(second, Options{})
			apart := b.canonical()
			var between []string
			for _, records := range [][]*schema.Record{first, second} { // what is decided is not decided twice
				for _, d := range b.load(records, Options{Link: 0.99}).Linked {
					between = append(between, strings.Join(d.Between, " "))
					if d.Why == "" || d.Session != "link:article+sheet" {
						t.Errorf("no reason, or another session: %+v", d)
					}
					if strings.ContainsAny(d.Why, ":“\"") || strings.Contains(d.Why, "Col") || strings.Contains(d.Why, "Brigade") {
						t.Errorf("the reason %q holds values, which may be marked", d.Why)
					}
				}
			}
			b.clean("linked")
			exports = append(exports, b.canonical())
			want := []string{"orbat:article/#brigade orbat:sheet/#brigade", "orbat:article/#diri orbat:sheet/#diri"}
			if !slices.Equal(between, want) {
				t.Errorf("linked %q, want %q", between, want)
			}
			decisions, err := b.Decisions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var keys []string
			for _, d := range decisions {
				keys = append(keys, d.Key)
			}
			if _, err := b.Undo(t.Context(), keys); err != nil {
				t.Fatal(err)
			}
			b.holds("taken back", apart)
			b.remove("article")
			b.remove("sheet")
			b.load(first, Options{Link: 0.99})
			b.load(second, Options{Link: 0.99})
			exports = append(exports, b.canonical())
		})
	}
	inOrder(article, sheet)
	inOrder(sheet, article)
	for _, export := range exports {
		if export != exports[0] {
			t.Errorf("article then sheet is not sheet then article:\n%s\n%s", exports[0], export)
		}
	}
}

package text

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestStrikeArticle holds the names and the traps of an article, whose gold stands beside the repository: names are
// compared by their exact span.
func TestStrikeArticle(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "data")
	content, err := os.ReadFile(filepath.Join(folder, "strike-article.txt"))
	if err != nil {
		t.Skip("no shared data")
	}
	var gold struct {
		Mentions []struct {
			Type, Kind, Text string
			Begin, End       int
		}
	}
	data, err := os.ReadFile(filepath.Join(folder, "gold", "strike-article.json"))
	if err == nil {
		err = json.Unmarshal(data, &gold)
	}
	if err != nil {
		t.Fatal(err)
	}
	reading := readText(t, string(content), Options{Published: "2023-07-09"})
	type key struct {
		begin, end int
	}
	want := map[key]string{}
	for _, m := range gold.Mentions {
		if m.Kind == "name" && m.Type != "Temporal" && m.Type != "MilitaryPlatform" {
			want[key{m.Begin, m.End}] = m.Text
		}
	}
	right, said := 0, 0
	for _, m := range reading.Mentions {
		if m.Entity == nil || m.Demonym || m.Type == "Equipment" {
			continue
		}
		said++
		if want[key{m.Begin, m.End}] != "" || want[key{m.Begin - len("the "), m.End}] != "" {
			right++
			delete(want, key{m.Begin, m.End})
			delete(want, key{m.Begin - len("the "), m.End})
		} else {
			t.Logf("not a name: %q", m.surface)
		}
	}
	t.Logf("%d right of %d, missed %v", right, said, want)
	f1 := 2 * float64(right) / float64(said+right+len(want))
	if f1 < .85 {
		t.Errorf("names of people, organisations and places: F1 %.2f", f1)
	}
	for _, s := range reading.Statements {
		from := ""
		if s.From.Entity != nil {
			from = s.From.Entity.Name
		}
		if (s.Relation == "carried_out" && from == "US Central Command") || from == "Getty Images" ||
			s.Relation == "opposes" {
			t.Errorf("must not be said: %s", s)
		}
	}
}

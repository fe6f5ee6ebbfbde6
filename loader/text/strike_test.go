package text

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orbat/schema"
)

// strikeGold is what a careful reader finds in an article.
type strikeGold struct {
	Mentions []struct {
		ID, Entity, Type, Kind, Text string
		Begin, End                   int
	}
	Relations []struct{ Type, Source, Target, Status string }
}

func readStrike(t *testing.T) (*strikeGold, *Reading) {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "data")
	content, err := os.ReadFile(filepath.Join(folder, "strike-article.txt"))
	if err != nil {
		t.Skip("no shared data")
	}
	var gold strikeGold
	data, err := os.ReadFile(filepath.Join(folder, "gold", "strike-article.json"))
	if err == nil {
		err = json.Unmarshal(data, &gold)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &gold, readText(t, string(content), Options{Published: "2023-07-09"})
}

// entity returns the gold's name of what a reading names.
func (g *strikeGold) entity(e *Entity) string {
	for _, exactly := range []bool{true, false} {
		for _, m := range g.Mentions {
			text := strings.TrimPrefix(m.Text, "the ")
			for _, form := range append([]string{e.Name}, e.Forms...) {
				if text == form || strings.TrimPrefix(text, e.Rank+" ") == form ||
					!exactly && m.Type == "MilitaryPlatform" && strings.Contains(text, form) { // "three US MQ-9 Reaper drones"
					return m.Entity
				}
			}
		}
	}
	return e.Name
}

func (g *strikeGold) event(e *Event) string {
	for _, m := range g.Mentions {
		if m.Type == "Event" && e.Overlaps(m.Begin, m.End) {
			return m.Entity
		}
	}
	return e.trigger
}

// says returns the relations of the gold that a statement says; none for what the gold has no word for. Types are
// mapped so: carried_out is conductedBy, and what its event did to others (killed, harassed) from the agent;
// affected_by is killed, harassed or targetedPerson by its outcome, from the event or its agents; located_at is
// locatedAt of the event or of its victims; used_in is used; date is onDate; member_of is memberOf, and so is commands,
// beside itself; opposes is fightingAgainst.
func (g *strikeGold) says(s *Statement) (keys []string) {
	key := func(kind, from, to string) { keys = append(keys, kind+" "+from+" "+to) }
	outcomes := map[string]string{"killed": "killed", "harassed": "harassed", "targeted": "targetedPerson"}
	end := func(e End) string {
		if e.Event != nil {
			return g.event(e.Event)
		}
		return g.entity(e.Entity)
	}
	switch s.Relation {
	case "carried_out":
		key("conductedBy", end(s.To), end(s.From))
		for p, outcome := range s.To.Event.patients {
			key(outcomes[outcome], end(s.From), g.entity(p))
		}
	case "affected_by":
		key(outcomes[s.Qualifiers["outcome"]], end(s.To), end(s.From))
		for _, a := range s.To.Event.agents {
			key(outcomes[s.Qualifiers["outcome"]], g.entity(a), end(s.From))
		}
	case "located_at":
		key("locatedAt", end(s.From), end(s.To))
		if s.From.Event != nil {
			for p := range s.From.Event.patients {
				key("locatedAt", g.entity(p), end(s.To))
			}
		}
	case "used_in":
		key("used", end(s.To), end(s.From))
	case "date":
		key("onDate", end(s.From), s.Value)
	case "member_of":
		key("memberOf", end(s.From), end(s.To))
	case "commands":
		key("memberOf", end(s.From), end(s.To))
		key("commands", end(s.From), end(s.To))
	case "opposes":
		key("fightingAgainst", end(s.From), end(s.To))
	}
	return keys
}

// TestStrikeRelations holds the relations of the article, each counted once, against those of the gold that it asserts;
// sameAs is left out, as it says which mentions are one, and is no relation of the reader's.
func TestStrikeRelations(t *testing.T) {
	gold, reading := readStrike(t)
	entities := map[string]string{}
	for _, m := range gold.Mentions {
		entities[m.ID] = m.Entity
	}
	want := map[string]bool{}
	for _, r := range gold.Relations {
		if r.Status == "asserted" && r.Type != "sameAs" {
			want[r.Type+" "+entities[r.Source]+" "+entities[r.Target]] = false
		}
	}
	said := map[string]bool{}
	for _, s := range reading.Statements {
		keys := gold.says(s)
		if len(keys) == 0 || s.Assertion != schema.Asserted {
			continue
		}
		right := false
		for _, key := range keys {
			if _, ok := want[key]; ok {
				want[key], right = true, true
			}
		}
		said[keys[0]] = right
		if !right {
			t.Logf("not in the gold: %s", s)
		}
	}
	found, right := 0, 0
	for key, ok := range want {
		if ok {
			found++
		} else {
			t.Logf("not found: %s", key)
		}
	}
	for _, ok := range said {
		if ok {
			right++
		}
	}
	precision, recall := float64(right)/float64(len(said)), float64(found)/float64(len(want))
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("precision %d of %d, recall %d of %d, F1 %.3f", right, len(said), found, len(want), f1)
	if f1 < .75 {
		t.Errorf("relations: F1 %.3f", f1)
	}
}

// TestStrikeArticle holds the names and the traps of an article, whose gold stands beside the repository: names are
// compared by their exact span.
func TestStrikeArticle(t *testing.T) {
	gold, reading := readStrike(t)
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
	if f1 < .90 {
		t.Errorf("names of people, organisations and places: F1 %.2f", f1)
	}
	for _, s := range reading.Statements {
		from := ""
		if s.From.Entity != nil {
			from = s.From.Entity.Name
		}
		if (s.Relation == "carried_out" && from == "US Central Command") || from == "Getty Images" ||
			s.Relation == "opposes" && (from == "Russia" || s.To.Entity.Name == "Russia") {
			t.Errorf("must not be said: %s", s)
		}
	}
}

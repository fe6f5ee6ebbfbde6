package queries_test

import (
	"strings"
	"testing"

	"orbat/queries"
)

// TestRequests: a plain question around a known name takes four requests at most: the name is looked up, the DQL asked,
// what is denied anywhere looked at, and what was found described. Claims are read only where filters or evidence ask
// for them, or some may be denied, and decisions with them.
func TestRequests(t *testing.T) {
	s := newSession(t)
	s.loadExample()
	for _, c := range []struct {
		query, args string
		most        int
	}{
		{"ego-network", "entity=CENTCOM", 4},
		{"ego-network", "entity=US Central Command", 4},
		{"ego-network", "entity=orbat:strike-2023/#centcom", 4},
		{"subordinate-tree", "unit=CENTCOM|depth=1", 4},
		{"chain-of-command-up", "entity=Michael Kurilla|depth=1", 4},
		{"event-network", "event=orbat:strike-2023/#strike", 4},
		{"search-entity", "text=CENTCOM", 4}, // it also looks for words of names
		{"ego-network", "entity=CENTCOM|as_of=2023", 5},
		{"commanders-of-unit", "unit=CENTCOM", 5},
		{"career", "person=Michael Kurilla|as_of=2023|min_confidence=10", 5},
	} {
		for _, full := range []bool{false, true} {
			sent := 0
			ask := queries.Ask{Full: full, Sent: func(string, map[string]string) { sent++ }}
			result, err := s.Run(t.Context(), c.query, params(strings.Split(c.args, "|")...), ask)
			if err != nil {
				t.Fatal(c.query, c.args, err)
			}
			if sent > c.most || sent != result.Cost.Requests {
				t.Errorf("%s %s took %d requests, %d by its cost; at most %d are wanted", c.query, c.args, sent,
					result.Cost.Requests, c.most)
			}
			if len(result.Nodes) < 2 {
				t.Errorf("%s %s finds nothing", c.query, c.args)
			}
		}
	}
}

package schema

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	known := []string{"gexf", "gexf12", "table", "tree", "Organisation", "node-link", "Шойгу"}
	for word, want := range map[string]string{
		"gexf": "gexf", "GEFX": "gexf", "gefx": "gexf", "gex": "gexf", "tabel": "table", "treee": "tree",
		"Organization": "Organisation", "organisatoin": "Organisation", "nodelink": "node-link", "Шоигу": "Шойгу",
		"": "", "t": "", "tarot": "", "efgx": "", "spreadsheet": "", strings.Repeat("x", 1<<20): "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", Shorten(word), got, want)
		}
	}
	if got := Nearest("rol", []string{"role", "roll"}); got != "role" {
		t.Errorf("of equals, %q and not the first", got)
	}
}

func TestDidYouMean(t *testing.T) {
	for _, test := range [][3]string{
		{"role", "", "did you mean role?"},
		{"role", "see the list", "did you mean role? see the list"},
		{"", "see the list", "see the list"},
		{"", "", ""},
	} {
		if got := DidYouMean(test[0], test[1]); got != test[2] {
			t.Errorf("%q, want %q", got, test[2])
		}
	}
}

package encode

import (
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	for _, e := range All() {
		if found, err := Find(e.Name); err != nil || found.Name != e.Name {
			t.Errorf("Find(%q) gives %q, %v", e.Name, found.Name, err)
		}
		if e.Extension == "" || e.MIME == "" || e.Doc == "" || readers()[e.Name] == nil {
			t.Errorf("%s lacks an extension, MIME type, line of help or reader in the tests", e.Name)
		}
	}
	for name, near := range map[string]string{
		"gefx": "gexf", "GEXF": "gexf", "GraphMl": "graphml", "nodelink": "node-link", "": "",
		"spreadsheet": "",
	} {
		_, err := Find(name)
		var unknown *UnknownFormatError
		if !errors.As(err, &unknown) || unknown.Near != near {
			t.Errorf("Find(%q) gives %v, want %q to be near", name, err, near)
			continue
		}
		for _, e := range All() {
			if !strings.Contains(err.Error(), e.Name) {
				t.Errorf("Find(%q) gives %q, which does not name %s", name, err, e.Name)
			}
		}
		if want := "did you mean " + near + "?"; near != "" && unknown.Hint != want {
			t.Errorf("Find(%q) hints %q, want %q", name, unknown.Hint, want)
		}
	}
}

// TestColumns: names are unique, none is one that a format uses for something else, and the package's documentation
// explains each.
func TestColumns(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var nodes, edges []string
	for _, c := range nodeColumns() {
		nodes = append(nodes, c.name)
	}
	for _, c := range edgeColumns() {
		edges = append(edges, c.name)
	}
	for of, names := range map[string][]string{"node": nodes, "edge": edges} {
		reserved := []string{"id", "value", "parent", "pid", "weight", "start", "end", "color", "size", "x", "y", "z"}
		if of == "edge" {
			reserved = append(reserved, "source", "target", "key", "from", "to", "interaction", "kind", "type", "name")
		}
		for i, name := range names {
			if slices.Contains(names[:i], name) || slices.Contains(reserved, name) {
				t.Errorf("%s column %s comes twice, or is reserved", of, name)
			}
			if !regexp.MustCompile(`(?m)^//\t(\w+, )*` + name + `\b`).Match(doc) {
				t.Errorf("%s column %s is not in doc.go", of, name)
			}
		}
	}
}

func TestSpan(t *testing.T) {
	for _, c := range []struct{ period, from, to, precision, start, end string }{
		{"", "", "", "", "", ""},
		{"rubbish", "", "", "", "", ""},
		{"2014", "2014-01-01", "2014-12-31", "year", "2014-01-01T00:00:00.000Z", "2014-12-31T23:59:59.999Z"},
		{"2014-02", "2014-02-01", "2014-02-28", "month", "2014-02-01T00:00:00.000Z", "2014-02-28T23:59:59.999Z"},
		{"2014-08-01", "2014-08-01", "2014-08-01", "day", "2014-08-01T00:00:00.000Z", "2014-08-01T23:59:59.999Z"},
		{
			"2014-08-01T09:30Z", "2014-08-01T09:30:00Z", "2014-08-01T09:30:59Z", "minute", "2014-08-01T09:30:00.000Z",
			"2014-08-01T09:30:59.999Z",
		},
		{
			"2014-08-01T09:30:15.123456789Z", "2014-08-01T09:30:15Z", "2014-08-01T09:30:15Z", "second", "2014-08-01T09:30:15.123Z",
			"2014-08-01T09:30:15.124Z",
		},
		{"2014/2016-05", "2014-01-01", "2016-05-31", "year/month", "2014-01-01T00:00:00.000Z", "2016-05-31T23:59:59.999Z"},
		{"2022-04-01/..", "2022-04-01", "", "day/..", "2022-04-01T00:00:00.000Z", ""},
		{"../2014-08", "", "2014-08-31", "../month", "", "2014-08-31T23:59:59.999Z"},
		{"/2014", "", "2014-12-31", "/year", "", "2014-12-31T23:59:59.999Z"},
		{"2014/", "2014-01-01", "", "year/", "2014-01-01T00:00:00.000Z", ""},
		{"~2010/", "", "", "before/", "", ""}, // first cited in 2010: the begin has no lower bound
		{"2010~/..", "2010-01-01", "", "after/..", "2010-01-01T00:00:00.000Z", ""},
		{"2014-08~2014-10", "2014-08-01", "2014-10-31", "range", "2014-08-01T00:00:00.000Z", "2014-10-31T23:59:59.999Z"},
	} {
		s := newSpan(c.period)
		start, end := s.instants()
		if s.from() != c.from || s.to() != c.to || s.precision() != c.precision || start != c.start || end != c.end {
			t.Errorf("%q: from %q to %q, precision %q, start %q end %q; want %q %q, %q, %q %q",
				c.period, s.from(), s.to(), s.precision(), start, end, c.from, c.to, c.precision, c.start, c.end)
		}
	}
}

func TestNameToken(t *testing.T) {
	for id, want := range map[string]string{
		"stix:identity--1": "stix:identity--1",
		"orbat:a/#b c":     "orbat:a_x002F__x0023_b_x0020_c",
		"x:a_b":            "x:a_b",
		"x:a_x0020_b":      "x:a_x005F_x0020_b",
		"x:Шойгу":          "x:Шойгу",
		"x:🛩":              "x:_x0001F6E9_",
		"x:\ufffe":         "x:_xFFFE_",
	} {
		if got := nameToken(id); got != want {
			t.Errorf("nameToken(%q) = %q, want %q", id, got, want)
		}
	}
}

func TestPoint(t *testing.T) {
	for geo, want := range map[string]point{
		`{"type":"Point","coordinates":[36.75,-34.5]}`:                 {latitude: "-34.5", longitude: "36.75"},
		`{"type":"Point","coordinates":[0,1e-7]}`:                      {latitude: "0.0000001", longitude: "0"},
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`: {},
		`{"type":"Point","coordinates":[]}`:                            {},
		`{"type":"Point","coordinates":"x"}`:                           {},
		`rubbish`:                                                      {},
	} {
		if got := firstPoint([]string{"", geo}); got != want {
			t.Errorf("%s is at %+v, want %+v", geo, got, want)
		}
	}
}

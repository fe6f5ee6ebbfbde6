package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"

	"orbat/queries"
)

// TestTablesFit: whatever is in the cells, no line is wider than the terminal, all lines of a table are equally wide,
// and nothing of a cell is lost.
func TestTablesFit(t *testing.T) {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "commander", "第一空挺団", "القيادة", "Хмеймим", "2019-10/~2022-04-01", "orbat:strike-2023/#centcom", "e\u0301te\u0301", "한국어",
		"x\ty", "\u200b", strings.Repeat("w", 70),
	}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(20, 140).Draw(t, "width")
		columns := []string{"to", "役割", "period", "sources", "quote or place"}[:rapid.IntRange(1, 5).Draw(t, "columns")]
		var rows [][]string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			var row []string
			for range columns {
				row = append(row, strings.Join(words.Draw(t, "cell"), " "))
			}
			rows = append(rows, row)
		}
		lines := strings.Split(strings.TrimSuffix(printed(t, width, columns, rows), "\n"), "\n")
		boxed := strings.HasPrefix(lines[0], "┌")
		for _, line := range lines {
			if w := text.StringWidthWithoutEscSequences(line); w > width || boxed && w != text.StringWidthWithoutEscSequences(lines[0]) {
				t.Errorf("%d of %d wide: %q", w, width, line)
			}
		}
		// Letters are kept, in their order within a column; with one column they can be read back.
		if len(columns) == 1 {
			var kept strings.Builder
			for _, line := range lines {
				if !boxed || strings.HasPrefix(line, "│") {
					kept.WriteString(strings.NewReplacer("│", "", " ", "").Replace(line))
				}
			}
			want := ""
			for _, row := range rows {
				if row[0] != "" || boxed {
					want += strings.Join(strings.Fields(clean(row[0])), "")
				}
			}
			if boxed {
				want = columns[0] + want
			}
			if boxed && kept.String() != want {
				t.Errorf("%q, want %q", kept.String(), want)
			}
		}
	})
}

// TestTablesBreakWordsLast: lines end between words, a period's at its slash; a date and a word are broken nowhere, but
// for keys and addresses, which are too long for a column. Where that does not fit, rows stand below each other.
func TestTablesBreakWordsLast(t *testing.T) {
	columns := []string{"relation", "to", "role", "rank", "period", "confidence", "sources"}
	rows := [][]string{
		{"commands", "XVIII Airborne Corps", "commander", "Lieutenant General", "2019-10/~2022-04-01", "85", "President Joe Biden nominates"},
		{"subordinate_to", "US Central Command", "deputy commander", "General", "~2023-07-09/2023-07-09~", "95", "Press report, 2023-07-09"},
		{"posted_to", "Counter-Terrorism Wing", "clerk", "", "2014-06~2014-08/..", "9", "x"},
		{"posted_to", "b", "c", "", "../2013-12-31", "9", "91FV4KU1SBNIPF65MGDHM6I598.86AAGO86MU9GFF8S822R9S2RVK"},
	}
	for width := 20; width <= 200; width += 3 {
		var out bytes.Buffer
		a := &app{out: &output{w: &out}, columns: width}
		a.printTable(columns, slices.Clone(rows))
		boxed := strings.HasPrefix(out.String(), "┌")
		if boxed != (width >= 100) {
			t.Errorf("%d columns: a table is %t", width, boxed)
		}
		for _, piece := range []string{
			"Airborne", "commander", "Lieutenant", "2019-10/", "~2022-04-01", "~2023-07-09/", "2023-07-09~", "2014-06~", "2014-08/..",
			"../2013-12-31", "confidence", "President", "Terrorism", "subordinate",
		} {
			if width >= 32 && !strings.Contains(out.String(), piece) {
				t.Errorf("%d columns break %s:\n%s", width, piece, out.String())
			}
		}
	}
	for word, want := range map[string]string{
		"2022-04-01/2025-08-08": "2022-04-01/ 2025-08-08", "2014-09-01/..": "2014-09-01/..", "/~2022-07-21": "/~2022-07-21",
		"orbat:strike-2023/#centcom": "orbat:strike-2023/ #centcom", "well-known": "well- known", "MQ-9": "MQ-9", "a": "a", "": "",
	} {
		if got := strings.Join(pieces(word), " "); got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
}

func printed(t *rapid.T, width int, columns []string, rows [][]string) string {
	t.Helper()
	var out bytes.Buffer
	a := &app{out: &output{w: &out}, columns: width}
	a.printTable(columns, rows)
	return out.String()
}

// TestEvidenceBelow: each shape shows the claims behind a link right below it.
func TestEvidenceBelow(t *testing.T) {
	claim := func(key, period, quote string) *queries.Evidence {
		return &queries.Evidence{
			Key: key, Period: period, Assertion: "asserted",
			Cites: []queries.Citation{{Source: "x:s", Title: "Report", Publisher: "BBC", Quote: quote}},
		}
	}
	nodes := []*queries.Node{{XID: "x:1", Name: "第1旅団"}, {XID: "x:2", Name: "2nd Battalion"}, {XID: "x:3", Name: "3rd Company"}}
	up := &queries.Edge{
		ID: "e1", From: "x:2", Relation: "subordinate_to", To: "x:1",
		Evidence: []*queries.Evidence{claim("k1", "2019", "the quote of 2019"), claim("k2", "2021", "the quote of 2021")},
	}
	down := &queries.Edge{
		ID: "e2", From: "x:3", Relation: "subordinate_to", To: "x:2",
		Evidence: []*queries.Evidence{claim("k3", "", "a third quote, which is long enough to be wrapped where the terminal is narrow")},
	}
	edges := []*queries.Edge{up, down}
	for name, r := range map[string]*queries.Result{
		"tree":  {Shape: queries.TreeShape, Root: "x:1", Parents: []string{"x:1", "x:2"}, Nodes: nodes, Edges: edges},
		"graph": {Shape: queries.GraphShape, Nodes: nodes, Edges: edges},
		"path":  {Shape: queries.PathShape, Nodes: nodes, Edges: edges, Paths: [][]queries.Step{{{Edge: up}, {Edge: down}}}},
		"table": {
			Shape: queries.TableShape, Nodes: nodes, Edges: edges, Columns: []string{"unit", "period", "empty"},
			RowEdge: []string{"e1", "e1"}, RowClaims: []queries.RowClaims{up.Evidence[:1], up.Evidence[1:]},
			Rows: [][]string{{"2nd Battalion", "2019", ""}, {
				"2nd Battalion, once more and with a name so long that it takes two lines",
				"2021", "",
			}},
		},
		"map": {
			Shape: "map", Nodes: nodes, Edges: edges[:1], Columns: []string{"name", "point"},
			Rows: [][]string{{"A base", "35.4, 35.9"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			a := &app{out: &output{w: &out}, columns: 70}
			if err := a.printResult(r, "text", true); err != nil {
				t.Fatal(err)
			}
			for _, e := range r.Edges {
				for _, c := range e.Evidence {
					if n := strings.Count(strings.Join(strings.Fields(strings.ReplaceAll(out.String(), "│", "")), " "),
						strings.Fields(c.Cites[0].Quote)[2]); n == 0 {
						t.Errorf("%s is not shown", c.Cites[0].Quote)
					}
				}
			}
			compare(t, filepath.Join("testdata", "evidence", name+".txt"), out.Bytes())
		})
	}
}

// TestScreen: COLUMNS names the width; what goes into a pipe has none.
func TestScreen(t *testing.T) {
	a := &app{out: &output{w: &bytes.Buffer{}}}
	for columns, want := range map[string]int{"": 0, "90": 90, "5": 20, "wide": 0, "-1": 0} {
		t.Setenv("COLUMNS", columns)
		if got := a.screen(); got != want {
			t.Errorf("COLUMNS=%q: %s", columns, strconv.Itoa(got))
		}
	}
}

package encode

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/queries"
)

// awkwardTable has what spreadsheets calculate, readers of tables split at, and Markdown and HTML take for markup.
func awkwardTable() *queries.Table {
	names := []string{
		"plain", "=1+1", "+49 30", "-12", "@SUM(A1)", "a|b", `a\|b`, "a,b;c", "a\tb", "line\nbreak", "cr\r\nlf", `say "hi"`, "'quoted'",
		"<script>alert(1)</script>", "<b>", "&amp;", "&lt;", "*a* _b_ `c`", "[x](http://example.org)", "![x](y)", "https://example.org/a_b_c",
		"~~gone~~", "# head", "- item", "1. item", "| --- |", "\\", "\\\\", "$x$", "Ибрагим", "العربية", "漢字", "👩‍👩‍👧", "a\x00b", "a\x1bb",
		"\xff", "007", "2014-08~2014-10", "1e5", "TRUE", " led and followed ", "www.example.org", "a@example.org",
	}
	t := &queries.Table{Title: "orbat career", Columns: []string{"name", "held | then", "days", "date"}, Notes: []string{"=note"}}
	for i, name := range names {
		days := []string{"366", "", "0", "12"}[i%4]
		t.Rows = append(t.Rows, []string{name, "", days, "2014"})
	}
	t.Rows = append(t.Rows, []string{strings.Repeat("long ", 10_000), "possibly", "1", "2014/2016-05"})
	return t
}

// TestTablesRead has the programs that people open tables with read them, and compares every cell.
func TestTablesRead(t *testing.T) {
	spread := func(s string) string { return tame(valid(s)) }
	for _, c := range []struct {
		library, format string
		cell            func(string) string
	}{
		{"csv", "csv", func(s string) string { return spread(s) }},
		{"csv", "tsv", func(s string) string { return tame(oneLine(valid(s))) }},
		{"openpyxl", "xlsx", sheetText},
		{"marked", "markdown", func(s string) string { return oneLine(valid(s)) }},
	} {
		t.Run(c.library+" "+c.format, func(t *testing.T) {
			t.Parallel()
			encoder, is := FindTable(c.format)
			if !is {
				t.Fatal("no such encoder")
			}
			var out bytes.Buffer
			if err := encoder.Encode(&out, awkwardTable()); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "table"+encoder.Extension)
			if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			var program *exec.Cmd
			if c.library == "marked" {
				program = exec.CommandContext(t.Context(), nodeWith(t, c.library)[0], filepath.Join("testdata", "read_table.cjs"), file)
			} else {
				program = exec.CommandContext(t.Context(), pythonWith(t, c.library)[0], filepath.Join("testdata", "read_table.py"),
					c.library, c.format, file)
			}
			program.Env = append(os.Environ(), "ORBAT_TEST_NPM="+npmFolder(t))
			var said bytes.Buffer
			program.Stderr = &said
			answer, err := program.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, said.String())
			}
			var got [][]any
			if err := json.Unmarshal(answer, &got); err != nil {
				t.Fatal(err)
			}
			table := awkwardTable()
			want := append([][]string{table.Columns}, table.Rows...)
			if len(got) != len(want) {
				t.Fatalf("%d rows, want %d", len(got), len(want))
			}
			for n, row := range want {
				for i, cell := range row {
					read := got[n][i]
					if number, is := read.(float64); is && n > 0 && i == 2 {
						read = strings.TrimSuffix(strings.TrimSuffix(jsonText(t, number), ".0"), "\n")
					} else if is {
						t.Errorf("row %d: %q came as a number", n, cell)
					}
					text, _ := read.(string)
					if c.format == "csv" { // Python's csv module ends a quoted line break as it stands
						text = strings.ReplaceAll(text, "\r\n", "\n")
						cell = strings.ReplaceAll(cell, "\r\n", "\n")
					}
					if c.format == "xlsx" { // XML has one line break
						text = strings.ReplaceAll(text, "_x000D_", "\r")
					}
					if want := c.cell(cell); text != want {
						t.Errorf("row %d: %q is read as %q, want %q", n, cell, text, want)
					}
				}
			}
		})
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A table without rows has its head in every format.
func TestTablesWithoutRows(t *testing.T) {
	t.Parallel()
	for _, encoder := range Tables() {
		var out bytes.Buffer
		if err := encoder.Encode(&out, &queries.Table{Columns: []string{"from", "to"}}); err != nil || out.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", encoder.Name, out.Len(), err)
		}
	}
}

// A graph, a tree and paths become rows of links; an answer's own rows stay, with the sources of each.
func TestTableOfResult(t *testing.T) {
	t.Parallel()
	cite := func(title string) []*queries.Evidence {
		return []*queries.Evidence{{Period: "2014", Cites: []queries.Citation{{Title: title, Publisher: "Daily", Reliability: "B"}}}}
	}
	a, b := &queries.Edge{ID: "1", From: "x:a", Relation: "commands", To: "x:b", Evidence: cite("One"), Possible: true},
		&queries.Edge{ID: "2", From: "x:c", Relation: "subordinate_to", To: "x:b", Evidence: cite("Two")}
	nodes := []*queries.Node{{XID: "x:a", Name: "A"}, {XID: "x:b", Name: "B"}, {XID: "x:c", Name: "C"}}
	for _, c := range []struct {
		shape queries.Shape
		rows  []string
	}{
		{queries.GraphShape, []string{"A|commands|B|possibly|One, Daily, reliability B", "C|subordinate_to|B||Two, Daily, reliability B"}},
		{queries.TreeShape, []string{"1|A|commands|B|possibly|One, Daily, reliability B", "2|C|subordinate_to|B||Two, Daily, reliability B"}},
		{queries.PathShape, []string{"1|1|A|commands|B|possibly|One, Daily, reliability B", "1|2|C|subordinate_to|B||Two, Daily, reliability B"}},
	} {
		r := &queries.Result{
			Shape: c.shape, Nodes: nodes, Edges: []*queries.Edge{a, b}, Root: "x:a", Parents: []string{"x:a", "x:b"},
			Paths: [][]queries.Step{{{Edge: a, Forward: true}, {Edge: b}}},
		}
		table := r.Table()
		for i, row := range table.Rows {
			if len(row) != len(table.Columns) {
				t.Fatalf("%s: %d cells, %d columns", c.shape, len(row), len(table.Columns))
			}
			var said []string
			for n, cell := range row {
				if slices.Contains([]string{"path", "step", "level", "from", "relation", "to", "possible", "sources"}, table.Columns[n]) {
					said = append(said, cell)
				}
			}
			if got := strings.Join(said, "|"); got != c.rows[i] {
				t.Errorf("%s: %s, want %s", c.shape, got, c.rows[i])
			}
		}
	}
	r := &queries.Result{
		Columns: []string{"who", "period"}, Rows: [][]string{{"A", "2014"}, {"B", ""}}, RowEdge: []string{"1", ""},
		Nodes: nodes, Edges: []*queries.Edge{a},
	}
	if got := jsonText(t, r.Table().Rows); got != `[["A","2014","One, Daily, reliability B"],["B","",""]]` {
		t.Error(got)
	}
	two := append(cite("One"), cite("Two")...)
	two[0].Key, two[1].Key = "k1", "k2"
	r.Edges = []*queries.Edge{{ID: "1", From: "x:a", To: "x:b", Evidence: two}}
	r.RowClaims = []queries.RowClaims{two[1:], nil}
	if got := jsonText(t, r.Table().Rows); got != `[["A","2014","Two, Daily, reliability B"],["B","",""]]` {
		t.Errorf("a row that rests on one of two claims: %s", got)
	}
}

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"orbat/queries"
)

// TestTimeline draws made-up rows on screens of several widths. Each golden in testdata/timeline is one chart.
func TestTimeline(t *testing.T) {
	confidence := 90
	edge := &queries.Edge{ID: "e1", From: "x:1", Relation: "commands", To: "x:2", Evidence: []*queries.Evidence{
		{
			Key: "k1", Period: "2019-10/~2022-04-01", Assertion: "asserted", Confidence: &confidence,
			Cites: []queries.Citation{{Source: "x:s", Title: "Report", Quote: "took command"}},
		},
		{Key: "k2", Period: "2023", Assertion: "asserted", Cites: []queries.Citation{{
			Source: "x:s", Title: "Report",
			Quote: "of another time",
		}}},
	}}
	career := &queries.Result{
		Shape: "timeline", Columns: []string{"relation", "to", "role", "period"},
		Rows: [][]string{
			{"commands", "XVIII Airborne Corps", "commander", "2019-10/~2022-04-01"},
			{"commands", "US Central Command", "", "2022-04-01/.."},
			{"posted_to", "第一空挺団", "連絡官", "../2016"},
			{"posted_to", "القيادة المركزية", "", "/2014-08"},
			{"posted_to", "Somewhere", "", "2018/"},
			{"posted_to", "Within a year, nobody knows when", "", "2017"},
			{"posted_to", "A day", "", "2020-02-29"},
			{"member_of", "US Army", "", ""},
			{"member_of", "A date that\x1b[31m nobody reads", "", "soon"},
			{"always", "", "", "../.."},
		},
		RowEdge: []string{"e1"}, RowClaims: []queries.RowClaims{edge.Evidence[:1]}, Edges: []*queries.Edge{edge},
		Nodes: []*queries.Node{{XID: "x:1", Name: "A"}, {XID: "x:2", Name: "B"}},
	}
	events := &queries.Result{Shape: "timeline", Columns: []string{"date", "event"}, Rows: [][]string{
		{"2023-07-06", "Drones harassed"}, {"2023-07-07", "Strike"}, {"2023-07-09", "Statement"}, {"2023-07", "Some time in July"},
	}}
	one := &queries.Result{Shape: "timeline", Columns: []string{"date", "event"}, Rows: [][]string{{"2023-07-07", "Strike"}}}
	long := &queries.Result{
		Shape: "timeline", Columns: []string{"period", "what"},
		Rows: [][]string{{"0800/1806", "An empire"}, {"1756/1763", "A war"}, {"1914-07-28/1918-11-11", "Another"}},
	}
	for _, c := range []struct {
		name     string
		result   *queries.Result
		columns  int
		evidence bool
	}{
		{"career-120", career, 120, false},
		{"career-80-evidence", career, 80, true},
		{"career-60", career, 60, false},
		{"events-100", events, 100, false},
		{"one-80", one, 80, false},
		{"centuries-80", long, 80, false},
		{"nothing", &queries.Result{Shape: "timeline", Columns: []string{"period"}}, 80, false},
		{"undated", &queries.Result{Shape: "timeline", Columns: []string{"period", "what"}, Rows: [][]string{{"", "x"}}}, 80, false},
		{"no-time", &queries.Result{Shape: "timeline", Columns: []string{"what"}, Rows: [][]string{{"x"}}}, 80, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			a := &app{out: &output{w: &out}, columns: c.columns}
			if err := a.printResult(c.result, "text", c.evidence); err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(out.String(), "\n") {
				if w := text.StringWidthWithoutEscSequences(line); w > c.columns {
					t.Errorf("%d wide: %s", w, line)
				}
			}
			if strings.Contains(out.String(), "\x1b") {
				t.Error("a control character of the data")
			}
			compare(t, filepath.Join("testdata", "timeline", c.name+".txt"), out.Bytes())
		})
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs, %v:\n%s", file, err, got)
	}
}

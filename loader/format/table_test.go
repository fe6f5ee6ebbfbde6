package format

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"orbat/loader/format/input"
	"orbat/schema"
)

func TestRows(t *testing.T) {
	for _, test := range []struct {
		what, name, content string
		opts                Options
		want                string
	}{
		{
			"names as they stand", "x.csv", byteOrderMark + " Name ,\"a, b\",,Name\nx,,y,\"1\n2\"\n",
			Options{},
			"1:Name|a, b||Name\n2:x||y|1\n2",
		},
		{"blank rows", "x.csv", "\n ,\nA,B\n\n,,,\n , \n1,2\n", Options{}, "3:A|B\n7:1|2"},
		{"cells as they stand", "x.csv", "A,B\n 007 ,\"\"\"x\"\"\"\n", Options{}, "1:A|B\n2: 007 |\"x\""},
		{
			"another width", "x.csv", "A,B\n1\n1,2,3\n1,2\n",
			Options{},
			"1:A|B\n2!: 1 cells; the header has 2\n3!: 3 cells; the header has 2\n4:1|2",
		},
		{
			"semicolons", "x.csv", "Name (last, first);Rank;Unit\nLee, Ann;Major;1\n",
			Options{},
			"1:Name (last, first)|Rank|Unit\n2:Lee, Ann|Major|1",
		},
		{"quoted delimiters", "x.csv", "\"a;b;c\",d\n1,2\n", Options{}, "1:a;b;c|d\n2:1|2"},
		{"tabs in .csv", "x.csv", "a\tb\n1\t2\n", Options{}, "1:a|b\n2:1|2"},
		{"tabs", "x.tab", "a,b\tc\n1\t2\n", Options{}, "1:a,b|c\n2:1|2"},
		{"a delimiter", "x.csv", "a|b,c\n1|2\n", Options{Delimiter: "|"}, "1:a|b,c\n2:1|2"},
		{"a named delimiter", "x.csv", "a,b\tc\n1\t2\n", Options{Delimiter: "tab"}, "1:a,b|c\n2:1|2"},
		{"one column", "x.csv", "a\n1\n", Options{}, "1:a\n2:1"},
		{"no name tells", "-", "Rank,Name\nMajor,A\n", Options{}, "1:Rank|Name\n2:Major|A"},
		{"no name tells of tabs", "-", "Rank\tName\nMajor\tA\n", Options{}, "1:Rank|Name\n2:Major|A"},
		{"a name that does not tell", "x.txt", "Rank\tName\nMajor\tA\n", Options{Format: "tsv"}, "1:Rank|Name\n2:Major|A"},
		{"only a header", "x.csv", "a,b", Options{}, "1:a|b"},
		{"a title above", "x.csv", "Units \"3\"\n\na,b\n1,2\n", Options{Header: 3}, "3:a|b\n4:1|2"},
		{"a title and no line", "x.csv", "Units\n\n\na;b\n1;2\n", Options{Header: 2}, "4:a|b\n5:1|2"},
		{
			"two header rows", "x.csv", ",Unit,,Losses,\nNo,Name,Size,killed,\n1,2,3,4,5\n",
			Options{HeaderRows: 2},
			"2:No|Unit Name|Unit Size|Losses killed|Losses\n3:1|2|3|4|5",
		},
		{"remarks", "x.csv", "# by hand\na,b\n #1,2\n3,#4\n\"# x\",\n", Options{Comments: "#"}, "2:a|b\n4:3|#4"},
		{"no remarks", "x.tsv", "a\tb\n\t#4\n", Options{Comments: "#"}, "1:a|b\n2:|#4"},
		{"remarks of a workbook", "x.xlsx", workbookOfCSV("# by hand,\na,b\n,#4\n"), Options{Comments: "#"}, "2:a|b\n3:|#4"},
		{
			"two header rows of a workbook", "x.xlsx", workbookOfCSV("Title,\nGroup,\na,b\n1,2\n"),
			Options{Header: 2, HeaderRows: 2},
			"3:Group a|Group b\n4:1|2",
		},
		{"a workbook from input", "-", workbookOfCSV("a,b\n1,\n"), Options{}, "1:a|b\n2:1|"},
	} {
		rows, err := readRows(t, test.name, test.content, test.opts)
		if err != nil || rows != test.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.what, err, rows, test.want)
		}
	}
	for _, test := range []struct {
		name, content string
		opts          Options
		reason        string
	}{
		{"x.json", "{}", Options{}, "json is no table"},
		{"-", `{"type":"Person","name":"A"}`, Options{}, "ndjson is no table"},
		{"x.csv", "", Options{}, "the table is empty"},
		{"-", "\n", Options{}, "the table is empty"},
		{"x.csv", "\n,\n", Options{}, "the table is empty"},
		{"x.csv", "a,b\n1,\"2\n", Options{}, "the file ends within the quote opened in line 2"},
		{"x.csv", "a,\"b\"c\n", Options{}, "the header cannot be read"},
		{"x.csv", "a\xff\n", Options{}, "invalid UTF-8 in the header"},
		{"x.csv", "a\rb\r", Options{}, "CR alone"},
		{"x.csv", "a,b", Options{Delimiter: "::"}, "no single character"},
		{"x.csv", "a,b", Options{Delimiter: `"`}, "no single character"},
		{"x.csv", strings.Repeat("a", input.MaxRecord+1), Options{}, "the first line is longer"},
		{"x.doc", "a,b", Options{}, "unknown extension"},
		{"x.csv", "a,b", Options{Format: "doc"}, "unknown format"},
	} {
		_, err := readRows(t, test.name, test.content, test.opts)
		var known *ReadError
		if !errors.As(err, &known) || !strings.Contains(known.Reason, test.reason) || known.Hint == "" {
			t.Errorf("%.20q: %v", test.content, err)
		}
	}
	if got := Tables(); !slices.Equal(got, []string{"csv", "tsv", "xlsx"}) {
		t.Error(got)
	}
}

// TestRowsContract holds Rows to the contract of a reader on the samples of tables: order, positions, raw bytes,
// bounds, the end of the context, stopping early.
func TestRowsContract(t *testing.T) {
	each(t, func(t *testing.T, f Format, s sample, name string) {
		if !f.IsTable() {
			t.Skip("no table")
		}
		content := s.file(2000, fmt.Sprintf(s.good, 99))
		n := 0
		for row, err := range Rows(t.Context(), Stream(name, strings.NewReader(content)), Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if row.Pos.File != name+s.sheet || row.Pos.Line <= n || row.Pos.Column != 1 || len(row.Cells) != 4 || len(row.Raw) == 0 {
				t.Fatalf("%+v", row)
			}
			n++
		}
		if n != 2002 {
			t.Error(n, "rows")
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		seen := 0
		var last error
		for _, err := range Rows(ctx, Stream(name, strings.NewReader(content)), Options{}) {
			if last = err; seen == 5 {
				cancel()
			}
			seen++
		}
		if !errors.Is(last, context.Canceled) || seen > 7 {
			t.Errorf("%d rows, then %v", seen, last)
		}
		for _, err := range Rows(t.Context(), Stream(name, strings.NewReader(content)), Options{}) {
			if err != nil {
				t.Error(err)
			}
			break
		}
	})
}

// holdsRows checks the contract of Rows on any input, and gives how many came.
func holdsRows(t *testing.T, name string, content []byte, opts Options) int {
	t.Helper()
	over, width, line, rows := false, -1, 0, 0
	for row, err := range Rows(t.Context(), Stream(name, strings.NewReader(string(content))), opts) {
		var bad *schema.RecordError
		var ended *ReadError
		switch {
		case over:
			t.Fatalf("something follows the end: %v %v", row, err)
		case errors.As(err, &bad):
			if bad.Pos.Line <= line || bad.Reason == "" || bad.Hint == "" || len(bad.Raw) > input.MaxRaw || row.Cells != nil {
				t.Fatalf("rejected %+v", bad)
			}
			line = bad.Pos.Line
		case errors.As(err, &ended):
			if over = true; ended.Reason == "" {
				t.Fatalf("ended %+v", ended)
			}
		case err != nil:
			t.Fatalf("an error of type %T: %v", err, err)
		default:
			if width < 0 {
				width = len(row.Cells)
			}
			if len(row.Cells) != width || width == 0 || row.Pos.Line <= line || row.Pos.Column != 1 || len(row.Raw) == 0 ||
				len(row.Raw) > input.MaxRaw {
				t.Fatalf("row %+v after line %d, the header has %d cells", row, line, width)
			}
			line = row.Pos.Line
			rows++
		}
	}
	return rows
}

// TestNamedDelimiter: a line before the header that says what stands between the cells, as Excel writes it, is no row.
func TestNamedDelimiter(t *testing.T) {
	for text, want := range map[string]string{
		"sep=;\ntype;id;name\nPerson;a;Ann, Lee\n":       "2:type|id|name\n3:Person|a|Ann, Lee",
		"\"SEP=;\"\r\ntype;id;name\r\nPerson;a;Ann, Lee": "2:type|id|name\n3:Person|a|Ann, Lee",
		"Sep=|\ntype|id\nPerson|a;b\n":                   "2:type|id\n3:Person|a;b",
		"sep=\t\ntype\tid\nPerson\tsep=;\n":              "2:type|id\n3:Person|sep=;",
		"type,id\nsep=;,a\n":                             "1:type|id\n2:sep=;|a",
		"\n\nsep=,\n\ntype,id\n":                         "5:type|id",
	} {
		if rows, err := readRows(t, "t.csv", text, Options{}); err != nil || rows != want {
			t.Errorf("%q: %v\n%s\nwant\n%s", text, err, rows, want)
		}
	}
}

package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"orbat/loader/format/decode"
	"orbat/schema"
)

// seed gives the golden inputs of a format to a fuzz target.
func seed(f *testing.F, extensions ...string) {
	f.Helper()
	for _, ext := range extensions {
		paths, err := filepath.Glob(filepath.Join("testdata", "golden", "*"+ext))
		if err != nil || len(paths) == 0 {
			f.Fatal("no seeds", ext, err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
}

func FuzzNDJSON(f *testing.F) {
	seed(f, ".ndjson")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in.ndjson", content) })
}

func FuzzYAML(f *testing.F) {
	seed(f, ".yaml")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in.yaml", content) })
}

// FuzzJSON also holds the parser against encoding/json: neither takes what the other calls malformed.
func FuzzJSON(f *testing.F) {
	seed(f, ".json", ".ndjson")
	f.Fuzz(func(t *testing.T, content []byte) {
		holds(t, "in.json", content)
		n, err := decode.ParseJSON(content, func(decode.Place) string { return "" })
		valid := json.Valid(content) && utf8.Valid(content)
		switch {
		case err == nil && !valid:
			t.Fatalf("taken: %q", content)
		case err != nil && err.Syntax && valid:
			t.Fatalf("not taken: %q: %s", content, err.Reason)
		case err != nil:
			return
		}
		compact := n.AppendCompact(nil, false)
		if !json.Valid(compact) {
			t.Fatalf("%q becomes %q", content, compact)
		}
		again, err := decode.ParseJSON(compact, nil)
		if err != nil || !bytes.Equal(again.AppendCompact(nil, false), compact) {
			t.Fatalf("%q is not canonical: %v", compact, err)
		}
	})
}

func FuzzCSV(f *testing.F) {
	seed(f, ".csv", ".tsv")
	f.Fuzz(func(t *testing.T, content []byte) {
		holds(t, "in.csv", content)
		holds(t, "in.tsv", content)
	})
}

// FuzzRows reads tables by row, with each delimiter and in each encoding.
func FuzzRows(f *testing.F) {
	for _, ext := range []string{".csv", ".tsv"} {
		paths, err := filepath.Glob(filepath.Join("testdata", "golden", "*"+ext))
		if err != nil || len(paths) == 0 {
			f.Fatal("no seeds", ext, err)
		}
		for _, path := range paths {
			content, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content, "", "", false)
		}
	}
	f.Add([]byte("a|b\n1|2\n"), "|", "windows-1252", true)
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00"), "", "gbk", false)
	f.Fuzz(func(t *testing.T, content []byte, delimiter, encoding string, unquoted bool) {
		opts := Options{Delimiter: delimiter, Encoding: encoding, Unquoted: unquoted}
		holdsRows(t, "in.csv", content, opts)
		holdsRows(t, "in.tsv", content, opts)
		holdsRows(t, "in", content, opts)
	})
}

// FuzzXLSX reads archives.
func FuzzXLSX(f *testing.F) {
	f.Add([]byte(handmade(`<row><c t="s"><v>0</v></c></row><row><c><v>1</v></c></row>`, "<si><t>a</t></si>")))
	f.Add([]byte(workbookOfCSV("type,name\nPerson,A\n")))
	f.Fuzz(func(t *testing.T, content []byte) {
		holdsRows(t, "in.xlsx", content, Options{})
		holds(t, "in.xlsx", content)
	})
}

// FuzzSheet reads any sheet, texts and styles within a workbook.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row><row r="3"><c r="B3" s="1"><v>41852.5</v></c></row>`,
		"<si><t>a</t></si>", `<s><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></s>`)
	f.Add(`<row><c t="e"><v>#REF!</v></c><c t="b"><f>x</f><v>1</v></c><c t="d"><v>2014-08-01</v></c></row>`,
		"<si><r><t>_x000D_</t></r></si>", `<s><numFmts><numFmt numFmtId="1" formatCode="[h]:mm"/></numFmts><cellXfs><xf numFmtId="1"/></cellXfs></s>`)
	f.Fuzz(func(t *testing.T, rows, texts, styles string) {
		made := []byte(handmade(rows, texts, "xl/styles.xml", styles))
		holdsRows(t, "in.xlsx", made, Options{})
		holds(t, "in.xlsx", made)
	})
}

// FuzzCells writes texts, numbers and truths to a workbook, as excelize does, and reads them back.
func FuzzCells(f *testing.F) {
	f.Add("007", "Ωμέγα \n🛰", int64(-7), 0.1, true)
	f.Add("", " ", int64(1<<60), 1e300, false)
	f.Add("a\r\nb", "<&>", int64(0), -1e-7, false)
	f.Fuzz(func(t *testing.T, one, two string, whole int64, broken float64, is bool) {
		for _, text := range []string{one, two} {
			for _, c := range text {
				isXML := c == '\t' || c == '\n' || c >= ' ' && c != 0xfffe && c != 0xffff // CR is a line end to XML
				if !isXML || !utf8.ValidString(text) || len(text) > 30_000 || strings.Contains(text, "_x") {
					t.Skip("not for a cell")
				}
			}
		}
		if math.IsNaN(broken) || math.IsInf(broken, 0) {
			t.Skip("no number")
		}
		book := excelize.NewFile()
		if err := errors.Join(
			book.SetSheetRow("Sheet1", "A1", &[]any{"one", "two", "whole", "broken", "is"}),
			book.SetSheetRow("Sheet1", "A2", &[]any{one, two, whole, broken, is}),
		); err != nil {
			t.Fatal(err)
		}
		content := written(book)
		seen := 0
		for row, err := range Rows(t.Context(), Stream("in.xlsx", strings.NewReader(content)), Options{}) {
			if err != nil {
				t.Fatal(err)
			}
			if seen++; seen == 1 {
				continue
			}
			got, err := strconv.ParseFloat(row.Cells[3], 64)
			// Whole numbers come as they are written, others to 15 digits.
			want, _ := strconv.ParseFloat(strconv.FormatFloat(broken, 'g', 15, 64), 64)
			if row.Cells[0] != one || row.Cells[1] != two || row.Cells[2] != strconv.FormatInt(whole, 10) || err != nil ||
				got != want && got != broken || row.Cells[4] != strconv.FormatBool(is) || strings.ContainsAny(row.Cells[3], "eE") {
				t.Fatalf("%q for %q %q %d %g %v", row.Cells, one, two, whole, broken, is)
			}
		}
		if seen != 2 {
			t.Fatal(seen, "rows")
		}
	})
}

// FuzzStandardInput reads what names no format.
func FuzzStandardInput(f *testing.F) {
	seed(f, ".csv", ".yaml", ".json", ".ndjson")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in", content) })
}

// FuzzSTIX reads anything as STIX; a target of the format's own holds what it makes of it against the ontology.
func FuzzSTIX(f *testing.F) {
	seed(f, "stix-taxii.json", "stix-lines.ndjson", ".stix")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in.stix", content) })
}

// FuzzBRAT reads annotations of a text, and the text.
func FuzzBRAT(f *testing.F) {
	read := func(parts ...string) string {
		content, err := os.ReadFile(filepath.Join(append([]string{"brat", "testdata", "folder"}, parts...)...))
		if err != nil {
			f.Fatal(err)
		}
		return string(content)
	}
	f.Add(read("sub", "story.txt"), read("sub", "story.ann"), read("annotation.conf"), read("annotation.yaml"),
		read("sub", "story_meta.txt"))
	f.Add("Roe", "T1\tPerson 0 3\tRoe\n#1\torbat T1\tPerson 0 3 {\"type\":\"Person\",\"name\":\"Roe\"}\n", "", "", "")
	f.Fuzz(func(t *testing.T, text, annotations, conf, mapping, meta string) {
		records, _, _, err := bratOf(t, text, annotations, Stream("annotation.conf", strings.NewReader(conf)),
			Stream("annotation.yaml", strings.NewReader(mapping)), Stream("a_meta.txt", strings.NewReader(meta)))
		if err == nil && !strings.Contains(annotations, "orbat") { // a note of ours may quote anything
			checkPassages(t, records)
		}
	})
}

// FuzzRe3d reads documents with entities and relations.
func FuzzRe3d(f *testing.F) {
	var seeds []string
	for _, name := range []string{"documents.json", "entities.json", "relations.json"} {
		content, err := os.ReadFile(filepath.Join("re3d", "testdata", "set", name))
		if err != nil {
			f.Fatal(err)
		}
		seeds = append(seeds, string(content))
	}
	f.Add(seeds[0], seeds[1], seeds[2])
	f.Fuzz(func(t *testing.T, documents, entities, relations string) {
		in := Stream("documents.json", strings.NewReader(documents))
		in.Beside = []File{Stream("entities.json", strings.NewReader(entities)), Stream("relations.json", strings.NewReader(relations))}
		var records []*schema.Record
		for record, err := range Read(t.Context(), in, Options{Format: "re3d"}) {
			if err == nil {
				records = append(records, record)
			}
		}
		checkPassages(t, records)
	})
}

// checkPassages holds that what cites a document with a span quotes what stands there.
func checkPassages(t *testing.T, records []*schema.Record) {
	t.Helper()
	var text string
	var passages *schema.Passages
	for _, r := range records {
		switch {
		case r.Piece != nil && r.Piece.Number == 1:
			text, passages = r.Piece.Content, nil
		case r.Piece != nil:
			text += r.Piece.Content
		}
		for _, c := range r.Cites {
			if r.Extra[schema.AnnotationKey] == "" || c.Quote == "" || len(text) > 1<<16 {
				continue
			}
			if passages == nil {
				passages = schema.NewPassages(text)
			}
			begin, _ := strconv.Atoi(c.Begin)
			end, _ := strconv.Atoi(c.End)
			if slice, ok := passages.Slice(begin, end); !ok || slice != c.Quote {
				t.Fatalf("%d-%d: %q, not %q", begin, end, c.Quote, slice)
			}
		}
	}
}

package format

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkRead reads 20,000 relations of each format.
func BenchmarkRead(b *testing.B) {
	for _, f := range All() {
		if f.Document || f.Several {
			continue
		}
		b.Run(f.Name, func(b *testing.B) {
			text := samples()[f.Name].file(20_000)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				for _, err := range Read(b.Context(), Stream("x"+f.Extensions[0], strings.NewReader(text)), Options{}) {
					if err != nil {
						b.Fatal(err)
					}
					seen++
				}
				if seen != 20_000 {
					b.Fatal(seen)
				}
			}
		})
	}
}

// BenchmarkRows reads 20,000 rows of each kind of table, workbooks with their texts in the cells and shared.
func BenchmarkRows(b *testing.B) {
	for name, content := range map[string]string{
		"csv": samples()["csv"].file(20_000), "tsv": samples()["tsv"].file(20_000),
		"xlsx": sheetOfRows(20_000, false), "xlsx shared": sheetOfRows(20_000, true),
	} {
		b.Run(name, func(b *testing.B) {
			format, _, _ := strings.Cut(name, " ")
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				for _, err := range Rows(b.Context(), Stream("x", strings.NewReader(content)), Options{Format: format}) {
					if err != nil {
						b.Fatal(err)
					}
					seen++
				}
				if seen != 20_001 {
					b.Fatal(seen)
				}
			}
			b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// TestNothingQuadratic reads inputs that grow in one direction, eight times as long: that takes eight times as long, or
// a busy machine's share more, and not 64 times.
func TestNothingQuadratic(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for what, test := range map[string]struct {
		name string
		file func(n int) string
	}{
		"columns": {"x.csv", func(n int) string { return strings.Repeat("a,", n) + "b\n" + strings.Repeat("1,", n) + "2\n" }},
		"quotes":  {"x.csv", func(n int) string { return "a\n\"" + strings.Repeat(`""`, n) + "\"\n" }},
		"lines in a cell": {"x.csv", func(n int) string {
			return "a\n\"" + strings.Repeat("\n", n) + "\"\n"
		}},
		"bad rows": {"x.csv", func(n int) string { return "a,b\n" + strings.Repeat("1\n", n) }},
		"runs of text": {"x.xlsx", func(n int) string {
			return handmade("<row><c t=\"s\"><v>0</v></c></row>", "<si>"+strings.Repeat("<t>ab</t>", n)+"</si>")
		}},
		"escapes": {"x.xlsx", func(n int) string {
			return handmade("<row><c t=\"inlineStr\"><is><t>"+strings.Repeat("_x", n)+"</t></is></c></row>", "")
		}},
		"cells": {"x.xlsx", func(n int) string { return handmade(strings.Repeat("<row><c><v>1</v></c></row>", n/4), "") }},
		"styles": {"x.xlsx", func(n int) string {
			return handmade("<row><c><v>1</v></c></row>", "", "xl/styles.xml", "<s><cellXfs>"+strings.Repeat(`<xf numFmtId="14"/>`, n)+"</cellXfs></s>")
		}},
		"sheets": {"x.xlsx", func(n int) string {
			return handmade("<row><c><v>1</v></c></row>", "", "xl/workbook.xml", "<w><sheets>"+strings.Repeat(`<sheet name="x" id="r1"/>`, n)+"</sheets></w>")
		}},
		"relations": {"x.xlsx", func(n int) string {
			var all strings.Builder
			for i := range n / 8 {
				fmt.Fprintf(&all, `<Relationship Id="r%d" Type="x/worksheet" Target="worksheets/sheet1.xml"/>`, i)
			}
			sheets := strings.Repeat(fmt.Sprintf(`<sheet name="x" id="r%d"/>`, n/8-1), n/8)
			return handmade("<row><c><v>1</v></c></row>", "", "xl/workbook.xml", "<w><sheets>"+sheets+"</sheets></w>",
				"xl/_rels/workbook.xml.rels", "<R>"+all.String()+"</R>")
		}},
	} {
		took := func(n int) time.Duration {
			content := test.file(n)
			least := time.Hour
			for range 3 {
				begun := time.Now()
				for _, err := range Rows(t.Context(), Stream(test.name, strings.NewReader(content)), Options{}) {
					_ = err // bad rows are what this is about
				}
				least = min(least, time.Since(begun))
			}
			return least
		}
		one, eight := took(10_000), took(80_000)
		quadratic := func() bool { return eight > 40*one+100*time.Millisecond }
		for range 20 { // other processes only ever add to what it takes: the least of many tries tells
			if !quadratic() {
				break
			}
			one, eight = min(one, took(10_000)), min(eight, took(80_000))
		}
		if quadratic() {
			t.Errorf("%s: %v, and %v for eight times as much", what, one, eight)
		}
		t.Log(what, one, eight)
	}
}

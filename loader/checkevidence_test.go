package loader

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"orbat/loader/format/document"
	"orbat/schema"
	"orbat/schema/heaptest"
)

// page returns the records of a document with an address of its own.
func page(dataset, xid, text string) []*schema.Record {
	d := document.Document{Text: text, Title: "About " + xid, ID: xid, Date: "2015-03-11"}
	records := d.Records()
	for _, record := range records {
		record.Dataset = dataset
	}
	return records
}

// says returns a statement of who commands a unit, as a document has it.
func says(dataset, who, unit string, cites ...schema.Cite) *schema.Record {
	return &schema.Record{
		Kind: schema.RelationRecord, Dataset: dataset, Predicate: "commands", Pos: schema.Position{File: dataset + ".yaml", Line: 7},
		Subject: schema.Ref{Type: "Person", Name: who}, Object: schema.Ref{Type: "Unit", Name: unit},
		Provenance: schema.Provenance{Cites: cites},
	}
}

func quotes(xid, quote string) schema.Cite {
	return schema.Cite{Source: schema.Ref{XID: xid}, Quote: quote}
}

// quotesAt is a quote with its span, in code points.
func quotesAt(xid, quote string, begin, end int) schema.Cite {
	return schema.Cite{Source: schema.Ref{XID: xid}, Quote: quote, Begin: fmt.Sprint(begin), End: fmt.Sprint(end)}
}

// Every passage is looked for in the texts that its own data set keeps, and what is nowhere is found wrong.
func TestCheckEvidence(t *testing.T) {
	b := newBench(t)
	b.sortBytes = 1 << 10
	const text = "“The 5th Brigade”  moved to Bama.\n\nIts commander is Col. Ahmed Diri. Col. Ahmed Diri fell."
	b.load(append(append(append(page("press", "doc:a", text), page("press", "doc:b", "Another\x00 text.")...),
		page("press", "doc:b", "A later version of it, with another text.")...),
		says("press", "Ann", "exact", quotesAt("doc:a", "Col. Ahmed Diri", 52, 67)),
		says("press", "Ann", "exact without a span", quotes("doc:a", "Col. Ahmed Diri")),
		says("press", "Ann", "span alone", schema.Cite{Source: schema.Ref{XID: "doc:a"}, Begin: "3", End: "9"}),
		says("press", "Ann", "normalised", quotes("doc:a", `"the 5th brigade" moved`)),
		says("press", "Ann", "moved", quotesAt("doc:a", "Col. Ahmed Diri", 0, 15)),
		says("press", "Ann", "missing", quotes("doc:a", "Gen. Nobody")),
		says("press", "Ann", "beyond", schema.Cite{Source: schema.Ref{XID: "doc:a"}, Begin: "30000", End: "30009"}),
		says("press", "Ann", "in one of two", quotesAt("doc:b", "A later version", 0, 15)),
		says("press", "Ann", "in both", quotes("doc:b", "text.")),
		says("press", "Ann", "in neither", quotes("doc:b", "no text.")),
		says("press", "Ann", "no text", quotes("doc:c", "whatever"), quotes("doc:a", "Bama")),
		says("other", "Ann", "of another data set", quotes("doc:a", "Gen. Nobody")),
		says("press", "Ann", "of one that is one with it", quotes("doc:copy", "moved to Bama")),
		says("press", "Ann", "no passage", schema.Cite{Source: schema.Ref{XID: "doc:a"}, Locator: "p. 1"}),
	), Options{})
	b.load([]*schema.Record{{
		Kind: schema.DecisionRecord, Predicate: schema.Same, Subject: schema.Ref{XID: "doc:a"}, Object: schema.Ref{XID: "doc:copy"},
	}}, Options{})
	retracted := says("gone", "Ann", "retracted", quotes("doc:a", "Gen. Nobody"))
	b.load([]*schema.Record{retracted}, Options{})
	b.load(nil, Options{Dataset: "gone", Replace: true, AllowEmpty: true})

	b.clean("without a look at the evidence")
	result, err := b.CheckWith(t.Context(), CheckOptions{Evidence: true})
	if err != nil {
		t.Fatal(err)
	}
	have := *result.Evidence
	have.Elsewhere = nil
	want := Evidence{Passages: 14, Exact: 7, Normalised: 1, Moved: 1, Missing: 3, Unkept: 2}
	if fmt.Sprint(have) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", have, want)
	}
	found := map[string]bool{}
	for _, f := range result.Findings {
		found[f.String()] = f.Kind == MissingPassage && len(f.Places) == 1 && f.Places[0] == "press.yaml:7"
	}
	for _, part := range []string{
		"commands orbat:press/Unit/missing: \"Gen. Nobody\"", "/in neither: \"no text.\"", "/beyond: the passage at 30000",
	} {
		told := false
		for f, right := range maps.All(found) {
			told = told || right && strings.Contains(f, part)
		}
		if !told {
			t.Errorf("no finding of %s: %+v", part, result.Findings)
		}
	}
	if len(found) != 3 {
		t.Errorf("%+v", result.Findings)
	}
	elsewhere := ""
	for _, p := range result.Evidence.Elsewhere {
		elsewhere += fmt.Sprint(p.Found, " at ", p.Begin, ". ")
	}
	if elsewhere != "moved at 52. normalised at 0. " && elsewhere != "normalised at 0. moved at 52. " {
		t.Error(elsewhere)
	}
}

// What a look at the evidence holds does not grow with how much is quoted: hardly more of twice as much.
func TestCheckEvidenceMemory(t *testing.T) {
	b := newBench(t)
	b.sortBytes = 1 << 16
	text := strings.Repeat("The brigade is in Bama, and so is its commander. ", 4000)
	var before uint64
	for _, claims := range []int{6000, 12_000} {
		records := func(yield func(*schema.Record, error) bool) {
			for i := range 4 {
				for _, record := range page("press", fmt.Sprint("doc:", i), fmt.Sprint(i, text)) {
					if !yield(record, nil) {
						return
					}
				}
			}
			for i := range claims {
				doc := fmt.Sprint("doc:", i%4)
				if !yield(says("press", fmt.Sprint("Ann ", i), "5th Brigade", quotesAt(doc, strings.TrimSpace(text[:294]), 1, 294)), nil) {
					return
				}
			}
		}
		if _, err := b.Load(t.Context(), records, Options{}); err != nil {
			t.Fatal(err)
		}
		var result *CheckResult
		var err error
		most := heaptest.Most(func() { result, err = b.CheckWith(t.Context(), CheckOptions{Evidence: true}) })
		if err != nil || result.Evidence.Exact != claims || len(result.Findings) > 0 {
			t.Fatalf("%+v, %v", result, err)
		}
		t.Logf("%d passages: %.1f MB", claims, float64(most)/1e6)
		if before > 0 && most > before+8<<20 {
			t.Errorf("%.1f MB in memory for %d passages, %.1f for half of them", float64(most)/1e6, claims, float64(before)/1e6)
		}
		before = most
	}
}

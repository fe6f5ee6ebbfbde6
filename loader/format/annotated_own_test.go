package format

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/loader/validate"
	"orbat/schema"
)

// Own annotated texts give what the golden says: the claims, then what was rejected, then what is odd.
func TestAnnotatedGolden(t *testing.T) {
	for name, folder := range map[string]string{
		"brat": filepath.Join("brat", "testdata", "folder"), "re3d": filepath.Join("re3d", "testdata", "set"),
	} {
		a := readAnnotated(t, folder)
		a.quoted(t)
		var lines []string
		for _, c := range a.claims {
			lines = append(lines, string(c.AppendJSON(nil)))
		}
		for _, r := range a.rejects {
			lines = append(lines, fmt.Sprintf("reject %s:%d: %s: %s (%s)",
				filepath.Base(r.Pos.File), r.Pos.Line, r.Column, r.Reason, r.Hint))
		}
		for _, n := range a.notices {
			lines = append(lines, "notice "+n.Reason)
		}
		have, golden := strings.Join(lines, "\n")+"\n", filepath.Join(filepath.Dir(folder), "golden.ndjson")
		if flag.Lookup("update").Value.String() == "true" {
			if err := os.WriteFile(golden, []byte(have), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if have != string(want) {
			t.Errorf("%s: have\n%s\nwant\n%s", name, have, want)
		}
	}
}

// A file of annotations named alone finds what stands beside it; a folder with all of them is complete.
func TestTogether(t *testing.T) {
	folder := filepath.Join("brat", "testdata", "folder")
	alone := readAnnotated(t, filepath.Join(folder, "sub", "story.ann"))
	if len(alone.rejects) > 0 || len(alone.counts()) < 5 {
		t.Errorf("%v, %v", alone.rejects, alone.counts())
	}
	for _, folder := range []string{folder, filepath.Join("re3d", "testdata", "set")} {
		files, err := Files([]string{folder}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Skipped != "" {
				t.Errorf("%s is skipped: %s", f.Name, f.Skipped)
			}
		}
		again := Together(files)
		if !slices.EqualFunc(files, again, func(a, b File) bool {
			return a.Name == b.Name && len(a.Beside) == len(b.Beside) && a.Size == b.Size
		}) {
			t.Errorf("%v, then %v", files, again)
		}
	}
}

// Files of ours that are called as those of re3d stay ours.
func TestNamedAsRe3d(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"documents", "entities", "relations"} {
		text := `{"entities":[{"type":"Person","id":"` + name + `"}]}`
		if err := os.WriteFile(filepath.Join(folder, name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if a := readAnnotated(t, folder); len(a.records) != 3 || len(a.rejects) > 0 {
		t.Errorf("%d records, %v", len(a.records), a.rejects)
	}
}

// bratOf reads a text and annotations of it.
func bratOf(t testing.TB, text, annotations string, more ...File) (
	records []*schema.Record, rejects []*schema.RecordError, notices []string, err error,
) {
	t.Helper()
	f := Stream("a.ann", strings.NewReader(annotations))
	f.Beside = append([]File{Stream("a.txt", strings.NewReader(text))}, more...)
	for record, one := range Read(t.Context(), f, Options{}) {
		switch one := one.(type) { //nolint:errorlint // as they are yielded
		case nil:
			records = append(records, record)
		case *schema.RecordError:
			rejects = append(rejects, one)
		case *schema.Notice:
			notices = append(notices, one.Reason)
		default:
			return records, rejects, notices, one
		}
	}
	return records, rejects, notices, nil
}

// What cannot be is rejected with its line, and what is right beside it is read.
func TestBrokenBRAT(t *testing.T) {
	const good = "T1\tPerson 0 3\tRoe\nT2\tUnit 11 18\tBrigade\n"
	for name, c := range map[string]struct {
		lines  string
		at     int
		reason string
	}{
		"beyond the text":        {"T3\tPerson 0 300\tRoe\n", 3, "beyond the text, which has 20 characters"},
		"other words":            {"T3\tPerson 4 8\tRoe\n", 3, "something else there"},
		"a span backwards":       {"T3\tPerson 3 0\tRoe\n", 3, "not a span"},
		"an empty span":          {"T3\tPerson 3 3\t\n", 3, "not a span"},
		"no number":              {"T3\tPerson a b\tRoe\n", 3, "not a span"},
		"a number too large":     {"T3\tPerson 0 99999999999999999999\tRoe\n", 3, "not a span"},
		"an id twice":            {"T1\tPerson 0 3\tRoe\n", 3, "in line 1 too"},
		"a dangling end":         {"R1\tposted_to Arg1:T1 Arg2:T9\n", 3, "there is no T9"},
		"an end that is broken":  {"T3\tPerson 0 99\tRoe\nR1\tposted_to Arg1:T3 Arg2:T2\n", 4, "see line 3"},
		"a relation of three":    {"R1\tposted_to Arg1:T1 Arg2:T2 Arg3:T1\n", 3, "a relation joins two"},
		"a dangling attribute":   {"A1\tNegation R7\n", 3, "there is no R7"},
		"a dangling note":        {"#1\tAnnotatorNotes T7\tno\n", 3, "there is no T7"},
		"a dangling entry":       {"N1\tReference T7 Wikidata:Q1\tx\n", 3, "there is no T7"},
		"no entry":               {"N1\tReference T1 Q1\tx\n", 3, "not an entry of a register"},
		"a dangling equal":       {"*\tEquiv T1 T9\n", 3, "there is no T9"},
		"unequal types":          {"*\tEquiv T1 T2\n", 3, "are not one"},
		"an event of nothing":    {"E1\tMeeting:T9 Agent:T1\n", 3, "there is no T9"},
		"a dangling argument":    {"E1\tMeeting:T2 Agent:T9\n", 3, "there is no T9"},
		"an event without a key": {"E1\tMeeting Agent:T1\n", 3, "names no trigger"},
		"its own part":           {"E1\tMeeting:T2 Agent:E1\n", 3, "part of itself"},
		"a circle":               {"E1\tMeeting:T2 A:E2\nE2\tMeeting:T2 A:E3\nE3\tMeeting:T2 A:E1\n", 3, "part of itself"},
		"not UTF-8":              {"T3\tPerson 0 3\tR\xffe\n", 3, "not UTF-8"},
		"no line of BRAT":        {"hello\n", 3, "not a line of BRAT"},
		"an unknown type":        {"T3\tVessel 0 3\tRoe\n", 3, `unknown type "Vessel"`},
		"an unknown relation":    {"R1\tsails Arg1:T1 Arg2:T2\n", 3, `unknown relation "sails"`},
		"a broken note of ours":  {"#1\torbat T1\tPerson 0 3 {\"relation\":\n", 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			records, rejects, _, err := bratOf(t, "Roe of the Brigade.\n", good+c.lines)
			if err != nil {
				t.Fatal(err)
			}
			ontology, err := schema.Default()
			if err != nil {
				t.Fatal(err)
			}
			mentions := 0
			for _, r := range records {
				if _, err := (validate.Validator{Ontology: ontology}).Claims(r); err != nil {
					bad := err.(*schema.RecordError) //nolint:errorlint,errcheck // the only type
					rejects = append(rejects, bad)
				} else if r.Predicate == "mentions" {
					mentions++
				}
			}
			found := slices.ContainsFunc(rejects, func(r *schema.RecordError) bool {
				at := r.Pos.File == "a.ann" && r.Pos.Line == c.at
				return at && strings.Contains(r.Reason, c.reason) && r.Reason != "" && len(r.Raw) > 0
			})
			if !found || mentions < 2 {
				t.Errorf("%d mentions, rejects %v", mentions, rejects)
			}
		})
	}
}

// What ends the reading says which file it is.
func TestUnreadableBRAT(t *testing.T) {
	stream := func(name, text string) File { return Stream(name, strings.NewReader(text)) }
	for name, c := range map[string]struct {
		text string
		more File
		want string
	}{
		"a text that is not UTF-8": {"Roe \xff\xfe\xfd", File{}, "a.txt: the text is not UTF-8, as at byte 4"},
		"a binary text":            {strings.Repeat("\x00\x01\x02\x80\x00\x00", 500), File{}, "a.txt: binary data"},
		"a mapping with other keys": {
			"Roe", stream("annotation.yaml", "types:\n  A: Unit\nrelation:\n  x: y\n"), "annotation.yaml:3: field relation not found",
		},
		"a rule with other keys": {
			"Roe", stream("annotation.yaml", "relations:\n  x: {to: Unit, wrong: posted_to}\n"),
			"annotation.yaml:2: unknown key \"wrong\"",
		},
		"a rule of nothing": {
			"Roe", stream("annotation.yaml", "relations:\n  x: {to: Unit}\n"), "x: a rule names a relation or a property",
		},
		"an unknown assertion": {
			"Roe", stream("annotation.yaml", "attributes: {x: perhaps}\n"), "unknown assertion \"perhaps\"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := bratOf(t, c.text, "T1\tPerson 0 3\tRoe\n", c.more)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
	var err error
	for _, err = range Read(t.Context(), stream("b.ann", "T1\tPerson 0 3\tRoe\n"), Options{}) {
	}
	if err == nil || !strings.Contains(err.Error(), "no text beside the annotations: b.txt") {
		t.Error(err)
	}
}

// Offsets of tools that count otherwise are taken as they are meant.
func TestOtherCounting(t *testing.T) {
	const text = "É 𝔅\r\nRoe\r\nBrigade"
	for name, c := range map[string]struct{ lines, said string }{
		"code points": {"T1\tPerson 5 8\tRoe\nT2\tUnit 10 17\tBrigade\n", ""},
		"line ends": {
			"T1\tPerson 4 7\tRoe\nT2\tUnit 8 15\tBrigade\n",
			"the offsets count line ends of two characters as one, and were taken so",
		},
		"UTF-16": {"T1\tPerson 6 9\tRoe\nT2\tUnit 11 18\tBrigade\n", "the offsets count UTF-16 units, and were taken so"},
		"bytes":  {"T1\tPerson 9 12\tRoe\nT2\tUnit 14 21\tBrigade\n", "the offsets count bytes, and were taken so"},
	} {
		t.Run(name, func(t *testing.T) {
			records, rejects, notices, err := bratOf(t, text, c.lines)
			if err != nil || len(rejects) > 0 || strings.Join(notices, "|") != c.said {
				t.Fatal(err, rejects, notices)
			}
			for _, r := range records {
				if r.Predicate == "mentions" && (r.Object.Name == "Roe") != (r.Cites[0].Begin == "5" && r.Cites[0].End == "8") {
					t.Errorf("%+v", r.Cites)
				}
			}
		})
	}
}

// A hundred thousand lines are read in seconds, whatever they say.
func TestLongBRAT(t *testing.T) {
	const n = 100_000
	for name, line := range map[string]string{
		"mentions":           "T%[1]d\tPerson 0 3\tRoe\n",
		"what is not there":  "R%[1]d\tposted_to Arg1:T1 Arg2:T2\n",
		"events in a chain":  "E%[1]d\tMeeting:T0 Part:E%[2]d\n",
		"what is one":        "T%[1]d\tPerson 0 3\tRoe\n*\tEquiv T%[1]d T%[3]d\n",
		"notes":              "#%[1]d\tAnnotatorNotes T0\tx\n",
		"attributes":         "A%[1]d\tNegation T0\n",
		"relations from one": "R%[1]d\tposted_to Arg1:T0 Arg2:T0\n",
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("T0\tPerson 0 3\tRoe\n")
			for i := 1; i < n; i++ {
				fmt.Fprintf(&b, line, i, i+1, i-1)
			}
			records, rejects, _, err := bratOf(t, "Roe", b.String())
			if err != nil || len(records)+len(rejects) < 3 {
				t.Fatal(len(records), len(rejects), err)
			}
		})
	}
}

// The marking that a file beside the text gives its document is its marking in any case; what may be one rejects the
// document, whose text would else be for all to see (law 15).
func TestMarkingBesideText(t *testing.T) {
	read := func(meta string) (*annotated, string) {
		folder := t.TempDir()
		for name, content := range map[string]string{
			"annotation.conf": "[entities]\nPerson\n[relations]\n[events]\n[attributes]\n",
			"a.txt":           "Ann Lee spoke.\n", "a.ann": "T1\tPerson 0 7\tAnn Lee\n", "a_meta.txt": meta,
		} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		a, marking := readAnnotated(t, folder), ""
		for _, r := range a.records {
			marking += firstOf(r, schema.MarkingProperty)
		}
		return a, marking
	}
	for _, meta := range []string{"marking: TLP:RED", "Marking: TLP:RED", "MARKING : TLP:RED\nmarking: TLP:RED", "marking: TLP:RED\nTLP:"} {
		if a, marking := read(meta); marking != "TLP:RED" || len(a.rejects) > 0 {
			t.Errorf("%q: %q, %v", meta, marking, a.rejects)
		}
	}
	for _, meta := range []string{
		"Markings: TLP:RED", "Classification: SECRET", "TLP: RED", "Title: T\nHandling caveats: x", "Releasable to: y", "Makring: z",
		"marking: TLP:RED\nMarking: TLP:GREEN",
	} {
		if a, _ := read(meta); len(a.rejects) != 1 || len(a.records) > 0 || filepath.Base(a.rejects[0].Pos.File) != "a_meta.txt" {
			t.Errorf("%q: %d records, %v", meta, len(a.records), a.rejects)
		}
	}
	if a, _ := read("x_marking: \"TLP:RED\"\nCountry: SS"); len(a.rejects) > 0 {
		t.Errorf("%v", a.rejects)
	}
}

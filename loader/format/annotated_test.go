package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"orbat/loader/validate"
	"orbat/schema"
)

// annotated is what a folder of annotated texts makes.
type annotated struct {
	records []*schema.Record
	claims  []*schema.Claim
	rejects []*schema.RecordError
	notices []*schema.Notice
}

// readAnnotated reads all inputs of a folder, and what the ontology makes of them.
func readAnnotated(t *testing.T, paths ...string) *annotated {
	t.Helper()
	files, err := Files(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	a := &annotated{}
	for _, file := range files {
		if file.Skipped != "" {
			continue
		}
		for record, err := range Read(t.Context(), file, Options{}) {
			var bad *schema.RecordError
			var odd *schema.Notice
			if err == nil {
				var claims []*schema.Claim
				claims, err = validate.Validator{Ontology: ontology, Dataset: "d"}.Claims(record)
				a.records, a.claims = append(a.records, record), append(a.claims, claims...)
			}
			switch {
			case errors.As(err, &bad):
				a.rejects = append(a.rejects, bad)
			case errors.As(err, &odd):
				a.notices = append(a.notices, odd)
			case err != nil:
				t.Fatal(err)
			}
		}
	}
	return a
}

// texts returns the texts of the documents by the xid of their source.
func (a *annotated) texts() map[string]*schema.Passages {
	contents, texts := map[string]string{}, map[string]*schema.Passages{}
	for _, r := range a.records {
		if r.Piece != nil {
			contents[r.Piece.SHA256] += r.Piece.Content
		}
	}
	for _, c := range a.claims {
		if sum := schema.TextOf(c); sum != "" {
			texts[c.Subject] = schema.NewPassages(contents[sum])
		}
	}
	return texts
}

// quoted checks that every claim of an annotation cites the passage of its text that it spans.
func (a *annotated) quoted(t *testing.T) {
	t.Helper()
	texts := a.texts()
	for _, c := range a.claims {
		if schema.AnnotationOf(c) == nil {
			continue
		}
		if len(c.Cites) != 1 || texts[c.Cites[0].Source] == nil {
			t.Fatalf("%s cites %+v", c.AppendJSON(nil), c.Cites)
		}
		cite := c.Cites[0]
		slice, ok := texts[cite.Source].Slice(cite.Begin, cite.End)
		if !ok || schema.CanonicalText(slice) != cite.Quote || cite.Begin == cite.End {
			t.Errorf("%s %d-%d: quote %q", c.Record, cite.Begin, cite.End, cite.Quote)
		}
	}
}

// counts counts what annotations made, by their types: mentions, and what joins two.
func (a *annotated) counts() map[string]int {
	n := map[string]int{}
	for _, c := range a.claims {
		an := schema.AnnotationOf(c)
		switch {
		case an == nil:
		case len(an.Ends) == 0:
			n["mention "+an.Label]++
		default:
			n["relation "+an.Label]++
		}
	}
	return n
}

// sharedData returns a folder of the data beside the project.
func sharedData(t *testing.T, parts ...string) string {
	t.Helper()
	folder := filepath.Join(append([]string{"..", "..", "..", "shared", "data"}, parts...)...)
	if _, err := os.Stat(folder); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(folder + " is not there")
		}
		t.Skip(folder + " is not there")
	}
	return folder
}

// The articles that Security Force Monitor annotated load whole: what plain reading of the lines counts is there.
func TestArticlesInBRAT(t *testing.T) {
	folder := sharedData(t, "sfm-nigeria", "brat")
	a := readAnnotated(t, folder)
	want := map[string]int{}
	documents, err := filepath.Glob(filepath.Join(folder, "*.ann"))
	if err != nil || len(documents) != 40 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	for _, name := range documents {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			label := strings.Fields(strings.Split(line, "\t")[1])[0]
			want[map[byte]string{'T': "mention ", 'R': "relation "}[line[0]]+label]++
		}
	}
	if have := a.counts(); !maps.Equal(have, want) {
		t.Errorf("have %v, want %v", have, want)
	}
	for _, r := range a.rejects {
		t.Errorf("%v:%d: %s", filepath.Base(r.Pos.File), r.Pos.Line, r.Error())
	}
	if len(a.rejects) > 0 || len(a.notices) > 0 {
		t.Errorf("%d rejects, %d notices", len(a.rejects), len(a.notices))
	}
	a.quoted(t)
	// The annotators' own facts of the documents.
	known := 0
	for _, c := range a.claims {
		if c.Type == "Source" && strings.HasPrefix(c.Subject, "sfm-source:") &&
			(len(c.Values["published"]) == 1) == (c.Extra["x_publication_date"] == "") {
			known++
		}
	}
	if known != 40 {
		t.Errorf("%d documents have the id of the sheets, and their date if they have one", known)
	}
}

// The documents of re3d load whole: every row that the annotators did not reject is there.
func TestDocumentsOfRe3d(t *testing.T) {
	for _, set := range []string{"centcom", "us-state-department"} {
		t.Run(set, func(t *testing.T) {
			folder := sharedData(t, "re3d", set)
			a := readAnnotated(t, folder)
			want, refused := map[string]int{}, 0
			for _, kind := range []string{"entities", "relations"} {
				content, err := os.ReadFile(filepath.Join(folder, kind+".json"))
				if err != nil {
					t.Fatal(err)
				}
				for line := range bytes.Lines(content) {
					var row struct {
						Type       string
						Confidence float64
					}
					if err := json.Unmarshal(line, &row); err != nil {
						t.Fatal(err)
					}
					if row.Confidence == 0 {
						refused++
						continue
					}
					want[map[string]string{"entities": "mention ", "relations": "relation "}[kind]+row.Type]++
				}
			}
			if have := a.counts(); !maps.Equal(have, want) {
				t.Errorf("have %v, want %v", have, want)
			}
			for _, r := range a.rejects {
				t.Errorf("%v: %s", r.Pos.Line, r.Reason)
			}
			said := 0
			for _, n := range a.notices {
				count, _, _ := strings.Cut(n.Reason, " ")
				i, err := strconv.Atoi(count)
				if err != nil {
					t.Errorf("notice %q", n.Reason)
				}
				said += i
			}
			if said != refused {
				t.Errorf("%d rows are said to be rejected, %d are", said, refused)
			}
			a.quoted(t)
			t.Log(fmt.Sprint(len(a.claims), " claims"))
		})
	}
}

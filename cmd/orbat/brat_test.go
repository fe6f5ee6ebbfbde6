package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader/format"
	"orbat/loader/validate"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

// annotatedClaims reads a folder, and returns its claims and texts; what is rejected fails the test.
func annotatedClaims(t *testing.T, folder string) (claims []*schema.Claim, texts map[string]string) {
	t.Helper()
	files, err := format.Files([]string{folder}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	texts = map[string]string{}
	seen := map[string]bool{}
	for _, file := range files {
		if file.Skipped != "" {
			continue
		}
		for record, err := range format.Read(t.Context(), file, format.Options{}) {
			if odd := (*schema.Notice)(nil); errors.As(err, &odd) {
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", folder, err)
			}
			if record.Piece != nil {
				texts[record.Piece.SHA256] += record.Piece.Content
			}
			made, err := validate.Validator{Ontology: ontology, Dataset: "d"}.Claims(record)
			if err != nil {
				t.Fatalf("%v: %v\n%s", record.Pos, err, record.Raw)
			}
			for _, c := range made {
				if key := c.Key(); !seen[key] {
					seen[key] = true
					claims = append(claims, c)
				}
			}
		}
	}
	return claims, texts
}

// annotatedOf gathers what the graph would hold of each document.
func annotatedOf(claims []*schema.Claim, texts map[string]string) (list []*queries.Annotated) {
	for _, self := range claims {
		sum := schema.TextOf(self)
		if sum == "" {
			continue
		}
		a := &queries.Annotated{Dataset: "d", Text: texts[sum], Self: self, Named: map[string]*schema.Claim{}}
		for _, c := range claims {
			if c.Cites[0].Source == self.Subject {
				a.Claims = append(a.Claims, c)
			}
			if c.Predicate == schema.Describes && c != self && a.Named[c.Subject] == nil && schema.TextOf(c) == "" {
				a.Named[c.Subject] = c
			}
		}
		list = append(list, a)
	}
	return list
}

// unpackArchive writes an archive into a folder.
func unpackArchive(t *testing.T, content []byte, folder string) {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, f.Name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// claimLines are the claims of a document and what its references describe.
func claimLines(claims []*schema.Claim) (lines []string) {
	for _, c := range claims {
		lines = append(lines, string(c.AppendJSON(nil)))
	}
	slices.Sort(lines)
	return lines
}

// bratRoundTrip writes the documents of a folder out as BRAT and reads them back: together they are what they were.
func bratRoundTrip(t *testing.T, folder string) {
	t.Helper()
	claims, texts := annotatedClaims(t, folder)
	back := map[string]*schema.Claim{}
	notes := 0
	for i, a := range annotatedOf(claims, texts) {
		var out bytes.Buffer
		left, err := encode.Annotations(&out, a)
		if err != nil || left > 0 {
			t.Fatal(left, err)
		}
		to := filepath.Join(t.TempDir(), fmt.Sprint(i))
		if err := os.Mkdir(to, 0o700); err != nil {
			t.Fatal(err)
		}
		unpackArchive(t, out.Bytes(), to)
		notes += strings.Count(out.String(), "\torbat ")
		again, _ := annotatedClaims(t, to)
		for _, c := range again {
			back[c.Key()] = c
		}
	}
	var got []*schema.Claim
	for _, c := range back {
		got = append(got, c)
	}
	want, have := claimLines(claims), claimLines(got)
	t.Log(len(want), "claims,", notes, "notes")
	for _, line := range want {
		if _, found := slices.BinarySearch(have, line); !found {
			t.Errorf("lost: %s", line)
		}
	}
	for _, line := range have {
		if _, found := slices.BinarySearch(want, line); !found {
			t.Errorf("new: %s", line)
		}
	}
}

// Annotated texts go out as BRAT and come in again the same.
func TestBRATOutAndIn(t *testing.T) {
	for _, folder := range []string{"../../loader/format/brat/testdata/folder", "../../loader/format/re3d/testdata/set"} {
		t.Run(filepath.Base(folder), func(t *testing.T) { bratRoundTrip(t, folder) })
	}
	for _, parts := range []string{"sfm-nigeria/brat", "re3d/centcom", "re3d/us-state-department"} {
		t.Run(parts, func(t *testing.T) {
			bratRoundTrip(t, realData(t, parts))
		})
	}
}

// A statement that was no annotation is a relation between what its passage names, or a mention of its own, and comes
// in again as it was; an annotation that was changed since is read as it stands.
func TestStatementsInBRAT(t *testing.T) {
	const text = "Jo Roe leads the 9th Brigade. It is large."
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	source := schema.Ref{ID: "story"}
	cite := func(quote string) []schema.Cite {
		begin := strings.Index(text, quote)
		return []schema.Cite{{Source: source, Quote: quote, Begin: fmt.Sprint(begin), End: fmt.Sprint(begin + len(quote))}}
	}
	unit := schema.Ref{Type: "Unit", Name: "9th Brigade"}
	records := []*schema.Record{
		{
			Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Source", ID: "story"},
			Values: map[string][]schema.Value{
				schema.TextHash: {{Text: schema.TextSum(text)}}, schema.TextLength: {{Text: fmt.Sprint(len(text))}},
				"title": {{Text: "Story"}},
			},
		},
		{
			Kind: schema.RelationRecord, Predicate: "commands", Subject: schema.Ref{Type: "Person", Name: "Jo Roe"}, Object: unit,
			Provenance: schema.Provenance{
				Confidence: "70", Period: "2023/..", Assertion: "reported", Cites: cite("Jo Roe leads the 9th Brigade"),
			},
		},
		{
			Kind: schema.ValueRecord, Predicate: "echelon", Subject: unit, Value: "brigade",
			Provenance: schema.Provenance{Cites: cite("9th Brigade")},
		},
		{
			Kind: schema.ValueRecord, Predicate: "strength", Subject: unit, Value: "900",
			Provenance: schema.Provenance{Cites: []schema.Cite{{Source: source}}},
		},
	}
	var claims []*schema.Claim
	for _, r := range records {
		made, err := validate.Validator{Ontology: ontology, Dataset: "d"}.Claims(r)
		if err != nil {
			t.Fatal(err)
		}
		claims = append(claims, made...)
	}
	var out bytes.Buffer
	left, err := encode.Annotations(&out, annotatedOf(claims, map[string]string{schema.TextSum(text): text})[0])
	if err != nil || left != 1 {
		t.Fatalf("%d are left out (%v); one has no passage", left, err)
	}
	folder := t.TempDir()
	unpackArchive(t, out.Bytes(), folder)
	back, _ := annotatedClaims(t, folder)
	for _, c := range claims {
		if c.Value != "900" && !slices.ContainsFunc(back, func(b *schema.Claim) bool { return b.Key() == c.Key() }) {
			t.Errorf("lost: %s", c.AppendJSON(nil))
		}
	}
	if slices.ContainsFunc(back, func(c *schema.Claim) bool { return c.Predicate == "mentions" }) {
		t.Error("a mention that nobody stated")
	}
	name := filepath.Join(folder, "story.ann")
	lines, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(lines), "\tcommands Arg1", "\tposted_to Arg1", 1)
	if err := os.WriteFile(name, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	back, _ = annotatedClaims(t, folder)
	if !slices.ContainsFunc(back, func(c *schema.Claim) bool { return c.Predicate == "posted_to" && c.Confidence == schema.NoConfidence }) {
		t.Errorf("what was changed is not read:\n%s", changed)
	}
}

// A folder that was edited and loaded again has two annotations of one id: both go out, each with an id of its own.
func TestEditedBRATOutAndIn(t *testing.T) {
	both, texts := map[string]*schema.Claim{}, map[string]string{}
	for _, annotation := range []string{"T1\tPerson 0 6\tJo Roe\n", "T1\tUnit 17 28\t9th Brigade\n"} {
		folder := t.TempDir()
		for name, text := range map[string]string{"story.txt": "Jo Roe leads the 9th Brigade.", "story.ann": annotation} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		claims, kept := annotatedClaims(t, folder)
		maps.Copy(texts, kept)
		for _, c := range claims {
			both[c.Key()] = c
		}
	}
	var out bytes.Buffer
	left, err := encode.Annotations(&out, annotatedOf(slices.Collect(maps.Values(both)), texts)[0])
	if err != nil || left > 0 {
		t.Fatal(left, err)
	}
	folder := t.TempDir()
	unpackArchive(t, out.Bytes(), folder)
	back, _ := annotatedClaims(t, folder)
	for _, c := range both {
		if !slices.ContainsFunc(back, func(b *schema.Claim) bool { return b.Key() == c.Key() }) {
			t.Errorf("lost: %s", c.AppendJSON(nil))
		}
	}
}

// The same by the commands, through a database.
func TestBRATThroughGraph(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs Dgraph")
	}
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	do := func(args ...string) string {
		var out, err bytes.Buffer
		if code := run(args, nil, &out, &err); code != exitOK {
			t.Fatalf("orbat %s exits %d: %s", strings.Join(args, " "), code, err.String())
		}
		return out.String()
	}
	do("load", filepath.Join("..", "..", "loader", "format", "brat", "testdata", "folder", "sub", "story.ann"), "--dataset", "brat-a")
	before := do("export", "--canonical", "--dataset", "brat-a")
	archive := do("export", "-o", "brat", "--around", "press:12", "--dataset", "brat-a")
	folder := t.TempDir()
	unpackArchive(t, []byte(archive), folder)
	do("datasets", "remove", "brat-a")
	do("load", folder, "--dataset", "brat-a")
	if after := do("export", "--canonical", "--dataset", "brat-a"); after != before || !strings.Contains(before, "T10") {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	do("check")
	do("datasets", "remove", "brat-a")
}

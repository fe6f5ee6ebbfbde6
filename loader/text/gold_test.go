package text

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// A goldDocument is what a careful reader finds in one document; testdata/gold/README says what the fields mean.
type goldDocument struct {
	Set, Doc   string
	Published  *string
	Chars      int
	TextSHA256 string `json:"text_sha256"`
	Entities   []struct {
		Name, Type string
		AltTypes   []string `json:"alt_types"`
	}
	Events []struct {
		ID, Kind, Trigger string
		Span              goldSpan
		AltKinds          []string   `json:"alt_kinds"`
		CorefSpans        []goldSpan `json:"coref_spans"`
	}
	Statements []goldStatement
	MustNot    []goldStatement `json:"must_not"`
}

type goldSpan [2]int

type goldStatement struct {
	ID, Relation  string
	From, To      goldEnd
	Qualifiers    map[string]any
	Assertion     schema.Assertion
	Evidence      goldSpan
	MoreEvidence  []goldSpan         `json:"more_evidence"`
	AltRelations  []string           `json:"alt_relations"`
	AltAssertions []schema.Assertion `json:"alt_assertions"`
	Forbid        string
	Why           string
}

// A goldEnd is an entity by name, or an event by id, or the text of a date or rank.
type goldEnd struct{ Name, Type, Event, Text string }

// goldTexts returns the texts of the sets, by set and document; without them the test is skipped.
func goldTexts(t *testing.T) func(set, doc string) string {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		t.Skip("../shared/data is not there")
	}
	texts := map[string]string{}
	for set, name := range map[string]string{"re3d-centcom": "centcom", "re3d-us-state": "us-state-department"} {
		content, err := os.ReadFile(filepath.Join(folder, "re3d", name, "documents.json"))
		if err != nil {
			t.Fatal(err)
		}
		decoder := json.NewDecoder(bytes.NewReader(content))
		for decoder.More() {
			var d struct {
				ID   string `json:"_id"`
				Text string
			}
			if err := decoder.Decode(&d); err != nil {
				t.Fatal(err)
			}
			texts[set+"/"+d.ID] = d.Text
		}
	}
	return func(set, doc string) string {
		if set != "sfm-brat" {
			return texts[set+"/"+doc]
		}
		content, err := os.ReadFile(filepath.Join(folder, "sfm-nigeria", "brat", doc+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
}

func readGold(t *testing.T, path string) (documents []goldDocument) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var d goldDocument
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			t.Fatalf("%s: document %d: %v", path, len(documents)+1, err)
		}
		documents = append(documents, d)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return documents
}

// The gold is of the texts it says, lies within them, and speaks the ontology's words.
func TestGoldFitsItsTexts(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	texts := goldTexts(t)
	files, err := filepath.Glob(filepath.Join("testdata", "gold", "*.ndjson"))
	if err != nil || len(files) == 0 {
		t.Fatal("no gold", err)
	}
	for _, path := range files {
		for _, d := range readGold(t, path) {
			t.Run(filepath.Base(path)+"/"+d.Doc, func(t *testing.T) {
				checkGold(t, ontology, &d, texts(d.Set, d.Doc))
			})
		}
	}
}

func checkGold(t *testing.T, ontology *schema.Ontology, d *goldDocument, content string) {
	runes, sum := []rune(content), sha256.Sum256([]byte(content))
	if len(runes) != d.Chars || hex.EncodeToString(sum[:]) != d.TextSHA256 {
		t.Fatal("this is not the text that was read")
	}
	slice := func(where string, s goldSpan) string {
		if s[0] < 0 || s[0] >= s[1] || s[1] > len(runes) {
			t.Fatalf("%s: span %v is not in the text", where, s)
		}
		return string(runes[s[0]:s[1]])
	}
	kinds := ontology.Property("Event", "event_kind").Values
	named, events := map[[2]string]bool{}, map[string]bool{}
	for _, e := range d.Entities {
		for _, typeName := range append([]string{e.Type}, e.AltTypes...) {
			if ontology.Type(typeName) == nil {
				t.Errorf("%s: no type %q", e.Name, typeName)
			}
			named[[2]string{e.Name, typeName}] = true
		}
	}
	for _, e := range d.Events {
		events[e.ID] = true
		if got := slice(e.ID, e.Span); got != e.Trigger || len(strings.Fields(got)) > 6 {
			t.Errorf("%s: its span holds %q, its trigger is %q", e.ID, got, e.Trigger)
		}
		for _, kind := range append([]string{e.Kind}, e.AltKinds...) {
			if !slices.Contains(kinds, kind) {
				t.Errorf("%s: no kind of event %q", e.ID, kind)
			}
		}
		for _, s := range e.CorefSpans {
			slice(e.ID, s)
		}
	}
	check := func(where string, s *goldStatement) {
		for _, name := range append([]string{s.Relation}, s.AltRelations...) {
			property, isProperty := strings.CutPrefix(name, "prop:")
			if known := ontology.Relation(name) != nil; !known && !isProperty {
				t.Errorf("%s: no relation %q", where, name)
			}
			if isProperty && property != "rank" && property != "date" {
				t.Errorf("%s: no property %q", where, property)
			}
		}
		for _, end := range []goldEnd{s.From, s.To} {
			known := events[end.Event] || named[[2]string{end.Name, end.Type}] || end.Text != ""
			if anyEnd := s.Forbid != "" && end.Event == "" && (end.Name == "" ||
				ontology.Type(end.Type) != nil); !known && !anyEnd {
				t.Errorf("%s: end %+v is neither an entity nor an event of the document", where, end)
			}
		}
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		check(s.ID, s)
		slice(s.ID, s.Evidence)
		for _, more := range s.MoreEvidence {
			slice(s.ID, more)
		}
		for _, assertion := range append([]schema.Assertion{s.Assertion}, s.AltAssertions...) {
			if !assertion.Known() {
				t.Errorf("%s: no assertion %q", s.ID, assertion)
			}
		}
		// A date or rank is quoted from the sentence that says it.
		if s.To.Text != "" && !strings.Contains(content, s.To.Text) {
			t.Errorf("%s: %q is not in the text", s.ID, s.To.Text)
		}
	}
	for i := range d.MustNot {
		s := &d.MustNot[i]
		check("must_not "+s.Relation, s)
		if s.Forbid != "asserted" && s.Forbid != "any" || s.Why == "" {
			t.Errorf("must_not %d: forbids %q for the reason %q", i+1, s.Forbid, s.Why)
		}
	}
	if len(d.MustNot) < 2 {
		t.Errorf("%d must_not: two at least", len(d.MustNot))
	}
}

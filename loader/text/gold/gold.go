// Package gold measures what is read of texts against what careful readers found in them: precision and recall of
// statements, what must not be said, and how often the assertion is right.
//
//	documents, err := gold.Open("testdata/gold/open.ndjson")
//	texts, err := gold.Texts("../shared/data")
//	score := gold.Score(documents, texts, func(text, published string) *text.Reading { … })
package gold

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"orbat/schema"
)

// Document is what a careful reader found in one document.
type Document struct {
	Set        string      `json:"set"`
	Doc        string      `json:"doc"`
	Published  *string     `json:"published"`
	TextSHA256 string      `json:"text_sha256"`
	Entities   []Entity    `json:"entities"`
	Events     []Event     `json:"events"`
	Statements []Statement `json:"statements"`
	MustNot    []Statement `json:"must_not"`
}

// Entity is one that the document names.
type Entity struct {
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	Aliases  []string `json:"aliases"`
	AltTypes []string `json:"alt_types"`
}

// Event is one that the document tells of.
type Event struct {
	ID           string   `json:"id"`
	Kind         string   `json:"kind"`
	Span         Span     `json:"span"`
	CorefSpans   []Span   `json:"coref_spans"`
	MayMergeWith []string `json:"may_merge_with"`
}

// Span is [begin, end) in code points.
type Span [2]int

// Statement is one that the document makes, or one that it must not be taken to make.
type Statement struct {
	ID            string             `json:"id"`
	Relation      string             `json:"relation"`
	From          End                `json:"from"`
	To            End                `json:"to"`
	Qualifiers    map[string]any     `json:"qualifiers"`
	Assertion     schema.Assertion   `json:"assertion"`
	Evidence      Span               `json:"evidence"`
	Core          bool               `json:"core"`
	AltRelations  []string           `json:"alt_relations"`
	AltAssertions []schema.Assertion `json:"alt_assertions"`
	Forbid        string             `json:"forbid"`
	Why           string             `json:"why"`
}

// End is an entity by name and type, an event by id, or the text of a date or rank.
type End struct {
	Name  string `json:"name"`
	Type  string `json:"type"`
	Event string `json:"event"`
	Text  string `json:"text"`
	Value string `json:"value"`
}

// Open reads gold: a file of documents, one a line, or a folder of such files.
func Open(path string) ([]Document, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	files := []string{path}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.ndjson")); err != nil {
			return nil, err
		}
	}
	var documents []Document
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(bytes.NewReader(content))
		lines.Buffer(nil, 1<<22)
		for n := 1; lines.Scan(); n++ {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			var d Document
			if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, n, err)
			}
			documents = append(documents, d)
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return documents, nil
}

// Texts returns the texts of a folder by their SHA-256: text files, and the texts in re3d's documents.json.
func Texts(folder string) (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		list := entry.Name() == "documents.json"
		if !list && !strings.HasSuffix(path, ".txt") {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !list {
			texts[schema.TextSum(string(content))] = string(content)
			return nil
		}
		decoder := json.NewDecoder(bytes.NewReader(content))
		for {
			var d struct{ Text string }
			if err := decoder.Decode(&d); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			texts[schema.TextSum(d.Text)] = d.Text
		}
	})
	return texts, err
}

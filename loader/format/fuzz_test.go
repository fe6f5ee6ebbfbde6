package format

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"
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
		n, err := parseJSON(content, func(place) string { return "" })
		valid := json.Valid(content) && utf8.Valid(content)
		switch {
		case err == nil && !valid:
			t.Fatalf("taken: %q", content)
		case err != nil && err.syntax && valid:
			t.Fatalf("not taken: %q: %s", content, err.reason)
		case err != nil:
			return
		}
		compact := n.appendCompact(nil, false)
		if !json.Valid(compact) {
			t.Fatalf("%q becomes %q", content, compact)
		}
		again, err := parseJSON(compact, nil)
		if err != nil || !bytes.Equal(again.appendCompact(nil, false), compact) {
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

// FuzzStandardInput reads what names no format.
func FuzzStandardInput(f *testing.F) {
	seed(f, ".csv", ".yaml", ".json", ".ndjson")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in", content) })
}

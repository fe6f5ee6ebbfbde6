package gold

import (
	"os"
	"path/filepath"
	"testing"

	"orbat/loader/text"
)

// TestOpenHalf holds what the reader reaches on the half of the gold that its rules were written with. The texts stand
// beside the repository.
func TestOpenHalf(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no shared data")
	}
	documents, err := Open(filepath.Join("..", "testdata", "gold", "open.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, part := range []string{"re3d", filepath.Join("sfm-nigeria", "brat")} {
		some, err := Texts(filepath.Join(folder, part))
		if err != nil {
			t.Fatal(err)
		}
		for sum, content := range some {
			texts[sum] = content
		}
	}
	result, err := Score(documents, texts, func(content, published string) (*text.Reading, error) {
		return text.Read(t.Context(), content, text.Options{Published: published})
	})
	if err != nil {
		t.Fatal(err)
	}
	all := &result.All
	t.Logf("precision %.3f (%d of %d), recall %.3f (%d of %d), assertion %.3f, must not %d of %d, names %d of %d",
		all.Precision(), all.Right,
		all.Said, all.Recall(), all.Found, all.Core, all.Assertion(), all.Violated, all.MustNot, all.Named, all.Entities)
	for _, list := range [][]string{result.Violations, result.Wrong, result.Missed} {
		t.Log("--")
		for _, line := range list {
			t.Log(line)
		}
	}
	matched := Counts{}
	for assertion, c := range result.Assertions {
		matched.add(*c)
		t.Logf("%s: %d of %d", assertion, c.Stance, c.Matched)
	}
	if matched.Matched != all.Matched || matched.Stance != all.Stance {
		t.Errorf("by assertion %+v, in all %+v", matched, *all)
	}
	if all.Precision() < .97 || all.Recall() < .60 || all.Violated > 0 || result.Documents != 16 {
		t.Errorf("%d documents: precision %.3f, recall %.3f, %d said that must not be", result.Documents, all.Precision(),
			all.Recall(), all.Violated)
	}
}

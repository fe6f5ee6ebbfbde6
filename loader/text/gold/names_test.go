package gold

import (
	"os"
	"path/filepath"
	"testing"

	"orbat/loader/text"
)

// corpus returns the annotated documents of a folder of the data beside the repository.
func corpus(t *testing.T, folder ...string) []*Annotated {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "..", "shared", "data"}, folder...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skip("no shared data")
	}
	documents, err := Corpus(path)
	if err != nil {
		t.Fatal(err)
	}
	return documents
}

// atLeast holds what is found of the mentions of a corpus.
func atLeast(t *testing.T, names *Names, exact, overlap float64) {
	t.Helper()
	e, o := names.All.F1()
	t.Logf("%d documents, %d marked, %d found: F1 %.3f exact, %.3f overlap", names.Documents, names.All.Marked,
		names.All.Found, e, o)
	if e < exact || o < overlap {
		t.Errorf("F1 %.3f exact, %.3f overlap; wanted %.2f and %.2f", e, o, exact, overlap)
	}
}

// TestRulesFindNames holds what the rules alone find of the mentions that annotators marked. The rules look for names,
// and annotators of re3d mark quantities, dates and groups without a name as well; those of BRAT leave many names out.
func TestRulesFindNames(t *testing.T) {
	read := func(content string) (*text.Reading, error) { return text.Read(t.Context(), content, text.Options{}) }
	re3d, err := RulesOf(corpus(t, "re3d"), read)
	if err != nil {
		t.Fatal(err)
	}
	if re3d.Documents != 45 || re3d.All.Marked != 1552 {
		t.Errorf("%d documents with %d mentions", re3d.Documents, re3d.All.Marked)
	}
	atLeast(t, re3d, .30, .48)
	brat, err := RulesOf(corpus(t, "sfm-nigeria", "brat"), read)
	if err != nil {
		t.Fatal(err)
	}
	if brat.Documents != 40 || brat.All.Marked != 563 {
		t.Errorf("%d documents with %d mentions", brat.Documents, brat.All.Marked)
	}
	atLeast(t, brat, .35, .45)
}

// TestCorpusRelations holds that relations are read with their ends.
func TestCorpusRelations(t *testing.T) {
	relations := map[string]int{}
	for _, d := range corpus(t, "sfm-nigeria", "brat") {
		for _, r := range d.Relations {
			relations[r.Type]++
			if r.Type == "has_rank" && (d.Mentions[r.From].Type != "Person" || d.Mentions[r.To].Type != "Rank") {
				t.Errorf("%s: %+v is between %+v and %+v", d.ID, r, d.Mentions[r.From], d.Mentions[r.To])
			}
		}
	}
	if relations["has_rank"] != 111 || relations["is_posted"] != 80 || len(relations) != 4 {
		t.Error(relations)
	}
}

// TestModelsFindNames holds what models find in documents of re3d that they did not learn from.
func TestModelsFindNames(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of learning")
	}
	re3d := corpus(t, "re3d")
	atLeast(t, Folds(re3d, 5), .60, .745)
	state, err := LeaveOut(re3d, "US State Department")
	if err != nil {
		t.Fatal(err)
	}
	atLeast(t, state, .585, .725)
}

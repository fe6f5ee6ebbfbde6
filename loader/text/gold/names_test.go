package gold

import (
	"bytes"
	"errors"
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
	for _, c := range []struct {
		source         string
		exact, overlap float64
	}{{"US State Department", .58, .73}, {"CENTCOM", .46, .60}} { // of CENTCOM, two thirds of all mentions are left out
		names, err := LeaveOut(re3d, c.source)
		if err != nil {
			t.Fatal(err)
		}
		atLeast(t, names, c.exact, c.overlap)
	}
	if _, err := LeaveOut(re3d, "nobody"); err == nil {
		t.Error("a source that is not there was left out")
	}
}

// TestModelsFindPosts holds what models find in the other half of the articles with posts: the mentions, whose
// annotators left many out, and between those that they marked the relations.
func TestModelsFindPosts(t *testing.T) {
	names := Folds(corpus(t, "sfm-nigeria", "brat"), 2)
	atLeast(t, names, .55, .69)
	f1, _ := names.Related.F1()
	t.Logf("relations: F1 %.3f, %+v", f1, *names.Related)
	if f1 < .85 || names.Related.Marked != 298 {
		t.Errorf("relations: F1 %.3f of %d", f1, names.Related.Marked)
	}
}

// TestModelSize holds that a model of all of re3d is small, and that it is the same when it is made again.
func TestModelSize(t *testing.T) {
	re3d := corpus(t, "re3d")
	var one, other bytes.Buffer
	if err := errors.Join(Learn(re3d).Write(&one), Learn(re3d).Write(&other)); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", one.Len())
	if one.Len() > 3<<20 || !bytes.Equal(one.Bytes(), other.Bytes()) {
		t.Errorf("%d and %d bytes", one.Len(), other.Len())
	}
}

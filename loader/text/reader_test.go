package text

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

func TestPosts(t *testing.T) {
	for _, test := range []struct {
		text string
		want []string
	}{
		{
			"Gen. Anna Holm, commander of the 7th Division, said so.",
			[]string{"Anna Holm commands 7th Division"},
		},
		{
			"The General Officer Commanding 2 Division, Major General Ade Bello, spoke.",
			[]string{"Ade Bello commands 2 Division"},
		},
		{"The spokesman Navy Capt. Anna Holm said so.", nil},
		{"Gen. Anna Holm, former commander of the 7th Division, said so.", nil},
		{"Gen. Anna Holm visited the 7th Division.", nil},
		{"The 7th Division, said Gen. Anna Holm, will leave.", nil},
	} {
		var got []string
		for _, s := range Read(test.text, Options{}).Statements {
			if s.Relation != "rank" {
				got = append(got, fmt.Sprintf("%s %s %s", s.From, s.Relation, s.To))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q:\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

// TestArticle shows what is read of the article that is read most; its text stands beside the repository.
func TestArticle(t *testing.T) {
	content, err := os.ReadFile("../../../shared/data/strike-article.txt")
	if err != nil {
		t.Skip("no shared data")
	}
	reading := Read(string(content), Options{Published: "2023-07-09"})
	for _, e := range reading.Entities {
		t.Logf("%s %q %q", e.Type, e.Name, e.Forms)
	}
	for _, s := range reading.Statements {
		t.Logf("%s %v %s %s", s, s.Qualifiers, s.Rule, s.Assertion)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Gen. A. B, commander of 7 Division, 7")
	f.Add("A drone strike by the US military killed two men in Bama, Borno State, on Friday.")
	f.Fuzz(func(_ *testing.T, text string) { Read(text, Options{Published: "2023-07-09"}) })
}

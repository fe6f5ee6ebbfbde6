package text

import (
	"context"
	"errors"
	"fmt"
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
			"The General Officer Commanding 91 Division, Major General Ade Testa, spoke.",
			[]string{"Ade Testa commands 91 Division"},
		},
		{"The spokesman Navy Capt. Anna Holm said so.", nil},
		{"Gen. Anna Holm, former commander of the 7th Division, said so.", nil},
		{"Gen. Anna Holm visited the 7th Division.", nil},
		{"The 7th Division, said Gen. Anna Holm, will leave.", nil},
	} {
		var got []string
		for _, s := range readText(t, test.text, Options{}).Statements {
			if s.Relation != "rank" {
				got = append(got, fmt.Sprintf("%s %s %s", s.From, s.Relation, s.To))
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q:\n got %q\nwant %q", test.text, got, test.want)
		}
	}
}

// readText reads a text to its end.
func readText(t *testing.T, text string, options Options) *Reading {
	t.Helper()
	reading, err := Read(t.Context(), text, options)
	if err != nil {
		t.Fatal(err)
	}
	return reading
}

// A reading ends with its context.
func TestReadEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, "Gen. Anna Holm commands the 7th Division.", Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("Gen. A. B, commander of 7 Division, 7")
	f.Add("Two men died on Friday when jets of the Air Force bombed a camp near Bama, Borno State.")
	f.Fuzz(func(t *testing.T, text string) { readText(t, text, Options{Published: "2023-07-09"}) })
}

// What only begins as a command's name does is not the command.
func TestCentralIsNoCommand(t *testing.T) {
	for text, want := range map[string]bool{
		"He flew to Central Asia on Friday.": false, "The central command said so.": true, "Central command said so.": true,
	} {
		got := false
		for _, m := range readText(t, text, Options{}).Mentions {
			got = got || m.Type != "" && m.Name == "US Central Command"
		}
		if got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

package text

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
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

// vocabulary is what sentences of nonsense are made of: words that rules look for, and what stands between them.
const vocabulary = `the|a|its|his|their|who|which|that|it|he|she|they|there|of|in|on|at|to|by|from|with|against|` +
	`for|as|over|near|between|after|before|since|until|during|under|according to|and|or|but|not|no|never|,|,|.|.|;|:|"|“|”|(|)|` +
	`-|—|'s|’s|was|were|is|are|has|had|have|been|be|will|would|may|could|did|said|says|told|denied|claimed|announced|` +
	`accused|commands|commanded|commanding|commander|leads|led|leader|chief|head|deputy|former|killed|killing|wounded|` +
	`captured|died|dead|attack|attacked|strike|airstrike|struck|bombed|raid|clash|fighting|campaign|war|offensive|` +
	`operation|battle|ambush|explosion|killing of|seized|took|took over|command|appointed|promoted|replaced|joined|` +
	`member|members|part|headquarters|based|base|deployed|moved|met|visited|supports|supported|allied|ally|rival|` +
	`civilians|soldiers|fighters|militants|people|two|35|at least|dozens|hundreds of|no fewer than|Friday|on Sunday|` +
	`yesterday|July 7, 2023|7 July 2023|2019|last week|March|the 7th Division|7 Division|5th Brigade|1st Battalion|` +
	`Gen. Anna Holm|Lt. Col. B. Roe|Colonel|General|Holm|Mr Roe|the general|the officer|the group|the army|the agency|` +
	`Boko Haram|the Islamic State|ISIS|Taliban|Central Command|CENTCOM|the Air Force|Russia|Russian|Syria|Iraq|Nigerian|` +
	`Bama|Borno State|Kaduna|Damascus|town|village|province|MQ-9|Reaper|drones|T-72|tanks|jets|district|area|border`

// readWords reads the sentence that the bytes of data pick from the vocabulary.
func readWords(t *testing.T, data []byte) {
	words := strings.Split(vocabulary, "|")
	var text strings.Builder
	for _, b := range data[:min(len(data), 400)] {
		text.WriteString(words[int(b)%len(words)] + " ")
	}
	readAny(t, text.String())
}

func readAny(t *testing.T, text string) {
	t.Helper()
	defer func() {
		if why := recover(); why != nil {
			t.Errorf("%v at %q\n%s", why, text, debug.Stack())
		}
	}()
	readText(t, text, Options{Published: "2023-07-09"})
}

// Every sentence of three words is read: rules look to the left and right of what they find, also where nothing is.
func TestReadThreeWords(t *testing.T) {
	kinds := strings.Split(`The|its|who|he|there|of|in|by|against|as|since|and|,|;|“|'s|was|has been|would|said|commands|`+
		`commander|former|killed|died|attack|war|campaign|took over|appointed|member|headquarters|based|fighting|`+
		`soldiers|35|Friday|2019|7 Division|Gen. A. Holm|Boko Haram|Russia|Bama|village|Reaper`, "|")
	for _, first := range kinds {
		for _, second := range kinds {
			var text strings.Builder
			for _, third := range kinds {
				fmt.Fprintf(&text, "%s %s %s.\n\n", first, second, third)
			}
			if readAny(t, text.String()); t.Failed() {
				return
			}
		}
	}
}

func FuzzReadWords(f *testing.F) {
	f.Add([]byte("The campaign against"))
	f.Fuzz(readWords)
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

// TestUnknownVictim holds that nothing befalls a person whom the document does not tell apart, by a surname alone.
func TestUnknownVictim(t *testing.T) {
	for _, s := range readText(t, "President Okoro's killing shocked Kano.", Options{}).Statements {
		if s.From == (End{}) || s.Relation == "affected_by" {
			t.Error(s)
		}
	}
}

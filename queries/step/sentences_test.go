package step

import (
	"strings"
	"testing"
)

// A phrase is found in the sentence that has all of it, else in as few as follow on each other in a paragraph, in
// whatever case, with or without marks, and wherever a text was cut into pieces.
func TestSentences(t *testing.T) {
	const text = "The 5th Brigade moved to Bama. Its commander is Col. Ahmed Diri, who took over in January.\n\n" +
		"He had “harassed” traders.  The U.S. Embassy\nprotested! Müller’s men left;\nthe brigade stayed? yes.\n \n" +
		"Алексей Дюмин командовал бригадой. 旅长在北京。他走了。\fNo one. Two words. Three more. Four now. Five then."
	for _, c := range []struct{ phrase, want string }{
		{"brigade", "The 5th Brigade moved to Bama.|Müller’s men left;\nthe brigade stayed? yes."},
		{"bama brig", "The 5th Brigade moved to Bama."},
		{"ahmed commander", "Its commander is Col. Ahmed Diri, who took over in January."},
		{"bama commander", "The 5th Brigade moved to Bama. Its commander is Col. Ahmed Diri, who took over in January."},
		{`"to bama its"`, "The 5th Brigade moved to Bama. Its commander is Col. Ahmed Diri, who took over in January."},
		{"harass trader", "He had “harassed” traders."},
		{`"u s embassy" protest`, "The U.S. Embassy\nprotested!"},
		{"muller", "Müller’s men left;\nthe brigade stayed? yes."},
		{"дюмин БРИГАД", "Алексей Дюмин командовал бригадой."},
		{"他走", "他走了。"},
		{"one three", "No one. Two words. Three more."},
		{"one four", ""},       // too far apart
		{"january harass", ""}, // another paragraph
		{`"brig"`, ""},         // what stands between quotes is whole words
		{"igade", ""},
	} {
		var got []string
		for _, p := range newPhrase(c.phrase).sentences(text) {
			got = append(got, text[p.begin:p.end])
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q; want %q", c.phrase, got, c.want)
		}
	}
	long := strings.Repeat("word ", 300_000) + "end."
	if got := newPhrase("word end").sentences(long); len(got) != 1 || got[0].end != len(long) {
		t.Errorf("a sentence of a megabyte: %v", got)
	}
	if got := newPhrase("x").sentences("\x00x\xff"); len(got) != 1 || got[0] != (passage{part{0, 3}, part{1, 2}}) {
		t.Errorf("%v", got)
	}
}

// Of a sentence that is long what is around the hit is shown.
func TestLongSentence(t *testing.T) {
	text := strings.Repeat("é ", 1000) + "brigade" + strings.Repeat(" é", 1000)
	for _, p := range newPhrase("brig").sentences(text) {
		shown := (&quoteRow{said: text[p.begin:p.end], hit: part{p.hit.begin - p.begin, p.hit.end - p.begin}}).sentence()
		if !strings.HasPrefix(shown, "…é") || !strings.HasSuffix(shown, "é…") || !strings.Contains(shown, "brigade") ||
			len([]rune(shown)) > 600 {
			t.Errorf("%q", shown)
		}
	}
}

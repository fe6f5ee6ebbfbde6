package schema

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPassages(t *testing.T) {
	text := "The 5th Brigade – of “Bama” – moved.\r\nCafe\u0301 \u200b Diri said so. Again:\u00a0the 5th Brigade – moved."
	p := NewPassages(text)
	for _, c := range []struct {
		quote      string
		begin, end int
		found      Found
		slice      string
	}{
		{"5th Brigade", 4, 15, FoundExact, "5th Brigade"},
		{"5th Brigade", 4, NoSpan, FoundExact, "5th Brigade"},
		{"5th Brigade", NoSpan, NoSpan, FoundExact, "5th Brigade"},
		{"5th Brigade", 70, 81, FoundMoved, "5th Brigade"},
		{"5th brigade - of \"bama\"", 4, 26, FoundMoved, "5th Brigade – of “Bama”"},
		{"5th brigade - of \"bama\"", 4, 27, FoundNormalised, "5th Brigade – of “Bama”"},
		{"5th brigade - of \"bama\"", 4, NoSpan, FoundNormalised, "5th Brigade – of “Bama”"},
		{"5th brigade - of \"bama\"", NoSpan, NoSpan, FoundNormalised, "5th Brigade – of “Bama”"},
		{"moved.\nCafé", 30, 43, FoundExact, "moved.\r\nCafe\u0301"}, // the one spelling of quotes
		{"moved.\nCafé", NoSpan, NoSpan, FoundNormalised, "moved.\r\nCafe\u0301"},
		{"café diri", NoSpan, NoSpan, FoundNormalised, "Cafe\u0301 \u200b Diri"},
		{"Again: the", NoSpan, NoSpan, FoundNormalised, "Again:\u00a0the"},
		{"6th Brigade", 4, 15, FoundMissing, ""},
		{"", 4, 15, FoundExact, "5th Brigade"},
		{"", 4, 400, FoundMissing, ""},
		{"\u200b", NoSpan, NoSpan, FoundExact, "\u200b"},
		{"\u00ad", NoSpan, NoSpan, FoundMissing, ""},
		{"", NoSpan, NoSpan, FoundMissing, ""},
	} {
		got := p.Find(Citation{Quote: c.quote, Begin: c.begin, End: c.end}, NoSpan)
		slice, _ := p.Slice(got.Begin, got.End)
		if got.Found != c.found || slice != c.slice {
			t.Errorf("%q at %d-%d: %+v: %q", c.quote, c.begin, c.end, got, slice)
		}
	}
	if got := p.Find(Citation{Quote: "5th Brigade", Begin: 100, End: 111}, NoSpan); got.Found != FoundMoved || got.Begin < 60 {
		t.Errorf("not the nearest: %+v", got)
	}
	if got := p.Find(Citation{Quote: "5th Brigade", Begin: 100, End: 111}, 10); got.Begin != 4 {
		t.Errorf("not the one nearest to where it is expected: %+v", got)
	}
}

// Whatever stands in a text is found where it stands, in another spelling too.
func TestPassagesOfAnyText(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 22))
	parts := []string{
		"a", "B", "e\u0301", "é", " ", "  ", "\n", "\r\n", "–", "-", "“", "\"", "\u200b", "\u00ad", "𐎠", "İ", "ß", "한",
		"\u1112\u1161", "\u0301",
	}
	for range 300 {
		var b strings.Builder
		for range 1 + r.IntN(4000) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		text := b.String()
		p := NewPassages(text)
		points := []rune(text)
		if p.Length() != len(points) {
			t.Fatal(p.Length())
		}
		for range 20 {
			begin := r.IntN(len(points))
			end := begin + 1 + r.IntN(min(60, len(points)-begin))
			slice, ok := p.Slice(begin, end)
			if !ok || slice != string(points[begin:end]) {
				t.Fatalf("%d-%d: %q", begin, end, slice)
			}
			quote := CanonicalText(slice)
			if quote == "" {
				continue
			}
			if got := p.Find(Citation{Quote: quote, Begin: begin, End: end}, NoSpan); got != (Passage{FoundExact, begin, end}) {
				t.Fatalf("%q: %+v, want %d-%d", quote, got, begin, end)
			}
			other := strings.ToUpper(strings.NewReplacer("–", "-", "“", "\"", " ", "\n ").Replace(slice))
			if foldText(other) != foldText(slice) || foldText(slice) == "" || cutsThrough(slice) {
				continue // upper case has no way back, or the cut goes through a character
			}
			got := p.Find(Citation{Quote: other, Begin: NoSpan, End: NoSpan}, begin)
			there, _ := p.Slice(got.Begin, got.End)
			if got.Found == FoundMissing || !strings.Contains(foldText(there), foldText(slice)) { // whole characters
				t.Fatalf("%q as %q: %+v: %q", slice, other, got, there)
			}
		}
	}
}

// cutsThrough reports whether a cut may go through a character.
func cutsThrough(slice string) bool {
	first, _ := utf8.DecodeRuneInString(slice)
	last, _ := utf8.DecodeLastRuneInString(slice)
	return strings.ContainsRune("\u0301\u1161", first) || strings.ContainsRune("eB a\u1112\u200b\u00ad한", last)
}

// Of a text of 10 MB many quotes are looked for, each as it is and, where that is not in it, in another spelling.
func TestPassagesOfLongText(t *testing.T) {
	text := strings.Repeat("some words – of a text ", 400_000) + "“the  end”"
	p := NewPassages(text)
	for i := range 200 {
		span := NoSpan // and the whole text, in turn
		if i%2 == 0 {
			span = 0
		}
		got := p.Find(Citation{Quote: fmt.Sprintf("nothing of it %d", i), Begin: span, End: p.Length()}, NoSpan)
		if got.Found != FoundMissing {
			t.Fatalf("%+v", got)
		}
	}
	if got := p.Find(Citation{Quote: `"The end"`, Begin: NoSpan}, NoSpan); got.Found != FoundNormalised || got.End != p.Length() {
		t.Errorf("%+v of %d", got, p.Length())
	}
}

// A passage's page and paragraph are those that a reader counts.
func TestPlaces(t *testing.T) {
	text := "\n Title\n\nFirst line\nsecond line\r\n \t\r\n\n" + strings.Repeat("word ", 500) + "goes\fon\n\n\f\fLast"
	p := NewPassages(text)
	for _, c := range []struct {
		of              string
		page, paragraph int
	}{{"Title", 1, 1}, {"First", 1, 2}, {"second", 1, 2}, {"word", 1, 3}, {"goes", 1, 3}, {"\f", 1, 3}, {"on\n", 2, 3}, {"Last", 4, 4}} {
		before, _, _ := strings.Cut(text, c.of)
		at := utf8.RuneCountInString(before)
		if page, paragraph := p.Place(at); page != c.page || paragraph != c.paragraph {
			t.Errorf("%q at %d stands on page %d in paragraph %d, want %d and %d", c.of, at, page, paragraph, c.page, c.paragraph)
		}
	}
	if page, paragraph := p.Place(1 << 30); page != 4 || paragraph != 4 {
		t.Errorf("behind the end: page %d, paragraph %d", page, paragraph)
	}
	for _, text := range []string{"", " \n\n", "one"} {
		if page, paragraph := NewPassages(text).Place(0); page != 0 || paragraph != 1 {
			t.Errorf("%q: page %d, paragraph %d", text, page, paragraph)
		}
	}
}

// What stood in a text is expected where a changed one has it: in the same sentence, else between the same.
func TestAlign(t *testing.T) {
	before := "Title\n\nThe brigade is in Bama. It moved.\n\nSyria said so.\nSyria.\nThe end. A last word."
	after := "New title\n\nA last word. A new paragraph on Syria.\n\n" +
		"The brigade is in Bama. It moved.\n\nSyria denied it.\nSyria!\nThe end."
	a := Align(before, after)
	p := NewPassages(after)
	place := func(text, part string) int {
		before, _, _ := strings.Cut(text, part)
		return utf8.RuneCountInString(before)
	}
	for said, same := range map[string]bool{
		"brigade": true, "It moved": true, "The end": true, "last word": true, "Syria said": false, "Title": false,
	} {
		at, is := a.At(place(before, said))
		if is != same || same && at != place(after, said) {
			t.Errorf("%s: %d, %v", said, at, is)
		}
	}
	for said, want := range map[string]string{
		"Title": "New title\n\nA last word. A new paragraph on Syria.\n\n", "Syria said": "\nSyria denied it.\nSyria!\n",
		"last word": "A last word. ", "brigade is": "The brigade is in Bama. ",
	} {
		begin := place(before, said)
		from, to := a.Between(begin, begin+utf8.RuneCountInString(said))
		if part, ok := p.Slice(from, to); !ok || strings.TrimSpace(part) != strings.TrimSpace(want) {
			t.Errorf("%s: %q, want %q", said, part, want)
		}
	}
	if at, _ := Align("", "x").At(7); at != 7 {
		t.Error(at)
	}
	if from, to := Align("x", "").Between(0, 1); from != 0 || to != 0 {
		t.Error(from, to)
	}
}

// What a text has once is found wherever it is, and nothing else.
func TestPassagesOnce(t *testing.T) {
	p := NewPassages("The 5th brigade, the 5th Brigade, and “the” 9th.")
	for quote, want := range map[string]Found{
		"the 5th Brigade": FoundExact, `"The" 9th`: FoundNormalised, "THE 5TH": FoundMissing, "10th": FoundMissing,
	} {
		if got := p.Once(quote); got.Found != want {
			t.Errorf("%s: %+v", quote, got)
		}
	}
}

package token_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"orbat/loader/text/token"
)

// sentences returns what the sentences of a text say.
func sentences(text string) []string {
	var all []string
	for s := range token.Sentences(text) {
		all = append(all, text[s.Begin:s.End])
	}
	return all
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"ranks", "Lt. Gen. Ada Abel met Maj. Gen. Bo Baker. He left.", []string{"Lt. Gen. Ada Abel met Maj. Gen. Bo Baker.", "He left."}},
		{"initials", "John F. Cole and J.R. Dunn agreed. Both went.", []string{"John F. Cole and J.R. Dunn agreed.", "Both went."}},
		{"a country's stop within", "U.S. Central Command said so. The U.S. Navy did too.", []string{
			"U.S. Central Command said so.", "The U.S. Navy did too.",
		}},
		{"a country's stop at the end", "He flew to the U.S. The jet stayed.", []string{"He flew to the U.S.", "The jet stayed."}},
		{"a stray stop before a comma", "all aircraft involved. , said Lt. Gen. Ed Eve. He went.", []string{
			"all aircraft involved. , said Lt. Gen. Ed Eve.", "He went.",
		}},
		{"quotations", `“We won.” He smiled. "Stop!" she said. "Go." They went.`, []string{
			`“We won.”`, "He smiled.", `"Stop!" she said.`, `"Go."`, "They went.",
		}},
		{"an initial begins a text", "A. Abel went. B. Baker did not.", []string{"A. Abel went.", "B. Baker did not."}},
		{"numbers", "At 9:30 a.m. on Oct. 3, 18,000 men and 3.5 tons moved. No. 5 stayed.", []string{
			"At 9:30 a.m. on Oct. 3, 18,000 men and 3.5 tons moved.", "No. 5 stayed.",
		}},
		{"a forgotten space", "He was killed.She fled.", []string{"He was killed.", "She fled."}},
		{"heading", "Army names commander\n\nThe army named him. He took over.", []string{
			"Army names commander", "The army named him.", "He took over.",
		}},
		{"dateline", "MAIDUGURI, Nigeria (AP) — Gunmen killed two. They fled.", []string{
			"MAIDUGURI, Nigeria (AP) —", "Gunmen killed two.", "They fled.",
		}},
		{"dateline with a date", "TAMPA, Fla., Oct. 3, 2016 – A strike hit.", []string{"TAMPA, Fla., Oct. 3, 2016 –", "A strike hit."}},
		{"no dateline", "NATO forces — and others — left.", []string{"NATO forces — and others — left."}},
		{"list", "Losses:\n- one tank\n- two trucks\n1. Ada Abel\n2. Bo Baker", []string{
			"Losses:", "- one tank", "- two trucks", "1. Ada Abel", "2. Bo Baker",
		}},
		{"full lines", "The commander of the brigade said on Monday that his\nsoldiers had taken the village and that the enemy was\nretreating.", []string{
			"The commander of the brigade said on Monday that his\nsoldiers had taken the village and that the enemy was\nretreating.",
		}},
		{"no end at all", "and so on", []string{"and so on"}},
		{"nothing", " \n\u200b\n ", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sentences(c.text); !slices.Equal(got, c.want) {
				t.Errorf("got %q\nwant %q", got, c.want)
			}
			// Line ends of another system say the same.
			windows := sentences(strings.ReplaceAll(c.text, "\n", "\r\n"))
			for i, s := range windows {
				windows[i] = strings.ReplaceAll(s, "\r\n", "\n")
			}
			if !slices.Equal(windows, c.want) {
				t.Errorf("with CRLF: %q\nwant %q", windows, c.want)
			}
		})
	}
}

func TestTokens(t *testing.T) {
	text := "Syria’s MQ-9 and U.S.-led T-90M; al-Muhajir (60-plus, 4th) don't cost $1,000.50 on 2016-10-07 at www.army.mil."
	want := strings.Fields("Syria ’s MQ-9 and U.S.-led T-90M ; al-Muhajir ( 60-plus , 4th ) don't cost $ 1,000.50 on " +
		"2016-10-07 at www.army.mil .")
	var got []string
	for s := range token.Sentences(text) {
		for _, tok := range s.Tokens {
			got = append(got, tok.Text)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// check holds what is true of any text.
func check(t *testing.T, text string) {
	t.Helper()
	at, runes := 0, 0
	for s := range token.Sentences(text) {
		if len(s.Tokens) == 0 || len(s.Tokens) > token.MaxTokens {
			t.Fatalf("a sentence of %d tokens", len(s.Tokens))
		}
		if s.Begin != s.Tokens[0].Begin || s.End != s.Tokens[len(s.Tokens)-1].End {
			t.Fatalf("a sentence %d-%d around tokens %d-%d", s.Begin, s.End, s.Tokens[0].Begin, s.Tokens[len(s.Tokens)-1].End)
		}
		for _, tok := range s.Tokens {
			if tok.Begin < at || tok.End <= tok.Begin || text[tok.Begin:tok.End] != tok.Text {
				t.Fatalf("token %q at %d-%d after %d", tok.Text, tok.Begin, tok.End, at)
			}
			runes += utf8.RuneCountInString(text[at:tok.Begin])
			if tok.RuneBegin != runes || tok.RuneEnd != runes+utf8.RuneCountInString(tok.Text) {
				t.Fatalf("token %q at code points %d-%d, not from %d", tok.Text, tok.RuneBegin, tok.RuneEnd, runes)
			}
			if utf8.RuneCountInString(tok.Text) > 4*token.MaxRunes {
				t.Fatalf("a token of %d code points", utf8.RuneCountInString(tok.Text))
			}
			at, runes = tok.End, tok.RuneEnd
		}
	}
}

func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"no sentence end":   strings.Repeat("word ", 200_000),
		"one word":          strings.Repeat("a", 1<<20),
		"hyphens":           strings.Repeat("a-", 1<<19),
		"digits":            strings.Repeat("1,", 1<<19),
		"stops":             strings.Repeat(".", 1<<20),
		"initials":          strings.Repeat("A.", 1<<19),
		"addresses":         strings.Repeat("a@", 1<<19),
		"apostrophes":       strings.Repeat("'s", 1<<19),
		"brackets":          strings.Repeat("(", 1<<19) + strings.Repeat(")", 1<<19),
		"line breaks":       strings.Repeat("\n", 1<<20),
		"not UTF-8":         strings.Repeat("a\xff\xfe ", 1<<17),
		"without width":     strings.Repeat("\u200b", 1<<18) + "a\u200bb",
		"numbers and words": strings.Repeat("1a-2b-", 1<<17),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			check(t, text)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
		})
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{"Da’esh": "da'esh", "al‑Mu\u200bhajir": "al-muhajir", "plain": "plain", "ЖУК": "жук"} {
		if got := token.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("Lt. Gen. A. B. met U.S.-led forces (AP) — “Go.” He went.\n- one\n2. two")
	f.Add("1,2-3a@b.c\u200b'sÿ。")
	f.Fuzz(func(t *testing.T, text string) { check(t, text) })
}

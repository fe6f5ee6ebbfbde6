package schema

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// The index of a text never denies a word that the text has, however it is written, and whatever of its beginning is
// looked for.
func TestWordStarts(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	letters := []rune("aAbeEéÉz9ßÄ旅дЮ\u0301ﬁ①İʼ٣𐎠 \t\n.,-’“\f\x00")
	for range 3000 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		index := NewText(b.String()).Pieces()[0].WordStarts()
		words := 0
		for w := range Words(b.String()) {
			words++
			for at := range w.Folded {
				if !MayHoldWord(index, w.Folded[:at]) {
					t.Fatalf("%q has %q, of which the index %q knows nothing", b.String(), w.Folded[:at], index)
				}
			}
			if !MayHoldWord(index, w.Folded) {
				t.Fatalf("%q has %q, of which the index %q knows nothing", b.String(), w.Folded, index)
			}
		}
		if (words == 0) != (index == "") {
			t.Fatalf("%q: %d words, the index is %q", b.String(), words, index)
		}
	}
	index := NewText("The commander’s command: COMMANDÉ, Müller 旅长在北京的旅 a").Pieces()[0].WordStarts()
	if want := " the comma s mulle 旅长在北京 a"; index != want {
		t.Errorf("%q; want %q", index, want)
	}
	for word, want := range map[string]bool{
		"comma": true, "commission": false, "commandment": true, "mu": true, "uller": false, "旅长": true,
	} {
		if MayHoldWord(index, word) != want {
			t.Errorf("%s: %v", word, !want)
		}
	}
	for _, p := range NewText(strings.Repeat("a ", MaxPiece)).Pieces() {
		if p.WordStarts() != "" {
			t.Error("a word may stand in two pieces")
		}
	}
}

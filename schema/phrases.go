package schema

import (
	"strings"
	"unicode"
)

// phrases says what phrases mean: one or more whole words, in any case and with any accents and punctuation.
type phrases[T any] struct {
	of     map[string]T    // folded
	joined map[string]bool // of these, those of scripts without spaces
	most   int             // words, and characters, of the longest phrase
}

func newPhrases[T any]() phrases[T] { return phrases[T]{of: map[string]T{}, joined: map[string]bool{}} }

// add notes what a phrase means, and returns what it meant before, if it did.
func (p *phrases[T]) add(phrase string, meaning T) (before T, twice bool) {
	folded := Folded(phrase)
	before, twice = p.of[folded]
	p.of[folded] = meaning
	p.joined[folded] = joinsWords(folded)
	p.most = max(p.most, len(strings.Fields(folded)), len([]rune(folded)))
	return before, twice
}

// split returns the words of a text, folded. Of a text without spaces between words each phrase that is known is one.
func (p *phrases[T]) split(text string) (words []string) {
	for _, word := range strings.Fields(Folded(text)) {
		if !joinsWords(word) {
			words = append(words, word)
			continue
		}
		for runes := []rune(word); len(runes) > 0; {
			n := min(p.most, len(runes))
			for n > 1 && !p.joined[string(runes[:n])] {
				n--
			}
			words = append(words, string(runes[:n]))
			runes = runes[n:]
		}
	}
	return words
}

// longest returns what the longest phrase means with which words begin, and how many words it has; 0: there is none.
func (p *phrases[T]) longest(words []string) (meaning T, n int) { return longestPhrase(p.of, words) }

// longestPhrase returns what the longest phrase means with which words begin, and how many words it has; 0: there is
// none.
func longestPhrase[T any](of map[string]T, words []string) (meaning T, n int) {
	phrase := ""
	for i, word := range words {
		phrase = strings.TrimSpace(phrase + " " + word)
		if found, known := of[phrase]; known {
			meaning, n = found, i+1
		}
		if len(phrase) > maxKeyBytes {
			break
		}
	}
	return meaning, n
}

// joinsWords reports whether a text is of a script that puts no spaces between words.
func joinsWords(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Han, unicode.Hangul) })
}

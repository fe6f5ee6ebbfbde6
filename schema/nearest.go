package schema

import (
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest returns the known word that a mistyped one was most likely meant to be: the one with the fewest letters to
// change whatever their case, the first of equals, or "" where none is near.
//
// Near is a third of the word: beyond that, words resemble each other that have nothing to do with each other. One
// letter of a short word may be wrong, and two from four letters on, since exchanging neighbours (tabel) counts as two.
func Nearest(word string, known []string) string {
	const longest = 100 // edit distance is quadratic, and no name is longer
	if len(word) > longest {
		return ""
	}
	letters := len([]rune(word))
	folded, nearest, least := strings.ToLower(word), "", max(1, min(2, letters/2), letters/3)+1
	for _, k := range known {
		if d := levenshtein.Distance(folded, strings.ToLower(k), nil); d < least {
			nearest, least = k, d
		}
	}
	return nearest
}

// DidYouMean returns the hint that suggests what [Nearest] found, before what to do otherwise; near may be "", and so
// may otherwise.
func DidYouMean(near, otherwise string) string {
	if near == "" {
		return otherwise
	}
	return strings.TrimSuffix("did you mean "+near+"? "+otherwise, " ")
}

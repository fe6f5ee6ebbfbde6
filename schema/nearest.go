package schema

import (
	"slices"
	"strings"
	"unicode"

	"github.com/agext/levenshtein"
)

// Nearest returns the known word that a mistyped one was most likely meant to be: the one with the fewest mistakes to
// mend whatever their case, the first of equals, or "" where none is near. A mistake is a letter too many, too few or
// wrong, or two neighbours exchanged alone (tabel).
//
// Near is a third of the word, and one letter of a short one: beyond that, words resemble each other that have nothing
// to do with each other.
func Nearest(word string, known []string) string {
	const longest = 100 // edit distance is quadratic, and no name is longer
	if len(word) > longest {
		return ""
	}
	folded, nearest, least := strings.ToLower(word), "", max(1, len([]rune(word))/3)+1
	for _, k := range known {
		if d := mistakes(folded, strings.ToLower(k)); d < least {
			nearest, least = k, d
		}
	}
	return nearest
}

// MarkingProperty is the property that says how an entity may be shared.
const MarkingProperty = "marking"

// ResemblesMarking reports whether a name that no property has may be meant for a marking: what it says cannot be left
// out, or all would see what it keeps from them. An x_ property is kept as it is, and is meant.
func ResemblesMarking(name string) bool {
	if strings.HasPrefix(name, "x_") {
		return false
	}
	folded := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
	begins := []string{"mark", "handling", "tlp", "releas", "caveat", "dissem", "sensitiv"}
	return slices.ContainsFunc(begins, func(word string) bool { return strings.HasPrefix(folded, word) }) ||
		strings.Contains(folded, MarkingProperty) || strings.Contains(folded, "classif") || Nearest(folded, []string{MarkingProperty}) != ""
}

func mistakes(a, b string) int {
	d := levenshtein.Distance(a, b, nil)
	if d == 2 && len(a) == len(b) {
		for i := range len(a) - 1 {
			if a[:i]+a[i+1:i+2]+a[i:i+1]+a[i+2:] == b {
				return 1
			}
		}
	}
	return d
}

// DidYouMean returns the hint that suggests what [Nearest] found, before what to do otherwise; near may be "", and so
// may otherwise.
func DidYouMean(near, otherwise string) string {
	if near == "" {
		return otherwise
	}
	return strings.TrimSuffix("did you mean "+near+"? "+otherwise, " ")
}

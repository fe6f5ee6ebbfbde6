package mapping

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// What the ontology names is suggested by schema.Ontology.Suggest; this is for what the mapping and its files name:
// keys, columns, indexes, entities.

// nearest returns the name that somebody may have meant; empty: none is near.
func nearest(to string, names []string) string {
	best, least := "", 3+len(to)/8
	for _, name := range slices.Sorted(slices.Values(names)) {
		if distance := levenshtein.Distance(strings.ToLower(to), strings.ToLower(name), nil); distance < least {
			best, least = name, distance
		}
	}
	return best
}

// didYouMean puts a suggestion, where there is one, before what to do otherwise.
func didYouMean(near, otherwise string) string {
	if near != "" {
		return strings.TrimSuffix("did you mean "+near+"? "+otherwise, " ")
	}
	return otherwise
}

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
//
// A word of the name decides: marking, classification, handling, caveat, release, dissemination, sensitivity, TLP or
// the like, or marking mistyped. Other words beside it may show that it is about something else (vessel classification,
// release date); where none does, or the name says security too, it is a marking.
func ResemblesMarking(name string) bool {
	if strings.HasPrefix(name, "x_") {
		return false
	}
	words := nameWords(name)
	words = append(words, strings.Join(words, ""))
	secret := slices.ContainsFunc(words, func(word string) bool { return strings.Contains(secretWords, " "+word+" ") })
	return slices.ContainsFunc(markingWords, func(m markingWord) bool {
		return slices.ContainsFunc(words, m.fits) && (secret || !slices.ContainsFunc(words, m.isOther))
	}) || slices.ContainsFunc(words, isMarkingMistyped)
}

// markingWord is a word by which a marking may be called.
type markingWord struct {
	stem   string
	whole  bool   // the stem is the word; else the word begins with it
	within bool   // the stem may stand anywhere in the word
	others string // words that show that the name is about something else, a space between
}

func (m markingWord) fits(word string) bool {
	switch {
	case m.whole:
		return word == m.stem
	case m.within:
		return strings.Contains(word, m.stem)
	}
	return strings.HasPrefix(word, m.stem)
}

func (m markingWord) isOther(word string) bool {
	return slices.Contains(strings.Fields(m.others), strings.TrimSuffix(word, "s"))
}

// paintedOn are the words beside marks that are to be seen.
const paintedOn = " hull tail turret vehicle aircraft tactical painted visual physical body face scar tattoo road distinguishing " +
	"identifying recognition benchmarking earmarking bookmarking remarking trademarking"

// secretWords are the words beside which a marking is one, whatever else the name says.
const secretWords = " security secret secrecy protective national "

// markingWords are the words by which a marking may be called.
var markingWords = []markingWord{
	{stem: MarkingProperty, within: true, others: paintedOn},
	{stem: "markier"},   // in German
	{stem: "markering"}, // in Dutch and Swedish
	{stem: "mark", whole: true, others: "number no trade bench land book quality model" + paintedOn},
	{stem: "marks", whole: true, others: paintedOn},
	{stem: "marked", whole: true, others: paintedOn},
	{stem: "tlp"},
	{stem: "caveat"},
	{stem: "dissem"},
	{stem: "secrecy"},
	{stem: "confidentialit"},
	{stem: "releasab"},
	{stem: "releaseab"},
	{stem: "releasedto"},
	{stem: "releasedfor"},
	{stem: "released", whole: true, others: "date on at prisoner"},
	{stem: "release", whole: true, others: "date day month year time on at version number note press new prison prisoner"},
	{stem: "classif", within: true, others: "unit vessel ship boat aircraft vehicle weapon equipment conflict " +
		"industry occupation crime offence offense disease icd tax land soil specie road"},
	{stem: "handling", others: "cargo ground baggage material agent company port fuel ammunition freight equipment capacity"},
	{stem: "sensitiv", others: "price case time temperature light context"},
}

// nameWords cuts a name into its words, in lower case: security_marking, SecurityMarking and "security marking" are
// two.
func nameWords(name string) []string {
	var spaced strings.Builder
	before := ' '
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(before):
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(r)
		before = r
	}
	return strings.Fields(strings.ToLower(spaced.String()))
}

// isMarkingMistyped reports whether a word is marking with a mistake, or with two that leave its ending. The first
// letter is rarely one of them unless it is left out, exchanged with the next, or struck beside it on the keyboard.
func isMarkingMistyped(word string) bool {
	const most, longest = 2, 10
	if word == "" || len(word) > longest || !strings.ContainsRune("manjk", rune(word[0])) || strings.Contains(word, MarkingProperty) ||
		slices.Contains(nearMarking, word) {
		return false
	}
	n := mistakes(word, MarkingProperty)
	return n < most || n == most && strings.HasSuffix(word, MarkingProperty[len("mark"):])
}

// nearMarking are the words that resemble it and mean what they say.
var nearMarking = []string{
	"mapping", "mailing", "matching", "marching", "marrying", "milking", "mocking", "marketing", "manning", "marring",
	"marling", "marbling", "mauling", "matting", "mating", "maxing", "merging", "morning", "mashing", "massing", "jacking", "jarring",
	"arming", "asking", "arcing",
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

package identity

import (
	"math"
	"strings"

	"github.com/agext/levenshtein"
)

// likeness is how two words are taken for one, best first.
type likeness byte

const (
	unlike      likeness = iota
	abbreviated          // M. and Michael
	acronym              // SARS and Special Anti-Robbery Squad
	alike                // the same consonants and other vowels
	across               // alike once scripts without vowels or some consonants are allowed for
	slipped              // two slips
	spelt                // one slip, or two letters that changed places
	sounding             // the same consonants
	exact
)

// The costs, in bits, of taking two words for one that are not equal: how much rarer true pairs differ so than agree.
func (l likeness) cost() float64 {
	switch l {
	case sounding:
		return 1
	case spelt, across:
		return 1.5
	case slipped, alike:
		return 3
	case abbreviated:
		return 0.5
	case unlike, exact, acronym:
	}
	return 0
}

// compare returns how near two words are, remembering it.
func (c *census) compare(a, b int32, foreign, loose bool) likeness {
	if a == b {
		return exact
	}
	x, y := &c.words[a], &c.words[b]
	switch {
	case x.kind == number || y.kind == number:
		return unlike
	case x.kind == initial || y.kind == initial:
		if x.text[0] == y.text[0] {
			return abbreviated
		}
		return unlike
	}
	key := [2]int32{min(a, b), max(a, b)}
	as, known := c.near[key]
	if !known {
		as = c.likeness(x, y)
		if len(c.near) < maxRemembered {
			c.near[key] = as
		}
	}
	switch {
	case foreign && (as == unlike || as == alike || c.doubt(a, b, as, loose) > mostDoubt) && x.coarse == y.coarse &&
		max(len(x.text), len(y.text)) > 2:
		return across // from different scripts no slip is needed
	case as == alike && !loose, c.doubt(a, b, as, loose) > mostDoubt:
		return unlike
	}
	return as
}

// maxRemembered bounds the memory of comparisons.
const maxRemembered = 1 << 20

func (c *census) likeness(x, y *lexeme) likeness {
	if len(x.text) < 2 || len(y.text) < 2 {
		return unlike
	}
	edits := levenshtein.Distance(x.text, y.text, nil)
	longest := max(len(x.text), len(y.text))
	switch {
	case x.sound == y.sound && longest > 2 && edits == 1:
		return sounding
	case longest >= 4 && edits == 1, longest >= 4 && edits == 2 && swapped(x.text, y.text):
		return spelt
	case longest >= 7 && edits == 2:
		return slipped
	case x.sound == y.sound && longest > 2 && edits*2 <= longest+1:
		return alike
	}
	return unlike
}

// swapped reports whether two words differ by two neighbouring letters that changed places.
func swapped(x, y string) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range len(x) - 1 {
		if x[i] != y[i] {
			return x[i] == y[i+1] && x[i+1] == y[i] && x[i+2:] == y[i+2:]
		}
	}
	return false
}

// worth is what a match of two words tells. It may speak against a little: a slip in a word that all bear.
func (c *census) worth(a, b int32, as likeness, loose bool) float64 {
	x, y := &c.words[a], &c.words[b]
	var count int32
	switch as {
	case exact:
		if x.kind == initial {
			return max(c.rarity(c.letters[x.text[0]])-abbreviated.cost(), 0)
		}
		count = int32(len(c.bearers[a])) //nolint:gosec // entities are numbered by int32
	case sounding: // as rare as the sound, or as the spelling that differs little
		count = min(c.sounding[x.sound], int32(max(len(c.bearers[a]), len(c.bearers[b])))+1) //nolint:gosec // as above
	case alike:
		count = c.sounding[x.sound]
	case across:
		count = c.sounding[x.coarse]
	case spelt, slipped:
		count = int32(max(len(c.bearers[a]), len(c.bearers[b]))) + 1 //nolint:gosec // as above
	case abbreviated:
		return max(c.rarity(c.letters[y.text[0]])-as.cost(), 0)
	case unlike, acronym:
		return 0
	}
	bits := c.rarity(count)
	if as > spelt && count <= 3 || as == across && count <= 3 {
		bits += c.unseenWords
	}
	return bits - as.cost() - c.doubt(a, b, as, loose)/2
}

// mostDoubt is from where two words that look alike are taken for two words.
const mostDoubt = 4

// slipsOfMany: one in so many writes a common word wrong.
const slipsOfMany = 25

// doubt is how little two like words look like a slip, in bits. Words that several bear each are no slips of each
// other: Ogun and Osun are two states. Slips seldom strike a short word or its first letter (one in thirteen: Pollock
// and Zamora 1984).
func (c *census) doubt(a, b int32, as likeness, loose bool) float64 {
	if as != spelt && as != slipped && as != sounding && as != alike {
		return 0
	}
	x, y := &c.words[a], &c.words[b]
	rarer, other := float64(len(c.bearers[a])), float64(len(c.bearers[b]))
	if rarer > other {
		rarer, other = other, rarer
	}
	doubt := 2.5 * math.Log2(max(rarer-other/slipsOfMany, 1))
	if x.text[0] != y.text[0] && (as == spelt || as == slipped || !loose || !vowel(x.text[0]) || !vowel(y.text[0])) {
		doubt += 2 + 1.5*float64(levenshtein.Distance(x.text, y.text, nil))
	}
	if as == spelt && min(len(x.text), len(y.text)) <= 4 {
		doubt += 2
	}
	return doubt
}

func vowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }

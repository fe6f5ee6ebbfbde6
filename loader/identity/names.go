package identity

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// likeness is how two words are taken for one, best first.
type likeness byte

const (
	unlike      likeness = iota
	abbreviated          // M. and Michael
	alike                // the same consonants and other vowels
	across               // alike once scripts without vowels or some consonants are allowed for
	spelt                // a slip or two
	sounding             // the same consonants
	exact
)

// The costs, in bits, of taking two words for one that are not equal: how much rarer true pairs differ so than agree.
func (l likeness) cost() float64 {
	switch l {
	case sounding:
		return 1
	case spelt, across:
		return 2
	case alike:
		return 3
	case abbreviated:
		return 0.5
	case unlike, exact:
	}
	return 0
}

// matched is one word of each side taken for each other.
type matched struct {
	a, b int32 // words of the lexicon
	as   likeness
	bits float64
}

// alignment is how two names lie on each other.
type alignment struct {
	a, b    *form
	pairs   []matched
	restA   []int32
	restB   []int32
	bits    float64 // for the words that match, less what the rest costs
	matches float64 // the part of the matching words
	others  int     // other entities that bear all the matching words
}

// compare gives how near two words are, remembering it.
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
	if as == across && !foreign || as == alike && !loose {
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
	case x.sound == y.sound && longest > 2 && edits*3 <= longest+1:
		return sounding
	case longest >= 4 && edits == 1, longest >= 7 && edits == 2, longest >= 4 && edits == 2 && swapped(x.text, y.text):
		return spelt
	case x.sound == y.sound && longest > 2 && edits*2 <= longest+1:
		return alike
	case x.coarse == y.coarse && longest > 2:
		return across
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

// leastFromWord is what the likeness of two words must tell for them to be taken for one.
const leastFromWord = 1

// align lays one name on another: word by word, the most telling matches first, in any order of words.
func (c *census) align(a, b *form, kind string) alignment {
	foreign := a.foreign || b.foreign
	loose := foreign || kind == "Person"
	var possible []matched
	for _, x := range a.words {
		for _, y := range b.words {
			as := c.compare(x, y, foreign, loose)
			if as == unlike {
				continue
			}
			if bits := c.worth(x, y, as, loose); bits > leastFromWord || as == exact || as == abbreviated {
				possible = append(possible, matched{x, y, as, bits})
			}
		}
	}
	slices.SortStableFunc(possible, func(p, q matched) int { return cmp.Or(cmp.Compare(q.as, p.as), cmp.Compare(q.bits, p.bits)) })
	al := alignment{a: a, b: b, restA: slices.Clone(a.words), restB: slices.Clone(b.words)}
	for _, m := range possible {
		i, j := slices.Index(al.restA, m.a), slices.Index(al.restB, m.b)
		if i >= 0 && j >= 0 {
			al.restA, al.restB = slices.Delete(al.restA, i, i+1), slices.Delete(al.restB, j, j+1)
			al.pairs = append(al.pairs, m)
			al.matches += m.bits
		}
	}
	if len(al.pairs) == 0 {
		al.bits = math.Inf(-1)
		return al
	}
	al.bits = al.matches - c.rest(&al, kind)
	return al
}

// worth is what a match of two words tells. Words that several bear each are no slips of each other: Ogun and Osun are two
// states. Slips seldom strike a short word or its first letter. Loose: vowels count for little, as in people's names and those
// from other scripts.
func (c *census) worth(a, b int32, as likeness, loose bool) float64 {
	x, y := &c.words[a], &c.words[b]
	var count int32
	doubt := 0.0
	if as == spelt || as == sounding || as == alike || as == across {
		established := min(len(c.bearers[a]), len(c.bearers[b]))
		doubt = 3 * math.Log2(float64(max(established, 1)))
	}
	if (as == spelt || as == sounding && !loose) && x.text[0] != y.text[0] {
		doubt += 4 // one slip in thirteen (Pollock and Zamora 1984)
	}
	if as == spelt && min(len(x.text), len(y.text)) <= 4 {
		doubt += 2
	}
	switch as {
	case exact:
		if x.kind == initial {
			return max(c.rarity(c.letters[x.text[0]])-as.cost(), 0)
		}
		count = int32(len(c.bearers[a])) //nolint:gosec // entities are numbered by int32
	case sounding, alike:
		count = c.sounding[x.sound]
	case across:
		count = c.sounding[x.coarse]
	case spelt:
		count = int32(max(len(c.bearers[a]), len(c.bearers[b]))) + 1 //nolint:gosec // as above
	case abbreviated:
		return max(c.rarity(c.letters[y.text[0]])-as.cost(), 0)
	case unlike:
		return 0
	}
	return max(c.rarity(count)-as.cost()-doubt, 0)
}

// rest is what the words cost that stand on one side alone. A person's middle name is left out as often as not; what a unit's
// name has more is another unit's as a rule.
func (c *census) rest(al *alignment, kind string) float64 {
	numbers := func(words []int32) (n int) {
		for _, w := range words {
			if c.words[w].kind == number {
				n++
			}
		}
		return n
	}
	a, b := len(al.restA), len(al.restB)
	both, one := min(a, b), max(a, b)-min(a, b)
	na, nb := numbers(al.restA), numbers(al.restB)
	if kind == "Person" {
		cost := 0.7 * float64(one)
		if len(al.a.aside) > 0 && len(al.b.aside) > 0 && !slices.Equal(al.a.aside, al.b.aside) {
			cost += 4
		}
		if both > 0 {
			cost += 6 + 0.4*min(c.telling(al.restA), c.telling(al.restB)) + 2*float64(both-1)
		}
		return cost
	}
	cost := 2 * float64(one)
	if both > 0 {
		cost += 5 + 0.9*min(c.telling(al.restA), c.telling(al.restB)) + 2*float64(both-1)
	}
	switch {
	case na > 0 && nb > 0:
		cost += 12
	case na+nb > 0:
		cost += 3
	}
	return cost
}

// telling is what the rarest of some words would tell.
func (c *census) telling(words []int32) float64 {
	most := 0.0
	for _, w := range words {
		most = max(most, c.worth(w, w, exact, true))
	}
	return most
}

// common counts the other entities that bear all the words that match to the letter: a name that many bear tells little, however
// rare its words would make it if they came together by chance.
func (c *census) common(al *alignment, a, b *entity) int {
	var lists [][]int32
	for _, m := range al.pairs {
		if m.as == exact && c.words[m.a].kind != initial {
			lists = append(lists, c.bearers[m.a])
		}
	}
	if len(lists) == 0 {
		return 0
	}
	slices.SortFunc(lists, func(p, q []int32) int { return len(p) - len(q) })
	n := 0
	for _, e := range lists[0] {
		if e == a.index || e == b.index {
			continue
		}
		all := true
		for _, list := range lists[1:] {
			if _, found := slices.BinarySearch(list, e); !found {
				all = false
				break
			}
		}
		if all {
			n++
		}
	}
	return n
}

// mostFromName bounds what a name alone tells beyond the prior: 8 bits are 250 to 1.
const mostFromName = 8

// nameEvidence is what the names of two entities say: of all their names those two that tell most, less what the names they go
// by say against it. Explained are the words of names of what both are tied to: two departments of one headquarters bear its name.
func (c *census) nameEvidence(a, b *entity, explained map[int32]bool) (alignment, float64, bool) {
	best := alignment{bits: math.Inf(-1)}
	conflict := math.Inf(1)
	for i := range a.forms {
		for j := range b.forms {
			al := c.align(&a.forms[i], &b.forms[j], a.kind)
			if al.bits > best.bits {
				best = al
			}
			if a.forms[i].main && b.forms[j].main {
				conflict = min(conflict, c.apart(&al, a.kind))
			}
		}
	}
	if math.IsInf(best.bits, -1) {
		return best, 0, false
	}
	rest := best.matches - best.bits
	if !math.IsInf(conflict, 1) && (!best.a.main || !best.b.main) {
		rest += conflict
	}
	equal, near := 0.0, 0.0 // what words tell that match to the letter, and the others
	for _, m := range best.pairs {
		switch {
		case a.kind != "Person" && len(best.restA) > 0 && len(best.restB) > 0 && explained[m.a]:
		case m.as == exact && c.words[m.a].kind != initial:
			equal += m.bits
		default:
			near += m.bits
		}
	}
	if best.others = c.common(&best, a, b); best.others > 0 {
		equal = min(equal, math.Log2((c.total+strangers)/float64(best.others))+1)
	}
	return best, min(equal+near, mostFromName-c.prior()) - rest, true
}

// apart is what two names that entities go by say against them where other names of theirs agree.
func (c *census) apart(al *alignment, kind string) float64 {
	for _, rest := range [][]int32{al.restA, al.restB} {
		if len(rest) == 0 {
			return 0
		}
	}
	if kind != "Person" && c.hasNumber(al.restA) && c.hasNumber(al.restB) {
		return 14
	}
	return 4
}

func (c *census) hasNumber(words []int32) bool {
	return slices.ContainsFunc(words, func(w int32) bool { return c.words[w].kind == number })
}

// say tells an alignment in words.
func (c *census) say(al *alignment) string {
	var parts []string
	for _, m := range al.pairs {
		x, y := c.words[m.a].text, c.words[m.b].text
		switch m.as {
		case exact:
			parts = append(parts, x)
		case sounding, alike:
			parts = append(parts, x+" sounds like "+y)
		case spelt, across:
			parts = append(parts, x+" ~ "+y)
		case abbreviated:
			parts = append(parts, x+" for "+y)
		case unlike:
		}
	}
	return strings.Join(parts, ", ")
}

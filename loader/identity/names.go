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
	case slipped:
		return 3
	case alike:
		return 3
	case abbreviated:
		return 0.5
	case unlike, exact, acronym:
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
	switch {
	case foreign && (as == unlike || as == alike || c.doubt(a, b, as) > mostDoubt) && x.coarse == y.coarse && max(len(x.text), len(y.text)) > 2:
		return across // from different scripts no slip is needed
	case as == alike && !loose, c.doubt(a, b, as) > mostDoubt:
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

// align lays one name on another: word by word, the most telling matches first, in any order of words.
func (c *census) align(a, b *form, kind string) alignment {
	foreign := a.foreign != b.foreign
	loose := foreign || kind == "Person"
	var possible []matched
	for _, x := range a.words {
		for _, y := range b.words {
			if as := c.compare(x, y, foreign, loose); as != unlike {
				possible = append(possible, matched{x, y, as, c.worth(x, y, as)})
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
	c.spellOut(&al, &al.restA, &al.restB, al.b)
	c.spellOut(&al, &al.restB, &al.restA, al.a)
	if len(al.pairs) == 0 {
		al.bits = math.Inf(-1)
		return al
	}
	al.bits = al.matches - c.rest(&al, kind)
	return al
}

// spellOut matches an acronym that one name has left with words in a row of the other that its letters begin.
func (c *census) spellOut(al *alignment, short, long *[]int32, of *form) {
	for i, w := range *short {
		letters := c.words[w].text
		if c.words[w].kind != plain || len(letters) < 2 || len(letters) > 6 {
			continue
		}
		for start := 0; start+len(letters) <= len(of.words); start++ {
			run := of.words[start : start+len(letters)]
			rest := slices.DeleteFunc(slices.Clone(*long), func(w int32) bool { return slices.Contains(run, w) })
			if len(*long)-len(rest) < len(letters)-1 || !c.initials(run, letters) {
				continue // at most one of them has matched already: State Criminal Investigation Department, X State
			}
			m := matched{w, run[len(run)-1], acronym, min(2.5*float64(len(letters)), c.rarity(int32(len(c.bearers[w]))+1))} //nolint:gosec // as above
			if of == al.a {
				m.a, m.b = m.b, m.a
			}
			al.pairs, al.matches = append(al.pairs, m), al.matches+m.bits
			*long, *short = rest, slices.Delete(*short, i, i+1)
			return
		}
	}
}

// initials reports whether words begin with letters.
func (c *census) initials(words []int32, letters string) bool {
	for i, w := range words {
		if c.words[w].kind != plain || c.words[w].text[0] != letters[i] {
			return false
		}
	}
	return true
}

// worth is what a match of two words tells. It may speak against a little: a slip in a word that all bear.
func (c *census) worth(a, b int32, as likeness) float64 {
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
	return bits - as.cost() - c.doubt(a, b, as)/2
}

// mostDoubt is from where two words that look alike are taken for two words.
const mostDoubt = 4

// slipsOfMany: one in so many writes a common word wrong.
const slipsOfMany = 25

// doubt is how little two like words look like a slip, in bits. Words that several bear each are no slips of each other: Ogun
// and Osun are two states. Slips seldom strike a short word or its first letter (one in thirteen: Pollock and Zamora 1984).
func (c *census) doubt(a, b int32, as likeness) float64 {
	if as != spelt && as != slipped && as != sounding && as != alike {
		return 0
	}
	x, y := &c.words[a], &c.words[b]
	rarer, other := float64(len(c.bearers[a])), float64(len(c.bearers[b]))
	if rarer > other {
		rarer, other = other, rarer
	}
	doubt := 2.5 * math.Log2(max(rarer-other/slipsOfMany, 1))
	if x.text[0] != y.text[0] && (as == spelt || as == slipped || !vowel(x.text[0]) || !vowel(y.text[0])) {
		doubt += 2 + 1.5*float64(levenshtein.Distance(x.text, y.text, nil))
	}
	if as == spelt && min(len(x.text), len(y.text)) <= 4 {
		doubt += 2
	}
	return doubt
}

func vowel(b byte) bool { return strings.IndexByte("aeiouy", b) >= 0 }

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
		if len(al.a.aside) > 0 && len(al.b.aside) > 0 && !c.asideAlike(al.a.aside, al.b.aside) {
			cost += 4
		}
		if both > 0 {
			cost += 6 + 0.4*min(c.telling(al.restA), c.telling(al.restB)) + 2*float64(both-1)
		}
		return cost
	}
	cost := 2.5 * float64(one)
	if both > 0 {
		cost += 5 + 0.9*min(c.telling(al.restA), c.telling(al.restB)) + 2*float64(both-1)
	}
	for _, w := range slices.Concat(al.restA, al.restB) {
		if c.words[w].unitKind {
			cost += 10
		}
	}
	switch {
	case na > 0 && nb > 0:
		cost += 12
	case na+nb > 0:
		cost += 3
	}
	return cost
}

// asideAlike reports whether every word in one's brackets has a like one in the other's.
func (c *census) asideAlike(a, b []int32) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	for _, x := range a {
		if !slices.ContainsFunc(b, func(y int32) bool { return c.compare(x, y, true, true) != unlike }) {
			return false
		}
	}
	return true
}

// telling is what the rarest of some words would tell.
func (c *census) telling(words []int32) float64 {
	most := 0.0
	for _, w := range words {
		most = max(most, c.worth(w, w, exact))
	}
	return most
}

// atMost bounds what the matching words tell together by what the data show: words come in phrases, and were they counted one by
// one, two of thirty-six Criminal Intelligence Bureaux would look rare. By the chain rule the words tell no more than all but one
// of them together, as the entities that bear these show it, and that one by itself; whichever it is.
func (c *census) atMost(al *alignment, a, b *entity) float64 {
	lists := make([][]int32, len(al.pairs))
	for i, m := range al.pairs {
		lists[i] = c.bearersOf(m)
	}
	all, without := c.others(al, lists, a, b)
	least := math.Log2(c.total+strangers) + c.unseenWords // what words borne by nobody else tell together
	if len(al.restA) == 0 && len(al.restB) == 0 {
		least = math.Log2(c.total+strangers) + c.unseenNames
	}
	most := c.tells(all)
	for i, m := range al.pairs {
		bound := c.tells(all+without[i]) + max(m.bits, 0)
		if m.as == exact {
			bound = max(bound, least)
		}
		most = min(most, bound)
	}
	return most
}

// bearersOf gives the entities that bear either word of a match, ascending.
func (c *census) bearersOf(m matched) []int32 {
	if m.a == m.b {
		return c.bearers[m.a]
	}
	all := slices.Concat(c.bearers[m.a], c.bearers[m.b])
	slices.Sort(all)
	return slices.Compact(all)
}

// tells is what it tells that two of so many others share something; a few others may be the same once more.
func (c *census) tells(others int) float64 {
	if others <= moreOfOne {
		return math.Inf(1)
	}
	return math.Log2((c.total + strangers) / float64(others-moreOfOne))
}

// moreOfOne is how many others of a name may be the same once more, rather than namesakes.
const moreOfOne = 2

// mostLooked bounds what one look at a common word costs: beyond it, what was seen is taken for the rest.
const mostLooked = 512

// others counts the other entities that bear all the matching words, and for each word those that bear all but it. Where two
// names match as a whole, those that have more words are others' names.
func (c *census) others(al *alignment, lists [][]int32, a, b *entity) (all int, without []int) {
	without = make([]int, len(lists))
	rarest := make([]int, len(lists))
	for i := range rarest {
		rarest[i] = i
	}
	slices.SortFunc(rarest, func(p, q int) int { return len(lists[p]) - len(lists[q]) })
	// Who lacks at most one of the words bears the rarest or the second rarest.
	seek := lists[rarest[0]]
	if len(rarest) > 1 {
		seek = slices.Concat(seek, lists[rarest[1]])
		slices.Sort(seek)
		seek = slices.Compact(seek)
	}
	whole := len(al.restA) == 0 && len(al.restB) == 0
	step := max(len(seek)/mostLooked, 1)
	for i := 0; i < len(seek); i += step {
		e := seek[i]
		if e == a.index || e == b.index {
			continue
		}
		lacks, missing := 0, 0
		for _, w := range rarest {
			if _, found := slices.BinarySearch(lists[w], e); !found {
				if lacks++; lacks > 1 {
					break
				}
				missing = w
			}
		}
		switch {
		case lacks == 1:
			without[missing] += step
		case lacks == 0 && (!whole || c.entities[e].named(len(al.pairs))):
			all += step
		}
	}
	return all, without
}

// named reports a name of so many words.
func (e *entity) named(words int) bool {
	return slices.ContainsFunc(e.forms, func(f form) bool { return len(f.words) == words })
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
	matches := best.matches
	if a.kind != "Person" && len(best.restA) > 0 && len(best.restB) > 0 {
		for _, m := range best.pairs {
			if explained[m.a] {
				matches -= m.bits
			}
		}
	}
	return best, min(matches, c.atMost(&best, a, b), mostFromName-c.prior()) - rest, true
}

// apart is what two names that entities go by say against them where other names of theirs agree.
func (c *census) apart(al *alignment, kind string) float64 {
	switch {
	case len(al.restA) == 0 || len(al.restB) == 0:
		return 0
	case kind == "Person":
		return 4
	}
	return 0.6 * c.rest(al, kind)
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
		case spelt, slipped, across:
			parts = append(parts, x+" ~ "+y)
		case abbreviated, acronym:
			parts = append(parts, x+" for "+y)
		case unlike:
		}
	}
	return strings.Join(parts, ", ")
}

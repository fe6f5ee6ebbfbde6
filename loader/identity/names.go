package identity

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

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

// align lays one name on another: word by word, the most telling matches first, in any order of words.
func (c *census) align(a, b *form, kind string) alignment {
	foreign := a.foreign != b.foreign
	loose := foreign || kind == "Person"
	var possible []matched
	for _, x := range a.words {
		for _, y := range b.words {
			if as := c.compare(x, y, foreign, loose); as != unlike {
				possible = append(possible, matched{x, y, as, c.worth(x, y, as, loose)})
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
	c.joinWords(&al, &al.restA, &al.restB, al.a)
	c.joinWords(&al, &al.restB, &al.restA, al.b)
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
			rarity := c.rarity(int32(len(c.bearers[w])) + 1) //nolint:gosec // as above
			m := matched{w, run[len(run)-1], acronym, min(2.5*float64(len(letters)), rarity)}
			if of == al.a {
				m.a, m.b = m.b, m.a
			}
			al.pairs, al.matches = append(al.pairs, m), al.matches+m.bits
			*long, *short = rest, slices.Delete(*short, i, i+1)
			return
		}
	}
}

// minJoined is how many letters a word has at least that is taken for two.
const minJoined = 6

// joinWords matches two words in a row that one name has left with one of the other that holds the letters of both:
// Abdul Rahman and Abdulrahman.
func (c *census) joinWords(al *alignment, apart, joined *[]int32, of *form) {
	for i := 0; i+1 < len(of.words); i++ {
		x, y := of.words[i], of.words[i+1]
		if x == y || !slices.Contains(*apart, x) || !slices.Contains(*apart, y) || c.words[x].kind != plain || c.words[y].kind != plain {
			continue
		}
		both := c.words[x].text + c.words[y].text
		if len(both) < minJoined {
			continue
		}
		at := slices.IndexFunc(*joined, func(w int32) bool {
			text := c.words[w].text
			return c.words[w].kind == plain && len(text) >= minJoined && max(len(text)-len(both), len(both)-len(text)) < 2 &&
				levenshtein.Distance(text, both, nil) < 2
		})
		if at < 0 {
			continue
		}
		w := (*joined)[at]
		parts := c.worth(x, x, exact, true) + c.worth(y, y, exact, true)
		rarer := x
		if len(c.bearers[y]) < len(c.bearers[x]) {
			rarer = y
		}
		m := matched{rarer, w, spelt, min(parts, c.worth(w, w, exact, true)) - spelt.cost()}
		if of == al.b {
			m.a, m.b = m.b, m.a
		}
		al.pairs, al.matches = append(al.pairs, m), al.matches+m.bits
		*joined = slices.Delete(*joined, at, at+1)
		*apart = slices.DeleteFunc(*apart, func(word int32) bool { return word == x || word == y })
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

// rest is what the words cost that stand on one side alone. A person's middle name is left out as often as not; what a
// unit's name has more is another unit's as a rule.
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
	each := 2.5
	if kind == "Concept" {
		each = 6 // techniques and data components lie within one another by name
	}
	cost := each * float64(one)
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
		most = max(most, c.worth(w, w, exact, true))
	}
	return most
}

// mostFromName bounds what a name alone tells beyond the prior: 8 bits are 250 to 1.
const mostFromName = 8

// nameEvidence is what the names of two entities say: of all their names those two that tell most, less what the names
// they go by say against it. Explained are the words of names of what both are tied to: two departments of one
// headquarters bear its name. What is less than needed need not be exact.
func (c *census) nameEvidence(a, b *entity, explained map[int32]bool, needed float64) (alignment, float64, bool) {
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
	bits := min(matches, mostFromName-c.prior())
	if bits-rest >= needed {
		bits = min(bits, c.atMost(&best, a, b))
	}
	return best, bits - rest, true
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

// say returns an alignment in words.
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

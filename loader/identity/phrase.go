package identity

import (
	"math"
	"slices"
)

// atMost bounds what the matching words tell together by what the data show: words come in phrases, and were they
// counted one by one, two of thirty-six Criminal Intelligence Bureaux would look rare. By the chain rule the words tell
// no more than all but one of them together, as the entities that bear these show it, and that one by itself; whichever
// it is.
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

// bearersOf returns the entities that bear either word of a match, ascending.
func (c *census) bearersOf(m matched) []int32 {
	if m.a == m.b {
		return c.bearers[m.a]
	}
	all := slices.Concat(c.bearers[m.a], c.bearers[m.b])
	slices.Sort(all)
	return slices.Compact(all)
}

// tells returns, in bits, what it tells that two share something beside so many others; a few of those may be the same
// entity once more.
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

// others counts the other entities that bear all the matching words, and for each word those that bear all but it.
// Where two names match as a whole, those that have more words are others' names.
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

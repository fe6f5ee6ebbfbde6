package schema

import (
	"cmp"
	"slices"
)

// best returns the claims that state the winner among values of a single-valued property (law 11), as far as they are
// alike before the law: the latest where the ontology says so, then the most confident, then the most precise of values
// that agree, then what the most sources say, then the first value.
func (c *comparison) best(candidates []candidate) []candidate {
	if !several(candidates) {
		return candidates
	}
	left := candidates
	if c.Winner == Latest {
		left = least(left, func(a, b candidate) int {
			return cmp.Or(laterFirst(a.claim.Period.To, b.claim.Period.To), laterFirst(a.claim.Period.From, b.claim.Period.From))
		})
	}
	left = c.mostPrecise(least(left, func(a, b candidate) int { return cmp.Compare(b.claim.Confidence, a.claim.Confidence) }))
	values := texts(left)
	if len(values) > 1 {
		sources := map[string]map[string]bool{}
		for _, of := range left {
			if sources[of.value] == nil {
				sources[of.value] = map[string]bool{}
			}
			for _, cite := range of.claim.Cites {
				sources[of.value][cite.Source] = true
			}
		}
		values = least(values, func(x, y string) int { return cmp.Compare(len(sources[y]), len(sources[x])) })
		slices.SortFunc(values, c.compareValues)
	}
	return stating(left, values[0])
}

// least returns those of a list before which no other stands, in their order.
func least[T any](list []T, compare func(a, b T) int) []T {
	var first []T
	for _, item := range list {
		order := -1
		if len(first) > 0 {
			order = compare(item, first[0])
		}
		switch {
		case order < 0:
			first = append(first[:0:0], item)
		case order == 0:
			first = append(first, item)
		}
	}
	return first
}

// mostPrecise leaves out the values of which another, that agrees, is more precise.
func (c *comparison) mostPrecise(candidates []candidate) []candidate {
	readings := c.readings(candidates)
	if len(readings) < 2 {
		return candidates
	}
	vague := map[string]bool{}
	for i, r := range readings {
		vague[r.text] = slices.ContainsFunc(readings, func(other *reading) bool { return other != readings[i] && c.vaguer(r, other) })
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(of candidate) bool { return vague[of.value] })
}

// several reports whether claims state different values. Most do not, and need no comparing.
func several(candidates []candidate) bool {
	return slices.ContainsFunc(candidates, func(c candidate) bool { return c.value != candidates[0].value })
}

func stating(candidates []candidate, value string) []candidate {
	return slices.DeleteFunc(slices.Clone(candidates), func(c candidate) bool { return c.value != value })
}

// laterFirst orders by the latest instant an end may have: open (still going on) first, unknown last.
func laterFirst(a, b Bound) int {
	rank := func(e Bound) int {
		switch {
		case e.Open:
			return 0
		case !e.Max.IsZero():
			return 1
		default:
			return 2
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Max.Compare(a.Max))
}

// Exclusive reports whether one value of the property rules another out: what is no list, no name, no mere description
// and no bound of a number, of which one may be narrower than another.
func (p *Property) Exclusive() bool {
	switch p.Kind {
	case KindText, KindURL, KindExternalID:
		return false
	default:
		return !p.List && !p.Names && p.Bounds() == ""
	}
}

// contenders returns the claims among whose values one is to be shown: those that hold at the winner's time. What held
// before the latest is its history, and so is what may have: a value without a date is no rival of one with.
func (c *comparison) contenders(winner, candidates []candidate) (list []candidate) {
	if c.Winner != Latest {
		return candidates
	}
	var held []Period
	for _, w := range winner {
		if !slices.ContainsFunc(held, w.claim.Period.Equal) {
			held = append(held, w.claim.Period)
		}
	}
	for _, of := range candidates {
		if slices.ContainsFunc(held, func(p Period) bool {
			return p.Equal(of.claim.Period) || p.Overlaps(of.claim.Period) == Certain
		}) {
			list = append(list, of)
		}
	}
	return list
}

// differs reports whether values stand that disagree with the winner (law 11).
func (c *comparison) differs(winner, candidates []candidate) bool {
	if !c.Exclusive() || !several(candidates) {
		return false
	}
	readings := c.readings(c.contenders(winner, candidates))
	shown := readings[slices.IndexFunc(readings, func(r *reading) bool { return r.text == winner[0].value })]
	return slices.ContainsFunc(readings, func(r *reading) bool { return !c.agree(shown, r) })
}

// Stated is a value of a property with the claims that state it.
type Stated struct {
	Value  string
	Claims []*StoredClaim
}

// rivals returns the value to show and those that disagree with it: by grade, the least first, then by the winner's
// rule. Where all agree with the one to show, and not with each other, they are its rivals all the same.
func (c *comparison) rivals(contenders []candidate, grade func(*StoredClaim) int) (list []Stated) {
	grades := map[string]int{}
	for _, of := range contenders {
		g := grade(of.claim)
		if best, known := grades[of.value]; !known || g < best {
			grades[of.value] = g
		}
	}
	for left := contenders; len(left) > 0; {
		first := least(left, func(a, b candidate) int { return cmp.Compare(grades[a.value], grades[b.value]) })
		s := Stated{Value: c.best(first)[0].value}
		for _, of := range stating(left, s.Value) {
			s.Claims = append(s.Claims, of.claim)
		}
		list = append(list, s)
		left = slices.DeleteFunc(slices.Clone(left), func(of candidate) bool { return of.value == s.Value })
	}
	shown := c.stated(list[0])
	disagree := slices.DeleteFunc(slices.Clone(list[1:]), func(s Stated) bool { return c.agree(shown, c.stated(s)) })
	if len(disagree) == 0 {
		return list
	}
	return append(list[:1:1], disagree...)
}

package queries_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// isPost reports whether a claim says that somebody had a post.
func (c *said) isPost() bool {
	return slices.Contains([]string{"commands", "posted_to", "member_of"}, c.relation)
}

// attested is the time for which a claim is attested; none where no date attests anything.
func (c *said) attested() (first, last int, dated bool) {
	var known []int
	begin, end := c.bounds() // as its own ends bound each other
	if !c.begin.open && c.begin.max != no {
		known = append(known, begin.max)
	}
	if !c.end.open && c.end.min != no {
		known = append(known, end.min)
	}
	if len(known) == 0 {
		return 0, 0, false
	}
	first, last = slices.Min(known), slices.Max(known)
	if c.begin.open {
		first = never
	}
	if c.end.open {
		last = ever
	}
	return first, last, true
}

// implies reports whether another claim allows all that this one may be.
func (c *said) implies(d *said) bool {
	one := func(x, y bound) bool {
		switch {
		case !y.open && y.min == no && y.max == no:
			return true
		case x.open || y.open:
			return x.open && y.open
		}
		return (y.min == no || x.min != no && y.min <= x.min) && (y.max == no || x.max != no && x.max <= y.max)
	}
	return one(c.begin, d.begin) && one(c.end, d.end)
}

// notBeyond takes from a claim what another rules out.
func (c *said) notBeyond(d *said) {
	if !d.begin.open && d.begin.min != no && !c.begin.open {
		c.begin.min = max(c.begin.min, d.begin.min)
	}
	if !d.end.open && d.end.max != no && !c.end.open && (c.end.max == no || c.end.max > d.end.max) {
		c.end.max = d.end.max
	}
}

// positionOf is the position that a role names, in whatever words.
func positionOf(role string) string {
	switch role {
	case "CO", "командир":
		return "commander"
	}
	return role
}

// positionIn is the position that the cell of a row names: of a post without a role the relation stands there.
func positionIn(cell string) string {
	if (&said{relation: cell}).isPost() {
		return ""
	}
	return positionOf(cell)
}

// inScope returns what all filters but the time leave, the posts judged together.
func (m *model) inScope(a *asked) (list []*said) {
	var edges []string
	byEdge := map[string][]*said{}
	for _, c := range m.claims {
		if c.draws() && (a.dataset == "" || c.dataset == a.dataset) && (a.min <= 0 || c.confidence >= a.min) {
			edges = append(edges, c.edge())
			byEdge[c.edge()] = append(byEdge[c.edge()], c)
		}
	}
	for _, edge := range slices.Compact(sorted(edges)) {
		list = append(list, judgedTogether(byEdge[edge])...)
	}
	return list
}

// judgedTogether returns the claims behind a link as they stand beside each other (law 8): within one position a
// precise claim overrules what a vague one merely allows, if the time for which that is attested lies inside it.
func judgedTogether(all []*said) (list []*said) {
	for _, c := range all {
		judged := *c
		var told *said
		first, last, dated := c.attested()
		for _, d := range all {
			if c == d || !c.isPost() || c.role != "" && positionOf(c.role) != positionOf(d.role) {
				continue
			}
			if !dated {
				if d.implies(c) && !c.implies(d) && (told == nil || slices.Compare(d.order(), told.order()) < 0) {
					told = d // the first of those to which it adds nothing
				}
				continue
			}
			from, to, bounded := d.attested()
			known := !d.begin.open && d.begin.min != no
			if known {
				from = d.begin.min
			}
			if !d.end.open && d.end.max != no {
				to, bounded = d.end.max, bounded || known
			}
			if bounded && first >= from && last <= to {
				judged.notBeyond(d)
			}
		}
		if told != nil {
			judged.notBeyond(told)
		}
		list = append(list, &judged)
	}
	return list
}

// order is what orders claims by when they may begin at the earliest, then by the other bounds.
func (c *said) order() []int {
	known := func(n, otherwise int) int {
		if n == no {
			return otherwise
		}
		return n
	}
	begin := []int{known(c.begin.min, never), known(c.begin.max, ever)}
	end := []int{known(c.end.min, never), known(c.end.max, ever)}
	if c.begin.open {
		begin = []int{never, never}
	}
	if c.end.open {
		end = []int{ever, ever}
	}
	return append(begin, end...)
}

// surely is when a claim surely holds, and whether there is any such time; else it holds at some moment of it.
func (c *said) surely() (first, last int, sure bool) {
	begin, end := c.bounds()
	return min(begin.max, end.min), max(begin.max, end.min), begin.max < end.min
}

// follows reports whether no day can lie between two claims.
func (c *said) follows(d *said) bool {
	if c.begin == d.begin && c.end == d.end {
		return true
	}
	first, last, sure := c.surely()
	from, to, otherSure := d.surely()
	if c.daily {
		first, last, from, to = first>>1, last>>1, from>>1, to>>1
	}
	switch {
	case sure && otherSure:
		return first <= to+1 && from <= last+1
	case sure:
		return from >= first-1 && to <= last+1
	}
	return otherSure && first >= from-1 && last <= to+1
}

// with is the time of two claims between which no day lies.
func (c *said) with(d *said) *said {
	both := *c
	both.date = false
	least := func(x, y int) int {
		if x == no || y != no && y < x {
			return y
		}
		return x
	}
	both.begin = bound{min: no, max: least(c.begin.max, d.begin.max)}
	if c.begin.open || d.begin.open {
		both.begin = bound{min: no, max: no, open: true}
	} else if c.begin.min != no && d.begin.min != no {
		both.begin.min = min(c.begin.min, d.begin.min)
	}
	both.end = bound{min: max(c.end.min, d.end.min), max: no}
	if c.end.open || d.end.open {
		both.end = bound{min: no, max: no, open: true}
	} else if c.end.max != no && d.end.max != no {
		both.end.max = max(c.end.max, d.end.max)
	}
	return &both
}

// saysAll reports whether another claim of the same position adds nothing to this one.
func (c *said) saysAll(d *said) bool {
	if _, _, dated := d.attested(); !dated && c.implies(d) {
		return true
	}
	if _, _, dated := c.attested(); !dated && d.implies(c) { // then this one adds nothing to the other
		return d.begin == c.begin && d.end == c.end
	}
	both := c.with(d)
	return c.follows(d) && both.begin == c.begin && both.end == c.end
}

// canonicalPeriod writes a period as orbat does.
func canonicalPeriod(text string) string {
	p, err := schema.ParsePeriod(text)
	if err != nil {
		return err.Error()
	}
	return p.String()
}

// stint is a time without a gap that somebody held a position.
type stint struct {
	*said
	of []*said
}

// stints parts the claims of one position where there is a gap. What attests nothing belongs to what implies it.
func stints(claims []*said) (list []stint) {
	under := map[*said]*said{}
	for i, c := range claims {
		if _, _, dated := c.attested(); !dated {
			for j, d := range claims {
				if i == j || !d.implies(c) || c.implies(d) && j > i {
					continue
				}
				if under[c] == nil || slices.Compare(d.order(), under[c].order()) < 0 {
					under[c] = d
				}
			}
		}
		if under[c] == nil {
			list = append(list, stint{c, []*said{c}})
		}
	}
	for joined := true; joined; {
		joined = false
		for i := range list {
			for j := i + 1; j < len(list) && !joined; j++ {
				if list[i].follows(list[j].said) {
					list[i] = stint{list[i].with(list[j].said), append(list[i].of, list[j].of...)}
					list = slices.Delete(list, j, j+1)
					joined = true
				}
			}
			if joined {
				break
			}
		}
	}
	for _, c := range claims {
		top := c
		for under[top] != nil {
			top = under[top]
		}
		for i := range list {
			if top != c && slices.Contains(list[i].of, top) {
				list[i].of = append(list[i].of, c)
			}
		}
	}
	return list
}

// stintsOf returns the stints that the claims of one link add up to, which were judged together. A claim without a role
// belongs to a position that says no less.
func stintsOf(claims []*said) (list []stint) {
	byPosition := map[string][]*said{}
	for _, c := range claims {
		byPosition[positionOf(c.role)] = append(byPosition[positionOf(c.role)], c)
	}
	for _, position := range slices.Sorted(maps.Keys(byPosition)) {
		if position != "" {
			list = append(list, stints(byPosition[position])...)
		}
	}
	named := len(list)
	for _, vague := range stints(byPosition[""]) {
		at := slices.IndexFunc(list[:named], func(t stint) bool { return t.saysAll(vague.said) })
		if at >= 0 {
			list[at].of = append(list[at].of, vague.of...)
		} else {
			list = append(list, vague)
		}
	}
	return list
}

// position is that of a stint.
func (t stint) position() string { return positionOf(t.role) }

// leads reports whether a stint makes its person the one in charge.
func (t stint) leads() bool { return t.relation == "commands" && t.role != "deputy" }

// telling are the claims of a stint that add something to the others.
func (t stint) telling() (list []*said) {
	for _, c := range t.of {
		if !slices.ContainsFunc(t.of, func(d *said) bool { return d.saysAll(c) && !c.saysAll(d) }) {
			list = append(list, c)
		}
	}
	return list
}

// confidence is that of the claims that a stint rests on: the surest of those that give the same time, of the others,
// which are all needed, the weakest.
func (t stint) confidence() int {
	byTime := map[[2]bound]int{}
	for _, c := range t.telling() {
		at := [2]bound{c.begin, c.end}
		if best, known := byTime[at]; !known || c.confidence > best {
			byTime[at] = c.confidence
		}
	}
	return slices.Min(slices.Collect(maps.Values(byTime)))
}

// posts are the stints behind edges, by brute force.
func (m *model) posts(a *asked, wanted func(*said) bool, far func(*said) string) (rows []string, possible, left int) {
	for _, c := range m.claims {
		if _, _, grade := a.judge(c); grade && wanted(c) {
			left++
		}
	}
	byEdge := map[string][]*said{}
	for _, c := range m.inScope(a) {
		if wanted(c) {
			byEdge[c.edge()] = append(byEdge[c.edge()], c)
		}
	}
	for _, claims := range byEdge {
		for _, t := range stintsOf(claims) {
			can, must := false, false
			for _, c := range t.telling() {
				may, surely := a.holds(c)
				can, must = can || may, must || surely
			}
			if !can || a.certain && !must {
				continue
			}
			confidence, mark, contested := "", "", ""
			if n := t.confidence(); n >= 0 {
				confidence = strconv.Itoa(n)
			}
			if !must {
				mark = "possibly"
				possible++
			}
			if slices.ContainsFunc(t.of, func(c *said) bool { return m.contested(a, c) }) {
				contested = "contested"
			}
			cells := []string{t.relation + " the " + far(t.said), t.position(), canonicalPeriod(t.period()), confidence, mark, contested}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	return sorted(rows), possible, left
}

package queries_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"orbat/schema"
)

// The model: a few claims as a program of ten lines would hold them. It shares no code with what is tested but the
// names of things; days count from 2000-01-01, and all of its months have 30 days.

// bound is one end of a period. min and max are days; no is unknown.
type bound struct {
	min, max int
	open     bool
}

const (
	no      = -1 << 30
	monthly = 30
	yearly  = 360
	never   = -1 << 20
	ever    = 1 << 20
)

func unknown() bound { return bound{min: no, max: no} }

// said is one claim of the model.
type said struct {
	from, relation, to string
	role               string
	begin, end         bound
	date               bool // begin and end are one date
	confidence         int  // -1: none
	dataset            string
	assertion          string
	sources            []string
	quote              string
	daily              bool // its bounds are the first and the last moments of days, two a day, since 2020-01-01
	retracted          bool
	rejected           bool
}

func (c *said) draws() bool { return c.assertion == "asserted" && !c.retracted && !c.rejected }

func (c *said) key() string {
	return fmt.Sprint(c.from, c.relation, c.to, c.role, c.begin, c.end, c.date, c.confidence, c.dataset, c.assertion, c.sources)
}

func (c *said) edge() string { return c.from + " " + c.relation + " " + c.to }

// text writes a bound as a record does: years and months, as coarse as they fit.
func (b bound) text() string {
	day := func(n int, last bool) string {
		if last {
			n++ // the day after
		}
		y, m := 2000+n/yearly, n%yearly/monthly
		if last {
			if m--; m < 0 {
				y, m = y-1, 11
			}
		}
		return fmt.Sprintf("%04d-%02d", y, m+1)
	}
	switch {
	case b.open:
		return ".."
	case b.min == no && b.max == no:
		return ""
	case b.min == no:
		return "~" + day(b.max, true)
	case b.max == no:
		return day(b.min, false) + "~"
	case day(b.min, false) == day(b.max, true):
		return day(b.min, false)
	default:
		return day(b.min, false) + "~" + day(b.max, true)
	}
}

func (c *said) period() string {
	text := bound.text
	if c.daily {
		text = bound.days
	}
	if c.date && c.begin == c.end {
		return text(c.begin)
	}
	if b, e := text(c.begin), text(c.end); b+e != "" {
		return b + "/" + e
	}
	return ""
}

// randomBound draws an end between two days.
func randomBound(r *rand.Rand, low, high int) bound {
	month := func() int { return low + r.IntN(max(1, (high-low)/monthly))*monthly }
	switch r.IntN(7) {
	case 0:
		return unknown()
	case 1:
		return bound{min: no, max: no, open: true}
	case 2:
		return bound{min: no, max: month() + monthly - 1}
	case 3:
		return bound{min: month(), max: no}
	case 4:
		a := month()
		return bound{min: a, max: a + monthly*(1+r.IntN(14)) - 1}
	default:
		a := month()
		return bound{min: a, max: a + monthly - 1}
	}
}

// asked is a filter of the model.
type asked struct {
	asOf, from, to bound // months or years; unknown() where not asked
	timed, window  bool
	min            int
	dataset        string
	certain        bool
}

func randomFilter(r *rand.Rand, datasets []string) (asked, []string) {
	a := asked{asOf: unknown(), from: unknown(), to: unknown(), min: -1}
	var args []string
	span := func() bound {
		if r.IntN(3) == 0 {
			y := r.IntN(10) * yearly
			return bound{min: y, max: y + yearly - 1}
		}
		m := r.IntN(120) * monthly
		return bound{min: m, max: m + monthly - 1}
	}
	write := func(b bound) string {
		if b.max-b.min == yearly-1 {
			return strconv.Itoa(2000 + b.min/yearly)
		}
		return b.text()
	}
	switch r.IntN(5) {
	case 0, 1:
		a.asOf, a.timed = span(), true
		args = append(args, "as_of="+write(a.asOf))
	case 2, 3:
		a.timed, a.window = true, true
		from, to := span(), span()
		if from.min > to.max {
			from, to = to, from
		}
		if which := r.IntN(4); which != 0 {
			a.from = from
			args = append(args, "from="+write(from))
			if which != 1 {
				a.to = to
				args = append(args, "to="+write(to))
			}
		} else {
			a.to = to
			args = append(args, "to="+write(to))
		}
	}
	if r.IntN(2) == 0 {
		a.min = r.IntN(101)
		args = append(args, "min_confidence="+strconv.Itoa(a.min))
	}
	if r.IntN(4) == 0 {
		a.dataset = pick(r, datasets)
		args = append(args, "dataset="+a.dataset)
	}
	if a.timed && r.IntN(2) == 0 {
		a.certain = true
		args = append(args, "certain=true")
	}
	return a, args
}

// holds is law 7: can it have held, must it have?
func (a *asked) holds(c *said) (possible, certain bool) {
	if !a.timed {
		return true, true
	}
	start, end := a.asOf.min, a.asOf.max
	if a.window {
		start, end = a.from.min, a.to.max
	}
	begin, last := c.bounds()
	possible = (end == no || begin.min <= end) && (start == no || last.max >= start)
	certain = (end == no || begin.max <= end) && (start == no || last.min >= start)
	return possible, possible && certain
}

// bounds are those of a claim's ends, as its own ends bound each other; what nobody knows lies at the end of days.
func (c *said) bounds() (begin, end bound) {
	known := func(n, otherwise int) int {
		if n == no {
			return otherwise
		}
		return n
	}
	begin = bound{min: known(c.begin.min, never), max: known(c.begin.max, ever)}
	end = bound{min: known(c.end.min, never), max: known(c.end.max, ever)}
	if c.begin.open {
		begin = bound{min: never, max: never}
	}
	if c.end.open {
		end = bound{min: ever, max: ever}
	}
	return bound{min: begin.min, max: min(begin.max, end.max)}, bound{min: max(end.min, begin.min), max: end.max}
}

// together is law 7 for a chain of claims: can some moment within the time asked for lie in all of them, must it?
func (a *asked) together(chain []*said) (possible, certain bool) {
	if !a.timed {
		return true, true
	}
	possible, certain = true, true
	for i, c := range chain {
		can, must := a.holds(c)
		possible, certain = possible && can, certain && must
		begin, _ := c.bounds()
		for j, d := range chain {
			_, end := d.bounds()
			possible = possible && begin.min <= end.max
			// Of what touches on one day nobody knows the hour.
			certain = certain && (i == j || begin.max < end.min || begin.max == never || end.min == ever)
		}
	}
	return possible, possible && certain
}

// judge is law 8 for one claim; what is only possible is left out of the whole answer, and not before.
func (a *asked) judge(c *said) (shown, possible, ungraded bool) {
	can, must := a.holds(c)
	switch {
	case !c.draws(), a.dataset != "" && c.dataset != a.dataset, !can:
		return false, false, false
	case a.min > 0 && c.confidence < a.min:
		return false, false, c.confidence < 0
	}
	return true, !must, false
}

// contested is law 9: whether some claim that counts denies or negates another, in words that may mean the same, for a
// time that may have a moment in common with it within the time asked for. No filter but the time hides it.
func (m *model) contested(a *asked, c *said) bool {
	return slices.ContainsFunc(m.claims, func(d *said) bool {
		if d.edge() != c.edge() || d.assertion != "denied" && d.assertion != "negated" || d.retracted || d.rejected ||
			c.role != "" && d.role != "" && c.role != d.role && (c.relation == "member_of" || positionOf(c.role) != positionOf(d.role)) {
			return false // members have no position in a command, but roles in so many words
		}
		begin, end := c.bounds()
		from, to := d.bounds()
		can, _ := a.holds(c)
		may, _ := a.holds(d)
		return can && may && begin.min <= to.max && from.min <= end.max
	})
}

// model is a random graph.
type model struct {
	people, units, orgs []string
	claims              []*said
	datasets            []string
	publishers          map[string]string // by source
}

func (m *model) all() []string { return slices.Concat(m.people, m.units, m.orgs) }

// randomModel draws a graph of few ends and many claims, so that there is more than one behind most edges.
func randomModel(r *rand.Rand, name string, nodes, claims int) *model {
	m := &model{datasets: []string{name + "-1", name + "-2"}, publishers: map[string]string{}}
	xid := func(kind string, i int) string { return fmt.Sprintf("t:%s-%s%d", name, kind, i) }
	for i := range nodes {
		m.people, m.units = append(m.people, xid("p", i)), append(m.units, xid("u", i))
	}
	m.orgs = []string{xid("o", 0), xid("o", 1)}
	sources := []string{xid("s", 0), xid("s", 1), xid("s", 2), xid("s", 3)}
	for i, s := range sources {
		m.publishers[s] = []string{"Reuters", "Reuters", "TASS", ""}[i]
	}
	kinds := []struct {
		relation string
		from, to []string
	}{
		{"commands", m.people, m.units},
		{"commands", m.people, slices.Concat(m.units, m.orgs)},
		{"posted_to", m.people, slices.Concat(m.units, m.orgs)},
		{"member_of", m.people, m.orgs},
		{"subordinate_to", m.units, slices.Concat(m.units, m.orgs)},
		{"allied_with", slices.Concat(m.units, m.orgs), slices.Concat(m.units, m.orgs)},
		{"associate_of", m.people, m.people},
		{"opposes", m.all(), m.all()},
	}
	seen := map[string]bool{}
	for range claims {
		k := pick(r, kinds)
		c := &said{
			from: pick(r, k.from), relation: k.relation, to: pick(r, k.to), confidence: -1,
			begin: unknown(), end: unknown(), dataset: pick(r, m.datasets), assertion: "asserted",
		}
		if r.IntN(3) > 0 && len(m.claims) > 0 { // another claim of an edge that there is
			other := pick(r, m.claims)
			c.from, c.relation, c.to = other.from, other.relation, other.to
		}
		if c.from == c.to && r.IntN(4) > 0 {
			continue
		}
		if symmetric(c.relation) && c.to < c.from {
			c.from, c.to = c.to, c.from
		}
		if c.relation == "commands" || c.relation == "posted_to" || c.relation == "member_of" {
			c.role = pick(r, []string{"", "commander", "CO", "командир", "deputy"})
		}
		if r.IntN(3) > 0 {
			c.confidence = r.IntN(11) * 10
		}
		switch r.IntN(6) {
		case 0:
			m := r.IntN(120) * monthly
			c.begin, c.date = bound{min: m, max: m + monthly - 1}, true
			c.end = c.begin
		case 1:
		default:
			split := (1 + r.IntN(110)) * monthly
			c.begin, c.end = randomBound(r, 0, split), randomBound(r, split, 120*monthly)
		}
		if r.IntN(6) == 0 {
			c.assertion = pick(r, []string{"denied", "negated", "hedged", "reported", "planned"})
		}
		for _, s := range sources {
			if r.IntN(4) == 0 {
				c.sources = append(c.sources, s)
			}
		}
		if !seen[c.key()] {
			seen[c.key()] = true
			m.claims = append(m.claims, c)
		}
	}
	return m
}

func symmetric(relation string) bool {
	return slices.Contains([]string{"allied_with", "opposes", "associate_of", "communicated_with"}, relation)
}

// records are the model as a file would have it, in any order, symmetric ends in any order.
func (m *model) records(r *rand.Rand) []*schema.Record {
	var records []*schema.Record
	describe := func(kind string, xids ...string) {
		for _, xid := range xids {
			records = append(records, &schema.Record{
				Kind: schema.EntityRecord, Dataset: m.datasets[0], Subject: schema.Ref{XID: xid, Type: kind},
				Values: map[string][]schema.Value{"name": {{Text: "the " + xid}}},
			})
		}
	}
	describe("Person", m.people...)
	describe("Unit", m.units...)
	describe("Organisation", m.orgs...)
	for source, publisher := range m.publishers {
		record := &schema.Record{
			Kind: schema.EntityRecord, Dataset: m.datasets[0], Subject: schema.Ref{XID: source, Type: "Source"},
			Values: map[string][]schema.Value{"title": {{Text: "title of " + source}}},
		}
		if publisher != "" {
			record.Values["publisher"] = []schema.Value{{Text: publisher}}
		}
		records = append(records, record)
	}
	for _, c := range m.claims {
		from, to := c.from, c.to
		if symmetric(c.relation) && r.IntN(2) == 0 {
			from, to = to, from
		}
		record := &schema.Record{
			Kind: schema.RelationRecord, Dataset: c.dataset, Predicate: c.relation, Subject: schema.Ref{XID: from},
			Object:     schema.Ref{XID: to},
			Provenance: schema.Provenance{Period: c.period(), Assertion: c.assertion},
		}
		if c.confidence >= 0 {
			record.Confidence = strconv.Itoa(c.confidence)
		}
		if c.role != "" {
			record.Values = map[string][]schema.Value{"role": {{Text: c.role}}}
		}
		for _, s := range c.sources {
			record.Cites = append(record.Cites, schema.Cite{Source: schema.Ref{XID: s}})
		}
		records = append(records, record)
	}
	r.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
	return records
}

package queries_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"
	"orbat/schema/schematest"
)

// tie is a link of a small graph, with the claims that say so.
type tie struct {
	from, relation, to string
	claims             []*said
}

func (t *tie) key() string { return t.from + " " + t.relation + " " + t.to }

// isPost reports whether the link says that somebody had a post.
func (t *tie) isPost() bool { return t.claims[0].isPost() }

// events returns the events at the ends of a link that says where one was, what it was part of or who had a part in it.
func (t *tie) events() []string {
	switch t.relation {
	case "carried_out", "affected_by", "used_in":
		return []string{t.to}
	case "located_at":
		return []string{t.from}
	case "part_of":
		return []string{t.from, t.to}
	}
	return nil
}

// far returns the end of a link that is not the one given.
func (t *tie) far(near string) string {
	if t.from == near {
		return t.to
	}
	return t.from
}

// warren is a small graph of which every possible world can be looked through: days count from 2020-01-01.
type warren struct {
	name                                           string
	ties                                           []*tie
	people, units, places, kinds, happens, sources []string // by xid
	dates                                          map[string]bound
	datasets                                       []string
}

// randomWarren draws a graph: who led and served in units that stand below each other, have bases in places that lie
// within each other, and operate kinds of equipment that are variants of each other; and what happened there. Most
// links are said by one claim, some by two or three.
func randomWarren(r *rand.Rand, name string) *warren {
	w := &warren{name: name, dates: map[string]bound{}, datasets: []string{"first", "second"}}
	named := func(kind string, n int) (xids []string) {
		for i := range n {
			xids = append(xids, fmt.Sprintf("w:%s-%s%d", name, kind, i))
		}
		return xids
	}
	w.people, w.units, w.places, w.kinds = named("p", 3), named("u", 4), named("l", 3), named("q", 3)
	w.happens, w.sources = named("e", 2), named("s", 3)
	seen := map[string]bool{}
	claims := 0
	add := func(from, relation, to string, roles []string, undated int) {
		if symmetric(relation) && to < from {
			from, to = to, from
		}
		at := slices.IndexFunc(w.ties, func(o *tie) bool { return o.from == from && o.relation == relation && o.to == to })
		if at >= 0 && r.IntN(2) > 0 {
			return
		}
		if at < 0 {
			at = len(w.ties)
			w.ties = append(w.ties, &tie{from: from, relation: relation, to: to})
		}
		for range 1 + r.IntN(4)/2*r.IntN(2) {
			c := &said{
				daily: true, from: from, relation: relation, to: to, role: pick(r, roles), begin: unknown(), end: unknown(), confidence: -1,
				dataset: pick(r, w.datasets), assertion: "asserted",
			}
			if r.IntN(6) >= undated {
				c.begin, c.end, c.date = randomDays(r)
			}
			if r.IntN(3) > 0 {
				c.confidence = 10 * r.IntN(11)
			}
			for _, source := range w.sources {
				if r.IntN(4) == 0 {
					c.sources = append(c.sources, source)
				}
			}
			if key := c.key(); !seen[key] {
				seen[key] = true
				c.quote = fmt.Sprintf("%s says %d", name, claims)
				claims++
				w.ties[at].claims = append(w.ties[at].claims, c)
			}
		}
	}
	none := []string{""}
	below := func(list []string, relation string, undated int) {
		for i := 1; i < len(list); i++ {
			for range 1 + r.IntN(2) {
				add(list[i], relation, list[r.IntN(i)], none, undated)
			}
		}
	}
	below(w.units, "subordinate_to", 2)
	below(w.places, "within", 4)
	below(w.kinds, "variant_of", 4)
	for range 6 {
		add(pick(r, w.people), "commands", pick(r, w.units), []string{"commander", "CO", "командир", "deputy", ""}, 1)
		add(pick(r, w.people), "posted_to", pick(r, w.units), []string{"adviser", "adviser", "clerk", ""}, 1)
		add(pick(r, w.units), "based_at", pick(r, w.places), none, 2)
		add(pick(r, w.units), "operates", pick(r, w.kinds), none, 1)
	}
	for range 2 {
		add(pick(r, w.units), "opposes", pick(r, w.units), none, 2)
		add(pick(r, w.kinds), "used_in", pick(r, w.happens), none, 3)
	}
	for _, e := range w.happens {
		if r.IntN(3) > 0 {
			day := r.IntN(schematest.Days)
			w.dates[e] = onDays(day, day)
		}
		add(e, "located_at", pick(r, w.places), none, 3)
		add(pick(r, w.units), "carried_out", e, none, 3)
		add(pick(r, w.units), "affected_by", e, none, 3)
	}
	if r.IntN(2) == 0 {
		add(w.happens[1], "part_of", w.happens[0], none, 3)
	}
	w.ties = slices.DeleteFunc(w.ties, func(t *tie) bool { return t.from == t.to || len(t.claims) == 0 })
	return w
}

// onDays is some moment of some days: of each the first and the last moment have a number, so that what is of one day
// and what is not is told apart.
func onDays(first, last int) bound { return bound{min: 2 * first, max: 2*last + 1} }

// randomDays draws the ends of a period that some exact one allows: each is open, unknown, or one or more days of which
// one or both bounds are known.
func randomDays(r *rand.Rand) (begin, end bound, date bool) {
	draw := func() bound {
		first := r.IntN(schematest.Days)
		b := onDays(first, min(schematest.Days-1, first+r.IntN(3)))
		switch r.IntN(12) {
		case 0:
			return bound{min: no, max: no, open: true}
		case 1:
			return unknown()
		case 2:
			b.min = no
		case 3:
			b.max = no
		}
		return b
	}
	for {
		begin, end = draw(), draw()
		if r.IntN(5) == 0 && !begin.open {
			end, date = begin, true // something that happened
		}
		if begin.open || end.open || begin.min == no || end.max == no || begin.min <= end.max {
			return begin, end, date
		}
		date = false
	}
}

// days writes a bound of days as a record does.
func (b bound) days() string {
	day := func(n int) string { return schematest.Day(n / 2).String() }
	switch {
	case b.open:
		return ".."
	case b.min == no && b.max == no:
		return ""
	case b.min == no:
		return "~" + day(b.max)
	case b.max == no:
		return day(b.min) + "~"
	case b.min/2 == b.max/2:
		return day(b.min)
	default:
		return day(b.min) + "~" + day(b.max)
	}
}

// exact returns a bound of days as what is tested has it.
func (b bound) exact() schema.Bound {
	out := schema.Bound{Open: b.open}
	if b.min != no && !b.open {
		out.Min = schematest.Day(b.min / 2).Min
	}
	if b.max != no && !b.open {
		out.Max = schematest.Day(b.max / 2).Max
	}
	return out
}

func (c *said) exact() schema.Period { return schema.Period{From: c.begin.exact(), To: c.end.exact()} }

// lines are the graph as a file would have it.
func (w *warren) lines() (lines []string) {
	for kind, xids := range map[string][]string{
		"Person": w.people, "Unit": w.units, "Location": w.places, "Equipment": w.kinds, "Event": w.happens, "Source": w.sources,
	} {
		for _, xid := range xids {
			more, name := "", "name"
			if d, dated := w.dates[xid]; dated {
				more = fmt.Sprintf(`,"date":%q`, d.days())
			}
			if kind == "Source" {
				name = "title"
			}
			lines = append(lines, fmt.Sprintf(`{"dataset":"first","type":%q,"xid":%q,%q:%q%s}`, kind, xid, name, "the "+xid, more))
		}
	}
	for _, t := range w.ties {
		for _, c := range t.claims {
			more := ""
			if c.role != "" {
				more += fmt.Sprintf(`,"role":%q`, c.role)
			}
			if period := c.period(); period != "" {
				more += fmt.Sprintf(`,"period":%q`, period)
			}
			if c.confidence >= 0 {
				more += fmt.Sprintf(`,"confidence":%d`, c.confidence)
			}
			var cites []string
			for _, source := range c.sources {
				cites = append(cites, fmt.Sprintf(`{"source":%q,"quote":%q}`, source, c.quote))
			}
			if len(cites) > 0 {
				more += `,"sources":[` + strings.Join(cites, ",") + "]"
			} else {
				more += fmt.Sprintf(`,"quote":%q`, c.quote)
			}
			lines = append(lines, fmt.Sprintf(`{"dataset":%q,"relation":%q,"from":%q,"to":%q%s}`, c.dataset, t.relation, t.from, t.to, more))
		}
	}
	return lines
}

// wanted is what a question to a warren asks for.
type wanted struct {
	window  schema.Range // zero: any time
	least   int
	dataset string
	args    []string
	memo    map[string]schema.Certainty
}

func randomWanted(r *rand.Rand) *wanted {
	q := &wanted{window: schematest.RandomWindow(r), args: []string{"limit=100000"}, memo: map[string]schema.Certainty{}}
	q.args = append(q.args, timeArgs(q.window)...)
	if r.IntN(3) == 0 {
		q.least = 10 * r.IntN(10)
		q.args = append(q.args, "min_confidence="+strconv.Itoa(q.least))
	}
	if r.IntN(4) == 0 {
		q.dataset = pick(r, []string{"first", "second"})
		q.args = append(q.args, "dataset="+q.dataset)
	}
	return q
}

// timeArgs are the parameters that ask for a time.
func timeArgs(d schema.Range) []string {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	switch {
	case d.IsZero():
		return nil
	case d.Min.IsZero():
		return []string{"to=" + day(d.Max)}
	case d.Max.IsZero():
		return []string{"from=" + day(d.Min)}
	case d == (schema.Range{Min: d.Min, Max: d.Min.AddDate(0, 0, 1).Add(-1)}):
		return []string{"as_of=" + day(d.Min)}
	default:
		return []string{"from=" + day(d.Min), "to=" + day(d.Max)}
	}
}

// wider asks the same of a time that holds the one asked for.
func (q *wanted) wider(r *rand.Rand) *wanted {
	d := q.window
	if !d.Min.IsZero() && r.IntN(2) == 0 {
		d.Min = schematest.Day(0).Min
	}
	if !d.Max.IsZero() && r.IntN(2) == 0 {
		d.Max = schematest.Day(schematest.Days - 1).Max
	}
	more := &wanted{window: d, least: q.least, dataset: q.dataset, memo: map[string]schema.Certainty{}}
	more.args = append([]string{"limit=100000"}, timeArgs(d)...)
	for _, arg := range q.args {
		if strings.HasPrefix(arg, "min_confidence") || strings.HasPrefix(arg, "dataset") {
			more.args = append(more.args, arg)
		}
	}
	return more
}

// untimedToo asks the same of any time.
func (q *wanted) untimedToo() *wanted {
	ever := &wanted{least: q.least, dataset: q.dataset, memo: map[string]schema.Certainty{}}
	for _, arg := range q.args {
		if name, _, _ := strings.Cut(arg, "="); name != "as_of" && name != "from" && name != "to" {
			ever.args = append(ever.args, arg)
		}
	}
	return ever
}

// asked is the same as the model of laws 7 and 8 has it.
func (q *wanted) asked() *asked {
	a := &asked{asOf: unknown(), from: unknown(), to: unknown(), min: q.least, dataset: q.dataset, timed: true, window: true}
	day := func(t time.Time) int { return int(t.Sub(schematest.Day(0).Min).Hours() / 24) }
	if !q.window.Min.IsZero() {
		a.from.min = 2 * day(q.window.Min)
	}
	if !q.window.Max.IsZero() {
		a.to.max = 2*day(q.window.Max) + 1
	}
	return a
}

// grades reports whether a claim is sure enough; ungraded scaffolding is (law 8).
func (q *wanted) grades(c *said, scaffold bool) bool {
	return c.confidence >= q.least || q.least == 0 || scaffold && c.confidence < 0
}

// scoped returns the claims of a link that count whatever their time, those of a post judged together (law 8).
// Scaffolding counts whatever its data set.
func (q *wanted) scoped(t *tie, scaffold bool) (list []*said) {
	for _, c := range t.claims {
		if q.grades(c, scaffold) && (scaffold || q.dataset == "" || c.dataset == q.dataset) {
			list = append(list, c)
		}
	}
	return judgedTogether(list)
}

// times returns when a link may have held, by each claim that counts: without any date at any time where that is leaned
// on, else by the date of the event that it is of. leads: it only leads to the answer.
func (q *wanted) times(w *warren, t *tie, leads bool, event string) (times []schema.Period) {
	list := q.scoped(t, leads)
	leaned := leads || slices.Contains([]string{"within", "variant_of", "component_of"}, t.relation)
	for _, c := range list {
		if p := c.exact(); !p.IsZero() {
			leaned = false
		}
	}
	for _, c := range list {
		p := c.exact()
		if d, dated := w.dates[event]; p.IsZero() && dated {
			p = schema.Period{From: d.exact(), To: d.exact()}
		}
		if p.IsZero() && leaned {
			p = schema.Always()
		}
		times = append(times, p)
	}
	return times
}

// link is a tie on the way to an answer, by the times that it may have had.
type link struct {
	*tie
	times []schema.Period
}

// meets reports whether two links have an event in common.
func (l link) meets(m link) bool {
	return slices.ContainsFunc(l.events(), func(e string) bool { return slices.Contains(m.events(), e) })
}

// chained are links one after the other that make one answer, or lead to it.
type chained struct {
	end   string
	links []link
}

func (c chained) with(end string, l link) chained {
	return chained{end, append(slices.Clone(c.links), l)}
}

// holding says whether within the time asked for the links of a chain held at one moment, in all worlds or some, by
// some choice of a claim for each. Of what lies beyond an event only its own time counts.
func (q *wanted) holding(links ...link) schema.Certainty {
	return q.choose(true, links)
}

// moment says whether the links of one answer held at one moment, events or not.
func (q *wanted) moment(links ...link) schema.Certainty {
	return q.choose(false, links)
}

func (q *wanted) choose(events bool, links []link) schema.Certainty {
	best := schema.No
	var choose func(i int, held []schema.Period, certainty schema.Certainty)
	choose = func(i int, held []schema.Period, certainty schema.Certainty) {
		if certainty <= best {
			return
		}
		if i == len(links) {
			best = certainty
			return
		}
		if events && i > 0 && links[i-1].meets(links[i]) {
			held = held[:len(held)-1]
		}
		for _, p := range links[i].times {
			next := append(slices.Clone(held), p)
			choose(i+1, next, min(certainty, q.worlds(next...)))
		}
	}
	choose(0, nil, schema.Certain)
	return best
}

// worlds looks through all worlds of some periods.
func (q *wanted) worlds(periods ...schema.Period) schema.Certainty {
	key := ""
	for _, p := range periods {
		key += p.String() + " "
	}
	holding, known := q.memo[key]
	if !known {
		holding = schematest.Certainty(q.window, periods...)
		q.memo[key] = holding
	}
	return holding
}

// reach returns the chains of at most so many links along relations from where another ends, backwards with a ~, and
// that one; what they lead to comes after.
func (w *warren) reach(q *wanted, from chained, depth int, leads bool, ways ...string) []chained {
	all := []chained{from}
	var walk func(at chained, hops int, on []string)
	walk = func(at chained, hops int, on []string) {
		if hops == depth {
			return
		}
		for _, t := range w.ties {
			for _, way := range ways {
				near, far := t.from, t.to
				relation, back := strings.CutPrefix(way, "~")
				if back {
					near, far = far, near
				}
				if t.relation != relation || near != at.end || slices.Contains(on, far) {
					continue
				}
				next := at.with(far, link{t, q.times(w, t, leads, "")})
				if q.holding(next.links...) == schema.No {
					continue
				}
				all = append(all, next)
				walk(next, hops+1, append(slices.Clone(on), far))
			}
		}
	}
	walk(from, 0, []string{from.end})
	return all
}

// answers are what a question finds, and how certain each is.
type answers map[string]schema.Certainty

func (m answers) add(key string, holding schema.Certainty) {
	if holding != schema.No {
		m[key] = max(m[key], holding)
	}
}

package step

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// tenure is a post that somebody held while something else was so: what a row of the questions of who was in charge,
// and with whom, is about.
type tenure struct {
	says   *tour    // the post; nil: nobody is known
	own    *tour    // the post that is compared with it, or that the chain begins with; nil: none is
	unit   *reached // the unit it is a command of, where chains lead to that
	chains []window // what holds at once with the post, by the statements that say so
	by     window   // the surest of them, one of the shortest
	sure   *int
	period string    // all that the chains cover
	days   dayBounds // of that
	inAll  dayBounds // of all that is told of the same person
}

// dayBounds are the least and the most that a number of days may be.
type dayBounds struct{ least, most int }

// meets adds a chain; one that never holds at the time asked for is none.
func (t *tenure) meets(w window) {
	if w.certainty == schema.No {
		return
	}
	if len(t.chains) == 0 || w.certainty > t.by.certainty || w.certainty == t.by.certainty && len(w.chain) < len(t.by.chain) {
		t.by = w
	}
	t.chains = append(t.chains, w)
}

func (t *tenure) possible() bool { return t.by.certainty == schema.Possible }

func (t *tenure) person() string {
	if t.says == nil {
		return ""
	}
	return t.says.edge.From
}

// level is how many links of command lie between the unit and the one that the question began with.
func (t *tenure) level() int {
	least := len(t.by.chain)
	for _, w := range t.chains {
		least = min(least, len(w.chain))
	}
	return least - 1
}

// row draws the post with all that leads to it.
func (t *tenure) row() Row {
	r := Row{Says: t.said(), Possible: t.possible(), Of: t}
	if t.unit != nil {
		r.Also = append(r.Also, t.unit.uid)
	}
	if t.says != nil {
		r.Edges, r.Claims = append(r.Edges, t.says.edge), slices.Concat(t.says.claims, t.says.edge.NotAsserted())
	}
	for _, w := range append([]window{t.by}, t.chains...) {
		r.Edges = append(r.Edges, w.chain...)
		r.Edges = append(r.Edges, w.lead...)
	}
	return r
}

// said is what the row says of links: of the chain that it shows, and of the posts while anything else held with them.
func (t *tenure) said() []*statement {
	list := t.by.said(t.by.Period)
	for _, e := range t.by.lead {
		list = append(list, statementsIn(e, e.Passed)...)
	}
	for _, post := range []*tour{t.says, t.own} {
		if post == nil {
			continue
		}
		for _, s := range statementsIn(post.edge, post.claims) {
			for _, w := range t.chains {
				list = append(list, s.at(w.Period))
			}
		}
	}
	return list
}

// counted works out the time and the days of tenures within a time, zero for all of it, each for itself and all of one
// person together.
func counted(list []*tenure, within schema.Range) {
	links := linkPeriods{}
	whole := map[string][][]*schema.Period{}
	byTenure := make([][][]*schema.Period, len(list))
	for i, t := range list {
		var times []schema.Period
		for j := range t.chains {
			chain := links.of(&t.chains[j])
			common := t.chains[j].Period
			if !within.IsZero() {
				chain = append(chain, &schema.Period{
					From: schema.Bound{Range: schema.Range{Min: within.Min, Max: within.Min}, Open: within.Min.IsZero()},
					To:   schema.Bound{Range: schema.Range{Min: within.Max, Max: within.Max}, Open: within.Max.IsZero()},
				})
				common, _ = common.Intersect(within.Period()) // as a reader is to see it, in days
			}
			times = append(times, common)
			byTenure[i] = append(byTenure[i], chain)
		}
		t.period = textOfTimes(times)
		t.days.least, t.days.most = schema.UnionDays(byTenure[i])
		whole[t.person()] = append(whole[t.person()], byTenure[i]...)
	}
	inAll := map[string]dayBounds{}
	for person, chains := range whole {
		least, most := schema.UnionDays(chains)
		inAll[person] = dayBounds{least, most}
	}
	for _, t := range list {
		t.inAll = inAll[t.person()]
	}
}

// textOfTimes writes times in the order in which they began, those as one between which no day lies, without those that
// say no more than another.
func textOfTimes(times []schema.Period) string {
	tours := schema.Tours(slices.DeleteFunc(slices.Clone(times), func(p schema.Period) bool {
		return slices.ContainsFunc(times, func(q schema.Period) bool {
			return q.Implies(p) && !p.Implies(q) && q.From.Min.Equal(p.From.Min) && q.To.Max.Equal(p.To.Max)
		})
	}))
	slices.SortFunc(tours, func(a, b schema.Tour) int {
		return cmp.Or(beginningOf(a.Period).compare(beginningOf(b.Period)), strings.Compare(a.String(), b.String()))
	})
	texts := make([]string, len(tours))
	for i, t := range tours {
		texts[i] = t.String()
	}
	return strings.Join(texts, "; ")
}

// linkPeriods are the periods of links by what says them: what is said once is one period in all chains.
type linkPeriods map[string]*schema.Period

// of returns the periods of all links of a chain.
func (l linkPeriods) of(w *window) (chain []*schema.Period) {
	for ; w.last != nil; w = w.before {
		if w.covers {
			return append(chain, &w.Period)
		}
		key := textOf(w.last) + "\x00" + w.when.String()
		if l[key] == nil {
			l[key] = &w.when
		}
		chain = append(chain, l[key])
	}
	return chain
}

// What the periods and days of tenures are of, where a time is asked for.
const (
	wholeDays = "of each overlap as a whole"
	daysAsked = "of the time asked for"
)

// tellDays notes what the periods and days of tenures are of.
func (x *Execution) tellDays(list []*tenure) {
	if x.Filter.Timed() && len(list) > 0 {
		x.note("Periods and days are %s.", named(x.query.Step).Time.Days)
	}
}

// withinHorizon leaves out of tenures those that only possibly overlap and are far from anything attested: from the
// time asked for, and from the post that they are compared with.
func (x *Execution) withinHorizon(list []*tenure, asked schema.Range) []*tenure {
	far, ok := x.horizonAsked()
	if !ok {
		return list
	}
	if len(far.from) == 0 && !asked.IsZero() {
		far.from = append(far.from, asked.String())
	}
	if slices.ContainsFunc(list, func(t *tenure) bool { return t.own != nil }) {
		far.from = append(far.from, "the person's own post")
	}
	list = slices.DeleteFunc(list, func(t *tenure) bool {
		return t.possible() && far.beyond(t.gaps(asked)...)
	})
	far.tell(x)
	return list
}

// gap is what lies between what is attested of a post and what it is held against.
type gap struct {
	of   schema.Period
	from schema.Range
}

func (t *tenure) gaps(asked schema.Range) (gaps []gap) {
	if t.says == nil {
		return nil
	}
	if t.own != nil {
		gaps = append(gaps, gap{t.says.period, hull(t.own.period)})
	}
	if !asked.IsZero() {
		gaps = append(gaps, gap{t.says.period, asked})
		if t.own != nil {
			gaps = append(gaps, gap{t.own.period, asked})
		}
	}
	return gaps
}

// away says how far a tenure is from anything attested; nothing where it certainly is one.
func (t *tenure) away(asked schema.Range) (far time.Duration) {
	if t.possible() {
		for _, g := range t.gaps(asked) {
			far = max(far, distance(g.of, g.from))
		}
	}
	return far
}

// hull is the time from the first date known of a period to the last, without a bound where that is open.
func hull(p schema.Period) (r schema.Range) {
	fromMin, fromMax, toMin, toMax := p.Bounds()
	for _, b := range []time.Time{fromMin, fromMax, toMin, toMax} {
		switch {
		case b.IsZero():
		case r.IsZero():
			r.Min, r.Max = b, b
		case b.Before(r.Min):
			r.Min = b
		case b.After(r.Max):
			r.Max = b
		}
	}
	if p.From.Open {
		r.Min = time.Time{}
	}
	if p.To.Open {
		r.Max = time.Time{}
	}
	return r
}

// inOrder compares tenures: those of nobody known last, the certain first, then by how near they are to anything
// attested, those nearer in the chain of command, and the one in charge before a deputy.
func (t *tenure) inOrder(u *tenure, asked schema.Range) int {
	if order := compareFlags(t.says == nil, u.says == nil); order != 0 || t.says == nil {
		return cmp.Or(order, compareFlags(t.possible(), u.possible()))
	}
	order := cmp.Or(compareFlags(t.possible(), u.possible()), cmp.Compare(t.away(asked), u.away(asked)))
	if order == 0 && t.unit != nil {
		order = cmp.Compare(t.level(), u.level())
	}
	return cmp.Or(order, compareFlags(!leads(&t.says.statement), !leads(&u.says.statement)))
}

// longest compares tenures by how long those of the person are in all: at least, then at most.
func (t *tenure) longest(u *tenure) int {
	unbounded := func(n int) int {
		if n < 0 {
			return 1 << 30
		}
		return n
	}
	return cmp.Or(cmp.Compare(u.inAll.least, t.inAll.least), cmp.Compare(unbounded(u.inAll.most), unbounded(t.inAll.most)),
		strings.Compare(t.person(), u.person()))
}

// textOf orders tenures by all that they say.
func (t *tenure) text() string {
	var says []*statement
	for _, post := range []*tour{t.says, t.own} {
		if post != nil {
			says = append(says, &post.statement)
		}
	}
	text := textOf(says...)
	if t.unit != nil {
		text += t.unit.xid
	}
	return text
}

// ofPost makes a cell that is empty where nobody is known to have held the post.
func ofPost(cell func(t *tenure) string) func(names, *tenure) string {
	return func(_ names, t *tenure) string {
		if t.says == nil {
			return ""
		}
		return cell(t)
	}
}

// tenureColumns are the columns that the questions of this kind share, after their own.
func tenureColumns(rests func(t *tenure) []*tour, own ...column[*tenure]) []Column {
	return withContested(columns(append(own,
		column[*tenure]{"role", ofPost(func(t *tenure) string { return t.says.role() })},
		column[*tenure]{"rank", ofPost(func(t *tenure) string { return strings.Join(t.says.values["rank"], ", ") })},
		column[*tenure]{"period", func(_ names, t *tenure) string { return t.period }},
		column[*tenure]{"attested", ofPost(func(t *tenure) string { return t.says.period.Cited() })},
		column[*tenure]{"days", func(_ names, t *tenure) string { return t.days.String() }},
		column[*tenure]{"in all", ofPost(func(t *tenure) string { return t.inAll.String() })},
		column[*tenure]{"confidence", func(_ names, t *tenure) string { return number(t.sure) }},
		column[*tenure]{"possible", func(_ names, t *tenure) string { return possibly(t.possible()) }},
		column[*tenure]{"sources", func(n names, t *tenure) string {
			if t.says == nil { // what says that the unit was there
				return n.list(slices.Compact(slices.Sorted(maps.Values(t.by.last.sources))))
			}
			var list []string
			for _, post := range rests(t) {
				list = slices.AppendSeq(list, maps.Values(post.sources))
			}
			return n.list(slices.Compact(slices.Sorted(slices.Values(list))))
		}},
	)...))
}

// leads reports whether a statement makes its person the one in charge, and not a deputy or of the staff.
func leads(s *statement) bool {
	return s.edge.Relation == "commands" && s.commandRole().InCharge()
}

// commandRole is the position that a statement gives its person, by the qualifier or by the words of the role.
func (s *statement) commandRole() schema.CommandRole {
	return schema.CommandRoleOf(s.edge.Relation, s.values)
}

// posts returns the person asked about, and the links to where that person had a post.
func (x *Execution) posts(ctx context.Context) (view.Candidate, []*view.GraphEdge, error) {
	person, err := x.entity(0)
	if err != nil {
		return view.Candidate{}, nil, err
	}
	if len(x.relations) == 0 { // neither the header nor who asks names any
		x.relations = []string{"commands", "posted_to"}
	}
	edges, err := x.edgesWithEvidence(ctx, []string{person.UID}, x.relations...)
	return person, slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return e.FromUID != person.UID }), err
}

// backwards returns ways as they are gone from the other end: backwards with a ~, or without it.
func backwards(ways []string) []string {
	back := make([]string, len(ways))
	for i, way := range ways {
		name, reverse := strings.CutPrefix(way, "~")
		if back[i] = "~" + name; reverse {
			back[i] = name
		}
	}
	return back
}

// chainOfCommand are the relations that lead from a unit to the one above it.
func chainOfCommand() []string { return []string{"subordinate_to", "attached_to"} }

// inChargeOf finds whose commands of units overlap with the times at which chains lead to those.
func (x *Execution) inChargeOf(ctx context.Context, units []*reached, wanted func(*reached, *tour) bool) ([]*tenure, error) {
	commands, err := x.edgesWithEvidence(ctx, uidsOf(units), "~commands")
	if err != nil {
		return nil, err
	}
	byUnit := map[string][]*view.GraphEdge{}
	for _, e := range commands {
		byUnit[e.ToUID] = append(byUnit[e.ToUID], e)
	}
	var list []*tenure
	for _, unit := range units {
		for _, e := range byUnit[unit.uid] {
			for _, post := range toursOf(e, &x.Filter) {
				if !wanted(unit, post) {
					continue
				}
				t := &tenure{unit: unit, says: post, sure: post.confidence}
				for i := range unit.windows {
					for _, s := range post.held {
						t.meets(unit.windows[i].beside(&x.Filter, s))
					}
				}
				if len(t.chains) > 0 {
					list = append(list, t)
				}
			}
		}
	}
	return list, nil
}

// beside returns what the window has in common with a statement that is no link of its chain.
func (w *window) beside(f *canned.Filter, s *statement) window {
	both := w.with(f, s, s.when(nil))
	both.chain = w.chain
	return both
}

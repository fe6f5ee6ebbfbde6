package queries_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// posts are the stints behind some links, as the model of law 8 has them.
func (i *inquiry) posts(wanted func(t *tie) bool, far func(t *tie) string) []string {
	m := &model{}
	for _, t := range i.ties {
		if t.isPost() && wanted(t) {
			m.claims = append(m.claims, t.claims...)
		}
	}
	rows, _, _ := m.posts(i.asked(), func(*said) bool { return true }, func(c *said) string {
		return far(&tie{from: c.from, to: c.to})
	})
	return rows
}

func postRows(result *queries.Result) (rows []string) {
	for n := range result.Rows {
		cell := func(name string) string {
			if at := slices.Index(result.Columns, name); at >= 0 {
				return result.Rows[n][at]
			}
			return ""
		}
		relation, far := cell("relation"), cell("to")
		if far == "" {
			relation, far = "commands", cell("from")
		}
		rows = append(rows, strings.Join([]string{
			relation + " " + far, positionIn(cell("role")), canonicalPeriod(cell("period")), cell("confidence"), cell("possible"),
			cell("contested"),
		}, "|"))
	}
	return rows
}

// stintsAt returns the stints that the claims of a link add up to.
func (i *inquiry) stintsAt(t *tie) []stint { return stintsOf(i.scoped(t, false)) }

// at makes links of the claims of a stint that add something, one for each.
func (i *inquiry) at(t *tie, s stint) (list []link) {
	for _, c := range s.telling() {
		list = append(list, link{&tie{from: t.from, relation: t.relation, to: t.to, claims: []*said{c}}, []schema.Period{c.exact()}})
	}
	return list
}

// tenureAt is a row of the questions of who was in charge, and with whom: all chains that make it.
type tenureAt struct {
	whose, key string
	chains     [][]link // each link with one time
	holding    schema.Certainty
}

// tenuresOf collects rows.
type tenuresOf struct {
	*inquiry
	list []*tenureAt
	by   map[string]*tenureAt
}

// add notes a chain, by every choice of a claim for each of its links.
func (l *tenuresOf) add(id, whose, key string, links ...link) {
	var choose func(n int, chain []link)
	choose = func(n int, chain []link) {
		if n == len(links) {
			holding := l.wanted.holding(chain...)
			if holding == schema.No {
				return
			}
			if l.by[id] == nil {
				l.by[id] = &tenureAt{whose: whose, key: key}
				l.list = append(l.list, l.by[id])
			}
			l.by[id].holding = max(l.by[id].holding, holding)
			l.by[id].chains = append(l.by[id].chains, chain)
			return
		}
		for _, p := range links[n].times {
			choose(n+1, append(slices.Clone(chain), link{links[n].tie, []schema.Period{p}}))
		}
	}
	choose(0, nil)
}

// lines are the rows with their days; asked: only those within the time asked for.
func (l *tenuresOf) lines(asked, inAll bool) (lines []string) {
	whole := map[string][][]link{}
	for _, t := range l.list {
		whole[t.whose] = append(whole[t.whose], t.chains...)
	}
	for _, t := range l.list {
		line := t.key + " " + l.days(t.chains, asked)
		if inAll {
			line += " " + l.days(whole[t.whose], asked)
		}
		lines = append(lines, line+": "+t.holding.String())
	}
	return sorted(lines)
}

func (l *tenuresOf) days(chains [][]link, asked bool) string {
	periods := map[string]*schema.Period{}
	var all [][]*schema.Period
	for _, chain := range chains {
		var list []*schema.Period
		for _, link := range chain {
			key := link.key() + link.times[0].String()
			if len(link.claims) == 1 {
				key += link.claims[0].role
			}
			if periods[key] == nil {
				periods[key] = &link.times[0]
			}
			list = append(list, periods[key])
		}
		if d := l.window; asked && !d.IsZero() {
			list = append(list, &schema.Period{
				From: schema.Bound{Range: schema.Range{Min: d.Min, Max: d.Min}, Open: d.Min.IsZero()},
				To:   schema.Bound{Range: schema.Range{Min: d.Max, Max: d.Max}, Open: d.Max.IsZero()},
			})
		}
		all = append(all, list)
	}
	least, most := schema.UnionDays(all)
	switch {
	case most < 0 && least == 0:
		return "unknown"
	case most < 0:
		return "at least " + strconv.Itoa(least)
	case least == most:
		return strconv.Itoa(least)
	case least == 0:
		return "at most " + strconv.Itoa(most)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}

func (i *inquiry) rows() *tenuresOf { return &tenuresOf{inquiry: i, by: map[string]*tenureAt{}} }

// postsOf are the links that say that a person had a post, or with a ~ that a unit had somebody in it.
func (i *inquiry) postsOf(back string, end string) []*tie {
	return slices.Concat(i.of(back+"commands", end), i.of(back+"posted_to", end))
}

// colleagues are those who served in a unit with a person.
func (i *inquiry) colleagues() (string, []string) {
	person, found := pick(i.Rand, i.people), i.rows()
	for _, own := range i.postsOf("~", person) {
		for n, mine := range i.stintsAt(own) {
			for _, other := range i.postsOf("", own.to) {
				if other.from == person {
					continue
				}
				for m, theirs := range i.stintsAt(other) {
					key := fmt.Sprintf("%s %s %s %s", other.from, own.to, theirs.position(), mine.position())
					for _, a := range i.at(own, mine) {
						for _, b := range i.at(other, theirs) {
							found.add(fmt.Sprint(own.key(), n, other.key(), m), other.from, key, a, b)
						}
					}
				}
			}
		}
	}
	return "person=" + person, found.lines(false, true)
}

// superiors are those who led what a person served in, and what stands above that.
func (i *inquiry) superiors() (string, []string) {
	person, found := pick(i.Rand, i.people), i.rows()
	for _, own := range i.postsOf("~", person) {
		for n, mine := range i.stintsAt(own) {
			for _, a := range i.at(own, mine) {
				for _, unit := range i.reach(i.wanted, chained{own.to, []link{a}}, i.depth, true, "subordinate_to") {
					for _, lead := range i.of("commands", unit.end) {
						for m, theirs := range i.stintsAt(lead) {
							if lead.from == person || !theirs.leads() || len(unit.links) == 1 && mine.leads() {
								continue
							}
							key := fmt.Sprintf("%s %s %s %s %s", lead.from, unit.end, theirs.position(), own.to, mine.position())
							for _, b := range i.at(lead, theirs) {
								found.add(fmt.Sprint(own.key(), n, lead.key(), m), lead.from, key, append(slices.Clone(unit.links), b)...)
							}
						}
					}
				}
			}
		}
	}
	return fmt.Sprintf("person=%s|depth=%d", person, i.depth), found.lines(false, true)
}

// command is who led what was at a place, and what stands above that; a unit there of which nobody is known to have led
// it stands alone.
func (i *inquiry) command() (string, []string) {
	args, start := "place="+i.places[0], []chained{{end: i.places[0]}}
	if event := i.happens[0]; !i.window.IsZero() && i.IntN(2) == 0 {
		args, start = "event="+event, nil
		for _, t := range i.of("~located_at", event) {
			if c := (chained{end: event}).with(t.to, i.leads(t, "")); i.holding(c.links...) != schema.No {
				start = append(start, c)
			}
		}
	}
	found, led := i.rows(), map[string]bool{}
	each := func(do func(at chained, base *tie)) {
		for _, from := range start {
			for _, at := range i.reach(i.wanted, from, 10, true, "~within") {
				for _, base := range i.of("based_at", at.end) {
					do(at, base)
				}
			}
		}
	}
	each(func(at chained, base *tie) {
		for _, unit := range i.reach(i.wanted, at.with(base.from, i.leads(base, "")), i.depth, true, "subordinate_to") {
			for _, lead := range i.of("commands", unit.end) {
				for m, theirs := range i.stintsAt(lead) {
					key := fmt.Sprintf("%s %s %s", lead.from, unit.end, theirs.position())
					for _, b := range i.at(lead, theirs) {
						found.add(fmt.Sprint(lead.key(), m), lead.from, key, append(slices.Clone(unit.links), b)...)
					}
				}
			}
		}
	})
	for _, t := range found.list {
		led[strings.Fields(t.key)[1]] = true
	}
	each(func(at chained, base *tie) {
		if !led[base.from] && i.holding(append(slices.Clone(at.links), i.leads(base, ""))...) != schema.No {
			found.add(base.from, "", " "+base.from+" ", append(slices.Clone(at.links), i.link(base, ""))...)
		}
	})
	return fmt.Sprintf("%s|depth=%d", args, i.depth), found.lines(true, false)
}

// tenureRows reads the rows of those questions, roles as positions.
func tenureRows(columns ...string) func(result *queries.Result) []string {
	return func(result *queries.Result) (rows []string) {
		for n := range result.Rows {
			var cells []string
			for _, name := range columns {
				cell := strings.TrimPrefix(column(result, name)[n], "the ")
				if strings.HasSuffix(name, "role") {
					cell = positionIn(cell)
				}
				cells = append(cells, cell)
			}
			rows = append(rows, strings.Join(cells, " ")+": "+mark(column(result, "possible")[n] != ""))
		}
		return rows
	}
}

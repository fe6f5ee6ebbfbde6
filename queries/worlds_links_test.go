package queries_test

import (
	"fmt"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/schema"
	"orbat/schema/schematest"
)

// links are the answers to a question of what links there are.
func (i *inquiry) links(wanted func(t *tie) bool) []string {
	found := answers{}
	for _, t := range i.ties {
		if wanted(t) {
			found.add(t.key(), i.holding(i.link(t, "")))
		}
	}
	return found.lines()
}

func (i *inquiry) linked() (string, []string) {
	entity := pick(i.Rand, i.all())
	return "entity=" + entity, i.links(func(t *tie) bool { return t.from == entity || t.to == entity })
}

// around are the answers to a question of what links around a widened entity.
func (i *inquiry) around(from, way string, ways ...string) []string {
	found := answers{}
	for _, c := range i.reach(i.wanted, chained{end: from}, i.depth, true, ways...) {
		for _, t := range i.of(way, c.end) {
			found.add(t.from+" "+t.to, i.holding(append(slices.Clone(c.links), i.link(t, ""))...))
		}
	}
	return found.lines()
}

// timeline is what happened in a place and in what lies within it.
func (i *inquiry) timeline() (string, []string) {
	found := answers{}
	parts := func(at chained, event string) {
		for _, relation := range []string{"carried_out", "affected_by", "used_in"} {
			for _, t := range i.of(relation, event) {
				found.add(t.key(), i.holding(append(slices.Clone(at.links), i.link(t, event))...))
			}
		}
	}
	for _, c := range i.reach(i.wanted, chained{end: i.places[0]}, 10, true, "~within") {
		for _, t := range i.of("located_at", c.end) {
			found.add(t.key(), i.holding(append(slices.Clone(c.links), i.link(t, t.from))...))
			at := c.with(t.from, i.leads(t, t.from))
			parts(at, t.from)
			for _, part := range i.of("part_of", t.from) {
				event := part.from
				if _, dated := i.dates[event]; !dated {
					event = part.to
				}
				found.add(part.key(), i.holding(append(slices.Clone(at.links), i.link(part, event))...))
				parts(at.with(part.from, i.leads(part, event)), part.from)
			}
		}
	}
	return "place=" + i.places[0], found.lines()
}

// eventNetwork is what an event and its parts are tied to, by the links that say when themselves.
func (i *inquiry) eventNetwork() (string, []string) {
	event := i.happens[0]
	found := answers{}
	add := func(at []link, way, end string) (list []*tie) {
		for _, t := range i.of(way, end) {
			found.add(t.key(), i.holding(append(slices.Clone(at), i.link(t, ""))...))
			list = append(list, t)
		}
		return list
	}
	for _, way := range []string{"carried_out", "affected_by", "~located_at", "~part_of"} {
		add(nil, way, event)
	}
	for _, used := range add(nil, "used_in", event) {
		add([]link{i.link(used, "")}, "operates", used.from)
		add([]link{i.link(used, "")}, "~variant_of", used.from)
	}
	for _, part := range add(nil, "part_of", event) {
		for _, way := range []string{"carried_out", "affected_by", "used_in", "~located_at"} {
			add([]link{i.link(part, "")}, way, part.from)
		}
	}
	return "event=" + event, found.lines()
}

// involving are the events that something took part in, by their dates where nothing else says when.
func (i *inquiry) involving() (string, []string) {
	entity := pick(i.Rand, slices.Concat(i.units, i.kinds, i.places, i.happens))
	found := answers{}
	for _, way := range []string{"~carried_out", "~affected_by", "~used_in", "~part_of", "part_of", "located_at"} {
		for _, t := range i.of(way, entity) {
			event := t.far(entity)
			if _, dated := i.dates[event]; !dated {
				event = entity
			}
			found.add(t.key(), i.holding(i.link(t, event)))
		}
	}
	return "entity=" + entity, found.lines()
}

// tree are the links that chains lead along, all of them where none is named.
func (i *inquiry) tree(root string, ways ...string) []string {
	found := answers{}
	var walk func(at chained, on []string)
	walk = func(at chained, on []string) {
		if len(at.links) == max(1, i.depth) {
			return
		}
		for _, t := range i.ties {
			if at.end != t.from && at.end != t.to {
				continue
			}
			way := t.relation
			if at.end == t.to {
				way = "~" + way
			}
			if len(ways) > 0 && !slices.Contains(ways, way) {
				continue
			}
			next := at.with(t.far(at.end), i.link(t, ""))
			holding := i.holding(next.links...)
			if found.add(t.key(), holding); holding != schema.No && !slices.Contains(on, next.end) {
				walk(next, append(slices.Clone(on), next.end))
			}
		}
	}
	walk(chained{end: root}, []string{root})
	return found.lines()
}

// encounters are the events between two sides, or between one and anybody.
func (i *inquiry) encounters() (string, []string) {
	ways := []string{
		"~subordinate_to", "~attached_to", "~member_of", "~affiliated_with", "~commands", "~posted_to", "operates", "~variant_of",
	}
	own, other, depth := pick(i.Rand, i.units), pick(i.Rand, i.units), i.IntN(3)
	args := "entity=" + own
	sides := []chained{{}}
	if other != own && i.IntN(2) == 0 {
		args += "|opponent=" + other
		sides = i.reach(i.wanted, chained{end: other}, depth, true, ways...)
	} else {
		other = ""
	}
	mine := i.reach(i.wanted, chained{end: own}, depth, true, ways...)
	outside := func(t *tie) link { // what was done by who surely did not belong to the side then
		l := i.link(t, t.to)
		l.times = slices.DeleteFunc(l.times, func(p schema.Period) bool {
			return slices.ContainsFunc(mine, func(c chained) bool { return c.end == t.from && i.mayHold(c.links, p) })
		})
		return l
	}
	parts := []string{"~carried_out", "~used_in", "~affected_by"}
	found := answers{}
	for _, c := range mine {
		for _, way := range parts {
			for _, part := range i.of(way, c.end) {
				for _, t := range i.ties {
					if t.to != part.to || !slices.Contains(parts, "~"+t.relation) ||
						(t.relation == "affected_by") == (part.relation == "affected_by") {
						continue
					}
					for _, side := range sides {
						if other == "" || side.end == t.from {
							links := slices.Concat(c.links, side.links, []link{i.link(part, part.to), outside(t)})
							found.add(part.to+" "+part.from+" "+t.from, i.holding(links...))
						}
					}
				}
			}
		}
	}
	return fmt.Sprintf("%s|depth=%d", args, depth), found.lines()
}

// mayHold reports whether a chain that may have held at the time asked for may have held, at whatever time, with a
// period.
func (i *inquiry) mayHold(chain []link, p schema.Period) bool {
	var choose func(n int, periods []schema.Period) bool
	choose = func(n int, periods []schema.Period) bool {
		if n == len(chain) {
			return i.worlds(periods...) != schema.No && schematest.Certainty(schema.Range{}, append(periods, p)...) != schema.No
		}
		return slices.ContainsFunc(chain[n].times, func(q schema.Period) bool { return choose(n+1, append(slices.Clone(periods), q)) })
	}
	return choose(0, nil)
}

// shared is what two entities are both linked to.
func (i *inquiry) shared() (string, []string) {
	a, b := pick(i.Rand, i.units), pick(i.Rand, slices.Concat(i.places, i.people, i.kinds))
	found := answers{}
	for _, s := range i.ties {
		for _, t := range i.ties {
			for _, x := range []string{s.from, s.to} {
				if x != a && x != b && (s.from == a || s.to == a) && (t.from == b || t.to == b) && (t.from == x || t.to == x) {
					found.add(x, i.moment(i.link(s, ""), i.link(t, "")))
				}
			}
		}
	}
	return "first=" + a + "|second=" + b, found.lines()
}

// card counts the links of an entity, those that certainly hold and the others.
func (i *inquiry) card() (string, []string) {
	entity := pick(i.Rand, i.all())
	count := map[string]int{}
	for _, t := range i.ties {
		holding := i.holding(i.link(t, ""))
		possible := ""
		if holding == schema.Possible {
			possible = "possibly"
		}
		if holding != schema.No && t.from == entity {
			count["→ "+t.relation+"|"+possible]++
		}
		if holding != schema.No && t.to == entity {
			count["← "+t.relation+"|"+possible]++
		}
	}
	var lines []string
	for key, n := range count {
		property, possible, _ := strings.Cut(key, "|")
		lines = append(lines, fmt.Sprintf("%s %d %s", property, n, possible))
	}
	return "entity=" + entity, sorted(lines)
}

// single says whether a claim by itself counts, and holds.
func (i *inquiry) single(c *said) schema.Certainty {
	if !i.grades(c, false) || i.dataset != "" && c.dataset != i.dataset {
		return schema.No
	}
	p := c.exact()
	if p.IsZero() && slices.Contains([]string{"within", "variant_of", "component_of"}, c.relation) {
		p = schema.Always()
	}
	return i.worlds(p)
}

// claims are those of some links, each for itself, by their quotes; of some data sets only where any are named.
func (i *inquiry) claims(wanted func(t *tie) bool, datasets ...string) []string {
	found := answers{}
	for _, t := range i.ties {
		if wanted(t) {
			for _, c := range t.claims {
				if len(datasets) == 0 || slices.Contains(datasets, c.dataset) {
					found.add(c.quote, i.single(c))
				}
			}
		}
	}
	return found.lines()
}

// quotedRows are the quotes of an answer's rows, each once, and how certain they are.
func quotedRows(result *queries.Result) (lines []string) {
	name := "quote"
	if !slices.Contains(result.Columns, name) {
		name = "quote or place"
	}
	for n, quote := range column(result, name) {
		lines = append(lines, strings.Trim(quote, "“”")+": "+mark(column(result, "possible")[n] != ""))
	}
	return slices.Compact(sorted(lines))
}

// named are those who stand in the same sources as an entity, and are not linked to it.
func (i *inquiry) named() (string, []string) {
	entity := pick(i.Rand, i.all())
	found := answers{}
	by := map[string]schema.Certainty{} // by source: that it names the entity
	each := func(do func(t *tie, source string, holding schema.Certainty)) {
		for _, t := range i.ties {
			for _, c := range t.claims {
				for _, source := range c.sources {
					do(t, source, i.single(c))
				}
			}
		}
	}
	each(func(t *tie, source string, holding schema.Certainty) {
		if t.from == entity || t.to == entity {
			by[source] = max(by[source], holding)
		}
	})
	each(func(t *tie, source string, holding schema.Certainty) {
		for _, end := range []string{t.from, t.to} {
			if end != entity {
				found.add(end, min(holding, by[source]))
			}
		}
	})
	for end := range found {
		linked := schema.No
		for _, t := range i.ties {
			if (t.from == entity || t.to == entity) && t.far(entity) == end {
				linked = max(linked, i.holding(i.link(t, "")))
			}
		}
		switch linked {
		case schema.No:
		case schema.Possible:
			found[end] = schema.Possible // possibly linked: possibly not
		case schema.Certain:
			delete(found, end)
		}
	}
	return "entity=" + entity, found.lines()
}

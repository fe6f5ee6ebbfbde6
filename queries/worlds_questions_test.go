package queries_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"orbat/queries"
	"orbat/schema"
	"orbat/schema/schematest"
)

// inquiry is one question to one graph.
type inquiry struct {
	*warren
	*wanted
	*rand.Rand
	depth int
}

// link is a link that a row states, leads one that only leads to it; the event's date counts where it gives none.
func (i *inquiry) link(t *tie, event string) link {
	return link{t, i.times(i.warren, t, false, event)}
}

func (i *inquiry) leads(t *tie, event string) link {
	return link{t, i.times(i.warren, t, true, event)}
}

// of returns the links of a relation that lead to an entity or, with a ~ before its name, from it.
func (i *inquiry) of(way, end string) (list []*tie) {
	relation, back := strings.CutPrefix(way, "~")
	for _, t := range i.ties {
		if t.relation == relation && (back && t.from == end || !back && t.to == end) {
			list = append(list, t)
		}
	}
	return list
}

// worldQuestion is a question that takes time, with what all possible worlds of a small graph answer to it.
type worldQuestion struct {
	name string
	// ask draws what is asked for, and returns it with the answer.
	ask func(i *inquiry) (args string, want []string)
	// columns are those of the rows that are compared; none: edges are. got reads an answer that is neither.
	columns string
	got     func(result *queries.Result) []string
	// marked reads the mark of an answer that is one whole, and what worlds say of it; nil: each line has its own.
	marked func(i *inquiry, result *queries.Result) (got, want string)
	// grows: a wider time asked for finds all that a narrower one does.
	grows bool
}

func worldQuestions() []worldQuestion {
	return []worldQuestion{
		{name: "units-in-area", columns: "unit place", grows: true, ask: func(i *inquiry) (string, []string) {
			return fmt.Sprintf("place=%s|depth=%d", i.places[0], i.depth), i.around(i.places[0], "based_at", "~within")
		}},
		{name: "operators-of-equipment", columns: "operator equipment", grows: true, ask: func(i *inquiry) (string, []string) {
			return fmt.Sprintf("equipment=%s|depth=%d", i.kinds[0], i.depth), i.around(i.kinds[0], "operates", "~variant_of")
		}},
		{name: "equipment-of-unit", columns: "unit equipment", grows: true, ask: func(i *inquiry) (string, []string) {
			return fmt.Sprintf("unit=%s|depth=%d", i.units[0], i.depth), i.around(i.units[0], "~operates", "~subordinate_to")
		}},
		{name: "unit-footprint", columns: "unit place", grows: true, ask: func(i *inquiry) (string, []string) {
			return fmt.Sprintf("unit=%s|depth=%d", i.units[0], i.depth), i.around(i.units[0], "~based_at", "~subordinate_to")
		}},
		{name: "timeline-of-area", columns: "from relation to", grows: true, ask: (*inquiry).timeline},
		{name: "event-network", grows: true, ask: (*inquiry).eventNetwork},
		{name: "events-involving", columns: "from relation to", grows: true, ask: (*inquiry).involving},
		{name: "alliances-and-rivals", columns: "from relation to", grows: true, ask: func(i *inquiry) (string, []string) {
			unit := pick(i.Rand, i.units)
			return "entity=" + unit, i.links(func(t *tie) bool { return t.relation == "opposes" && (t.from == unit || t.to == unit) })
		}},
		{name: "corroboration", columns: "from relation to", grows: true, ask: (*inquiry).linked},
		{name: "weak-and-stale", columns: "from relation to", grows: true, ask: func(i *inquiry) (string, []string) {
			args, want := i.linked()
			return args + "|max_publishers=100", want // all are weak
		}},
		// Who may have been of the own side then is no adversary of it: in a wider time there may be more of them.
		{name: "adversary-encounters", columns: "event own adversary", ask: (*inquiry).encounters},
		{name: "common-neighbours", columns: "entity", grows: true, ask: (*inquiry).shared},
		{name: "subordinate-tree", grows: true, ask: func(i *inquiry) (string, []string) {
			return fmt.Sprintf("unit=%s|depth=%d", i.units[0], max(1, i.depth)), i.tree(i.units[0], "~subordinate_to")
		}},
		{name: "chain-of-command-up", grows: true, ask: func(i *inquiry) (string, []string) {
			person := pick(i.Rand, i.people)
			return fmt.Sprintf("entity=%s|depth=%d", person, max(1, i.depth)), i.tree(person, "commands", "posted_to", "subordinate_to")
		}},
		{name: "ego-network", grows: true, ask: func(i *inquiry) (string, []string) {
			entity := pick(i.Rand, i.all())
			return fmt.Sprintf("entity=%s|depth=%d", entity, max(1, i.depth)), i.tree(entity)
		}},
		{name: "entity-card", ask: (*inquiry).card, got: func(result *queries.Result) (lines []string) {
			for n, property := range column(result, "property") {
				if strings.HasPrefix(property, "→") || strings.HasPrefix(property, "←") {
					lines = append(lines, property+" "+column(result, "value")[n]+" "+column(result, "possible")[n])
				}
			}
			return lines
		}},
		{name: "evidence-for-link", grows: true, got: quotedRows, ask: func(i *inquiry) (string, []string) {
			t := pick(i.Rand, i.ties)
			return "from=" + t.from + "|to=" + t.to, i.claims(func(o *tie) bool {
				return o.from == t.from && o.to == t.to || o.from == t.to && o.to == t.from
			})
		}},
		{name: "strike-attribution", grows: true, got: quotedRows, ask: func(i *inquiry) (string, []string) {
			event := pick(i.Rand, i.happens)
			return "event=" + event, i.claims(func(t *tie) bool {
				return t.to == event && (t.relation == "carried_out" || t.relation == "used_in")
			})
		}},
		{name: "co-mention", columns: "entity", ask: (*inquiry).named},
		{name: "career", got: postRows, ask: func(i *inquiry) (string, []string) {
			person := pick(i.Rand, i.people)
			return "person=" + person, i.posts(func(t *tie) bool { return t.from == person }, func(t *tie) string { return t.to })
		}},
		{name: "commanders-of-unit", got: postRows, ask: func(i *inquiry) (string, []string) {
			unit := pick(i.Rand, i.units)
			return "unit=" + unit, i.posts(func(t *tie) bool { return t.relation == "commands" && t.to == unit },
				func(t *tie) string { return t.from })
		}},
		{name: "served-together", got: tenureRows("person", "unit", "role", "own role", "days", "in all"), ask: (*inquiry).colleagues},
		{
			name: "superiors-of-person", got: tenureRows("superior", "unit", "role", "own unit", "own role", "days", "in all"),
			ask: (*inquiry).superiors,
		},
		{name: "who-was-in-command", got: tenureRows("commander", "unit", "role", "days"), ask: (*inquiry).command},
		{name: "shortest-path", ask: (*inquiry).paths, got: func(result *queries.Result) (lines []string) {
			for n, path := range result.Paths {
				var ids []string
				for _, step := range path {
					ids = append(ids, step.Edge.From+" "+step.Edge.Relation+" "+step.Edge.To)
				}
				lines = append(lines, strings.Join(ids, ", ")+": "+mark(slices.Contains(result.PossiblePaths, n)))
			}
			return lines
		}},
		{name: "connect-set", ask: (*inquiry).smallest, got: func(result *queries.Result) []string {
			return []string{fmt.Sprintf("%d links", len(result.Edges))}
		}, marked: func(i *inquiry, result *queries.Result) (got, want string) {
			var tree []link // of several as small, any
			for _, e := range result.Edges {
				tree = append(tree, i.link(i.ties[slices.IndexFunc(i.ties, func(t *tie) bool {
					return t.from == e.From && t.relation == e.Relation && t.to == e.To
				})], ""))
			}
			return mark(slices.ContainsFunc(result.Edges, func(e *queries.Edge) bool { return e.Possible })), i.moment(tree...).String()
		}},
	}
}

// soloQuestions look at the whole of what was loaded; one graph alone answers them.
func soloQuestions() []worldQuestion {
	quotes := func(result *queries.Result) (lines []string) {
		for n, claims := range result.RowClaims {
			if quote := claims[0].Cites[0].Quote; quote != "" {
				lines = append(lines, quote+": "+mark(column(result, "possible")[n] != ""))
			}
		}
		return slices.Compact(sorted(lines))
	}
	every := func(*tie) bool { return true }
	return []worldQuestion{
		{name: "text-in-evidence", grows: true, got: quotes, ask: func(i *inquiry) (string, []string) {
			return "text=" + i.name, i.claims(every)
		}},
		{name: "what-changed", grows: true, got: quotes, ask: func(i *inquiry) (string, []string) {
			if i.dataset != "" {
				return "", i.claims(every)
			}
			of := pick(i.Rand, i.datasets) // each has a load of its own
			return "dataset=" + of, i.claims(every, of)
		}},
		{name: "degree-ranking", ask: (*inquiry).ranking, got: func(result *queries.Result) (lines []string) {
			for n, xid := range column(result, "xid") {
				lines = append(lines, fmt.Sprintf("%s %s %s %s", xid, column(result, "out")[n], column(result, "in")[n],
					column(result, "certain")[n]))
			}
			return lines
		}},
	}
}

// withoutWorlds are the questions that take time and that worlds are not asked about, and why.
func withoutWorlds() map[string]string {
	return map[string]string{
		"search-entity":      "it looks names up, whatever the time",
		"conflicting-claims": "what excludes what is no matter of time alone: TestContradictions has it",
	}
}

func mark(possible bool) string {
	if possible {
		return schema.Possible.String()
	}
	return schema.Certain.String()
}

func (m answers) lines() (lines []string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		lines = append(lines, key+": "+m[key].String())
	}
	return lines
}

// all are the entities of a graph.
func (w *warren) all() []string {
	return slices.Concat(w.people, w.units, w.places, w.kinds, w.happens)
}

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

// ranking counts the links of all.
func (i *inquiry) ranking() (string, []string) {
	var lines []string
	for _, xid := range i.all() {
		var out, in, certain int
		for _, t := range i.ties {
			holding := i.holding(i.link(t, ""))
			if holding == schema.No {
				continue
			}
			for n, end := range []string{t.from, t.to} {
				if end == xid {
					out, in = out+1-n, in+n
					if holding == schema.Certain {
						certain++
					}
				}
			}
		}
		if out+in > 0 {
			lines = append(lines, fmt.Sprintf("%s %d %d %d", xid, out, in, certain))
		}
	}
	return "", sorted(lines)
}

// paths are all shortest chains between two entities, and where none of those surely held, the shortest that did.
func (i *inquiry) paths() (string, []string) {
	from, to := pick(i.Rand, i.all()), pick(i.Rand, i.all())
	args := "from=" + from + "|to=" + to + "|max_hops=3|budget=600"
	if from == to {
		return args, nil
	}
	byLength := map[int]answers{}
	var walk func(at chained, on, keys []string)
	walk = func(at chained, on, keys []string) {
		if at.end == to || len(at.links) == 3 {
			if holding := i.moment(at.links...); at.end == to && holding != schema.No {
				if byLength[len(keys)] == nil {
					byLength[len(keys)] = answers{}
				}
				byLength[len(keys)].add(strings.Join(keys, ", "), holding)
			}
			return
		}
		for _, t := range i.ties {
			if end := t.far(at.end); (t.from == at.end || t.to == at.end) && !slices.Contains(on, end) {
				walk(at.with(end, i.link(t, "")), append(slices.Clone(on), end), append(slices.Clone(keys), t.key()))
			}
		}
	}
	walk(chained{end: from}, []string{from}, nil)
	found, certain := answers{}, false
	for length := 1; length <= 3 && !certain; length++ {
		surely := maps.Clone(byLength[length])
		maps.DeleteFunc(surely, func(_ string, holding schema.Certainty) bool { return holding != schema.Certain })
		if certain = len(surely) > 0; len(found) == 0 {
			maps.Copy(found, byLength[length])
		} else {
			maps.Copy(found, surely)
		}
	}
	return args, found.lines()
}

// smallest is how many links the smallest graph has that joins three entities.
func (i *inquiry) smallest() (string, []string) {
	ends := []string{pick(i.Rand, i.people), pick(i.Rand, i.units), pick(i.Rand, i.places)}
	args := "entities=" + strings.Join(ends, ";") + "|max_hops=4"
	for size := 2; size <= 4; size++ {
		best := schema.No
		i.trees(ends, size, func(tree []link) { best = max(best, i.moment(tree...)) })
		if best != schema.No {
			return args, []string{fmt.Sprintf("%d links", size)}
		}
	}
	return args, nil // it has more links than are looked through
}

// trees finds all trees of so many links that join some entities.
func (i *inquiry) trees(ends []string, size int, do func(tree []link)) {
	seen := map[string]bool{}
	var grow func(tree []link, in []string)
	grow = func(tree []link, in []string) {
		if len(tree) == size {
			if !slices.ContainsFunc(ends, func(end string) bool { return !slices.Contains(in, end) }) {
				do(tree)
			}
			return
		}
		for _, t := range i.ties {
			if slices.Contains(in, t.from) == slices.Contains(in, t.to) {
				continue
			}
			end := t.to
			if slices.Contains(in, end) {
				end = t.from
			}
			next := append(slices.Clone(tree), i.link(t, ""))
			var keys []string
			for _, l := range next {
				keys = append(keys, l.key())
			}
			if key := strings.Join(sorted(keys), ","); !seen[key] && i.moment(next...) != schema.No {
				seen[key] = true
				grow(next, append(slices.Clone(in), end))
			}
		}
	}
	grow(nil, ends[:1])
}

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

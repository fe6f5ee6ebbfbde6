package queries_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/schema"
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

package step

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// overlap is the time that statements have in common.
type overlap struct {
	period    schema.Period
	certainty schema.Certainty
}

// compare orders overlaps: the certain first, then those that last at least the longest, then those that may.
func (o overlap) compare(than overlap) int {
	least, most := o.period.Days()
	thanLeast, thanMost := than.period.Days()
	if o.certainty != schema.Certain {
		least, thanLeast = 0, 0
	}
	unbounded := func(n int) int {
		if n < 0 {
			return 1 << 30
		}
		return n
	}
	return cmp.Or(cmp.Compare(than.certainty, o.certainty), cmp.Compare(thanLeast, least),
		cmp.Compare(unbounded(thanMost), unbounded(most)))
}

// longestWith returns the longest time that a period has in common with one of several, by which it is, and whether
// there is any; of equally long ones that of the shortest chain.
func longestWith(f *canned.Filter, windows []window, p schema.Period) (best overlap, by window, found bool) {
	for _, w := range windows {
		both, certainty := f.Meet(w.Period, p)
		certainty = min(certainty, w.certainty)
		o := overlap{both, certainty}
		if certainty != schema.No && (!found || o.compare(best) < 0 || o.compare(best) == 0 && len(w.chain) < len(by.chain)) {
			best, by, found = o, w, true
		}
	}
	return best, by, found
}

// tenure is a post that somebody held while something else was so: what a row of the questions of who was in charge,
// and with whom, is about.
type tenure struct {
	overlap
	says *statement // of the post; nil: nobody is known
	own  *statement // of the post that is compared with it, or that the chain begins with; nil: none is
	unit *reached   // the unit it is a command of, where chains lead to that
	by   window     // the chain that leads to it
	sure *int
}

// level is how many links of command lie between the unit and the one that the question began with.
func (t *tenure) level() int { return len(t.by.chain) - 1 }

func (t *tenure) person() string {
	if t.says == nil {
		return ""
	}
	return t.says.edge.From
}

// row draws the post with what leads to it.
func (t *tenure) row() Row {
	r := Row{Also: []string{t.unit.uid}, Possible: t.certainty == schema.Possible, Of: t}
	if t.says != nil {
		r.Edges = append(r.Edges, t.says.edge)
	}
	r.Edges = append(r.Edges, t.by.chain...)
	r.Edges = append(r.Edges, t.by.lead...)
	return r
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
func tenureColumns(rests func(t *tenure) []*statement, own ...column[*tenure]) []Column {
	return columns(append(own,
		column[*tenure]{"role", ofPost(func(t *tenure) string { return t.says.role() })},
		column[*tenure]{"rank", ofPost(func(t *tenure) string { return strings.Join(t.says.values["rank"], ", ") })},
		column[*tenure]{"period", func(_ names, t *tenure) string { return t.period.String() }},
		column[*tenure]{"days", func(_ names, t *tenure) string { return days(t.period, t.certainty) }},
		column[*tenure]{"confidence", ofPost(func(t *tenure) string { return number(t.sure) })},
		column[*tenure]{"possible", func(_ names, t *tenure) string { return possibly(t.certainty == schema.Possible) }},
		column[*tenure]{"sources", ofPost(func(t *tenure) string {
			var names []string
			for _, s := range rests(t) {
				for _, name := range s.sources {
					names = append(names, name)
				}
			}
			return firstThree(slices.Compact(slices.Sorted(slices.Values(names))))
		})},
	)...)
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
	edges, err := x.edgesWithEvidence(ctx, []string{person.UID}, x.relations...)
	return person, slices.DeleteFunc(edges, func(e *view.GraphEdge) bool { return e.FromUID != person.UID }), err
}

// backwards returns relations as ways against their direction.
func backwards(relations []string) []string {
	ways := make([]string, len(relations))
	for i, r := range relations {
		ways[i] = "~" + r
	}
	return ways
}

// chainOfCommand are the relations that lead from a unit to the one above it.
func chainOfCommand() []string { return []string{"subordinate_to", "attached_to"} }

// inChargeOf finds whose commands of units overlap with the times at which chains lead to those.
func (x *Execution) inChargeOf(ctx context.Context, units []*reached, wanted func(*reached, *statement) bool) ([]*tenure, error) {
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
			for _, s := range withoutImplied(e, &x.Filter) {
				o, by, found := longestWith(&x.Filter, unit.windows, s.period)
				if found && wanted(unit, s) {
					list = append(list, &tenure{overlap: o, unit: unit, by: by, says: s, sure: s.confidence})
				}
			}
		}
	}
	return list, nil
}

// longestOf keeps of those with the same key the one that overlaps longest.
func longestOf(list []*tenure, key func(*tenure) string) []*tenure {
	kept := map[string]*tenure{}
	for _, t := range list {
		k := key(t)
		if have := kept[k]; have == nil || t.compare(have.overlap) < 0 ||
			t.compare(have.overlap) == 0 && textOf(t.says) < textOf(have.says) {
			kept[k] = t
		}
	}
	return slices.DeleteFunc(list, func(t *tenure) bool { return kept[key(t)] != t })
}

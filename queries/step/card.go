package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// cardRow is one value as one or more claims state it, or how many links there are of a kind.
type cardRow struct {
	property, value, period, assertion string
	shown                              bool // by the entity itself, as this row says
	counts                             bool // says that it is so, and nobody took that back (law 9)
	differs                            bool // from what else is said of the property (law 11)
	possible                           bool // at the time asked for
	contested                          bool // claims deny or negate it
	confidence                         *int
	sources                            []string
	lines                              []string // the sources with their grades and dates
	rank                               int      // among the rows of its property: what is shown, then its rivals
}

// card shows an entity: every value claimed of it, who says so, and how many links it has of each kind.
func card() Step {
	return Step{
		Name: "card", Doc: "shows an entity's values, who says so, and how it is linked", Entities: 1,
		Time: canned.Timing{Shows: "the values and links that held"},
		Columns: withContested(columns(
			column[*cardRow]{"property", func(_ names, c *cardRow) string { return c.property }},
			column[*cardRow]{"value", func(_ names, c *cardRow) string { return c.value }},
			column[*cardRow]{"shown", func(_ names, c *cardRow) string {
				if c.shown {
					return "yes"
				}
				return ""
			}},
			column[*cardRow]{"differs", func(_ names, c *cardRow) string {
				if c.differs {
					return "differs"
				}
				return ""
			}},
			column[*cardRow]{"period", func(_ names, c *cardRow) string { return c.period }},
			column[*cardRow]{"confidence", func(_ names, c *cardRow) string { return number(c.confidence) }},
			column[*cardRow]{"assertion", func(_ names, c *cardRow) string { return c.assertion }},
			column[*cardRow]{"possible", func(_ names, c *cardRow) string { return possibly(c.possible) }},
			column[*cardRow]{"sources", func(n names, c *cardRow) string {
				if c.differs { // who says which is what a reader weighs
					return strings.Join(c.lines, "; ")
				}
				return n.list(c.sources)
			}},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			entity, err := x.entity(0)
			if err != nil {
				return nil, err
			}
			list, err := x.entityCard(ctx, entity)
			return rowsOf(list, func(c *cardRow) Row { return Row{Possible: c.possible, contested: c.contested, Of: c} }), err
		},
	}
}

// entityCard lists what an entity is one with, what is said of it, and its links.
func (x *Execution) entityCard(ctx context.Context, entity view.Candidate) ([]*cardRow, error) {
	m, err := x.Merges(ctx)
	if err != nil {
		return nil, err
	}
	card := []*cardRow{{property: "xid", value: entity.XID, shown: true}}
	for _, xid := range m.Others(entity.XID) {
		card = append(card, &cardRow{property: "same as", value: xid, sources: []string{"decisions"}})
	}
	claims, err := x.Groups(ctx, schema.FactsOf(entity.XID).Groups(x.Ontology, m.Merges))
	if err != nil {
		return nil, err
	}
	nodes, err := x.Nodes(ctx, []string{entity.UID}, true)
	if err != nil {
		return nil, err
	}
	var facts []*cardRow
	for _, c := range claims {
		v := x.Judge(&c.Claim)
		if v.Ungraded && c.Current() {
			x.ungraded++
		}
		if !v.Shown {
			continue
		}
		for _, f := range factsIn(c) {
			f.possible = v.Possible && !(c.Period.IsZero() && x.atAnyTime(c.Type, f.property))
			f.contested = c.Evidence.Counts() && x.DeniesValue(claims, c, f.property, f.value)
			facts = append(facts, f)
		}
	}
	card = append(card, foldBounds(x.Ontology, mergeFacts(facts, nodes))...)
	links, err := x.countLinks(ctx, entity)
	return append(card, links...), err
}

// atAnyTime reports whether a value without a period is no more doubtful at one time than at another: what an entity is
// and how people call it, and what is a time itself.
func (x *Execution) atAnyTime(typeName, property string) bool {
	p := x.Ontology.Property(typeName, property)
	return property == "type" || p != nil && (p.Names || p.Dated())
}

// factsIn returns what a claim says, a row for each value.
func factsIn(c view.Claim) []*cardRow {
	row := cardRow{period: c.Evidence.Period, confidence: c.Evidence.Confidence, counts: c.Evidence.Counts()}
	if c.Assertion != schema.Asserted {
		row.assertion = string(c.Assertion)
	}
	if c.Evidence.Rejected {
		row.assertion = "rejected"
	}
	if past := c.Evidence.Past(); past != "" {
		row.assertion = past
	}
	for _, cite := range c.Evidence.Cites {
		row.sources = append(row.sources, cmp.Or(cite.Title, cite.Source))
		row.lines = append(row.lines, view.SourceLine(cite))
	}
	of := func(property, value string) *cardRow {
		own := row
		own.property, own.value, own.sources, own.lines = property, value, slices.Clone(row.sources), slices.Clone(row.lines)
		return &own
	}
	if c.Predicate != schema.Describes {
		return []*cardRow{of(c.Predicate, c.Claim.Value)}
	}
	rows := []*cardRow{of("type", c.Type)}
	for property, values := range c.Values {
		for _, value := range values {
			rows = append(rows, of(property, value))
		}
	}
	for property, value := range c.Extra {
		rows = append(rows, of(property, value))
	}
	return rows
}

// mergeFacts makes one row of what several claims say alike, and marks what the entity shows.
func mergeFacts(facts []*cardRow, nodes []*view.Node) []*cardRow {
	text := func(c *cardRow) string {
		return c.property + "\x00" + c.value + "\x00" + c.period + "\x00" + c.assertion
	}
	merged := map[string]*cardRow{}
	var list []*cardRow
	for _, f := range facts {
		have := merged[text(f)]
		if have == nil {
			f.shown = f.counts && slices.ContainsFunc(nodes, func(n *view.Node) bool {
				return slices.Contains(n.Properties[f.property], f.value) || f.property == "type" && n.Type == f.value
			})
			f.weigh(nodes)
			merged[text(f)], list = f, append(list, f)
			continue
		}
		have.possible, have.contested = have.possible && f.possible, have.contested || f.contested
		have.sources, have.lines = append(have.sources, f.sources...), append(have.lines, f.lines...)
		if f.confidence != nil && (have.confidence == nil || *f.confidence > *have.confidence) {
			have.confidence = f.confidence
		}
	}
	for _, f := range list {
		slices.Sort(f.sources)
		f.sources = slices.Compact(f.sources)
		slices.Sort(f.lines)
		f.lines = slices.Compact(f.lines)
	}
	slices.SortFunc(list, func(a, b *cardRow) int {
		return cmp.Or(cmp.Compare(cardOrder(a.property), cardOrder(b.property)), strings.Compare(a.property, b.property),
			cmp.Compare(a.rank, b.rank), strings.Compare(text(a), text(b)))
	})
	return list
}

// weigh notes where a row stands among those of a property of which sources disagree: what is shown first, then its
// rivals in the order of their sources' reliability, then the rest.
func (c *cardRow) weigh(nodes []*view.Node) {
	for _, n := range nodes {
		rivals := n.Differs[c.property]
		if len(rivals) == 0 {
			continue
		}
		c.rank = len(rivals) + 1
		if c.assertion != "" {
			continue
		}
		if i := slices.Index(rivals, c.value); c.shown || i >= 0 {
			c.rank, c.differs = i+1, true
		}
	}
}

// cardOrder puts first what a reader looks for first.
func cardOrder(property string) int {
	first := []string{"type", "name", "title", "aliases", "description", "country"}
	if i := slices.Index(first, property); i >= 0 {
		return i
	}
	return len(first)
}

// linkCount is what links of an entity are counted by: relation and way, and how they are marked.
type linkCount struct {
	way                 string
	possible, contested bool
}

// countLinks counts an entity's links by relation and way, those that satisfy the filters, the possible and the
// contested each for themselves: of these only their claims know.
func (x *Execution) countLinks(ctx context.Context, entity view.Candidate) (rows []*cardRow, err error) {
	var count map[linkCount]int
	if x.Filter.Active() {
		count, err = x.linksThatHold(ctx, entity)
	} else {
		count, err = x.allLinksOf(ctx, entity)
	}
	for _, r := range x.Ontology.Relations {
		for _, way := range []string{"→ " + r.Name, "← " + r.Name} {
			for _, possible := range []bool{false, true} {
				for _, contested := range []bool{false, true} {
					if n := count[linkCount{way, possible, contested}]; n > 0 {
						rows = append(rows, &cardRow{property: way, value: strconv.Itoa(n), possible: possible, contested: contested})
					}
				}
			}
		}
	}
	return rows, err
}

func (x *Execution) allLinksOf(ctx context.Context, entity view.Candidate) (map[linkCount]int, error) {
	var fields []string
	for i, r := range x.Ontology.Relations {
		fields = append(fields, fmt.Sprintf("o%d: count(%s) i%d: count(~%s)", i, r.Name, i, r.Name))
	}
	var found struct{ Q []map[string]int }
	err := x.UnredactedInto(ctx, "query card($uid: string) { q(func: uid($uid)) { "+strings.Join(fields, " ")+" } }",
		map[string]string{"$uid": entity.UID}, &found)
	if err != nil || len(found.Q) == 0 {
		return nil, err
	}
	denied, err := x.PerhapsDenied(ctx, entity.UID)
	if err != nil {
		return nil, err
	}
	edges, err := x.between(ctx, []string{entity.UID}, denied, x.anyWay()...)
	if err != nil {
		return nil, err
	}
	if err := x.Contest(ctx, edges); err != nil {
		return nil, err
	}
	contested := map[string]int{}
	for _, e := range edges {
		if e.Contested {
			for _, way := range waysFrom(e, entity.UID) {
				contested[way]++
			}
		}
	}
	count := map[linkCount]int{}
	for i, r := range x.Ontology.Relations {
		for way, n := range map[string]int{
			"→ " + r.Name: found.Q[0][fmt.Sprintf("o%d", i)],
			"← " + r.Name: found.Q[0][fmt.Sprintf("i%d", i)],
		} {
			count[linkCount{way: way}], count[linkCount{way: way, contested: true}] = n-contested[way], contested[way]
		}
	}
	return count, nil
}

// linksThatHold counts the links that hold at the time asked for.
func (x *Execution) linksThatHold(ctx context.Context, entity view.Candidate) (map[linkCount]int, error) {
	edges, err := x.hop(ctx, []string{entity.UID}, x.anyWay()...)
	if err != nil {
		return nil, err
	}
	if err := x.Contest(ctx, edges); err != nil {
		return nil, err
	}
	count := map[linkCount]int{}
	for _, e := range edges {
		for _, way := range waysFrom(e, entity.UID) {
			count[linkCount{way, e.Possible && x.Filter.Timed(), e.Contested}]++
		}
	}
	return count, nil
}

// anyWay returns all relations of the ontology, in either direction.
func (x *Execution) anyWay() []string {
	return view.BothWays(x.Ontology.RelationNames())
}

// waysFrom names the relation of a link as it leads from an entity: both ways where it leads back to it.
func waysFrom(e *view.GraphEdge, uid string) (ways []string) {
	if e.FromUID == uid {
		ways = append(ways, "→ "+e.Relation)
	}
	if e.ToUID == uid {
		ways = append(ways, "← "+e.Relation)
	}
	return ways
}

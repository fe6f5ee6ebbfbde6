package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// maxScanned is how many entities or links a question about no entity in particular looks at.
const maxScanned = 20_000

// claimSide is one of several statements that exclude each other.
type claimSide struct {
	property, value, assertion string
	qualifiers                 map[string][]string // of a link: those that tell it from others of its kind
	period                     schema.Period
	claims                     []*view.Evidence
	stored                     []*schema.StoredClaim
	edge                       *view.GraphEdge
	possible                   bool // that it excludes another, at the time asked for
}

// conflictRow is one side of a conflict.
type conflictRow struct {
	claimSide
	about  view.Candidate
	kind   string
	number int // of the conflict
}

// conflicts finds statements that cannot both be true, or of which one doubts the other, of one entity or, where none
// is named, of all. A row is one side; the rows of one conflict stand together.
//
//	type      two types for one entity
//	value     different values where there can be one: of a birth date at any time, of a rank at the same time
//	contested what one source asserts another denies or negates, for the same time
//	doubted   what one source asserts another only holds possible
//	command   two in charge of one unit for more than the day of a hand-over
//	outcome   one person killed and wounded in one event, or killed in two
//	after     a command or post that goes on after death, or begins after capture
//	birth     a command or post that begins before birth
//	places    two places at one time, of which neither lies within the other
//
// Statements of a link contradict each other where their qualifiers are compatible ([schema.Relation.Compatible]).
// Texts that describe (names, descriptions, addresses) differ without conflict, and so do positions.
func conflicts() Step {
	return Step{
		Name: "conflicts", Doc: "finds statements that cannot both be true", Entities: 1,
		Time: canned.Timing{Shows: "the statements that held and exclude each other"},
		Columns: columns(
			column[*conflictRow]{"about", func(n names, c *conflictRow) string { return n.of(c.about.XID) }},
			column[*conflictRow]{"kind", func(_ names, c *conflictRow) string { return c.kind }},
			column[*conflictRow]{"property", func(_ names, c *conflictRow) string { return c.property }},
			column[*conflictRow]{"value", func(n names, c *conflictRow) string {
				if c.value == "" && c.edge != nil {
					return n.of(c.edge.From) + " → " + n.of(c.edge.To)
				}
				return c.value
			}},
			column[*conflictRow]{"qualifiers", func(_ names, c *conflictRow) string { return schema.QualifierText(c.qualifiers) }},
			column[*conflictRow]{"period", func(_ names, c *conflictRow) string { return c.period.String() }},
			column[*conflictRow]{"assertion", func(_ names, c *conflictRow) string { return c.assertion }},
			column[*conflictRow]{"confidence", func(_ names, c *conflictRow) string { return number(surest(c.claims)) }},
			column[*conflictRow]{"possible", func(_ names, c *conflictRow) string { return possibly(c.possible) }},
			column[*conflictRow]{"sources", func(n names, c *conflictRow) string { return n.list(sourcesOf(c.claims)) }},
			column[*conflictRow]{"conflict", func(_ names, c *conflictRow) string { return strconv.Itoa(c.number) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			f := &conflictFinder{Execution: x, contended: map[schema.Target]bool{}}
			if entity, err := x.entity(0); err == nil {
				err = f.about(ctx, []view.Candidate{entity})
				return f.rows, err
			}
			err := f.everywhere(ctx)
			return f.rows, err
		},
	}
}

type conflictFinder struct {
	*Execution
	rows      []Row
	found     int
	contended map[schema.Target]bool // links that were looked at: each may be found from both ends
}

// holding says whether a side is of the time asked for.
func (f *conflictFinder) holding(s claimSide) schema.Certainty {
	_, holding := f.Filter.Meet(schema.Always(), s.period)
	return holding
}

// conflict adds one conflict's rows.
func (f *conflictFinder) conflict(about view.Candidate, kind string, sides []claimSide) {
	sides = slices.DeleteFunc(sides, func(s claimSide) bool { return f.Filter.LeavesOut(s.possible) })
	if len(sides) > 0 {
		f.found++
	}
	for _, s := range sides {
		r := Row{Also: []string{about.UID}, Claims: s.claims, Possible: s.possible, Of: &conflictRow{s, about, kind, f.found}}
		if s.edge != nil {
			r.Edges = []*view.GraphEdge{s.edge}
			r.Also = append(r.Also, s.edge.FromUID, s.edge.ToUID)
		}
		f.rows = append(f.rows, r)
	}
}

// full reports whether there are more than the answer may hold.
func (f *conflictFinder) full() bool { return len(f.rows) > f.limit() }

// everywhere looks at entities a page at a time, in no order but the database's.
func (f *conflictFinder) everywhere(ctx context.Context) error {
	all, err := f.CountEntities(ctx)
	if err != nil {
		return err
	}
	scanned := 0
	for page, err := range f.EntitiesSaid(ctx, "commands") {
		if err != nil {
			return fmt.Errorf("look for conflicts: %w", err)
		}
		if len(page.Entities) > 0 {
			if err := f.about(ctx, page.Entities); err != nil {
				return err
			}
		}
		if f.full() {
			return nil
		}
		scanned += page.All
		f.Tell("look for conflicts", "entities", scanned, all)
		if scanned >= maxScanned {
			f.truncated = true
			f.note("Looked at %d entities; name one to look at all that is said of it.", scanned)
			return nil
		}
	}
	return nil
}

// about finds the conflicts about some entities.
func (f *conflictFinder) about(ctx context.Context, entities []view.Candidate) error {
	m, err := f.Merges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	of := map[string]view.Candidate{}
	for _, c := range entities {
		for _, xid := range m.All(c.XID) {
			groups = append(groups, schema.FactsKey(xid))
			of[xid] = c
		}
	}
	facts, err := f.Said(ctx, groups)
	if err != nil {
		return err
	}
	byEntity := map[string][]view.Claim{}
	for _, c := range facts {
		if f.says(c) {
			byEntity[of[c.Subject].XID] = append(byEntity[of[c.Subject].XID], c)
		}
	}
	var open []*view.Evidence
	for _, facts := range byEntity {
		if f.differing(facts) {
			for _, c := range facts {
				open = append(open, c.Evidence)
			}
		}
	}
	if err := f.Cite(ctx, open); err != nil {
		return err
	}
	for _, c := range entities {
		f.ownFacts(c, byEntity[c.XID])
	}
	if err := f.contested(ctx, entities); err != nil {
		return err
	}
	if err := f.commands(ctx, entities); err != nil {
		return err
	}
	return f.lives(ctx, entities, byEntity)
}

// says reports whether a claim takes part in conflicts.
func (f *conflictFinder) says(c view.Claim) bool {
	return c.Current() && !c.Evidence.Rejected && f.Judge(&c.Claim).Shown
}

// sidesOf makes one side of all claims that say the same of an entity.
func sidesOf(claims []view.Claim, property string, value func(view.Claim) []string) []claimSide {
	var sides []claimSide
	for _, c := range claims {
		for _, v := range value(c) {
			sides = addSide(sides, claimSide{property: property, value: v, assertion: string(c.Assertion), period: c.Period}, c)
		}
	}
	return sortSides(sides)
}

// linkSides makes one side of all claims that say the same of a link.
func linkSides(claims []view.Claim, relation *schema.Relation) []claimSide {
	var sides []claimSide
	for _, c := range claims {
		sides = addSide(sides, claimSide{
			property: relation.Name, qualifiers: relation.Telling(c.Values), assertion: string(c.Assertion), period: c.Period,
		}, c)
	}
	return sortSides(sides)
}

// addSide puts a claim behind the side that says the same, a new one where none does.
func addSide(sides []claimSide, side claimSide, c view.Claim) []claimSide {
	i := slices.IndexFunc(sides, func(s claimSide) bool {
		return s.value == side.value && s.assertion == side.assertion && s.period.Equal(side.period) &&
			schema.QualifierText(s.qualifiers) == schema.QualifierText(side.qualifiers)
	})
	if i < 0 {
		i, sides = len(sides), append(sides, side)
	}
	sides[i].claims, sides[i].stored = append(sides[i].claims, c.Evidence), append(sides[i].stored, c.StoredClaim)
	return sides
}

func sortSides(sides []claimSide) []claimSide {
	slices.SortFunc(sides, func(x, y claimSide) int {
		return cmp.Or(strings.Compare(x.value, y.value),
			strings.Compare(schema.QualifierText(x.qualifiers), schema.QualifierText(y.qualifiers)),
			strings.Compare(x.assertion, y.assertion), strings.Compare(x.period.String(), y.period.String()))
	})
	return sides
}

// typesOf returns one side for each type that an entity is said to have.
func typesOf(facts []view.Claim) []claimSide {
	return sidesOf(facts, "type", func(c view.Claim) []string {
		if c.Predicate != schema.Describes || c.Type == "" || !c.Draws() {
			return nil
		}
		return []string{c.Type}
	})
}

// clashing returns the properties of an entity of these types that hold one value, and of which type they are.
func (f *conflictFinder) clashing(types []claimSide) (properties map[string]*schema.Property, typeOf map[string]string) {
	properties, typeOf = map[string]*schema.Property{}, map[string]string{}
	for _, side := range types {
		if t := f.Ontology.Type(side.value); t != nil {
			for _, p := range t.Properties {
				if canClash(p) {
					properties[p.Name], typeOf[p.Name] = p, t.Name
				}
			}
		}
	}
	return properties, typeOf
}

// differing reports whether different values are stated of a property that holds one: whether they agree depends on
// their sources, too.
func (f *conflictFinder) differing(facts []view.Claim) bool {
	properties, _ := f.clashing(typesOf(facts))
	stated := map[string]string{}
	for _, c := range facts {
		for name := range properties {
			for _, value := range valuesOf(c, name) {
				if have, known := stated[name]; known && have != value {
					return true
				}
				stated[name] = value
			}
		}
	}
	return false
}

// ownFacts finds conflicts among an entity's own facts.
func (f *conflictFinder) ownFacts(about view.Candidate, facts []view.Claim) {
	types := typesOf(facts)
	f.clash(about, "type", types, func(x, y claimSide) schema.Certainty { return differ(x.value != y.value) })
	properties, typeOf := f.clashing(types)
	stored := view.Stored(facts)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		p := properties[name]
		agreement := f.Ontology.Agreement(typeOf[name], p, stored)
		sides := sidesOf(facts, name, func(c view.Claim) []string { return valuesOf(c, name) })
		f.clash(about, "value", sides, func(x, y claimSide) schema.Certainty {
			if !schema.Assertion(x.assertion).Draws() || !schema.Assertion(y.assertion).Draws() || agreement.Agree(x.stated(), y.stated()) {
				return schema.No
			}
			if p.Winner != schema.Latest {
				return schema.Certain
			}
			return x.period.Overlaps(y.period)
		})
		meant := func(excludes func(x, y claimSide) schema.Certainty) func(x, y claimSide) schema.Certainty {
			return func(x, y claimSide) schema.Certainty {
				denied, said := x, y
				if schema.Assertion(x.assertion).Draws() {
					denied, said = y, x
				}
				if agreement.Denies(denied.stated(), said.stated()) {
					y.value = x.value
				}
				return excludes(x, y)
			}
		}
		f.clash(about, "contested", sides, meant(contest))
		f.clash(about, "doubted", sides, meant(doubt))
	}
}

// valuesOf returns what a claim says that a property of its entity is, by itself or as part of a description.
func valuesOf(c view.Claim, property string) []string {
	if c.Predicate == property {
		return []string{c.Claim.Value}
	}
	return c.Values[property]
}

// canClash reports whether a property holds one value that a second contradicts: what sources merely word in their own
// ways (a branch, a kind of unit, an address) is no contradiction.
func canClash(p *schema.Property) bool {
	return p.Exclusive() && (p.Kind != schema.KindString || p.Winner == schema.Latest)
}

// stated is the side as a value that claims state.
func (s claimSide) stated() schema.Stated { return schema.Stated{Value: s.value, Claims: s.stored} }

// grade returns how reliable the best of the side's sources is.
func (s claimSide) grade() int {
	best := math.MaxInt
	for _, c := range s.claims {
		best = min(best, c.Grade())
	}
	return best
}

// contest: one says so, the other that it is not so.
func contest(x, y claimSide) schema.Certainty {
	return against(x, y, schema.Certain)
}

// doubt: one says so, the other only that it may be so. Both may be right.
func doubt(x, y claimSide) schema.Certainty {
	return min(schema.Possible, against(x, y, schema.Possible))
}

// against says whether one asserts, for the same time, what the other denies as surely as that.
func against(x, y claimSide, surely schema.Certainty) schema.Certainty {
	asserts := func(s claimSide) bool { return schema.Assertion(s.assertion).Draws() }
	counters := func(s claimSide) bool { return schema.Assertion(s.assertion).Denies() == surely }
	if x.value != y.value || !(asserts(x) && counters(y) || counters(x) && asserts(y)) {
		return schema.No
	}
	return sameTime(x.period, y.period)
}

// sameTime says whether two statements are of one time: of the same words they are, whatever day that was.
func sameTime(p, q schema.Period) schema.Certainty {
	if p.Equal(q) {
		return schema.Certain
	}
	_, holding := p.Intersect(q)
	return holding
}

// ofOneThing narrows what excludes each other to statements of a link whose qualifiers are compatible.
func ofOneThing(relation *schema.Relation, excludes func(x, y claimSide) schema.Certainty) func(x, y claimSide) schema.Certainty {
	return func(x, y claimSide) schema.Certainty {
		if !relation.Compatible(x.qualifiers, y.qualifiers) {
			return schema.No
		}
		return excludes(x, y)
	}
}

func differ(yes bool) schema.Certainty {
	if yes {
		return schema.Certain
	}
	return schema.No
}

// clash adds one conflict of all sides that exclude some other.
func (f *conflictFinder) clash(about view.Candidate, kind string, sides []claimSide, excludes func(x, y claimSide) schema.Certainty) {
	var in []claimSide
	for i, x := range sides {
		worst := schema.No
		for j, y := range sides {
			if i != j {
				worst = max(worst, min(excludes(x, y), f.holding(x), f.holding(y)))
			}
		}
		if worst == schema.No {
			continue
		}
		x.possible = worst == schema.Possible
		in = append(in, x)
	}
	if kind == "value" { // what the most reliable sources say stands first (law 11)
		slices.SortStableFunc(in, func(x, y claimSide) int { return cmp.Compare(x.grade(), y.grade()) })
	}
	if len(in) > 1 {
		f.conflict(about, kind, in)
	}
}

// contested finds links that one source asserts and another denies: only claims that do not simply assert are looked
// for, and they are few.
func (f *conflictFinder) contested(ctx context.Context, entities []view.Candidate) error {
	var uids []string
	for _, c := range entities {
		members, err := f.MembersOf(ctx, c)
		if err != nil {
			return err
		}
		uids = append(uids, members...)
	}
	sides := []string{"claim.subject", "claim.object"}
	if len(entities) > 1 {
		sides = sides[:1] // each is found once, from its subject
	}
	var doubts []view.Claim
	for _, side := range sides {
		page, err := f.LinksNotAsserted(ctx, uids, side)
		if err != nil {
			return fmt.Errorf("look for what is denied: %w", err)
		}
		doubts = append(doubts, page...)
	}
	m, err := f.Merges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	for _, c := range doubts {
		if !f.says(c) || c.Assertion.Denies() == schema.No {
			continue
		}
		// The claims of a link lie between all pairs of what decisions made one (law 10).
		if link := schema.TargetOf(f.Ontology, m.Merges, &c.Claim); !f.contended[link] {
			f.contended[link] = true
			groups = append(groups, link.Groups(f.Ontology, m.Merges)...)
		}
	}
	claims, err := f.Said(ctx, groups)
	if err != nil {
		return err
	}
	claims = slices.DeleteFunc(claims, func(c view.Claim) bool { return !f.says(c) })
	edges, _, err := f.EdgesDrawn(ctx, claims)
	if err != nil {
		return err
	}
	byLink, drawn := map[schema.Target][]view.Claim{}, map[schema.Target]*view.GraphEdge{}
	for _, c := range claims {
		link := schema.TargetOf(f.Ontology, m.Merges, &c.Claim)
		byLink[link] = append(byLink[link], c)
		if e := edges[c.Group()]; e != nil {
			drawn[link] = e
		}
	}
	for _, link := range slices.SortedFunc(maps.Keys(drawn), schema.Target.Compare) {
		e, relation := drawn[link], f.Ontology.Relation(link.Predicate)
		list := linkSides(byLink[link], relation)
		for i := range list {
			list[i].edge = e
		}
		about := view.Candidate{XID: e.From, UID: e.FromUID}
		f.clash(about, "contested", list, ofOneThing(relation, contest))
		f.clash(about, "doubted", list, ofOneThing(relation, doubt))
	}
	return nil
}

// commands finds units that two people led at one time.
func (f *conflictFinder) commands(ctx context.Context, entities []view.Candidate) error {
	var uids []string
	byUID := map[string]view.Candidate{}
	for _, c := range entities {
		uids, byUID[c.UID] = append(uids, c.UID), c
	}
	links, _, err := f.Along(ctx, uids, nil, "~commands")
	if err != nil {
		return err
	}
	leaders := map[string]int{}
	for _, e := range links {
		leaders[e.ToUID]++
	}
	links, err = f.ProveSaid(ctx, slices.DeleteFunc(links, func(e *view.GraphEdge) bool { return leaders[e.ToUID] < 2 }))
	if err != nil {
		return err
	}
	byUnit := map[string][]claimSide{}
	var units []string
	for _, e := range links {
		if byUID[e.ToUID].XID == "" {
			continue
		}
		for _, s := range statementsOf(e, &f.Filter) {
			if leads(s) {
				if byUnit[e.ToUID] == nil {
					units = append(units, e.ToUID)
				}
				byUnit[e.ToUID] = append(byUnit[e.ToUID], claimSide{
					property: "commands", assertion: string(schema.Asserted), period: s.period, edge: e, claims: s.claims,
				})
			}
		}
	}
	for _, unit := range units {
		slices.SortFunc(byUnit[unit], func(x, y claimSide) int {
			return cmp.Or(strings.Compare(x.edge.From, y.edge.From), strings.Compare(x.period.String(), y.period.String()))
		})
		f.clash(byUID[unit], "command", byUnit[unit], func(x, y claimSide) schema.Certainty {
			if x.edge == y.edge {
				return schema.No
			}
			holding := x.period.Overlaps(y.period)
			if holding == schema.Possible {
				return schema.No // of most commanders some date is unknown: that alone is no contradiction
			}
			return holding
		})
	}
	return nil
}

package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// lacking is an entity of which no statement of some kind holds.
type lacking struct {
	xid, uid string
	at       *reached     // how it was come to; nil: by its links alone
	has      []*statement // those that are to hold
	doubt    []*statement // those of the others that may hold
	possible bool
}

// without finds the entities for whom no statement of some relations holds then, among those for whom one of others
// does (with), among a first entity and all that reach leads to, or among all. The parameter type says of which type
// they are; one that is named as a property of that type keeps those of its value; in_charge=true counts of commands
// only those of who is in charge.
//
// Then is the time asked for: a statement that surely holds at some time within it excludes, one that may makes the
// absence possible only (law 7). A filter, and a marking limit, bound what is looked at: who is without may have one
// that is not seen.
func without() Step {
	return Step{
		Name: "without",
		Doc: "finds those for whom none of the relations without holds then, among those who have one of with, among all that reach " +
			"leads to from the first entity parameter, or of a type (parameter type)",
		Keys: []string{"with", "without"},
		Time: canned.Timing{
			Shows: "those for whom no such statement held",
			Marks: "those for whom one may have held, or only may have what they are to have",
		},
		Columns: withContested(columns(
			column[*lacking]{"entity", func(n names, l *lacking) string { return n.of(l.xid) }},
			column[*lacking]{"type", func(n names, l *lacking) string { return n.typeOf(l.xid) }},
			column[*lacking]{"with", func(n names, l *lacking) string { return n.list(l.farEnds(n)) }},
			column[*lacking]{"period", func(n names, l *lacking) string { return n.list(periodsOf(l.has)) }},
			column[*lacking]{"unless", func(n names, l *lacking) string { return n.list(l.doubts(n)) }},
			column[*lacking]{"confidence", func(_ names, l *lacking) string { return number(surest(claimsOf(l.has))) }},
			column[*lacking]{"possible", func(_ names, l *lacking) string { return possibly(l.possible) }},
			column[*lacking]{"sources", func(n names, l *lacking) string { return n.list(sourcesOf(claimsOf(l.has))) }},
			column[*lacking]{"xid", func(_ names, l *lacking) string { return l.xid }},
		)),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			list, err := x.lackingThen(ctx)
			slices.SortFunc(list, func(a, b *lacking) int {
				return cmp.Or(compareFlags(a.possible, b.possible), strings.Compare(a.xid, b.xid))
			})
			return rowsOf(list, (*lacking).row), err
		},
	}
}

// farEnds names what an entity has, whether that is sure or not: the period stands in a column of its own.
func (l *lacking) farEnds(n names) (texts []string) {
	for _, s := range l.has {
		if text := n.of(l.far(s)); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// doubts says what an entity may have, with its relation and time.
func (l *lacking) doubts(n names) (texts []string) {
	for _, s := range l.doubt {
		text := joinNonEmpty(" ", s.edge.Relation, n.of(l.far(s)), s.period.Text())
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// far is the other end of a statement's link.
func (l *lacking) far(s *statement) string {
	if s.edge.To == l.xid {
		return s.edge.From
	}
	return s.edge.To
}

func periodsOf(list []*statement) (texts []string) {
	for _, s := range list {
		if text := s.period.Text(); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func claimsOf(list []*statement) (claims []*view.Evidence) {
	for _, s := range list {
		claims = append(claims, s.claims...)
	}
	return claims
}

func (l *lacking) row() Row {
	r := Row{Also: []string{l.uid}, Possible: l.possible, Of: l}
	for _, s := range l.has {
		r.Edges, r.Says = append(r.Edges, s.edge), append(r.Says, statementsIn(s.edge, s.claims)...)
	}
	if len(l.has) > 0 {
		r.Claims = claimsOf(l.has)
	}
	if l.at != nil && len(l.at.windows) > 0 {
		by := &l.at.windows[0]
		r.Edges, r.Says = append(r.Edges, by.chain...), append(r.Says, by.said(by.Period)...)
	}
	for _, s := range l.doubt {
		r.Also = append(r.Also, s.edge.FromUID, s.edge.ToUID)
	}
	return r
}

// lackingThen returns those who lack what is asked for, a page at a time.
func (x *Execution) lackingThen(ctx context.Context) (all []*lacking, err error) {
	if _, err := x.entity(0); err == nil {
		members, err := x.widen(ctx)
		if err != nil {
			return nil, err
		}
		return x.lackingAmong(ctx, members)
	}
	ways := slices.Clone(x.query.With)
	if len(ways) == 0 {
		ways = []string{"entity.type"}
	}
	done := map[string]bool{}
	for _, way := range ways {
		for page, err := range x.EntitiesWith(ctx, way) {
			if err != nil {
				return nil, fmt.Errorf("look for entities: %w", err)
			}
			var members []*reached
			for _, c := range page {
				if !done[c.UID] {
					done[c.UID] = true
					members = append(members, &reached{uid: c.UID, xid: c.XID, windows: []window{anyTime()}})
				}
			}
			list, err := x.lackingAmong(ctx, members)
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// lackingAmong returns those among some entities who lack what is asked for.
func (x *Execution) lackingAmong(ctx context.Context, members []*reached) ([]*lacking, error) {
	if t := x.text("type"); t != "" {
		of, err := x.OfTypes(ctx, uidsOf(members), t)
		if err != nil {
			return nil, err
		}
		members = slices.DeleteFunc(slices.Clone(members), func(r *reached) bool { return !of[r.uid] })
	}
	list := map[string]*lacking{}
	if len(x.query.With) == 0 {
		for _, r := range members {
			if r.xid == "" || len(r.windows) == 0 { // a marking limit does not let it see
				continue
			}
			best := schema.No
			for _, w := range r.windows {
				best = max(best, w.certainty)
			}
			list[r.xid] = &lacking{xid: r.xid, uid: r.uid, at: r, possible: best == schema.Possible}
		}
	} else if err := x.having(ctx, members, list); err != nil {
		return nil, err
	}
	if err := x.ofProperties(ctx, list); err != nil {
		return nil, err
	}
	uids := make([]string, 0, len(list))
	for _, l := range list {
		uids = append(uids, l.uid)
	}
	found, err := x.statementsAt(ctx, slices.Sorted(slices.Values(uids)), x.query.Without)
	if err != nil {
		return nil, err
	}
	for xid, says := range found {
		l := list[xid]
		if l == nil {
			continue
		}
		for _, s := range says {
			holding := schema.Certain
			if s.possible {
				holding = schema.Possible
			}
			if l.at != nil { // as far as it belonged
				holding = min(holding, l.at.holding(&x.Filter, s))
			}
			switch holding {
			case schema.Certain:
				delete(list, xid)
			case schema.Possible:
				s.possible = true
				l.doubt = append(l.doubt, s)
				l.possible = true
			case schema.No:
			}
		}
	}
	return slices.Collect(maps.Values(list)), nil
}

// having adds the entities for whom a statement of what they are to have holds.
func (x *Execution) having(ctx context.Context, members []*reached, list map[string]*lacking) error {
	byXID := map[string]*reached{}
	byUID := map[string]*reached{}
	for _, r := range members {
		byXID[r.xid], byUID[r.uid] = r, r
	}
	found, err := x.statementsAt(ctx, uidsOf(members), x.query.With)
	for xid, says := range found {
		at := byXID[xid]
		l := &lacking{xid: xid, at: at, possible: true}
		for _, s := range says {
			if l.uid = s.edge.FromUID; s.edge.To == xid {
				l.uid = s.edge.ToUID
			}
			if at == nil {
				at = byUID[l.uid]
			}
			holding := schema.Certain
			if s.possible {
				holding = schema.Possible
			}
			if at != nil {
				holding = min(holding, at.holding(&x.Filter, s))
			}
			if s.possible = holding == schema.Possible; holding != schema.No {
				l.has = append(l.has, s)
				l.possible = l.possible && s.possible
			}
		}
		if len(l.has) == 0 {
			continue
		}
		if !l.possible { // what is sure is told
			l.has = slices.DeleteFunc(l.has, func(s *statement) bool { return s.possible })
		}
		slices.SortFunc(l.has, func(a, b *statement) int { return a.compare(b, nil) })
		list[xid] = l
	}
	return err
}

// statementsAt returns what is stated of entities by some relations, backwards with a ~, by the entity's xid: what
// satisfies the filters, of a command with in_charge=true only that of who is in charge.
func (x *Execution) statementsAt(ctx context.Context, uids, ways []string) (map[string][]*statement, error) {
	var both []string
	for _, way := range ways {
		both = append(both, way)
		if r := x.Ontology.Relation(strings.TrimPrefix(way, "~")); r != nil && r.Symmetric {
			both = append(both, r.Name, "~"+r.Name)
		}
	}
	edges, err := x.edgesWithEvidence(ctx, uids, both...)
	found := map[string][]*statement{}
	for _, e := range edges {
		for _, s := range statementsOf(e, &x.Filter) {
			if x.text("in_charge") == "true" && e.Relation == "commands" && !leads(s) {
				continue
			}
			if slices.Contains(both, e.Relation) {
				found[e.From] = append(found[e.From], s)
			}
			if slices.Contains(both, "~"+e.Relation) && e.From != e.To {
				copied := *s
				found[e.To] = append(found[e.To], &copied)
			}
		}
	}
	return found, err
}

// ofProperties leaves only the entities of the values that parameters named as properties of their type ask for.
func (x *Execution) ofProperties(ctx context.Context, list map[string]*lacking) error {
	wanted := map[string]string{}
	for _, p := range x.query.Params {
		text := x.text(p.Name)
		property := x.Ontology.Property(x.text("type"), p.Name)
		if text == "" || property == nil || p.Type != "text" && p.Type != "enum" {
			continue
		}
		value, err := property.Parse(text)
		if err != nil {
			f := schema.FaultOf(err)
			return x.wrong(p.Name, cmp.Or(f.Reason, err.Error()), f.Hint)
		}
		wanted[p.Name] = value
	}
	if len(wanted) == 0 || len(list) == 0 {
		return nil
	}
	uids := make([]string, 0, len(list))
	for _, l := range list {
		uids = append(uids, l.uid)
	}
	nodes, err := x.Nodes(ctx, slices.Sorted(slices.Values(uids)), true)
	if err != nil {
		return err
	}
	suits := map[string]bool{}
	for _, n := range nodes {
		suits[n.XID] = true
		for name, value := range wanted {
			suits[n.XID] = suits[n.XID] && slices.ContainsFunc(n.Properties[name], func(have string) bool {
				return schema.Folded(have) == schema.Folded(value)
			})
		}
	}
	maps.DeleteFunc(list, func(xid string, _ *lacking) bool { return !suits[xid] })
	return nil
}

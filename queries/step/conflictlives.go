package step

import (
	"context"
	"slices"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// life is what conflicts are looked for among of what is said of one person or thing.
type life struct {
	about          view.Candidate
	births, deaths []claimSide // by date
	posts          []claimSide // commands and posts
	parts          []claimSide // how it was affected by events
	places         []claimSide // where it was
}

// lives finds what cannot all be true of one life: posts before birth, after death or capture, two deaths, two places.
func (f *conflictFinder) lives(ctx context.Context, entities []view.Candidate, facts map[string][]view.Claim) error {
	all := map[string]*life{}
	var uids []string
	for _, c := range entities {
		if !slices.ContainsFunc(facts[c.XID], isSingle) {
			continue
		}
		l := &life{about: c}
		dated := func(property string) []claimSide {
			sides := sidesOf(facts[c.XID], property, func(claim view.Claim) []string {
				if !claim.Draws() {
					return nil
				}
				return valuesOf(claim, property)
			})
			for i := range sides { // it is so from that day on, whatever else the statement dates
				sides[i].period, _ = schema.ParsePeriod(sides[i].value)
			}
			return slices.DeleteFunc(sides, func(s claimSide) bool { return s.period.IsZero() })
		}
		l.births, l.deaths = dated("birth_date"), dated("death_date")
		all[c.UID] = l
		uids = append(uids, c.UID)
	}
	if err := f.readLives(ctx, uids, all); err != nil {
		return err
	}
	for _, uid := range uids {
		l := all[uid]
		f.outcomes(l)
		f.pairs(l, "after", slices.Concat(l.deaths, fates(l, "killed")), l.posts, after)
		f.pairs(l, "after", fates(l, "captured"), l.posts, func(captured, post claimSide) schema.Certainty {
			return min(schema.Possible, begunAfter(captured, post)) // who is let go may serve again
		})
		f.pairs(l, "birth", l.births, l.posts, begunBefore)
	}
	return f.apart(ctx, uids, all)
}

// isSingle reports whether a claim says that an entity is one that has one life: a unit may be at several places, and
// suffer this and that.
func isSingle(c view.Claim) bool {
	return c.Predicate == schema.Describes && c.Draws() && slices.Contains([]string{"Person", "Equipment"}, c.Type)
}

// readLives reads the posts, places and parts in events of some.
func (f *conflictFinder) readLives(ctx context.Context, uids []string, all map[string]*life) error {
	edges, _, err := f.Along(ctx, uids, nil, "commands", "posted_to", "affected_by", "located_at")
	if err != nil {
		return err
	}
	places, parts, wanted := map[string]int{}, map[string]int{}, map[string]bool{}
	for _, e := range edges {
		switch e.Relation {
		case "located_at":
			places[e.FromUID]++
		case "affected_by":
			parts[e.FromUID]++
		}
	}
	for uid, l := range all { // the claims of most need not be read
		wanted[uid] = parts[uid] > 0 || places[uid] > 1 || len(l.births)+len(l.deaths) > 0
	}
	edges, err = f.ProveSaid(ctx, slices.DeleteFunc(edges, func(e *view.GraphEdge) bool {
		return !wanted[e.FromUID] || e.Relation == "located_at" && places[e.FromUID] < 2
	}))
	if err != nil {
		return err
	}
	dates, _, err := f.datesAndPlaces(ctx, edges)
	if err != nil {
		return err
	}
	for _, e := range edges {
		l := all[e.FromUID]
		if l == nil {
			continue
		}
		for _, s := range statementsOf(e, &f.Filter) {
			side := claimSide{
				property: e.Relation, qualifiers: f.Ontology.Relation(e.Relation).Telling(s.values), assertion: string(schema.Asserted),
				period: s.when(dates), edge: e, claims: s.claims,
			}
			switch e.Relation {
			case "located_at":
				l.places = append(l.places, side)
			case "affected_by":
				l.parts = append(l.parts, side)
			default:
				l.posts = append(l.posts, side)
			}
		}
	}
	return nil
}

// fates returns how a person ended, by the events that it was affected by.
func fates(l *life, outcome string) []claimSide {
	return slices.DeleteFunc(slices.Clone(l.parts), func(s claimSide) bool { return !s.hasOutcome(outcome) })
}

// hasOutcome reports whether a part in an event says that this came of it.
func (s claimSide) hasOutcome(outcome string) bool {
	return slices.Contains(s.qualifiers["outcome"], outcome)
}

// outcomes finds those killed and wounded in one event, or killed in two at different times.
func (f *conflictFinder) outcomes(l *life) {
	f.clash(l.about, "outcome", l.parts, func(x, y claimSide) schema.Certainty {
		switch {
		case x.edge == y.edge && (x.hasOutcome("killed") && y.hasOutcome("wounded") || x.hasOutcome("wounded") && y.hasOutcome("killed")):
			return sameTime(x.period, y.period)
		case x.edge != y.edge && x.hasOutcome("killed") && y.hasOutcome("killed"):
			if _, holding := x.period.Intersect(y.period); holding == schema.No {
				return schema.Certain
			}
		}
		return schema.No
	})
}

// pairs adds a conflict of each of some ends, or beginnings, with the posts that they exclude.
func (f *conflictFinder) pairs(l *life, kind string, ends, posts []claimSide, excludes func(end, post claimSide) schema.Certainty) {
	isEnd := func(s claimSide) bool { return s.property != "commands" && s.property != "posted_to" }
	for _, end := range ends {
		f.clash(l.about, kind, append([]claimSide{end}, posts...), func(x, y claimSide) schema.Certainty {
			switch {
			case isEnd(x) && !isEnd(y):
				return excludes(x, y)
			case isEnd(y) && !isEnd(x):
				return excludes(y, x)
			}
			return schema.No
		})
	}
}

// after says whether a post went on after an end, or began after it. Where the post has no end that is so as far as
// anybody told: it is possible. What the words merely leave room for, such as a post until some day of the year of a
// death, is no conflict.
func after(end, post claimSide) schema.Certainty {
	_, _, to, _ := post.period.Bounds()
	_, _, _, last := end.period.Bounds()
	switch {
	case last.IsZero():
		return schema.No
	case to.After(last):
		return schema.Certain
	case post.period.To.Open:
		return max(schema.Possible, begunAfter(end, post))
	}
	return begunAfter(end, post)
}

// begunAfter says whether a post began after an end.
func begunAfter(end, post claimSide) schema.Certainty {
	from, _, _, _ := post.period.Bounds()
	_, _, _, last := end.period.Bounds()
	return differ(!last.IsZero() && from.After(last))
}

// begunBefore says whether a post began, and so perhaps ended too, before a birth.
func begunBefore(birth, post claimSide) schema.Certainty {
	_, from, _, to := post.period.Bounds()
	if from.IsZero() || !to.IsZero() && to.Before(from) {
		from = to
	}
	born, _, _, _ := birth.period.Bounds()
	return differ(!born.IsZero() && !from.IsZero() && from.Before(born))
}

// apart finds who was at two places at one time, of which neither lies within the other. Whether they are apart is
// known of places with positions; of others it is possible.
func (f *conflictFinder) apart(ctx context.Context, uids []string, all map[string]*life) error {
	var places []string
	for _, uid := range uids {
		if l := all[uid]; len(l.places) > 1 {
			for _, s := range l.places {
				places = append(places, s.edge.ToUID)
			}
		}
	}
	places = slices.Compact(slices.Sorted(slices.Values(places)))
	if len(places) < 2 {
		return nil
	}
	above, err := f.placesAbove(ctx, places)
	if err != nil {
		return err
	}
	nodes, err := f.Nodes(ctx, places, true)
	if err != nil {
		return err
	}
	positions := map[string]string{} // by the xid of a place; "": not known
	for _, n := range nodes {
		if at, known := canned.PositionOf(n.Properties["geo"]); known {
			positions[n.XID] = at.String()
		}
	}
	for _, uid := range uids {
		l := all[uid]
		f.clash(l.about, "places", l.places, func(x, y claimSide) schema.Certainty {
			a, b := x.edge.To, y.edge.To
			if a == b || above[a][b] || above[b][a] || x.period.IsZero() || y.period.IsZero() {
				return schema.No
			}
			holding := x.period.Overlaps(y.period)
			switch {
			case positions[a] == "" || positions[b] == "":
				return min(schema.Possible, holding)
			case positions[a] == positions[b]:
				return schema.No
			}
			return holding
		})
	}
	return nil
}

// placesAbove returns, by xid, what some places lie in, directly or through others.
func (f *conflictFinder) placesAbove(ctx context.Context, uids []string) (above map[string]map[string]bool, err error) {
	links, hub, err := f.PlacesAbove(ctx, uids, 0)
	if err != nil {
		return nil, err
	}
	f.cut(hub)
	above = map[string]map[string]bool{}
	parents := map[string][]string{}
	for _, e := range links {
		parents[e.From] = append(parents[e.From], e.To)
	}
	for place := range parents {
		above[place] = map[string]bool{}
		for next := slices.Clone(parents[place]); len(next) > 0; next = next[1:] {
			if !above[place][next[0]] {
				above[place][next[0]] = true
				next = append(next, parents[next[0]]...)
			}
		}
	}
	return above, nil
}

package view

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/schema"
)

const (
	maxDescribed  = 20 // of those that a name may mean: more are no choice for a reader
	maxProperties = 3  // of a namesake
	maxLinks      = 2  // of a namesake: its latest
	maxAbove      = 3  // places that a place lies in
)

// tellingRelations are those that tell namesakes from each other, by where they lead: a person's posts, what a unit
// stands under, what a place lies in, what a piece of equipment is one of, where an event was.
func tellingRelations() []string {
	return []string{
		"commands", "posted_to", "member_of", "subordinate_to", "attached_to", placeWithin, "variant_of", "component_of",
		"located_at", "part_of",
	}
}

// placeWithin is followed further than to its end: a town is told by its country.
const placeWithin = "within"

// describe adds to the first of those that a name may mean what tells them from each other, as far as it may be seen,
// and returns the error that lists them. What the question asks for has no say in who somebody is: of its filters only
// the marking limit holds.
func (s *Snapshot) describe(ctx context.Context, listing error, list []Candidate) error {
	list = list[:min(maxDescribed, len(list))]
	if len(list) == 0 {
		return listing
	}
	asked := s.Filter
	defer func() { s.Filter = asked }()
	s.Filter = canned.Filter{MinConfidence: -1, MaxMarking: asked.MaxMarking, Limited: asked.Limited}
	var uids []string
	for _, c := range list {
		uids = append(uids, c.UID)
	}
	nodes, err := s.Nodes(ctx, uids, true)
	if err != nil {
		return err
	}
	for i := range list {
		for _, n := range nodes {
			if n.XID == list[i].XID {
				list[i].Details = s.featured(n)
				if countries := n.Properties["country"]; len(countries) > 0 {
					list[i].Country = countries[0]
				}
			}
		}
	}
	links, err := s.tellingLinks(ctx, uids)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Details = append(list[i].Details, links[list[i].XID]...)
	}
	return listing
}

// featured returns what a card of an entity shows first, but for its country, which stands for itself.
func (s *Snapshot) featured(n *Node) (values []string) {
	t := s.Ontology.Type(n.Type)
	if t == nil {
		return nil
	}
	for _, property := range t.Featured {
		if texts := n.Properties[property]; len(texts) > 0 && property != "country" && property != "description" &&
			texts[0] != n.Name && len(values) < maxProperties {
			value := schema.Shorten(texts[0])
			if len(n.Differs[property]) > 0 {
				value += " (differs)"
			}
			values = append(values, value)
		}
	}
	return values
}

// tellingLinks words the latest links of entities that tell them from others, by xid.
func (s *Snapshot) tellingLinks(ctx context.Context, uids []string) (map[string][]string, error) {
	edges, _, err := s.Along(ctx, uids, nil, tellingRelations()...)
	if err != nil {
		return nil, err
	}
	if edges, err = s.Prove(ctx, edges); err != nil {
		return nil, err
	}
	var places []string
	for _, e := range edges {
		if e.Relation == placeWithin {
			places = append(places, e.ToUID)
		}
	}
	parents, _, err := s.PlacesAbove(ctx, places, maxAbove-1)
	if err != nil {
		return nil, err
	}
	var ends []string
	for _, e := range slices.Concat(edges, parents) {
		ends = append(ends, e.ToUID)
	}
	slices.Sort(ends)
	nodes, err := s.Nodes(ctx, slices.Compact(ends), false)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, n := range nodes {
		names[n.XID] = n.Name
	}
	slices.SortStableFunc(edges, func(a, b *GraphEdge) int {
		_, lastA := a.years()
		_, lastB := b.years()
		return cmp.Or(lastB-lastA, slices.Index(tellingRelations(), a.Relation)-slices.Index(tellingRelations(), b.Relation),
			CompareEdges(a, b))
	})
	words := map[string][]string{}
	for _, e := range edges {
		if len(words[e.From]) < maxLinks {
			words[e.From] = append(words[e.From], s.linkWords(e, parents, names))
		}
	}
	return words, nil
}

// PlacesAbove returns the links from places to those that they lie in, and from these on, up to a number of levels (0:
// to the last), and whether a hub has more. They only lead to an answer (law 7), and are proven.
func (s *Snapshot) PlacesAbove(ctx context.Context, places []string, levels int) (links []*GraphEdge, hub bool, err error) {
	asked := map[string]bool{}
	for level := 1; len(places) > 0 && (levels == 0 || level <= levels); level++ {
		edges, more, err := s.ScaffoldAlong(ctx, places, placeWithin)
		if err != nil {
			return nil, false, err
		}
		if edges, err = s.Prove(ctx, edges); err != nil {
			return nil, false, err
		}
		for _, uid := range places {
			asked[uid] = true
		}
		hub, links, places = hub || more, append(links, edges...), nil
		for _, e := range edges {
			if !asked[e.ToUID] && !slices.Contains(places, e.ToUID) {
				places = append(places, e.ToUID)
			}
		}
	}
	return links, hub, nil
}

// linkWords says a link of a namesake in a few words: "deputy commander, 1st Division, 2011-2016".
func (s *Snapshot) linkWords(e *GraphEdge, parents []*GraphEdge, names map[string]string) string {
	shown := e.Show(false)
	label := s.Ontology.Relation(e.Relation).Label
	words := label + " " + names[e.To]
	if roles := shown.Qualifiers["role"]; len(roles) > 0 {
		words = strings.Join(roles, ", ") + ", " + names[e.To]
	}
	if e.Relation == placeWithin {
		seen := []string{e.From, e.To}
		for at, grown := e.To, true; grown; {
			grown = false
			for _, up := range parents {
				if up.From == at && !slices.Contains(seen, up.To) {
					words, at, grown, seen = words+", "+names[up.To], up.To, true, append(seen, up.To)
					break
				}
			}
		}
	}
	if first, last := e.years(); last == stillOpen {
		words += ", since " + strconv.Itoa(first)
	} else if first != 0 && first == last {
		words += ", " + strconv.Itoa(first)
	} else if first != 0 {
		words += ", " + strconv.Itoa(first) + "-" + strconv.Itoa(last)
	}
	return schema.Shorten(words)
}

// stillOpen is the last year of what has no end.
const stillOpen = 10_000

// years are the first and the last that the claims behind an edge name; 0: they name none.
func (e *GraphEdge) years() (first, last int) {
	for _, c := range e.counted {
		for _, bound := range []schema.Bound{c.Period.From, c.Period.To} {
			for _, at := range []time.Time{bound.Min, bound.Max} {
				if !at.IsZero() && !bound.Open {
					last = max(last, at.Year())
					if first == 0 || at.Year() < first {
						first = at.Year()
					}
				}
			}
		}
	}
	if first != 0 && slices.ContainsFunc(e.counted, func(c *schema.StoredClaim) bool { return c.Period.To.Open }) {
		last = stillOpen
	}
	return first, last
}

package view

import (
	"context"
	"fmt"
	"slices"

	"orbat/queries/canned"
	"orbat/schema"
)

// Mark notes how nodes and edges are marked: as the claims say that describe or draw them and still stand, those whom
// they are attributed to, and the sources that they cite. Where nothing in the graph is marked one request tells so.
func (s *Snapshot) Mark(ctx context.Context, nodes []*Node, edges []*Edge) error {
	if marked, err := s.holdsMarkings(ctx); err != nil || !marked {
		return err
	}
	m, err := s.Merges(ctx)
	if err != nil {
		return err
	}
	byGroup := map[string]*[]string{}
	var groups []string
	add := func(to *[]string, list ...string) {
		for _, group := range list {
			byGroup[group] = to
		}
		groups = append(groups, list...)
	}
	for _, n := range nodes {
		for _, member := range m.All(n.XID) {
			add(&n.Markings, schema.FactsKey(member))
		}
	}
	for _, e := range edges {
		add(&e.Markings, schema.EdgeOf(s.Ontology, e.From, e.Relation, e.To).Groups(s.Ontology, m.Merges)...)
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return fmt.Errorf("read markings: %w", err)
	}
	for _, c := range claims {
		if to := byGroup[c.Group()]; to != nil && c.Current() && !c.Evidence.Rejected {
			*to = append(*to, c.markings()...)
		}
	}
	for _, n := range nodes {
		n.Markings = canned.PlainMarkings(n.Markings...)
	}
	for _, e := range edges {
		e.Markings = canned.PlainMarkings(e.Markings...)
	}
	return nil
}

// markings returns how a claim is marked, with what it says of the entity that it is about.
func (c Claim) markings() []string {
	own, entity := canned.MarkingsOf(&c.Claim)
	return slices.Concat(own, entity, c.Evidence.Markings())
}

// Markings returns how a claim is marked, whom it is attributed to, and the sources that it cites; empty texts where
// nothing is.
func (e *Evidence) Markings() []string {
	list := []string{e.Marking, e.attributedMarking}
	for _, cite := range e.Cites {
		list = append(list, cite.Marking)
	}
	return list
}

// holdsMarkings reports whether anything may be marked. Under a limit not everybody may know that: the claims that may
// be seen tell it.
func (s *Snapshot) holdsMarkings(ctx context.Context) (bool, error) {
	if s.redactor != nil {
		return true, nil
	}
	var found struct{ Claims, Entities []struct{ UID string } }
	const dql = "{ claims(func: has(claim.marking), first: 1) { uid } entities(func: has(marking), first: 1) { uid } }"
	err := s.query(ctx, dql, nil, &found)
	if err != nil {
		return false, fmt.Errorf("look for markings: %w", err)
	}
	return len(found.Claims)+len(found.Entities) > 0, nil
}

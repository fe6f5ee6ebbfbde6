package view

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/schema"
)

// cite fills in what may be seen of the sources of claims.
func (r *redactor) cite(ctx context.Context, claims []Claim) error {
	const most = 100_000
	if len(r.sources) > most {
		r.sources = map[string]Citation{}
	}
	m, err := r.Merges(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			if _, known := r.sources[cite.Source]; !known && m.Rep(cite.Source) == cite.Source { // a part of another shows nothing itself
				wanted[cite.Source] = true
			}
		}
		if by := m.Rep(c.AttributedTo); by != "" {
			if _, known := r.sources[by]; !known {
				wanted[by] = true
			}
		}
	}
	facts, err := r.facts(ctx, slices.Collect(maps.Keys(wanted)))
	if err != nil {
		return err
	}
	for xid, f := range facts {
		r.sources[xid] = Citation{
			Title: first(f.Values, "title", "name"), Publisher: first(f.Values, "publisher"), Published: first(f.Values, "published"),
			Reliability: first(f.Values, "reliability"), URL: first(f.Values, "url"),
			Marking: strings.Join(f.Values["marking"], "; "),
		}
	}
	for _, c := range claims {
		by := r.sources[m.Rep(c.AttributedTo)]
		c.Evidence.AttributedName, c.Evidence.attributedMarking = by.Title, by.Marking
		for i := range c.Evidence.Cites {
			cite := &c.Evidence.Cites[i]
			shown := r.sources[cite.Source]
			cite.Title, cite.Publisher, cite.Published, cite.Reliability, cite.URL, cite.Marking = shown.Title, shown.Publisher,
				shown.Published, shown.Reliability, shown.URL, shown.Marking
		}
	}
	return nil
}

// first returns the first value of the first property that has any.
func first(values map[string][]string, properties ...string) string {
	for _, property := range properties {
		if of := values[property]; len(of) > 0 {
			return of[0]
		}
	}
	return ""
}

// facts derives what entities show (law 4), by xid, of the claims that may be seen.
func (r *redactor) facts(ctx context.Context, xids []string) (map[string]schema.Facts, error) {
	if len(xids) == 0 {
		return nil, nil
	}
	m, err := r.Merges(ctx)
	if err != nil {
		return nil, err
	}
	var groups []string
	for _, xid := range xids {
		for _, member := range m.All(xid) {
			groups = append(groups, schema.FactsKey(member))
		}
	}
	claims, err := r.readFacts(ctx, groups)
	if err != nil {
		return nil, err
	}
	if claims, err = r.redact(ctx, claims); err != nil {
		return nil, err
	}
	about := map[string][]*schema.StoredClaim{}
	for _, c := range claims {
		if c.Evidence.Denies() && c.Object == "" {
			r.denials[m.Rep(c.Subject)] = true
		}
		if c.InForce() {
			rep := m.Rep(c.Subject)
			about[rep] = append(about[rep], c.StoredClaim)
		}
	}
	facts := map[string]schema.Facts{}
	for _, xid := range xids {
		facts[xid] = schema.DeriveFacts(r.Ontology, about[xid])
	}
	return facts, nil
}

// describe returns entities as nodes, by uid; those that may not be seen are left out.
func (r *redactor) describe(ctx context.Context, uids []string, full bool) ([]*Node, error) {
	m, err := r.Merges(ctx)
	if err != nil {
		return nil, err
	}
	var nodes []*Node
	for batch := range slices.Chunk(uids, GroupsAtOnce) {
		var found struct{ Q []struct{ UID, XID string } }
		if err := r.query(ctx, "query q($uids: string) { q(func: uid($uids)) { uid xid } }", map[string]string{"$uids": UIDList(batch)},
			&found); err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		var xids []string
		for _, n := range found.Q {
			if n.XID != "" {
				xids = append(xids, n.XID)
			}
		}
		if xids, err = r.nameable(ctx, xids); err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		facts, err := r.facts(ctx, xids)
		if err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		var page []*Node
		for _, n := range found.Q {
			if slices.Contains(xids, n.XID) {
				page = append(page, nodeOf(r.Ontology, n.UID, n.XID, facts[n.XID], m.Others(n.XID), full))
			}
		}
		if err := r.settle(ctx, page, full); err != nil {
			return nil, fmt.Errorf("describe entities: %w", err)
		}
		nodes = append(nodes, page...)
	}
	return nodes, nil
}

func nodeOf(ontology *schema.Ontology, uid, xid string, facts schema.Facts, merged []string, full bool) *Node {
	node := &Node{
		UID: uid, XID: xid, Type: facts.Type, Properties: map[string][]string{}, Merged: merged,
		differing: facts.Values[schema.DiffersPredicate],
	}
	kept, unnamed := captions(ontology)
	kept = append(kept, "name", "country")
	if len(facts.Values["name"]) == 0 {
		kept = append(kept, unnamed...)
	}
	for property, values := range facts.Values {
		if !strings.Contains(property, ".") && (full || slices.Contains(kept, property)) {
			node.Properties[property] = values
		}
	}
	node.setDisplayName(ontology)
	return node
}

// lookUp returns those of the entities found that may be seen and still match: what they are called is derived anew.
func (r *redactor) lookUp(ctx context.Context, nodes []*candidateNode, match string, matches func(xid string,
	f *schema.Facts) bool,
) ([]Candidate, error) {
	drawn, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	m, err := r.Merges(ctx)
	if err != nil {
		return nil, err
	}
	uids := map[string]string{}
	for _, n := range nodes {
		uids[n.XID] = n.UID
		for _, xid := range drawn.Members(n.XID) {
			uids[xid] = cmp.Or(drawn.uid[xid], n.UID)
		}
	}
	visible, err := r.visible(ctx, slices.Sorted(maps.Keys(uids)))
	if err != nil {
		return nil, err
	}
	byRep := map[string][]string{} // representatives, and the xids they are found by
	for _, xid := range slices.Sorted(maps.Keys(uids)) {
		if visible[xid] && !schema.IsDatasetSource(xid) {
			byRep[m.Rep(xid)] = append(byRep[m.Rep(xid)], xid)
		}
	}
	facts, err := r.facts(ctx, slices.Sorted(maps.Keys(byRep)))
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, rep := range slices.Sorted(maps.Keys(byRep)) {
		f := facts[rep]
		if !slices.ContainsFunc(byRep[rep], func(xid string) bool { return matches(xid, &f) }) {
			continue
		}
		node := nodeOf(r.Ontology, uids[rep], rep, f, nil, true)
		list = append(list, Candidate{
			XID: rep, Type: node.Type, Name: node.Name, Country: first(f.Values, "country"), Aliases: node.Properties["aliases"],
			About: first(f.Values, "description"), Match: match, UID: node.UID, keys: f.Values["name.key"],
		})
	}
	return list, nil
}

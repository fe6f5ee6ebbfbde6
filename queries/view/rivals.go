package view

import (
	"context"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/schema"
)

// Where values stand that disagree, what an entity's node holds is the winner of its claims (law 11). Whoever reads it
// is to be shown the one that the most reliable sources say, and that others say otherwise. How reliable a source is
// may change at any time, so that it is read with the answer, and only for the few entities that have the flag.

// differing returns the properties of a node of which it says that other values stand.
func differing(v *fastjson.Value) []string {
	var properties []string
	for _, p := range v.GetArray(schema.DiffersPredicate) {
		properties = append(properties, string(p.GetStringBytes()))
	}
	return properties
}

// settle shows, of the properties of nodes of which other values stand, the value that the most reliable sources say,
// and names the others. Where all properties are shown it names those of which claims deny what is shown, too.
func (s *Snapshot) settle(ctx context.Context, nodes []*Node, full bool) (err error) {
	denied := func(*Node) bool { return false }
	if full && len(nodes) > 0 {
		if denied, err = s.deniedAmong(ctx, nodes); err != nil {
			return err
		}
	}
	var flagged []*Node
	for _, n := range nodes {
		differs := slices.ContainsFunc(n.differing, func(property string) bool { return len(n.Properties[property]) > 0 })
		if differs || denied(n) {
			flagged = append(flagged, n)
		}
	}
	if len(flagged) == 0 {
		return nil
	}
	m, err := s.Merges(ctx)
	if err != nil {
		return err
	}
	var groups []string
	for _, n := range flagged {
		for _, member := range m.All(n.XID) {
			groups = append(groups, schema.FactsKey(member))
		}
	}
	claims, err := s.Groups(ctx, groups)
	if err != nil {
		return err
	}
	about, evidence := map[string][]*schema.StoredClaim{}, map[*schema.StoredClaim]*Evidence{}
	all := map[string][]Claim{}
	for _, c := range claims {
		rep := m.Rep(c.Subject)
		all[rep] = append(all[rep], c)
		if c.InForce() {
			about[rep] = append(about[rep], c.StoredClaim)
			evidence[c.StoredClaim] = c.Evidence
		}
	}
	for _, n := range flagged {
		n.settle(s.Ontology, schema.ShowFacts(s.Ontology, about[n.XID], func(c *schema.StoredClaim) int { return evidence[c].Grade() }))
		if denied(n) {
			s.contest(n, all[n.XID])
		}
	}
	return nil
}

// settle takes from facts what differs, and with a number its bounds.
func (n *Node) settle(ontology *schema.Ontology, facts schema.Facts) {
	for property, stated := range facts.Rivals {
		if len(n.Properties[property]) == 0 {
			continue // not asked for
		}
		n.Properties[property] = facts.Values[property]
		for name := range n.Properties { // those of the winner go with it
			if p := ontology.Property(n.Type, name); p != nil && p.Bounds() == property && len(facts.Values[name]) == 0 {
				delete(n.Properties, name)
			}
		}
		for name := range facts.Values {
			if p := ontology.Property(n.Type, name); p != nil && p.Bounds() == property {
				n.Properties[name] = facts.Values[name]
			}
		}
		if n.Differs == nil {
			n.Differs = map[string][]string{}
		}
		for _, rival := range stated[1:] {
			n.Differs[property] = append(n.Differs[property], rival.Value)
		}
	}
	n.setDisplayName(ontology)
}

// Grade returns how reliable the best of the claim's sources is on the Admiralty's scale, 0 for A: the least is the
// best. A source that nobody graded is as good as one of which it cannot be judged, F.
func (e *Evidence) Grade() int {
	const scale = "ABCDEF"
	best := len(scale) - 1
	for _, cite := range e.Cites {
		if i := strings.Index(scale, strings.ToUpper(cite.Reliability)); cite.Reliability != "" && i >= 0 {
			best = min(best, i)
		}
	}
	return best
}

package schema

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Target is one thing that derivation writes: an entity's facts, where Predicate is [Describes] and Object empty, or
// the edge between two representatives.
type Target struct{ Subject, Predicate, Object string }

// FactsOf returns the target of an entity's own facts.
func FactsOf(xid string) Target { return Target{Subject: xid, Predicate: Describes} }

// EdgeOf returns the target of an edge, its ends in their order: a symmetric relation is one edge (law 12).
func EdgeOf(ontology *Ontology, from, relation, to string) Target {
	if ontology.Relation(relation).Swaps(from, to) {
		from, to = to, from
	}
	return Target{from, relation, to}
}

// TargetOf returns where a claim shows, with decisions applied (law 10). The claim is no decision.
func TargetOf(ontology *Ontology, m *Merges, claim *Claim) Target {
	if claim.OwnFact() {
		return FactsOf(m.Rep(claim.Subject))
	}
	return EdgeOf(ontology, m.Rep(claim.Subject), claim.Predicate, m.Rep(claim.Object))
}

// Facts reports whether the target is an entity's facts.
func (t Target) Facts() bool { return t.Object == "" }

// Compare orders targets by subject, predicate and object.
func (t Target) Compare(u Target) int {
	return cmp.Or(strings.Compare(t.Subject, u.Subject), strings.Compare(t.Predicate, u.Predicate), strings.Compare(t.Object, u.Object))
}

// Groups returns the claim groups behind the target, sorted: those of its subject's members, or of all pairs of members
// of its ends.
func (t Target) Groups(ontology *Ontology, m *Merges) []string {
	var groups []string
	for _, s := range m.Members(t.Subject) {
		if t.Facts() {
			groups = append(groups, FactsKey(s))
			continue
		}
		for _, o := range m.Members(t.Object) {
			pair := EdgeOf(ontology, s, t.Predicate, o)
			groups = append(groups, GroupKey(pair.Subject, pair.Predicate, pair.Object))
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

// XIDs returns the entities that a claim names: its subject, its object if it has one, to whom it is attributed, and
// what it cites.
func (c *Claim) XIDs() []string {
	xids := append(make([]string, 0, 3+len(c.Cites)), c.Subject, c.Object, c.AttributedTo)
	for _, cite := range c.Cites {
		xids = append(xids, cite.Source)
	}
	return slices.DeleteFunc(xids, func(xid string) bool { return xid == "" })
}

// Current reports whether a claim stands, and no later version of its record takes its place.
func (c *StoredClaim) Current() bool { return c.Stands && c.Superseded == "" }

// Counts reports whether a claim takes part in derivation: it is current, its assertion draws, and no person rejected
// it (laws 4, 9 and 10).
func (c *StoredClaim) Counts(rejected bool) bool { return c.Current() && c.Draws() && !rejected }

// GroupsQuery returns a query for the claims of groups, each a range of the key index: what it declares, its blocks, of
// which claims has the claims with some fields ([ClaimFields] or more), and the values of its variables. For no groups
// it declares and asks nothing.
func GroupsQuery(groups []string, fields string) (declared, blocks string, vars map[string]string) {
	var declares, ranges, names strings.Builder
	vars = make(map[string]string, 2*len(groups))
	for i, group := range groups {
		n := strconv.Itoa(i)
		vars["$a"+n], vars["$b"+n] = KeyRange(group)
		if i > 0 {
			declares.WriteString(", ")
			names.WriteString(",")
		}
		declares.WriteString("$a" + n + ": string, $b" + n + ": string")
		ranges.WriteString("g" + n + " as var(func: between(claim.key, $a" + n + ", $b" + n + "))\n")
		names.WriteString("g" + n)
	}
	if len(groups) > 0 {
		ranges.WriteString("claims(func: uid(" + names.String() + ")) { " + fields + " }\n")
	}
	return declares.String(), ranges.String(), vars
}

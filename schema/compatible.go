package schema

import (
	"slices"
	"strings"
)

// Overlaps says whether two periods share more than the one day on which the one ends and the other begins.
func (p Period) Overlaps(q Period) Certainty {
	both, holding := p.Intersect(q)
	least, most := both.Days()
	switch {
	case holding == No, most >= 0 && most <= 1 && !p.Equal(q):
		return No
	case holding == Certain && (least > 1 || both.From.Open || both.To.Open || p.Equal(q)):
		return Certain
	}
	return Possible
}

// Telling returns the qualifiers that tell statements of the relation apart: not those that only describe, as the
// ontology says of ranks and titles, and as amounts do.
func (r *Relation) Telling(qualifiers map[string][]string) map[string][]string {
	telling := map[string][]string{}
	for _, q := range r.Qualifiers {
		if values := qualifiers[q.Name]; len(values) > 0 && !q.Describes && (q.Kind == KindString || q.Kind == KindEnum) {
			telling[q.Name] = values
		}
	}
	return telling
}

// Compatible reports whether two statements of the relation between the same two may be of the same thing, by their
// qualifiers: who was wounded was not thereby killed, and a deputy is no commander. What one leaves out the other may
// say.
func (r *Relation) Compatible(a, b map[string][]string) bool {
	a, b = r.Telling(a), r.Telling(b)
	if r.hasPosition(a) && r.hasPosition(b) {
		if CommandRoleOf(r.Name, a) != CommandRoleOf(r.Name, b) {
			return false
		}
		if CommandRoleOf(r.Name, a) != OtherRole { // the same in other words
			a, b = lessOf(a, "role", "position"), lessOf(b, "role", "position")
		}
	}
	for name, values := range a {
		if others := b[name]; len(others) > 0 && !slices.ContainsFunc(values, func(v string) bool {
			return slices.ContainsFunc(others, func(o string) bool { return Folded(o) == Folded(v) })
		}) {
			return false
		}
	}
	return true
}

// hasPosition reports whether qualifiers say what position somebody has in a command.
func (r *Relation) hasPosition(qualifiers map[string][]string) bool {
	return slices.ContainsFunc(r.Qualifiers, func(q *Property) bool { return q.Name == "position" }) &&
		len(qualifiers["role"])+len(qualifiers["position"]) > 0
}

func lessOf(qualifiers map[string][]string, names ...string) map[string][]string {
	left := map[string][]string{}
	for name, values := range qualifiers {
		if !slices.Contains(names, name) {
			left[name] = values
		}
	}
	return left
}

// QualifierText is what a link says besides its ends: "outcome: killed; rank: General".
func QualifierText(qualifiers map[string][]string) string {
	var parts []string
	for name, values := range qualifiers {
		parts = append(parts, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(parts)
	return strings.Join(parts, "; ")
}

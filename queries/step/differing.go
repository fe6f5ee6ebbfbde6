package step

import (
	"context"
	"slices"
	"strings"

	"orbat/queries/view"
)

// maxDiffering is how many entities an answer names of which sources disagree on what it shows.
const maxDiffering = 5

// whole describes entities with all their properties. Where sources disagree on one of those named, from which the
// answer is made, the answer says so of the entities that it shows (law 11).
func (x *Execution) whole(ctx context.Context, uids []string, properties ...string) ([]*view.Node, error) {
	nodes, err := x.Nodes(ctx, uids, true)
	for _, n := range nodes {
		for _, property := range properties {
			if len(n.Differs[property]) > 0 {
				x.differing[n.UID] = n
				x.differingIn = append(x.differingIn, property)
			}
		}
	}
	return nodes, err
}

// tellDiffering notes on what sources disagree, of the entities that the answer shows.
func (x *Execution) tellDiffering(shown []*view.Node) {
	left := 0
	for _, n := range shown {
		whole := x.differing[n.UID]
		if whole == nil {
			continue
		}
		if left++; left > maxDiffering {
			continue
		}
		for _, property := range slices.Compact(slices.Sorted(slices.Values(x.differingIn))) {
			if rivals := whole.Differs[property]; len(rivals) > 0 {
				x.note("Sources differ on the %s of %s: %s, as the most reliable say; others say %s.", x.label(whole.Type, property),
					whole.Name, strings.Join(whole.Properties[property], ", "), strings.Join(rivals, ", "))
			}
		}
	}
	if left > maxDiffering {
		x.note("Sources differ on %d more; entity-card shows what they say.", left-maxDiffering)
	}
}

// label is a property as people read it.
func (x *Execution) label(typeName, property string) string {
	if p := x.Ontology.Property(typeName, property); p != nil {
		return p.Label
	}
	return property
}

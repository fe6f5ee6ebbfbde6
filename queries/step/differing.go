package step

import (
	"context"
	"slices"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
)

// maxDiffering is how many entities an answer names of which sources disagree on what it shows.
const maxDiffering = 5

// whole describes entities with all their properties. Where sources disagree on one of those named, from which the
// answer is made, or claims deny it, the answer says so of the entities that it shows (laws 9 and 11).
func (x *Execution) whole(ctx context.Context, uids []string, properties ...string) ([]*view.Node, error) {
	nodes, err := x.Nodes(ctx, uids, true)
	for _, n := range nodes {
		for _, property := range properties {
			if len(n.Differs[property]) > 0 || slices.Contains(n.Denied, property) {
				x.differing[n.UID] = n
				x.differingIn = append(x.differingIn, property)
			}
		}
	}
	return nodes, err
}

// restOnPlaces notes of the places that an answer shows and that it found by where they are that it is made from that.
func (x *Execution) restOnPlaces(ctx context.Context, shown []*view.Node) error {
	var uids []string
	for _, n := range shown {
		if x.around[n.UID] {
			uids = append(uids, n.UID)
		}
	}
	if len(uids) == 0 {
		return nil
	}
	_, err := x.whole(ctx, uids, "geo")
	return err
}

// denies reports whether claims deny a property, from which the answer is made, of one of some entities, by xid.
func (x *Execution) denies(property string, xids ...string) bool {
	for _, n := range x.differing {
		if slices.Contains(xids, n.XID) && slices.Contains(n.Denied, property) {
			return true
		}
	}
	return false
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
			if slices.Contains(whole.Denied, property) {
				x.note("Others deny the %s of %s, %s; entity-card says who.", x.label(whole.Type, property), whole.Name,
					readable(whole.Properties[property]))
			}
			if rivals := whole.Differs[property]; len(rivals) > 0 {
				x.note("Sources differ on the %s of %s: %s, as the most reliable say; others say %s.", x.label(whole.Type, property),
					whole.Name, readable(whole.Properties[property]), readable(rivals))
			}
		}
	}
	if left > maxDiffering {
		x.note("Sources differ on %d more; entity-card shows what they say.", left-maxDiffering)
	}
}

// readable lists values as people read them.
func readable(values []string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = asRead(v)
	}
	if slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, ", ") }) {
		return strings.Join(texts, "; ")
	}
	return strings.Join(texts, ", ")
}

// asRead is a value as people read it: a point is its latitude and longitude, in the order in which they are asked for.
func asRead(value string) string {
	if at, is := canned.PositionOf([]string{value}); is {
		return at.String()
	}
	return value
}

// label is a property as people read it.
func (x *Execution) label(typeName, property string) string {
	if p := x.Ontology.Property(typeName, property); p != nil {
		return p.Label
	}
	return property
}

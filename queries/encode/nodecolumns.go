package encode

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// nodeRow is a node with what several columns need of it.
type nodeRow struct {
	*queries.Node
	date span
	geo  point
}

func newNodeRow(n *queries.Node) *nodeRow {
	return &nodeRow{Node: n, date: newSpan(joined(n.Properties, "date")), geo: firstPoint(n.Properties["geo"])}
}

// label is what to show.
func (n *nodeRow) label() string { return cmp.Or(oneLine(n.Name), n.XID) }

// nodeColumns lists the columns of nodes. The package's documentation says what each holds.
func nodeColumns() []column[*nodeRow] {
	text := func(name string, of func(n *nodeRow) string) column[*nodeRow] {
		return column[*nodeRow]{name: name, kind: textKind, of: of}
	}
	property := func(name string, properties ...string) column[*nodeRow] {
		c := text(name, func(n *nodeRow) string { return joined(n.Properties, properties...) })
		c.properties = properties
		return c
	}
	columns := []column[*nodeRow]{
		text("label", (*nodeRow).label),
		text("xid", func(n *nodeRow) string { return n.XID }),
		text("type", func(n *nodeRow) string { return n.Type }),
		{name: "name", kind: textKind, of: func(n *nodeRow) string { return cmp.Or(n.Name, n.XID) }, properties: []string{"name"}},
		property("aliases", "aliases"),
		property("description", "description"),
		property("country", "country"),
		property("kind", "event_kind", "org_kind", "equip_kind", "loc_kind", "op_kind"),
		property("affiliation", "affiliation"),
		property("echelon", "echelon"),
		property("rank", "rank"),
		property("status", "status"),
		property("sidc", "sidc"),
		property("date", "date"),
		text("date_from", func(n *nodeRow) string { return n.date.from() }),
		text("date_to", func(n *nodeRow) string { return n.date.to() }),
		text("date_precision", func(n *nodeRow) string { return n.date.precision() }),
		{name: "latitude", kind: doubleKind, of: func(n *nodeRow) string { return n.geo.latitude }},
		{name: "longitude", kind: doubleKind, of: func(n *nodeRow) string { return n.geo.longitude }},
		text("differs", func(n *nodeRow) string { return differsText(n.Differs) }),
		text("denied", func(n *nodeRow) string { return strings.Join(n.Denied, "; ") }),
		text("merged", func(n *nodeRow) string { return strings.Join(n.Merged, "; ") }),
	}
	return append(columns, restColumn("properties", columns, func(n *nodeRow) map[string][]string { return n.Properties }))
}

// differsText names the properties of which sources disagree, with the values beside the one shown: "killed: 10, 12".
func differsText(differs map[string][]string) string {
	var parts []string
	for _, property := range slices.Sorted(maps.Keys(differs)) {
		values := make([]string, len(differs[property]))
		for i, value := range differs[property] {
			values[i] = schema.Shorten(value) // a shape may be long
		}
		parts = append(parts, property+": "+strings.Join(values, ", "))
	}
	return strings.Join(parts, "; ")
}

package encode

import (
	"cmp"
	"strings"

	"orbat/queries"
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
		text("label", nodeLabel),
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
		text("merged", func(n *nodeRow) string { return strings.Join(n.Merged, "; ") }),
	}
	return append(columns, restColumn("properties", columns, func(n *nodeRow) map[string][]string { return n.Properties }))
}

// nodeLabel is the name on one line.
func nodeLabel(n *nodeRow) string { return cmp.Or(oneLine(n.Name), n.XID) }

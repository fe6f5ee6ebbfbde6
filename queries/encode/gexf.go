package encode

import (
	"io"
	"strconv"

	"orbat/queries"
	"orbat/schema"
)

// gexfVersion is what the versions of GEXF write otherwise.
type gexfVersion struct {
	number, namespace string
	dynamic           string // attributes of a dynamic graph
	kind              bool   // an edge has one; before 1.3 Gephi made one of parallel edges
}

// encodeGEXF writes GEXF 1.3.
func encodeGEXF(w io.Writer, g *queries.Graph) error {
	return gexf(w, g, gexfVersion{
		number: "1.3", namespace: "http://gexf.net/1.3",
		dynamic: ` timeformat="dateTime" timerepresentation="interval"`, kind: true,
	})
}

// encodeGEXF12 writes GEXF 1.2draft, for older Gephis and for networkx. networkx fails on the time format dateTime and
// takes what is said to be a date as it stands; the schema allows either form of a time under either name.
func encodeGEXF12(w io.Writer, g *queries.Graph) error {
	return gexf(w, g, gexfVersion{number: "1.2", namespace: "http://www.gexf.net/1.2draft", dynamic: ` timeformat="date"`})
}

// gexf writes a dynamic graph: what has a date or period has a start and end, which Gephi's time line filters by.
//
// The relation is also the edge's kind: Gephi makes one of parallel edges of the same kind. The label is GEXF's own
// attribute and no column.
func gexf(w io.Writer, g *queries.Graph, version gexfVersion) error {
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`<?xml version="1.0" encoding="UTF-8"?>`, "\n",
		`<gexf xmlns="`, version.namespace, `" xmlns:viz="`, version.namespace, `/viz" version="`, version.number, `">`, "\n",
		"  <meta>\n    <creator>orbat</creator>\n    <description>")
	out.escape(g.Title)
	if meta := metaText(g); meta != "" {
		out.escape("\n" + meta)
	}
	out.raw("</description>\n  </meta>\n",
		`  <graph defaultedgetype="directed" idtype="string" mode="dynamic"`, version.dynamic, ">\n")
	gexfAttributes(out, "node", nodes)
	gexfAttributes(out, "edge", edges)
	out.raw("    <nodes>\n")
	err = each(out, g.Nodes, func(n *queries.Node) {
		row := newNodeRow(n)
		out.raw("      <node")
		out.attribute("id", xmlID(n.XID))
		gexfBody(out, nodes, row, row.date)
		out.raw("        <viz:color")
		gexfColor(out, ontology.Style(n.Type))
		out.raw("/>\n")
		if at, placed := g.Positions[n.XID]; placed { // Gephi counts upwards
			out.raw("        <viz:position")
			out.attribute("x", coordinate(at[0]))
			out.attribute("y", coordinate(-at[1]))
			out.attribute("z", "0")
			out.raw("/>\n")
		}
		out.raw("      </node>\n")
	})
	if err != nil {
		return err
	}
	out.raw("    </nodes>\n    <edges>\n")
	err = each(out, g.Edges, func(e *queries.Edge) {
		row := newEdgeRow(e)
		out.raw("      <edge")
		out.attribute("id", xmlID(row.id))
		out.attribute("source", xmlID(e.From))
		out.attribute("target", xmlID(e.To))
		if version.kind {
			out.attribute("kind", e.Relation)
		}
		gexfBody(out, edges, row, row.held)
		if e.Contested {
			out.raw("        <viz:color")
			gexfColor(out, schema.Style{Color: contestedColor})
			out.raw("/>\n")
		}
		out.raw("      </edge>\n")
	})
	if err != nil {
		return err
	}
	out.raw("    </edges>\n  </graph>\n</gexf>\n")
	return out.end()
}

// coordinate writes a place on a screen.
func coordinate(at float64) string { return strconv.FormatFloat(at+0, 'f', -1, 64) } // + 0: none is written -0

func gexfAttributes[T any](out *output, class string, columns []column[T]) {
	out.raw("    <attributes")
	out.attribute("class", class)
	out.raw(` mode="static">`, "\n")
	for _, c := range columns {
		if c.name == "label" {
			continue
		}
		kind := string(c.kind)
		if c.kind == intKind {
			kind = "integer"
		}
		out.raw("      <attribute")
		out.attribute("id", c.name) // graphology takes the id for the title if it is no number
		out.attribute("title", c.name)
		out.attribute("type", kind)
		out.raw("/>\n")
	}
	out.raw("    </attributes>\n")
}

// gexfBody writes what nodes and edges share: label and time, which end the start tag, and the columns.
func gexfBody[T any](out *output, columns []column[T], row T, when span) {
	for _, c := range columns {
		if c.name == "label" {
			out.attribute("label", c.of(row))
		}
	}
	start, end := when.instants()
	if start != "" {
		out.attribute("start", start)
	}
	if end != "" {
		out.attribute("end", end)
	}
	out.raw(">\n        <attvalues>\n")
	cells(columns, row, func(c *column[T], text string) {
		if c.name == "label" {
			return
		}
		out.raw("          <attvalue")
		out.attribute("for", c.name)
		out.attribute("value", text)
		out.raw("/>\n")
	})
	out.raw("        </attvalues>\n")
}

func gexfColor(out *output, style schema.Style) {
	red, green, blue := style.RGB()
	out.attribute("r", strconv.Itoa(int(red)))
	out.attribute("g", strconv.Itoa(int(green)))
	out.attribute("b", strconv.Itoa(int(blue)))
}

package encode

import (
	"io"
	"strconv"
	"strings"

	"orbat/queries"
)

// gexfVersion is what differs between the versions of GEXF that are written.
type gexfVersion struct {
	number, namespace string
	graph             string // attributes of graph that only this version has
	kinds             bool   // edges have a kind
	timeFormat        string
}

// encodeGEXF writes GEXF 1.3.
func encodeGEXF(w io.Writer, g *queries.Graph) error {
	return writeGEXF(w, g, gexfVersion{number: "1.3", namespace: "http://gexf.net/1.3", graph: ` timerepresentation="interval"`, kinds: true, timeFormat: "dateTime"})
}

// encodeGEXF12 writes GEXF 1.2, the newest that networkx, Gephi 0.9 and sigma.js are sure to read. Its times
// are days: networkx refuses timeformat="dateTime".
func encodeGEXF12(w io.Writer, g *queries.Graph) error {
	return writeGEXF(w, g, gexfVersion{number: "1.2", namespace: "http://www.gexf.net/1.2draft", timeFormat: "date"})
}

// writeGEXF writes the graph as a dynamic graph: what has a date or period has a start and end, which Gephi's time line
// filters by.
//
// The relation is also the edge's kind: Gephi makes one of parallel edges of the same kind. The label is GEXF's own
// attribute and no column.
func writeGEXF(w io.Writer, g *queries.Graph, version gexfVersion) error {
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
		`  <graph defaultedgetype="directed" idtype="string" mode="dynamic" timeformat="`, version.timeFormat, `"`, version.graph, ">\n")
	gexfAttributes(out, "node", nodes)
	gexfAttributes(out, "edge", edges)
	out.raw("    <nodes>\n")
	err := each(out, g.Nodes, func(n *queries.Node) {
		row := newNodeRow(n)
		out.raw("      <node")
		out.attribute("id", xmlID(n.XID))
		gexfBody(out, version, nodes, row, row.date)
		out.raw("        <viz:color")
		gexfColor(out, n.Type)
		out.raw("/>\n      </node>\n")
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
		if version.kinds {
			out.attribute("kind", e.Relation)
		}
		gexfBody(out, version, edges, row, row.held)
		out.raw("      </edge>\n")
	})
	if err != nil {
		return err
	}
	out.raw("    </edges>\n  </graph>\n</gexf>\n")
	return out.end()
}

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
func gexfBody[T any](out *output, version gexfVersion, columns []column[T], row T, when span) {
	for _, c := range columns {
		if c.name == "label" {
			out.attribute("label", c.of(row))
		}
	}
	start, end := when.instants()
	if version.timeFormat == "date" {
		start, _, _ = strings.Cut(start, "T")
		end, _, _ = strings.Cut(end, "T")
	}
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

// gexfColor writes a type's colour.
func gexfColor(out *output, entityType string) {
	color := lookOf(entityType).fill
	for i, channel := range []string{"r", "g", "b"} {
		out.attribute(channel, strconv.Itoa(int(color[i])))
	}
}

package encode

import (
	"io"

	"orbat/queries"
)

// encodeGraphML writes GraphML by its XML schema, which among other things wants the keys first and ids that are name
// tokens. The ids of keys say what they are for (node.name), since one list serves nodes and edges.
func encodeGraphML(w io.Writer, g *queries.Graph) error {
	return writeGraphML(w, g, "", graphMLDrawing{keys: func(*output) {}, node: func(*output, *nodeRow) {}, edge: func(*output, *edgeRow) {}})
}

// graphMLDrawing adds how nodes and edges look.
type graphMLDrawing struct {
	keys func(*output)
	node func(*output, *nodeRow)
	edge func(*output, *edgeRow)
}

// writeGraphML writes what all GraphML has in common. The namespaces are those that the drawing needs besides GraphML's.
func writeGraphML(w io.Writer, g *queries.Graph, namespaces string, drawing graphMLDrawing) error {
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`<?xml version="1.0" encoding="UTF-8"?>`, "\n", `<graphml xmlns="http://graphml.graphdrawing.org/xmlns"`, namespaces, ">\n")
	graphMLKey(out, "graph", "title", textKind)
	graphMLKey(out, "graph", "meta", textKind)
	for _, c := range nodes {
		graphMLKey(out, "node", c.name, c.kind)
	}
	for _, c := range edges {
		graphMLKey(out, "edge", c.name, c.kind)
	}
	drawing.keys(out)
	out.raw(`  <graph edgedefault="directed">`, "\n")
	graphMLData(out, "graph", "title", g.Title)
	graphMLData(out, "graph", "meta", metaText(g))
	err := each(out, g.Nodes, func(n *queries.Node) {
		row := newNodeRow(n)
		out.raw("    <node")
		out.attribute("id", nameToken(n.XID))
		out.raw(">\n")
		cells(nodes, row, func(c *column[*nodeRow], text string) { graphMLData(out, "node", c.name, text) })
		drawing.node(out, row)
		out.raw("    </node>\n")
	})
	if err != nil {
		return err
	}
	err = each(out, g.Edges, func(e *queries.Edge) {
		row := newEdgeRow(e)
		out.raw("    <edge")
		out.attribute("id", nameToken(row.id))
		out.attribute("source", nameToken(e.From))
		out.attribute("target", nameToken(e.To))
		out.raw(">\n")
		cells(edges, row, func(c *column[*edgeRow], text string) { graphMLData(out, "edge", c.name, text) })
		drawing.edge(out, row)
		out.raw("    </edge>\n")
	})
	if err != nil {
		return err
	}
	out.raw("  </graph>\n</graphml>\n")
	return out.end()
}

func graphMLKey(out *output, of, name string, kind kind) {
	out.raw("  <key")
	out.attribute("id", of+"."+name)
	out.attribute("for", of)
	out.attribute("attr.name", name)
	out.attribute("attr.type", string(kind))
	out.raw("/>\n")
}

func graphMLData(out *output, of, name, text string) {
	if text == "" {
		return
	}
	out.raw("      <data")
	out.attribute("key", of+"."+name)
	out.raw(">")
	out.escape(text)
	out.raw("</data>\n")
}

// metaText is how the graph was made, as a JSON object; "" where nobody says.
func metaText(g *queries.Graph) string {
	if len(g.Meta) == 0 {
		return ""
	}
	return plainJSON(g.Meta)
}

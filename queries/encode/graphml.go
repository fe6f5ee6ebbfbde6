package encode

import (
	"io"

	"orbat/queries"
)

// encodeGraphML writes GraphML by its XML schema, which among other things wants the keys first and ids that are name
// tokens. The ids of keys say what they are for (node.name), since one list serves nodes and edges.
func encodeGraphML(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`<?xml version="1.0" encoding="UTF-8"?>`, "\n", `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`, "\n")
	graphMLKeys(out, nodes, edges)
	err := graphMLBody(out, g, nodes, edges, func(*output, *nodeRow) {}, func(*output, *edgeRow) {})
	if err != nil {
		return err
	}
	return out.end()
}

// graphMLKeys declares the columns.
func graphMLKeys(out *output, nodes []column[*nodeRow], edges []column[*edgeRow]) {
	graphMLKey(out, "graph", "title", textKind)
	graphMLKey(out, "graph", "meta", textKind)
	for _, c := range nodes {
		graphMLKey(out, "node", c.name, c.kind)
	}
	for _, c := range edges {
		graphMLKey(out, "edge", c.name, c.kind)
	}
}

// graphMLBody writes the graph, with what else is to be said of each node and edge.
func graphMLBody(out *output, g *queries.Graph, nodes []column[*nodeRow], edges []column[*edgeRow], also func(*output, *nodeRow),
	alsoEdge func(*output, *edgeRow),
) error {
	out.raw(`  <graph edgedefault="directed">`, "\n")
	graphMLData(out, "graph", "title", g.Title)
	graphMLData(out, "graph", "meta", metaText(g))
	err := each(out, g.Nodes, func(n *queries.Node) {
		out.raw("    <node")
		out.attribute("id", nameToken(n.XID))
		out.raw(">\n")
		row := newNodeRow(n)
		cells(nodes, row, func(c *column[*nodeRow], text string) { graphMLData(out, "node", c.name, text) })
		also(out, row)
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
		alsoEdge(out, row)
		out.raw("    </edge>\n")
	})
	if err != nil {
		return err
	}
	out.raw("  </graph>\n</graphml>\n")
	return nil
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

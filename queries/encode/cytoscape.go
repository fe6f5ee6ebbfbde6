package encode

import (
	"io"

	"orbat/queries"
)

// encodeCytoscape writes Cytoscape JSON with the names that its three readers look for: cytoscape.js the ids, which
// nodes and edges share (an xid has a colon, an edge's id never); Cytoscape the graph's name and an edge's interaction;
// networkx a node's value and an edge's key.
func encodeCytoscape(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	graph := graphRow(g)
	graph.text("name", g.Title)
	out.raw(`{"format_version":"1.0","generated_by":"orbat","target_cytoscapejs_version":"~3","data":`)
	out.bytes(graph.end())
	out.raw(",\n", `"directed":true,"multigraph":true,"elements":{"nodes":[`)
	next := out.list()
	err := each(out, g.Nodes, func(n *queries.Node) {
		row := newJSONRow()
		row.text("id", n.XID)
		row.text("value", n.XID)
		row.nodeCells(nodes, newNodeRow(n))
		next()
		out.raw(`{"data":`)
		out.bytes(row.end())
		if at, placed := g.Positions[n.XID]; placed {
			out.raw(`,"position":{"x":`, coordinate(at[0]), `,"y":`, coordinate(at[1]), "}")
		}
		out.raw("}")
	})
	if err != nil {
		return err
	}
	out.raw("\n],\n", `"edges":[`)
	next = out.list()
	err = each(out, g.Edges, func(e *queries.Edge) {
		edge, row := newEdgeRow(e), newJSONRow()
		row.text("id", edge.id)
		row.text("source", e.From)
		row.text("target", e.To)
		row.text("key", edge.id)
		row.text("interaction", e.Relation)
		row.edgeCells(edges, edge)
		next()
		out.raw(`{"data":`)
		out.bytes(row.end())
		out.raw("}")
	})
	if err != nil {
		return err
	}
	out.raw("\n]}}\n")
	return out.end()
}

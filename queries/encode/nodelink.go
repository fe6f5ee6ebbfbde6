package encode

import (
	"io"

	"orbat/queries"
)

// encodeNodeLink writes networkx's node-link JSON. Its edges are called links, as D3 has it and every version of
// networkx can read; from 3.6 on, node_link_graph wants to be told: edges="links".
func encodeNodeLink(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`{"directed":true,"multigraph":true,"graph":`)
	out.bytes(graphRow(g).end())
	out.raw(",\n", `"nodes":[`)
	next := out.list()
	err := each(out, g.Nodes, func(n *queries.Node) {
		row := newJSONRow()
		row.text("id", n.XID)
		row.nodeCells(nodes, newNodeRow(n))
		if at, placed := g.Positions[n.XID]; placed {
			row.cell("x", doubleKind, coordinate(at[0]))
			row.cell("y", doubleKind, coordinate(at[1]))
		}
		next()
		out.bytes(row.end())
	})
	if err != nil {
		return err
	}
	out.raw("\n],\n", `"links":[`)
	next = out.list()
	err = each(out, g.Edges, func(e *queries.Edge) {
		edge, row := newEdgeRow(e), newJSONRow()
		row.text("source", e.From)
		row.text("target", e.To)
		row.text("key", edge.id)
		row.edgeCells(edges, edge)
		next()
		out.bytes(row.end())
	})
	if err != nil {
		return err
	}
	out.raw("\n]}\n")
	return out.end()
}

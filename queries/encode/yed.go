package encode

import (
	"io"
	"strconv"
	"unicode/utf8"

	"orbat/queries"
	"orbat/schema"
)

// encodeYEd writes GraphML with the graphics that yEd shows: a shape and colour by type, labels on nodes and edges,
// arrows. It has the columns of GraphML too, which yEd lists as properties. Where nobody has laid the graph out, yEd's
// Layout menu gives positions. Its elements from yWorks' namespace are not in GraphML's own XML schema.
func encodeYEd(w io.Writer, g *queries.Graph) error {
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`<?xml version="1.0" encoding="UTF-8"?>`, "\n",
		`<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">`, "\n")
	graphMLKeys(out, nodes, edges)
	out.raw(`  <key id="node.graphics" for="node" yfiles.type="nodegraphics"/>`, "\n",
		`  <key id="edge.graphics" for="edge" yfiles.type="edgegraphics"/>`, "\n")
	err = graphMLBody(out, g, nodes, edges, func(out *output, row *nodeRow) {
		at, placed := g.Positions[row.XID]
		yEdNode(out, row, ontology.Style(row.Type), at, placed)
	}, yEdEdge)
	if err != nil {
		return err
	}
	return out.end()
}

// yEdNode draws a node wide enough for its label, around where it stands.
func yEdNode(out *output, row *nodeRow, style schema.Style, at [2]float64, placed bool) {
	_, shape := shapeNames(style.Shape)
	label := row.label()
	const line, letter, margin, most = 30, 7, 20, 400
	wide := min(most, margin+letter*utf8.RuneCountInString(label))
	out.raw(`      <data key="node.graphics"><y:ShapeNode><y:Geometry height="`, strconv.Itoa(line), `" width="`, strconv.Itoa(wide), `"`)
	if placed {
		out.raw(` x="`, coordinate(at[0]-float64(wide)/2), `" y="`, coordinate(at[1]-line/2), `"`)
	}
	out.raw(`/><y:Fill color="`, style.Color,
		`" transparent="false"/><y:BorderStyle color="#333333" type="line" width="1.0"/><y:NodeLabel>`)
	out.escape(label)
	out.raw(`</y:NodeLabel><y:Shape type="`, shape, `"/></y:ShapeNode></data>`, "\n")
}

// yEdEdge draws an arrow; what holds only possibly is dashed, what others deny is red.
func yEdEdge(out *output, row *edgeRow) {
	line := "line"
	if row.Possible {
		line = "dashed"
	}
	color := "#555555"
	if row.Contested {
		color = contestedColor
	}
	out.raw(`      <data key="edge.graphics"><y:PolyLineEdge><y:LineStyle color="`, color, `" type="`, line,
		`" width="1.0"/><y:Arrows source="none" target="standard"/><y:EdgeLabel>`)
	out.escape(edgeLabel(row))
	out.raw(`</y:EdgeLabel></y:PolyLineEdge></data>`, "\n")
}

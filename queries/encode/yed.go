package encode

import (
	"io"
	"strconv"
	"unicode/utf8"

	"orbat/queries"
)

// encodeYEd writes GraphML as yEd draws it. The nodes stand in a grid, as they come: a layout that shows the structure
// is for yEd to make (Layout > Hierarchical).
func encodeYEd(w io.Writer, g *queries.Graph) error {
	placed := 0
	return writeGraphML(w, g, ` xmlns:y="http://www.yworks.com/xml/graphml"`, graphMLDrawing{
		keys: func(out *output) {
			out.raw(`  <key id="node.graphics" for="node" yfiles.type="nodegraphics"/>`, "\n",
				`  <key id="edge.graphics" for="edge" yfiles.type="edgegraphics"/>`, "\n")
		},
		node: func(out *output, row *nodeRow) {
			yEdNode(out, row, placed)
			placed++
		},
		edge: yEdEdge,
	})
}

func yEdNode(out *output, row *nodeRow, place int) {
	const columns, stepX, stepY, widest = 20, 340, 90, 300
	label, look := row.label(), lookOf(row.Type)
	width := min(max(60, 8*utf8.RuneCountInString(label)+20), widest)
	out.raw(`      <data key="node.graphics"><y:ShapeNode><y:Geometry height="40" width="`, strconv.Itoa(width),
		`" x="`, strconv.Itoa(place%columns*stepX), `" y="`, strconv.Itoa(place/columns*stepY), `"/>`,
		`<y:Fill color="`, look.fill.String(), `" transparent="false"/>`,
		`<y:BorderStyle color="#333333" type="line" width="1.0"/>`,
		`<y:NodeLabel textColor="`, look.text, `" fontSize="12">`)
	out.escape(label)
	out.raw(`</y:NodeLabel><y:Shape type="`, look.yed, `"/></y:ShapeNode></data>`, "\n")
}

// yEdEdge dashes what holds only possibly.
func yEdEdge(out *output, row *edgeRow) {
	line := "line"
	if row.Possible {
		line = "dashed"
	}
	out.raw(`      <data key="edge.graphics"><y:PolyLineEdge><y:LineStyle color="#555555" type="`, line, `" width="1.0"/>`,
		`<y:Arrows source="none" target="standard"/><y:EdgeLabel fontSize="10">`)
	out.escape(edgeLabel(row))
	out.raw("</y:EdgeLabel></y:PolyLineEdge></data>\n")
}

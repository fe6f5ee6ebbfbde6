package encode

import (
	"io"
	"strings"

	"orbat/queries"
)

// encodeDOT writes DOT as Graphviz reads it. Names of nodes are the xids as GraphML has them; the columns come as
// attributes beside those that Graphviz draws by (label, shape, colours, tooltip), the name as full_name: pydot reads
// no node with an attribute that is called name. In a label Graphviz takes a backslash for an escape and an ampersand
// for an entity, so both are written as such. Below the title stands what those lines mean that are not plain.
func encodeDOT(w io.Writer, g *queries.Graph) error {
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw("digraph orbat {\n  graph [label=")
	out.dotText(g.Title)
	if len(g.Positions) > 0 { // as they are laid out, in points
		out.raw(", layout=neato, inputscale=72, splines=true")
	}
	out.raw(", labelloc=t, rankdir=LR];\n  node [style=filled, fontname=\"Helvetica\", fontcolor=black];\n  edge " +
		"[fontname=\"Helvetica\", fontsize=10];\n")
	err = each(out, g.Nodes, func(n *queries.Node) {
		row, style := newNodeRow(n), ontology.Style(n.Type)
		shape, _ := shapeNames(style.Shape)
		out.raw("  ")
		out.dotText(nameToken(n.XID))
		out.raw(" [shape=", shape, `, fillcolor="`, style.Color, `"`)
		if at, placed := g.Positions[n.XID]; placed {
			out.raw(`, pos="`, coordinate(at[0]), ",", coordinate(-at[1]), `!"`)
		}
		cells(nodes, row, func(c *column[*nodeRow], text string) { out.dotAttribute(dotName(c.name), text) })
		out.raw("];\n")
	})
	if err != nil {
		return err
	}
	var possible, contested bool
	err = each(out, g.Edges, func(e *queries.Edge) {
		row := newEdgeRow(e)
		possible, contested = possible || e.Possible, contested || e.Contested
		out.raw("  ")
		out.dotText(nameToken(e.From))
		out.raw(" -> ")
		out.dotText(nameToken(e.To))
		out.raw(" [id=")
		out.dotText(row.id)
		if e.Possible {
			out.raw(", style=dashed")
		}
		if e.Contested {
			out.raw(`, color="`, contestedColor, `", fontcolor="`, contestedColor, `"`)
		}
		cells(edges, row, func(c *column[*edgeRow], text string) {
			out.dotAttribute(c.name, text)
			if c.name == "evidence" {
				out.dotAttribute("tooltip", text)
			}
		})
		out.raw("];\n")
	})
	if err != nil {
		return err
	}
	if legend := lineLegend(possible, contested); legend != "" {
		out.raw("  label=")
		out.dotText(g.Title + "\n" + legend)
		out.raw(";\n")
	}
	out.raw("}\n")
	return out.end()
}

// contestedColor is that of lines which others deny.
const contestedColor = "#c0392b"

// lineLegend explains the lines of a drawing that are not plain.
func lineLegend(possible, contested bool) string {
	var says []string
	if possible {
		says = append(says, "dashed: holds only possibly")
	}
	if contested {
		says = append(says, "red: contested, others deny it")
	}
	return strings.Join(says, "; ")
}

// dotName returns what a column is called in DOT.
func dotName(column string) string {
	if column == "name" {
		return "full_name"
	}
	return column
}

func (o *output) dotAttribute(name, text string) {
	o.raw(", ", name, "=")
	o.dotText(text)
}

// dotText writes a quoted string.
func (o *output) dotText(text string) {
	o.raw(`"`)
	text = strings.ToValidUTF8(text, "\uFFFD")
	for _, r := range text {
		switch {
		case r == '"':
			o.raw(`\"`)
		case r == '\\':
			o.raw(`\\`)
		case r == '\n':
			o.raw(`\n`)
		case r == '&':
			o.raw("&amp;")
		case !isXML(r):
			o.raw("\uFFFD")
		default:
			o.raw(string(r))
		}
	}
	o.raw(`"`)
}

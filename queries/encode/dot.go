package encode

import (
	"io"
	"strings"

	"orbat/queries"
)

// encodeDOT writes graphviz's language: a multigraph (not strict), each statement on a line. All columns stand as
// attributes, which graphviz keeps and does not draw.
//
// Ids and values are quoted strings, never HTML-like ones, so that no text is markup. In them a backslash escapes, and
// labels and tooltips know entities too.
func encodeDOT(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw("digraph orbat {\n  graph [")
	out.dotAttribute("title", g.Title)
	out.raw(",")
	out.dotAttribute("meta", metaText(g))
	out.raw(",rankdir=LR];\n  node [style=filled,fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\",fontsize=10];\n")
	err := each(out, g.Nodes, func(n *queries.Node) {
		row, look := newNodeRow(n), lookOf(n.Type)
		out.raw("  ", dotQuoted(xmlID(n.XID)), ` [shape=`, look.shape, `,fillcolor="`, look.fill.String(), `",fontcolor="`, look.text, `"`)
		out.raw(",tooltip=", dotLabel(strings.TrimSpace(n.Type+" "+n.XID)))
		dotCells(out, nodes, row)
		out.raw("];\n")
	})
	if err != nil {
		return err
	}
	err = each(out, g.Edges, func(e *queries.Edge) {
		row := newEdgeRow(e)
		out.raw("  ", dotQuoted(xmlID(e.From)), " -> ", dotQuoted(xmlID(e.To)), " [key=", dotQuoted(row.id))
		if e.Possible {
			out.raw(",style=dashed")
		}
		out.raw(",tooltip=", dotLabel(strings.TrimSpace(edgeLabel(row)+" "+e.Period)))
		dotCells(out, edges, row)
		out.raw("];\n")
	})
	if err != nil {
		return err
	}
	out.raw("}\n")
	return out.end()
}

func dotCells[T any](out *output, columns []column[T], row T) {
	cells(columns, row, func(c *column[T], text string) {
		out.raw(",")
		if c.name == "label" {
			out.raw("label=", dotLabel(text))
			return
		}
		out.dotAttribute(c.name, text)
	})
}

func (o *output) dotAttribute(name, text string) { o.raw(name, "=", dotQuoted(text)) }

// dotLabel is a text for an attribute in which graphviz reads entities.
func dotLabel(text string) string { return dotQuoted(strings.ReplaceAll(text, "&", "&amp;")) }

func dotQuoted(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range plainText(text) {
		switch r {
		case '\\', '"':
			out.WriteRune('\\')
			out.WriteRune(r)
		case '\n':
			out.WriteString(`\n`)
		case '\r':
			out.WriteString(`\r`)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

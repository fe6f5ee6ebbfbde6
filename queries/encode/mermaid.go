package encode

import (
	"fmt"
	"io"
	"strings"

	"orbat/queries"
)

// encodeMermaid writes a flowchart for Markdown: labels, relations and types, no columns. Mermaid itself refuses more than
// 500 edges or 50,000 characters unless whoever shows it raises maxEdges and maxTextSize.
func encodeMermaid(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	out.raw("flowchart LR\n")
	for _, entityType := range []string{"Person", "Unit", "Organisation", "Equipment", "Location", "Event", "Source", "other"} {
		look := lookOf(entityType)
		out.raw("  classDef t", entityType, " fill:", look.fill.String(), ",color:", look.text, "\n")
	}
	err := each(out, g.Nodes, func(n *queries.Node) {
		out.raw("  ", mermaidID(n.XID), `["`, mermaidText(newNodeRow(n).label()), `"]:::t`, mermaidClass(n.Type), "\n")
	})
	if err != nil {
		return err
	}
	err = each(out, g.Edges, func(e *queries.Edge) {
		arrow := "-->"
		if e.Possible {
			arrow = "-.->"
		}
		out.raw("  ", mermaidID(e.From), " ", arrow, `|"`, mermaidText(edgeLabel(newEdgeRow(e))), `"| `, mermaidID(e.To), "\n")
	})
	if err != nil {
		return err
	}
	out.raw("%% end\n")
	return out.end()
}

// mermaidID is an id of letters, digits and underscores that is no word of Mermaid's. Different xids stay different.
func mermaidID(xid string) string {
	return "n_" + escapeID(xid, func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	})
}

func mermaidClass(entityType string) string {
	switch entityType {
	case "Person", "Unit", "Organisation", "Equipment", "Location", "Event", "Source":
		return entityType
	default:
		return "other"
	}
}

// mermaidText writes what Mermaid, Markdown or HTML could read as more than text as an entity, in Mermaid's way.
func mermaidText(text string) string {
	var out strings.Builder
	for _, r := range plainText(oneLine(text)) {
		if strings.ContainsRune("\"#&<>`%;\\*_{}[]|", r) || r == 0x7f || r == 0x2028 {
			fmt.Fprintf(&out, "#%d;", r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

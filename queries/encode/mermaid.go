package encode

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"orbat/queries"
)

// encodeMermaid writes a Mermaid flowchart: labels, colours by type and the relation on each arrow, dotted where it
// holds only possibly, with a word where others deny it. Nothing else fits. Of more than Mermaid's readers take there
// is a notice: no setting in the file itself can tell them to take it.
func encodeMermaid(w io.Writer, g *queries.Graph) error {
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	size := &textLength{Writer: w}
	out, links := newOutput(size), 0
	out.raw("%% ", mermaidLine(g.Title), "\nflowchart LR\n")
	for _, t := range styleNames(ontology) {
		out.raw("  classDef ", t, " fill:", ontology.Style(t).Color, ",stroke:#333,color:#000\n")
	}
	err = each(out, g.Nodes, func(n *queries.Node) {
		out.raw("  ", mermaidID(n.XID), `["`, mermaidLine(newNodeRow(n).label()), `"]:::`, styleName(ontology, n.Type), "\n")
	})
	if err != nil {
		return err
	}
	err = each(out, g.Edges, func(e *queries.Edge) {
		links++
		arrow := "-->"
		if e.Possible {
			arrow = "-.->"
		}
		label := edgeLabel(newEdgeRow(e))
		if e.Contested {
			label += " (contested)"
		}
		out.raw("  ", mermaidID(e.From), " ", arrow, `|"`, mermaidLine(label), `"| `, mermaidID(e.To), "\n")
	})
	if err != nil {
		return err
	}
	out.raw("%% end\n")
	if err := out.end(); err != nil {
		return err
	}
	if links > maxMermaidEdges || size.units > maxMermaidText {
		notice(g, "%d links in %d characters of Mermaid: its readers refuse more than %d links or %d characters, unless whoever "+
			"runs them sets maxEdges and maxTextSize. Ask for less, or take dot.", links, size.units, maxMermaidEdges, maxMermaidText)
	}
	return nil
}

// What Mermaid's readers take unless they are told otherwise (its settings maxEdges and maxTextSize, which a file
// cannot change).
const maxMermaidEdges, maxMermaidText = 500, 50_000

// textLength counts what passes as JavaScript counts a text: in units of UTF-16.
type textLength struct {
	io.Writer
	units int
}

func (t *textLength) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c&0xC0 == 0x80: // in the midst of a character
		case c >= 0xF0: // one beyond the basic plane
			t.units += 2
		default:
			t.units++
		}
	}
	return t.Writer.Write(b)
}

// mermaidID makes an id of letters and digits that stays the same from one export to the next; no table of ids need be
// kept.
func mermaidID(xid string) string {
	sum := sha256.Sum256([]byte(xid))
	return "n" + hex.EncodeToString(sum[:8])
}

// mermaidLine is a text on one line, with what Mermaid or Markdown would take for more than text as numbered entities:
// a number or dash that begins it for a list, too, and "style x:#…;" for a statement.
func mermaidLine(text string) string {
	var b strings.Builder
	number := true // so far nothing but digits
	for _, r := range oneLine(strings.ToValidUTF8(text, "\uFFFD")) {
		switch {
		case strings.ContainsRune("\"#&<>`\\{}[]|:;%*_~$", r), number && strings.ContainsRune(".)-+", r):
			fmt.Fprintf(&b, "#%d;", r)
		case !isXML(r):
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
		number = number && '0' <= r && r <= '9'
	}
	if b.Len() == 0 {
		return " "
	}
	return b.String()
}

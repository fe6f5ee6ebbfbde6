package encode

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"orbat/queries"
)

// encodeGephi writes a zip archive of Gephi's two tables: nodes.csv with Id and Label, edges.csv with Source, Target,
// Type, Id, Label and Kind, each with the columns that are known of it.
func encodeGephi(w io.Writer, g *queries.Graph) error {
	return csvPair(w, g,
		func(n *nodeRow) []string { return []string{n.XID, n.label()} }, []string{"Id", "Label"},
		func(e *edgeRow) []string {
			return []string{e.From, e.To, "Directed", e.id, edgeLabel(e), e.Relation}
		}, []string{"Source", "Target", "Type", "Id", "Label", "Kind"},
		func(name string, _ kind) string { return name })
}

// encodeNeo4j writes a zip archive for neo4j-admin database import: nodes.csv with xid:ID and :LABEL (Entity and the
// type), edges.csv with :START_ID, :END_ID and :TYPE, and typed columns.
//
//	neo4j-admin database import full --multiline-fields=true --nodes=nodes.csv --relationships=edges.csv
func encodeNeo4j(w io.Writer, g *queries.Graph) error {
	return csvPair(w, g,
		func(n *nodeRow) []string {
			if n.Type == "" {
				return []string{n.XID, "Entity"}
			}
			return []string{n.XID, "Entity;" + n.Type}
		}, []string{"xid:ID", ":LABEL"},
		func(e *edgeRow) []string { return []string{e.From, e.To, e.Relation, e.id} },
		[]string{":START_ID", ":END_ID", ":TYPE", "id:string"},
		func(name string, kind kind) string { return name + ":" + string(kind) })
}

// csvPair writes nodes.csv, then edges.csv: what stands first in each, then the columns. The archive is not compressed:
// it is written as it comes, and cut short it is no archive.
func csvPair(w io.Writer, g *queries.Graph, node func(*nodeRow) []string, nodeHead []string, edge func(*edgeRow) []string,
	edgeHead []string, headed func(string, kind) string,
) error {
	archive := zip.NewWriter(w)
	nodes, edges := nodeColumns(), edgeColumns()
	table, err := csvIn(archive, "nodes.csv", heads(nodeHead, nodes, headed))
	if err != nil {
		return err
	}
	if g.Nodes != nil {
		for n, err := range g.Nodes {
			if err != nil {
				return err
			}
			row := newNodeRow(n)
			if err := table.Write(append(safe(node(row)), filled(nodeHead, nodes, row)...)); err != nil {
				return err
			}
		}
	}
	if table.Flush(); table.Error() != nil {
		return table.Error()
	}
	if table, err = csvIn(archive, "edges.csv", heads(edgeHead, edges, headed)); err != nil {
		return err
	}
	if g.Edges != nil {
		for e, err := range g.Edges {
			if err != nil {
				return err
			}
			row := newEdgeRow(e)
			if err := table.Write(append(safe(edge(row)), filled(edgeHead, edges, row)...)); err != nil {
				return err
			}
		}
	}
	if table.Flush(); table.Error() != nil {
		return table.Error()
	}
	return archive.Close()
}

// csvIn begins a table in an archive.
func csvIn(archive *zip.Writer, name string, head []string) (*csv.Writer, error) {
	file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		return nil, err
	}
	table := csv.NewWriter(file)
	err = table.Write(head)
	return table, err
}

// apart reports whether a column stands among the first ones already, whatever they call it.
func apart(first []string, column string) bool {
	for _, f := range first {
		name, _, _ := strings.Cut(f, ":")
		if strings.EqualFold(name, column) {
			return true
		}
	}
	return false
}

func heads[T any](first []string, columns []column[T], headed func(string, kind) string) []string {
	list := append([]string{}, first...)
	for _, c := range columns {
		if !apart(first, c.name) {
			list = append(list, headed(c.name, c.kind))
		}
	}
	return list
}

func filled[T any](first []string, columns []column[T], row T) []string {
	var list []string
	for i := range columns {
		if !apart(first, columns[i].name) {
			cell := columns[i].of(row)
			if columns[i].kind == textKind { // a number below zero is no formula
				cell = tame(valid(cell))
			}
			list = append(list, cell)
		}
	}
	return list
}

// valid replaces what is not UTF-8 and NUL, which no reader of CSV takes.
func valid(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// safe returns texts as a table may hold them: valid, and no formulas.
func safe(texts []string) []string {
	for i := range texts {
		texts[i] = tame(valid(texts[i]))
	}
	return texts
}

// maxNamed is how many entities encodeLinks remembers the names of.
const maxNamed = 50_000

// encodeLinks writes one table of links for spreadsheets: the names and xids of both ends, its id and the columns of
// the link. What a spreadsheet would take for a formula is led by an apostrophe. Of a graph of more than 50,000
// entities the further names are left out, so that memory does not grow with it.
func encodeLinks(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	columns := edgeColumns()
	names := map[string]string{}
	err := each(out, g.Nodes, func(n *queries.Node) {
		if len(names) < maxNamed {
			names[n.XID] = newNodeRow(n).label()
		}
	})
	if err != nil {
		return err
	}
	first := []string{"from", "relation", "to", "from_xid", "to_xid", "id"}
	table := csv.NewWriter(&rowWriter{out: out})
	out.err = table.Write(heads(first, columns, func(name string, _ kind) string { return name }))
	table.Flush()
	err = each(out, g.Edges, func(e *queries.Edge) {
		row := newEdgeRow(e)
		ends := safe([]string{names[e.From], e.Relation, names[e.To], e.From, e.To, row.id})
		cells := slices.Concat(ends, filled(first, columns, row))
		if err := table.Write(cells); err != nil && out.err == nil {
			out.err = err
		}
		table.Flush() // into out's buffer
	})
	if err != nil {
		return err
	}
	out.raw("\n")
	return out.end()
}

// rowWriter passes on to an output, but for the last line's end: a table has no other sign of being whole, so what an
// error cuts short must not end with one.
type rowWriter struct {
	out  *output
	held bool // a line's end is to be written before what comes next
}

func (w *rowWriter) Write(b []byte) (int, error) {
	if w.held && w.out.buf.Available() == 1 { // else the buffer would be passed on with it
		w.out.err = cmp.Or(w.out.err, w.out.buf.Flush())
	}
	if w.held {
		w.out.raw("\n")
	}
	text := bytes.TrimSuffix(b, []byte("\n"))
	w.held = len(text) < len(b)
	w.out.bytes(text)
	return len(b), w.out.err
}

// plainNumber is a number below zero: there is nothing in it to work out.
var plainNumber = regexp.MustCompile(`^-[0-9]+(\.[0-9]+)?$`)

// tame keeps a text from being a formula, as a whole and in part (OWASP: CSV injection): an apostrophe goes before what
// a spreadsheet would work out, at the beginning and wherever one that takes another character to separate cells would
// begin a cell. A plain number stays one.
func tame(text string) string {
	if plainNumber.MatchString(text) {
		return text
	}
	var out strings.Builder
	begins := true
	for i, r := range text {
		if begins && (i == 0 && strings.ContainsRune("\t\r\n", r) || formula(text[i:])) {
			out.WriteByte('\'')
		}
		out.WriteRune(r)
		begins = strings.ContainsRune(";\t\r\n", r)
	}
	return out.String()
}

// formula reports whether a cell that begins so would be worked out, once the spaces and quotes before it are gone.
func formula(text string) bool {
	text = strings.TrimLeft(text, "\" \u00a0")
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune("=+-@＝＋－＠", first)
}

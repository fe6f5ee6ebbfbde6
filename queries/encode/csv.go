package encode

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"iter"
	"strings"

	"orbat/queries"
)

// csvColumn is a column of a CSV profile: its head and what stands under it.
type csvColumn[T any] struct {
	head string
	of   func(T) string
}

// encodeCSVLinks writes one CSV of edges, for spreadsheets, in which no text begins a formula.
func encodeCSVLinks(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	columns := []csvColumn[*edgeRow]{
		{"id", func(e *edgeRow) string { return e.id }},
		{"from", func(e *edgeRow) string { return e.From }},
		{"to", func(e *edgeRow) string { return e.To }},
	}
	for _, c := range edgeColumns() {
		columns = append(columns, csvColumn[*edgeRow]{c.name, c.of})
	}
	for i, c := range columns {
		columns[i].of = func(e *edgeRow) string { return noFormula(c.of(e)) }
	}
	if err := each(out, g.Nodes, func(*queries.Node) {}); err != nil {
		return err
	}
	if err := csvTable(out, columns, g.Edges, newEdgeRow); err != nil {
		return err
	}
	return out.end()
}

// noFormula puts an apostrophe before what a spreadsheet would calculate.
func noFormula(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}

// encodeCSVGephi writes the tables of nodes and edges that Gephi's import of spreadsheets wants.
func encodeCSVGephi(w io.Writer, g *queries.Graph) error {
	nodes := []csvColumn[*nodeRow]{
		{"Id", func(n *nodeRow) string { return n.XID }},
		{"Label", (*nodeRow).label},
	}
	edges := []csvColumn[*edgeRow]{
		{"Id", func(e *edgeRow) string { return e.id }},
		{"Source", func(e *edgeRow) string { return e.From }},
		{"Target", func(e *edgeRow) string { return e.To }},
		{"Type", func(*edgeRow) string { return "Directed" }},
		{"Label", edgeLabel},
	}
	for _, c := range nodeColumns() {
		if c.name != "label" { // Gephi's heads do not tell capitals
			nodes = append(nodes, csvColumn[*nodeRow]{c.name, c.of})
		}
	}
	for _, c := range edgeColumns() {
		if c.name != "label" {
			edges = append(edges, csvColumn[*edgeRow]{c.name, c.of})
		}
	}
	return csvZip(w, g, nodes, edges)
}

// encodeCSVNeo4j writes what neo4j-admin database import wants, to be called with --multiline-fields=true.
func encodeCSVNeo4j(w io.Writer, g *queries.Graph) error {
	nodes := []csvColumn[*nodeRow]{
		{"xid:ID", func(n *nodeRow) string { return n.XID }},
		{":LABEL", neo4jLabel},
	}
	edges := []csvColumn[*edgeRow]{
		{":START_ID", func(e *edgeRow) string { return e.From }},
		{":END_ID", func(e *edgeRow) string { return e.To }},
		{":TYPE", func(e *edgeRow) string { return e.Relation }},
		{"id:string", func(e *edgeRow) string { return e.id }},
	}
	for _, c := range nodeColumns() {
		if c.name != "xid" {
			nodes = append(nodes, csvColumn[*nodeRow]{c.name + ":" + string(c.kind), c.of})
		}
	}
	for _, c := range edgeColumns() {
		edges = append(edges, csvColumn[*edgeRow]{c.name + ":" + string(c.kind), c.of})
	}
	return csvZip(w, g, nodes, edges)
}

// neo4jLabel is never empty: a node without a label is hard to find.
func neo4jLabel(n *nodeRow) string {
	if n.Type == "" {
		return "Entity"
	}
	return n.Type
}

// csvZip writes nodes.csv and edges.csv as the entries of a zip, one after the other as they come. The entries have no
// time, so that the same graph makes the same bytes.
func csvZip(w io.Writer, g *queries.Graph, nodes []csvColumn[*nodeRow], edges []csvColumn[*edgeRow]) error {
	archive := zip.NewWriter(w)
	if err := csvEntry(archive, "nodes.csv", func(out *output) error { return csvTable(out, nodes, g.Nodes, newNodeRow) }); err != nil {
		return err
	}
	if err := csvEntry(archive, "edges.csv", func(out *output) error { return csvTable(out, edges, g.Edges, newEdgeRow) }); err != nil {
		return err
	}
	return archive.Close()
}

func csvEntry(archive *zip.Writer, name string, write func(*output) error) error {
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	out := newOutput(entry)
	if err := write(out); err != nil {
		return err
	}
	return out.end()
}

func csvTable[T, R any](out *output, columns []csvColumn[R], items iter.Seq2[T, error], row func(T) R) error {
	table := csv.NewWriter(out.buf) // which is large enough for it not to make a buffer of its own
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.head
	}
	out.record(table, line)
	return each(out, items, func(item T) {
		r := row(item)
		for i, c := range columns {
			line[i] = plainText(c.of(r))
		}
		out.record(table, line)
	})
}

func (o *output) record(table *csv.Writer, line []string) {
	if o.err == nil {
		o.err = table.Write(line)
	}
}

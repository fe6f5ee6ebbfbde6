package encode

import (
	"encoding/json"
	"unicode/utf8"

	"orbat/queries"
)

// jsonRow writes the members of one flat JSON object.
type jsonRow struct{ buf []byte }

func newJSONRow() *jsonRow { return &jsonRow{buf: append(make([]byte, 0, 512), '{')} }

// key begins a member. Names are ours: letters and underscores.
func (r *jsonRow) key(name string) {
	if len(r.buf) > 1 {
		r.buf = append(r.buf, ',')
	}
	r.buf = append(r.buf, '"')
	r.buf = append(r.buf, name...)
	r.buf = append(r.buf, '"', ':')
}

func (r *jsonRow) text(name, text string) {
	r.key(name)
	r.buf = appendText(r.buf, text)
}

// cell writes a column's value: numbers and truth values bare.
func (r *jsonRow) cell(name string, kind kind, text string) {
	if kind == textKind {
		r.text(name, text)
		return
	}
	r.key(name)
	r.buf = append(r.buf, text...)
}

func (r *jsonRow) end() []byte { return append(r.buf, '}') }

// nodeCells adds all columns of a node.
func (r *jsonRow) nodeCells(columns []column[*nodeRow], row *nodeRow) {
	cells(columns, row, func(c *column[*nodeRow], text string) { r.cell(c.name, c.kind, text) })
}

// edgeCells adds all columns of an edge.
func (r *jsonRow) edgeCells(columns []column[*edgeRow], row *edgeRow) {
	cells(columns, row, func(c *column[*edgeRow], text string) { r.cell(c.name, c.kind, text) })
}

// appendText appends a JSON string that may stand in a <script> element.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c >= utf8.RuneSelf, c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(text) // a text always encodes
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// graphRow is what a flat format says of the whole graph.
func graphRow(g *queries.Graph) *jsonRow {
	row := newJSONRow()
	row.text("title", g.Title)
	if meta := metaText(g); meta != "" {
		row.text("meta", meta)
	}
	return row
}

// list puts the items of a JSON array on lines of their own. The function it returns is to be called before each.
func (o *output) list() (next func()) {
	first := true
	return func() {
		if first {
			o.raw("\n")
		} else {
			o.raw(",\n")
		}
		first = false
	}
}

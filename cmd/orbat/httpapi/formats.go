package httpapi

import (
	"encoding/json"
	"io"

	"orbat/queries"
	"orbat/queries/encode"
)

// ndjson is the format of answers and exports as a stream of records, each on a line, of which the last tells that it
// is whole.
const ndjson = "ndjson"

// canonical is the format of the export that loads into an empty database (law 14).
const canonical = "canonical"

const (
	jsonMIME   = "application/json"
	ndjsonMIME = "application/x-ndjson"
)

// formatNames lists what an answer may be written as.
func formatNames() []string {
	names := []string{"json", ndjson}
	for _, e := range encode.Tables() {
		names = append(names, e.Name)
	}
	return append(names, encode.GraphNames()...)
}

// formatMIMEs returns the MIME types of the formats, each with the names of those that have it.
func formatMIMEs() map[string]string {
	types := map[string]string{ndjsonMIME: ndjson}
	add := func(kind, name string) {
		if kind == jsonMIME {
			return
		}
		if types[kind] != "" {
			name = types[kind] + ", " + name
		}
		types[kind] = name
	}
	for _, e := range encode.Tables() {
		add(e.MIME, e.Name)
	}
	for _, e := range encode.All() {
		add(e.MIME, e.Name)
	}
	return types
}

// record is one line of a stream. Exactly one of its fields is set.
type record struct {
	Node *queries.Node `json:"node,omitempty"`
	Edge *queries.Edge `json:"edge,omitempty"`
	Row  *recordRow    `json:"row,omitempty"`
	End  *recordEnd    `json:"end,omitempty"`
}

// recordRow is a row of an answer.
type recordRow struct {
	Cells  map[string]string `json:"cells"`            // by column
	Edge   string            `json:"edge,omitempty"`   // the id of the edge that it is about
	Claims []string          `json:"claims,omitempty"` // keys of the claims that it rests on; none: all behind that edge
}

// recordEnd is the last line of a stream: that it is whole, or why it is not.
type recordEnd struct {
	Complete  bool     `json:"complete"`
	Nodes     int      `json:"nodes"`
	Edges     int      `json:"edges"`
	Rows      int      `json:"rows"`
	Truncated bool     `json:"truncated,omitempty"` // a limit was reached: there is more
	Possible  int      `json:"possible,omitempty"`
	Contested int      `json:"contested,omitempty"`
	Ungraded  int      `json:"ungraded,omitempty"`
	Notes     []string `json:"notes,omitempty"`
	Problem   *Problem `json:"problem,omitempty"` // why it is not whole
}

// recordWriter writes a stream of records.
type recordWriter struct {
	encoder *json.Encoder
	end     recordEnd
}

func newRecordWriter(w io.Writer) *recordWriter {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return &recordWriter{encoder: encoder}
}

// graph writes the nodes and edges of a graph.
func (w *recordWriter) graph(g *queries.Graph) error {
	for node, err := range g.Nodes {
		if err != nil {
			return err
		}
		w.end.Nodes++
		if err := w.encoder.Encode(record{Node: node}); err != nil {
			return err
		}
	}
	for edge, err := range g.Edges {
		if err != nil {
			return err
		}
		w.end.Edges++
		if err := w.encoder.Encode(record{Edge: edge}); err != nil {
			return err
		}
	}
	return nil
}

// answer writes an answer: its entities and edges, then its rows.
func (w *recordWriter) answer(r *queries.Result) error {
	if err := w.graph(r.Graph()); err != nil {
		return err
	}
	for i, cells := range r.Rows {
		row := &recordRow{Cells: map[string]string{}}
		for n, column := range r.Columns {
			row.Cells[column] = cells[n]
		}
		if i < len(r.RowEdge) {
			row.Edge = r.RowEdge[i]
		}
		if i < len(r.RowClaims) {
			for _, claim := range r.RowClaims[i] {
				row.Claims = append(row.Claims, claim.Key)
			}
		}
		w.end.Rows++
		if err := w.encoder.Encode(record{Row: row}); err != nil {
			return err
		}
	}
	w.end.Truncated, w.end.Possible, w.end.Contested, w.end.Ungraded, w.end.Notes = r.Truncated, r.Possible, r.Contested, r.Ungraded,
		r.Notes
	return nil
}

// close writes the last record: that all was written, or what went wrong.
func (w *recordWriter) close(err error) error {
	w.end.Complete = err == nil
	if err != nil {
		w.end.Problem = ProblemOf(err)
	}
	return w.encoder.Encode(record{End: &w.end})
}

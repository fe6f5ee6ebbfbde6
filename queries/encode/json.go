package encode

import (
	"cmp"
	"encoding/json"
	"io"

	"orbat/queries"
	"orbat/schema"
)

// encodeJSON writes the graph as our own JSON, nodes and edges as [queries.Node] and [queries.Edge] are, each on a line
// of its own.
func encodeJSON(w io.Writer, g *queries.Graph) error {
	out := newOutput(w)
	if err := writeJSON(out, g, nil); err != nil {
		return err
	}
	return out.end()
}

// writeJSON writes the graph as JSON, with its vocabulary where one is given.
func writeJSON(out *output, g *queries.Graph, vocabulary *schema.Vocabulary) error {
	meta := g.Meta
	if meta == nil {
		meta = map[string]string{}
	}
	out.raw(`{"title":`)
	out.value(g.Title)
	out.raw(",\n", `"meta":`)
	out.value(meta)
	if vocabulary != nil {
		out.raw(",\n", `"vocabulary":`)
		out.value(vocabulary)
	}
	out.raw(",\n", `"nodes":[`)
	next := out.list()
	err := each(out, g.Nodes, func(n *queries.Node) {
		next()
		out.value(n)
	})
	if err != nil {
		return err
	}
	out.raw("\n],\n", `"edges":[`)
	next = out.list()
	err = each(out, g.Edges, func(e *queries.Edge) {
		if e.ID == "" {
			named := *e
			named.ID = newEdgeRow(e).id
			e = &named
		}
		next()
		out.value(e)
	})
	if err != nil {
		return err
	}
	out.raw("\n]}\n")
	return out.err
}

// value writes a value as JSON.
func (o *output) value(v any) {
	b, err := json.Marshal(v)
	o.err = cmp.Or(o.err, err)
	o.bytes(b)
}

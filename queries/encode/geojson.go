package encode

import (
	"io"
	"strconv"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"orbat/queries"
)

// encodeGeoJSON writes GeoJSON (RFC 7946): a feature for each entity that has a position, and one for each link of
// which an end has: a unit that is based at a place is at the place, for the link's time. Both have the columns of the
// other formats, a link also who it is about (from, from_name, from_type, to, …); feature tells them apart. What a map
// cannot show is left out and counted in the member left_out, after the features.
//
// Positions are kept until the end: memory grows with their number, not with the graph, but for a bounded number of
// names.
func encodeGeoJSON(w io.Writer, g *queries.Graph) error {
	out, known := newOutput(w), newAtlas()
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`{"type":"FeatureCollection",`, "\n", `"orbat":`)
	out.bytes(graphRow(g).end())
	out.raw(",\n", `"features":[`)
	next := out.list()
	err := each(out, g.Nodes, func(n *queries.Node) {
		row := newNodeRow(n)
		at := known.add(row)
		if at == nil {
			return
		}
		values := newJSONRow()
		values.text("feature", "entity")
		values.nodeCells(nodes, row)
		next()
		feature(out, n.XID, at.shape, values)
	})
	if err != nil {
		return err
	}
	err = each(out, g.Edges, func(e *queries.Edge) {
		shape := known.link(e)
		if shape == nil {
			return
		}
		row, values := newEdgeRow(e), newJSONRow()
		from, to := known.called(e.From), known.called(e.To)
		values.text("feature", "link")
		values.text("edge", row.id)
		for _, end := range linkEnds(e, from, to) {
			values.text(end.name, end.text)
		}
		cells(edges, row, func(c *column[*edgeRow], text string) {
			if c.name == "label" {
				text = from.name + " " + text + " " + to.name
			}
			values.cell(c.name, c.kind, text)
		})
		next()
		feature(out, row.id, shape, values)
	})
	if err != nil {
		return err
	}
	out.raw("\n],\n", `"left_out":{"entities":`, strconv.Itoa(known.unplaced), `,"invalid_positions":`, strconv.Itoa(known.invalid),
		`,"links":`, strconv.Itoa(known.unlinked), "}}\n")
	if err := out.end(); err != nil {
		return err
	}
	known.notice(g)
	return nil
}

func feature(out *output, id string, shape geom.T, values *jsonRow) {
	geometry, err := geojson.Marshal(shape)
	if err != nil && out.err == nil {
		out.err = err
	}
	out.raw(`{"type":"Feature","id":`)
	out.bytes(appendText(nil, id))
	out.raw(`,"geometry":`)
	out.bytes(geometry)
	out.raw(`,"properties":`)
	out.bytes(values.end())
	out.raw("}")
}

type cell struct{ name, text string }

// linkEnds are a link's columns about its ends; empty ones left out.
func linkEnds(e *queries.Edge, from, to named) []cell {
	var all []cell
	for _, c := range []cell{
		{"from", e.From}, {"from_name", from.name}, {"from_type", from.kind}, {"to", e.To}, {"to_name", to.name}, {"to_type", to.kind},
	} {
		if c.text != "" {
			all = append(all, c)
		}
	}
	return all
}

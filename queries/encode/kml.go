package encode

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/twpayne/go-geom"

	"orbat/queries"
	"orbat/schema"
)

// encodeKML writes KML 2.2: the features of [encodeGeoJSON] as placemarks in two folders, entities and links, each in
// its type's colour (a link in that of the end which is no place) and with its time, which Google Earth's slider
// filters by. The columns are typed ExtendedData; label and description are KML's own. Google Earth takes a description
// for HTML, so it is written as such, in which text stays text; it is all that its balloons show, since what else they
// would show they take for HTML too. What a map cannot show is left out; how much stands in a comment at the end.
func encodeKML(w io.Writer, g *queries.Graph) error {
	ontology, err := ontologyOf(g)
	if err != nil {
		return err
	}
	out, known := newOutput(w), newAtlas()
	nodes, edges := nodeColumns(), edgeColumns()
	out.raw(`<?xml version="1.0" encoding="UTF-8"?>`, "\n", `<kml xmlns="http://www.opengis.net/kml/2.2">`, "\n  <Document>\n")
	kmlElement(out, "name", oneLine(g.Title))
	if meta := metaText(g); meta != "" {
		kmlElement(out, "description", htmlText(meta))
	}
	for _, name := range styleNames(ontology) {
		kmlStyle(out, name, ontology.Style(name))
	}
	kmlSchema(out, "entity", nil, nodes)
	kmlSchema(out, "link", []string{"edge", "from", "from_name", "from_type", "to", "to_name", "to_type"}, edges)
	out.raw("    <Folder>\n      <name>entities</name>\n")
	err = each(out, g.Nodes, func(n *queries.Node) {
		row := newNodeRow(n)
		at := known.add(row)
		if at == nil {
			return
		}
		description := cmp.Or(joined(n.Properties, "description"), row.label())
		kmlHead(out, row.label(), description, row.date, styleName(ontology, n.Type))
		out.raw(`        <ExtendedData><SchemaData schemaUrl="#entity">`, "\n")
		cells(nodes, row, func(c *column[*nodeRow], text string) { kmlData(out, c.name, text) })
		kmlTail(out, at.shape)
	})
	if err != nil {
		return err
	}
	out.raw("    </Folder>\n    <Folder>\n      <name>links</name>\n")
	err = each(out, g.Edges, func(e *queries.Edge) {
		shape := known.link(e)
		if shape == nil {
			return
		}
		row, from, to := newEdgeRow(e), known.called(e.From), known.called(e.To)
		who := from.kind
		if known.places[e.From] != nil {
			who = to.kind
		}
		label := from.name + " " + edgeLabel(row) + " " + to.name
		kmlHead(out, label, linkText(label, edges, row), row.held, styleName(ontology, who))
		out.raw(`        <ExtendedData><SchemaData schemaUrl="#link">`, "\n")
		kmlData(out, "edge", row.id)
		for _, end := range linkEnds(e, from, to) {
			kmlData(out, end.name, end.text)
		}
		cells(edges, row, func(c *column[*edgeRow], text string) {
			if c.kind == booleanKind { // GDAL knows 0 and 1 only
				text = map[string]string{"false": "0", "true": "1"}[text]
			}
			kmlData(out, c.name, text)
		})
		kmlTail(out, shape)
	})
	if err != nil {
		return err
	}
	out.raw("    </Folder>\n  </Document>\n",
		fmt.Sprintf("  <!-- left out: %d entities without a position, %d positions that cannot be read, %d links -->\n",
			known.unplaced, known.invalid, known.unlinked), "</kml>\n")
	if err := out.end(); err != nil {
		return err
	}
	known.notice(g)
	return nil
}

// linkText returns what a balloon shows of a link: a line each for what it says, when it held, and who says so.
func linkText(label string, columns []column[*edgeRow], row *edgeRow) string {
	lines := []string{label}
	cells(columns, row, func(c *column[*edgeRow], text string) {
		switch {
		case c.name == "period" || c.name == "evidence":
			lines = append(lines, text)
		case c.name == "contested" && row.Contested:
			lines = append(lines, "contested: others deny it")
		}
	})
	return strings.Join(lines, "\n")
}

// htmlText returns a text as HTML that shows it as it is.
func htmlText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func kmlElement(out *output, name, text string) {
	out.raw("    <", name, ">")
	out.escape(text)
	out.raw("</", name, ">\n")
}

// kmlStyle writes a style, its colour as alpha, blue, green, red. Areas let the map shine through. The balloon shows
// the description alone.
func kmlStyle(out *output, name string, style schema.Style) {
	red, green, blue := style.RGB()
	bgr := fmt.Sprintf("%02x%02x%02x", blue, green, red)
	out.raw(`    <Style id="`, name, `"><IconStyle><color>ff`, bgr, "</color></IconStyle><LineStyle><color>ff", bgr,
		"</color><width>2</width></LineStyle><PolyStyle><color>66", bgr, "</color></PolyStyle>",
		"<BalloonStyle><text>$[description]</text></BalloonStyle></Style>\n")
}

func kmlSchema[T any](out *output, id string, first []string, columns []column[T]) {
	out.raw(`    <Schema name="`, id, `" id="`, id, `">`, "\n")
	field := func(name, kind string) {
		out.raw(`      <SimpleField type="`, kind, `" name="`, name, `"/>`, "\n")
	}
	for _, name := range first {
		field(name, "string")
	}
	for _, c := range columns {
		switch {
		case kmlOwn(c.name):
		case c.kind == booleanKind:
			field(c.name, "bool")
		default:
			field(c.name, string(c.kind))
		}
	}
	out.raw("    </Schema>\n")
}

// kmlOwn reports whether a column is an element of KML; readers take a field of that name for the same.
func kmlOwn(column string) bool {
	return column == "label" || column == "description" || column == "name"
}

func kmlData(out *output, name, text string) {
	if kmlOwn(name) {
		return
	}
	out.raw(`          <SimpleData name="`, name, `">`)
	out.escape(text)
	out.raw("</SimpleData>\n")
}

// kmlHead begins a placemark: its name, its description, its time and its style, in the order that KML wants.
func kmlHead(out *output, name, description string, when span, style string) {
	out.raw("      <Placemark>\n        <name>")
	out.escape(name)
	out.raw("</name>\n")
	out.raw("        <description>")
	out.escape(htmlText(description))
	out.raw("</description>\n")
	switch from, to := when.from(), when.to(); {
	case from == "" && to == "":
	case from == to:
		out.raw("        <TimeStamp><when>", from, "</when></TimeStamp>\n")
	default:
		out.raw("        <TimeSpan>")
		if from != "" {
			out.raw("<begin>", from, "</begin>")
		}
		if to != "" {
			out.raw("<end>", to, "</end>")
		}
		out.raw("</TimeSpan>\n")
	}
	out.raw("        <styleUrl>#", style, "</styleUrl>\n")
}

func kmlTail(out *output, shape geom.T) {
	out.raw("        </SchemaData></ExtendedData>\n        ")
	kmlGeometry(out, shape)
	out.raw("\n      </Placemark>\n")
}

func kmlGeometry(out *output, shape geom.T) {
	switch s := shape.(type) {
	case *geom.Point:
		kmlCoordinates(out, "Point", s.FlatCoords(), s.Stride())
	case *geom.LineString:
		kmlCoordinates(out, "LineString", s.FlatCoords(), s.Stride())
	case *geom.Polygon:
		out.raw("<Polygon>")
		for i := range s.NumLinearRings() {
			side := "innerBoundaryIs"
			if i == 0 {
				side = "outerBoundaryIs"
			}
			out.raw("<", side, ">")
			kmlCoordinates(out, "LinearRing", s.LinearRing(i).FlatCoords(), s.Stride())
			out.raw("</", side, ">")
		}
		out.raw("</Polygon>")
	default:
		out.raw("<MultiGeometry>")
		for _, part := range partsOf(shape) {
			kmlGeometry(out, part)
		}
		out.raw("</MultiGeometry>")
	}
}

// partsOf returns the parts of a geometry of several.
func partsOf(shape geom.T) []geom.T {
	var parts []geom.T
	switch s := shape.(type) {
	case *geom.MultiPoint:
		for i := range s.NumPoints() {
			parts = append(parts, s.Point(i))
		}
	case *geom.MultiLineString:
		for i := range s.NumLineStrings() {
			parts = append(parts, s.LineString(i))
		}
	case *geom.MultiPolygon:
		for i := range s.NumPolygons() {
			parts = append(parts, s.Polygon(i))
		}
	case *geom.GeometryCollection:
		parts = s.Geoms()
	}
	return parts
}

func kmlCoordinates(out *output, name string, flat []float64, stride int) {
	out.raw("<", name, "><coordinates>")
	for i := 0; i+1 < len(flat); i += stride {
		if i > 0 {
			out.raw(" ")
		}
		out.raw(degrees(flat[i]), ",", degrees(flat[i+1]))
		if stride > 2 {
			out.raw(",", strconv.FormatFloat(flat[i+2], 'f', -1, 64))
		}
	}
	out.raw("</coordinates></", name, ">")
}

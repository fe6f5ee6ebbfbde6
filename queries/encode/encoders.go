package encode

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"orbat/queries"
	"orbat/schema"
)

// Encoder writes a graph in one format.
type Encoder struct {
	Name      string // as -o takes it
	Extension string // with the dot
	MIME      string
	Doc       string // one line for help texts

	// Encode reads the nodes, then the edges, once, and writes as it reads. See the package's documentation for what
	// an error leaves behind.
	Encode func(w io.Writer, g *queries.Graph) error
}

// GraphNames lists the formats of graphs, in the order of help texts: the JSON of an answer is the answer's own.
func GraphNames() (names []string) {
	for _, e := range All() {
		if e.Name != "json" {
			names = append(names, e.Name)
		}
	}
	return names
}

// All lists the encoders, in the order of help texts. This list is the only place that knows them all.
func All() []Encoder {
	return []Encoder{
		{
			Name: "graphml", Extension: ".graphml", MIME: "application/graphml+xml", Doc: "GraphML, for yEd, Gephi, networkx, igraph",
			Encode: encodeGraphML,
		},
		{
			Name: "gexf", Extension: ".gexf", MIME: "application/gexf+xml",
			Doc: "GEXF 1.3 with colours and a time line, for Gephi and graphology; networkx takes gexf12 alone", Encode: encodeGEXF,
		},
		{
			Name: "gexf12", Extension: ".gexf", MIME: "application/gexf+xml", Doc: "GEXF 1.2, for networkx and older Gephis",
			Encode: encodeGEXF12,
		},
		{
			Name: "yed", Extension: ".graphml", MIME: "application/graphml+xml", Doc: "GraphML as yEd draws it, with shapes and colours",
			Encode: encodeYEd,
		},
		{Name: "dot", Extension: ".dot", MIME: "text/vnd.graphviz", Doc: "DOT, for Graphviz and pydot", Encode: encodeDOT},
		{
			Name: "mermaid", Extension: ".mmd", MIME: "text/plain",
			Doc: "Mermaid flowchart, for Markdown; its readers take 500 links and 50,000 characters", Encode: encodeMermaid,
		},
		{Name: "csv-links", Extension: ".csv", MIME: "text/csv", Doc: "links as one table, for spreadsheets", Encode: encodeLinks},
		{
			Name: "csv-gephi", Extension: ".zip", MIME: "application/zip", Doc: "zip of nodes.csv and edges.csv, as Gephi imports them",
			Encode: encodeGephi,
		},
		{
			Name: "csv-neo4j", Extension: ".zip", MIME: "application/zip", Doc: "zip of nodes.csv and edges.csv, for neo4j-admin import",
			Encode: encodeNeo4j,
		},
		{
			Name: "cytoscape", Extension: ".cyjs", MIME: "application/json", Doc: "Cytoscape JSON, for Cytoscape, cytoscape.js, networkx",
			Encode: encodeCytoscape,
		},
		{
			Name: "node-link", Extension: ".json", MIME: "application/json",
			Doc: "node-link JSON, for D3 and networkx (3.6 and later: node_link_graph(data, edges=\"links\"))", Encode: encodeNodeLink,
		},
		{
			Name: "geojson", Extension: ".geojson", MIME: "application/geo+json", Doc: "GeoJSON of what has a place, for QGIS and web maps",
			Encode: encodeGeoJSON,
		},
		{
			Name: "kml", Extension: ".kml", MIME: "application/vnd.google-earth.kml+xml",
			Doc: "KML 2.2 of what has a place, for Google Earth", Encode: encodeKML,
		},
		{
			Name: "stix", Extension: ".stix.json", MIME: "application/stix+json;version=2.1",
			Doc: "STIX 2.1, lossy: what it cannot say stands in extensions", Encode: encodeSTIX,
		},
		{
			Name: "html", Extension: ".html", MIME: "text/html;charset=utf-8",
			Doc: "one page that opens from disk, offline: graph, table, filters, and every quote and source", Encode: encodeHTML,
		},
		{Name: "json", Extension: ".json", MIME: "application/json", Doc: "orbat's own JSON, with everything known", Encode: encodeJSON},
	}
}

// Find returns the encoder of that name or an [UnknownFormatError].
func Find(name string) (Encoder, error) {
	all := All()
	if i := slices.IndexFunc(all, func(e Encoder) bool { return e.Name == name }); i >= 0 {
		return all[i], nil
	}
	unknown := &UnknownFormatError{}
	for _, e := range all {
		unknown.Known = append(unknown.Known, e.Name)
	}
	unknown.Near = schema.Nearest(name, unknown.Known)
	unknown.Fault = schema.Fault{
		Value:  name,
		Reason: fmt.Sprintf("no export format is called %q; there are %s", schema.Shorten(name), strings.Join(unknown.Known, ", ")),
		Hint:   schema.DidYouMean(unknown.Near, ""),
	}
	return Encoder{}, unknown
}

// UnknownFormatError says that no encoder has the name.
type UnknownFormatError struct {
	schema.Fault
	Near  string   // the known name that may have been meant; "" if none is near
	Known []string // all names
}

package encode

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"testing"

	"orbat/queries"
)

// reading is what a program has read from a file: the same for every flat format. Whatever a program calls its ids,
// nodes go by their xid.
type reading struct {
	Nodes map[string]map[string]any // xid → column → value
	Edges map[string]readEdge       // id → edge
}

type readEdge struct {
	From, To string // xids
	Values   map[string]any
}

// expected is what the nasty graph should be read as from a flat format.
func expected(t *testing.T, format string) reading {
	t.Helper()
	want := reading{Nodes: map[string]map[string]any{}, Edges: map[string]readEdge{}}
	g := nasty()
	for n, err := range g.Nodes {
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]any{}
		cells(nodeColumns(), newNodeRow(n), func(c *column[*nodeRow], text string) { values[c.name] = wanted(c.kind, text, format) })
		want.Nodes[readable(n.XID, format)] = values
	}
	for e, err := range g.Edges {
		if err != nil {
			t.Fatal(err)
		}
		row, values := newEdgeRow(e), map[string]any{}
		cells(edgeColumns(), row, func(c *column[*edgeRow], text string) { values[c.name] = wanted(c.kind, text, format) })
		want.Edges[row.id] = readEdge{From: readable(e.From, format), To: readable(e.To, format), Values: values}
	}
	switch format {
	case "csv-links":
		return linksOnly(want)
	case "mermaid":
		return labelsOnly(want)
	}
	return want
}

// linksOnly is what a table of links says: of its ends only what to call them.
func linksOnly(all reading) reading {
	ends := map[string]map[string]any{}
	for _, e := range all.Edges {
		for _, xid := range []string{e.From, e.To} {
			ends[xid] = map[string]any{"xid": xid, "label": all.Nodes[xid]["label"]}
		}
	}
	return reading{Nodes: ends, Edges: all.Edges}
}

// labelsOnly is what a drawing says: edges have no ids there.
func labelsOnly(all reading) reading {
	shown := reading{Nodes: map[string]map[string]any{}, Edges: map[string]readEdge{}}
	for xid, values := range all.Nodes {
		shown.Nodes[xid] = map[string]any{"xid": xid, "label": values["label"]}
	}
	for _, e := range all.Edges {
		label := fmt.Sprint(e.Values["label"])
		if e.Values["contested"] == true {
			label += " (contested)"
		}
		shown.Edges[drawnID(e.From, label, e.To)] = readEdge{
			From: e.From, To: e.To,
			Values: map[string]any{"label": label, "possible": e.Values["possible"]},
		}
	}
	return shown
}

func drawnID(from, label, to string) string { return from + " " + label + " " + to }

func wanted(kind kind, text, format string) any {
	switch kind {
	case booleanKind:
		return text == "true"
	case intKind, doubleKind:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic(err)
		}
		return f
	default:
		return readable(text, format)
	}
}

// readable is a text as it can be written at all.
func readable(text, format string) string {
	text = strings.Map(func(r rune) rune {
		switch format {
		case "graphml", "gexf", "gexf12", "yed", "dot", "mermaid", "kml":
			if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
				return '\uFFFD'
			}
		case "csv-links", "csv-gephi", "csv-neo4j":
			if r == 0 {
				return '\uFFFD'
			}
		}
		return r // invalid bytes come as U+FFFD
	}, text)
	if strings.HasPrefix(format, "csv-") {
		return tame(text)
	}
	return text
}

// same compares what was read with what should have been.
func same(t *testing.T, got, want reading) {
	t.Helper()
	if len(got.Nodes) != len(want.Nodes) || len(got.Edges) != len(want.Edges) {
		t.Errorf("%d nodes and %d edges read, want %d and %d", len(got.Nodes), len(got.Edges), len(want.Nodes), len(want.Edges))
	}
	for xid, values := range want.Nodes {
		sameValues(t, "node "+xid, got.Nodes[xid], values)
	}
	for id, edge := range want.Edges {
		if have := got.Edges[id]; have.From != edge.From || have.To != edge.To {
			t.Errorf("edge %s goes from %q to %q, want %q to %q", id, have.From, have.To, edge.From, edge.To)
		}
		sameValues(t, "edge "+id, got.Edges[id].Values, edge.Values)
	}
	// These do not go by what the columns say.
	for _, text := range []struct{ xid, column, value string }{
		{"sfm:p1", "name", arabic},
		{"orbat:case/Person/сергей шойгу", "name", cyrillic},
		{"orbat:case/Person/сергей шойгу", "description", lines},
		{`orbat:case/#a"b<c>&'d`, "name", quoted},
		{"x:a b", "name", chinese},
		{"x:a_x0020_b", "description", script},
		{"x:strike", "label", "Strike on two lines"},
	} {
		if _, shown := want.Nodes[text.xid][text.column]; !shown {
			continue
		}
		if got.Nodes[text.xid][text.column] != text.value {
			t.Errorf("node %s has the %s %q, want %q", text.xid, text.column, got.Nodes[text.xid][text.column], text.value)
		}
	}
}

func sameValues(t *testing.T, of string, got, want map[string]any) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s has %d attributes, want %d", of, len(got), len(want))
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s: %s is %q, want %q", of, name, got[name], value)
		}
	}
	for name, value := range got {
		if _, found := want[name]; !found {
			t.Errorf("%s: %s is %q, want none", of, name, value)
		}
	}
}

// tidy drops what a program says for "no value", and what is its own.
func (r *reading) tidy() {
	dropped := func(columns map[string]bool) func(string, any) bool {
		return func(name string, value any) bool {
			f, isNumber := value.(float64)
			return !columns[name] || value == nil || value == "" || (isNumber && math.IsNaN(f))
		}
	}
	for _, values := range r.Nodes {
		maps.DeleteFunc(values, dropped(names(nodeColumns())))
	}
	for _, edge := range r.Edges {
		maps.DeleteFunc(edge.Values, dropped(names(edgeColumns())))
	}
}

func names[T any](columns []column[T]) map[string]bool {
	all := map[string]bool{}
	for _, c := range columns {
		all[c.name] = true
	}
	return all
}

// readers read each format in Go, for want of other programs. They are strict about ids: each once, every edge's ends
// among the nodes.
func readers() map[string]func(data []byte) (reading, error) {
	return map[string]func(data []byte) (reading, error){
		"graphml":   readGraphML,
		"gexf":      func(data []byte) (reading, error) { return readGEXF(data, "http://gexf.net/1.3") },
		"gexf12":    func(data []byte) (reading, error) { return readGEXF(data, "http://www.gexf.net/1.2draft") },
		"yed":       readYEd,
		"dot":       readDOT,
		"mermaid":   readMermaid,
		"csv-links": readLinks,
		"csv-gephi": readGephi,
		"csv-neo4j": readNeo4j,
		"cytoscape": readCytoscape,
		"node-link": readNodeLink,
		"json":      readJSON,
		"html":      readHTML,
		"geojson":   readGeoJSON,
		"kml":       readKML,
		"stix":      readSTIX,
	}
}

// reader collects nodes and edges by the ids of the file.
type reader struct {
	reading
	xids map[string]string
	err  error
}

func newReader() *reader {
	return &reader{reading: reading{Nodes: map[string]map[string]any{}, Edges: map[string]readEdge{}}, xids: map[string]string{}}
}

func (r *reader) node(id string, values map[string]any) {
	xid, _ := values["xid"].(string)
	if _, found := r.xids[id]; found || xid == "" {
		r.err = fmt.Errorf("node %q comes twice or has no xid", id)
	}
	r.xids[id] = xid
	r.Nodes[xid] = values
}

func (r *reader) edge(id, from, to string, values map[string]any) {
	_, again := r.Edges[id]
	if r.xids[from] == "" || r.xids[to] == "" || id == "" || again {
		r.err = fmt.Errorf("edge %q from %q to %q: an end is missing, or it comes twice", id, from, to)
	}
	r.Edges[id] = readEdge{From: r.xids[from], To: r.xids[to], Values: values}
}

func typed(kind, text string) any {
	switch kind {
	case "boolean":
		return text == "true"
	case "int", "integer", "double":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return err
		}
		return f
	default:
		return text
	}
}

func readGraphML(data []byte) (reading, error) {
	type datum struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	}
	var file struct {
		XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
		Keys    []struct {
			ID   string `xml:"id,attr"`
			Name string `xml:"attr.name,attr"`
			Type string `xml:"attr.type,attr"`
		} `xml:"key"`
		Nodes []struct {
			ID   string  `xml:"id,attr"`
			Data []datum `xml:"data"`
		} `xml:"graph>node"`
		Edges []struct {
			ID     string  `xml:"id,attr"`
			Source string  `xml:"source,attr"`
			Target string  `xml:"target,attr"`
			Data   []datum `xml:"data"`
		} `xml:"graph>edge"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	titles, types := map[string]string{}, map[string]string{}
	for _, k := range file.Keys {
		titles[k.ID], types[k.ID] = k.Name, k.Type
	}
	values := func(data []datum) map[string]any {
		all := map[string]any{}
		for _, d := range data {
			all[titles[d.Key]] = typed(types[d.Key], d.Text)
		}
		return all
	}
	r := newReader()
	for _, n := range file.Nodes {
		r.node(n.ID, values(n.Data))
	}
	for _, e := range file.Edges {
		r.edge(e.ID, e.Source, e.Target, values(e.Data))
	}
	return r.reading, r.err
}

func readGEXF(data []byte, namespace string) (reading, error) {
	type datum struct {
		For   string `xml:"for,attr"`
		Value string `xml:"value,attr"`
	}
	type when struct {
		Start string `xml:"start,attr"`
		End   string `xml:"end,attr"`
	}
	var file struct {
		XMLName    xml.Name
		Attributes []struct {
			Class string `xml:"class,attr"`
			All   []struct {
				ID   string `xml:"id,attr"`
				Type string `xml:"type,attr"`
			} `xml:"attribute"`
		} `xml:"graph>attributes"`
		Nodes []struct {
			when
			ID    string  `xml:"id,attr"`
			Label string  `xml:"label,attr"`
			Data  []datum `xml:"attvalues>attvalue"`
		} `xml:"graph>nodes>node"`
		Edges []struct {
			when
			ID     string  `xml:"id,attr"`
			Label  string  `xml:"label,attr"`
			Source string  `xml:"source,attr"`
			Target string  `xml:"target,attr"`
			Data   []datum `xml:"attvalues>attvalue"`
		} `xml:"graph>edges>edge"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	if file.XMLName.Space != namespace {
		return reading{}, fmt.Errorf("the namespace is %q, want %q", file.XMLName.Space, namespace)
	}
	types := map[string]string{}
	for _, class := range file.Attributes {
		for _, a := range class.All {
			types[class.Class+a.ID] = a.Type
		}
	}
	r := newReader()
	values := func(class, label string, time when, data []datum) map[string]any {
		if time.Start != "" && time.End != "" && time.Start >= time.End {
			r.err = fmt.Errorf("%s %q starts at %s and ends at %s", class, label, time.Start, time.End)
		}
		all := map[string]any{"label": label}
		for _, d := range data {
			all[d.For] = typed(types[class+d.For], d.Value)
		}
		return all
	}
	for _, n := range file.Nodes {
		r.node(n.ID, values("node", n.Label, n.when, n.Data))
	}
	for _, e := range file.Edges {
		r.edge(e.ID, e.Source, e.Target, values("edge", e.Label, e.when, e.Data))
	}
	return r.reading, r.err
}

func readCytoscape(data []byte) (reading, error) {
	var file struct {
		Elements struct {
			Nodes, Edges []struct{ Data map[string]any }
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, n := range file.Elements.Nodes {
		if n.Data["id"] != n.Data["value"] {
			r.err = fmt.Errorf("node %v has the value %v", n.Data["id"], n.Data["value"])
		}
		r.node(fmt.Sprint(n.Data["id"]), n.Data)
	}
	for _, e := range file.Elements.Edges {
		r.edge(fmt.Sprint(e.Data["id"]), fmt.Sprint(e.Data["source"]), fmt.Sprint(e.Data["target"]), e.Data)
	}
	r.tidy()
	return r.reading, r.err
}

func readNodeLink(data []byte) (reading, error) {
	var file struct {
		Directed, Multigraph bool
		Nodes, Links         []map[string]any
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	if !file.Directed || !file.Multigraph {
		r.err = fmt.Errorf("directed is %t, multigraph %t", file.Directed, file.Multigraph)
	}
	for _, n := range file.Nodes {
		r.node(fmt.Sprint(n["id"]), n)
	}
	for _, e := range file.Links {
		r.edge(fmt.Sprint(e["key"]), fmt.Sprint(e["source"]), fmt.Sprint(e["target"]), e)
	}
	r.tidy()
	return r.reading, r.err
}

// readJSON reads our own JSON, and makes of it what the flat formats say.
func readJSON(data []byte) (reading, error) {
	var file struct {
		Title string
		Meta  map[string]string
		Nodes []*queries.Node
		Edges []*queries.Edge
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, n := range file.Nodes {
		values := map[string]any{}
		cells(nodeColumns(), newNodeRow(n), func(c *column[*nodeRow], text string) { values[c.name] = typed(string(c.kind), text) })
		r.node(n.XID, values)
	}
	for _, e := range file.Edges {
		values := map[string]any{}
		cells(edgeColumns(), newEdgeRow(e), func(c *column[*edgeRow], text string) { values[c.name] = typed(string(c.kind), text) })
		r.edge(e.ID, e.From, e.To, values)
	}
	return r.reading, r.err
}

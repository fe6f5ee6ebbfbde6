package encode

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/twpayne/go-geom"

	"orbat/queries"
	"orbat/schema"
)

// mapFormat: the formats that show what has a place only, held to their promises here.
func mapFormat(name string) bool { return name == "geojson" || name == "kml" }

func mapEncoders(t *testing.T) []Encoder {
	t.Helper()
	var all []Encoder
	for _, name := range []string{"geojson", "kml"} {
		e, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func TestMaps(t *testing.T) {
	for _, e := range mapEncoders(t) {
		t.Run(e.Name, func(t *testing.T) {
			t.Run("golden", func(t *testing.T) { golden(t, e) })
			t.Run("empty", func(t *testing.T) { empty(t, e) })
			t.Run("deterministic", func(t *testing.T) { deterministic(t, e) })
			t.Run("order", func(t *testing.T) { readsOnceInOrder(t, e) })
			t.Run("source error", func(t *testing.T) { sourceError(t, e) })
			t.Run("write error", func(t *testing.T) {
				full := errors.New("no space left on device")
				whole := len(encoded(t, e, placed(300, 3000)))
				for _, room := range []int{0, 1, whole / 2, whole - 1} {
					if err := e.Encode(&smallDisk{room: room, err: full}, placed(300, 3000)); !errors.Is(err, full) {
						t.Errorf("room for %d of %d bytes: encoding gives %v", room, whole, err)
					}
				}
			})
			t.Run("memory", func(t *testing.T) { linksMemory(t, e) })
		})
	}
}

// placed is a graph of any size in which one node in ten has a position and every link leads to one.
func placed(nodes, edges int) *queries.Graph {
	g := generated(nodes, edges)
	inner, links := g.Nodes, g.Edges
	g.Nodes = func(yield func(*queries.Node, error) bool) {
		i := 0
		for n, err := range inner {
			if i%10 == 0 {
				n.Type, n.Properties["geo"] = "Location", []string{fmt.Sprintf(`{"type":"Point","coordinates":[%d,%d]}`, i%180, i%90)}
			}
			i++
			if !yield(n, err) {
				return
			}
		}
	}
	g.Edges = func(yield func(*queries.Edge, error) bool) {
		i := 0
		for e, err := range links {
			e.Relation, e.To = "based_at", fmt.Sprintf("gen:%d", i*10%nodes)
			i++
			if !yield(e, err) {
				return
			}
		}
	}
	return g
}

// linksMemory: links cost nothing, however many there are; what is kept is of nodes.
func linksMemory(t *testing.T, e Encoder) {
	const allowed = 1 << 20
	edges := manyEdges(t)
	after := func(edges int) (late uint64) {
		g := placed(10_000, edges)
		g.Edges = measured(g.Edges, edges-edges/10, func() { late = alive() })
		if err := e.Encode(io.Discard, g); err != nil {
			t.Fatal(err)
		}
		return late
	}
	few, many := after(10_000), after(edges)
	t.Logf("%d bytes alive after 9,000 links, %d after %d", few, many, edges-edges/10)
	if many > few+allowed {
		t.Errorf("%d bytes alive after 9,000 links, %d after %d", few, many, edges-edges/10)
	}
}

// world is the nasty graph with more places: on the antimeridian, at a pole, of several parts, turned the wrong way,
// and none.
func world() *queries.Graph {
	g := nasty()
	nodes, edges := g.Nodes, g.Edges
	at := func(xid string, geo ...string) *queries.Node {
		return &queries.Node{XID: xid, Type: "Location", Name: xid + " " + script, Properties: map[string][]string{"geo": geo}}
	}
	places := []*queries.Node{
		at("w:fiji", `{"type":"Point","coordinates":[179,-17]}`),
		at("w:samoa", `{"type":"Point","coordinates":[-172,-13]}`),
		at("w:pole", `{"type":"Point","coordinates":[0,90]}`),
		at("w:line", `{"type":"LineString","coordinates":[[180,0],[179,1]]}`),
		at("w:high", `{"type":"Point","coordinates":[1,2,8848.86]}`),
		at("w:points", `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`),
		at("w:clockwise", `{"type":"Polygon","coordinates":[[[0,0],[0,9],[9,9],[9,0],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]}`),
		at("w:areas", `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[5,6],[6,6],[5,5]]]]}`),
		at("w:both", `{"type":"Point","coordinates":[1,2]}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`),
	}
	for i, bad := range []string{
		"", "rubbish", "null", `{"type":"Point","coordinates":[181,0]}`, `{"type":"Point","coordinates":[0,90.1]}`,
		`{"type":"Point","coordinates":[]}`,
		`{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}`, `{"type":"Polygon","coordinates":[]}`,
		`{"type":"Polygon","coordinates":[[]]}`,
		`{"type":"MultiPolygon","coordinates":[[]]}`, `{"type":"LineString","coordinates":[[1,1]]}`,
		`{"type":"MultiLineString","coordinates":[[]]}`,
		`{"type":"GeometryCollection","geometries":[]}`, `{"type":"Point","coordinates":[null,1]}`,
		`{"type":"Point","coordinates":["1","2"]}`,
		`{"type":"Circle","coordinates":[1,2]}`, `{"type":"Point"}`, `{"type":"MultiPoint","coordinates":[]}`, `[]`,
	} {
		places = append(places, at(fmt.Sprintf("w:bad%d", i), bad))
	}
	link := func(from, relation, to string) *queries.Edge {
		return &queries.Edge{ID: from + relation + to, From: from, Relation: relation, To: to, Period: "2014/..", Claims: 1, Sources: 1}
	}
	more := []*queries.Edge{
		link("w:fiji", "related_to", "w:samoa"), link("w:samoa", "related_to", "w:fiji"), link("w:fiji", "within", "w:areas"),
		link("w:fiji", "related_to", "w:fiji"), link("sfm:p1", "operates_in", "w:clockwise"), link("x:strike", "located_at", "w:pole"),
		link("w:bad1", "within", "w:clockwise"), link("sfm:p1", "operates_in", "w:bad3"), link("x:\ufffe", "mentions", "w:fiji"),
		link("x:nobody", "located_at", "w:both"), link("w:both", "related_to", "w:line"),
	}
	g.Nodes = joinedSequence(nodes, sequence(places))
	g.Edges = joinedSequence(edges, sequence(more))
	return g
}

func joinedSequence[T any](all ...func(func(T, error) bool)) func(func(T, error) bool) {
	return func(yield func(T, error) bool) {
		for _, s := range all {
			for item, err := range s {
				if !yield(item, err) {
					return
				}
			}
		}
	}
}

type mapFeature struct {
	ID       string
	Geometry struct {
		Type        string
		Coordinates any
	}
	Properties map[string]any
}

func worldFeatures(t *testing.T) map[string]mapFeature {
	t.Helper()
	e, err := Find("geojson")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Features []mapFeature
		LeftOut  map[string]int `json:"left_out"`
	}
	data := encoded(t, e, world())
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	all := map[string]mapFeature{}
	for _, f := range file.Features {
		all[f.ID] = f
	}
	if len(all) != len(file.Features) {
		t.Error("ids come twice")
	}
	if want := map[string]int{"entities": 12 + 19, "invalid_positions": 19, "links": 10 + 4}; !reflect.DeepEqual(file.LeftOut, want) {
		t.Errorf("left out: %v, want %v", file.LeftOut, want)
	}
	return all
}

// TestWorld: where things are, on the antimeridian and at the pole too.
func TestWorld(t *testing.T) {
	features := worldFeatures(t)
	if len(features) != 2+9+2+7 {
		t.Errorf("%d features", len(features))
	}
	for id, want := range map[string]string{
		"x:place":                      `Point [36.75,-34.5]`,
		"E8":                           `Point [36.75,-34.5]`,
		"E9":                           `Polygon [[[0,0],[1,0],[1,1],[0,0]]]`,
		"w:high":                       `Point [1,2,8848.86]`,
		"w:clockwise":                  `Polygon [[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[2,2],[2,1],[1,1]]]`,
		"w:areas":                      `MultiPolygon [[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,6],[5,6],[5,5]]]]`,
		"w:both":                       `GeometryCollection null`,
		"w:fijirelated_tow:samoa":      `MultiLineString [[[179,-17],[180,-16.555555555555557]],[[-180,-16.555555555555557],[-172,-13]]]`,
		"w:samoarelated_tow:fiji":      `MultiLineString [[[-172,-13],[-180,-16.555555555555557]],[[180,-16.555555555555557],[179,-17]]]`,
		"w:bothrelated_tow:line":       `LineString [[2,3],[179.5,0.5]]`,
		"x:strikelocated_atw:pole":     `Point [0,90]`,
		"sfm:p1operates_inw:clockwise": `Polygon [[[0,0],[9,0],[9,9],[0,9],[0,0]],[[1,1],[2,2],[2,1],[1,1]]]`,
	} {
		f := features[id]
		coordinates, err := json.Marshal(f.Geometry.Coordinates)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Geometry.Type + " " + string(coordinates); got != want {
			t.Errorf("%s is at %s, want %s", id, got, want)
		}
	}
	link := features["sfm:p1operates_inw:clockwise"].Properties
	for name, want := range map[string]any{
		"feature": "link", "from": "sfm:p1", "from_name": arabic, "from_type": "Person", "to": "w:clockwise", "to_type": "Location",
		"relation":  "operates_in",
		"date_from": "2014-01-01", "date_precision": "year/..", "claims": 1.0, "possible": false,
	} {
		if link[name] != want {
			t.Errorf("%s of a link is %v, want %v", name, link[name], want)
		}
	}
}

// TestGDAL has GDAL read both formats: the same features, attributes and positions as stand in the GeoJSON.
func TestGDAL(t *testing.T) {
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	if out, err := exec.CommandContext(t.Context(), python, "-c", "from osgeo import ogr").CombinedOutput(); err != nil {
		missing(t, "Python's gdal is not installed ("+lastLine(out)+"): apt-get install python3-gdal")
	}
	want := worldFeatures(t)
	for _, e := range mapEncoders(t) {
		t.Run(e.Name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "world"+e.Extension)
			if err := os.WriteFile(file, encoded(t, e, world()), 0o600); err != nil {
				t.Fatal(err)
			}
			var printed, said bytes.Buffer
			cmd := exec.CommandContext(t.Context(), python, filepath.Join("testdata", "read_geo.py"), file)
			cmd.Stdout, cmd.Stderr = &printed, &said
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s", err, said.String())
			}
			var got struct {
				Driver   string
				Features []struct {
					Layer, Kind string
					Geometry    struct {
						Type        string
						Coordinates any
					}
					Values map[string]any
				}
			}
			if err := json.Unmarshal(printed.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Features) != len(want) || said.Len() > 0 {
				t.Errorf("GDAL (%s) reads %d features, want %d; it says: %s", got.Driver, len(got.Features), len(want), said.String())
			}
			for _, f := range got.Features {
				id, _ := f.Values["xid"].(string)
				if id == "" {
					id, _ = f.Values["edge"].(string)
				}
				mapFeatureRead(t, e.Name, id, want[id], f.Geometry.Type, f.Geometry.Coordinates, f.Values)
			}
		})
	}
}

func mapFeatureRead(t *testing.T, format, id string, want mapFeature, kind string, coordinates any, values map[string]any) {
	t.Helper()
	if want.ID == "" {
		t.Errorf("a feature %q that is not there", id)
		return
	}
	if format == "geojson" || !strings.HasPrefix(want.Geometry.Type, "Multi") { // KML knows one word for all of several
		if kind != want.Geometry.Type || !reflect.DeepEqual(coordinates, want.Geometry.Coordinates) {
			t.Errorf("%s is at %s %v, want %s %v", id, kind, coordinates, want.Geometry.Type, want.Geometry.Coordinates)
		}
	}
	for name, value := range want.Properties {
		switch {
		case format == "kml" && (kmlOwn(name) || name == "feature"):
			continue
		case value == true:
			value = 1.0
		case value == false:
			value = 0.0
		}
		got := values[name]
		if is, ok := got.(bool); ok {
			got = map[bool]any{true: 1.0, false: 0.0}[is]
		}
		if text, ok := value.(string); ok {
			got = strings.NewReplacer("/", "-", "T", " ").Replace(fmt.Sprint(got)) // GDAL knows dates by their look
			value = strings.NewReplacer("/", "-", "T", " ").Replace(readable(text, format))
		}
		if got != value {
			t.Errorf("%s: %s is %q, want %q", id, name, got, value)
		}
	}
}

func TestKMLParses(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		missing(t, "xmllint is not installed: apt-get install libxml2-utils")
	}
	e, err := Find("kml")
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range map[string]*queries.Graph{"world": world(), "empty": {}, "characters": everyCharacter()} {
		file := filepath.Join(t.TempDir(), name+".kml")
		if err := os.WriteFile(file, encoded(t, e, g), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), xmllint, "--nonet", "--noout", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, firstLines(string(out), 10))
		}
	}
}

// readGeoJSON tells whether a file is whole; what it holds is read in full by GDAL.
func readGeoJSON(data []byte) (reading, error) {
	var file struct{ Features []mapFeature }
	if err := json.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	for _, f := range file.Features {
		r.Nodes[f.ID] = f.Properties
	}
	return r.reading, r.err
}

func readKML(data []byte) (reading, error) {
	var file struct {
		XMLName    xml.Name `xml:"http://www.opengis.net/kml/2.2 kml"`
		Placemarks []struct {
			Name string `xml:"name"`
		} `xml:"Document>Folder>Placemark"`
	}
	if err := xml.Unmarshal(data, &file); err != nil {
		return reading{}, err
	}
	r := newReader()
	for i, p := range file.Placemarks {
		r.Nodes[fmt.Sprint(i)] = map[string]any{"label": p.Name}
	}
	return r.reading, r.err
}

// TestMiddle: a line is drawn to the middle of an area, over the antimeridian too.
func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		name, geo string
		middle    geom.Coord
		uncut     bool
	}{
		{
			"a sea cut at the antimeridian",
			`{"type":"MultiPolygon","coordinates":[[[[179,-18],[180,-18],[180,-16],[179,-16],[179,-18]]],` +
				`[[[-180,-18],[-179,-18],[-179,-16],[-180,-16],[-180,-18]]]]}`,
			geom.Coord{180, -17},
			false,
		},
		{
			"more of it in the west",
			`{"type":"MultiPolygon","coordinates":[[[[179,0],[180,0],[180,2],[179,2],[179,0]]],[[[-180,0],[-175,0],[-175,2],[-180,2],[-180,0]]]]}`,
			geom.Coord{-178, 1},
			false,
		},
		{
			"not cut", `{"type":"Polygon","coordinates":[[[177,-19],[-178,-19],[-178,-15],[177,-15],[177,-19]]]}`,
			geom.Coord{179.5, -17},
			true,
		},
		{"a line not cut", `{"type":"LineString","coordinates":[[170,0],[-170,10]]}`, geom.Coord{180, 5}, true},
		{"the world", `{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]]}`, geom.Coord{0, 0}, false},
		{
			"more than half of it", `{"type":"Polygon","coordinates":[[[-120,0],[0,0],[120,0],[120,9],[0,9],[-120,9],[-120,0]]]}`,
			geom.Coord{0, 4.5},
			false,
		},
		{"two points", `{"type":"MultiPoint","coordinates":[[-179,1],[177,3]]}`, geom.Coord{179, 2}, false},
		{"a point", `{"type":"Point","coordinates":[180,0]}`, geom.Coord{180, 0}, false},
		{"an island and a far one", `{"type":"MultiPoint","coordinates":[[-60,0],[10,0]]}`, geom.Coord{-25, 0}, false},
	} {
		shape, bad := shapeOf([]string{c.geo})
		if bad {
			t.Fatalf("%s is none", c.name)
		}
		if middle, uncut := middle(shape); !reflect.DeepEqual(middle, c.middle) || uncut != c.uncut {
			t.Errorf("%s: %v, uncut %v; want %v, %v", c.name, middle, uncut, c.middle, c.uncut)
		}
	}
	for _, c := range []struct {
		a, b geom.Coord
		want string
	}{
		{geom.Coord{180, -17}, geom.Coord{178, -17}, "[180 -17 178 -17]"},
		{geom.Coord{-180, -17}, geom.Coord{178, -17}, "[180 -17 178 -17]"},
		{geom.Coord{178, 0}, geom.Coord{-180, 2}, "[178 0 180 2]"},
		{geom.Coord{180, 0}, geom.Coord{-178, 2}, "[-180 0 -178 2]"},
		{geom.Coord{180, 0}, geom.Coord{-180, 2}, "[-180 0 -180 2]"},
	} {
		if got := fmt.Sprint(line(c.a, c.b).FlatCoords()); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

// TestMapNotices: whoever asks for a map hears that it is empty, and what in it is not shown as it was meant.
func TestMapNotices(t *testing.T) {
	placed := func(geo ...string) *queries.Graph {
		nodes := []*queries.Node{{XID: "x:nowhere", Type: "Unit", Name: "Nowhere"}}
		for i, text := range geo {
			nodes = append(nodes, &queries.Node{XID: fmt.Sprint("x:", i), Type: "Location", Properties: map[string][]string{"geo": {text}}})
		}
		return &queries.Graph{Nodes: sequence(nodes)}
	}
	point := `{"type":"Point","coordinates":[1,2]}`
	for _, e := range mapEncoders(t) {
		for _, c := range []struct {
			graph *queries.Graph
			want  string
		}{
			{placed(), "The map is empty: none of 1 entities has a position"},
			{placed(point), ""},
			{placed(point, "rubbish"), "Positions that cannot be read are left out: 1, the first that of x:1."},
			{placed(`{"type":"LineString","coordinates":[[170,0],[-170,10]]}`), "Positions with a side of more than 180 degrees: 1, the first that of x:0."},
		} {
			var heard []string
			c.graph.Notice = func(text string) { heard = append(heard, text) }
			encoded(t, e, c.graph)
			if got := strings.Join(heard, "|"); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("%s: %q, want %q", e.Name, got, c.want)
			}
		}
	}
}

// TestKMLDescriptions: Google Earth takes a description for HTML, and in the balloon whatever its style names.
func TestKMLDescriptions(t *testing.T) {
	e, err := Find("kml")
	if err != nil {
		t.Fatal(err)
	}
	const text = `<img src="http://tracker.example/x.png"> A&B &lt;`
	g := &queries.Graph{
		Nodes: sequence([]*queries.Node{
			{XID: "x:a", Type: "Location", Name: text, Properties: map[string][]string{
				"geo": {`{"type":"Point","coordinates":[1,2]}`}, "description": {text},
			}},
			{XID: "x:b", Type: "Unit", Name: text},
			{XID: "x:c", Type: "Location", Name: text, Properties: map[string][]string{"geo": {`{"type":"Point","coordinates":[1,2]}`}}},
		}),
		Edges: sequence([]*queries.Edge{{From: "x:b", Relation: "based_at", To: "x:a", Evidence: []*queries.Evidence{{
			Assertion: schema.Asserted, Cites: []queries.Citation{{Source: "x:s", Title: text, Quote: text}},
		}}}}),
	}
	var file struct {
		Styles []struct {
			Balloon string `xml:"BalloonStyle>text"`
		} `xml:"Document>Style"`
		Places []struct {
			Name        string `xml:"name"`
			Description string `xml:"description"`
		} `xml:"Document>Folder>Placemark"`
	}
	if err := xml.Unmarshal(encoded(t, e, g), &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Places) != 3 || len(file.Styles) == 0 {
		t.Fatalf("%+v", file)
	}
	for i, p := range file.Places {
		if strings.ContainsAny(p.Description, "<>") || !strings.Contains(html.UnescapeString(p.Description), text) {
			t.Errorf("placemark %d: as HTML, %q does not show %q", i, p.Description, text)
		}
	}
	if got := html.UnescapeString(file.Places[0].Description); got != text || file.Places[0].Name != text {
		t.Errorf("a description is %q, a name %q, want %q", got, file.Places[0].Name, text)
	}
	for _, s := range file.Styles {
		if s.Balloon != "$[description]" {
			t.Errorf("a balloon shows %q", s.Balloon)
		}
	}
}

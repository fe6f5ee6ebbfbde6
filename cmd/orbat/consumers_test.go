package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
	"orbat/queries/encode"
)

// TestWholeGraphsRead exports the built-in case whole in every format and has the programs that people open them with
// count what they find: nodes, edges and how many of them have each attribute, against orbat's own JSON.
// TestSecurityForceMonitorQuestions does so with a country's sheets.
func TestWholeGraphsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "example.yaml")
	if err := os.WriteFile(file, loader.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	orbatJSON(t, "load", "--json", "--progress", "none", file)
	wholeGraphRead(t)
}

// censusPrograms are those that read each flat format; cmd/orbat's other tests and queries/encode's compare the values.
var censusPrograms = []struct{ library, needs, format string }{
	{"networkx", "networkx", "graphml"},
	{"networkx", "networkx", "yed"},
	{"networkx", "networkx", "gexf12"},
	{"networkx", "networkx", "node-link"},
	{"networkx", "networkx", "cytoscape"},
	{"igraph", "igraph", "graphml"},
	{"graphviz-nop", "json", "dot"},
	{"csv", "csv", "csv-gephi"},
	{"csv", "csv", "csv-neo4j"},
	{"csv", "csv", "csv-links"},
	{"graphology-graphml", "", "graphml"},
	{"graphology-gexf", "", "gexf"},
	{"cytoscape", "", "cytoscape"},
}

// wholeGraphRead has the graph read back from some formats, none: from all.
func wholeGraphRead(t *testing.T, formats ...string) {
	dir := t.TempDir()
	wanted := func(format string) bool {
		return len(formats) == 0 || format == "json" || slices.Contains(formats, format)
	}
	for _, e := range encode.All() {
		if !wanted(e.Name) {
			continue
		}
		var out, errs bytes.Buffer
		if code := run([]string{"export", "-o", e.Name, "--file", filepath.Join(dir, e.Name)}, nil, &out, &errs); code != exitOK {
			t.Fatalf("export -o %s exits %d: %s", e.Name, code, errs.String())
		}
	}
	want := jsonCensus(t, filepath.Join(dir, "json"))
	if want.Nodes == 0 || want.Edges == 0 {
		t.Fatalf("%d nodes and %d edges", want.Nodes, want.Edges)
	}
	t.Logf("%d nodes, %d of them at a place, and %d edges: %v %v", want.Nodes, want.Places, want.Edges, want.Of.Nodes, want.Of.Edges)
	for _, c := range censusPrograms {
		if !wanted(c.format) {
			continue
		}
		t.Run(c.library+" "+c.format, func(t *testing.T) {
			got := programCensus(t, c.library, c.needs, c.format, filepath.Join(dir, c.format))
			if c.format == "csv-links" { // nodes only as ends
				got.Nodes, got.Of.Nodes = want.Nodes, want.Of.Nodes
			}
			if got.Nodes != want.Nodes || got.Edges != want.Edges {
				t.Errorf("%d nodes and %d edges, want %d and %d", got.Nodes, got.Edges, want.Nodes, want.Edges)
			}
			for name, n := range want.Of.Nodes {
				if got.Of.Nodes[name] != n {
					t.Errorf("%d nodes have %s, want %d", got.Of.Nodes[name], name, n)
				}
			}
			for name, n := range want.Of.Edges {
				if got.Of.Edges[name] != n {
					t.Errorf("%d edges have %s, want %d", got.Of.Edges[name], name, n)
				}
			}
		})
	}
	for _, format := range []string{"graphml", "gexf", "gexf12"} {
		if wanted(format) {
			t.Run("xmllint "+format, func(t *testing.T) { wholeGraphValid(t, format, filepath.Join(dir, format)) })
		}
	}
	for _, format := range []string{"geojson", "kml"} {
		if wanted(format) {
			t.Run("gdal "+format, func(t *testing.T) { wholeMapRead(t, filepath.Join(dir, format), want.Places) })
		}
	}
	if wanted("stix") {
		t.Run("stix", func(t *testing.T) { wholeBundleValid(t, filepath.Join(dir, "stix"), want) })
	}
}

// wholeGraphValid has xmllint hold a file against the schema that the format's makers publish; for GEXF 1.2, whose own
// refuses the format's colours, only the form of XML: queries/encode mends that schema and holds smaller files against
// it.
func wholeGraphValid(t *testing.T, format, file string) {
	schemas := realData(t, "schemas")
	args := map[string][]string{
		"graphml": {"--schema", filepath.Join(schemas, "graphml", "graphml.xsd")},
		"gexf":    {"--relaxng", filepath.Join(schemas, "gexf-1.3", "gexf.rng")},
		"gexf12":  {},
	}[format]
	if out, err := exec.CommandContext(t.Context(), "xmllint",
		append(args, "--huge", "--nonet", "--noout", file)...).CombinedOutput(); errors.Is(err, exec.ErrNotFound) {
		absentProgram(t, "xmllint")
	} else if err != nil {
		t.Errorf("%v: %.2000s", err, out)
	}
}

// wholeMapRead has GDAL count the places.
func wholeMapRead(t *testing.T, file string, places int) {
	python := programPython(t, "osgeo.ogr")
	var found struct {
		Features []struct {
			Kind   string
			Values map[string]any
		}
	}
	readPrinted(t, &found, python, encodeTestdata("read_geo.py"), file)
	points := map[any]bool{}
	for _, f := range found.Features {
		if xid := f.Values["xid"]; f.Kind == "POINT" && xid != nil {
			points[xid] = true
		}
	}
	if len(points) != places {
		t.Errorf("GDAL reads %d places among %d features, want %d", len(points), len(found.Features), places)
	}
}

// wholeBundleValid holds the bundle against the schemas of OASIS and counts its objects: one for each entity and each
// link, beside what STIX adds.
func wholeBundleValid(t *testing.T, file string, want census) {
	python := programPython(t, "jsonschema")
	out, err := exec.CommandContext(t.Context(), python, encodeTestdata("check_stix.py"),
		filepath.Join(realData(t, "schemas"), "stix2.1"), file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"faults": 0`) {
		t.Fatalf("%v: %.2000s", err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Objects []struct {
			Type       string
			Extensions map[string]struct {
				XID  string
				Edge string
			}
		}
	}
	if err := json.Unmarshal(data, &bundle); err != nil {
		t.Fatal(err)
	}
	nodes, edges := map[string]bool{}, map[string]bool{}
	for _, o := range bundle.Objects {
		for _, about := range o.Extensions {
			if about.XID != "" {
				nodes[about.XID] = true
			}
			if about.Edge != "" {
				edges[about.Edge] = true
			}
		}
	}
	if len(nodes) != want.Nodes || len(edges) != want.Edges {
		t.Errorf("the bundle has %d entities and %d links, want %d and %d", len(nodes), len(edges), want.Nodes, want.Edges)
	}
}

// census counts nodes, edges, and how many of them have an attribute.
type census struct {
	Nodes, Edges int
	Places       int // nodes with a position
	Of           struct{ Nodes, Edges map[string]int }
}

// jsonCensus counts what stands in orbat's JSON, by its own rules: which property is which column is said here once
// more.
func jsonCensus(t *testing.T, file string) census {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var graph struct {
		Nodes []queries.Node
		Edges []queries.Edge
	}
	if err := json.Unmarshal(data, &graph); err != nil {
		t.Fatal(err)
	}
	all := census{Nodes: len(graph.Nodes), Edges: len(graph.Edges)}
	all.Of.Nodes, all.Of.Edges = map[string]int{}, map[string]int{}
	for _, n := range graph.Nodes {
		countIf(all.Of.Nodes, "xid", true)
		countIf(all.Of.Nodes, "name", true)
		countIf(all.Of.Nodes, "label", true)
		countIf(all.Of.Nodes, "type", n.Type != "")
		if len(n.Properties["geo"]) > 0 {
			all.Places++
		}
		for _, property := range []string{"aliases", "description", "country", "affiliation", "echelon", "rank", "status", "date"} {
			countIf(all.Of.Nodes, property, len(n.Properties[property]) > 0)
		}
	}
	for _, e := range graph.Edges {
		for _, always := range []string{"relation", "label", "claims", "sources", "possible"} {
			countIf(all.Of.Edges, always, true)
		}
		countIf(all.Of.Edges, "period", e.Period != "")
		countIf(all.Of.Edges, "confidence", e.Confidence != nil)
		countIf(all.Of.Edges, "evidence", len(e.Evidence) > 0)
		for _, qualifier := range []string{"role", "title", "rank", "authority", "outcome", "quantity"} {
			countIf(all.Of.Edges, qualifier, len(e.Qualifiers[qualifier]) > 0)
		}
	}
	return all
}

func countIf(of map[string]int, name string, has bool) {
	if has {
		of[name]++
	}
}

// programCensus has a program read a file by the scripts that queries/encode's tests use, and counts what it found.
// What needs no module of Python is one of npm's.
func programCensus(t *testing.T, library, needs, format, file string) census {
	t.Helper()
	if _, err := exec.LookPath("dot"); format == "dot" && err != nil {
		absentProgram(t, "Graphviz")
	}
	command := []string{"node", encodeTestdata("read.cjs")}
	if needs != "" {
		command = []string{programPython(t, needs), encodeTestdata("read.py")}
	} else {
		npm := cmp.Or(os.Getenv("ORBAT_TEST_NPM"), filepath.Join("..", "..", ".ci", "npm", "node_modules"))
		if _, err := os.Stat(filepath.Join(npm, library)); err != nil {
			absentProgram(t, "npm's "+library)
		}
		npm, err := filepath.Abs(npm)
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("ORBAT_TEST_NPM", npm)
	}
	var found struct {
		Nodes, Edges []struct{ Values map[string]any }
	}
	readPrinted(t, &found, append(command, library, format, file)...)
	got := census{Nodes: len(found.Nodes), Edges: len(found.Edges)}
	got.Of.Nodes, got.Of.Edges = map[string]int{}, map[string]int{}
	for _, n := range found.Nodes {
		for name, value := range n.Values {
			countIf(got.Of.Nodes, name, value != nil && value != "")
		}
	}
	for _, e := range found.Edges {
		for name, value := range e.Values {
			countIf(got.Of.Edges, name, value != nil && value != "")
		}
	}
	return got
}

func encodeTestdata(file string) string {
	return filepath.Join("..", "..", "queries", "encode", "testdata", file)
}

// programPython returns a Python that has a module, or skips the test.
func programPython(t *testing.T, module string) string {
	t.Helper()
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	if err := exec.CommandContext(t.Context(), python, "-c", "import "+module).Run(); err != nil {
		absentProgram(t, "Python's "+module)
	}
	return python
}

// readPrinted runs a program and reads the JSON that it prints.
func readPrinted(t *testing.T, into any, command ...string) {
	t.Helper()
	var printed, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said.String())
	}
	// igraph says NaN for "no number", which JSON does not know.
	if err := json.Unmarshal(bytes.ReplaceAll(printed.Bytes(), []byte(": NaN"), []byte(": null")), into); err != nil {
		t.Fatal(err)
	}
}

// absentProgram skips what cannot be tested here. CI has everything, or is broken.
func absentProgram(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what + " is absent under CI")
	}
	t.Skip(what + " is absent: make deps")
}

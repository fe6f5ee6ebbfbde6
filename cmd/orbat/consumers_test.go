package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/queries"
	"orbat/queries/encode"
)

// TestWholeGraphsRead exports whole graphs in every format and has the programs that people open them with count what they find:
// nodes, edges and how many of them have each attribute, against orbat's own JSON.
func TestWholeGraphsRead(t *testing.T) {
	t.Run("example", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "example.yaml")
		if err := os.WriteFile(file, loader.Example(), 0o600); err != nil {
			t.Fatal(err)
		}
		wholeGraphRead(t, file)
	})
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
}

func wholeGraphRead(t *testing.T, load ...string) {
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	orbatJSON(t, append([]string{"load", "--json", "--progress", "none"}, load...)...)
	dir := t.TempDir()
	for _, e := range encode.All() {
		var out, errs bytes.Buffer
		if code := run([]string{"export", "-o", e.Name, "--file", filepath.Join(dir, e.Name)}, nil, &out, &errs); code != exitOK {
			t.Fatalf("export -o %s exits %d: %s", e.Name, code, errs.String())
		}
	}
	want := jsonCensus(t, filepath.Join(dir, "json"))
	if want.Nodes == 0 || want.Edges == 0 {
		t.Fatalf("%d nodes and %d edges", want.Nodes, want.Edges)
	}
	t.Logf("%d nodes and %d edges: %v %v", want.Nodes, want.Edges, want.Of.Nodes, want.Of.Edges)
	for _, c := range censusPrograms {
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
}

// census counts nodes, edges, and how many of them have an attribute.
type census struct {
	Nodes, Edges int
	Of           struct{ Nodes, Edges map[string]int }
}

// jsonCensus counts what stands in orbat's JSON, by its own rules: which property is which column is said here once more.
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

// programCensus has a program read a file by the script that queries/encode's tests use, and counts what it found.
func programCensus(t *testing.T, library, needs, format, file string) census {
	t.Helper()
	python := cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3")
	absent := func(what string) {
		if os.Getenv("CI") == "true" {
			t.Fatal(what + " is absent under CI")
		}
		t.Skip(what + " is absent: make deps")
	}
	if err := exec.CommandContext(t.Context(), python, "-c", "import "+needs).Run(); err != nil {
		absent("Python's " + needs)
	}
	if _, err := exec.LookPath("dot"); format == "dot" && err != nil {
		absent("Graphviz")
	}
	var printed, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), python, filepath.Join("..", "..", "queries", "encode", "testdata", "read.py"), library, format, file)
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", library, err, said.String())
	}
	var found struct {
		Nodes, Edges []struct{ Values map[string]any }
	}
	// igraph says NaN for "no number", which JSON does not know.
	if err := json.Unmarshal(bytes.ReplaceAll(printed.Bytes(), []byte(": NaN"), []byte(": null")), &found); err != nil {
		t.Fatal(err)
	}
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

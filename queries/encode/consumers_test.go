package encode

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

type consumer struct{ library, format string }

// consumers returns what TestConsumers has read what.
func consumers() []consumer {
	return []consumer{
		{"networkx", "graphml"},
		{"networkx", "cytoscape"},
		{"networkx", "node-link"},
		{"networkx", "gexf12"}, // it reads 1.1 and 1.2 only
		{"networkx", "yed"},
		{"igraph", "graphml"},
		{"igraph", "yed"},
		{"graphviz", "dot"},
		{"graphviz-nop", "dot"},
		{"pydot", "dot"},
		{"csv", "csv-links"},
		{"csv", "csv-gephi"},
		{"csv", "csv-neo4j"},
		{"graphology-graphml", "graphml"},
		{"graphology-gexf", "gexf"},
		{"cytoscape", "cytoscape"},
		{"mermaid", "mermaid"},
	}
}

// TestConsumers has the programs that people open our files with read them, and compares all they found.
func TestConsumers(t *testing.T) {
	for _, c := range consumers() {
		t.Run(c.library+" "+c.format, func(t *testing.T) {
			program := nodeWith
			switch c.library {
			case "networkx", "igraph", "csv", "pydot":
				program = pythonWith
			case "graphviz", "graphviz-nop":
				program = graphvizWith
			}
			command := program(t, c.library)
			found := consume(t, command, c.library, c.format)
			// In GEXF the title begins the description.
			if title := readable(nasty().Title, c.format); titled(c.format) && !strings.HasPrefix(found.Title, title) {
				t.Errorf("the graph's title is %q, want %q", found.Title, title)
			}
			want := expected(t, c.format)
			if len(found.Nodes) != len(want.Nodes) || len(found.Edges) != 12 {
				t.Errorf("%d nodes and %d edges, want %d and 12", len(found.Nodes), len(found.Edges), len(want.Nodes))
			}
			got := newReader()
			if c.format == "mermaid" {
				found.byXID()
			}
			for _, n := range found.Nodes {
				texted(n.Values, nodeColumns())
				got.node(n.XID, n.Values)
				if got.err != nil {
					t.Fatal(got.err)
				}
			}
			for _, e := range found.Edges {
				texted(e.Values, edgeColumns())
				got.edge(e.ID, e.From, e.To, e.Values)
				if got.err != nil {
					t.Fatal(got.err)
				}
			}
			if c.library == "graphology-gexf" {
				gexfLook(t, got.reading)
			}
			got.tidy()
			same(t, got.reading, want)
		})
	}
}

// titled: these formats have a place for the graph's title that programs read.
func titled(format string) bool {
	return format != "gexf12" && format != "mermaid" && !strings.HasPrefix(format, "csv-")
}

// texted returns the values their kinds that a format has as texts only.
func texted[T any](values map[string]any, columns []column[T]) {
	for _, c := range columns {
		if text, isText := values[c.name].(string); isText && text != "" {
			values[c.name] = typed(string(c.kind), text)
		}
	}
}

// gexfLook: what GEXF says of nodes and edges beside the columns.
func gexfLook(t *testing.T, got reading) {
	for xid, color := range map[string]string{
		"sfm:p1": "rgb(0,114,178)", "x:a b": "rgb(204,121,167)", "x:place": "rgb(86,180,233)",
		"x:strike": "rgb(230,159,0)", "x:nobody": "rgb(240,228,66)",
	} {
		if got.Nodes[xid]["color"] != color {
			t.Errorf("node %s is %v, want %s", xid, got.Nodes[xid]["color"], color)
		}
	}
	for id, relation := range map[string]string{"E1": "commands", "E2": "posted_to", "E3": "affiliated_with"} {
		if got.Edges[id].Values["kind"] != relation {
			t.Errorf("edge %s is of the kind %v, want %s", id, got.Edges[id].Values["kind"], relation)
		}
	}
}

// found is what the programs under testdata print.
type found struct {
	Title string
	Nodes []struct {
		XID    string
		Values map[string]any
	}
	Edges []struct {
		ID, From, To string
		Values       map[string]any
	}
}

// byXID brings what goes by hashes under the names of the nasty graph.
func (f *found) byXID() {
	xids := map[string]string{}
	for n := range nasty().Nodes { //nolint:errcheck // it gives none
		xids[mermaidID(n.XID)] = readable(n.XID, "mermaid")
	}
	for i, n := range f.Nodes {
		f.Nodes[i].XID = xids[n.XID]
		n.Values["xid"] = xids[n.XID]
	}
	for i, e := range f.Edges {
		from, to := xids[e.From], xids[e.To]
		f.Edges[i].From, f.Edges[i].To, f.Edges[i].ID = from, to, drawnID(from, fmt.Sprint(e.Values["label"]), to)
	}
}

func consume(t *testing.T, command []string, library, format string) found {
	t.Helper()
	e, err := Find(format)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "nasty"+e.Extension)
	if err := os.WriteFile(file, encoded(t, e, nasty()), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed, said bytes.Buffer
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], library, format, file)...)
	cmd.Stdout, cmd.Stderr = &printed, &said
	cmd.Env = append(os.Environ(), "ORBAT_TEST_NPM="+npmFolder(t))
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", library, err, said.String())
	}
	var all found
	// Python writes NaN, which igraph says for "no number" and JSON does not know.
	data := bytes.ReplaceAll(printed.Bytes(), []byte(": NaN"), []byte(": null"))
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatalf("%s: %v\n%s", library, err, data)
	}
	return all
}

// TestXMLSchemas validates against the schemas that the formats' makers publish. Of GEXF only the RELAX NG: the XSD
// that is made from it forgets colours.
func TestXMLSchemas(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		missing(t, "xmllint is not installed: apt-get install libxml2-utils")
	}
	schemas, err := filepath.Abs(filepath.Join(root(t), "..", "shared", "data", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(schemas); err != nil {
		missing(t, "the schemas are not in "+schemas)
	}
	for format, args := range map[string][]string{
		"graphml": {"--schema", filepath.Join(schemas, "graphml", "graphml.xsd")},
		"gexf":    {"--relaxng", filepath.Join(schemas, "gexf-1.3", "gexf.rng")},
		"gexf12":  {"--relaxng", gexf12Schema(t, filepath.Join(schemas, "gexf-1.2draft"))},
	} {
		e, err := Find(format)
		if err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{
			"nasty":      encoded(t, e, nasty()),
			"empty":      encoded(t, e, generated(0, 0)),
			"no edge":    encoded(t, e, generated(3, 0)),
			"characters": encoded(t, e, everyCharacter()),
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), name+e.Extension)
				if err := os.WriteFile(file, data, 0o600); err != nil {
					t.Fatal(err)
				}
				if out, err := exec.CommandContext(t.Context(), xmllint,
					append(args, "--nonet", "--noout", file)...).CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, firstLines(string(out), 10))
				}
			})
		}
	}
}

// gexf12Schema mends what GEXF 1.2's schema forgets and 1.3's says: colours have a namespace of their own. So Gephi and
// networkx read them.
func gexf12Schema(t *testing.T, folder string) string {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join(folder, "gexf.rng"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(schema), `href="viz.rng"`, `href="viz.rng" ns="http://www.gexf.net/1.2draft/viz"`)
	text = strings.ReplaceAll(text, `href="`, `href="`+folder+`/`)
	file := filepath.Join(t.TempDir(), "gexf.rng")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func firstLines(text string, n int) string {
	all := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(all[:min(n, len(all))], "")
}

// pythonWith returns the command that runs read.py, or skips the test.
func pythonWith(t *testing.T, library string) []string {
	t.Helper()
	python := pythonPath()
	if out, err := exec.CommandContext(t.Context(), python, "-c", "import "+library).CombinedOutput(); err != nil {
		missing(t, "Python's "+library+" is not installed ("+python+": "+err.Error()+" "+lastLine(out)+"): apt-get install "+
			"python3-"+library)
	}
	return []string{python, filepath.Join("testdata", "read.py")}
}

// pythonPath returns the Python whose packages the tests use.
func pythonPath() string { return cmp.Or(os.Getenv("ORBAT_TEST_PYTHON"), "/usr/bin/python3") }

// graphvizWith returns the command that has read.py call Graphviz, or skips the test.
func graphvizWith(t *testing.T, _ string) []string {
	t.Helper()
	if _, err := exec.LookPath("dot"); err != nil {
		missing(t, "Graphviz is not installed: apt-get install graphviz")
	}
	return pythonWith(t, "json")
}

// nodeWith returns the command that runs read.cjs, or skips the test.
func nodeWith(t *testing.T, library string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		missing(t, "node is not installed: apt-get install nodejs npm")
	}
	if _, err := os.Stat(filepath.Join(npmFolder(t), library)); err != nil {
		missing(t, "npm's "+library+" is not in "+npmFolder(t)+": make deps")
	}
	return []string{node, filepath.Join("testdata", "read.cjs")}
}

func npmFolder(t *testing.T) string {
	t.Helper()
	return cmp.Or(os.Getenv("ORBAT_TEST_NPM"), filepath.Join(root(t), ".ci", "npm", "node_modules"))
}

// root is the top of the checkout.
func root(t *testing.T) string {
	t.Helper()
	_, file, _, found := runtime.Caller(0)
	if !found || !filepath.IsAbs(file) { // go test -trimpath
		abs, err := filepath.Abs(filepath.Join("..", ".."))
		if err != nil {
			t.Fatal(err)
		}
		return abs
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// missing skips what cannot be tested here. CI has everything, or is broken.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

func lastLine(b []byte) string {
	text := strings.TrimSpace(string(b))
	return text[strings.LastIndexByte(text, '\n')+1:]
}

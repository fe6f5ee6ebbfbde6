package encode

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReaders: the README's table of programs is true. Each pair that a test has read stands there, with the version
// that is installed; each that no test has is marked so; and no format is forgotten.
func TestReaders(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(readme), "<!-- readers -->\n")
	table, _, _ = strings.Cut(table, "\n\n")
	if !found {
		t.Fatal("there is no table")
	}
	run := map[string]string{} // "program format" → the test that has it read
	for _, c := range consumers() {
		run[programName(c.library)+" "+c.format] = "TestConsumers"
	}
	for pair, test := range map[string]string{
		"networkx gexf": "TestRefused", "GDAL geojson": "TestGDAL", "GDAL kml": "TestGDAL",
		"GraphML's own XML schema graphml": "TestXMLSchemas", "GEXF's own schema gexf": "TestXMLSchemas",
		"GEXF's own schema gexf12": "TestXMLSchemas", "OASIS's JSON schemas stix": "TestSTIXSchemas",
		"Go's encoding/json json": "TestConformance", "Go's encoding/json html": "TestConformance", "Python's csv csv": "TestTablesRead", "Python's csv tsv": "TestTablesRead",
		"openpyxl xlsx": "TestTablesRead", "marked markdown": "TestTablesRead",
	} {
		run[pair] = test
	}
	formats := map[string]bool{}
	installed := installedVersions(t)
	for _, line := range strings.Split(table, "\n")[2:] {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		format, program, version, test := strings.Trim(cells[0], "`"), cells[1], cells[2], cells[3]
		formats[format] = true
		pair := program + " " + format
		if test == "not run" {
			continue
		}
		if run[pair] == "" || !strings.Contains(test, "`"+run[pair]+"`") {
			t.Errorf("%s: %s, but the test is %q", pair, test, run[pair])
		}
		delete(run, pair)
		if is, known := installed[program]; known && !strings.HasPrefix(is, version) {
			if text := fmt.Sprintf("%s is %s here, the README says %s", program, is, version); os.Getenv("CI") == "true" {
				t.Error(text)
			} else {
				t.Log(text)
			}
		}
	}
	for pair, test := range run {
		t.Errorf("%s is read by %s and not in the table", pair, test)
	}
	for _, e := range All() {
		if !formats[e.Name] {
			t.Errorf("the table lacks %s", e.Name)
		}
	}
	for _, e := range Tables() {
		if !formats[e.Name] {
			t.Errorf("the table lacks %s", e.Name)
		}
	}
}

// programName returns what the README calls a library.
func programName(library string) string {
	switch library {
	case "graphviz", "graphviz-nop":
		return "Graphviz"
	case "csv":
		return "Python's csv"
	}
	return library
}

// installedVersions returns those of the programs that are there.
func installedVersions(t *testing.T) map[string]string {
	t.Helper()
	versions := map[string]string{}
	text, err := os.ReadFile(filepath.Join(root(t), ".ci", "npm", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var npm struct{ Dependencies map[string]string }
	if err := json.Unmarshal(text, &npm); err != nil {
		t.Fatal(err)
	}
	for name, version := range npm.Dependencies {
		versions[name] = version
	}
	python := pythonPath()
	for name, code := range map[string]string{
		"networkx": "import networkx as m; print(m.__version__)", "igraph": "import igraph as m; print(m.__version__)",
		"pydot": "import pydot as m; print(m.__version__)", "openpyxl": "import openpyxl as m; print(m.__version__)",
		"GDAL":         "from osgeo import gdal as m; print(m.__version__)",
		"Python's csv": "import platform; print(platform.python_version())",
	} {
		if out, err := exec.CommandContext(t.Context(), python, "-W", "ignore", "-c", code).Output(); err == nil {
			versions[name] = strings.TrimSpace(string(out))
		}
	}
	if out, err := exec.CommandContext(t.Context(), "dot", "-V").CombinedOutput(); err == nil {
		if m := regexp.MustCompile(`version (\S+)`).FindSubmatch(out); m != nil {
			versions["Graphviz"] = string(m[1])
		}
	}
	return versions
}

// TestRefused: what the README says a program does not read, it does not.
func TestRefused(t *testing.T) {
	command := pythonWith(t, "networkx")
	e, err := Find("gexf")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "nasty.gexf")
	if err := os.WriteFile(file, encoded(t, e, nasty()), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), command[0], command[1], "networkx", "gexf", file).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "gexf") {
		t.Errorf("networkx reads GEXF 1.3: %v, %s", err, lastLine(out))
	}
}

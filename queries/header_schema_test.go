package queries_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"

	"orbat/queries"
	"orbat/schema"
)

// TestCheckQuery: all mistakes of a file are found at once, each at its place.
func TestCheckQuery(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	made, err := queries.HeaderSchema(ontology)
	if err != nil {
		t.Fatal(err)
	}
	paramTypes := strings.Join(texts(made.Properties["params"].Items.Properties["type"].Enum), ", ")
	for _, c := range []struct{ text, want string }{
		{goodHeader + "{ q }", ""},
		{"# name: My Query\n# shape: tabel\n# relations: [all, comands]\n#   # a comment\n# example: e\n\n  query q($unit: string) { q }", `x.dql:1:9: name "My Query" is not of the form a-z, 0-9 and -
x.dql:1: no purpose
x.dql:2:10: unknown shape "tabel"
x.dql:3:20: unknown relation "comands"
x.dql:7:11: the DQL declares $unit, which is no parameter`},
		{"# name: x\n# purpose: p\n# shap: graph\n# stepp: card\n# relations: [comands]", `x.dql:3:3: header: field shap not found
x.dql:4:3: header: field stepp not found
x.dql:5:15: unknown relation "comands"
x.dql:6:1: no DQL below the header`},
		{goodHeader + `# params:
#   - {name: é, type: text, help: h}
#   - {name: a, type: entty, help: h}
#   - {name: b, type: entity, of: [Persn], help: h}
#   - {name: c, type: int, default: ten, help: h}
#   - {name: d, type: date, default: 2023-13, help: h}
#   - {name: e, type: enum, of: [x, y], default: z, help: h}
#   - {name: f, type: int, min: 3, max: 2, help: h}
#   - {name: f, type: int, min: 3, default: 3, help: h}
{ q }`, `x.dql:5:7: parameter "é" is not of the form a-z, 0-9 and _
x.dql:6:7: parameter a has unknown type "entty"; one of ` + paramTypes + `
x.dql:7:7: parameter b may be of "Persn", which is no entity type; did you mean Person?
x.dql:8:7: parameter c has a default that it does not take: "ten" is not a whole number from 0
x.dql:9:7: parameter d has a default that it does not take: month 13 in "2023-13"; write YYYY-MM-DD, leaving out what is not known
x.dql:10:7: parameter e has a default that it does not take: "z" is not one of x, y
x.dql:11:7: parameter f has min 3 above max 2
x.dql:12:7: parameter f is declared twice`},
	} {
		for _, text := range []string{c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
			_, wrong := queries.CheckQuery("x.dql", text, ontology)
			var lines []string
			for _, w := range wrong {
				lines = append(lines, w.Error())
				if remedy(w) == "" {
					t.Errorf("no hint: %v", w)
				}
			}
			if got := strings.Join(lines, "\n"); got != c.want {
				t.Errorf("%s\ngives\n%s", text, got)
			}
		}
	}
}

func headerOf(t testing.TB, text string) any {
	t.Helper()
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if !strings.HasPrefix(line, "#") {
			break
		}
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "#"), " "))
	}
	var header any
	if err := yaml.Unmarshal([]byte(strings.Join(lines, "\n")), &header); err != nil {
		return nil
	}
	plain, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(plain, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHeaderSchema: the JSON Schema takes every header shipped; what it refuses, ParseQuery refuses too; and each of
// the names that it lists is known.
func TestHeaderSchema(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	made, err := queries.HeaderSchema(ontology)
	if err != nil {
		t.Fatal(err)
	}
	// Read back, as an editor would.
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	var read jsonschema.Schema
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	validator, err := read.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(os.DirFS("library"), "*.dql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile("library/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validator.Validate(headerOf(t, string(text))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	refused := 0
	for _, c := range brokenQueries() {
		header := headerOf(t, c.text)
		if header == nil || validator.Validate(header) == nil {
			continue // wrong below the header, or in what only code can tell
		}
		refused++
		if _, err := queries.ParseQuery("x.dql", c.text, ontology); err == nil {
			t.Errorf("the schema refuses what ParseQuery takes:\n%s", c.text)
		}
	}
	for _, broken := range []string{
		"# purpose: p\n# shape: graph", "# name: x\n# shape: graph", "# name: x\n# purpose: p", "# name: X\n# purpose: p\n# shape: graph",
		"# name: x\n# purpose: p\n# shape: tabel", "# name: x\n# purpose: p\n# shape: table", "# name: x\n# purpose: p\n# shape: tree",
		"# name: x\n# purpose: p\n# shape: path", goodHeader + "# step: magic", goodHeader + "# relations: [comands]",
		goodHeader + "# extra: 1",
		goodHeader + "# params: [{name: x, type: uid, help: h}]", goodHeader + "# params: [{name: x, type: enum, help: h}]",
		goodHeader + "# params: [{name: x, type: text}]", goodHeader + "# params: [{name: X, type: text, help: h}]",
		goodHeader + "# params: [{name: x, type: entity, of: [Persn], help: h}]",
		goodHeader + "# params: [{name: x, type: text, help: h, hlp: i}]",
		goodHeader + "# columns: x", goodHeader + "# params: {name: x}", goodHeader + "# params: [{name: x, type: int, min: few, help: h}]",
	} {
		if validator.Validate(headerOf(t, broken)) == nil {
			t.Errorf("the schema takes\n%s", broken)
		}
		if _, err := queries.ParseQuery("x.dql", broken+"\n{ q }", ontology); err == nil {
			t.Errorf("ParseQuery takes\n%s", broken)
		}
	}
	if refused < len(brokenQueries())/2 {
		t.Errorf("the schema refuses %d of %d broken headers", refused, len(brokenQueries()))
	}
	// What it lists is known, and what the errors list, it lists.
	known := func(header string) bool {
		_, wrong := queries.CheckQuery("x.dql", header+"\n{ q }", ontology)
		return !slices.ContainsFunc(wrong, func(e *queries.HeaderError) bool { return strings.Contains(e.Reason, "unknown") })
	}
	property := func(name string) []any { return made.Properties[name].Enum }
	for _, c := range []struct {
		what   string
		listed []any
		header string
		least  int
	}{
		{"shape", property("shape"), "# name: x\n# purpose: p\n# shape: %s", 4},
		{"step", property("step"), goodHeader + "# step: %s", 6},
		{"relation", made.Properties["relations"].Items.Enum, goodHeader + "# relations: [%s]", 10},
		{
			"type", made.Properties["params"].Items.Properties["type"].Enum,
			goodHeader + "# params: [{name: x, type: %s, of: [Person], help: h}]", 8,
		},
	} {
		if len(c.listed) < c.least {
			t.Errorf("%s: %v", c.what, c.listed)
		}
		for _, name := range c.listed {
			if !known(fmt.Sprintf(c.header, name)) {
				t.Errorf("%s %v is listed and unknown", c.what, name)
			}
		}
		if known(fmt.Sprintf(c.header, "nosuch")) {
			t.Errorf("%s nosuch is known", c.what)
		}
	}
	if !slices.Equal(texts(property("step")), queries.StepNames()) {
		t.Errorf("steps %v, known are %v", property("step"), queries.StepNames())
	}
	reference := queries.HeaderReference()
	for _, name := range slices.Concat(property("shape"), property("step"), made.Properties["params"].Items.Properties["type"].Enum) {
		if !strings.Contains(reference, fmt.Sprintf("\n  %-10s ", name)) {
			t.Errorf("the reference lacks %s:\n%s", name, reference)
		}
	}
}

func texts(list []any) []string {
	var all []string
	for _, v := range list {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

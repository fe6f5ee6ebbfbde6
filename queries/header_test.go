package queries_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"orbat/queries"
	"orbat/schema"
)

const goodHeader = "# name: x\n# purpose: p\n# shape: graph\n"

// brokenQueries are .dql files with one mistake each, and where it is.
func brokenQueries() []struct{ text, want, fix string } {
	return []struct{ text, want, fix string }{
		{"", "x.dql:1: no header", "leading # lines"},
		{"{ q(func: has(xid)) { uid } }", "x.dql:1: no header", "leading # lines"},
		{"#\n#\n{ q }", "x.dql:1: no header", "leading # lines"},
		{"# name: [\n{ q }", "x.dql:1: header: ", "leading # lines"},
		{"# name: x\n#  purpose: p\n{ q }", "x.dql:2: header: ", "leading # lines"},
		{"# name: x\n# purpose: p\n# shap: graph\n{ q }", "x.dql:3: header: field shap not found", "leading # lines"},
		{"# name: x\n# purpose: p\n# shape: [graph]\n{ q }", "x.dql:3: header: cannot unmarshal", "leading # lines"},
		{"# just a comment\n{ q }", "x.dql:1: header: cannot unmarshal", "leading # lines"},
		{"# purpose: p\n# name: My Query\n# shape: graph\n{ q }", `x.dql:2: name "My Query"`, "name: my-query"},
		{"# purpose: p\n# shape: graph\n{ q }", `x.dql:1: name ""`, "name: my-query"},
		{"# name: x\n# shape: graph\n{ q }", "x.dql:1: no purpose", "purpose:"},
		{"# name: x\n# purpose: p\n{ q }", `x.dql:1: unknown shape ""`, "graph, tree or path"},
		{"# name: x\n# purpose: p\n# shape: mop\n{ q }", `x.dql:3: unknown shape "mop"`, "did you mean map?"},
		{"# name: x\n# purpose: p\n# shape: map\n{ q }", "x.dql:1: a map without a step needs columns", "columns:"},
		{goodHeader + "# step: magic\n{ q }", `x.dql:4: unknown step "magic"`, "around, card, census, changes, claims"},
		{"# name: x\n# purpose: p\n# shape: table\n{ q }", "x.dql:1: a table without a step needs columns", "columns:"},
		{"# name: x\n# purpose: p\n# shape: path\n{ q }", "x.dql:1: a path needs a step", "step:"},
		{"# name: x\n# purpose: p\n# shape: tree\n{ q }", "x.dql:1: a tree needs a step", "step:"},
		{goodHeader + "# relations: [commands, comands]\n{ q }", `x.dql:4: unknown relation "comands"`, "see types"},
		{goodHeader + "# params: [{name: X, type: text, help: h}]\n{ q }", `x.dql:4: parameter "X" is not of the form`, "params:"},
		{goodHeader + "# params: [{type: text, help: h}]\n{ q }", `x.dql:4: parameter "" is not of the form`, "params:"},
		{goodHeader + "# params: [{name: max_marking, type: text, help: h}]\n{ q }", `x.dql:4: parameter max_marking is every query's own already`, "params:"},
		{goodHeader + "# params: [{name: x, type: marking, help: h}]\n{ q }", `x.dql:4: parameter x has unknown type "marking"`, "params:"},
		{goodHeader + "# params: [{name: x, type: uid, help: h}]\n{ q }", `x.dql:4: parameter x has unknown type "uid"`, "params:"},
		{goodHeader + "# params: [{name: x, type: enum, help: h}]\n{ q }", "x.dql:4: parameter x is an enum without values", "params:"},
		{goodHeader + "# params: [{name: x, type: text}]\n{ q }", "x.dql:4: parameter x has no help", "params:"},
		{
			goodHeader + "# params: [{name: x, type: text, help: h}, {name: x, type: int, help: h}]\n{ q }",
			"x.dql:4: parameter x is declared twice", "params:",
		},
		{goodHeader + "# params: [{name: x, type: text, hlp: h}]\n{ q }", "x.dql:4: header: field hlp not found", "leading # lines"},
		{goodHeader + "query q($y: string) { q }", "x.dql:4: the DQL declares $y, which is no parameter", "as_of"},
		{goodHeader, "x.dql:4: no DQL below the header", "below the # lines"},
		{
			goodHeader + "{ q(func: has(xid)) {\n commands @facets (first: 20) { uid } } }", "x.dql:5: @facets(first: …) asks for facets",
			"stands before",
		},
		{
			goodHeader + "# step: expand\n# params: [{name: e, type: entity, help: h}]\n", "x.dql:6: no DQL below the header",
			"below the # lines",
		},
		{goodHeader + "# step: expand\n{ q }", "x.dql:1: step expand takes 1 parameters of type entity; 0 declared", "params:"},
		{
			"# name: x\n# purpose: p\n# shape: path\n# step: paths\n# params: [{name: e, type: entity, help: h}]\n{ q }",
			"x.dql:5: step paths takes 2", "params:",
		},
		{"# name: x\n# purpose: p\n# shape: path\n# step: paths\n# params: [{name: a, type: entity, help: h}, {name: b, type: entity, help: h}]\n{ q }", "x.dql:5: step paths needs a parameter max_hops", "add it"},
		{
			"# name: x\n# purpose: p\n# shape: table\n# step: around\n# relations: [commands]\n# params: [{name: e, type: entity, help: h}]\n",
			"x.dql:6: step around needs a parameter days", "add it",
		},
		{
			"# name: x\n# purpose: p\n# shape: table\n# step: around\n# params: [{name: e, type: entity, help: h}, {name: days, type: int, help: h}]\n",
			"x.dql:1: step around needs relations", "relations: [commands",
		},
		{"# name: x\n# purpose: p\n# shape: table\n# step: without\n", "x.dql:1: step without needs relations", "without: ["},
		{"# name: x\n# purpose: p\n# shape: table\n# step: without\n# without: [~based]\n", `x.dql:5: unknown relation "~based"`, "see types"},
		{"# name: x\n# purpose: p\n# shape: table\n# step: common\n# first: [~commands]\n# params: [{name: a, type: entity, help: h}, {name: b, type: entity, help: h}]\n", "x.dql:1: step common needs relations", "relations: ["},
		{"# name: x\n# purpose: p\n# shape: table\n# step: links\n# second: [based_at]\n# params: [{name: a, type: entity, help: h}, {name: b, type: entity, help: h}]\n", "x.dql:5: second is of step common alone", "step: common"},
		{"# name: x\n# purpose: p\n# shape: table\n# step: search\n# without: [based_at]\n# params: [{name: text, type: text, help: h}]\n", "x.dql:5: without is of step without alone", "step: without"},
		{"# name: x\n# purpose: p\n# shape: table\n# step: statements\n", "x.dql:5: no DQL below the header", "name relations"},
		{
			"# name: x\n# purpose: p\n# shape: table\n# step: statements\n# relations: [commands]\n", "x.dql:1: step statements without DQL",
			"type: entity",
		},
		{"# name: x\n# purpose: p\n# shape: table\n# step: search\n", "x.dql:1: step search needs a parameter text", "add it"},
		{
			goodHeader + "query q($frontier: string) { q(func: uid($frontier)) {\n%out { uid }\n} }",
			"x.dql:1: %out and %in stand for relations", "relations:",
		},
	}
}

func TestBrokenQueries(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range brokenQueries() {
		for _, text := range []string{c.text, "\ufeff" + c.text, strings.ReplaceAll(c.text, "\n", "\r\n")} {
			q, err := queries.ParseQuery("x.dql", text, ontology)
			var header *queries.HeaderError
			if !errors.As(err, &header) {
				t.Errorf("%q: %+v, %v", text, q, err)
				continue
			}
			if !strings.HasPrefix(fmt.Sprintf("%s:%d: %s", header.Pos.File, header.Pos.Line, header.Reason), c.want) ||
				!strings.Contains(remedy(header), c.fix) || strings.Contains(err.Error(), "queries.") ||
				strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %v (%s)", text, err, remedy(header))
			}
		}
	}
	library := queries.NewLibrary(ontology)
	if errs := library.Add(fstest.MapFS{"a.dql": {Mode: 0o755 | 1<<31}}, "my"); len(errs) != 1 {
		t.Errorf("a folder named as a query: %v", errs)
	}
	if errs := library.Add(fstest.MapFS{}, "my"); len(errs) != 0 || len(library.List()) != 0 {
		t.Errorf("an empty folder: %v", errs)
	}
}

// TestArguments: what is typed after a query's name (law 17).
func TestArguments(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	q, err := library.Find("shortest-path")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want map[string]string
	}{
		{"A|B", map[string]string{"from": "A", "to": "B"}},
		{"to=B|A", map[string]string{"from": "A", "to": "B"}},
		{"a=b|E=mc2", map[string]string{"from": "a=b", "to": "E=mc2"}},
		{"from=a=b|to=", map[string]string{"from": "a=b", "to": ""}},
		{"A|B|5|limit=3", map[string]string{"from": "A", "to": "B", "max_hops": "5", "limit": "3"}},
		{"A|from=B|from=C", nil},
		{strings.Repeat("1|", 13) + "2", nil},
	} {
		got, err := q.ParseArgs(strings.Split(c.args, "|"))
		if (err == nil) != (c.want != nil) {
			t.Errorf("%s: %v, %v", c.args, got, err)
		}
		for name, want := range c.want {
			if got[name] != want || len(got) != len(c.want) {
				t.Errorf("%s: %v", c.args, got)
			}
		}
	}
}

// FuzzParseQuery: any text is a query that holds what a header must, or an error with a line of the file.
func FuzzParseQuery(f *testing.F) {
	for _, c := range brokenQueries() {
		f.Add(c.text)
	}
	ontology, err := schema.Default()
	if err != nil {
		f.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		f.Fatal(err)
	}
	for _, q := range library.List() {
		f.Add("# name: " + q.Name + "\n# purpose: p\n# shape: " + string(q.Shape) + "\n# step: " + q.Step +
			"\n# relations: [all]\n" + q.DQL)
	}
	f.Add("# name: a\r\u0085\u2028\r\rpurpose{:b") // of one line
	f.Fuzz(func(t *testing.T, text string) {
		q, err := queries.ParseQuery("x.dql", text, ontology)
		if err == nil {
			if q.Name == "" || q.Purpose == "" || q.Shape == "" {
				t.Errorf("%+v", q)
			}
			return
		}
		var header *queries.HeaderError
		if !errors.As(err, &header) || header.Pos.Line < 1 || header.Pos.Line > strings.Count(text, "\n")+2 || header.Reason == "" ||
			remedy(header) == "" {
			t.Errorf("%+v", err)
		}
	})
}

// TestTimeInHelp: the help of each question says in one line what it shows when a time is given, what it leaves out and
// what its marks mean, by the parameters that it has.
func TestTimeInHelp(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, q := range library.List() {
		fmt.Fprintf(&lines, "%s: %s\n", q.Name, q.Time)
		for _, p := range q.AllParams() {
			if filters := []string{"as_of", "from", "to", "since", "until"}; p.Type != "date" || !slices.Contains(filters, p.Name) {
				continue
			}
			if !regexp.MustCompile(`\b` + p.Name + `\b.*:`).MatchString(q.Time) {
				t.Errorf("%s says nothing of %s: %q", q.Name, p.Name, q.Time)
			}
		}
		heedless := strings.Contains(q.Time, ": refused, since ")
		for _, part := range []string{" at some time within", " left out; ", "; possible marks ", "certain=true leaves out just that"} {
			if !heedless && !strings.Contains(q.Time, part) {
				t.Errorf("%s does not say %q: %q", q.Name, part, q.Time)
			}
		}
		if strings.ContainsAny(q.Time, "\n") || heedless != (q.Step == "search") {
			t.Errorf("%s: %q", q.Name, q.Time)
		}
	}
	golden(t, "testdata/time_help.txt", lines.String())
}

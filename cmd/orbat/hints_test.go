package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"orbat/deploy"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/queries"
	"orbat/schema"
)

// What mends a failure of the database is typed here, and said without a command there.
func TestRemediesAreTyped(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(deploy.EnvBin, "")
	_, noGo := deploy.Finder{CacheDir: t.TempDir()}.Find(t.Context())
	_, noBinary := deploy.Finder{Bin: t.TempDir() + "/none"}.Find(t.Context())
	_, noSpace := deploy.Local{Home: t.TempDir(), MinFree: 1 << 60, Finder: deploy.Finder{Bin: "/bin/true"}}.Up(t.Context())
	noLog := deploy.Local{Home: t.TempDir()}.Logs(t.Context(), nil, deploy.LogOptions{})
	for _, c := range []struct {
		err  error
		want string
	}{
		{noGo, "--dgraph-bin FILE"},
		{noBinary, "--dgraph-bin FILE"},
		{noSpace, "--dgraph-bin FILE"}, // it is no Dgraph
		{noLog, "orbat up"},
		{
			&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyRoom, Of: "/d"},
			"make room there (df -h /d), or set ORBAT_HOME to a folder on another disk",
		},
		{&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyLog, Of: "alpha"}, "orbat logs alpha"},
		{&deploy.DatabaseError{Do: "x", Remedy: deploy.RemedyLog, Fix: "can it?", Of: "alpha"}, "can it? orbat logs alpha"},
		{&deploy.DatabaseError{Do: "x", Fix: "only words"}, "only words"},
	} {
		var database *deploy.DatabaseError
		if !errors.As(c.err, &database) || strings.Contains(database.Hint()+c.err.Error(), "--") {
			t.Errorf("%v: the library names a flag, or it is no DatabaseError", c.err)
		}
		if got := hintOf(fmt.Errorf("wrapped: %w", c.err)); !strings.HasSuffix(got, c.want) {
			t.Errorf("%v: hint %q, want %q", c.err, got, c.want)
		}
	}
}

// What mends a file or a mapping is an option there, and a flag or a command here.
func TestFaultsAreTyped(t *testing.T) {
	read := func(name, content string, opts format.Options) error {
		for _, err := range format.Read(t.Context(), format.Stream(name, strings.NewReader(content)), opts) {
			if err != nil {
				return err
			}
		}
		return nil
	}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	check := func(text string) error {
		m, err := mapping.Parse("m.yaml", []byte(text))
		if err != nil {
			return err
		}
		return m.Check(ontology)
	}
	if hint := hintOf(nil); hint != "" {
		t.Errorf("no error, and the hint %q", hint)
	}
	const formats = "--format yaml|json|ndjson|csv|tsv|xlsx|stix|ftm|brat|re3d|html|pdf|mail|markdown|text"
	for _, c := range []struct {
		err  error
		text string
		hint string
	}{
		{read("-", "Dear Sir", format.Options{}), "-: cannot tell the format from the first bytes", "name it: " + formats},
		{
			read("a.json", `{"type":"bundle"}`, format.Options{Format: "json"}), "a.json:1:1: a STIX bundle, not orbat's own JSON",
			"read it as STIX: --format stix",
		},
		{
			read("a.csv", "type,name\nPerson,\xe9\n", format.Options{}), "a.csv:2:1: name: invalid UTF-8",
			"save the file as UTF-8, or name its encoding: --encoding windows-1252",
		},
		{
			check("tables: [{name: t, entities: [{type: Persn, key: {id: A}}]}]"), `m.yaml:1:38: no entity type "Persn"`,
			"did you mean Person? (see orbat schema types)",
		},
		{
			check("tables: [{name: t, entities: [{type: Persn, key: {id: A}}, {type: Unit}]}]"),
			"m.yaml:1:38: no entity type \"Persn\"; did you mean Person? (see orbat schema types)\n" +
				"m.yaml:1:60: the entity has no key; give key, such as key: {id: COLUMN}, or a property name", "",
		},
	} {
		if got, hint := messageOf(c.err), hintOf(c.err); got != c.text || hint != c.hint {
			t.Errorf("got\n%s\n%q, want\n%s\n%q", got, hint, c.text, c.hint)
		}
	}
}

// What mends a question, or the file of one, is a command here.
func TestQuestionsAreTyped(t *testing.T) {
	several := &queries.AmbiguousError{
		Query: "career", Param: "person", Text: "It",
		Candidates: []queries.Candidate{{XID: "t:it's"}, {XID: "t:b", Type: "Person", Name: "B"}},
	}
	like := &queries.UnknownEntityError{Query: "career", Param: "person", Text: "It", Near: several.Candidates[1:]}
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	career, err := library.Find("career")
	if err != nil {
		t.Fatal(err)
	}
	_, tooMany := career.ParseArgs([]string{"a", "1", "b"})
	_, mistyped := career.ParseArgs([]string{"a", "1", "persn=b"})
	_, missing := career.Read(nil)
	_, unread := queries.ParseQuery("x.dql", "# nam: x\n{ q }", ontology)
	_, noRelation := queries.ParseQuery("x.dql", "# name: x\n# purpose: p\n# shape: graph\n# relations: [comands]\n{ q }", ontology)
	for _, c := range []struct {
		err  error
		want string
	}{
		{several, "name it by xid:\n  orbat query career person='t:it'\\''s'\n  orbat query career person='t:b'"},
		{like, "did you mean\n  t:b · Person · B"},
		{&queries.UnknownEntityError{Query: "career", Param: "person", Text: "It"}, "orbat query search-entity 'It' looks wider"},
		{&queries.UnknownQueryError{Name: "carer", Near: "career"}, "did you mean career? orbat queries list shows all"},
		{&queries.UnknownQueryError{Name: "x"}, "orbat queries list shows all"},
		{missing, "orbat queries show career"},
		{tooMany, "orbat queries show career"},
		{mistyped, "did you mean person=b? orbat queries show career lists the parameters"},
		{&queries.ParamError{Fault: schema.Fault{See: schema.SeeTypes}}, "orbat schema types"},
		{&queries.ParamError{Fault: schema.Fault{See: schema.SeeDatasets}}, "orbat datasets list shows the loads"},
		{&queries.ParamError{Fault: schema.Fault{Hint: "swap from and to"}}, "swap from and to"},
		{unread, "did you mean name? the leading # lines are YAML: name, purpose, shape, params, example; orbat queries --help explains them"},
		{noRelation, "did you mean commands? orbat schema types shows all"},
		{
			&queries.DQLError{Fault: schema.Fault{Hint: "only links have a reverse", See: schema.SeeTypes}},
			"only links have a reverse; orbat schema types lists them",
		},
	} {
		if have := hintOf(fmt.Errorf("ask: %w", c.err)); have != c.want || !isUsage(c.err) && errors.As(c.err, new(*queries.ParamError)) {
			t.Errorf("%v: %q, want %q", c.err, have, c.want)
		}
	}
}

// A delimiter that a shell would take for its own is quoted.
func TestDelimiterHint(t *testing.T) {
	f := schema.Fault{Hint: "say what stands between the cells", Option: schema.Option{Name: "delimiter", Value: "|"}}
	if got, want := faultHint(f), "say what stands between the cells: --delimiter '|'"; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

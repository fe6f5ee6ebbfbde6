package queries_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"orbat/queries"
)

// TestDQL: Dgraph's complaints are shown where the query's author can find them.
func TestDQL(t *testing.T) {
	s := newSession(t)
	s.loadExample()
	t.Run("raw", func(t *testing.T) { rawDQL(s.in(t)) })
	t.Run("in files", func(t *testing.T) { dqlInFiles(s.in(t)) })
	t.Run("cost", func(t *testing.T) { costs(s.in(t)) })
	if s.sent.wrote {
		t.Error("a query was sent that is not read-only (law 13)")
	}
}

func rawDQL(s *session) {
	for _, c := range []struct {
		dql, vars, want, hint string
	}{
		{"{ q(func: has(xid)) { uid", "", "1:26: Unclosed action", "a bracket that was opened"},
		{"{\n q(func: has(xid)) {\n  uid xid }\n }}", "", "4:3: Too many right curl", "a bracket is closed"},
		{"{\n q(func: hass(xid)) {\n  uid xid }\n }", "", "2:8: Function name: hass is not valid.", "did you mean has?"},
		{"{\n q(func: has(xid), frist: 3) {\n  uid xid }\n }", "", "2:20: Got invalid keyword: frist at root", "did you mean first?"},
		{"{\n q(func: eq(name, \"é語\"), frist: 3) { uid } }", "", "2:26: Got invalid keyword: frist at root", ""},
		{"{\n q(func: eq(description, \"a\")) { uid } }", "", "2:13: Predicate description is not indexed", "start from an indexed field"},
		{"{\n q(func: has(xid)) {\n uid ~xid } }", "", "3:6: Predicate xid doesn't have reverse edge", "see types"},
		{"{\n q(func: has(xid)) {\n uid xid name xid } }", "", "3:15: xid not allowed multiple times in same sub-query.", ""},
		{"query q($x: string) {\n q(func: has(xid), first: $y) { uid } }", "$x=1", "2:27: Variable not defined $y", "query q("},
		{
			"{\n a as var(func: has(xid))\n q(func: has(xid)) { uid } }", "",
			"2:2: Some variables are defined but not used Defined:[a] Used:[]", "as",
		},
		{"{\n q(func: uid(zz)) { uid } }", "", "2:14: Some variables are used but not defined Defined:[] Used:[zz]", "as var"},
		{"{ a(func: has(xid)) { uid }\n a(func: has(xid)) { uid } }", "", "2:2: Duplicate aliases not allowed: a", ""},
		{"query q($a: int) { q(func: has(xid), first: $a) { uid } }", "$b=1", "Type of variable $b not specified", "declare"},
		{"query q($a: int) { q(func: has(xid), first: $a) { uid } }", "$a=x", `Expected an int but got x: strconv.ParseInt: parsing "x": invalid syntax`, ""},
		{"mutation { set { <0x1> <name> \"x\" . } }", "", "1:1: Mutation block no longer allowed.", "loading writes"},
		{"{ set { <0x1> <name> \"x\" . } }", "", "1:3: ", ""},
		{"", "", "empty request", ""},
	} {
		vars := map[string]string{}
		if name, value, found := strings.Cut(c.vars, "="); found {
			vars[name] = value
		}
		_, _, err := queries.Raw(s.Context(), s.DB, c.dql, vars)
		var wrong *queries.DQLError
		if !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), c.want) || !strings.Contains(remedy(wrong), c.hint) ||
			strings.Contains(err.Error(), "\n") {
			s.Errorf("%s: %v", c.dql, err)
		}
	}
	answer, cost, err := queries.Raw(s.Context(), s.DB, `query q($n: string) { q(func: eq(name, $n)) { name commands { xid } } }`, map[string]string{"$n": "Michael Kurilla"})
	if err != nil || !strings.HasPrefix(string(answer), `{"q":[{"name":"Michael Kurilla","commands":[{"xid":"`) {
		s.Errorf("%s, %v", answer, err)
	}
	if cost.Requests != 1 || cost.UIDs == 0 || cost.ByField["commands"] == 0 || cost.Bytes != len(answer) || cost.Server <= 0 ||
		cost.Latency.Processing <= 0 || cost.Elapsed < cost.Server {
		s.Errorf("%+v", cost)
	}
}

// dqlInFiles: positions past the header, through lines that stand for many relations.
func dqlInFiles(s *session) {
	const head = "# name: x\n# purpose: p\n# shape: graph\n# relations: [commands, posted_to]\n" +
		"# params: [{name: unit, type: entity, help: h}, {name: day, type: date, help: h}]\n"
	for _, c := range []struct{ dql, want string }{
		{"query q($unit: string, $day: string, $limit: int) { q(func: uid($unit), first: $limit) @filter(ge(published, $day)) { uid xid } }", ""},
		{"\n\n  { q(func: hass(xid)) { uid } }", "x.dql:8:11: Function name: hass is not valid."},
		{
			"{ q(func: has(xid)) {\n    %out @facets { uid xid }\n    %in @facets { uid xid }\n    ~xid } }",
			"x.dql:9:5: Predicate xid doesn't have reverse edge",
		},
		{"{ q(func: has(xid)) {\n    %out @facets { uid ~xid }\n } }", "x.dql:7:24: Predicate xid doesn't have reverse edge"},
		{"{ q(func: has(xid)) {\n    %in @facets { uid xid ) }\n } }", "x.dql:7:27: "},
		{"{ q(func: has(xid)) {\n    uid xid\n  }", "x.dql:8:4: Unclosed action"},
		{"{ q(func: has(xid), first: $nosuch) { uid xid } }", "x.dql:6:28: Variable not defined $nosuch"},
		{"query q($unit: string, $day: str) { q(func: uid($unit)) { uid xid } }", `x.dql:6:30: Type "str" not supported`},
	} {
		q, wrong := queries.CheckQuery("x.dql", head+c.dql, s.Ontology)
		if len(wrong) > 0 {
			s.Fatal(wrong[0])
		}
		err := s.CheckDQL(s.Context(), q)
		if got := fmt.Sprint(err); c.want == "" && err != nil || c.want != "" && !strings.HasPrefix(got, c.want) {
			s.Errorf("%s: %v", c.dql, err)
		}
	}
	for _, q := range s.Library.List() {
		if err := s.CheckDQL(s.Context(), q); err != nil {
			s.Errorf("%s: %v", q.Name, err)
		}
	}
}

func costs(s *session) {
	for _, q := range s.Library.List() {
		result, err := s.Run(s.Context(), q.Name, harmlessParams(s, q), queries.Ask{})
		if err != nil {
			s.Error(err)
			continue
		}
		if c := result.Cost; c.Requests < 1 || c.UIDs == 0 || c.Bytes == 0 || c.Elapsed <= 0 {
			s.Errorf("%s: %+v", q.Name, c)
		}
	}
}

// harmlessParams are those of the query's own example.
func harmlessParams(s *session, q *queries.Query) map[string]string {
	s.Helper()
	given, err := exampleParams(q)
	if err != nil {
		s.Fatal(err)
	}
	return given
}

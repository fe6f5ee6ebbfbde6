package queries_test

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orbat/queries"
)

// hostileTexts would leave their place if any of them ever became query text.
func hostileTexts() []string {
	return []string{
		`"`, `\"`, `\`, `'`, "`", `""`, `"}`, `{`, `}`, `}}`, `)`, `(`, `@`, `#`, `# comment`, `$x`, `$text`, `<xid>`, `*`, `_:a`,
		`") { uid } } { q(func: has(xid)) { uid`, `"} }`, `x") OR has(claim.key`, `a, b`, `[a, b]`, `["Michael Kurilla"]`, `[0x1, 0x2]`,
		`uid(x)`, `uid(0x1)`, `0x1`, `val(x)`, `val(xid)`, `len(x)`, `count(uid)`, `has(xid)`, `expand(_all_)`, `type(Person)`,
		`/.*/`, `/a|b/i`, `regexp(name, /a/)`, `@filter(has(xid))`, `@cascade`, `{ set { <0x1> <name> "x" . } }`, `delete { * * * . }`,
		`mutation`, `upsert { query }`, `query q($a: string) { q(func: has(xid)) { uid } }`, `; drop`, `-- `, `/* x */`, `// x`,
		"\u0000", "a\u0000b", "\u001b[31m", "\u202e", "\ufeff", "\u2028", "\u00a0", `\u0022`, `\u007b`, `\x22`, `%22`, `&quot;`, "\t", "\r\n",
		"a\nb", "\n}\n", "\xff\xfe", "a\xc3", "ﷺ", "İ", "ß", "ＭＱ－９", "%out", "%in", "%s%d%!", "true", "null", "NaN", "-1", "1e999", "007",
		"orbat:strike-2023/#kurilla\" ", "orbat:", "dataset:strike-2023", "dataset:decisions", "stix:identity--1", strings.Repeat(`"`, 1025),
		strings.Repeat("{", 1<<10), strings.Repeat("(", 1<<10), strings.Repeat("a ", 512), strings.Repeat("é", 511),
		strings.Repeat(`"}`, 1<<19), strings.Repeat("x", 1<<20), strings.Repeat("commands,", 1<<17),
	}
}

// fixedText reports whether a text is one of those whose length depends on what was found: the evidence of n edges.
// Everything else that package queries sends is a constant.
func fixedText(text string) bool {
	const declared = `query q\((\$a\d+: string, \$b\d+: string(, )?)+\) \{\n`
	const ranges = `(g\d+ as var\(func: between\(claim\.key, \$a\d+, \$b\d+\)\)\n)+`
	return regexp.MustCompile(`^` + declared + ranges + `claims\(func: uid\((g\d+,?)+\)\) \{ [a-z_.{} @\n\t]+ \} \}$`).MatchString(text)
}

// questions gives harmless parameters to every query, by which every text of it is sent.
func questions() map[string]map[string]string {
	return map[string]map[string]string{
		"search-entity":       {"text": "kurilla", "type": "Person"},
		"entity-card":         {"entity": "CENTCOM"},
		"ego-network":         {"entity": "CENTCOM", "depth": "2", "relations": "commands,opposes"},
		"shortest-path":       {"from": "Michael Kurilla", "to": "Usamah al-Muhajir", "max_hops": "3", "relations": "commands,carried_out,affected_by", "max_links": "50", "types": "Person,Unit,Event", "alternatives": "3"},
		"chain-of-command-up": {"entity": "Michael Kurilla", "depth": "3"},
		"subordinate-tree":    {"unit": "CENTCOM", "depth": "3"},
		"commanders-of-unit":  {"unit": "CENTCOM"},
		"career":              {"person": "Michael Kurilla"},
		"events-involving":    {"entity": "CENTCOM"},
		"evidence-for-link":   {"from": "Michael Kurilla", "to": "CENTCOM", "relations": "commands"},
	}
}

// filters are the same parameters with every filter.
func filters(q *queries.Query, given map[string]string) map[string]string {
	all := maps.Clone(given)
	for _, p := range q.AllParams() {
		switch p.Name {
		case "as_of":
			all[p.Name] = "2023-07-07"
		case "min_confidence":
			all[p.Name] = "10"
		case "dataset":
			all[p.Name] = "strike-2023"
		}
	}
	return all
}

// clearError reports whether an error is one of package queries' own, short and with a hint.
func clearError(err error) bool {
	var param *queries.ParamError
	var unknown *queries.UnknownEntity
	var ambiguous *queries.Ambiguous
	known := errors.As(err, &param) || errors.As(err, &unknown) || errors.As(err, &ambiguous)
	var hinted interface{ Hint() string }
	return known && errors.As(err, &hinted) && hinted.Hint() != "" && len(err.Error()) < 10_000 && len(hinted.Hint()) < 10_000
}

// hostileParameters puts hostile texts into each parameter of each query: only texts that harmless parameters send too are
// sent (law 13), and every error says what is wrong.
func hostileParameters(s *session) {
	harmless := map[string]bool{}
	s.sent.take()
	for _, q := range s.Library.List() {
		given := questions()[q.Name]
		if given == nil {
			s.Errorf("%s: no harmless parameters; add them above", q.Name)
			continue
		}
		wide := maps.Clone(given)
		delete(wide, "relations")
		for _, p := range []map[string]string{given, filters(q, given), wide} {
			for _, ask := range []queries.Ask{{}, {Evidence: true, Full: true}} {
				if _, err := s.Run(s.Context(), q.Name, p, ask); err != nil {
					s.Fatal(err)
				}
			}
		}
		for _, p := range q.Params {
			if p.Type == "entity" { // one that nobody knows: suggestions
				with := maps.Clone(given)
				with[p.Name] = "no such entity"
				_ = s.fails(q.Name, pairs(with)...)
				with[p.Name] = "x:undescribed"
				_ = s.fails(q.Name, pairs(with)...)
			}
		}
	}
	maps.Copy(harmless, s.sent.take())
	for _, q := range s.Library.List() {
		these := q.Params
		if q.Name == "career" { // the common ones are read in one place
			these = q.AllParams()
		}
		for _, p := range these {
			texts := hostileTexts()
			if p.Type == "entity" && q.Name != "shortest-path" { // all are looked up in one place
				texts = texts[:30]
			}
			for _, text := range texts {
				with := maps.Clone(questions()[q.Name])
				with[p.Name] = text
				if p.Name == "certain" || p.Name == "to" {
					with["from"] = questions()[q.Name]["from"]
				}
				_, err := s.Run(s.Context(), q.Name, with, queries.Ask{})
				if err != nil && !clearError(err) {
					s.Errorf("%s %s=%.60q: %.300v", q.Name, p.Name, text, err)
				}
			}
		}
		if _, err := s.Run(s.Context(), q.Name, map[string]string{`x") { uid }`: "1"}, queries.Ask{}); !clearError(err) {
			s.Errorf("%s: %v", q.Name, err)
		}
	}
	for text := range s.sent.take() {
		if !harmless[text] && !fixedText(text) && !relationsOnly(s, text) {
			s.Errorf("hostile parameters sent another query:\n%.2000s", text)
		}
	}
}

func pairs(params map[string]string) []string {
	var all []string
	for name, value := range params {
		all = append(all, name+"="+value)
	}
	return all
}

// badParameters: what is wrong is said, by name.
func badParameters(s *session) {
	for _, c := range []struct{ query, args, want, hint string }{
		{"career", "", "person: missing: the person", "orbat queries show career"},
		{"career", "person=Michael Kurilla|nobody=1", "nobody: no such parameter", ""},
		{"career", "person=Michael Kurilla|as_of=2023-13", `as_of: month 13 in "2023-13"; write YYYY-MM-DD`, ""},
		{"career", "person=Michael Kurilla|as_of=2023|from=2022", "as_of: as_of and from/to exclude each other", "give one of them"},
		{"career", "person=Michael Kurilla|from=2023|to=2022", "from: the window ends before it begins", "swap from and to"},
		{"career", "person=Michael Kurilla|certain=true", "certain: certain needs as_of, or from and to", "add as_of=2023-07-07"},
		{"career", "person=Michael Kurilla|certain=yes", `certain: "yes" is not true or false`, ""},
		{"career", "person=Michael Kurilla|min_confidence=101", `min_confidence: "101" is not a whole number from 0 to 100`, ""},
		{"career", "person=Michael Kurilla|limit=0", `limit: "0" is not a whole number from 1 to 100000`, ""},
		{"career", "person=Michael Kurilla|dataset=a b", `dataset: data set "a b"`, ""},
		{"career", "person=Michael\xff", "person: not valid UTF-8 text", ""},
		{"ego-network", "entity=CENTCOM|relations=comands", `relations: unknown relation "comands"`, "did you mean commands?"},
		{"ego-network", "entity=CENTCOM|relations=, ,", "relations: names no relation", "orbat schema types"},
		{"ego-network", "entity=CENTCOM|relations=xid", `relations: unknown relation "xid"`, ""},
		{"ego-network", "entity=CENTCOM|relations=~commands", `relations: unknown relation "~commands"`, ""},
		{"ego-network", "entity=CENTCOM|relations=claim.subject", `relations: unknown relation "claim.subject"`, ""},
		{"ego-network", "entity=CENTCOM|depth=6", `depth: "6" is not a whole number from 1 to 5`, ""},
		{"shortest-path", "from=CENTCOM", "to: missing: the other end", ""},
	} {
		err := s.fails(c.query, strings.Split(c.args, "|")...)
		if c.args == "" {
			_, err = s.Run(s.Context(), c.query, nil, queries.Ask{})
		}
		var param *queries.ParamError
		if !errors.As(err, &param) || !strings.HasPrefix(err.Error(), c.want) || c.hint != "" && param.Hint() != c.hint || param.Hint() == "" {
			s.Errorf("%s %q: %v", c.query, c.args, err)
		}
	}
	// One relation named twice is one.
	once, twice := s.ask("ego-network", "entity=CENTCOM", "relations=commands"), s.ask("ego-network", "entity=CENTCOM", "relations=commands,commands")
	if len(once.Edges) == 0 || len(once.Edges) != len(twice.Edges) {
		s.Errorf("%d and %d edges", len(once.Edges), len(twice.Edges))
	}
}

// FuzzParameters runs every query with the same text in every parameter that takes text.
func FuzzParameters(f *testing.F) {
	for _, text := range hostileTexts() {
		if len(text) < 4096 {
			f.Add(text, text)
		}
	}
	s := newSession(f)
	s.loadExample()
	harmless := map[string]bool{}
	for name, given := range questions() {
		q, err := s.Library.Find(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, with := range []map[string]string{given, filters(q, given)} {
			for _, ask := range []queries.Ask{{}, {Evidence: true, Full: true}} {
				if _, err := s.Run(f.Context(), name, with, ask); err != nil {
					f.Fatal(err)
				}
			}
		}
	}
	for _, text := range []string{"no such entity", "x:undescribed"} {
		_ = s.fails("career", "person="+text)
	}
	maps.Copy(harmless, s.sent.take())
	f.Fuzz(func(t *testing.T, text, relations string) {
		for _, with := range []struct{ query, param string }{
			{"search-entity", "text"}, {"entity-card", "entity"}, {"shortest-path", "to"}, {"career", "as_of"}, {"career", "dataset"},
		} {
			given := maps.Clone(questions()[with.query])
			given[with.param] = text
			if _, err := s.Run(t.Context(), with.query, given, queries.Ask{}); err != nil && !clearError(err) {
				t.Errorf("%s %s=%q: %v", with.query, with.param, text, err)
			}
		}
		_, err := s.Run(t.Context(), "ego-network", map[string]string{"entity": "CENTCOM", "relations": relations}, queries.Ask{})
		if err != nil && !clearError(err) {
			t.Errorf("relations=%q: %v", relations, err)
		}
		for sent := range s.sent.take() {
			if !harmless[sent] && !fixedText(sent) && !relationsOnly(s, sent) {
				t.Errorf("%q sent another query:\n%s", text, sent)
			}
		}
	})
}

// relationsOnly reports whether a text is a query's own, with relations of the ontology where it says %out and %in.
func relationsOnly(s *session, text string) bool {
	for _, r := range s.Ontology.Relations {
		for _, way := range []string{"    ", "    ~"} {
			text = strings.ReplaceAll(text, way+r.Name+" (first: $fanout) @facets { uid xid }\n", "")
			text = pathLooks(text, way, r.Name)
		}
	}
	if slices.Contains(emptyPathLooks(), text) {
		return true
	}
	for _, q := range s.Library.List() {
		rest := slices.DeleteFunc(strings.Split(q.DQL, "\n"), func(line string) bool { return strings.Contains(line, "%") })
		if text == strings.Join(rest, "\n") {
			return true
		}
	}
	return false
}

// pathLooks takes a relation out of the texts by which shortest-path reads links.
func pathLooks(text, way, relation string) string {
	const facets = " @facets(NOT gt(from_min, $end) AND NOT lt(to_max, $start) AND NOT lt(confidence, $min))"
	for _, line := range []string{" (first: $fanout) { uid }", " (first: $fanout)" + facets + " { uid }", " @filter(uid($others)) { uid }"} {
		text = strings.ReplaceAll(text, way+relation+line+"\n", "")
	}
	return text
}

// emptyPathLooks are those texts without any relation.
func emptyPathLooks() []string {
	const body = "  q(func: uid($frontier)) {\n    uid entity.type\n  }\n}"
	return []string{
		"query paths($frontier: string, $fanout: int) {\n" + body,
		"query paths($frontier: string, $fanout: int, $start: string, $end: string, $min: int) {\n" + body,
		"query paths($frontier: string, $others: string) {\n" + strings.Replace(body, " entity.type", "", 1),
	}
}

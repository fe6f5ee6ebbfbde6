package queries_test

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orbat/queries"
	"orbat/schema"
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

// outline is what of a query's text may not depend on what was typed: all but how long its lists are (the evidence of n
// edges has n numbered variables) and which of the ontology's relations stand where %out and %in do.
func (s *session) outline(text string) string {
	var names []string
	for _, r := range s.Ontology.Relations {
		names = append(names, r.Name)
	}
	text = regexp.MustCompile(`~?\b(`+strings.Join(names, "|")+`)\b`).ReplaceAllString(text, "RELATION")
	// Fields of relations side by side are as many as there are relations.
	var once strings.Builder
	done, last := 0, ""
	for _, at := range regexp.MustCompile(`RELATION[^{}\n]*\{[^{}]*\}\s*`).FindAllStringIndex(text, -1) {
		field := strings.TrimSpace(text[at[0]:at[1]])
		if at[0] != done || field != last {
			once.WriteString(text[done:at[0]] + field + "\n")
		}
		done, last = at[1], field
	}
	text = once.String() + text[done:]
	text = regexp.MustCompile(`\b([a-z_]+)\d+\b`).ReplaceAllString(text, "${1}N")
	for _, between := range []string{"\n", ", ", ","} {
		text = strings.Join(unrepeated(strings.Split(text, between)), between)
	}
	return text
}

// unrepeated shortens each run of one part, or of up to four in turn, to the first.
func unrepeated(parts []string) []string {
	for period := 1; period <= 4; period++ {
		var kept []string
		for i := 0; i < len(parts); {
			if n := len(kept); n >= period && i+period <= len(parts) && slices.Equal(kept[n-period:], parts[i:i+period]) {
				i += period
				continue
			}
			kept = append(kept, parts[i])
			i++
		}
		parts = kept
	}
	return parts
}

// outlines are those of the texts sent since they were last taken.
func (s *session) outlines() map[string]bool {
	all := map[string]bool{}
	for text := range s.sent.take() {
		all[s.outline(text)] = true
	}
	return all
}

// questions returns harmless parameters to every query, by which every text of it is sent.
func questions() map[string]map[string]string {
	return map[string]map[string]string{
		"search-entity": {"text": "kurilla", "type": "Person"},
		"entity-card":   {"entity": "CENTCOM"},
		"ego-network":   {"entity": "CENTCOM", "depth": "2", "relations": "commands,opposes"},
		"shortest-path": {
			"from": "Michael Kurilla", "to": "Usamah al-Muhajir", "max_hops": "3",
			"relations": "commands,carried_out,affected_by",
		},
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
		if q.Refuses(p.Name) != "" {
			continue
		}
		switch p.Name {
		case "as_of":
			if !windowed(q, given) {
				all[p.Name] = "2023-07-07"
			}
		case "min_confidence":
			all[p.Name] = "10"
		case "dataset":
			all[p.Name] = "strike-2023"
		}
	}
	return all
}

// windowed reports whether parameters name a time already, which as_of excludes.
func windowed(q *queries.Query, given map[string]string) bool {
	return slices.ContainsFunc(q.AllParams(), func(p queries.Param) bool {
		return p.Type == "date" && p.Name != "as_of" && given[p.Name] != ""
	})
}

// clearError reports whether an error is one of package queries' own, short and with a hint.
func clearError(err error) bool {
	var param *queries.ParamError
	var unknown *queries.UnknownEntityError
	var ambiguous *queries.AmbiguousError
	known := errors.As(err, &param) || errors.As(err, &unknown) || errors.As(err, &ambiguous)
	return known && remedy(err) != "" && len(err.Error()) < 10_000 && len(remedy(err)) < 10_000
}

// question returns harmless parameters to a query: those above, else its own example's.
func (s *session) question(q *queries.Query) map[string]string {
	s.Helper()
	if given := questions()[q.Name]; given != nil {
		return given
	}
	return harmlessParams(s, q)
}

// harmlessOutlines asks every query in all ways that harmless parameters know, and gives the outlines of what is sent.
func (s *session) harmlessOutlines() map[string]bool {
	s.Helper()
	s.sent.take()
	for _, q := range s.Library.List() {
		given := s.question(q)
		wide := maps.Clone(given)
		delete(wide, "relations")
		marked := filters(q, given)
		marked["max_marking"] = "TLP:GREEN"
		for _, p := range []map[string]string{given, filters(q, given), wide, marked} {
			for _, ask := range []queries.Ask{{}, {Evidence: true, Full: true}} {
				_, err := s.Run(s.Context(), q.Name, p, ask)
				if err != nil && (p["max_marking"] == "" || !clearError(err)) { // not every question can look at markings
					s.Fatalf("%s %v: %v", q.Name, p, err)
				}
			}
		}
		for _, p := range q.Params {
			if p.Type == "entity" && !p.Required { // a text of spaces names none: then of all
				without := maps.Clone(given)
				delete(without, p.Name)
				if _, err := s.Run(s.Context(), q.Name, without, queries.Ask{}); err != nil && !clearError(err) {
					s.Fatalf("%s %v: %v", q.Name, without, err)
				}
			}
			if p.Type == "entity" { // one that nobody knows: suggestions
				for _, nobody := range []string{"no such entity", "x:undescribed"} {
					with := maps.Clone(given)
					with[p.Name] = nobody
					_ = s.fails(q.Name, pairs(with)...)
				}
				for _, word := range []string{"us", "air"} { // of many names: what tells them apart; perhaps of one alone
					with := maps.Clone(given)
					with[p.Name] = word
					_, _ = s.Run(s.Context(), q.Name, with, queries.Ask{})
				}
			}
		}
	}
	all := s.outlines()
	all[s.outline(schema.Writing)] = true // sent where an answer took a second, which depends on the machine
	return all
}

// asked asks a query with a hostile text in one parameter: an answer, or an error that says what is wrong.
func (s *session) asked(q *queries.Query, param, text string) {
	s.Helper()
	with := maps.Clone(s.question(q))
	with[param] = text
	if param == "certain" || param == "to" && questions()[q.Name]["to"] == "" { // what they need beside them
		with["from"] = s.question(q)["from"]
	}
	_, err := s.Run(s.Context(), q.Name, with, queries.Ask{})
	if err != nil && !clearError(err) {
		s.Errorf("%s %s=%.60q: %.300v", q.Name, param, text, err)
	}
}

// few of the hostile texts are for the many parameters of types that are read in one place, another few for each.
func few(texts []string, turn int) []string {
	const least, step = 6, 7
	chosen := slices.Clone(texts[:least])
	for i := turn % step; i < len(texts); i += step {
		if len(texts[i]) < 4096 || turn%4 == 0 { // a megabyte takes its time
			chosen = append(chosen, texts[i])
		}
	}
	return chosen
}

// hostileParameters puts hostile texts into each parameter of each query of the library: only texts with the outline of
// those that harmless parameters send are sent (law 13), and every error says what is wrong.
func hostileParameters(s *session) {
	harmless := s.harmlessOutlines()
	whole := map[string]bool{} // types of parameters that had all texts
	turn := 0
	for _, q := range s.Library.List() {
		for _, p := range q.AllParams() {
			texts := hostileTexts()
			if p.Type != "text" && whole[p.Type] {
				texts = few(texts, turn)
				if !slices.ContainsFunc(q.Params, func(own queries.Param) bool { return own.Name == p.Name }) {
					texts = texts[turn%len(texts):][:1] // the common ones are read before any query is looked at
				}
			}
			whole[p.Type] = true
			turn++
			for _, text := range texts {
				s.asked(q, p.Name, text)
			}
			for _, text := range hostileTexts()[:30] { // within a list
				for kind, separator := range map[string]string{"relations": ",", "entities": ";"} {
					if p.Type == kind {
						s.asked(q, p.Name, s.question(q)[p.Name]+separator+text)
					}
				}
			}
		}
		for i, text := range few(hostileTexts(), turn) { // in all at once
			with := map[string]string{}
			for _, p := range q.Params {
				with[p.Name] = hostileTexts()[(i+len(with))%40] + text
			}
			if _, err := s.Run(s.Context(), q.Name, with, queries.Ask{}); err != nil && !clearError(err) {
				s.Errorf("%s %.200q: %.300v", q.Name, with, err)
			}
		}
		if _, err := s.Run(s.Context(), q.Name, map[string]string{`x") { uid }`: "1"}, queries.Ask{}); !clearError(err) {
			s.Errorf("%s: %v", q.Name, err)
		}
	}
	for outline := range s.outlines() {
		if !harmless[outline] {
			s.Errorf("hostile parameters sent another query:\n%.2000s", outline)
		}
	}
	// The outline hides nothing of what hostile texts bring.
	for _, text := range hostileTexts() {
		if plain := regexp.MustCompile(`^[a-z_]*\d*$`); len(text) < 1024 && !plain.MatchString(text) && !s.hides(text) {
			continue
		} else if len(text) < 1024 && !plain.MatchString(text) {
			s.Errorf("the outline of a query hides %q", text)
		}
	}
}

// hides reports whether a text put into a query goes unseen in its outline.
func (s *session) hides(text string) bool {
	const before, after = `{ q(func: eq(name, "`, `")) { uid } }`
	return s.outline(before+text+after) == s.outline(before+after)
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
		{"career", "", "person: missing: the person", "see question/career"},
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
		{"ego-network", "entity=CENTCOM|relations=, ,", "relations: names no relation", "see types"},
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
		if !errors.As(err, &param) || !strings.HasPrefix(err.Error(), c.want) || c.hint != "" && remedy(err) != c.hint ||
			remedy(err) == "" || param.Query != c.query {
			s.Errorf("%s %q: %v", c.query, c.args, err)
		}
	}
	// One relation named twice is one.
	once, twice := s.ask("ego-network", "entity=CENTCOM", "relations=commands"), s.ask("ego-network", "entity=CENTCOM",
		"relations=commands,commands")
	if len(once.Edges) == 0 || len(once.Edges) != len(twice.Edges) {
		s.Errorf("%d and %d edges", len(once.Edges), len(twice.Edges))
	}
}

// FuzzParameters puts a text into one parameter of one query, which a number picks of all that the library has.
func FuzzParameters(f *testing.F) {
	s := newSession(f)
	s.loadExample()
	type place struct {
		query *queries.Query
		param string
	}
	var places []place
	for _, q := range s.Library.List() {
		for _, p := range q.AllParams() {
			places = append(places, place{q, p.Name})
		}
	}
	texts := slices.DeleteFunc(hostileTexts(), func(text string) bool { return len(text) > 4096 })
	for i := range max(len(places), len(texts)) {
		f.Add(uint16(i%len(places)), texts[i%len(texts)])
	}
	harmless := s.harmlessOutlines()
	f.Fuzz(func(t *testing.T, which uint16, text string) {
		own := s.in(t)
		at := places[int(which)%len(places)]
		own.asked(at.query, at.param, text)
		for outline := range own.outlines() {
			if !harmless[outline] {
				t.Errorf("%s %s=%q sent another query:\n%s", at.query.Name, at.param, text, outline)
			}
		}
	})
}

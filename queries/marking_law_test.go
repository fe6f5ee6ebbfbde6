package queries_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/schema"
)

// marks are the markings of the model with the limits that let them through, written out by hand.
var marks = map[string][]string{
	"":                   {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "SECRET", "SECRET//NOFORN"},
	"TLP:CLEAR":          {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"},
	"TLP:WHITE":          {"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER"},
	"TLP:GREEN":          {"TLP:GREEN", "TLP:AMBER"},
	"tlp:green":          {"TLP:GREEN", "TLP:AMBER"},
	"TLP:AMBER":          {"TLP:AMBER"},
	"TLP:AMBER+STRICT":   {},
	"TLP:RED":            {},
	"NATO RESTRICTED":    {"SECRET", "SECRET//NOFORN"},
	"SECRET":             {"SECRET", "SECRET//NOFORN"},
	"SECRET//NOFORN":     {"SECRET//NOFORN"},
	"VS-NfD":             {},
	"TLP:CLEAR; VS-NfD":  {},
	"TLP:GREEN; TLP:RED": {},
}

func passesAt(limit, marking string) bool {
	limits, known := marks[marking]
	if !known {
		panic("no limit was written out for " + marking)
	}
	return slices.Contains(limits, limit)
}

// world is a random graph in which every text is a word of its own, so that whatever leaks is found by name.
type world struct {
	*rand.Rand
	words map[int]bool
	lines []string // what is loaded, without decisions
	old   []string // what is retracted again

	people, units, places, sources []string
}

// word returns one that was not given before, in no order: which of several wins is left to chance.
func (w *world) word() string {
	for {
		if n := w.IntN(10_000); !w.words[n] {
			w.words[n] = true
			return fmt.Sprintf("q%04dz", n)
		}
	}
}

func (w *world) marking() string {
	if w.IntN(5) > 1 {
		return ""
	}
	return pick(w.Rand, slices.Sorted(maps.Keys(marks)))
}

func (w *world) line(record map[string]any) string {
	for key, value := range record {
		if value == "" || value == nil {
			delete(record, key)
		}
	}
	if _, set := record["dataset"]; !set {
		record["dataset"] = pick(w.Rand, []string{"one", "two"})
	}
	text, err := json.Marshal(record)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (w *world) cites(record map[string]any) map[string]any {
	var cites []map[string]any
	for _, source := range w.sources {
		if w.IntN(4) == 0 {
			cites = append(cites, map[string]any{"source": source, "quote": w.word(), "locator": w.word()})
		}
	}
	if len(cites) > 0 {
		record["sources"] = cites
	}
	return record
}

func newWorld(r *rand.Rand) *world {
	w := &world{Rand: r, words: map[int]bool{}}
	some := func(kind string, n int) (xids []string) {
		for range n {
			xids = append(xids, "t:"+kind+w.word())
		}
		return xids
	}
	w.people, w.units, w.places, w.sources = some("p", 6), some("u", 4), some("l", 2), some("s", 4)
	describe := func(kind, xid string) string {
		record := map[string]any{
			"type": kind, "xid": xid, "name": w.word(), "aliases": []string{w.word()}, "description": w.word(),
			"x_note": w.word(), "record": w.word(),
		}
		if w.IntN(3) == 0 {
			record["marking"] = w.marking()
		}
		switch kind {
		case "Source":
			delete(record, "name")
			if w.IntN(4) == 0 { // few are cited, so that each hides much
				record["marking"] = pick(r, []string{"TLP:RED", "TLP:AMBER", "SECRET", "TLP:GREEN"})
			}
			record["title"], record["publisher"] = w.word(), w.word()
			record["reliability"] = pick(r, []string{"", "A", "B", "F"})
		case "Location":
			record["geo"], record["precision_m"] = map[string]any{"type": "Point", "coordinates": []float64{30.5, 50.25}}, 12.5
		case "Person":
			record["rank"] = w.word()
		}
		return w.line(w.cites(record))
	}
	of := map[string][]string{"Person": w.people, "Unit": w.units, "Location": w.places, "Source": w.sources}
	for _, kind := range slices.Sorted(maps.Keys(of)) { // in one order, so that a seed repeats
		for _, xid := range of[kind] {
			for range r.IntN(3) {
				w.lines = append(w.lines, describe(kind, xid))
			}
			values := r.IntN(2)
			if kind == "Source" {
				values = r.IntN(5)
			}
			for range values {
				property := pick(r, []string{"name", "description", "marking", "name"})
				if kind == "Person" { // of ranks that differ the most reliable that may be seen is shown
					property = pick(r, []string{"name", "description", "marking", "rank", "rank"})
				}
				if kind == "Source" {
					property = pick(r, []string{"title", "publisher", "marking", "title"})
				}
				value := w.word()
				if property == "marking" {
					if value = w.marking(); value == "" {
						continue
					}
				}
				w.lines = append(w.lines, w.line(w.cites(map[string]any{
					"property": property, "of": xid, "value": value,
					"marking": w.marking(), "period": pick(r, []string{"", "2001/2004", "2010"}),
				})))
			}
		}
	}
	w.old = append(w.old, describe("Person", w.people[0]), describe("Unit", w.units[0]))
	for range 45 {
		relation := pick(r, []struct {
			name     string
			from, to []string
		}{
			{"commands", w.people, w.units},
			{"commands", w.people, w.units},
			{"posted_to", w.people, w.units},
			{"subordinate_to", w.units, w.units},
			{"allied_with", w.units, w.units},
			{"associate_of", w.people, w.people},
			{"based_at", w.units, w.places},
			{"mentions", w.sources, w.people},
		})
		record := map[string]any{
			"relation": relation.name, "from": pick(r, relation.from), "to": pick(r, relation.to), "marking": w.marking(),
			"assertion": pick(r, []string{"", "", "", "", "denied", "hedged", "planned"}),
			"period":    pick(r, []string{"", "2001/2004", "2010/..", "2003-05"}), "method": w.word(),
		}
		if relation.name == "commands" || relation.name == "posted_to" {
			record["role"] = pick(r, []string{w.word(), "commander"})
		}
		if r.IntN(4) == 0 {
			record["attributed_to"] = pick(r, w.people)
		}
		if r.IntN(2) == 0 {
			record["confidence"] = 10 * r.IntN(11)
		}
		if r.IntN(3) == 0 {
			delete(record, "method")
		}
		line := w.line(w.cites(record))
		if r.IntN(8) == 0 {
			w.old = append(w.old, line)
		} else {
			w.lines = append(w.lines, line)
		}
	}
	for range 8 { // claims that are alike but for what they cite
		record := map[string]any{
			"dataset": "two", "relation": "commands", "from": pick(r, w.people), "to": pick(r, w.units),
			"role": "deputy",
		}
		one, other := map[string]any{"source": pick(r, w.sources)}, map[string]any{"source": pick(r, w.sources)}
		for _, cites := range [][]map[string]any{{one}, {one, other}, {other}} {
			record["sources"] = cites
			w.lines = append(w.lines, w.line(record))
		}
	}
	for n := range 12 { // versions of one record, of which another may be hidden for its marking or for what it cites
		relation := pick(r, []string{"commands", "posted_to", "associate_of", "rank"})
		from, to := pick(r, w.people), pick(r, w.units)
		if relation == "associate_of" {
			to = pick(r, w.people)
		}
		for version := range 2 + r.IntN(2) {
			record := map[string]any{
				"relation": relation, "from": from, "to": to, "dataset": "two", "method": w.word(), "marking": w.marking(),
				"record": fmt.Sprint("v", n), "record_version": fmt.Sprint(version),
				"assertion": pick(r, []string{"", "", "", "denied", "hedged"}), "period": pick(r, []string{"", "2001/2004", "2010/.."}),
			}
			if relation == "rank" {
				for _, key := range []string{"relation", "from", "to"} {
					delete(record, key)
				}
				record["property"], record["of"], record["value"] = relation, from, w.word()
			}
			w.lines = append(w.lines, w.line(w.cites(record)))
		}
	}
	slices.Sort(w.lines)
	w.lines = slices.Compact(w.lines)
	for i, line := range w.old {
		w.old[i] = regexp.MustCompile(`"dataset":"\w+"`).ReplaceAllString(line, `"dataset":"old"`)
	}
	return w
}

// decisions merges some people, which keeps others apart, and rejects some claims.
func (w *world) decisions(claims []*schema.Claim) []string {
	var lines []string
	decide := func(record map[string]any) {
		record["why"], record["dataset"] = w.word(), "decisions"
		lines = append(lines, w.line(record))
	}
	shuffled := slices.Clone(w.people)
	w.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for i := range w.IntN(4) { // a star or a chain of up to four
		decide(map[string]any{"decision": "same", "between": []string{shuffled[w.IntN(i+1)], shuffled[i+1]}})
	}
	decide(map[string]any{"decision": "different", "between": []string{shuffled[4], shuffled[5]}})
	decide(map[string]any{"decision": "unsure", "between": []string{shuffled[0], shuffled[5]}})
	if w.IntN(2) == 0 {
		decide(map[string]any{"decision": "same", "between": []string{w.units[0], w.units[1]}})
	}
	several := slices.DeleteFunc(slices.Clone(claims), func(c *schema.Claim) bool { return len(c.Cites) < 2 })
	for range 3 {
		decide(map[string]any{"decision": "reject", "claim": pick(w.Rand, claims).Key()})
		decide(map[string]any{"decision": "reject", "claim": pick(w.Rand, several).Key()})
	}
	return slices.Compact(slices.Sorted(slices.Values(lines)))
}

// claims are those that lines of NDJSON make.
func (s *session) claims(lines []string) []*schema.Claim {
	s.Helper()
	var all []*schema.Claim
	for record, err := range format.Read(s.Context(), format.Stream("test.ndjson", strings.NewReader(strings.Join(lines, "\n"))),
		format.Options{}) {
		if err != nil {
			s.Fatal(err)
		}
		claims, err := loader.Claims(s.Ontology, "", record)
		if err != nil {
			s.Fatal(err)
		}
		all = append(all, claims...)
	}
	return all
}

// upTo is what of claims and decisions may be seen at a limit, as lines that load: the rule in a few lines, of claims
// alone.
func upTo(limit string, claims, retracted, decisions []*schema.Claim) (lines, old []string) {
	rejected, one := map[string]bool{}, map[string]map[string]bool{}
	group := func(xid string) map[string]bool {
		if one[xid] == nil {
			one[xid] = map[string]bool{xid: true}
		}
		return one[xid]
	}
	for _, d := range decisions {
		switch d.Predicate {
		case schema.Reject:
			rejected[d.Value] = true
		case schema.Same:
			all := maps.Clone(group(d.Subject))
			maps.Copy(all, group(d.Object))
			for xid := range all {
				one[xid] = all
			}
		}
	}
	markings := func(c *schema.Claim) []string {
		if c.Predicate == "marking" {
			return []string{c.Value}
		}
		if c.Predicate == schema.Describes {
			return c.Values["marking"]
		}
		return nil
	}
	hidden := map[string]bool{}
	for _, c := range claims {
		for _, marking := range markings(c) {
			if !rejected[c.Key()] && !passesAt(limit, marking) {
				maps.Copy(hidden, group(c.Subject))
			}
		}
	}
	kept, key, touched := map[string]bool{}, map[string]string{}, map[string]bool{}
	for _, c := range slices.Concat(claims, retracted) {
		was, seen := c.Key(), *c
		seen.Cites = slices.DeleteFunc(slices.Clone(c.Cites), func(cite schema.Citation) bool { return hidden[cite.Source] })
		if hidden[c.Subject] || hidden[c.Object] || hidden[c.AttributedTo] || len(seen.Cites) == 0 ||
			slices.ContainsFunc(append(markings(c), c.Marking), func(m string) bool { return !passesAt(limit, m) }) {
			continue
		}
		if slices.Contains(retracted, c) {
			old = append(old, string(seen.AppendJSON(nil)))
			continue
		}
		kept[string(seen.AppendJSON(nil))] = true
		key[was] = seen.Key()
		for _, xid := range []string{seen.Subject, seen.Object, seen.AttributedTo} {
			touched[xid] = true
		}
		for _, cite := range seen.Cites {
			touched[cite.Source] = true
		}
	}
	for _, d := range decisions {
		seen := *d
		if d.Predicate == schema.Reject {
			if seen.Value = key[d.Value]; seen.Value == "" {
				continue
			}
		} else if !touched[d.Subject] || !touched[d.Object] {
			continue
		}
		kept[string(seen.AppendJSON(nil))] = true
	}
	return slices.Sorted(maps.Keys(kept)), old
}

// shown is all that a database shows at a limit.
type shown struct {
	canonical, part []string
	graph           map[string]string // what is drawn, by data set and id
	answers         map[string]string // by question
	bytes           string            // all of it
}

func (s *session) shown(w *world, limit *queries.MaxMarking, names []string) *shown {
	s.Helper()
	runner := *s.Runner
	runner.MaxMarking = limit
	out := &shown{graph: map[string]string{}, answers: map[string]string{}}
	lines := func(dataset string) []string {
		var text bytes.Buffer
		if _, _, err := runner.Canonical(s.Context(), &text, dataset); err != nil {
			s.Fatal(err)
		}
		out.bytes += text.String()
		return strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n")
	}
	out.canonical, out.part = lines(""), lines("one")
	own := &session{TB: s.TB, Runner: &runner}
	for _, dataset := range []string{"", "one"} {
		nodes, edges := own.graph(dataset)
		out.bytes += asJSON(s, nodes) + asJSON(s, edges) // all that encoders are given
		for _, n := range nodes {
			out.graph[dataset+" "+n.XID] = steady(asJSON(s, n))
		}
		for _, e := range edges {
			out.graph[dataset+" "+e.ID] = steady(asJSON(s, e))
		}
	}
	for _, question := range w.questions(names) {
		name, rest, _ := strings.Cut(question, " ")
		result, err := runner.Run(s.Context(), name, params(strings.Split(rest, " ")...), queries.Ask{Evidence: true, Full: true})
		var unknown *queries.UnknownEntityError
		switch {
		case err != nil && strings.Contains(err.Error(), "no paths are searched"):
			out.answers[question] = noPaths
			continue
		case errors.As(err, &unknown):
			out.answers[question] = "unknown"
			out.bytes += strings.ReplaceAll(err.Error()+remedy(unknown), unknown.Text, "")
			continue
		case err != nil:
			s.Fatal(err)
		}
		result.Params = nil // what was asked is no secret to who asks
		text := asJSON(s, result)
		out.bytes += text
		out.answers[question] = steady(text)
	}
	return out
}

// questions about everything, by xid and by name.
func (w *world) questions(names []string) []string {
	var all []string
	for i, person := range w.people[:4] {
		unit, other := w.units[i%len(w.units)], w.people[(i+1)%len(w.people)]
		all = append(
			all, "entity-card entity="+person, "ego-network entity="+person+" depth=2", "career person="+person,
			"career person="+person+" as_of=2003",
			"shortest-path from="+person+" to="+unit, "shortest-path from="+person+" to="+other,
			"evidence-for-link from="+person+" to="+unit,
			"commanders-of-unit unit="+unit+" min_confidence=30", "subordinate-tree unit="+unit, "entity-card entity="+unit+" dataset=one",
			"common-neighbours first="+person+" second="+unit, "served-together person="+person, "superiors-of-person person="+person,
			"corroboration entity="+person, "weak-and-stale entity="+unit+" before=2020", "co-mention entity="+person,
			"conflicting-claims entity="+unit, "unit-footprint unit="+unit, "alliances-and-rivals entity="+unit,
		)
	}
	for _, source := range w.sources {
		all = append(all, "ego-network relations=mentions entity="+source, "entity-card entity="+source)
	}
	for _, name := range names {
		all = append(all, "search-entity text="+name, "ego-network entity="+name)
	}
	return all
}

// steady leaves out what differs between two loads of the same: file and row, the places made of them, retracted
// claims, and how Dgraph writes numbers.
func steady(text string) string {
	for _, varying := range []string{`\s*"(file|row)": [^\n]*`, `\s*"locator": "test\.ndjson:\d+",?`, `\s*"test\.ndjson:\d+",?`} {
		text = regexp.MustCompile(varying).ReplaceAllString(text, "")
	}
	text = regexp.MustCompile(`(\d\.\d*?[1-9])0+\b`).ReplaceAllString(text, "$1")
	return regexp.MustCompile(`,(\s*[}\]])`).ReplaceAllString(text, "$1")
}

// TestLeak: what a marking limit leaves out shows nowhere, as if it had never been loaded: exports and answers up to a
// limit are those of a database that holds only what the limit allows.
func TestLeak(t *testing.T) {
	r := seeded(t)
	w := newWorld(r)
	limits := []string{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "SECRET", "SECRET//NOFORN"}
	r.Shuffle(len(limits), func(i, j int) { limits[i], limits[j] = limits[j], limits[i] })
	limits = limits[:3]
	atLimit, lines, old := map[string]*shown{}, map[string][]string{}, map[string][]string{}
	const edition = `{"dataset":"old","type":"Person","xid":"t:last","name":"last"}` // all that is left of old
	var names, all []string
	t.Run("whole", func(t *testing.T) {
		s := newSession(t)
		claims := s.claims(w.lines)
		for _, c := range claims {
			names = append(names, c.Values["name"]...)
			if c.Predicate == "name" {
				names = append(names, c.Value)
			}
		}
		decisions := w.decisions(claims)
		s.load(loader.Options{}, append(slices.Clone(w.lines), w.old...)...)
		s.load(loader.Options{}, decisions...)
		s.load(loader.Options{Dataset: "old", Replace: true}, edition)
		claims, retracted := append(claims, s.claims([]string{edition})...), s.claims(w.old)
		w.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		names = names[:5]
		all = append(slices.Concat(w.lines, w.old), decisions...)
		for _, limit := range limits {
			parsed, err := queries.ParseMaxMarking(limit)
			if err != nil {
				t.Fatal(err)
			}
			atLimit[limit] = s.shown(w, parsed, names)
			lines[limit], old[limit] = upTo(limit, claims, retracted, s.claims(decisions))
		}
	})
	for _, limit := range limits {
		t.Run(limit, func(t *testing.T) {
			s := newSession(t)
			s.load(loader.Options{}, append(slices.Clone(lines[limit]), old[limit]...)...)
			s.load(loader.Options{Dataset: "old", Replace: true}, edition)
			if findings := s.check().Findings; len(findings) > 0 && !strings.Contains(fmt.Sprint(findings), loader.DisputedType) {
				t.Errorf("check: %v", findings)
			}
			compareShown(t, atLimit[limit], s.shown(w, nil, names))
			kept := strings.Join(append(old[limit], lines[limit]...), "\n")
			word := regexp.MustCompile(`q\d{4}z`)
			for _, hidden := range word.FindAllString(strings.Join(all, "\n"), -1) {
				if !strings.Contains(kept, hidden) && strings.Contains(atLimit[limit].bytes, hidden) {
					at := strings.Index(atLimit[limit].bytes, hidden)
					t.Errorf("%s leaks: …%s…", hidden, atLimit[limit].bytes[max(0, at-300):min(at+100, len(atLimit[limit].bytes))])
					break
				}
			}
			t.Logf("%d of %d lines, %d nodes and edges, %d answers", len(lines[limit]), len(all), len(atLimit[limit].graph),
				len(atLimit[limit].answers))
		})
	}
}

// How many claims without a grade a search for paths meets depends on the links that it follows; up to a limit it tells
// nothing of those that are hidden.
func TestSearchCountsNothingOfWhatIsHidden(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{}, `{"type":"Person","xid":"t:a","name":"A"}`, `{"type":"Person","xid":"t:b","name":"B"}`,
		`{"type":"Person","xid":"t:c","name":"C"}`, `{"type":"Person","xid":"t:d","name":"D"}`, `{"type":"Person","xid":"t:x","name":"X"}`,
		`{"relation":"associate_of","from":"t:a","to":"t:b"}`, `{"relation":"associate_of","from":"t:b","to":"t:c"}`,
		`{"relation":"associate_of","from":"t:c","to":"t:d"}`, `{"relation":"associate_of","from":"t:c","to":"t:d","period":"2001"}`,
		`{"relation":"posted_to","from":"t:a","to":"t:u"}`, `{"relation":"posted_to","from":"t:a","to":"t:u","confidence":90,"period":"2003"}`,
		`{"type":"Unit","xid":"t:u","name":"U"}`,
	)
	ask := func(to string) string {
		return asJSON(t, s.ask("shortest-path", "from=t:a", "to="+to, "min_confidence=50", "max_marking=TLP:GREEN"))
	}
	without, behind := ask("t:d"), ask("t:u")
	if !strings.Contains(behind, `"ungraded": 1`) {
		t.Errorf("what is behind the answer is counted: %s", behind)
	}
	s.load(
		loader.Options{Dataset: "hidden"},
		`{"relation":"associate_of","from":"t:a","to":"t:x","confidence":90,"marking":"TLP:RED"}`,
		`{"relation":"associate_of","from":"t:c","to":"t:x","confidence":90,"marking":"TLP:RED"}`,
	)
	if with := ask("t:d"); with != without {
		t.Errorf("with hidden claims %s\nwithout %s", with, without)
	}
}

// TestMaxMarking: the runner's limit and the question's both hold; what nobody can vouch for is refused; a limit says
// what it left out to whoever asked, and to nobody else.
func TestMaxMarking(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{}, `{"type":"Person","xid":"t:p","name":"P"}`, `{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Unit","xid":"t:v","name":"V"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","marking":"TLP:AMBER"}`, `{"relation":"commands","from":"t:p","to":"t:v","marking":"SECRET"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","marking":"for your eyes"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:v","marking":"TLP:GREEN","sources":[{"source":"t:s","quote":"Q"},{"source":"t:hidden"}]}`,
		`{"type":"Source","xid":"t:s","title":"Public","publisher":"Z"}`, `{"type":"Source","xid":"t:hidden","marking":"TLP:RED"}`,
		`{"property":"title","of":"t:s","value":"A secret","marking":"TLP:RED"}`, `{"property":"publisher","of":"t:s","value":"A secret","marking":"TLP:RED"}`,
	)
	for limit, want := range map[string]string{"TLP:GREEN": "Public, Z", "TLP:RED": "A secret, A secret; t:hidden"} {
		link := s.ask("evidence-for-link", "from=t:p", "to=t:v", "max_marking="+limit)
		var titles []string
		for _, cite := range link.Edges[0].Evidence[0].Cites {
			titles = append(titles, queries.SourceLine(cite))
		}
		if got := strings.Join(sorted(titles), "; "); got != want || link.Edges[0].Sources != len(titles) ||
			link.Edges[0].Evidence[0].Key != link.Rows[0][0] {
			t.Errorf("up to %s: %s, %s", limit, got, asJSON(t, link))
		}
	}
	// How many links an entity has would tell how many are hidden.
	wrong := (*queries.ParamError)(nil)
	_, err := s.Run(t.Context(), "shortest-path", params("from=t:p", "to=t:v", "max_links=1", "max_marking=TLP:GREEN"), queries.Ask{})
	if !errors.As(err, &wrong) || wrong.Column != "max_links" {
		t.Errorf("max_links up to a marking limit: %v", err)
	}
	limit := func(text string) *queries.MaxMarking {
		m, err := queries.ParseMaxMarking(text)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		most, asked     string
		edges, withheld int
	}{
		{"", "", 4, 0},
		{"", "TLP:GREEN", 1, 5},
		{"TLP:GREEN", "", 1, 5},
		{"TLP:GREEN", "TLP:RED", 1, 5},
		{"TLP:RED", "TLP:GREEN", 1, 5},
		{"TLP:AMBER", "SECRET", 0, 4},
		{"TLP:AMBER; SECRET", "", 3, 3},
		{"SECRET", "", 1, 3},
		{"TLP:CLEAR", "", 0, 4},
	} {
		runner := *s.Runner
		asked := map[string]string{"entity": "t:p"}
		if c.asked != "" {
			asked["max_marking"] = c.asked
		}
		if c.most != "" {
			runner.MaxMarking = limit(c.most)
		}
		result, err := runner.Run(t.Context(), "ego-network", asked, queries.Ask{})
		if err != nil {
			t.Fatal(err)
		}
		left := 0
		if result.Withheld != nil {
			left = result.Withheld.Claims
		}
		if len(result.Edges) != c.edges || left != c.withheld || strings.Contains(asJSON(t, result), "ithheld") {
			t.Errorf("%+v: %d edges, %d withheld", c, len(result.Edges), left)
		}
		if left > 0 && result.Withheld.Unknown["for your eyes"] != 1 {
			t.Errorf("%+v: unknown are %v", c, result.Withheld.Unknown)
		}
	}
	if err := s.fails("ego-network", "entity=t:p", "max_marking= "); !strings.Contains(err.Error(), "names no marking") {
		t.Error(err)
	}
	own, err := queries.Builtin(s.Ontology)
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{"people.dql": {Data: []byte(
		"# name: people\n# purpose: names\n# shape: table\n# columns: [name]\n{ q(func: eq(entity.type, \"Person\")) { name } }")}}
	if errs := own.Add(folder, "my"); len(errs) > 0 {
		t.Fatal(errs)
	}
	runner := *s.Runner
	runner.Library = own
	for _, bound := range []*queries.MaxMarking{nil, limit("TLP:RED")} {
		runner.MaxMarking = bound
		_, err := runner.Run(t.Context(), "people", map[string]string{"max_marking": "TLP:RED"}, queries.Ask{})
		var refused *queries.ParamError
		if !errors.As(err, &refused) || refused.Column != "max_marking" {
			t.Errorf("values straight from the graph: %v", err)
		}
	}
	if _, err := runner.Run(t.Context(), "people", nil, queries.Ask{}); err == nil {
		t.Error("the runner's limit is passed by")
	}
	g := runner.Export(t.Context(), "")
	for _, err := range g.Edges { // nobody asked for the nodes
		if err != nil {
			t.Fatal(err)
		}
	}
	if g.Withheld == nil || g.Withheld.Claims != 2 {
		t.Errorf("an export withheld %+v", g.Withheld)
	}
}

// TestTornApart: entities that only one left out holds together are several again, in every answer: no question about
// one of them tells anything of the other.
func TestTornApart(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{}, `{"type":"Person","xid":"t:b","name":"B"}`, `{"type":"Person","xid":"t:c","name":"C"}`,
		`{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Unit","xid":"t:v","name":"V"}`, `{"type":"Unit","xid":"t:w","name":"W"}`,
		`{"relation":"posted_to","from":"t:a","to":"t:u","marking":"SECRET"}`, // all that is known of t:a
		`{"relation":"commands","from":"t:b","to":"t:u"}`, `{"relation":"commands","from":"t:c","to":"t:v"}`,
		`{"relation":"commands","from":"t:b","to":"t:w"}`, `{"relation":"commands","from":"t:c","to":"t:w","marking":"TLP:GREEN"}`,
	)
	s.load(loader.Options{}, `{"decision":"same","between":["t:a","t:b"],"why":"x"}`, `{"decision":"same","between":["t:c","t:a"],"why":"x"}`)
	if got := len(s.ask("ego-network", "entity=C").Edges); got != 4 {
		t.Errorf("%d links of the whole", got)
	}
	drawn := func(query string, args ...string) string {
		var links []string
		for _, e := range s.ask(query, append(args, "max_marking=TLP:GREEN")...).Edges {
			links = append(links, strings.TrimPrefix(e.From, "t:")+">"+strings.TrimPrefix(e.To, "t:"))
		}
		return strings.Join(sorted(links), " ")
	}
	for _, c := range []struct{ query, args, want string }{
		{"ego-network", "entity=t:b", "b>u b>w"},
		{"ego-network", "entity=t:c", "c>v c>w"},
		{"ego-network", "entity=B", "b>u b>w"},
		{"ego-network", "entity=t:w", "b>w c>w"},
		{"ego-network", "entity=t:u depth=2", "b>u b>w"},
		{"ego-network", "entity=t:b depth=3", "b>u b>w c>v c>w"},
		{"career", "person=t:c", "c>v c>w"},
		{"commanders-of-unit", "unit=W", "b>w c>w"},
		{"evidence-for-link", "from=t:b to=t:v", ""},
		{"evidence-for-link", "from=t:c to=t:w", "c>w"},
	} {
		if got := drawn(c.query, strings.Split(c.args, " ")...); got != c.want {
			t.Errorf("%s %s draws %q, not %q", c.query, c.args, got, c.want)
		}
	}
	if err := s.fails("shortest-path", "from=t:u", "to=t:v", "max_marking=TLP:GREEN"); !strings.Contains(err.Error(),
		"no paths are searched") {
		t.Errorf("a path over what is torn apart: %v", err)
	}
	for _, xid := range []string{"t:b", "t:c"} {
		card := asJSON(t, s.ask("entity-card", "entity="+xid, "max_marking=TLP:GREEN"))
		if strings.Contains(card, "same as") || strings.Contains(card, "t:a") || !strings.Contains(card, `"→ commands",`) {
			t.Errorf("the card of %s: %s", xid, card)
		}
	}
	if err := s.fails("ego-network", "entity=t:a", "max_marking=TLP:GREEN"); !errors.As(err, new(*queries.UnknownEntityError)) {
		t.Errorf("t:a: %v", err)
	}
}

// noPaths is the answer where a marking tears entities apart and no paths are searched.
const noPaths = "no paths"

func compareShown(t *testing.T, got, want *shown) {
	t.Helper()
	for question, answer := range got.answers {
		if answer == noPaths {
			delete(got.answers, question)
			delete(want.answers, question)
		}
	}
	if !slices.Equal(got.canonical, want.canonical) {
		t.Errorf("canonical:\n%s", differing(got.canonical, want.canonical))
	}
	if !slices.Equal(got.part, want.part) {
		t.Errorf("canonical of one:\n%s", differing(got.part, want.part))
	}
	for what, pair := range map[string][2]map[string]string{"graph": {got.graph, want.graph}, "answer": {got.answers, want.answers}} {
		shown := 0
		for _, name := range slices.Sorted(maps.Keys(maps.Collect(func(yield func(string, bool) bool) {
			for _, m := range pair {
				for k := range m {
					if !yield(k, true) {
						return
					}
				}
			}
		}))) {
			if have, should := pair[0][name], pair[1][name]; have != should && shown < 3 {
				shown++
				t.Errorf("%s %s:\n%s", what, name, differing(strings.Split(have, "\n"), strings.Split(should, "\n")))
			}
		}
	}
}

// differing shows what only one of two texts has.
func differing(got, want []string) string {
	var out strings.Builder
	for i, line := range got {
		if !slices.Contains(want, line) {
			out.WriteString("only up to the limit, " + strconv.Itoa(i) + ": " + line + "\n")
		}
	}
	for i, line := range want {
		if !slices.Contains(got, line) {
			out.WriteString("only in what was loaded up to it, " + strconv.Itoa(i) + ": " + line + "\n")
		}
	}
	return out.String()
}

package queries_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/queries"
)

// TestExampleCase asks the built-in case one question and more of every canned query, and compares the whole answers.
func TestExampleCase(t *testing.T) {
	s := newSession(t)
	s.loadExample()
	if found := s.check().Findings; len(found) > 0 {
		t.Fatalf("the example does not check: %v", found)
	}
	t.Run("goldens", func(t *testing.T) { exampleGoldens(s.in(t)) })
	t.Run("examples of the headers", func(t *testing.T) { headerExamples(s.in(t)) })
	t.Run("names", func(t *testing.T) { exampleNames(s.in(t)) })
	t.Run("limits", func(t *testing.T) { exampleLimits(s.in(t)) })
	t.Run("export", func(t *testing.T) { exampleExport(s.in(t)) })
	t.Run("parameters", func(t *testing.T) { badParameters(s.in(t)) })
	t.Run("own queries", func(t *testing.T) { ownQueries(s.in(t)) })
	t.Run("hostile parameters", func(t *testing.T) { hostileParameters(s.in(t)) })
	if s.sent.wrote {
		t.Error("a query was sent that is not read-only (law 13)")
	}
}

// caseQuestion is a question to the built-in case: the golden file that its answer stands in, and what would be typed.
type caseQuestion struct{ file, args string }

func caseQuestions() []caseQuestion {
	return []caseQuestion{
		{"search-entity", "kurilla"},
		{"search-entity-cyrillic", "Хмеймим"},
		{"entity-card", "CENTCOM"},
		{"entity-card-place", "Khmeimim Air Base"},
		{"entity-card-as-of", "CENTCOM|as_of=2020"},
		{"ego-network", "Islamic State"},
		{"ego-network-as-of", "Islamic State|as_of=2014-08|certain=true"},
		{"ego-network-relations", "Syrian Democratic Forces|depth=2|relations=allied_with, opposes"},
		{"shortest-path", "Michael Kurilla|Usamah al-Muhajir"},
		{"shortest-path-none", "Michael Kurilla|@CENTCOM on X|max_hops=1"},
		{"chain-of-command-up", "Alex Grynkewich"},
		{"subordinate-tree", "US Department of Defense"},
		{"commanders-of-unit", "CENTCOM"},
		{"commanders-of-unit-as-of", "CENTCOM|as_of=2023-07-07"},
		{"career", "Michael Kurilla"},
		{"events-involving", "Islamic State"},
		{"events-involving-window", "Three MQ-9s over Syria, July 2023|from=2023-07-06|to=2023-07-06"},
		{"evidence-for-link", "Michael Kurilla|CENTCOM"},
		{"evidence-for-link-denied", "Civilians near the strike|US drone strike in Syria, 7 July 2023"},
		{"common-neighbours", "CENTCOM|US Air Force"},
		{"common-neighbours-as-of", "Syria|Three MQ-9s over Syria, July 2023|as_of=2023-07-05|min_confidence=90"},
		{"connect-set", "Michael Kurilla; Usamah al-Muhajir; MQ-9"},
		{"connect-set-none", "@CENTCOM on X; Su-35|max_hops=1"},
		{"superiors-of-person", "Alex Grynkewich"},
		{"who-was-in-command", "US drone strike in Syria, 7 July 2023"},
		{"who-was-in-command-place", "place=Middle East|as_of=2020"},
		{"served-together", "Michael Kurilla"},
		{"units-in-area", "Syria|as_of=2023-07-07"},
		{"units-in-area-near", "near=35.4,35.9|radius_km=20"},
		{"unit-footprint", "CENTCOM"},
		{"equipment-of-unit", "US Department of Defense"},
		{"operators-of-equipment", "MQ-9"},
		{"event-network", "Encounters of Russian jets with US drones, July 2023"},
		{"strike-attribution", "US drone strike in Syria, 7 July 2023"},
		{"strike-attribution-harm", "US drone strike in Syria, 7 July 2023|relations=affected_by"},
		{"adversary-encounters", "US military|Russian Armed Forces"},
		{"adversary-encounters-any", "Islamic State|from=2023"},
		{"alliances-and-rivals", "Islamic State"},
		{"co-mention", "Usamah al-Muhajir|type=Organisation"},
		{"conflicting-claims", "US drone strike in Syria, 7 July 2023"},
		{"conflicting-claims-all", ""},
		{"weak-and-stale", "CENTCOM|before=2023"},
		{"weak-and-stale-all", "max_publishers=0|below=70"},
		{"corroboration", "Usamah al-Muhajir"},
		{"corroboration-pair", "Michael Kurilla|CENTCOM|min_confidence=90"},
		{"degree-ranking", "type=Unit|limit=5"},
		{"degree-ranking-as-of", "as_of=2023-07-07|min_confidence=90|limit=4"},
		{"timeline-of-area", "Syria|from=2023-07-01|to=2023-07-31"},
		{"text-in-evidence", "harassed aircraft"},
		{"text-in-evidence-run", "\"Russian planes\" flares"},
		{"what-changed", "dataset=strike-2023|limit=20"},
	}
}

// read finds the query, the longest name that the file's begins with, and its parameters.
func (q caseQuestion) read(s *session) (name string, given map[string]string) {
	for _, known := range s.Library.List() {
		if strings.HasPrefix(q.file, known.Name) && len(known.Name) > len(name) {
			name = known.Name
		}
	}
	query, err := s.Library.Find(name)
	if err != nil {
		s.Fatal(err)
	}
	var args []string
	if q.args != "" {
		args = strings.Split(q.args, "|")
	}
	if given, err = query.ParseArgs(args); err != nil {
		s.Fatal(err)
	}
	return name, given
}

func exampleGoldens(s *session) {
	asked := map[string]bool{}
	for _, q := range caseQuestions() {
		name, given := q.read(s)
		result, err := s.Run(s.Context(), name, given, queries.Ask{Evidence: true})
		if err != nil {
			s.Errorf("%s %s: %v", name, q.args, err)
			continue
		}
		if !strings.HasSuffix(q.file, "-none") && len(result.Rows)+len(result.Edges) == 0 {
			s.Errorf("%s %s: nothing", name, q.args)
		}
		asked[name] = true
		if name == "what-changed" {
			result.Notes = nil // the load's id and time are new each time
		}
		for _, e := range result.Edges {
			if !slices.ContainsFunc(e.Evidence, proves) {
				s.Errorf("%s %s: %s %s %s is shown without a claim that has a source and a quote or place", name, q.args, e.From,
					e.Relation, e.To)
			}
		}
		golden(s, filepath.Join("testdata", q.file+".json"), asJSON(s, result))
	}
	for _, q := range s.Library.List() {
		if !asked[q.Name] {
			s.Errorf("%s has no golden: add a line here", q.Name)
		}
	}
}

// proves reports whether a claim names a source, and where in it.
func proves(c *queries.Evidence) bool {
	return slices.ContainsFunc(c.Cites, func(cite queries.Citation) bool {
		return cite.Source != "" && (cite.Quote != "" || cite.Locator != "")
	})
}

// headerExamples runs what each query's help shows: it must work on the built-in case.
func headerExamples(s *session) {
	for _, q := range s.Library.List() {
		words := shellWords(q.Example)
		if len(words) < 3 || words[0] != "orbat" || words[1] != "query" || words[2] != q.Name {
			s.Errorf("%s: example %q is no command of its own", q.Name, q.Example)
			continue
		}
		given, err := exampleParams(q)
		if err != nil {
			s.Error(err)
			continue
		}
		result, err := s.Run(s.Context(), q.Name, given, queries.Ask{Full: true})
		if err != nil || len(result.Rows)+len(result.Edges) == 0 {
			s.Errorf("%s: %v, %v", q.Example, result, err)
		}
	}
}

// exampleParams are the parameters of a query's own example.
func exampleParams(q *queries.Query) (map[string]string, error) {
	words := shellWords(q.Example)
	return q.ParseArgs(slices.DeleteFunc(words[min(3, len(words)):],
		func(w string) bool { return strings.HasPrefix(w, "-") || w == "graphml" }))
}

// shellWords splits a command line with simple quotes.
func shellWords(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func exampleLimits(s *session) {
	for _, q := range []struct {
		query string
		args  []string
	}{
		{"search-entity", []string{"text=US"}},
		{"entity-card", []string{"entity=CENTCOM"}},
		{"ego-network", []string{"entity=CENTCOM"}},
		{"shortest-path", []string{"from=Michael Kurilla", "to=Islamic State"}},
		{"subordinate-tree", []string{"unit=US Department of Defense"}},
		{"chain-of-command-up", []string{"entity=Michael Kurilla"}},
		{"commanders-of-unit", []string{"unit=CENTCOM"}},
		{"career", []string{"person=Michael Kurilla"}},
		{"events-involving", []string{"entity=CENTCOM"}},
		{"evidence-for-link", []string{"from=Michael Kurilla", "to=CENTCOM"}},
	} {
		count := func(r *queries.Result) int {
			switch r.Shape {
			case queries.PathShape:
				return len(r.Paths)
			case queries.TableShape:
				return len(r.Rows)
			default:
				return len(r.Edges)
			}
		}
		whole := s.ask(q.query, q.args...)
		n := count(whole)
		if n < 2 || whole.Truncated {
			s.Errorf("%s: %d answers, truncated %t", q.query, n, whole.Truncated)
		}
		if exact := s.ask(q.query, append(q.args, "limit="+strconv.Itoa(n))...); count(exact) != n || exact.Truncated {
			s.Errorf("%s limit=%d: %d answers, truncated %t", q.query, n, count(exact), exact.Truncated)
		}
		if less := s.ask(q.query, append(q.args, "limit="+strconv.Itoa(n-1))...); count(less) != n-1 || !less.Truncated {
			s.Errorf("%s limit=%d: %d answers, truncated %t", q.query, n-1, count(less), less.Truncated)
		}
	}
}

// exampleExport: what is exported is what check counts.
func exampleExport(s *session) {
	counted := s.check()
	nodes, edges := s.graph("")
	if len(nodes) != counted.Entities || len(edges) != counted.Edges {
		s.Errorf("exported %d nodes and %d edges, check counts %d and %d", len(nodes), len(edges), counted.Entities, counted.Edges)
	}
	same, sameEdges := s.graph("strike-2023")
	if len(same) != len(nodes) || len(sameEdges) != len(edges) {
		s.Errorf("of the only data set %d nodes and %d edges, not %d and %d", len(same), len(sameEdges), len(nodes), len(edges))
	}
	if none, noEdges := s.graph("other"); len(none)+len(noEdges) > 0 {
		s.Errorf("of no data set: %v %v", none, noEdges)
	}
	for _, e := range edges {
		if len(e.Evidence) == 0 {
			s.Errorf("%s %s %s is exported without evidence", e.From, e.Relation, e.To)
		}
	}
	if lines := s.canonical(""); !slices.IsSorted(lines) || len(lines) != counted.Claims {
		s.Errorf("%d lines for %d claims, sorted %t", len(lines), counted.Claims, slices.IsSorted(lines))
	}
}

package queries_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// TestFiltersHideTheRest asks the built-in case every question with a data set, a confidence and a date, first alone
// and then with a second data set beside it that says, of the same entities, wild things of another time and of hardly
// any confidence: not one answer may change. But links that only lead to an answer count whatever data set they are of
// (law 8): those are loaded last, and only the confidence and the date must hide them.
func TestFiltersHideTheRest(t *testing.T) {
	const seed = 20231
	t.Logf("seed %d", seed)
	s := newSession(t)
	s.loadExample()
	narrow := []map[string]string{{"dataset": "strike-2023"}, {"min_confidence": "10"}, {"as_of": "2023-07-07"}}
	// from an event to its place and its parts, from a commander to where the unit was
	leading := map[string]bool{"located_at": true, "part_of": true, "based_at": true, "operates_in": true}
	for _, q := range s.Library.List() {
		for _, way := range q.Reach {
			leading[strings.TrimPrefix(way, "~")] = true
		}
	}
	ask := func(narrow []map[string]string) map[string]string {
		answers := map[string]string{}
		for _, q := range caseQuestions() {
			name, given := q.read(s)
			if name == "search-entity" || name == "what-changed" {
				continue // the one looks names up, the other is about a load
			}
			for _, filter := range narrow {
				with := maps.Clone(given)
				maps.Copy(with, filter)
				result, err := s.Run(s.Context(), name, with, queries.Ask{Evidence: true})
				if bad := (*queries.ParamError)(nil); errors.As(err, &bad) {
					continue // as_of beside from and to
				}
				if err != nil {
					t.Fatal(name, with, err)
				}
				result.Ungraded = 0
				for _, e := range result.Edges {
					slices.SortFunc(e.Evidence, func(x, y *queries.Evidence) int { return strings.Compare(x.Key, y.Key) })
				}
				answers[fmt.Sprint(name, " ", with)] = asJSON(s, result)
			}
		}
		return answers
	}
	alone := ask(narrow)
	if len(alone) < 100 {
		t.Fatalf("%d answers", len(alone))
	}
	hidden := func(narrow []map[string]string, lines []string) {
		s.load(loader.Options{Dataset: "noise"}, lines...)
		for question, answer := range ask(narrow) {
			if alone[question] != answer {
				t.Errorf("%s: %s", question, firstDifference(alone[question], answer))
			}
		}
	}
	all := noise(s, seed)
	leads := func(line string) bool {
		for relation := range leading {
			if strings.Contains(line, fmt.Sprintf(`"relation":%q`, relation)) {
				return true
			}
		}
		return false
	}
	hidden(narrow[:1], slices.DeleteFunc(slices.Clone(all), leads))
	hidden(narrow[1:], all)
}

// noise says of entities that are there whatever the ontology allows, long ago and at confidence 5; each with a source
// of the case, as if that said it.
func noise(s *session, seed uint64) []string {
	random := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test's
	nodes, edges := s.graph("")
	undated := map[string]bool{} // a date, of whatever time, would make dated links of them (law 7)
	for _, e := range edges {
		if e.Period == "" {
			undated[e.From+" "+e.Relation+" "+e.To] = true
		}
	}
	byType := map[string][]string{}
	var sources []string
	for _, n := range nodes {
		if n.Type == schema.SourceType {
			sources = append(sources, n.XID)
		} else {
			byType[n.Type] = append(byType[n.Type], n.XID)
		}
	}
	oneOf := func(types []string) string {
		var all []string
		for t, xids := range byType {
			if slices.Contains(types, t) || slices.Contains(types, schema.AnyType) {
				all = append(all, xids...)
			}
		}
		slices.Sort(all)
		if len(all) == 0 {
			return ""
		}
		return all[random.IntN(len(all))]
	}
	var lines []string
	for _, r := range s.Ontology.Relations {
		for range 12 {
			ends := r.Ends[random.IntN(len(r.Ends))]
			from, to := oneOf(ends.From), oneOf(ends.To)
			if r.Name == "mentions" {
				from = sources[random.IntN(len(sources))]
			}
			if from == "" || to == "" || from == to || r.SameType || undated[from+" "+r.Name+" "+to] {
				continue
			}
			label := ""
			if r.Name == "related_to" {
				label = `"label":"noise",`
			}
			lines = append(lines, fmt.Sprintf(`{"relation":%q,"from":%q,"to":%q,%s"period":"1850/1851","confidence":5,"source":%q}`,
				r.Name, from, to, label, sources[random.IntN(len(sources))]))
		}
	}
	return lines
}

// firstDifference shows the first lines that differ.
func firstDifference(x, y string) string {
	a, b := strings.Split(x, "\n"), strings.Split(y, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d:\n  %s\n  %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(a), len(b))
}

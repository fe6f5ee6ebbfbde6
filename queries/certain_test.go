package queries_test

import (
	"cmp"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/queries/canned"
)

// TestCertainLeavesOutWhatIsMarked asks every question of the library with certain=true and without: what is left are
// the rows, links and paths that are not marked (law 7), of the built-in case and of random graphs.
func TestCertainLeavesOutWhatIsMarked(t *testing.T) {
	s, r := newSession(t), seeded(t)
	s.loadExample()
	rounds := 1
	marked, answered := 0, map[string]int{}
	times := [][]string{{}, {"as_of=2023-07-07"}, {"from=2022", "to=2023"}}
	if graphs(t) > 100 {
		rounds = graphs(t) / 50
		times = append(times, [][]string{
			{"as_of=2022-04-01"}, {"as_of=2020"}, {"as_of=2014-08"}, {"from=2016"}, {"as_of=2023-07-07", "min_confidence=60"},
		}...)
	}
	compare := func(name string, given map[string]string) {
		if n, asked := s.certainIsUnmarked(name, given); asked {
			marked += n
			answered[name]++
		}
	}
	for _, question := range caseQuestions() {
		name, given := question.read(s)
		for _, when := range times {
			if with := maps.Clone(given); len(when) > 0 || comparesTimes(s, name) {
				narrow(name, with, when)
				compare(name, with)
			}
		}
	}
	before := maps.Clone(answered)
	for range rounds {
		w := randomWarren(r, "c")
		s.load(loader.Options{}, w.lines()...)
		for n := range 4 {
			q := randomWanted(r)
			for _, question := range s.Library.List() {
				with := w.draw(r, question, n)
				narrow(question.Name, with, q.args)
				compare(question.Name, with)
			}
		}
		for _, dataset := range w.datasets {
			if _, err := s.loader.Remove(s.Context(), dataset, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, q := range s.Library.List() {
		if q.Name == "search-entity" { // it looks names up, and refuses to be asked of a time
			continue
		}
		if before[q.Name] == 0 || answered[q.Name] == before[q.Name] {
			t.Errorf("%s was asked of the built-in case %d times, of random graphs %d times", q.Name, before[q.Name],
				answered[q.Name]-before[q.Name])
		}
	}
	if marked < 100 {
		t.Errorf("only %d answers are marked", marked)
	}
}

// draw returns values from a graph for the parameters of a question that name entities or need a value: what need not
// be named is every other time.
func (w *warren) draw(r *rand.Rand, q *canned.Query, time int) map[string]string {
	byType := map[string][]string{
		"Person": w.people, "Unit": w.units, "Location": w.places, "Equipment": w.kinds, "Event": w.happens,
	}
	given := map[string]string{}
	for n, p := range q.Params {
		switch p.Type {
		case "entity":
			var fit []string
			for kind, xids := range byType {
				if len(p.Of) == 0 || slices.Contains(p.Of, kind) {
					fit = append(fit, xids...)
				}
			}
			if p.Required || (n+time)%2 == 0 {
				given[p.Name] = pick(r, sorted(fit))
			}
		case "entities":
			given[p.Name] = pick(r, w.people) + ";" + pick(r, w.units) + ";" + pick(r, w.kinds)
		case "text":
			if p.Required {
				given[p.Name] = w.name
			}
		}
	}
	return given
}

// narrow adds filters to what a question is asked with; from and to are the ends of a path.
func narrow(name string, with map[string]string, filters []string) {
	given := params(filters...)
	if from, to := given["from"], given["to"]; name == "evidence-for-link" && from+to != "" {
		given["as_of"] = from + "~" + to
	}
	for filter, value := range given {
		if name == "shortest-path" {
			filter = cmp.Or(map[string]string{"from": "since", "to": "until"}[filter], filter)
		}
		if _, taken := with[filter]; !taken {
			with[filter] = value
		}
	}
}

// comparesTimes reports whether a question compares times of its own, so that certain needs no other.
func comparesTimes(s *session, name string) bool {
	q, err := s.Library.Find(name)
	return err == nil && q.ComparesTimes()
}

// certainIsUnmarked asks a question with certain=true and without, and returns how many answers are marked, and whether
// it can be asked so.
func (s *session) certainIsUnmarked(name string, given map[string]string) (marked int, asked bool) {
	s.Helper()
	ask := func(with map[string]string) *queries.Result {
		result, err := s.Run(s.Context(), name, with, queries.Ask{})
		if bad := (*queries.ParamError)(nil); errors.As(err, &bad) {
			return nil // as_of beside from and to, or no time to be certain of
		}
		if err != nil {
			s.Fatal(name, with, err)
		}
		return result
	}
	given["limit"] = "100000"
	surely := maps.Clone(given)
	surely["certain"] = "true"
	all, certain := ask(given), ask(surely)
	if all == nil || certain == nil {
		return 0, false
	}
	lines := func(r *queries.Result, unmarked bool) (lines []string) {
		possible := slices.Index(r.Columns, "possible")
		for _, row := range r.Rows {
			if possible >= 0 && row[possible] != "" {
				if marked++; unmarked {
					continue
				}
			}
			lines = append(lines, strings.Join(row, " | "))
		}
		for _, e := range r.Edges {
			if r.Columns != nil {
				break
			}
			if e.Possible {
				if marked++; unmarked {
					continue
				}
			}
			lines = append(lines, e.From+" "+e.Relation+" "+e.To)
		}
		for i, path := range r.Paths {
			if !unmarked || !slices.Contains(r.PossiblePaths, i) {
				var ids []string
				for _, step := range path {
					ids = append(ids, step.Edge.ID)
				}
				lines = append(lines, strings.Join(ids, " → "))
			}
		}
		return lines
	}
	if want, got := lines(all, true), lines(certain, false); !slices.Equal(sorted(want), sorted(got)) {
		s.Errorf("%s %v: certain=true shows\n  %s\nunmarked are\n  %s", name, given, strings.Join(sorted(got), "\n  "),
			strings.Join(sorted(want), "\n  "))
	}
	return marked, true
}

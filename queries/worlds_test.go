package queries_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// graphs is how many random graphs a test looks through: ORBAT_GRAPHS, or a few.
func graphs(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv("ORBAT_GRAPHS"), "50"))
	if err != nil {
		t.Fatalf("ORBAT_GRAPHS: %v", err)
	}
	return n
}

// TestPossibleWorlds compares what is answered about small random graphs with all their possible worlds (laws 7 and 8),
// in rows and days, and a time asked for with a wider one: that finds no less.
func TestPossibleWorlds(t *testing.T) {
	s, r := newSession(t), seeded(t)
	asked := map[string]*worldCount{}
	ask := func(w *warren, questions []worldQuestion) {
		q := randomWanted(r)
		for _, question := range questions {
			if graphs(t) <= 100 && r.IntN(2) == 0 {
				continue // many of each are asked all the same
			}
			if asked[question.name] == nil {
				asked[question.name] = &worldCount{}
			}
			depth := r.IntN(4)
			i := &inquiry{warren: w, wanted: q, Rand: r, depth: depth}
			if comparesTimes(s, question.name) && r.IntN(6) == 0 {
				i.wanted = q.untimedToo()
			}
			asked[question.name].compare(s, question, i)
		}
	}
	solo := randomWarren(r, "alone")
	s.load(loader.Options{}, solo.lines()...)
	for range min(50, 6+graphs(t)/20) {
		ask(solo, append(worldQuestions(), soloQuestions()...))
	}
	var all []*warren
	var lines []string
	for g := range graphs(t) {
		w := randomWarren(r, "g"+strconv.Itoa(g))
		all, lines = append(all, w), append(lines, w.lines()...)
	}
	s.load(loader.Options{}, lines...)
	for _, w := range all {
		if ask(w, worldQuestions()); t.Failed() {
			return
		}
	}
	for name, n := range asked {
		t.Logf("%s: %d answers, %d lines certain, %d possible", name, n.answers, n.certain, n.possible)
		if n.certain+n.possible == 0 {
			t.Errorf("%s finds nothing", name)
		}
	}
}

// worldCount counts what was compared.
type worldCount struct{ answers, certain, possible int }

func (n *worldCount) compare(s *session, question worldQuestion, i *inquiry) {
	s.Helper()
	text, want := question.ask(i)
	if want == nil && (question.name == "connect-set" || question.name == "shortest-path") && !strings.Contains(text, "max_hops=3") {
		return // more links than are looked through
	}
	given := question.params(text, i.wanted)
	result := s.ask(question.name, given...)
	got := question.read(result)
	if question.marked != nil {
		is, should := question.marked(i, result)
		got, want = append(got, is), append(want, should)
	}
	n.answers++
	for _, line := range want {
		if strings.Contains(line, schema.Possible.String()) || strings.Contains(line, "possibly") {
			n.possible++
		} else {
			n.certain++
		}
	}
	if !slices.Equal(sorted(got), sorted(want)) {
		s.Errorf("%s %q:\ngot\n  %s\nwant\n  %s\nof\n%s", question.name, given, strings.Join(sorted(got), "\n  "),
			strings.Join(sorted(want), "\n  "), strings.Join(i.lines(), "\n"))
		return
	}
	if wider := i.wider(i.Rand); question.grows && !i.window.IsZero() && i.IntN(4) == 0 {
		more := question.read(s.ask(question.name, question.params(text, wider)...))
		for _, line := range got {
			found := strings.TrimSuffix(line, ": possible")
			if !slices.ContainsFunc(more, func(l string) bool { return l == line || strings.TrimSuffix(l, ": certain") == found }) {
				s.Errorf("%s %q finds %s, but %q\n  %s\nof\n%s", question.name, given, line, wider.args, strings.Join(more, "\n  "),
					strings.Join(i.lines(), "\n"))
			}
		}
	}
}

// read returns the lines of an answer that are compared.
func (q worldQuestion) read(result *queries.Result) []string {
	if q.got != nil {
		return q.got(result)
	}
	found := answers{}
	if q.columns == "" {
		for _, e := range result.Edges {
			found.add(e.From+" "+e.Relation+" "+e.To, certainty(e.Possible))
		}
		return found.lines()
	}
	for n := range result.Rows {
		var key []string
		for _, name := range strings.Fields(q.columns) {
			key = append(key, strings.TrimPrefix(column(result, name)[n], "the "))
		}
		found.add(strings.Join(key, " "), certainty(column(result, "possible")[n] != ""))
	}
	return found.lines()
}

func certainty(possible bool) schema.Certainty {
	if possible {
		return schema.Possible
	}
	return schema.Certain
}

// params are the parameters of a question: what it is asked, and the filters as it names them.
func (q worldQuestion) params(text string, asked *wanted) (given []string) {
	if text != "" {
		given = strings.Split(text, "|")
	}
	for _, arg := range asked.args {
		name, value, _ := strings.Cut(arg, "=")
		switch from := slices.Contains([]string{"from", "to"}, name); {
		case from && q.name == "shortest-path": // its own ends are from and to
			name = map[string]string{"from": "since", "to": "until"}[name]
		case from && q.name == "evidence-for-link":
			name, value = "as_of", asked.window.String()
		}
		if arg = name + "=" + value; !slices.Contains(given, arg) {
			given = append(given, arg)
		}
	}
	return given
}

// TestEveryQuestionHasWorlds: a question that takes time is compared with possible worlds, or has a reason not to be.
func TestEveryQuestionHasWorlds(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	compared := map[string]bool{}
	for _, q := range append(worldQuestions(), soloQuestions()...) {
		if compared[q.name] {
			t.Errorf("%s is there twice", q.name)
		}
		compared[q.name] = true
	}
	reasons := withoutWorlds()
	for _, q := range library.List() {
		takesTime := q.Param("as_of") != nil || q.Param("since") != nil
		if _, excused := reasons[q.Name]; takesTime == (compared[q.Name] == excused) {
			t.Errorf("%s takes time: %t; it is compared with possible worlds: %t; it has a reason not to be: %t", q.Name, takesTime,
				compared[q.Name], excused)
		}
		delete(reasons, q.Name)
		delete(compared, q.Name)
	}
	if left := fmt.Sprint(reasons, compared); left != "map[] map[]" {
		t.Errorf("these are no questions: %s", left)
	}
}

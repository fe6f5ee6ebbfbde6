package queries_test

import (
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// Laws 4, 8 and 9: a later version takes the place of the earlier wherever claims are judged; one that may not be seen
// leaves no trace, and the earlier is what its record says.
func TestVersionsAsTheyMayBeSeen(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{}, `{"type":"Person","xid":"t:p","name":"Pia"}`, `{"type":"Unit","xid":"t:u","name":"U1"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"qfirst","record":"r","record_version":"2024","period":"2001/2003"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","role":"qsecond","record":"r","record_version":"2025","marking":"TLP:RED","period":"2002/2004"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","assertion":"denied","record":"s","record_version":"2024"}`,
		`{"relation":"posted_to","from":"t:p","to":"t:u","record":"s","record_version":"2025"}`,
	)
	ask := func(limit string, question ...string) string {
		t.Helper()
		runner := *s.Runner
		if limit != "" {
			var err error
			if runner.MaxMarking, err = queries.ParseMaxMarking(limit); err != nil {
				t.Fatal(err)
			}
		}
		result, err := runner.Run(t.Context(), question[0], params(question[1:]...), queries.Ask{Evidence: true, Full: true})
		if err != nil {
			t.Fatal(err)
		}
		return asJSON(s, result)
	}
	expect := func(what, answer string, has, hasNot []string) {
		t.Helper()
		for _, text := range has {
			if !strings.Contains(answer, text) {
				t.Errorf("%s lacks %s: %s", what, text, answer)
			}
		}
		for _, text := range hasNot {
			if strings.Contains(answer, text) {
				t.Errorf("%s has %s: %s", what, text, answer)
			}
		}
	}
	expect("the career", ask("", "career", "person=t:p"), []string{"qsecond"}, []string{"qfirst", `"contested": true`})
	expect("the career before", ask("", "career", "person=t:p", "as_of=2001"), nil, []string{"qfirst", "qsecond"})
	expect("the evidence", ask("", "evidence-for-link", "from=t:p", "to=t:u"),
		[]string{"asserted, superseded by version 2025", "denied, superseded by version 2025"}, nil)
	const limit = "TLP:GREEN"
	expect("the career up to a limit", ask(limit, "career", "person=t:p"), []string{"qfirst"}, []string{"qsecond", `"contested": true`})
	expect("the evidence up to a limit", ask(limit, "evidence-for-link", "from=t:p", "to=t:u"),
		[]string{"qfirst", "denied, superseded by version 2025"}, []string{"qsecond", "asserted, superseded"})
}

// Laws 4 and 8: where the later version may not be seen and draws nothing, walks still find the earlier.
func TestWalksAlongEarlierVersions(t *testing.T) {
	public := []string{
		`{"type":"Person","xid":"t:p","name":"Pia"}`, `{"type":"Unit","xid":"t:u","name":"U1"}`, `{"type":"Unit","xid":"t:v","name":"U2"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","record":"r","record_version":"1"}`,
		`{"relation":"subordinate_to","from":"t:u","to":"t:v","record":"s","record_version":"1"}`,
	}
	hidden := []string{
		`{"relation":"commands","from":"t:p","to":"t:u","record":"r","record_version":"2","marking":"TLP:RED","assertion":"denied"}`,
		`{"relation":"subordinate_to","from":"t:u","to":"t:v","record":"s","record_version":"2","marking":"TLP:RED","assertion":"planned"}`,
	}
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	answers := func(s *session, limit *queries.MaxMarking) map[string]string {
		runner := *s.Runner
		runner.MaxMarking = limit
		said := map[string]string{}
		for _, question := range [][]string{
			{"ego-network", "entity=t:p", "depth=2"},
			{"ego-network", "entity=t:v", "depth=2"},
			{"shortest-path", "from=t:p", "to=t:v"},
			{"subordinate-tree", "unit=t:v"},
			{"chain-of-command-up", "entity=t:u"},
			{"commanders-of-unit", "unit=t:u"},
		} {
			result, err := runner.Run(s.Context(), question[0], params(question[1:]...), queries.Ask{Evidence: true, Full: true})
			if err != nil {
				s.Fatal(question, err)
			}
			said[strings.Join(question, " ")] = asJSON(s, result)
		}
		return said
	}
	var upTo map[string]string
	t.Run("hidden", func(t *testing.T) {
		s := newSession(t)
		s.load(loader.Options{}, append(public, hidden...)...)
		upTo = answers(s, limit)
	})
	t.Run("never loaded", func(t *testing.T) {
		s := newSession(t)
		s.load(loader.Options{}, public...)
		for question, want := range answers(s, nil) {
			if upTo[question] != want {
				t.Errorf("%s: %s\nwant %s", question, upTo[question], want)
			}
		}
	})
}

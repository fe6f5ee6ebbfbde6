package queries_test

import (
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// Loads says by which loads the claims behind a link came, and tells nothing of them up to a marking limit, whoever
// set it: they may have brought what is above it.
func TestLoads(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "press"},
		`{"type":"Unit","xid":"t:u","name":"U"}`, `{"type":"Person","xid":"t:p","name":"P"}`,
		`{"type":"Source","xid":"t:open","title":"Open"}`, `{"type":"Source","xid":"t:secret","title":"Secret","marking":"TLP:RED"}`,
		`{"relation":"commands","from":"t:p","to":"t:u","sources":[{"source":"t:open"},{"source":"t:secret"}]}`)
	s.load(loader.Options{Dataset: "press"}, // up to the limit it is the same claim
		`{"relation":"commands","from":"t:p","to":"t:u","sources":[{"source":"t:open"}]}`)
	limit, err := queries.ParseMaxMarking("TLP:GREEN")
	if err != nil {
		t.Fatal(err)
	}
	limited := *s.Runner
	limited.MaxMarking = limit
	ofSome := *s.Runner
	ofSome.Datasets = []string{"press"}
	for name, c := range map[string]struct {
		runner *queries.Runner
		more   string
		claims int
		told   bool
	}{
		"without a limit": {s.Runner, "min_confidence=0", 2, true},
		"the caller's":    {&limited, "min_confidence=0", 1, false},
		"the question's":  {s.Runner, "max_marking=TLP:GREEN", 1, false},
		"some data sets":  {&ofSome, "min_confidence=0", 2, false},
		"a higher one's":  {s.Runner, "max_marking=TLP:RED", 2, false},
	} {
		r, err := c.runner.Run(t.Context(), "evidence-for-link", params("from=t:p", "to=t:u", c.more),
			queries.Ask{Evidence: true, Full: true, Loads: true})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		claims := r.Edges[0].Evidence
		if len(claims) != c.claims {
			t.Errorf("%s: %d claims", name, len(claims))
		}
		for _, claim := range claims {
			if c.told != (len(claim.Loads) > 0) {
				t.Errorf("%s: %v", name, claim.Loads)
			}
		}
	}
	if _, err := limited.Run(t.Context(), "what-changed", nil, queries.Ask{}); err == nil {
		t.Error("what a load changed is told up to a limit")
	}
}

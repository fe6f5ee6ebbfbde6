package queries_test

import (
	"strings"
	"testing"

	"orbat/loader"
)

// TestOrderOfAnswers: posts come in the order of time, an end counting where nobody says when one began; what a text
// means before the documents whose titles have it.
func TestOrderOfAnswers(t *testing.T) {
	s := newSession(t)
	s.load(
		loader.Options{},
		`{"type":"Person","xid":"o:p","name":"Pat Post"}`,
		`{"type":"Unit","xid":"o:a","name":"Alpha"}`, `{"type":"Unit","xid":"o:b","name":"Bravo"}`,
		`{"type":"Unit","xid":"o:c","name":"Charlie"}`, `{"type":"Unit","xid":"o:d","name":"Delta"}`,
		`{"type":"Unit","xid":"o:e","name":"Echo"}`,
		`{"relation":"commands","from":"o:p","to":"o:c","period":"/2014-01-06"}`,
		`{"relation":"commands","from":"o:p","to":"o:b","period":"2014-01-07/2015-07-28"}`,
		`{"relation":"commands","from":"o:p","to":"o:d","period":"/2017-05-29"}`,
		`{"relation":"commands","from":"o:p","to":"o:a","period":"2017-12-06/"}`,
		`{"relation":"commands","from":"o:p","to":"o:e"}`,
		`{"type":"Source","xid":"o:0","title":"7 Division"}`, `{"type":"Unit","xid":"o:7","name":"7 Division"}`,
		`{"type":"Source","xid":"o:1","title":"7 Division!"}`, `{"type":"Unit","xid":"o:8","name":"7 Division Garrison"}`,
		`{"type":"Organisation","xid":"o:9","name":"Friends of the old 7 Division"}`,
	)
	for _, c := range []struct{ args, columns, want string }{
		{"career|person=o:p", "to, period", `
Charlie | /2014-01-06
Bravo | 2014-01-07/2015-07-28
Delta | /2017-05-29
Alpha | 2017-12-06/
Echo`},
		{"search-entity|text=7 Division", "type, xid", `
Unit | o:7
Unit | o:8
Organisation | o:9
Source | o:0
Source | o:1`},
		{"search-entity|text=7 Division|type=Unit, Organisation", "type, xid", `
Unit | o:7
Unit | o:8
Organisation | o:9`},
	} {
		args := strings.Split(c.args, "|")
		got := cells(s.ask(args[0], args[1:]...), strings.Split(c.columns, ", ")...)
		if want := strings.TrimPrefix(c.want, "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c.args, got, want)
		}
	}
}

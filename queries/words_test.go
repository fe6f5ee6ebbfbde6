package queries_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"orbat/loader"
)

// TestWordsLeadNowhereWrong: what an answer says beside its rows is as true as they are: of whom it is made and what
// others say, how far what it leaves out is, and what a row of several statements is about.
func TestWordsLeadNowhereWrong(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "words"}, strings.Split(`{"type":"Source","xid":"w:f","title":"Weak","reliability":"F"}
{"type":"Source","xid":"w:a","title":"Sure","reliability":"A"}
{"type":"Event","xid":"w:raid","name":"Raid","event_kind":"raid","date":"2014-04-15","killed":9}
{"type":"Location","xid":"w:town","name":"Town"}
{"property":"geo","of":"w:town","value":{"type":"Point","coordinates":[10,50]},"sources":["w:a"]}
{"property":"geo","of":"w:town","value":{"type":"Point","coordinates":[40,20]},"sources":["w:f"]}
{"relation":"located_at","from":"w:raid","to":"w:town"}
{"property":"killed","of":"w:raid","value":9,"assertion":"denied"}
{"type":"Unit","xid":"w:corps","name":"Corps"}
{"type":"Person","xid":"w:five","name":"Five"}
{"type":"Person","xid":"w:dov","name":"Dov","birth_date":"1970"}
{"property":"rank","of":"w:dov","value":"Colonel","period":"2010/2012"}
{"property":"rank","of":"w:dov","value":"Colonel","period":"2014/2015","assertion":"denied"}
{"type":"Person","xid":"w:dee","name":"Dee"}
{"relation":"commands","from":"w:five","to":"w:corps","role":"commander","period":"~2019-03-01/.."}
{"relation":"commands","from":"w:dov","to":"w:corps","role":"deputy","period":"2014-03-01/2014-04-30"}
{"relation":"commands","from":"w:dov","to":"w:corps","role":"acting commander","period":"2014-05-01/2014-06-30"}
{"type":"Person","xid":"w:one","name":"Mone"}
{"type":"Person","xid":"w:two","name":"Mtwo"}`, "\n")...)
	s.load(loader.Options{Dataset: "decisions"},
		`{"decision":"same","between":["w:one","w:two"],"by":"analyst","at":"2026-01-01","why":"one"}`)
	if errs := s.Library.Add(fstest.MapFS{"near.dql": &fstest.MapFile{Data: []byte(`# name: near
# purpose: who came and went
# shape: table
# step: around
# relations: [commands]
# columns: [change, from, role, period, days]
# params:
#   - {name: event, type: entity, of: [Event], required: true, help: the event}
#   - {name: days, type: int, default: "60", help: days}
#   - {name: which, type: text, default: changed, help: which}
#   - {name: horizon, type: int, default: "4", help: years}
`)}}, "mine"); len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, c := range []struct{ args, columns, want, notes string }{
		{
			"timeline-of-area|near=50,10|radius_km=10", "from", "Raid",
			"Sources differ on the position of Town: 50, 10, as the most reliable say; others say 20, 40.",
		},
		{"commanders-of-unit|unit=Corps|as_of=2014-02-28", "from", "", "1 more, first cited more than 5 years later; horizon=6 shows it."},
		{"commanders-of-unit|unit=Corps|as_of=2014-02-28|horizon=6", "from", "Five", ""},
		{
			"near|event=Raid", "change, from, role, period, days", `began | Dov | deputy, then acting commander | 2014-03-01/2014-06-30 | -45`,
			"",
		},
		{"entity-card|entity=Dov|as_of=2014-06", "property, value, shown, assertion, possible", `xid | w:dov | yes
type | Person | yes
name | Dov | yes
birth_date | 1970 | yes
rank | Colonel |  | denied | possibly
→ commands | 1`, ""},
		{"what-changed", "about, what, value", "Mone (w:one) | same | Mtwo (w:two)", ""},
	} {
		args := strings.Split(c.args, "|")
		result := s.ask(args[0], args[1:]...)
		if got := cells(result, strings.Split(c.columns, ", ")...); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.args, got, c.want)
		}
		if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, c.notes) {
			t.Errorf("%s: %s", c.args, notes)
		}
	}
}

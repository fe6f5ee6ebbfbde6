package queries_test

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader"
)

// TestContradictions: what excludes what among statements of links, and within one life.
func TestContradictions(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "contradictions"},
		`{"type":"Unit","xid":"t:unit","name":"Unit"}`,
		`{"type":"Unit","xid":"t:other","name":"Other"}`,
		`{"type":"Event","xid":"t:raid","name":"Raid","date":"2015-03-03"}`,
		`{"type":"Event","xid":"t:later","name":"Later","date":"2016-03-03"}`,
		`{"type":"Location","xid":"t:land","name":"Land"}`,
		`{"type":"Location","xid":"t:town","name":"Town","geo":{"type":"Point","coordinates":[10,10]}}`,
		`{"type":"Location","xid":"t:port","name":"Port","geo":{"type":"Point","coordinates":[12,12]}}`,
		`{"type":"Location","xid":"t:farm","name":"Farm"}`,
		`{"relation":"within","from":"t:town","to":"t:land"}`,

		// the wound is asserted and the death denied; the deputy asserted and the commander denied, in other words
		`{"type":"Person","xid":"t:wounded","name":"Wounded"}`,
		`{"relation":"affected_by","from":"t:wounded","to":"t:raid","outcome":"wounded"}`,
		`{"relation":"affected_by","from":"t:wounded","to":"t:raid","outcome":"killed","assertion":"denied"}`,
		`{"relation":"commands","from":"t:wounded","to":"t:unit","role":"executive officer","period":"2013/2014"}`,
		`{"relation":"commands","from":"t:wounded","to":"t:unit","role":"commander","period":"2013/2014","assertion":"denied"}`,

		// the same position in other words, and ranks, which only describe; of one day; of no day at all
		`{"type":"Person","xid":"t:denied","name":"Denied"}`,
		`{"relation":"commands","from":"t:denied","to":"t:unit","role":"commanding officer","rank":"Colonel","period":"2010/2011"}`,
		`{"relation":"commands","from":"t:denied","to":"t:unit","role":"командир","rank":"полковник","period":"2010/2011","assertion":"denied"}`,
		`{"relation":"affected_by","from":"t:denied","to":"t:raid","outcome":"captured","period":"2015-03-03"}`,
		`{"relation":"affected_by","from":"t:denied","to":"t:raid","outcome":"captured","period":"2015-03-03","assertion":"negated"}`,
		`{"relation":"member_of","from":"t:denied","to":"t:other"}`,
		`{"relation":"member_of","from":"t:denied","to":"t:other","assertion":"denied"}`,
		`{"relation":"posted_to","from":"t:denied","to":"t:other","role":"clerk","period":"2012"}`, // a plan contradicts nothing
		`{"relation":"posted_to","from":"t:denied","to":"t:other","role":"clerk","period":"2012","assertion":"planned"}`,

		// after a death: certain, open, left room for, and before it
		`{"type":"Person","xid":"t:dead","name":"Dead","death_date":"2015-03"}`,
		`{"relation":"commands","from":"t:dead","to":"t:unit","role":"commander","period":"2016/2017"}`,
		`{"relation":"posted_to","from":"t:dead","to":"t:other","period":"2014/.."}`,
		`{"relation":"posted_to","from":"t:dead","to":"t:unit","period":"2013/2015"}`,
		`{"relation":"posted_to","from":"t:dead","to":"t:unit","role":"clerk","period":"2011/2012"}`,

		`{"type":"Person","xid":"t:twice","name":"Twice"}`,
		`{"relation":"affected_by","from":"t:twice","to":"t:raid","outcome":"killed","confidence":90,"sources":[{"source":"t:gazette"}]}`,
		`{"relation":"affected_by","from":"t:twice","to":"t:raid","outcome":"wounded","confidence":20,"sources":[{"source":"t:blog"}]}`,
		`{"relation":"affected_by","from":"t:twice","to":"t:later","outcome":"killed"}`,

		`{"type":"Person","xid":"t:captive","name":"Captive"}`,
		`{"relation":"affected_by","from":"t:captive","to":"t:raid","outcome":"captured"}`,
		`{"relation":"posted_to","from":"t:captive","to":"t:unit","period":"2014/2016"}`,
		`{"relation":"posted_to","from":"t:captive","to":"t:other","period":"2017/2018"}`,

		`{"type":"Person","xid":"t:unborn","name":"Unborn","birth_date":"1990"}`,
		`{"relation":"posted_to","from":"t:unborn","to":"t:unit","period":"1989/2014"}`,
		`{"relation":"posted_to","from":"t:unborn","to":"t:other","period":"1990/1991"}`,

		`{"type":"Person","xid":"t:guest","name":"Guest"}`,
		`{"relation":"located_at","from":"t:guest","to":"t:town","period":"2015-01-01/2015-01-10"}`,
		`{"relation":"located_at","from":"t:guest","to":"t:land","period":"2015-01-01/2015-01-10"}`,
		`{"relation":"located_at","from":"t:guest","to":"t:port","period":"2015-01-05/2015-01-08"}`,
		`{"relation":"located_at","from":"t:guest","to":"t:farm","period":"2015-01-10/2015-01-12"}`,

		`{"type":"Person","xid":"t:first","name":"First"}`,
		`{"type":"Person","xid":"t:second","name":"Second"}`,
		`{"relation":"commands","from":"t:first","to":"t:other","role":"commander","period":"2010-01-01/2011-01-01"}`,
		`{"relation":"commands","from":"t:second","to":"t:other","role":"заместитель командира","period":"2010-01-01/2011-01-01"}`,
	)
	for _, c := range []struct{ about, certain, want string }{
		{"t:wounded", "false", ""},
		{"t:denied", "true", `
contested affected_by captured asserted; contested affected_by captured negated
contested commands commanding officer asserted; contested commands командир denied
contested member_of  asserted; contested member_of  denied`},
		{"t:dead", "true", `
after death_date 2015-03 asserted; after commands  asserted`},
		{"t:dead", "false", `
after death_date 2015-03 asserted; after commands  asserted; after posted_to  asserted`},
		{"t:twice", "true", `
outcome affected_by killed asserted; outcome affected_by killed asserted; outcome affected_by wounded asserted`},
		{"t:captive", "true", ""},
		{"t:captive", "false", `
after affected_by captured asserted; after posted_to  asserted`},
		{"t:unborn", "true", `
birth birth_date 1990 asserted; birth posted_to  asserted`},
		{"t:guest", "true", `
places located_at  asserted; places located_at  asserted`},
		{"t:other", "false", `
contested member_of  asserted; contested member_of  denied`},
	} {
		r := s.ask("conflicting-claims", "entity="+c.about, "certain="+c.certain)
		byConflict := map[string][]string{}
		for _, row := range r.Rows {
			cell := func(name string) string { return row[slices.Index(r.Columns, name)] }
			what := cell("value")
			if cell("property") != "death_date" && cell("property") != "birth_date" {
				_, what, _ = strings.Cut(strings.Split(cell("qualifiers"), "; ")[0], ": ")
				if cell("property") == "commands" && cell("kind") == "after" {
					what = ""
				}
			}
			byConflict[cell("conflict")] = append(byConflict[cell("conflict")],
				strings.Join([]string{cell("kind"), cell("property"), what, cell("assertion")}, " "))
		}
		var got []string
		for _, sides := range byConflict {
			got = append(got, strings.Join(sides, "; "))
		}
		slices.Sort(got)
		if text := strings.Join(got, "\n"); text != strings.TrimSpace(c.want) {
			t.Errorf("%s, certain=%s:\n%s\nnot\n%s", c.about, c.certain, text, c.want)
		}
	}
	// each side has its own claims behind it, though another of the same link is of the same time
	r := s.ask("conflicting-claims", "entity=t:twice", "certain=true")
	got := strings.Split(cells(r, "qualifiers", "confidence", "sources"), "\n")
	slices.Sort(got)
	want := []string{
		"outcome: killed |  | dataset:contradictions", "outcome: killed | 90 | t:gazette", "outcome: wounded | 20 | t:blog",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}

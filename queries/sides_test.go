package queries_test

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader"
)

// TestSideHasItsPeople: a side is its units, members, commanders and those posted to it, each while they were that.
func TestSideHasItsPeople(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "sides"},
		`{"type":"Unit","xid":"t:army","name":"Blue Army"}`,
		`{"type":"Unit","xid":"t:corps","name":"Blue Corps"}`,
		`{"type":"Unit","xid":"t:column","name":"Red Column"}`,
		`{"type":"Person","xid":"t:boss","name":"Boss"}`,
		`{"type":"Person","xid":"t:staff","name":"Staff"}`,
		`{"type":"Person","xid":"t:gone","name":"Gone"}`,
		`{"type":"Person","xid":"t:member","name":"Member"}`,
		`{"type":"Event","xid":"t:raid","name":"Raid","date":"2015-03-03"}`,
		`{"relation":"subordinate_to","from":"t:corps","to":"t:army"}`,
		`{"relation":"commands","from":"t:boss","to":"t:column","period":"2014/2015-03-03"}`,
		`{"relation":"posted_to","from":"t:staff","to":"t:column","period":"2015"}`,
		`{"relation":"posted_to","from":"t:gone","to":"t:column","period":"2013/2015-03-02"}`,
		`{"relation":"member_of","from":"t:member","to":"t:column"}`,
		`{"relation":"carried_out","from":"t:corps","to":"t:raid"}`,
		`{"relation":"affected_by","from":"t:boss","to":"t:raid"}`,
		`{"relation":"affected_by","from":"t:staff","to":"t:raid"}`,
		`{"relation":"affected_by","from":"t:gone","to":"t:raid"}`,
		`{"relation":"affected_by","from":"t:member","to":"t:raid"}`,
	)
	for _, c := range []struct {
		entity, opponent, column string
		want                     []string
	}{
		{"t:army", "t:column", "adversary", []string{"Boss", "Member", "Staff"}},
		{"t:column", "t:army", "own", []string{"Boss", "Member", "Staff"}},
	} {
		r := s.ask("adversary-encounters", "entity="+c.entity, "opponent="+c.opponent)
		var got []string
		for _, row := range r.Rows {
			got = append(got, row[slices.Index(r.Columns, c.column)])
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s against %s: %s, want %s", c.entity, c.opponent, strings.Join(got, ", "), strings.Join(c.want, ", "))
		}
	}
}

// TestCommandAtAnEvent: of what lies beyond an event only its own time counts, whether its place is dated, undated, or
// dated loosely.
func TestCommandAtAnEvent(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "event"},
		`{"type":"Location","xid":"t:quay","name":"Quay"}`,
		`{"type":"Unit","xid":"t:guard","name":"Guard"}`,
		`{"type":"Person","xid":"t:al","name":"Al"}`,
		`{"type":"Person","xid":"t:cy","name":"Cy"}`,
		`{"relation":"based_at","from":"t:guard","to":"t:quay","period":"2000-01-01/2006-12-31"}`,
		`{"relation":"commands","from":"t:al","to":"t:guard","period":"2000-01-01/2003-12-31"}`,
		`{"relation":"commands","from":"t:cy","to":"t:guard","period":"2003-12-31/2006-12-31"}`,
		`{"type":"Event","xid":"t:undated","name":"Undated link","date":"2003-06-15"}`,
		`{"relation":"located_at","from":"t:undated","to":"t:quay"}`,
		`{"type":"Event","xid":"t:loose","name":"Loose link","date":"2003-06-15"}`,
		`{"relation":"located_at","from":"t:loose","to":"t:quay","period":"2000/2006"}`,
		`{"type":"Event","xid":"t:same","name":"Same day","date":"2003-06-15"}`,
		`{"relation":"located_at","from":"t:same","to":"t:quay","period":"2003-06-15"}`,
		`{"type":"Event","xid":"t:link","name":"Link alone"}`,
		`{"relation":"located_at","from":"t:link","to":"t:quay","period":"2003-06-15"}`,
	)
	for _, event := range []string{"t:undated", "t:loose", "t:same", "t:link"} {
		r := s.ask("who-was-in-command", "event="+event, "certain=true")
		var got []string
		for _, row := range r.Rows {
			got = append(got, row[slices.Index(r.Columns, "commander")]+" "+row[slices.Index(r.Columns, "period")])
		}
		if text := strings.Join(got, ", "); text != "Al 2003-06-15" {
			t.Errorf("%s: %s", event, text)
		}
	}
}

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

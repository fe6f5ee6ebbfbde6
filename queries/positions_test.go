package queries_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// TestPositions: who is in charge is told by the words of a role, in any language, and by its qualifier before those;
// not by letters in the name of a service or a division.
func TestPositions(t *testing.T) {
	s := newSession(t)
	lines := []string{
		`{"type":"Unit","xid":"p:div","name":"Border Division"}`,
		`{"type":"Unit","xid":"p:reg","name":"Border Regiment"}`,
		`{"relation":"subordinate_to","from":"p:reg","to":"p:div","period":"2010/2020"}`,
		`{"relation":"posted_to","from":"p:sue","to":"p:reg","role":"clerk","period":"2011-01-01/2015-12-31"}`,
		`{"type":"Person","xid":"p:sue","name":"Soldier Sue"}`,
	}
	var want []string
	for i, c := range []struct {
		role, position string
		leads          bool
	}{
		{"Commander of the Border Service", "", true},
		{"Commander, Second Division", "", true},
		{"deputy commander", "", false},
		{"executive officer", "", false},
		{"заместитель командира", "", false},
		{"نائب القائد", "", false},
		{"chief of staff", "", false},
		{"acting commander", "", true},
		{"", "", true},
		{"first among equals", "deputy", false},
		{"deputy commander", "commander", true},
		{"", "other", false},
	} {
		name := fmt.Sprintf("Officer %c", 'A'+i)
		lines = append(lines, fmt.Sprintf(`{"type":"Person","xid":"p:%d","name":%q}`, i, name))
		qualifiers := ""
		if c.role != "" {
			qualifiers += fmt.Sprintf(`,"role":%q`, c.role)
		}
		if c.position != "" {
			qualifiers += fmt.Sprintf(`,"position":%q`, c.position)
		}
		lines = append(lines, fmt.Sprintf(`{"relation":"commands","from":"p:%d","to":"p:div","period":"2013-01-01/2013-12-31"%s}`, i, qualifiers))
		if c.leads {
			want = append(want, name)
		}
	}
	s.load(loader.Options{Dataset: "one"}, lines...)
	result := s.ask("superiors-of-person", "person=Soldier Sue")
	var got []string
	for _, row := range result.Rows {
		got = append(got, row[slices.Index(result.Columns, "superior")])
	}
	if slices.Sort(got); strings.Join(slices.Compact(got), ", ") != strings.Join(want, ", ") {
		t.Errorf("in charge: %s; want %s", got, want)
	}
}

// TestColumnsSayWhatTheyAre: who denies a link is named, and a quantity is no role.
func TestColumnsSayWhatTheyAre(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Unit","xid":"p:a","name":"Army"}`,
		`{"type":"Event","xid":"p:e","name":"Strike"}`,
		`{"type":"Equipment","xid":"p:q","name":"Drone"}`,
		`{"relation":"carried_out","from":"p:a","to":"p:e","role":"executed"}`,
		`{"relation":"carried_out","from":"p:a","to":"p:e","role":"executed","assertion":"denied","attributed_to":"p:a"}`,
		`{"relation":"used_in","from":"p:q","to":"p:e","quantity":"3"}`,
	)
	cells := func(result *queries.Result, column string) (cells []string) {
		for _, row := range result.Rows {
			cells = append(cells, row[slices.Index(result.Columns, column)])
		}
		return cells
	}
	if got := cells(s.ask("evidence-for-link", "from=p:a", "to=p:e"), "assertion"); !slices.Contains(got, "denied, by Army") {
		t.Errorf("%q", got)
	}
	result := s.ask("strike-attribution", "event=p:e")
	if role, quantity := cells(result, "role"), cells(result, "quantity"); !slices.Equal(role, []string{"executed", "executed", ""}) ||
		!slices.Equal(quantity, []string{"", "", "3"}) {
		t.Errorf("roles %q, quantities %q", role, quantity)
	}
}

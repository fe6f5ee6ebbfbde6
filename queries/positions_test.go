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

// TestPositionsAreApart: two posts in one unit are two, told apart by the qualifier alone where no role is given; what
// names neither adds nothing.
func TestPositionsAreApart(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Unit","xid":"p:unit","name":"Unit"}`,
		`{"type":"Unit","xid":"p:far","name":"Far"}`,
		`{"type":"Person","xid":"p:pat","name":"Pat"}`,
		`{"type":"Person","xid":"p:sue","name":"Sue"}`,
		`{"relation":"posted_to","from":"p:sue","to":"p:unit","role":"clerk","period":"2010-01-01/2013-12-31"}`,
		`{"relation":"commands","from":"p:pat","to":"p:unit","position":"deputy","period":"2010-01-01/2011-06-30"}`,
		`{"relation":"commands","from":"p:pat","to":"p:unit","position":"commander","period":"2011-07-01/2013-12-31"}`,
		`{"relation":"commands","from":"p:pat","to":"p:unit","role":"Commander","period":"2012-01-01/2012-12-31"}`,
		`{"relation":"commands","from":"p:pat","to":"p:unit","period":"2012-02/2012-03"}`,

		// the one possibly, in the time of the other: neither is overruled
		`{"relation":"commands","from":"p:pat","to":"p:far","position":"deputy","period":"2014-01-01/2014-12-31"}`,
		`{"relation":"commands","from":"p:pat","to":"p:far","position":"commander","period":"~2014-06-01/~2014-07-01"}`,
	)
	for _, c := range []struct{ args, columns, want string }{
		{"career|person=Pat", "to, role, period", `
Unit | deputy | 2010-01-01/2011-06-30
Unit | Commander | 2011-07-01/2013-12-31
Far | deputy | 2014-01-01/2014-12-31
Far | commander | ~2014-06-01/~2014-07-01`},
		{"superiors-of-person|person=Sue", "superior, period", `
Pat | 2011-07-01/2013-12-31`},
		{"served-together|person=Sue", "person, role, period", `
Pat | Commander | 2011-07-01/2013-12-31
Pat | deputy | 2010-01-01/2011-06-30`},
		{"commanders-of-unit|unit=Unit|as_of=2010-05-01", "from, role, period", `
Pat | deputy | 2010-01-01/2011-06-30`},
	} {
		args := strings.Split(c.args, "|")
		if got := cells(s.ask(args[0], args[1:]...), strings.Split(c.columns, ", ")...); got != strings.TrimPrefix(c.want, "\n") {
			t.Errorf("%s:\n%s\nnot%s", c.args, got, c.want)
		}
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

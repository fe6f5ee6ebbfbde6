package queries_test

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader"
)

// TestEstimates: casualties are shown with their lowest and highest and by side; where an organisation was, and who
// carried out an operation, is found.
func TestEstimates(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "d"},
		`{"type":"Event","xid":"t:battle","name":"Battle","date":"2014-08-02","killed":7,"killed_low":5,"killed_high":12,"confidence":90,"source":"t:count"}`,
		`{"type":"Event","xid":"t:battle","name":"Battle","killed":20,"confidence":1,"source":"t:other"}`,
		`{"type":"Organisation","xid":"t:red","name":"Red Column"}`, `{"type":"Unit","xid":"t:blue","name":"Blue Battalion"}`,
		`{"type":"Location","xid":"t:town","name":"Town"}`, `{"type":"Operation","xid":"t:op","name":"Operation Broom"}`,
		`{"relation":"carried_out","from":"t:blue","to":"t:battle","role":"executed"}`,
		`{"relation":"affected_by","from":"t:red","to":"t:battle","outcome":"killed","quantity":4,"quantity_low":3,"quantity_high":8}`,
		`{"relation":"located_at","from":"t:red","to":"t:town","period":"2014-08"}`,
		`{"relation":"carried_out","from":"t:blue","to":"t:op","role":"ordered","period":"2014"}`,
		`{"relation":"carried_out","from":"t:red","to":"t:op","role":"executed","period":"2015","assertion":"planned"}`,
		`{"relation":"part_of","from":"t:battle","to":"t:op"}`)
	for _, c := range []struct{ question, params, column, want string }{
		{"units-in-area", "place=Town|as_of=2014-08-15", "unit", "Red Column"},
		{"unit-footprint", "unit=Red Column", "place", "Town"},
		{"events-involving", "entity=Red Column", "outcome", "killed 4 (3-8)"},
		{"events-involving", "entity=Blue Battalion", "to", "Battle; Operation Broom"},
		{"adversary-encounters", "entity=Blue Battalion|opponent=Red Column", "their part", "killed 4 (3-8)"},
		{"strike-attribution", "event=Operation Broom", "who", "Blue Battalion; Red Column"},
		{"strike-attribution", "event=Operation Broom", "assertion", "asserted; planned"},
		{"conflicting-claims", "entity=Battle", "value", "20; 7"},
		{"evidence-for-link", "from=Red Column|to=Battle", "qualifiers", "outcome: killed; quantity: 4 (3-8)"},
	} {
		if got := strings.Join(sorted(column(s.ask(c.question, strings.Split(c.params, "|")...), c.column)), "; "); got != c.want {
			t.Errorf("%s %s: %s %q, want %q", c.question, c.params, c.column, got, c.want)
		}
	}
	card := s.ask("entity-card", "entity=Battle")
	var killed []string
	for i, property := range column(card, "property") {
		if strings.HasPrefix(property, "killed") {
			killed = append(killed, property+" "+column(card, "value")[i]+" "+column(card, "shown")[i])
		}
	}
	if want := []string{"killed 20 ", "killed 7 (5-12) yes"}; !slices.Equal(sorted(killed), want) {
		t.Errorf("the card shows %q", killed)
	}
}

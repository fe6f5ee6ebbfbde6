package canned

import (
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// TestMarkings: what a limit lets through, and that all it cannot read stays out.
func TestMarkings(t *testing.T) {
	for _, c := range []struct {
		limit   string
		allowed []string
		not     []string
	}{
		{
			"TLP:CLEAR",
			[]string{"", "TLP:CLEAR", "tlp:white", " TLP: Clear ", "TLP-CLEAR", "TLP CLEAR"},
			[]string{"TLP:GREEN", "UNCLASSIFIED", "CLEAR", "TLP", "TLP:", "TLP:CLEAR; TLP:RED", "TLP:CLEAR//FIN"},
		},
		{"TLP:GREEN", []string{"TLP:WHITE", "TLP:GREEN; TLP:CLEAR"}, []string{"TLP:AMBER", "TLP:GREEN; SECRET", "TLP:EX:CHR", "TLP：GREEN"}},
		{"TLP:AMBER", []string{"TLP:GREEN", "TLP:AMBER"}, []string{"TLP:AMBER+STRICT", "TLP:AMBER STRICT", "TLP:RED"}},
		{"tlp:amber+strict", []string{"TLP:AMBER+STRICT", "TLP:AMBER STRICT"}, []string{"TLP:RED"}},
		{
			"TLP:RED",
			[]string{"TLP:RED", "TLP:AMBER+STRICT"},
			[]string{"UNCLASSIFIED", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", ";", " "},
		},
		{
			"UNCLASSIFIED",
			[]string{"U", "(U)", "NATO UNCLASSIFIED"},
			[]string{"OFFICIAL", "U//FOUO", "UNCLASSIFIED//FOUO", "CUI", "RESTRICTED", "TLP:CLEAR"},
		},
		{"OFFICIAL", []string{"UK OFFICIAL", "NATO RESTRICTED", "restricted"}, []string{"OFFICIAL-SENSITIVE", "CONFIDENTIAL"}},
		{
			"OFFICIAL-SENSITIVE",
			[]string{"OFFICIAL-SENSITIVE", "OFFICIAL", "OFFICIAL//SENSITIVE"},
			[]string{"OFFICIAL-SENSITIVE//EYES ONLY", "OFFICIAL-SENSITIVE-SENSITIVE"},
		},
		{"CONFIDENTIAL", []string{"C", "NATO  CONFIDENTIAL"}, []string{"SECRET", "(S)", "CONFIDENTIAL//REL TO USA, GBR"}},
		{
			"SECRET",
			[]string{"SECRET", "NATO SECRET", "//NATO SECRET", "(S)", "CONFIDENTIAL"},
			[]string{
				"SECRET//NOFORN", "S//NF", "CONFIDENTIAL//NOFORN", "TOP SECRET", "SECRET ATOMAL", "TRÈS SECRET", "VS-NFD",
				"COSMIC TOP SECRET", "SECRETS",
			},
		},
		{
			"SECRET//NOFORN",
			[]string{"SECRET//NOFORN", "(S//NF)", "CONFIDENTIAL//NOFORN", "SECRET"},
			[]string{"SECRET//SI//NOFORN", "SECRET//SI/TK//NOFORN", "TS//NF"},
		},
		{"SECRET//SI/TK", []string{"SECRET//TK//SI", "SECRET//SI"}, []string{"SECRET//SI/G"}},
		{"COSMIC TOP SECRET", []string{"TS", "TOP SECRET", "NATO SECRET"}, []string{"TS//SCI", "TLP:CLEAR", "SECRET;VS-NFD"}},
		{
			"TLP:AMBER; RESTRICTED",
			[]string{"TLP:AMBER", "NATO RESTRICTED", "TLP:GREEN; OFFICIAL", ""},
			[]string{"TLP:RED", "SECRET", "TLP:GREEN; SECRET"},
		},
	} {
		limit, err := ParseMaxMarking(c.limit)
		if err != nil {
			t.Errorf("%s: %v", c.limit, err)
			continue
		}
		again, err := ParseMaxMarking(limit.String())
		if err != nil || again.String() != limit.String() {
			t.Errorf("%s is written %s, which reads as %v, %v", c.limit, limit, again, err)
			continue
		}
		for _, marking := range c.allowed {
			if limit.Judge(marking) != Allowed || again.Judge(marking) != Allowed {
				t.Errorf("up to %s, %q stays out", c.limit, marking)
			}
		}
		for _, marking := range c.not {
			if limit.Judge(marking) == Allowed || again.Judge(marking) == Allowed {
				t.Errorf("up to %s, %q passes", c.limit, marking)
			}
		}
	}
	for _, text := range []string{"", ";", "GREEN", "TLP:PINK", "secret squirrel", "TLP:RED; TLP:GREEN", "VS-NFD", "SECRET; S"} {
		if limit, err := ParseMaxMarking(text); err == nil {
			t.Errorf("%q is a limit: %s", text, limit)
		}
	}
}

func TestPlainMarkings(t *testing.T) {
	got := PlainMarkings("(S//NF)", "tlp:white; NATO SECRET", "", "VS-NfD", "secret")
	if want := []string{"SECRET", "SECRET//NOFORN", "TLP:CLEAR", "VS-NfD"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestStatedMarkings: what marks a claim, and what marks the entity it is about.
func TestStatedMarkings(t *testing.T) {
	describing := func(values map[string][]string, extra map[string]string) schema.Claim {
		return schema.Claim{Predicate: schema.Describes, Subject: "t:a", Values: values, Extra: extra}
	}
	marking := map[string][]string{"marking": {"TLP:RED"}}
	for name, c := range map[string]struct {
		claim       schema.Claim
		own, entity int
	}{
		"described":                       {describing(marking, nil), 0, 1},
		"value":                           {schema.Claim{Predicate: "marking", Subject: "t:a", Value: "TLP:RED", Marking: "SECRET"}, 1, 1},
		"relation":                        {schema.Claim{Predicate: "commands", Subject: "t:a", Object: "t:b", Marking: "SECRET"}, 1, 0},
		"nothing":                         {describing(nil, map[string]string{"x_note": `"marking"`}), 0, 0},
		"parts of an object":              {describing(marking, map[string]string{"x_granular_markings": `[{"selectors":["name"]}]`}), 1, 1},
		"references beside their reading": {describing(marking, map[string]string{"x_object_marking_refs": `["marking-definition--x"]`}), 0, 1},
		"references too long to read":     {describing(nil, map[string]string{"x_object_marking_refs": `["marking-definition--x"]`}), 0, 1},
	} {
		own, entity := MarkingsOf(&c.claim)
		if len(own) != c.own || len(entity) != c.entity {
			t.Errorf("%s: %q of its own, %q of its entity", name, own, entity)
		}
	}
}

// The highest marking of several is the highest level of each scale with all caveats, and what nobody can read.
func TestHighestMarkings(t *testing.T) {
	for _, c := range []struct{ of, want string }{
		{"", ""},
		{"TLP:GREEN; TLP:AMBER", "TLP:AMBER"},
		{"(S//NF); TOP SECRET//ORCON; TLP:CLEAR", "TLP:CLEAR; TOP SECRET//NOFORN//ORCON"},
		{"VS-NfD; RESTRICTED; OFFICIAL-SENSITIVE", "RESTRICTED//SENSITIVE; VS-NfD"},
	} {
		if got := strings.Join(HighestMarkings(strings.Split(c.of, ";")...), "; "); got != c.want {
			t.Errorf("%q: %q; want %q", c.of, got, c.want)
		}
	}
}

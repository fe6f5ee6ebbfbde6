package queries_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// exampleNames: law 17 on the built-in case.
func exampleNames(s *session) {
	const kurilla = "orbat:strike-2023/#kurilla"
	for text, want := range map[string]string{
		kurilla:              kurilla,
		"  " + kurilla + " ": kurilla,
		"Michael Kurilla":    kurilla,
		"Erik Kurilla":       kurilla,
		"gen kurilla":        kurilla,
		"MICHAEL   KURILLA":  kurilla,
		"Daesh":              "orbat:strike-2023/#isis",
		"da’esh":             "orbat:strike-2023/#isis",
		"داعش":               "orbat:strike-2023/#isis",
		"Press report on a US strike in eastern Syria": "orbat:strike-2023/#article",
	} {
		result := s.ask("entity-card", "entity="+text)
		if got := result.Params["entity"]; got != want {
			s.Errorf("%q means %s", text, got)
		}
	}
	var unknown *queries.UnknownEntityError
	if err := s.fails("career", "person=Michael Kurila"); !errors.As(err, &unknown) || !strings.Contains(remedy(unknown), kurilla) {
		s.Errorf("%v: %+v", err, unknown)
	}
	if err := s.fails("career", "person=Курилла"); !errors.As(err, &unknown) || !strings.Contains(remedy(unknown), kurilla) {
		s.Errorf("%v: %+v", err, unknown)
	}
	if err := s.fails("career", "person=Zzyzx"); !errors.As(err, &unknown) || !strings.Contains(remedy(unknown), "see search") {
		s.Errorf("%v: %+v", err, unknown)
	}
	if err := s.fails("career", "person=CENTCOM"); !errors.As(err, &unknown) || err.Error() != `person: "CENTCOM" is no Person but Unit` {
		s.Errorf("%v", err)
	}
	var query *queries.UnknownQueryError
	if _, err := s.Run(s.Context(), "shortest-pat", nil, queries.Ask{}); !errors.As(err, &query) ||
		!strings.Contains(remedy(query), "did you mean shortest-path") {
		s.Errorf("%v", err)
	}
	if _, err := s.Run(s.Context(), "zzz", nil, queries.Ask{}); !errors.As(err, &query) || query.Near != "" {
		s.Errorf("%v", err)
	}
}

// TestNames: every level of law 17, from best to worst, and what only suggests.
func TestNames(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Person","xid":"t:name","name":"Ivan Petrov"}`,
		`{"type":"Person","xid":"t:alias","name":"Somebody Else","aliases":["Ivan Petrov","Joker"]}`,
		`{"type":"Person","xid":"t:normal","name":"ivan, petrov!"}`,
		`{"type":"Person","xid":"t:two","name":"joker","country":"RU","description":"the second"}`,
		`{"type":"Unit","xid":"t:a","name":"1st Battalion","country":"SY"}`,
		`{"type":"Unit","xid":"t:b","name":"1st Battalion","country":"IQ","aliases":["Iron"]}`,
		`{"type":"Organisation","xid":"t:c","name":"1st Battalion"}`,
		`{"type":"Person","xid":"t:it's","name":"Quote"}`,
		`{"type":"Person","xid":"t:its","name":"Quote"}`,
		`{"type":"Person","xid":"t:café","name":"Composed"}`,
		`{"type":"Person","xid":"t:shoygu","name":"Шойгу Сергей Кужугетович"}`,
		`{"type":"Person","xid":"t:gerasimov","name":"Valery Gerasimov"}`,
		`{"type":"Equipment","xid":"t:sign","name":"ъ"}`,
		`{"type":"Location","xid":"t:zurich","name":"Zürich"}`,
		`{"relation":"commands","from":"x:nobody","to":"t:a"}`,
	)
	for _, c := range []struct{ text, want, match string }{
		{"t:alias", "t:alias", "xid"},
		{"Ivan Petrov", "t:name", "name"},
		{"Joker", "t:alias", "alias"},
		{"joker", "t:two", "name"},
		{"IVAN petrov", "t:alias t:name t:normal", "normalised name"}, // an alias is a name too
		{"petrov ivan", "t:alias t:name t:normal", "normalised name"}, // on any word
		{"1st Battalion", "t:a t:b t:c", "name"},
		{"Iron", "t:b", "alias"},
		{"iron", "t:b", "normalised name"},
		{"t:cafe\u0301", "t:café", "xid"},
		{"zurich", "t:zurich", "normalised name"},
		{"ъ", "t:sign", "name"},
		{"x:nobody", "x:nobody", "xid"},
	} {
		var got []string
		match := ""
		for _, row := range s.ask("search-entity", "text="+c.text).Rows {
			if match == "" {
				match = row[5]
			}
			if row[5] == match {
				got = append(got, row[0])
			}
		}
		if strings.Join(sorted(got), " ") != c.want || match != c.match {
			t.Errorf("%q: %v by %s, want %s by %s", c.text, got, match, c.want, c.match)
		}
	}
	for text, want := range map[string]string{
		"Sergey Shoygu":     "t:shoygu",
		"Sergei Shoigu":     "t:shoygu",
		"Шойгу":             "t:shoygu",
		"Кужугет":           "t:shoygu", // the beginning of any word
		"Герасимов":         "t:gerasimov",
		"Валерий Герасимов": "t:gerasimov",
		"geras":             "t:gerasimov",
	} {
		rows := s.ask("search-entity", "text="+text).Rows
		if len(rows) == 0 || rows[0][0] != want {
			t.Errorf("%q finds %v", text, rows)
		}
	}
	// The type narrows before the limit does.
	if rows := s.ask("search-entity", "text=1st Battalion", "type=Organisation", "limit=1").Rows; len(rows) != 1 || rows[0][0] != "t:c" {
		t.Errorf("of a type: %v", rows)
	}
	var param *queries.ParamError
	if err := s.fails("search-entity", "text=x", "type=Persn"); !errors.As(err, &param) || remedy(param) != "did you mean Person?" {
		t.Error(err)
	}

	var ambiguous *queries.AmbiguousError
	if err := s.fails("ego-network", "entity=1st Battalion"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 3 {
		t.Fatal(err)
	}
	golden(t, "testdata/ambiguous.txt", ambiguous.Error()+"\nhint: "+remedy(ambiguous)+"\n")
	// A type that only one of them has settles it.
	if got := s.ask("subordinate-tree", "unit=Iron").Root; got != "t:b" {
		t.Error(got)
	}
	if err := s.fails("commanders-of-unit", "unit=1st Battalion"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 3 {
		t.Error(err)
	}
	if err := s.fails("career", "person=Quote"); !errors.As(err, &ambiguous) ||
		!slices.ContainsFunc(ambiguous.Candidates, func(c queries.Candidate) bool { return c.XID == "t:it's" }) {
		t.Error(err)
	}
	// An undescribed entity fits every type, and is shown as undescribed.
	if result := s.ask("career", "person=x:nobody"); len(result.Rows) != 1 ||
		!slices.ContainsFunc(result.Nodes, func(n *queries.Node) bool {
			return n.XID == "x:nobody" && n.Type == "" &&
				n.Name == "x:nobody"
		}) {
		t.Errorf("%s", asJSON(t, result))
	}
	var unknown *queries.UnknownEntityError
	for _, text := range []string{"t:nothing", "dataset:one", "…", "😀", `["Joker"] ["Iron"]`} {
		if err := s.fails("entity-card", "entity="+text); !errors.As(err, &unknown) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestHostileNames: what is loaded may look like DQL, and stays text.
func TestHostileNames(t *testing.T) {
	s := newSession(t)
	names := append(hostileTexts(), "Plain Name")
	var records []*schema.Record
	kept := map[string]string{}
	for i, name := range names {
		text := strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", ""), ""))
		if len(text)+5 > schema.MaxXID || schema.NormalName(text) == "" || kept[text] != "" ||
			strings.ContainsFunc(text, unicode.IsControl) {
			continue // refused as a name
		}
		xid := "h:" + string(rune('a'+i/26)) + string(rune('a'+i%26))
		kept[text] = xid
		records = append(records, &schema.Record{
			Kind: schema.EntityRecord, Subject: schema.Ref{XID: xid, Type: "Person"},
			Values: map[string][]schema.Value{"name": {{Text: text}}, "aliases": {{Text: "also " + text}}},
		})
	}
	s.loadRecords(list(records), loader.Options{})
	if findings := s.check().Findings; len(findings) > 0 {
		t.Error(findings)
	}
	s.ask("entity-card", "entity="+kept["Plain Name"])
	s.sent.take()
	s.ask("entity-card", "entity=Plain Name")
	plain := s.outlines()
	for name, xid := range kept {
		for _, text := range []string{name, "also " + name, xid} {
			result, err := s.Run(t.Context(), "entity-card", map[string]string{"entity": text}, queries.Ask{Full: true})
			var ambiguous *queries.AmbiguousError
			if errors.As(err, &ambiguous) && slices.ContainsFunc(ambiguous.Candidates,
				func(c queries.Candidate) bool { return c.XID == xid }) {
				continue // several fold to one
			}
			if err != nil || result.Params["entity"] != xid {
				t.Errorf("%q: %v, %v", text, result, err)
				continue
			}
			if got := result.Nodes[0].Name; got != name {
				t.Errorf("%q is shown as %q", name, got)
			}
		}
	}
	for text := range s.outlines() {
		if !plain[text] {
			t.Errorf("another query was sent:\n%s", text)
		}
	}
}

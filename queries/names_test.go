package queries_test

import (
	"errors"
	"fmt"
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

// TestCommonWords: names whose words many others have too are found by all of them, in any order, whatever their sounds
// tell of how many there are.
func TestCommonWords(t *testing.T) {
	s := newSession(t)
	lines := []string{
		`{"type":"Unit","xid":"t:qaim","name":"Qa'im Border Unit"}`,
		`{"type":"Unit","xid":"t:aue","name":"Aue Unit 7"}`, // of vowels alone: no sound
	}
	for i := range 1100 {
		lines = append(lines, fmt.Sprintf(`{"type":"Unit","xid":"t:%d","name":"Unit Number %d of Io"}`, i, i))
	}
	s.load(loader.Options{Dataset: "many"}, lines...)
	for text, want := range map[string]string{
		"number 7 unit":    "t:7",
		"io 1099 unit of":  "t:1099",
		"qa'im unit":       "t:qaim",
		"qa im unit":       "t:qaim",
		"unit aue":         "t:aue",
		"border border im": "", // once in the name
	} {
		var unknown *queries.UnknownEntityError
		switch result, err := s.Run(s.Context(), "subordinate-tree", map[string]string{"unit": text}, queries.Ask{}); {
		case want == "" && !errors.As(err, &unknown), want != "" && (err != nil || result.Root != want):
			t.Errorf("%q: %v", text, err)
		}
	}
	var ambiguous *queries.AmbiguousError
	if err := s.fails("subordinate-tree", "unit=io unit number"); !errors.As(err, &ambiguous) || !ambiguous.More {
		t.Error(err)
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
	for _, full := range []bool{false, true} { // as those below are asked
		if _, err := s.Run(t.Context(), "entity-card", params("entity=Plain Name"), queries.Ask{Full: full}); err != nil {
			t.Fatal(err)
		}
	}
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

// TestNamesByType: the types that a parameter takes come before the levels of law 17, and one single match by words of
// a name is taken and said.
func TestNamesByType(t *testing.T) {
	s := newSession(t)
	lines := []string{
		`{"type":"Source","xid":"n:doc","title":"Iron"}`,
		`{"type":"Location","xid":"n:town","name":"Iron"}`,
		`{"type":"Unit","xid":"n:unit","name":"7th Regiment","aliases":["Iron"]}`,
		`{"type":"Person","xid":"n:kurilla","name":"Michael Erik Kurilla","aliases":["Gen. K."]}`,
		`{"type":"Organisation","xid":"n:fans","name":"Friends of Kurilla"}`,
		`{"type":"Person","xid":"n:two","name":"Ivan Petrov","aliases":["Erik Sokol"]}`,
		`{"type":"Person","xid":"n:sec","name":"Anna Second"}`,
		`{"type":"Location","xid":"n:alone","name":"Kestrel"}`,
		`{"type":"Unit","xid":"n:kestrels","name":"Kestrel Company"}`,
		`{"type":"Person","xid":"n:seen","name":"Boris Seen"}`,
		`{"type":"Person","xid":"n:red","name":"Boris Hidden","marking":"TLP:RED"}`,
	}
	for i := range 60 {
		lines = append(lines, fmt.Sprintf(`{"type":"Unit","xid":"n:b%02d","name":"%dth Battalion"}`, i, i))
	}
	for i := range 60 { // none of them a unit, all of them before it
		lines = append(lines, fmt.Sprintf(`{"type":"Location","xid":"n:a%02d","name":"Ford","aliases":["Old Ford"]}`, i))
	}
	lines = append(lines, `{"type":"Unit","xid":"n:ford","name":"Guards","aliases":["Ford"]}`, `{"type":"Unit","xid":"n:old","name":"Old Guards of Ford"}`)
	s.load(loader.Options{Dataset: "one"}, lines...)

	for _, c := range []struct{ question, param, text, want, taken string }{
		{"subordinate-tree", "unit", "Iron", "n:unit", ""},
		{"units-in-area", "place", "Iron", "n:town", ""},
		{"subordinate-tree", "unit", "Ford", "n:ford", ""},
		{"subordinate-tree", "unit", "old ford", "n:old", "n:old"},
		{"career", "person", "Kurilla", "n:kurilla", "n:kurilla"},
		{"career", "person", "kurilla, michael", "n:kurilla", "n:kurilla"},
		{"career", "person", "Second", "n:sec", "n:sec"},
		{"subordinate-tree", "unit", "Kestrel", "n:kestrels", "n:kestrels"},
		{"connect-set", "entities", "Ivan; Anna", "n:two; n:sec", "n:two n:sec"},
		{"career", "person", "Michael Erik Kurilla", "n:kurilla", ""},
	} {
		result := s.ask(c.question, c.param+"="+c.text)
		var taken []string
		for _, by := range result.Taken {
			if by.Param != c.param || !strings.Contains(c.text, by.Text) || by.Name == "" {
				t.Errorf("%s %q: %+v", c.question, c.text, by)
			}
			taken = append(taken, by.XID)
		}
		if result.Params[c.param] != c.want || strings.Join(taken, " ") != c.taken {
			t.Errorf("%s %q: %s, taken %s", c.question, c.text, result.Params[c.param], taken)
		}
		_, err := s.Run(t.Context(), c.question, map[string]string{c.param: c.text}, queries.Ask{Exact: true})
		var unknown *queries.UnknownEntityError
		if refused := errors.As(err, &unknown); refused != (c.taken != "") || refused && unknown.Near[0].XID != taken[0] {
			t.Errorf("%s %q, exactly: %v", c.question, c.text, err)
		}
	}

	var unknown *queries.UnknownEntityError
	for text, why := range map[string]string{
		"Erik Petrov": "no one name has both", "Kuril": "the beginning of a word", "Erik Erik": "it has one of them",
	} {
		if err := s.fails("career", "person="+text); !errors.As(err, &unknown) || len(unknown.Of) > 0 {
			t.Errorf("%q is taken (%s): %v", text, why, err)
		}
	}
	for text, want := range map[string]string{ // what is exactly something else is said to be that, where no word fits
		"Iron": `person: "Iron" is no Person but Location`, "n:unit": `person: "n:unit" is no Person but Unit`,
	} {
		if err := s.fails("career", "person="+text); !errors.As(err, &unknown) || err.Error() != want {
			t.Error(err)
		}
	}
	var ambiguous *queries.AmbiguousError
	if err := s.fails("subordinate-tree", "unit=battalion"); !errors.As(err, &ambiguous) || !ambiguous.More ||
		len(ambiguous.Candidates) != 50 || strings.Count(err.Error(), "\n") != 21 || !strings.HasSuffix(err.Error(), "\n  … and more") {
		t.Error(err)
	}
	if err := s.fails("entity-card", "entity=Kurilla"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 {
		t.Error(err)
	}

	// What a marking limit leaves out is nobody's namesake.
	if err := s.fails("career", "person=Boris"); !errors.As(err, &ambiguous) || len(ambiguous.Candidates) != 2 {
		t.Error(err)
	}
	if result := s.ask("career", "person=Boris", "max_marking=TLP:GREEN"); result.Params["person"] != "n:seen" {
		t.Errorf("%s", asJSON(t, result))
	}
	if err := s.fails("career", "person=Hidden", "max_marking=TLP:GREEN"); !errors.As(err, &unknown) || len(unknown.Near) > 0 {
		t.Error(err)
	}
}

// TestNamesakes: of several that a name may mean each is listed with what tells it from the others, as far as the
// viewer's marking goes and whatever else was asked for.
func TestNamesakes(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "one"},
		`{"type":"Unit","xid":"n:div","name":"1st Division"}`,
		`{"type":"Unit","xid":"n:bde","name":"11th Brigade"}`,
		`{"type":"Unit","xid":"n:sec","name":"Secret Service","marking":"TLP:RED"}`,
		`{"type":"Person","xid":"n:1","name":"John Adams","rank":"Brigadier"}`,
		`{"type":"Person","xid":"n:2","name":"John Adams","description":"a clerk","nationality":"GB"}`,
		`{"type":"Person","xid":"n:3","name":"J. Adams","aliases":["John Adams"]}`,
		`{"relation":"commands","from":"n:1","to":"n:div","role":"commander","period":"2010-01-01/2012-12-31","confidence":20}`,
		`{"relation":"commands","from":"n:1","to":"n:div","role":"commander","period":"2016/2017"}`,
		`{"relation":"posted_to","from":"n:2","to":"n:bde","role":"clerk","period":"2013-03/.."}`,
		`{"relation":"posted_to","from":"n:2","to":"n:div"}`,
		`{"relation":"posted_to","from":"n:2","to":"n:sec","role":"spy","period":"2020"}`,
		`{"relation":"posted_to","from":"n:2","to":"n:div","role":"mole","period":"2021","marking":"TLP:RED"}`,
		`{"type":"Location","xid":"n:land","name":"Landia","loc_kind":"country"}`,
		`{"type":"Location","xid":"n:east","name":"East Province","loc_kind":"admin1"}`,
		`{"type":"Location","xid":"n:s1","name":"Springfield","loc_kind":"city"}`,
		`{"type":"Location","xid":"n:s2","name":"Springfield","loc_kind":"base","country":"US"}`,
		`{"type":"Location","xid":"n:s3","name":"Springfield"}`,
		`{"relation":"within","from":"n:s1","to":"n:east"}`,
		`{"relation":"within","from":"n:east","to":"n:land"}`,
		`{"relation":"within","from":"n:land","to":"n:east"}`,
		`{"relation":"within","from":"n:s2","to":"n:land"}`,
	)
	var text strings.Builder
	for _, question := range []string{
		"career|person=john adams", "career|person=Adams", "career|person=Adams|dataset=one|min_confidence=90|as_of=1950",
		"career|person=Adams|max_marking=TLP:GREEN", "units-in-area|place=Springfield",
	} {
		args := strings.Split(question, "|")
		var ambiguous *queries.AmbiguousError
		if err := s.fails(args[0], args[1:]...); !errors.As(err, &ambiguous) {
			t.Fatal(question, err)
		}
		fmt.Fprintf(&text, "%s\n%s\n\n", question, ambiguous.Error())
	}
	golden(t, "testdata/namesakes.txt", text.String())
}

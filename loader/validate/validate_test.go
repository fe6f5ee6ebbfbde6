package validate

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"orbat/schema"
)

// Two spellings of one value are one claim, whoever wrote them (law 3): escapes, space, order of keys, numbers and NFC,
// in what is kept beside the ontology, in texts of the statement, and in shapes.
func TestSpellingsAreOneClaim(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	record := func(extra map[string]string, quote, position string) *schema.Record {
		return &schema.Record{
			Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Location", ID: "a"}, Extra: extra,
			Values: map[string][]schema.Value{"name": {{Text: "A"}}, "geo": {{Text: position}}},
			Provenance: schema.Provenance{
				ID: quote, Method: quote, Cites: []schema.Cite{{Source: schema.Ref{XID: "t:s"}, Quote: quote, Locator: quote}},
			},
		}
	}
	var want string
	for i, r := range []*schema.Record{
		record(map[string]string{"x_firm": `"A & B <é>"`, "x_n": `{"a":1.5,"b":100}`, "x_\u00e9": "1"}, "caf\u00e9\nx",
			`{"type":"Point","coordinates":[0,1.5]}`),
		record(map[string]string{"x_firm": "\"A \\u0026 B \\u003ce\u0301\\u003e\"", "x_n": `{ "b": 1e2, "a": 1.50 }`, "x_e\u0301": "1.0"},
			"cafe\u0301\r\nx ", `{"coordinates":[-0.0,15e-1],"type":"Point"}`),
	} {
		claims, err := Validator{Ontology: ontology}.Claims(r)
		if err != nil {
			t.Fatal(err)
		}
		if key := claims[0].Key(); i == 0 {
			want = key
		} else if key != want {
			t.Errorf("another spelling is another claim:\n%s", claims[0].AppendJSON(nil))
		}
		if claims[0].Canonicalise(ontology) {
			t.Error("what validation makes is not canonical")
		}
	}
	for name, extra := range map[string]map[string]string{
		"no JSON":            {"x_a": "A & B"},
		"two spellings":      {"x_\u00e9": "1", "x_e\u0301": "2"},
		"a key stands twice": {"x_a": `{"a":1,"a":2}`},
	} {
		if claims, err := (Validator{Ontology: ontology}).Claims(record(extra, "q", `{"type":"Point","coordinates":[0,0]}`)); err == nil {
			t.Errorf("%s: %s", name, claims[0].AppendJSON(nil))
		}
	}
}

// A number beyond its bounds is rejected with the record's position, whether its record says it once, in values with
// sources of their own, or of a side.
func TestEstimates(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	says := func(pairs ...string) map[string][]schema.Value {
		values := map[string][]schema.Value{}
		for i := 0; i < len(pairs); i += 2 {
			name, source, own := strings.Cut(pairs[i], " by ")
			v := schema.Value{Text: pairs[i+1]}
			if own {
				v.Own = &schema.Provenance{Cites: []schema.Cite{{Source: schema.Ref{XID: source}}}}
			}
			values[name] = append(values[name], v)
		}
		return values
	}
	event := func(pairs ...string) *schema.Record {
		return &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Event", XID: "t:e"}, Values: says(pairs...)}
	}
	side := func(pairs ...string) *schema.Record {
		return &schema.Record{
			Kind: schema.RelationRecord, Predicate: "affected_by", Subject: schema.Ref{XID: "t:side"}, Object: schema.Ref{XID: "t:e"},
			Values: says(pairs...),
		}
	}
	for _, c := range []struct {
		record *schema.Record
		want   string
	}{
		{event("killed", "9", "killed_low", "7", "killed_high", "9"), ""},
		{event("killed", "9", "killed_low", "10"), "f.csv:3:1: killed_low: 10 does not go with killed 9"},
		{event("wounded_low", "9", "wounded_high", "8"), "f.csv:3:1: wounded_low: 9 does not go with wounded_high 8"},
		{event("killed by t:a", "9", "killed_high by t:a", "8"), "f.csv:3:1: killed_high: 8 does not go with killed 9"},
		{event("killed by t:a", "9", "killed by t:b", "20", "killed_low by t:b", "15"), ""},
		{side("outcome", "killed", "quantity", "9", "quantity_low", "5"), ""},
		{side("outcome", "killed", "quantity", "9", "quantity_low", "12"), "f.csv:3:1: quantity_low: 12 does not go with quantity 9"},
	} {
		c.record.Pos = schema.Position{File: "f.csv", Line: 3, Column: 1}
		have := ""
		if _, err := (Validator{Ontology: ontology}).Claims(c.record); err != nil {
			have = err.Error()
		}
		if have != c.want {
			t.Errorf("%v: %q, want %q", c.record.Values, have, c.want)
		}
	}
}

// What may be the marking of an entity is never left out of it: all would see what it keeps from them (law 15). Another
// property that the type has not costs itself, as does a bad value of one that it has.
func TestMarkingsByOtherNames(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	claims := func(kind, property string, faulty bool) []*schema.Claim {
		record := &schema.Record{
			Kind: schema.EntityRecord, Subject: schema.Ref{Type: kind, ID: "a"}, Values: map[string][]schema.Value{"name": {{Text: "A"}}},
		}
		if faulty { // the reader could not take it
			record.Faulty = []schema.ValueFault{{Fault: schema.Fault{Column: property, Reason: "bad"}, Property: property}}
		} else {
			record.Values[property] = []schema.Value{{Text: "TLP:RED"}}
		}
		claims, err := Validator{Ontology: ontology}.Claims(record)
		if err == nil {
			t.Errorf("%s, %t: no error", property, faulty)
		}
		return claims
	}
	for _, property := range []string{
		"security_marking", "security-classification", "dissemination",
		"Marking", "MARKING", "markings", "mark-ing", "Markierung", "makring", "_marking", "X-Marking", "classification", "Classif.",
		"securitymarking", "SecurityMakring", "mrking", "amrking", "handling notes", "release to", "document classification", "mark", "secrecy",
		"handling caveat", "HandlingInstructions", "TLP", "tlp_level", "releasable to", "Release-ability", "caveats",
		"image_security_classification", "unit security classification", "event classification", "incident_classification",
		"aircraft_security_marking", "released", "making", "masking",
	} {
		for _, faulty := range []bool{false, true} {
			if made := claims("Person", property, faulty); len(made) > 0 {
				t.Errorf("%s, %t: the entity is in, unmarked: %s", property, faulty, made[0].AppendJSON(nil))
			}
		}
	}
	for _, property := range []string{
		"nickname", "shoe_size", "remarks", "title of nobility", "ranking", "Ranking", "market", "market value", "marketing", "marksmanship",
		"marker", "parking", "manning", "mapping", "release date", "released on", "vessel classification", "cargo handling", "tail markings",
		"distinguishing marks", "mark number", "benchmark", "margin", "marina", "training",
	} {
		if made := claims("Person", property, false); len(made) != 1 {
			t.Errorf("%s: %d claims", property, len(made))
		}
	}
	if ontology.Type("Unit").Property("classification") == nil {
		t.Fatal("a unit has a classification, of another sense")
	}
	if made := claims("Unit", "classification", true); len(made) != 1 {
		t.Errorf("a property that the type has: %d claims", len(made))
	}
}

// A bad place in one source costs that citation its place; the others keep theirs.
func TestBadPlaceOfOneCitation(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	cite := func(source, begin, end string) schema.Cite {
		return schema.Cite{Source: schema.Ref{XID: source}, Quote: "q", Locator: "p. 1", Begin: begin, End: end}
	}
	record := &schema.Record{
		Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Person", ID: "a"}, Values: map[string][]schema.Value{"name": {{Text: "A"}}},
		Provenance: schema.Provenance{Cites: []schema.Cite{
			cite("t:a", "1", "5"), cite("t:b", "7", "6"), cite("t:c", "x", ""),
			{Source: schema.Ref{XID: "t:d"}, Quote: "\xff", Locator: "p. 2"},
		}},
	}
	claims, values, err := Validator{Ontology: ontology}.check(record)
	if err != nil || len(claims) != 1 {
		t.Fatalf("%v, %v", claims, err)
	}
	want := []schema.Citation{
		{Source: "t:a", Quote: "q", Locator: "p. 1", Begin: 1, End: 5},
		{Source: "t:b", Quote: "q", Locator: "p. 1", Begin: 7, End: schema.NoSpan},
		{Source: "t:c", Quote: "q", Locator: "p. 1", Begin: schema.NoSpan, End: schema.NoSpan},
		{Source: "t:d", Locator: "p. 2", Begin: schema.NoSpan, End: schema.NoSpan},
	}
	if !slices.Equal(claims[0].Cites, want) {
		t.Errorf("%+v", claims[0].Cites)
	}
	var columns []string
	for _, bad := range values {
		columns = append(columns, bad.Column)
	}
	if !slices.Equal(columns, []string{"end", "begin", "quote"}) || record.Cites[1].End != "6" {
		t.Errorf("left out: %v; the record: %+v", columns, record.Cites)
	}
}

// A value without sources of its own cites what its record cites, and what the record says of a source is claimed once,
// however many values there are: 88 records of 362 values and as many sources took minutes.
func TestValuesShareTheSourcesOfTheirRecord(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	const many = 50
	r := &schema.Record{Kind: schema.EntityRecord, Subject: schema.Ref{Type: "Person", ID: "a"}, Values: map[string][]schema.Value{}}
	for i := range many {
		number := strconv.Itoa(i)
		r.Values["aliases"] = append(r.Values["aliases"], schema.Value{Text: number, Own: &schema.Provenance{Confidence: "50"}})
		r.Provenance.Cites = append(r.Provenance.Cites, schema.Cite{Source: schema.Ref{Type: "Source", Name: number}, Quote: number})
	}
	claims, err := Validator{Ontology: ontology}.Claims(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 + many + many; len(claims) != want { // itself, its values, its sources
		t.Errorf("%d claims, want %d", len(claims), want)
	}
	for _, claim := range claims[1 : 1+many] {
		if claim.Predicate != "aliases" || claim.Confidence != 50 || !slices.Equal(claim.Cites, claims[0].Cites) {
			t.Fatalf("cites other than its record: %s", claim.AppendJSON(nil))
		}
	}
}

package validate

import (
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

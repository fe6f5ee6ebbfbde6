package validate

import (
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

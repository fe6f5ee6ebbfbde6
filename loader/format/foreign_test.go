package format

import (
	"errors"
	"strings"
	"testing"
)

// JSON of others is named, and not read as faulty records; ours is no such, whatever properties it has.
func TestForeignJSON(t *testing.T) {
	for _, c := range []struct{ name, content, what string }{
		{"s.json", `{"id":"a","type":"ORBAT-mapper","version":"2.5.0","name":"S","sides":[]}`, "an ORBAT Mapper scenario"},
		{"g.json", `{"authors":["A"],"category":"actor","name":"N","type":"threat-actor","uuid":"u","values":[{"value":"V"}],"version":1}`, "a MISP galaxy's clusters"},
		{"g.json", `{"description":"d","icon":"user","name":"N","namespace":"misp","type":"threat-actor","uuid":"u","version":3}`, "a MISP galaxy,"},
		{"e.json", `{"Event":{"info":"i"}}`, "a MISP event"},
		{"f.json", `{"type":"FeatureCollection","features":[]}`, "GeoJSON"},
		{"a.json", `{"status":200,"success":true,"count":1,"data":[{"event_id_cnty":"X"}]}`, "an answer of an API"},
		{"p.ndjson", `{"type":"Person","id":"a","op":"ADD","entity":"x","response":"y","Event":"z"}`, ""},
		{"q.json", `{"values":[{"property":"rank","of":"#a","value":"Major"}]}`, ""},
		{"r.json", `{"dataset":"d","entities":[{"type":"Person","name":"A"}]}`, ""},
	} {
		_, _, err := readAll(t.Context(), c.name, strings.NewReader(c.content))
		var ended *ReadError
		switch {
		case c.what == "" && err != nil:
			t.Errorf("%s: %v", c.content, err)
		case c.what != "" && (!errors.As(err, &ended) || !strings.Contains(ended.Reason, "this looks like "+c.what) || ended.Hint == ""):
			t.Errorf("%s: %v", c.content, err)
		}
	}
}

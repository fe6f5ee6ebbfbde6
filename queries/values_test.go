package queries_test

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// cardOf returns the rows of a card that are of some properties.
func cardOf(r *queries.Result, properties ...string) string {
	own := *r
	own.Rows = slices.DeleteFunc(slices.Clone(r.Rows), func(row []string) bool {
		return !slices.Contains(properties, row[slices.Index(r.Columns, "property")])
	})
	return cells(&own, "property", "value", "shown", "differs", "sources")
}

// TestRivals: of values that disagree cards, labels and exports show what the most reliable sources say, and say that
// others differ (law 11). The answers were worked out on paper.
func TestRivals(t *testing.T) {
	s := newSession(t)
	s.load(loader.Options{Dataset: "winner"},
		`{"type":"Source","xid":"t:post","title":"Anonymous post","publisher":"nobody","published":"2020","reliability":"F"}`,
		`{"type":"Source","xid":"t:court","title":"Court judgment","publisher":"Court","published":"2022","reliability":"A"}`,
		`{"type":"Source","xid":"t:paper","title":"Paper","reliability":"C","marking":"TLP:RED"}`,
		`{"type":"Event","xid":"t:bombing","name":"Market bombing","event_kind":"strike","date":"2019-01-01","killed":"10","sources":["t:post"]}`,
		`{"property":"killed","of":"t:bombing","value":"9","sources":["t:court"]}`,
		`{"type":"Person","xid":"t:zed","name":"Zed Zulu","birth_date":"1960","sources":["t:post"]}`,
		`{"property":"birth_date","of":"t:zed","value":"1971-05-05","sources":["t:court"]}`,
		`{"property":"birth_date","of":"t:zed","value":"1971","sources":["t:paper"]}`,
		// a grade that is withheld decides nothing, and nor does a value
		`{"type":"Person","xid":"t:hid","name":"Hid","birth_date":"1980","sources":["t:post"]}`,
		`{"property":"birth_date","of":"t:hid","value":"1981","sources":["t:court"],"marking":"TLP:RED"}`,
		`{"property":"birth_date","of":"t:hid","value":"1982","sources":["t:paper"]}`,
		// what a merge brings together
		`{"type":"Person","xid":"t:ivan","name":"Иван Петров","rank":"полковник","sources":["t:post"]}`,
		`{"type":"Person","xid":"t:ivan2","name":"Ivan Petrov","rank":"Colonel","sources":["t:court"]}`,
		`{"type":"Person","xid":"t:ivan3","name":"I. Petrov","rank":"Major","status":"killed","sources":["t:court"]}`,
		`{"type":"Location","xid":"t:twice","name":"Twice placed","geo":{"type":"Point","coordinates":[1,1]},"sources":["t:post"]}`,
		`{"property":"geo","of":"t:twice","value":{"type":"Point","coordinates":[2,2]},"sources":["t:court"]}`,
	)
	s.load(loader.Options{Dataset: "decisions"}, `{"decision":"same","between":["t:ivan","t:ivan2"]}`)
	const court, post = "Court judgment, Court, 2022, reliability A", "Anonymous post, nobody, 2020, reliability F"
	for _, c := range []struct {
		ask        []string
		properties string
		want       string
	}{
		{[]string{"t:bombing"}, "killed", "killed | 9 | yes | differs | " + court + "\nkilled | 10 |  | differs | " + post},
		{
			[]string{"t:zed"}, "birth_date", "birth_date | 1971-05-05 | yes | differs | " + court +
				"\nbirth_date | 1960 |  | differs | " + post + "\nbirth_date | 1971 |  |  | Paper",
		},
		{[]string{"t:hid", "max_marking=TLP:GREEN"}, "birth_date", "birth_date | 1980 | yes |  | Anonymous post"},
		{[]string{"t:ivan"}, "rank", "rank | Colonel | yes |  | Court judgment\nrank | полковник |  |  | Anonymous post"},
		{
			[]string{"t:twice"}, "geo", `geo | {"type":"Point","coordinates":[2,2]} | yes | differs | ` + court +
				"\n" + `geo | {"type":"Point","coordinates":[1,1]} |  | differs | ` + post,
		},
	} {
		r := s.ask("entity-card", append([]string{"entity=" + c.ask[0]}, c.ask[1:]...)...)
		if have := cardOf(r, c.properties); have != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", strings.Join(c.ask, " "), have, c.want)
		}
	}
	have := cells(s.ask("conflicting-claims", "entity=t:bombing"), "kind", "property", "value")
	if have != "value | killed | 9\nvalue | killed | 10" {
		t.Errorf("the conflict of two counts:\n%s", have)
	}
	if r := s.ask("conflicting-claims", "entity=t:ivan"); len(r.Rows) > 0 {
		t.Errorf("a rank in two languages contradicts itself:\n%s", cells(r, "kind", "property", "value"))
	}
	s.load(loader.Options{Dataset: "decisions"}, `{"decision":"same","between":["t:ivan2","t:ivan3"]}`)
	if r := s.ask("conflicting-claims", "entity=t:ivan"); len(r.Rows) != 3 {
		t.Errorf("a colonel and a major:\n%s", cells(r, "kind", "property", "value"))
	}
	nodes, _ := s.graph("")
	for xid, want := range map[string]string{
		"t:bombing": "killed 9 not 10", "t:zed": "birth_date 1971-05-05 not 1960", "t:ivan": "rank Colonel not Major",
		"t:twice": `geo {"type":"Point","coordinates":[2,2]} not {"type":"Point","coordinates":[1,1]}`,
	} {
		n, property := nodes[xid], strings.Fields(want)[0]
		have := property + " " + strings.Join(n.Properties[property], ", ") + " not " + strings.Join(n.Differs[property], ", ")
		if have != want {
			t.Errorf("%s: %s, want %s", xid, have, want)
		}
	}
}

package mapping

import (
	"slices"
	"strings"
	"testing"
)

// TestUCDP: what ucdp-ged makes of five rows of ours: an estimate with its bounds, the deaths of each side, dates and
// places no more precise than the sheet says.
func TestUCDP(t *testing.T) {
	source, err := Source("ucdp-ged")
	if err != nil {
		t.Fatal(err)
	}
	const head = "id|relid|year|type_of_violence|conflict_new_id|conflict_name|dyad_name|side_a_new_id|side_a|side_b_new_id|side_b|" +
		"source_article|source_office|source_date|source_headline|source_original|where_prec|where_coordinates|adm_1|adm_2|" +
		"latitude|longitude|country|event_clarity|date_prec|date_start|date_end|deaths_a|deaths_b|deaths_civilians|deaths_unknown|best|high|low"
	rows := []string{
		head,
		"1|r|2014|1|7|Fire|F|11|Government|12|Red Column|Daily News, Battle;Gazette, Losses|o|d|h|s|1|Poleville|North|P|10.5|20.25|Nigeria|1|1|" +
			"2014-08-02 00:00:00.000|2014-08-02 00:00:00.000|3|4|0|0|7|12|5",
		"2|r|2014|3|7|Fire|F|12|Red Column|13|Civilians|Radio|o|d|h|s|4|North|North||10|20|Nigeria|2|4|2014-08-01|2014-08-31|0|0|20|0|20|30|15",
		"3|r|2014|2|7|Fire|F|12|Red Column|14|Blue Clan|Radio|o|d|h|s|3|Mill|North|M|11|21|Nigeria|1|5|2014-11-28|2014-12-04|0|2|0|1|3|3|2",
		"4|r|2015|1|7|Fire|F|11|Government|12|Red Column|Radio|o|d|h|s|6|Nigeria|||9|8|Nigeria|2|5|2014-12-28|2015-01-04|0|1|0|0|1|1|1",
		"5|r|2015|1|7|Fire|F|11|Government|12|Red Column|Radio|o|d|h|s|7|At sea|||9|8|Nigeria|1|1|2015-02-02|2015-02-02|0|1|0|0|1||",
	}
	lines := read(t, string(source), sheet("ged.csv", strings.Join(rows, "\n")))
	for _, want := range []string{
		"Event ucdp:1 date=2014-08-02 event_kind=engagement killed=7 killed_high=12 killed_low=5",
		"Event ucdp:2 date=2014-08 event_kind=incident killed=20",
		"Event ucdp:3 date=2014 event_kind=engagement",
		"Event ucdp:4 event_kind=engagement",
		"Event ucdp:5 date=2015-02-02 event_kind=engagement killed=1 name=",
		"ucdp-actor:11 affected_by ucdp:1 outcome=killed quantity=3 cites",
		"ucdp-actor:12 affected_by ucdp:1 outcome=killed quantity=4 cites",
		"orbat:default/Organisation/civilians in nigeria affected_by ucdp:2 outcome=killed quantity=20 cites",
		"ucdp-actor:12 carried_out ucdp:2 role=executed",
		"ucdp:1 located_at orbat:default/Location/poleville north nigeria cites",
		"ucdp:2 located_at orbat:default/Location/north nigeria cites",
		"ucdp:3 located_at orbat:default/Location/m north nigeria cites",
		"ucdp:4 located_at orbat:default/Location/nigeria cites",
	} {
		if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("none begins with %q of\n%s", want, strings.Join(lines, "\n"))
		}
	}
	for _, line := range lines {
		if strings.Contains(line, "quantity=0") || strings.Contains(line, "civilians in nigeria affected_by ucdp:1") ||
			strings.Contains(line, "ucdp-actor:13") || strings.HasPrefix(line, "ucdp:5 located_at") || strings.HasPrefix(line, "rejected") {
			t.Errorf("there is %s", line)
		}
	}
}

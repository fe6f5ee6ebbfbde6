package mapping

import (
	"slices"
	"strings"
	"testing"
)

// readShipped returns what a shipped mapping makes of rows, cells between bars.
func readShipped(t *testing.T, name string, rows ...string) []string {
	t.Helper()
	source, err := Source(name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, string(source), sheet(name+".csv", strings.Join(rows, "\n")))
}

// wantLines sees that some line begins with each of those wanted, and none of those that are not.
func wantLines(t *testing.T, lines, wanted, unwanted []string) {
	t.Helper()
	begins := func(with string) bool {
		return slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, with) })
	}
	failed := false
	for _, w := range wanted {
		if !begins(w) {
			t.Errorf("none begins with %q", w)
			failed = true
		}
	}
	for _, w := range unwanted {
		if begins(w) {
			t.Errorf("one begins with %q", w)
			failed = true
		}
	}
	if failed {
		t.Log(strings.Join(lines, "\n"))
	}
}

// TestACLED: what acled makes of five rows of ours.
func TestACLED(t *testing.T) {
	const head = "event_id_cnty|event_date|year|time_precision|disorder_type|event_type|sub_event_type|actor1|assoc_actor_1|inter1|" +
		"actor2|assoc_actor_2|inter2|civilian_targeting|iso|region|country|admin1|admin2|admin3|location|latitude|longitude|" +
		"geo_precision|source|source_scale|notes|fatalities|tags|timestamp"
	lines := readShipped(t, "acled", head,
		"NIG1|02 August 2014|2014|1|Political violence|Battles|Armed clash|Army of Poles|Home Guard|1|Red Column|Red Youth; Unidentified Armed Group|2||566|"+
			"West|Nigeria|North|Poleville||Poleville|10.5|20.25|1|Daily News|National|On 2 August\u0092, the army fought the column.|7||1",
		"NIG2|2014-08-30|2014|2|Political violence|Violence against civilians|Attack|Red Column||Rebel group|Civilians (Nigeria)|Teachers|7|Civilian targeting|566|"+
			"West|Nigeria|North|||Mill|11|21|2|Radio; Daily News|Other|Attack on the mill.|20||1",
		"NIG3|15 November 2014|2014|3|Political violence|Explosions/Remote violence|Air/drone strike|Army of Poles||1|Red Column||2||566|"+
			"West|Nigeria|North|||North|10|20|3|Radio|Other|A strike.|0||1",
		"NIG4|1 January 2015|2015|2|Demonstrations|Protests|Peaceful protest|Protesters (Nigeria)||6|Police||1||566|"+
			"West|Nigeria|North|||Poleville|10.5|20.25|1|Radio|Other|A protest.|0|crowd size=no report|1",
		"NIG5|soon|2015||Strategic developments|Strategic developments|Agreement|Red Column||2|Blue Clan||4||566|"+
			"West|Nigeria||||Camp|10.5|x|1|Radio|Other||||1")
	wantLines(t, lines, []string{
		"Event acled:NIG1 date=2014-08-02 event_kind=engagement killed=7 name=Armed clash, Poleville, 2014-08-02",
		"orbat:default/Organisation/army of poles carried_out acled:NIG1 role=executed cites Source/Daily News  On 2 August, the army",
		"orbat:default/Organisation/red column carried_out acled:NIG1 role=executed",
		"orbat:default/Organisation/home guard carried_out acled:NIG1 role=executed",
		"orbat:default/Organisation/red youth carried_out acled:NIG1 role=executed",
		"orbat:default/Organisation/army of poles opposes orbat:default/Organisation/red column kind=fighting",
		"Event acled:NIG2 date=2014 description=Attack on the mill. event_kind=incident killed=20",
		"orbat:default/Organisation/civilians nigeria affected_by acled:NIG2 outcome=targeted",
		"Organisation orbat:default/Organisation/red column name=Red Column org_kind=armed_group",
		"acled:NIG2 located_at orbat:default/Location/mill north nigeria",
		"Event acled:NIG3 date=2014-11 event_kind=strike killed=0",
		"orbat:default/Organisation/red column affected_by acled:NIG3 outcome=targeted",
		"acled:NIG3 located_at orbat:default/Location/north nigeria",
		"Event acled:NIG4 event_kind=incident",
		"orbat:default/Organisation/police carried_out acled:NIG4 cites",
		"Event acled:NIG5 event_kind=incident name=Strategic developments, Nigeria, soon",
		"Location orbat:default/Location/camp nigeria country=NG",
		"  without geo: longitude: no coordinate",
	}, []string{
		"orbat:default/Organisation/teachers", "orbat:default/Location/poleville north nigeria within orbat:default/Location/poleville", "orbat:default/Organisation/unidentified", "orbat:default/Organisation/protesters",
		"acled:NIG3 located_at orbat:default/Location/north north", "rejected",
	})
}

// TestSnapshots: what orbat-snapshots makes of five rows of ours.
func TestSnapshots(t *testing.T) {
	const head = "date|lat|lng|icon|type|strength|strength_in_btg_text|strength_in_btg_number|unit|unitnumber|subordinate_to|sources_url|" +
		"sources_date|notes|country|stacked|icon15"
	lines := readShipped(t, "orbat-snapshots", head,
		"2021-03-30|50.5|36.25|SSGPUCA---AK|Armour|Brigade|1|1.0|3rd Brigade|3?|1st Army|https://a.example/1,https://a.example/2|2021-03-30,2021-03-31||ua|False|SSGPUCA---AK---",
		"2021-04-01|50.5|36.25|SSGPUCA---AK|Armour|Brigade|1|1.0|3rd Brigade|3?|1st Army|https://a.example/3|2021-04-01||ua|False|SSGPUCA---AK---",
		"2021-04-02|51|36.5|SHGPUCA---AK|Armour|Brigade|1|1.0|3rd Brigade|3|1st Army|https://a.example/4,https://a.example/5|2021-04-02||ua|False|SHGPUCA---AK---",
		"2021-04-03|50.5|36.25|SHGPUCA---AK|Armour|Brigade|<1|1.0|3rd Brigade|3|2nd Army|||moved|ua|False|SHGPUCA---AK---",
		"2021-04-03|91|36.25|none|Infantry|Battalion|||4th Battalion|||Henry's feed|2021-04-03||ua|False|")
	wantLines(t, lines, []string{
		"Unit orbat:default/Unit/3rd brigade country=UA echelon=brigade name=3rd Brigade",
		"value orbat:default/Unit/3rd brigade designator = 3",
		"orbat:default/Unit/3rd brigade located_at orbat:default/Location/50 5 36 25 period=~2021-03-30/2021-04~ confidence=50 " +
			"cites https://a.example/1 cites https://a.example/2 cites https://a.example/3",
		"orbat:default/Unit/3rd brigade located_at orbat:default/Location/51 36 5",
		"orbat:default/Unit/3rd brigade located_at orbat:default/Location/50 5 36 25 x_notes=\"moved\" period=~2021-04-03/2021-04-03~",
		"orbat:default/Unit/3rd brigade subordinate_to orbat:default/Unit/1st army period=~2021-03-30/2021-04-02~",
		"orbat:default/Unit/3rd brigade subordinate_to orbat:default/Unit/2nd army period=~2021-04-03/2021-04-03~",
		"value orbat:default/Unit/3rd brigade classification = Armour period=~2021-03-30/2021-04-03~",
		"value orbat:default/Unit/3rd brigade sidc = SHGPUCA---AK period=~2021-04-02/2021-04-03~",
		"Source https://a.example/2 published=2021-03-31 url=https://a.example/2",
		"rejected orbat-snapshots.csv:4:1: sources_date: has 1 item, and the list beside it 2",
		"Unit orbat:default/Unit/1st army name=1st Army",
		"  without geo: lat: ",
	}, nil)
}

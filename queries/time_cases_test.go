package queries_test

import (
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/queries"
)

// TestTimeCases asks a small war what held when. The answers were worked out by hand.
func TestTimeCases(t *testing.T) {
	s := newSession(t)
	s.loadExample()
	s.load(loader.Options{Dataset: "atlas"},
		`{"type":"Location","xid":"t:land","name":"Landia","loc_kind":"country"}`,
		`{"type":"Location","xid":"t:town","name":"Townville","loc_kind":"city"}`,
		`{"relation":"within","from":"t:town","to":"t:land"}`)
	s.load(loader.Options{Dataset: "field"},
		`{"type":"Unit","xid":"t:reg","name":"Town Regiment"}`,
		`{"relation":"based_at","from":"t:reg","to":"t:town","period":"2014-01-01/2016-12-31","confidence":95}`)
	s.load(loader.Options{Dataset: "isles"},
		`{"type":"Location","xid":"t:isles","name":"Far Isles"}`, `{"type":"Location","xid":"t:east","name":"East Point"}`,
		`{"type":"Location","xid":"t:west","name":"West Point"}`, `{"type":"Location","xid":"t:sold","name":"Sold Island"}`,
		`{"type":"Unit","xid":"t:div","name":"Isles Division"}`, `{"type":"Unit","xid":"t:bde","name":"Isles Brigade"}`,
		`{"type":"Unit","xid":"t:bn","name":"Isles Battalion"}`, `{"type":"Unit","xid":"t:old","name":"Old Guard"}`,
		`{"type":"Person","xid":"t:baker","name":"Baker"}`, `{"type":"Person","xid":"t:wide","name":"Wide"}`,
		`{"type":"Equipment","xid":"t:q","name":"MX-1"}`, `{"type":"Equipment","xid":"t:qv","name":"MX-1 Block 2"}`,
		`{"relation":"within","from":"t:east","to":"t:isles"}`, `{"relation":"within","from":"t:west","to":"t:isles"}`,
		`{"relation":"within","from":"t:sold","to":"t:isles","period":"2000/2013"}`,
		`{"relation":"based_at","from":"t:bde","to":"t:east","period":"2010/2015","confidence":90}`,
		`{"relation":"based_at","from":"t:bn","to":"t:west","period":"2013/..","confidence":80}`,
		`{"relation":"based_at","from":"t:old","to":"t:sold","period":"2001/..","confidence":80}`,
		`{"relation":"subordinate_to","from":"t:bde","to":"t:div","period":"2010-01-01/2015-06-30"}`,
		`{"relation":"commands","from":"t:baker","to":"t:div","role":"commander","period":"2013-01-01/2014-06~2014-08","confidence":90}`,
		`{"relation":"commands","from":"t:wide","to":"t:div","role":"deputy commander","period":"2011/2016","confidence":85}`,
		`{"relation":"variant_of","from":"t:qv","to":"t:q"}`,
		`{"relation":"operates","from":"t:bn","to":"t:qv","quantity":4,"period":"2013/2014","confidence":90}`)
	s.load(loader.Options{Dataset: "handover"},
		`{"type":"Unit","xid":"t:corps","name":"Handover Corps"}`, `{"type":"Person","xid":"t:olaf","name":"Old Olaf"}`,
		`{"type":"Person","xid":"t:nora","name":"New Nora"}`, `{"type":"Event","xid":"t:raid","name":"Day raid","date":"2016-06-15"}`,
		`{"relation":"commands","from":"t:olaf","to":"t:corps","role":"commander","period":"2010-01-01/2012-06-01","confidence":90}`,
		`{"relation":"commands","from":"t:nora","to":"t:corps","role":"commander","period":"2012-06-01/2014-12-31","confidence":90}`,
		`{"relation":"carried_out","from":"t:corps","to":"t:raid","period":"2016-06-15","confidence":90}`,
		`{"type":"Unit","xid":"t:late","name":"Late Wing"}`, `{"relation":"commands","from":"t:olaf","to":"t:late","period":"1990/"}`)
	s.load(loader.Options{Dataset: "camp"},
		`{"type":"Location","xid":"t:camp","name":"Lone Camp"}`, `{"type":"Location","xid":"t:twice","name":"Twice Told"}`,
		`{"type":"Unit","xid":"t:guard","name":"Camp Guard"}`, `{"type":"Unit","xid":"t:cooks","name":"Camp Cooks"}`,
		`{"type":"Unit","xid":"t:twins","name":"Twin Guard"}`, `{"type":"Person","xid":"t:gail","name":"Gail"}`,
		`{"type":"Event","xid":"t:fire","name":"Camp fire"}`, `{"type":"Location","xid":"t:rim","name":"Rim"}`,
		`{"relation":"based_at","from":"t:guard","to":"t:camp"}`, `{"relation":"based_at","from":"t:cooks","to":"t:camp"}`,
		`{"relation":"commands","from":"t:gail","to":"t:guard","role":"commander","period":"2012-01-01/2014-12-31","confidence":80}`,
		`{"relation":"located_at","from":"t:fire","to":"t:camp"}`,
		`{"relation":"affected_by","from":"t:guard","to":"t:fire","period":"2013-05-05","confidence":80}`,
		`{"relation":"within","from":"t:twice","to":"t:rim"}`, `{"relation":"within","from":"t:twice","to":"t:rim","period":"2000/2013"}`,
		`{"relation":"based_at","from":"t:twins","to":"t:twice","period":"2001/..","confidence":80}`)
	s.load(loader.Options{Dataset: "words"},
		`{"type":"Unit","xid":"t:words","name":"Wordy Wing"}`, `{"type":"Person","xid":"t:wes","name":"Wes"}`,
		`{"relation":"commands","from":"t:wes","to":"t:words","role":"CO","period":"2012-01-01/2012-12-31","confidence":40}`,
		`{"relation":"commands","from":"t:wes","to":"t:words","role":"командир","period":"~2012-06-01/2012-06-01~","confidence":90}`,
		`{"relation":"commands","from":"t:wes","to":"t:words","role":"commander","period":"2013-01-01/2013-12-31","confidence":70}`)
	for _, c := range []struct{ question, columns, want, note string }{
		// What says where a unit was leads to its commander; alone the row states it. So does the place of an event.
		{
			"who-was-in-command|place=Lone Camp|as_of=2013-05-05", "commander unit possible", " Camp Cooks possibly; Gail Camp Guard ",
			"1 without a date (based_at)",
		},
		{"who-was-in-command|place=Lone Camp|as_of=2013-05-05|min_confidence=50", "commander unit possible", "Gail Camp Guard ", "nobody graded"},
		{"who-was-in-command|place=Lone Camp|as_of=2013-05-05|dataset=field", "commander unit", "", ""},
		{
			"timeline-of-area|place=Lone Camp|as_of=2013-05-05", "from relation possible",
			"Camp Guard affected_by ; Camp fire located_at possibly", "1 without a date (located_at)",
		},
		{"timeline-of-area|place=Lone Camp|as_of=2013-05-05|certain=true", "from", "Camp Guard", "1 without a date (located_at)"},
		// One claim dates the link, another does not: beyond that date it is possible, and a wider time finds no less.
		{"units-in-area|place=Rim|as_of=2012", "unit possible", "Twin Guard ", ""},
		{"units-in-area|place=Rim|as_of=2015", "unit possible", "Twin Guard possibly", ""},
		{"units-in-area|place=Rim|from=2010|to=2015", "unit possible", "Twin Guard ", ""},
		// One position in three words, as sure as the claims that date it.
		{"commanders-of-unit|unit=Wordy Wing", "from period confidence", "Wes 2012-01-01/2013-12-31 40", ""},
		{"commanders-of-unit|unit=Wordy Wing|min_confidence=50", "period confidence", "2013-01-01/2013-12-31 70; ~2012-06-01/2012-06-01~ 90", ""},
		// What leads to the answer is leaned on where nobody dates it, graded or not, whatever its data set.
		{"units-in-area|place=Landia|as_of=2015-05-05|certain=true", "unit", "Town Regiment", "1 without a date (within)"},
		{"units-in-area|place=Landia|min_confidence=50", "unit", "Town Regiment", "1 that nobody graded (within)"},
		{"units-in-area|place=Landia|dataset=field", "unit", "Town Regiment", "1 of other data sets (atlas)"},
		{"units-in-area|place=Far Isles|min_confidence=70", "unit", "Isles Battalion; Isles Brigade; Old Guard", ""},
		{"operators-of-equipment|equipment=MX-1|as_of=2014-06-01|min_confidence=50", "operator possible", "Isles Battalion possibly", ""},
		{"operators-of-equipment|equipment=MX-1|as_of=2014|certain=true", "operator", "Isles Battalion", ""},
		// With a date, timeless or not, it is met with the rest: the island was sold in 2013.
		{"units-in-area|place=Far Isles|as_of=2012", "unit possible", "Isles Brigade ; Old Guard ", "1 without a date (within)"},
		{"units-in-area|place=Far Isles|as_of=2013-06-01", "unit possible", "Isles Battalion possibly; Isles Brigade ; Old Guard possibly", ""},
		{"units-in-area|place=Far Isles|as_of=2014", "unit possible", "Isles Battalion ; Isles Brigade ", ""},
		// A base dated by year only passes its doubt on, to its own row and to those above.
		{
			"who-was-in-command|place=Far Isles|as_of=2013-07-01|min_confidence=80", "commander unit period possible",
			" Isles Battalion 2013-07-01 possibly;  Isles Brigade 2013-07-01 ;  Old Guard 2013-07-01 possibly; " +
				"Baker Isles Division 2013-07-01 ; Wide Isles Division 2013-07-01 ", "",
		},
		{
			"who-was-in-command|place=Far Isles|as_of=2013-07-01|certain=true", "commander unit",
			" Isles Brigade; Baker Isles Division; Wide Isles Division", "",
		},
		// On the day of a hand-over both show, for certain.
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-06-01|certain=true", "from", "New Nora; Old Olaf", ""},
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-05-31|certain=true", "from", "Old Olaf", ""},
		{"commanders-of-unit|unit=CENTCOM|as_of=2022-04-01|certain=true", "from", "Kenneth McKenzie; Michael Kurilla", ""},
		{"events-involving|entity=Handover Corps|as_of=2016-06-15|certain=true", "to", "Day raid", ""},
		// A period's own ends bound each other: who came in 1990 was there in 1990, whenever he left.
		{"commanders-of-unit|unit=Late Wing|from=1982|to=1995|certain=true", "from", "Old Olaf", ""},
		{"commanders-of-unit|unit=Late Wing|from=1991|to=1995|certain=true", "from", "", ""},
	} {
		pairs := strings.Split(c.question, "|")
		result := s.ask(pairs[0], pairs[1:]...)
		var rows []string
		for i := range result.Rows {
			var cells []string
			for _, name := range strings.Fields(c.columns) {
				cells = append(cells, column(result, name)[i])
			}
			rows = append(rows, strings.Join(cells, " "))
		}
		if got := strings.Join(sorted(rows), "; "); got != c.want {
			t.Errorf("%s:\n %q, want\n %q", c.question, got, c.want)
		}
		notes := strings.Join(result.Notes, " ")
		if !strings.Contains(notes, c.note) {
			t.Errorf("%s: says %q, not %q", c.question, notes, c.note)
		}
		if period := slices.Index(result.Columns, "period"); period >= 0 {
			for _, row := range result.Rows {
				if begin, end, both := strings.Cut(row[period], "/"); both && end != "" && end != ".." && end < begin && begin[0] != '~' {
					t.Errorf("%s: %s ends before it begins", c.question, row[period])
				}
			}
		}
	}
	// The smallest graph whose links held at one moment: not the one over what the one left before the other came.
	s.load(loader.Options{Dataset: "joined"},
		`{"type":"Person","xid":"t:x","name":"Xenia"}`, `{"type":"Person","xid":"t:y","name":"Yuri"}`,
		`{"type":"Unit","xid":"t:a","name":"Short Way"}`, `{"type":"Unit","xid":"t:b","name":"Long Way"}`,
		`{"type":"Unit","xid":"t:c","name":"Way Further"}`,
		`{"relation":"posted_to","from":"t:x","to":"t:a","period":"2010-01-01/2011-12-31"}`,
		`{"relation":"posted_to","from":"t:y","to":"t:a","period":"2013-01-01/2014-12-31"}`,
		`{"relation":"posted_to","from":"t:x","to":"t:b","period":"2012-01-01/2014-12-31"}`,
		`{"relation":"subordinate_to","from":"t:b","to":"t:c","period":"2009-01-01/.."}`,
		`{"relation":"posted_to","from":"t:y","to":"t:c","period":"2013-01-01/2014-12-31"}`)
	for _, question := range []string{
		"connect-set|entities=Xenia;Yuri|from=2010|to=2015", "shortest-path|from=Xenia|to=Yuri|since=2010|until=2015",
	} {
		pairs := strings.Split(question, "|")
		for _, more := range []string{"certain=false", "certain=true"} {
			edges := s.ask(pairs[0], append(pairs[1:], more)...).Edges
			if len(edges) != 3 || slices.ContainsFunc(edges, func(e *queries.Edge) bool { return e.Possible }) {
				t.Errorf("%s %s: %s", question, more, asJSON(s, edges))
			}
		}
	}
	// Of two graphs as small it shows the one that surely held.
	s.load(loader.Options{Dataset: "twoways"},
		`{"type":"Person","xid":"t:pa","name":"Paul"}`, `{"type":"Person","xid":"t:qa","name":"Quentin"}`,
		`{"type":"Unit","xid":"t:va","name":"Vague Way"}`, `{"type":"Unit","xid":"t:wa","name":"Sure Way"}`,
		`{"relation":"posted_to","from":"t:pa","to":"t:va","period":"~2013/","confidence":95}`,
		`{"relation":"posted_to","from":"t:qa","to":"t:va","period":"~2013/","confidence":95}`,
		`{"relation":"posted_to","from":"t:pa","to":"t:wa","period":"2010/2015","confidence":50}`,
		`{"relation":"posted_to","from":"t:qa","to":"t:wa","period":"2011/2016","confidence":50}`)
	for _, more := range []string{"certain=false", "certain=true"} {
		edges := s.ask("connect-set", "entities=Paul;Quentin", "as_of=2014", more).Edges
		if len(edges) != 2 || slices.ContainsFunc(edges, func(e *queries.Edge) bool { return e.Possible || e.To != "t:wa" }) {
			t.Errorf("%s: %s", more, asJSON(s, edges))
		}
	}
	timeline := s.ask("timeline-of-area", "place=Middle East", "from=2023-07-01", "to=2023-07-31", "certain=true")
	if len(timeline.Rows) < 10 || !slices.Contains(column(timeline, "to"), "US drone strike in Syria, 7 July 2023") {
		t.Errorf("what certainly happened in July 2023: %q", timeline.Rows)
	}
}

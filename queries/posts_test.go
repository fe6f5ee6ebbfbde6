package queries_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
)

// loadCases loads files of the small war beside the project whose answers were worked out on paper; where it is absent
// the test skips, except under CI.
func (s *session) loadCases(names ...string) {
	s.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", "..", "shared", "data", "cases", name+".yaml"))
		switch {
		case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true":
			s.Skipf("test data is absent: %v", err)
		case err != nil:
			s.Fatal(err)
		}
		in := format.Stream(name+".yaml", strings.NewReader(string(text)))
		s.loadRecords(format.Read(s.Context(), in, format.Options{}), loader.Options{})
	}
}

// cells returns some columns of a result's rows, with " | " between.
func cells(r *queries.Result, names ...string) string {
	var lines []string
	for _, row := range r.Rows {
		var line []string
		for _, name := range names {
			line = append(line, row[slices.Index(r.Columns, name)])
		}
		lines = append(lines, strings.TrimRight(strings.Join(line, " | "), " |"))
	}
	return strings.Join(lines, "\n")
}

// TestPosts: one row for each time without a gap that somebody held a position, days over the union of all overlaps,
// and an order that begins with what is certain. The answers were worked out on paper.
func TestPosts(t *testing.T) {
	s := newSession(t)
	s.loadCases("served", "duel", "more", "handover", "reach", "reach2")
	for _, c := range []struct {
		args, columns, want, notes string
	}{
		{"served-together|person=Al Able", "person, role, own role, period, days, in all, possible", `
Bo Baker | surgeon | platoon leader | 2012-01-01/2012-12-31 | 366 | 731
Bo Baker | surgeon | adjutant | 2013-01-01/2013-12-31 | 365 | 731`, ""},
		{"superiors-of-person|person=Al Able", "superior, own role, period, days, in all", `
Cy Chief | platoon leader | 2012-07-01/2012-12-31 | 184 | 365
Cy Chief | adjutant | 2013-01-01/2013-06-30 | 181 | 365`, ""},
		{"superiors-of-person|person=Paula Parallel", "superior, own role, period, days, in all, possible", `
Mary Baker | S3 | 2013-01-01/2013-05-31 | 151 | 516 to 608
Mary Baker | XO | 2013-06-01/2014-05-31 | 365 | 516 to 608
Red Secret | commander | 2016-01-01/2016-05-31 | 152 | 152
Ann Clark | commander | 2014-09-01/2015-06-30 | 303 | 303
John Adams | S3 | 2012-06~2012-12/2012-12-31 | at most 214 | at most 214 | possibly
Vern Vague | S3 | 2012-06~/~2013-05 | at most 365 | at most 1125 | possibly
Low Conf | XO | 2014-01~2014-05 | at most 151 | at most 365 | possibly
Vern Vague | XO | 2013-06~/~2014-05 | at most 365 | at most 1125 | possibly
Low Conf | commander | 2014-06~2014-12 | at most 214 | at most 365 | possibly
Mary Baker | commander | 2014-06-01/2014-06~2014-08 | at most 92 | 516 to 608 | possibly
Vern Vague | commander | 2014-06~/~2015-06 | at most 395 | at most 1125 | possibly`, ""},
		{"served-together|person=Paula Parallel", "person, own role, period, days, in all, possible", `
Quinn Both | S3 | 2013-05-31 | at most 1 | at most 2 | possibly
Quinn Both | XO | 2013-06-01 | at most 1 | at most 2 | possibly`, ""},
		{"served-together|person=Ann Clark", "person, own role, period, days, in all, possible", `
Mary Baker | inspector | 2014-01-01/2014-06~2014-08 | 152 to 243 | 152 to 243
Wanda Wide | inspector | 2014-01-01/2014-08-31 | 243 | 731 to 1096
Wanda Wide | commander | 2014-09-01/2016 | 488 to 853 | 731 to 1096
Vern Vague | inspector | 2014~/~2014-08 | at most 243 | unknown | possibly
Vern Vague | commander | 2014-09~/ | unknown | unknown | possibly`, ""},
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-06-01", "from, period, attested, possible", `
New Nora | 2012-06-01/2014-12-31`, "1 more, first cited more than 6 years later; horizon=7 shows it. Counted are posts that only possibly held, " +
			"years from 2012-06-01."},
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-06-01|horizon=7", "from, period, attested, possible", `
New Nora | 2012-06-01/2014-12-31
Late Lars | ~2019-03-01/ | first cited 2019-03-01 | possibly`, ""},
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-06-01|certain=true", "from, period, attested, possible", `
New Nora | 2012-06-01/2014-12-31`, ""},
		{"commanders-of-unit|unit=1st Division|as_of=2013-07-01", "from, role, period, confidence, possible", `
Mary Baker | commander | 2013-01-01/2014-06~2014-08 | 90
Wanda Wide | deputy commander | 2011/2016 | 85
Vern Vague |  |  | 30 | possibly`, ""},
		{"commanders-of-unit|unit=1st Division", "from, role, period, confidence, sources", `
John Adams | commander | 2010-01-01/2012-12-31 | 90 | Gazette of Ardonia
Wanda Wide | deputy commander | 2011/2016 | 85 | Gazette of Ardonia
Mary Baker | commander | 2013-01-01/2014-06~2014-08 | 90 | Gazette of Ardonia
Ann Clark | commander | 2014-09-01/.. | 40 | Borderline blog, Courier report on Poleville
Vern Vague |  |  | 30 | Borderline blog`, ""},
		{"commanders-of-unit|unit=1st Division|as_of=2014-09-10|min_confidence=50", "from, period, confidence, possible", `
Wanda Wide | 2011/2016 | 85
Ann Clark | ~2014-09-15/.. | 80 | possibly`, ""}, // the precise statement is not sure enough
		{"career|person=Exact Ed|as_of=2011-06-01", "to, period, attested, possible", `
Vague Regiment | ~2016-01-01/ | first cited 2016-01-01 | possibly`, ""},
		{
			"career|person=Exact Ed|as_of=2011-06-01|horizon=3", "to, period, attested, possible", "",
			"1 more, first cited more than 4 years later; horizon=5 shows it.",
		},
		{"career|person=Exact Ed", "to, period, attested, possible", `
Vague Regiment | 2012-01-01/2014-12-31
Vague Regiment | ~2016-01-01/ | first cited 2016-01-01`, ""},
		{"unit-footprint|unit=2nd Division", "unit, relation, place, period, possible", `
111th Battalion | based_at | West Point | 2014-01/2014-03
111th Battalion | based_at | West Point | 2015-07-01/..
11th Brigade | based_at | East Point | 2015-07-01/2015-07~2015-12 | possibly
2nd Division | located_at | Dateline Sea | 2016-06-14/2016-06-16`, ""},
		{"equipment-of-unit|unit=2nd Division", "unit, equipment, period, possible", `
111th Battalion | MX-1 Block 2 | 2014-01/2014-01~2014-03 | possibly
11th Brigade | MX-1 no. 7 | 2016`, ""},
		{"who-was-in-command|place=Dateline Isles|as_of=2013-07-01", "commander, role, unit, level, period, days, possible", `
Mary Baker | commander | 1st Division | 1 | 2013-07-01 | 1
Wanda Wide | deputy commander | 1st Division | 1 | 2013-07-01 | 1
Vern Vague | commands | 1st Division | 1 | 2013-07-01 | at most 1 | possibly
 |  | 11th Brigade | 0 | 2013-07-01 | 1
 |  | 111th Battalion | 0 | 2013-07-01 | at most 1 | possibly`, "Leans on links: 2 without a date (within)."},
		{"who-was-in-command|place=Dateline Isles|as_of=2013-07-01|certain=true", "commander, unit", `
Mary Baker | 1st Division
Wanda Wide | 1st Division
 | 11th Brigade`, "Leans on links: 2 without a date (within)."},
		{"units-in-area|place=Dateline Isles|min_confidence=70", "unit, confidence, possible", `
11th Brigade | 90
111th Battalion | 80`, "Leans on links: 2 without a date (within); 2 that nobody graded (within)."},
		{"operators-of-equipment|equipment=MX-1|as_of=2014-06-01|min_confidence=50", "operator, confidence, possible", `
111th Battalion | 90 | possibly`, "1 that nobody graded (variant_of)"},
		{"units-in-area|place=Landia|as_of=2015-05-05|certain=true", "unit, period, possible", `
Town Regiment | 2014-01-01/2016-12-31`, "Leans on links: 1 without a date (within)."},
		{"units-in-area|place=Landia|min_confidence=50", "unit, confidence, possible", `
Town Regiment | 95`, "1 that nobody graded (within)"},
		{"units-in-area|place=Landia|dataset=field", "unit, confidence, possible", `
Town Regiment | 95`, "1 of other data sets"},
		{"commanders-of-unit|unit=Handover Corps|as_of=2012-05-31|certain=true", "from, possible", `
Old Olaf`, ""},
		{"events-involving|entity=Handover Corps|as_of=2016-06-15|certain=true", "to, possible", `
Day raid`, ""},
		{"served-together|person=Al Able|as_of=2012-06-01", "person, own role, attested, days, in all", `
Bo Baker | platoon leader |  | 366 | 366`, "Periods and days are of each overlap as a whole."},
		{"who-was-in-command|place=Dateline Isles|as_of=2013|certain=true", "commander, unit, days", `
Mary Baker | 1st Division | 365
Wanda Wide | 1st Division | 365
 | 111th Battalion | 1 to 365
 | 11th Brigade | 365`, "Periods and days are of the time asked for."},
		{"superiors-of-person|person=Paula Parallel|from=2012|to=2013|certain=true", "superior, own role, attested, days, confidence", `
Mary Baker | S3 |  | 151 | 90
Mary Baker | XO |  | 365 | 90`, "Periods and days are of each overlap as a whole."},
		{"served-together|person=Paula Parallel|certain=true", "person", "", "No time is asked for: certain=true leaves out only what"},
		{"subordinate-tree|unit=2nd Division", "", "", "Links of any time, which need not have held at one moment; a date (as_of) leaves those that did."},
	} {
		args := strings.Split(c.args, "|")
		r := s.ask(args[0], args[1:]...)
		got, notes := "", strings.Join(r.Notes, "\n")
		if c.columns != "" {
			got = cells(r, strings.Split(c.columns, ", ")...)
		}
		counted := c.notes == "" && strings.Contains(notes, " more, ")
		if got != strings.TrimPrefix(c.want, "\n") || !strings.Contains(notes, c.notes) || counted {
			t.Errorf("%s\n%s\n%s\nnot\n%s\n%s", c.args, got, notes, c.want, c.notes)
		}
	}
}

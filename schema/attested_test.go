package schema

import (
	"strings"
	"testing"
)

func mustPeriods(t *testing.T, texts ...string) []Period {
	t.Helper()
	list := make([]Period, len(texts))
	for i, text := range texts {
		var err error
		if list[i], err = ParsePeriod(text); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

// TestJudgeTogether: a precise statement overrules what a vague one merely allows (law 8).
func TestJudgeTogether(t *testing.T) {
	for _, c := range []struct{ said, judged string }{
		{"~2014-09-15/.. 2014-09-01/..", "2014-09-01~2014-09-15/.. 2014-09-01/.."},
		{"~2023-07/2023-07~ 2022-04-01/2025-08", "2022-04~2023-07/2023-07~2025-08 2022-04-01/2025-08"},
		{"~2016-01-01/ 2012-01-01/2014-12-31", "~2016-01-01/ 2012-01-01/2014-12-31"}, // a second tour
		{"~2013/ 2012-01-01/2014~", "2012~2013/ 2012-01-01/2014~"},
		{"~2015/ 2012-01-01/2014~", "~2015/ 2012-01-01/2014~"},                                             // attested later
		{"2013 2012-01-01/2014-12-31", "2013 2012-01-01/2014-12-31"},                                       // allows nothing more
		{"2010/2013-02-15 2010-05-01/2013", "2010-05~2010-12/2013-02-15 2010-05-01/2013-01-01~2013-02-15"}, // each the other
		{"/ 2012/2014", "2012~/~2014 2012/2014"},
		{"2010~/ 2012/2014", "2012~/~2014 2012/2014"},
		{"/ /", " "},
		{"~2011/2013~ ~2012/2012~", "~2011/2013~ ~2012/2012~"}, // neither is precise
		{"../2012~ 2010/2013", "../2012~ 2010/2013"},           // it always was: that is said, and no mere want of a bound
	} {
		periods := mustPeriods(t, strings.Split(c.said, " ")...)
		var judged []string
		for _, p := range JudgeTogether(make([]string, len(periods)), periods) {
			judged = append(judged, p.String())
		}
		if got := strings.Join(judged, " "); got != c.judged {
			t.Errorf("%s: %s, not %s", c.said, got, c.judged)
		}
	}
	positions, periods := []string{"", "commander", "deputy"}, mustPeriods(t, "~2013/", "2012/2014", "~2013/")
	judged := JudgeTogether(positions, periods)
	if judged[0].String() != "2012~2013/~2014" || judged[2].String() != "~2013/" {
		t.Errorf("positions: %v", judged)
	}
}

// TestTours: what surely follows on is one time in a post; a gap parts it.
func TestTours(t *testing.T) {
	for _, c := range []struct{ periods, tours string }{
		{"2012-01-01/2012-12-31 2013-01-01/2013-12-31", "2012-01-01/2013-12-31"},
		{"2012-01-01/2012-12-31 2013-01-03/2013-12-31", "2012-01-01/2012-12-31 2013-01-03/2013-12-31"},
		{"2010/2012 2013/2015", "2010/2012 2013/2015"}, // a gap of up to two years
		{"2014-09-01~2014-09-15/.. 2014-09-01/..", "2014-09-01/.."},
		{"~2013-01-05/2013-06-01~ ~2013-03-01/2014-02-01~", "~2013-01-05/2014-02~"},
		{"1980/1981 1984/1986", "1980/1981 1984/1986"},
		{"2013 2012-01-01/2014-12-31", "2012-01-01/2014-12-31"},
		{"2014-06-01 2012/2013-01 2015 2012-06-01/2016-01-01", "2012-01-01~2012-06-01/2016-01-01"},
		{"2013 2013", "2013"},
		{"/ /", ""},
		{"/ 2013", "2013"},
		{"2012~/~2014 2012/2014", "2012/2014"},
		{"2011~/~2014 2012~/", "2011~/~2014 2012~/"},
		{"2012/.. ../2013", "../.."},
	} {
		var tours []string
		of := 0
		for _, tour := range Tours(mustPeriods(t, strings.Split(c.periods, " ")...)) {
			tours = append(tours, tour.String())
			of += len(tour.Of)
		}
		if got := strings.Join(tours, " "); got != c.tours || of != len(strings.Split(c.periods, " ")) {
			t.Errorf("%s: %q of %d, not %q", c.periods, got, of, c.tours)
		}
	}
}

func TestCited(t *testing.T) {
	for text, want := range map[string]string{
		"~2019-03-01/": "first cited 2019-03-01", "~2019/..": "first cited 2019", "2010/2014~": "last cited 2014",
		"~2010/2014-03~": "first cited 2010, last cited 2014-03", "2010/2014": "", "": "", "../..": "", "2010~2011/": "",
		"2010/2012-01-01~": "last cited 2012-01-01", "2010/2012-01~": "last cited 2012-01", "/2012~": "last cited 2012",
		"~2019-12-31 /": "first cited 2019-12-31",
	} {
		if got := mustPeriods(t, text)[0].Cited(); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestNearestBound(t *testing.T) {
	for _, c := range []struct{ period, to, bound string }{
		{"~2019-03-01/", "2012-06-01", "2019-03-01 later"},
		{"~2019/", "2018/2025", "2019-12-31"},
		{"1990-05-01/", "2012", "1990-05-01"},
		{"2010/2014~2030", "2028", "2030-12-31 later"},
		{"", "2012", "0001-01-01"},
		{"/..", "2012", "0001-01-01"},
	} {
		window := mustPeriods(t, c.to)[0]
		bound, after := mustPeriods(t, c.period)[0].NearestBound(Range{window.From.Min, window.To.Max})
		got := bound.Format("2006-01-02")
		if after {
			got += " later"
		}
		if got != c.bound {
			t.Errorf("%s to %s: %s, not %s", c.period, c.to, got, c.bound)
		}
	}
}

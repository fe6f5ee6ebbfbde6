package schema

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func mustDate(t testing.TB, text string) Range {
	t.Helper()
	r, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustPeriod(t testing.TB, text string) Period {
	t.Helper()
	p, err := ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParseDate(t *testing.T) {
	tests := []struct{ text, min, max, canonical, precision string }{
		{"", "", "", "", ""},
		{" \t", "", "", "", ""},
		{"2014", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014", "year"},
		{" 2014\u00a0", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014", "year"},
		{"9999", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "9999", "year"},
		{"2014-08", "2014-08-01T00:00:00Z", "2014-08-31T23:59:59.999999999Z", "2014-08", "month"},
		{"2014-12", "2014-12-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014-12", "month"},
		{"2014-01", "2014-01-01T00:00:00Z", "2014-01-31T23:59:59.999999999Z", "2014-01", "month"},
		{"0001-02", "0001-02-01T00:00:00Z", "0001-02-28T23:59:59.999999999Z", "0001-02", "month"},
		{"2014-01-01", "2014-01-01T00:00:00Z", "2014-01-01T23:59:59.999999999Z", "2014-01-01", "day"},
		{"2014-12-31", "2014-12-31T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014-12-31", "day"},
		{"2024-02-29", "2024-02-29T00:00:00Z", "2024-02-29T23:59:59.999999999Z", "2024-02-29", "day"},
		{"2014-08-01T09:30Z", "2014-08-01T09:30:00Z", "2014-08-01T09:30:59.999999999Z", "2014-08-01T09:30Z", "minute"},
		{"2014-01-01T00:00Z", "2014-01-01T00:00:00Z", "2014-01-01T00:00:59.999999999Z", "2014-01-01T00:00Z", "minute"},
		{"2014-08-01T09:30:15Z", "2014-08-01T09:30:15Z", "2014-08-01T09:30:15.999999999Z", "2014-08-01T09:30:15Z", "second"},
		{"2014-08-01T00:00:00Z", "2014-08-01T00:00:00Z", "2014-08-01T00:00:00.999999999Z", "2014-08-01T00:00:00Z", "second"},
		{"2014-08-01T01:30+03:00", "2014-07-31T22:30:00Z", "2014-07-31T22:30:59.999999999Z", "2014-07-31T22:30Z", "minute"},
		{"2014-12-31T20:00:01-04:30", "2015-01-01T00:30:01Z", "2015-01-01T00:30:01.999999999Z", "2015-01-01T00:30:01Z", "second"},
		{"2014-08-01T09:30:15.5Z", "2014-08-01T09:30:15.5Z", "2014-08-01T09:30:15.599999999Z", "2014-08-01T09:30:15.5Z", "second"},
		{"2014-08-01T09:30:15.000Z", "2014-08-01T09:30:15Z", "2014-08-01T09:30:15.000999999Z", "2014-08-01T09:30:15.000Z", "second"},
		{
			"2014-08-01T09:30:15.123456789Z", "2014-08-01T09:30:15.123456789Z", "2014-08-01T09:30:15.123456789Z",
			"2014-08-01T09:30:15.123456789Z", "second",
		},
		{"2014-08-01T09:30:15.000000000Z", "2014-08-01T09:30:15Z", "2014-08-01T09:30:15Z", "2014-08-01T09:30:15.000000000Z", "second"},
		{"2014-08~2014-10", "2014-08-01T00:00:00Z", "2014-10-31T23:59:59.999999999Z", "2014-08~2014-10", "range"},
		{"2014-08 ~ 2014-10", "2014-08-01T00:00:00Z", "2014-10-31T23:59:59.999999999Z", "2014-08~2014-10", "range"},
		{"2014-08~2014-12", "2014-08-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014-08~2014-12", "range"},
		{"2014-08~2014", "2014-08-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014-08~2014-12", "range"},
		{"2010~2014-08-05", "2010-01-01T00:00:00Z", "2014-08-05T23:59:59.999999999Z", "2010-01-01~2014-08-05", "range"},
		{"2010-01~2019-12-31", "2010-01-01T00:00:00Z", "2019-12-31T23:59:59.999999999Z", "2010~2019", "range"},
		{"2014-01-01~2014-12-31", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z", "2014", "year"},
		{"2014-08-01T00:00Z~2014-08-31T23:59:59Z", "2014-08-01T00:00:00Z", "2014-08-31T23:59:59.999999999Z", "2014-08", "month"},
		{
			"2014-08-01T09:00Z~2014-08-01T09:59Z", "2014-08-01T09:00:00Z", "2014-08-01T09:59:59.999999999Z",
			"2014-08-01T09:00Z~2014-08-01T09:59Z", "range",
		},
		{"2014-08~2014-08", "2014-08-01T00:00:00Z", "2014-08-31T23:59:59.999999999Z", "2014-08", "month"},
		{"~2010", "", "2010-12-31T23:59:59.999999999Z", "~2010", "before"},
		{"~2010-12-31", "", "2010-12-31T23:59:59.999999999Z", "~2010", "before"},
		{"~2010-08-01T09:30+03:00", "", "2010-08-01T06:30:59.999999999Z", "~2010-08-01T06:30Z", "before"},
		{"~0001-12", "", "0001-12-31T23:59:59.999999999Z", "~0001", "before"},
		{"2010~", "2010-01-01T00:00:00Z", "", "2010~", "after"},
		{"2010-08-02 ~", "2010-08-02T00:00:00Z", "", "2010-08-02~", "after"},
	}
	instant := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, test := range tests {
		r, err := ParseDate(test.text)
		if err != nil {
			t.Errorf("ParseDate(%q): %v", test.text, err)
			continue
		}
		if want := (Range{instant(test.min), instant(test.max)}); r != want {
			t.Errorf("ParseDate(%q) = %v to %v, want %v to %v", test.text, r.Min, r.Max, want.Min, want.Max)
		}
		if got := r.String(); got != test.canonical {
			t.Errorf("ParseDate(%q).String() = %q, want %q", test.text, got, test.canonical)
		}
		if got := r.Precision(); got != test.precision {
			t.Errorf("ParseDate(%q).Precision() = %q, want %q", test.text, got, test.precision)
		}
		if got := r.IsZero(); got != (test.canonical == "") {
			t.Errorf("ParseDate(%q).IsZero() = %v", test.text, got)
		}
		if again := mustDate(t, test.canonical); again != r {
			t.Errorf("ParseDate(%q) = %v, want %v again", test.canonical, again, r)
		}
	}
}

func TestRangeStringOfLocalTime(t *testing.T) {
	east := time.FixedZone("", 3*60*60)
	r := Range{time.Date(2014, 8, 1, 3, 0, 0, 0, east), time.Date(2014, 8, 2, 2, 59, 59, 999999999, east)}
	if got := r.String() + " " + r.Precision(); got != "2014-08-01 day" {
		t.Errorf("got %s", got)
	}
}

func TestParseDateErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"2014-13", `month 13 in "2014-13"; write YYYY-MM-DD, leaving out what is not known`},
		{"2014-00-00", `month 00 in "2014-00-00"; write YYYY-MM-DD, leaving out what is not known`},
		{"2014-8-1", `month 8 in "2014-8-1"; write YYYY-MM-DD, leaving out what is not known`},
		{"2014-", `month missing in "2014-"; write YYYY-MM-DD, leaving out what is not known`},
		{"2014-Aug", `month "Aug" in "2014-Aug"; write YYYY-MM-DD, leaving out what is not known`},
		{"2014-02-30", `day 30 in "2014-02-30"; February 2014 has 28 days`},
		{"1900-02-29", `day 29 in "1900-02-29"; February 1900 has 28 days`},
		{"2014-06-31", `day 31 in "2014-06-31"; June 2014 has 30 days`},
		{"2014-06-00", `day 00 in "2014-06-00"; leave out what is not known`},
		{"2014-06-1", `day 1 in "2014-06-1"; write YYYY-MM-DD, leaving out what is not known`},
		{"0000", `year 0000 in "0000"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`},
		{"12014", `year 12014 in "12014"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`},
		{"01.08.2014", `year 01 in "01.08.2014"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`},
		{"-0044", `a leading - in "-0044"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`},
		{"0001-01-01", `the placeholder 0001-01-01 in "0001-01-01"; leave an unknown date empty`},
		{"0001~", `the placeholder 0001-01-01 in "0001~"; leave an unknown date empty`},
		{"~0001-01-01T00:00:00.000000000Z", `the placeholder 0001-01-01 in "~0001-01-01T00:00:00.000000000Z"; leave an unknown date empty`},
		{"Aug 2014", `no year at "Aug 2014" in "Aug 2014"; write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ`},
		{"2014–2015", `"–2015" after the year in "2014–2015"; write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ`},
		{"2014-2015", `month 2015 in "2014-2015"; write 2014/2015 for from and to, 2014~2015 for some time in between`},
		{"2014-08-01 09:30Z", `" " between date and time in "2014-08-01 09:30Z"; write a T between date and time: YYYY-MM-DDThh:mmZ`},
		{"2014-08-01T09:30", `a time without a zone in "2014-08-01T09:30"; add Z (UTC) or an offset such as +03:00 to the time; or leave the time out: in a spreadsheet, show the cell as a date alone`},
		{"2014-08-01T09:30:15.5", `a time without a zone in "2014-08-01T09:30:15.5"; add Z (UTC) or an offset such as +03:00 to the time; or leave the time out: in a spreadsheet, show the cell as a date alone`},
		{"2014-08-01T09:30+0300", `zone "+0300" in "2014-08-01T09:30+0300"; add Z (UTC) or an offset such as +03:00 to the time`},
		{"2014-08-01T09:30+25:00", `offset +25:00 in "2014-08-01T09:30+25:00"; add Z (UTC) or an offset such as +03:00 to the time`},
		{"2014-08-01T09Z", `no minute in "2014-08-01T09Z"; write hh:mm or hh:mm:ss, up to 23:59:59`},
		{"2014-08-01T24:00Z", `hour 24 in "2014-08-01T24:00Z"; write hh:mm or hh:mm:ss, up to 23:59:59`},
		{"2014-08-01T09:60Z", `minute 60 in "2014-08-01T09:60Z"; write hh:mm or hh:mm:ss, up to 23:59:59`},
		{"2014-08-01T09:30:60Z", `second 60 in "2014-08-01T09:30:60Z"; write hh:mm or hh:mm:ss, up to 23:59:59`},
		{"2014-08-01T09:30:15.1234567891Z", `10 decimals of the second in "2014-08-01T09:30:15.1234567891Z"; write one to nine decimals`},
		{
			"0001-01-01T00:00+03:00",
			`year 0 (in UTC) in "0001-01-01T00:00+03:00"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`,
		},
		{
			"9999-12-31T23:59-03:00",
			`year 10000 (in UTC) in "9999-12-31T23:59-03:00"; write the year first, in four digits from 0001 to 9999: YYYY-MM-DD`,
		},
		{"2014-10~2014-08", `2014-10 is after 2014-08 in "2014-10~2014-08"; write the earlier date first`},
		{"~", `a ~ without a date in "~"; write A~B (some time in between), ~B (by then) or A~ (then or later)`},
		{"2010~2011~2012", `more than one ~ in "2010~2011~2012"; write A~B (some time in between), ~B (by then) or A~ (then or later)`},
		{"..", `.. alone in ".."; write FROM/TO, where each is a date, .. (open) or empty (unknown)`},
		{"2014/2015", `"/2015" after the year in "2014/2015"; write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ`},
	}
	for _, test := range tests {
		r, err := ParseDate(test.text)
		if err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", test.text, r)
			continue
		}
		if err.Error() != test.want {
			t.Errorf("ParseDate(%q):\n got %s\nwant %s", test.text, err, test.want)
		}
		if !r.IsZero() {
			t.Errorf("ParseDate(%q) = %v beside an error", test.text, r)
		}
		var dateErr *DateError
		if !errors.As(err, &dateErr) || dateErr.Reason == "" || dateErr.Hint == "" {
			t.Errorf("ParseDate(%q): not a whole DateError: %#v", test.text, err)
		}
	}
}

func TestDateErrorsAreBounded(t *testing.T) {
	long := strings.Repeat("я\x00", 1<<16)
	for _, text := range []string{
		long, "2014" + long, "2014-" + long, "2014-08-" + long, "2014-08-01" + long, "2014-08-01T" + long, "2014-08-01T09:" + long,
		"2014-08-01T09:30" + long, "2014-08-01T09:30:15." + strings.Repeat("1", 1<<16), strings.Repeat("1", 1<<16),
		"2014-" + strings.Repeat("1", 1<<16), "2014-08-01T09:30:15+" + long, "2015" + strings.Repeat(" ", 1<<16) + "~2014",
		"/" + long, long + "/2014", strings.Repeat("/", 1<<16), strings.Repeat("~", 1<<16),
	} {
		_, err := ParsePeriod(text)
		if err == nil {
			t.Errorf("%.20q… is accepted", text)
		} else if n := len(err.Error()); n > 800 {
			t.Errorf("%.20q…: an error of %d bytes", text, n)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	tests := []struct{ text, from, to, canonical string }{
		{"", "", "", ""},
		{"/", "", "", ""},
		{"2014", "2014", "2014", "2014"},
		{"2014/2014", "2014", "2014", "2014"},
		{"~2010", "~2010", "~2010", "~2010"},
		{"2010~", "2010~", "2010~", "2010~"},
		{"2014-08~2014-10", "2014-08~2014-10", "2014-08~2014-10", "2014-08~2014-10"},
		{"2022-04-01/..", "2022-04-01", "..", "2022-04-01/.."},
		{"../2014-08", "..", "2014-08", "../2014-08"},
		{"../..", "..", "..", "../.."},
		{"/..", "", "..", "/.."},
		{"../", "..", "", "../"},
		{"2010~/2013", "2010~", "2013", "2010~/2013"},
		{"~2010/", "~2010", "", "~2010/"},
		{"/2014", "", "2014", "/2014"},
		{"2014/", "2014", "", "2014/"},
		{" 2014-01-01~2014-12-31 / 2015 ", "2014", "2015", "2014/2015"},
		{
			"2014-08-01T09:30+03:00/2014-08-01T12:00:05Z", "2014-08-01T06:30Z", "2014-08-01T12:00:05Z",
			"2014-08-01T06:30Z/2014-08-01T12:00:05Z",
		},
		{"2014-08/2014", "2014-08", "2014", "2014-08/2014"}, // perhaps reversed, not certainly
		{"2014/2014-08", "2014", "2014-08", "2014/2014-08"},
	}
	for _, test := range tests {
		p, err := ParsePeriod(test.text)
		if err != nil {
			t.Errorf("ParsePeriod(%q): %v", test.text, err)
			continue
		}
		if p.From.String() != test.from || p.To.String() != test.to || p.String() != test.canonical {
			t.Errorf("ParsePeriod(%q) = from %q to %q, %q; want from %q to %q, %q", test.text, p.From, p.To, p, test.from, test.to,
				test.canonical)
		}
		wantRaw := strings.TrimSpace(test.text)
		if wantRaw == test.canonical {
			wantRaw = ""
		}
		if p.Raw != wantRaw {
			t.Errorf("ParsePeriod(%q).Raw = %q, want %q", test.text, p.Raw, wantRaw)
		}
		if p.IsZero() != (test.canonical == "") {
			t.Errorf("ParsePeriod(%q).IsZero() = %v", test.text, p.IsZero())
		}
		again := mustPeriod(t, test.canonical)
		if !again.Equal(p) || again.Raw != "" {
			t.Errorf("ParsePeriod(%q) = %#v, want %#v again", test.canonical, again, p)
		}
	}
}

func TestParsePeriodErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"2015/2014", `from 2015 is after to 2014 in "2015/2014"; write FROM/TO, the earlier first`},
		{"2014-08-02/2014-08-01", `from 2014-08-02 is after to 2014-08-01 in "2014-08-02/2014-08-01"; write FROM/TO, the earlier first`},
		{"2015~/~2014", `from 2015~ is after to ~2014 in "2015~/~2014"; write FROM/TO, the earlier first`},
		{"..", `.. alone in ".."; write FROM/TO, where each is a date, .. (open) or empty (unknown)`},
		{
			"01/08/2014",
			`more than one / in "01/08/2014"; write FROM/TO, where each is a date, .. (open) or empty (unknown); dates are YYYY-MM-DD`,
		},
		{"2014/2015-02-29", `day 29 in "2014/2015-02-29"; February 2015 has 28 days`},
		{"2014/P1Y", `no year at "P1Y" in "2014/P1Y"; write YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mmZ`},
		{"..~2014/", `.. alone in "..~2014/"; write FROM/TO, where each is a date, .. (open) or empty (unknown)`},
	}
	for _, test := range tests {
		if p, err := ParsePeriod(test.text); err == nil {
			t.Errorf("ParsePeriod(%q) = %v, want an error", test.text, p)
		} else if err.Error() != test.want {
			t.Errorf("ParsePeriod(%q):\n got %s\nwant %s", test.text, err, test.want)
		}
	}
}

func TestPeriodEqual(t *testing.T) {
	if a, b := mustPeriod(t, "2014-01~2014-12/.."), mustPeriod(t, "2014/.."); !a.Equal(b) || a.Raw == b.Raw {
		t.Errorf("%#v and %#v differ by more than Raw", a, b)
	}
	for _, text := range []string{"", "..", "2014", "~2014", "2014~"} {
		for _, other := range []string{"", "..", "2014", "~2014", "2014~"} {
			a, b := mustPeriod(t, text+"/2020"), mustPeriod(t, other+"/2020")
			if a.Equal(b) != (text == other) {
				t.Errorf("%q equal to %q: %v", a, b, a.Equal(b))
			}
		}
	}
}

func TestPeriodBounds(t *testing.T) {
	p := mustPeriod(t, "2010~2012/..")
	fromMin, fromMax, toMin, toMax := p.Bounds()
	want := mustDate(t, "2010~2012")
	if fromMin != want.Min || fromMax != want.Max || !toMin.IsZero() || !toMax.IsZero() || !p.To.Open {
		t.Errorf("Bounds of %v: %v %v %v %v", p, fromMin, fromMax, toMin, toMax)
	}
}

// TestWithin: at some time within (law 7). TestWorlds holds all kinds of ends against every exact period.
func TestWithin(t *testing.T) {
	for _, test := range []struct {
		period string
		want   map[string]Certainty
	}{
		{"2010/2013-08", map[string]Certainty{"2009": No, "2010-05": Possible, "2010": Certain, "2012": Certain, "2013-08-15": Possible, "2014": No}},
		// On the day of a hand-over both show.
		{"2019-03/2022-04-01", map[string]Certainty{"2022-04-01": Certain, "2022-04-02": No}},
		{"2022-04-01/..", map[string]Certainty{"2022-03-31": No, "2022-04-01": Certain}},
		// A period's own ends bound each other.
		{"1990/", map[string]Certainty{"1982~1995": Certain, "1990": Certain, "1990-06": Possible, "1991": Possible, "1989": No, "1990~": Certain}},
		{"/2014", map[string]Certainty{"2014": Certain, "2013": Possible, "2015": No, "2013~2014-06": Possible, "~2014": Certain}},
		{"~2010/", map[string]Certainty{"2009": Possible, "2015": Possible, "~2010": Certain, "2011~": Possible}},
		{"", map[string]Certainty{"2010": Possible, "~2010": Possible, "": Certain}},
		{"../..", map[string]Certainty{"2010": Certain, "~2010": Certain, "": Certain}},
		{"2014-08-05", map[string]Certainty{
			"2014-08": Certain, "2014-08-05": Certain, "2014-08-06~": No, "~2014-08-04": No,
			"2014-08-05T09:30Z": Possible, "2014-08-05T09:30Z~": Possible,
		}},
	} {
		for window, want := range test.want {
			if got := mustPeriod(t, test.period).Within(mustDate(t, window)); got != want {
				t.Errorf("%q within %q: %v, want %v", test.period, window, got, want)
			}
		}
	}
}

func TestRangePeriod(t *testing.T) {
	for date, want := range map[string]string{
		"2014": "2014-01-01/2014-12-31", "2014-06-01": "2014-06-01", "2014~": "2014-01-01/..", "~2014-06": "../2014-06-30", "": "../..",
		"2014-06-01T09:30Z": "2014-06-01T09:30Z",
	} {
		if got := mustDate(t, date).Period().String(); got != want {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
}

func TestCertaintyString(t *testing.T) {
	if got := No.String() + " " + Possible.String() + " " + Certain.String(); got != "no possible certain" {
		t.Error(got)
	}
}

func TestDateFromParts(t *testing.T) {
	tests := []struct{ year, month, day, want string }{
		{"", "", "", ""},
		{" ", "", "", ""},
		{"2014", "", "", "2014"},
		{"2014", "8", "", "2014-08"},
		{"2014 ", "08", " 1", "2014-08-01"},
		{"2024", "2", "29", "2024-02-29"},
		{"0001", "2", "", "0001-02"},
	}
	for _, test := range tests {
		if r, err := DateFromParts(test.year, test.month, test.day); err != nil || r.String() != test.want {
			t.Errorf("DateFromParts(%q, %q, %q) = %v, %v; want %s", test.year, test.month, test.day, r, err, test.want)
		}
	}
	failures := []struct{ year, month, day, want string }{
		{"", "8", "", `no year in "year , month 8, day "; give the year or leave all three empty`},
		{"2014", "", "5", `a day without a month in "year 2014, month , day 5"; give the month or leave the day empty`},
		{"14", "", "", `year 14 in "year 14, month , day "; give it in four digits, 0001 to 9999`},
		{"0000", "", "", `year 0000 in "year 0000, month , day "; give it in four digits, 0001 to 9999`},
		{"2014", "13", "", `month 13 in "year 2014, month 13, day "; give 1 to 12, or leave it empty if unknown`},
		{"2014", "0", "", `month 0 in "year 2014, month 0, day "; give 1 to 12, or leave it empty if unknown`},
		{"2014", "Aug", "", `month "Aug" in "year 2014, month Aug, day "; give 1 to 12, or leave it empty if unknown`},
		{"2014", "2", "30", `day 30 in "year 2014, month 2, day 30"; February 2014 has 28 days`},
		{"2014", "2", "0", `day 0 in "year 2014, month 2, day 0"; leave out what is not known`},
		{"2014", "2", "100", `day 100 in "year 2014, month 2, day 100"; give 1 to 31, or leave it empty if unknown`},
		{"0001", "1", "1", `the placeholder 0001-01-01 in "year 0001, month 1, day 1"; leave an unknown date empty`},
	}
	for _, test := range failures {
		if r, err := DateFromParts(test.year, test.month, test.day); err == nil || err.Error() != test.want {
			t.Errorf("DateFromParts(%q, %q, %q) = %v,\n got %v\nwant %s", test.year, test.month, test.day, r, err, test.want)
		}
	}
}

// randomRange draws bounds that often fall on the edges of units, and often on none.
func randomRange(rng *rand.Rand) Range {
	instant := func() time.Time {
		at := time.Date(1990+rng.IntN(40), 1, 1, 0, 0, 0, 0, time.UTC)
		for _, step := range []func(){
			func() { at = at.AddDate(0, rng.IntN(12), 0) },
			func() { at = at.AddDate(0, 0, rng.IntN(28)) },
			func() { at = at.Add(time.Duration(rng.IntN(24*60)) * time.Minute) },
			func() { at = at.Add(time.Duration(rng.IntN(60)) * time.Second) },
			func() { at = at.Add(time.Duration(rng.IntN(1000)) * time.Millisecond) },
			func() { at = at.Add(time.Duration(rng.IntN(1000000))) },
		} {
			if rng.IntN(3) == 0 {
				break
			}
			step()
		}
		return at
	}
	a, b := instant(), instant()
	if rng.IntN(2) == 0 { // one unit
		unit := unitStarting(a) + timeUnit(rng.IntN(2))
		return Range{a, min(unit, unitSecond+9).end(a)}
	}
	if a.After(b) {
		a, b = b, a
	}
	switch rng.IntN(6) {
	case 0:
		return Range{Max: b.Add(-1)}
	case 1:
		return Range{Min: a}
	case 2:
		return Range{a, b}
	}
	return Range{a, max(unitStarting(a), unitStarting(b)).end(b)}
}

func TestRandomPeriods(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	edge := func() Bound {
		switch rng.IntN(6) {
		case 0:
			return Bound{}
		case 1:
			return Bound{Open: true}
		}
		return Bound{Range: randomRange(rng)}
	}
	for range 50_000 {
		p := Period{From: edge(), To: edge()}
		if rng.IntN(4) == 0 && !p.From.Open {
			p.To = p.From
		}
		text := p.String()
		again, err := ParsePeriod(text)
		switch _, _, _, toMax := p.Bounds(); {
		case !mayPrecede(p.From.Min, toMax):
			if err == nil {
				t.Fatalf("%q is accepted", text)
			}
			continue
		case err != nil:
			t.Fatal(err)
		case again.From != p.From, again.To != p.To, again.Raw != "":
			t.Fatalf("%q: %#v became %#v", text, p, again)
		}

		d := randomRange(rng)
		within := p.Within(d)
		// Draw an actual period that what is known allows.
		from, to := actual(rng, p.From, true), actual(rng, p.To, false)
		if to.Before(from) {
			continue
		}
		overlaps := (d.Max.IsZero() || !from.After(d.Max)) && (d.Min.IsZero() || !to.Before(d.Min))
		if within == Certain && !overlaps || within == No && overlaps {
			t.Fatalf("%q within %q is %v, yet %v to %v: %v", p, d, within, from, to, overlaps)
		}
	}
}

// actual draws an instant the edge allows; an unknown or open end lies at most 100 years off.
func actual(rng *rand.Rand, e Bound, start bool) time.Time {
	lo, hi := e.Min, e.Max
	if e.Open {
		lo, hi = time.Date(1700, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1701, 1, 1, 0, 0, 0, 0, time.UTC)
		if !start {
			lo, hi = lo.AddDate(500, 0, 0), hi.AddDate(500, 0, 0)
		}
	}
	if lo.IsZero() && hi.IsZero() {
		hi = time.Date(2060, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if lo.IsZero() {
		lo = hi.AddDate(-100, 0, 0)
	}
	if hi.IsZero() {
		hi = lo.AddDate(100, 0, 0)
	}
	switch rng.IntN(3) {
	case 0:
		return lo
	case 1:
		return hi
	}
	return lo.Add(time.Duration(rng.Int64N(int64(hi.Sub(lo)) + 1)))
}

func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{
		"", "/", "..", "2014", "2014-08~2014-10", "2022-04-01/..", "../2014-08", "2010~/2013", "~2010/", "2014-13", "~0001-12",
		"2014-08-01T09:30:15.123+03:00/9999", "2014-08-01T09:30:15.000000000Z~2014-08-01T09:31Z", " 2014 / 2015 ", "2014–2015",
		"0001-02~/..",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePeriod(text)
		if err != nil {
			if p != (Period{}) || len(err.Error()) > 800 {
				t.Fatalf("%q: %v, %v", text, p, err)
			}
			return
		}
		canonical := p.String()
		again, err := ParsePeriod(canonical)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, canonical, err)
		}
		if !again.Equal(p) || again.From != p.From || again.To != p.To || again.Raw != "" || again.String() != canonical {
			t.Fatalf("%q became %q, %#v became %#v", text, canonical, p, again)
		}
	})
}

func TestParsePeriodAllocations(t *testing.T) {
	for _, text := range []string{"2014", "2014-08-01", "2022-04-01/..", "2014-08~2014-10", "2014-08-01T09:30:15Z"} {
		if n := testing.AllocsPerRun(100, func() { _, _ = ParsePeriod(text) }); n != 0 {
			t.Errorf("ParsePeriod(%q) allocates %v times", text, n)
		}
	}
}

func BenchmarkParsePeriod(b *testing.B) {
	for _, text := range []string{"2014", "2014-08-01", "2022-04-01/..", "2014-08-01T09:30:15Z"} {
		b.Run(strings.ReplaceAll(text, "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParsePeriod(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestIntersect(t *testing.T) {
	for _, test := range []struct {
		p, q, both  string
		holding     Certainty
		least, most int
	}{
		{"2019-03-01/2019-03-31", "2019-03-10/2020", "2019-03-10/2019-03-31", Certain, 22, 22},
		{"2019/..", "2020-03/2021", "2020-03/2021", Certain, 277, 671},
		{"~2019/", "2020/", "2020/", Possible, 0, -1},
		{"2019", "2020/", "", No, 0, -1},
		{"2023-07-07", "2022-04-01/2025-08-08", "2023-07-07", Certain, 1, 1},
		{"2019-03/2022-04-01", "2022-04-01/2025", "2022-04-01", Possible, 1, 1},
		{"../2014", "../..", "../2014", Certain, 0, -1},
		{"../2014", "2010/..", "2010/2014", Certain, 1098, 1826},
		{"", "2010-01-01/2010-01-02", "2010~/~2010-01-02", Possible, 0, 2},
		{"", "", "", Possible, 0, -1},
		{"2010~/2013~", "~2012/", "2010~/", Possible, 0, -1},
		{"~2011/2013~", "~2012/2012-06~", "~2012/2012-06~", Certain, 0, -1},
		{"2013/..", "2013-07-01", "2013-07-01", Possible, 1, 1},
		{"../2013-07-01", "2013-07-01~2014-09-15/..", "2013-07-01", Possible, 1, 1},
		{"../~2013-07-01", "2013-07-01/", "2013-07-01", Possible, 1, 1},
		{"1990/", "../1985~1995", "1990/~1995", Possible, 0, 2191},
		{"1969-12-30/1970-01-02", "1960/..", "1969-12-30/1970-01-02", Certain, 4, 4},
	} {
		for _, pair := range [][2]string{{test.p, test.q}, {test.q, test.p}} {
			both, holding := mustPeriod(t, pair[0]).Intersect(mustPeriod(t, pair[1]))
			if holding != test.holding || both.String() != test.both {
				t.Errorf("%q meets %q: %q, %s", pair[0], pair[1], both, holding)
			}
			if least, most := both.Days(); least != test.least || most != test.most {
				t.Errorf("%q: %d to %d days, not %d to %d", both, least, most, test.least, test.most)
			}
		}
	}
}

// TestIntersectIsSound draws exact periods that two imprecise ones allow: what they have in common lies within what
// Intersect says.
func TestIntersectIsSound(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test's
	day := func(n int) time.Time { return time.Date(2020, 1, 1+n, 0, 0, 0, 0, time.UTC) }
	within := func() (Bound, int) {
		low := random.IntN(30)
		high := low + random.IntN(4)
		exact := low + random.IntN(high-low+1)
		e := Bound{Range: Range{Min: day(low), Max: day(high + 1).Add(-1)}}
		if random.IntN(4) == 0 {
			e.Min = time.Time{}
		}
		if random.IntN(4) == 0 {
			e.Max = time.Time{}
		}
		return e, exact
	}
	for range 20_000 {
		var p, q Period
		var from, to [2]int
		p.From, from[0] = within()
		p.To, to[0] = within()
		q.From, from[1] = within()
		q.To, to[1] = within()
		if from[0] > to[0] || from[1] > to[1] {
			continue
		}
		both, holding := p.Intersect(q)
		first, last := max(from[0], from[1]), min(to[0], to[1])
		if cover := p.Cover(q); !p.Implies(cover) || !q.Implies(cover) {
			t.Fatalf("%s covers not both %s and %s", cover, p, q)
		}
		least, most := both.Days()
		switch days := last - first + 1; {
		case days > 0 && holding == No, days <= 0 && holding == Certain:
			t.Fatalf("%s meets %s: %s, but %d to %d", p, q, holding, first, last)
		case days > 0 && (most >= 0 && days > most || days < least):
			t.Fatalf("%s meets %s: %d to %d days, not %d", p, q, least, most, days)
		}
	}
}

func TestImplies(t *testing.T) {
	for _, test := range []struct {
		p, q string
		want bool
	}{
		{"2022-04-01/2025-08-08", "~2023-07-09/2023-07-09~", true},
		{"~2023-07-09/2023-07-09~", "2022-04-01/2025-08-08", false},
		{"2022-04-01/2025-08-08", "2022/2025", true},
		{"2022/2025", "2022-04-01/2025-08-08", false},
		{"2022", "", true},
		{"", "2022", false},
		{"", "", true},
		{"2022/..", "2022/", true},
		{"2022/", "2022/..", false},
		{"2022/..", "2022/2023~", false}, // "no end" is not "an end after 2023"
		{"2022", "2022", true},
	} {
		if got := mustPeriod(t, test.p).Implies(mustPeriod(t, test.q)); got != test.want {
			t.Errorf("%q implies %q: %t", test.p, test.q, got)
		}
	}
}

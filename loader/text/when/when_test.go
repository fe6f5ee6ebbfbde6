package when_test

import (
	"strings"
	"testing"
	"time"

	"orbat/loader/text/token"
	"orbat/loader/text/when"
	"orbat/schema"
)

// find returns the dates of a text as "words: period", with what is to come behind a bar where it differs.
func find(t *testing.T, text, published string) string {
	t.Helper()
	r, err := schema.ParseDate(published)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for s := range token.Sentences(text) {
		for _, d := range when.Find(s.Tokens, r) {
			what := text[s.Tokens[d.Begin].Begin:s.Tokens[d.End-1].End] + ": " + d.Period.String()
			if !d.Ahead.Equal(d.Period) {
				what += " | " + d.Ahead.String()
			}
			all = append(all, what)
		}
	}
	return strings.Join(all, "; ")
}

func TestFind(t *testing.T) {
	const sunday = "2023-07-09"
	for _, c := range []struct{ text, published, want string }{
		// What the text alone says.
		{"He was killed on 9 July 2023.", "", "9 July 2023: 2023-07-09"},
		{"On July 9, 2023, he was killed.", "", "July 9, 2023: 2023-07-09"},
		{"It began on the 9th of July, 2023.", "", "the 9th of July, 2023: 2023-07-09"},
		{"On Friday, July 7th, 2023 it began.", "", "Friday, July 7th, 2023: 2023-07-07"},
		{"Dated 2023-07-09 and 2023/07/10.", "", "2023-07-09: 2023-07-09; 2023/07/10: 2023-07-10"},
		{"On Sept. 3, 2016 it fell.", "", "Sept. 3, 2016: 2016-09-03"},
		{"on 29 February 2024", "", "29 February 2024: 2024-02-29"},
		{"on 29 February 2023", "", "29 February 2023: "},
		{"on 31 June 2023", "", "31 June 2023: "},
		{"on 23/7/2023 and 7/23/2023 and 9/7/2023", "", "23/7/2023: 2023-07-23; 7/23/2023: 2023-07-23; 9/7/2023: "},
		{"He left in March 2014.", "", "March 2014: 2014-03"},
		{"in early July 2023", "", "early July 2023: 2023-07-01~2023-07-10"},
		{"in mid-2014 and late February 2024", "", "mid-2014: 2014-05~2014-08; late February 2024: 2024-02-21~2024-02-29"},
		{"at the end of May 2011", "", "the end of May 2011: 2011-05-21~2011-05-31"},
		{"in the first half of 2011", "", "the first half of 2011: 2011-01~2011-06"},
		{"He joined in 2009.", "", "2009: 2009"},
		{"in spring 2013", "", "2013: 2013"},
		{"in the 1990s", "", "the 1990s: 1990~1999"},
		{"between 9-11 July 2023", "", "9-11 July 2023: 2023-07-09~2023-07-11"},
		// Periods.
		{"He led it from 2009 to 2011.", "", "from 2009 to 2011: 2009/2011"},
		{"from April 2022 until 3 August 2025", "", "from April 2022 until 3 August 2025: 2022-04/2025-08-03"},
		{"from 9 July to 3 August 2023", "", "from 9 July to 3 August 2023: 2023-07-09/2023-08-03"},
		{"from November to February 2014", "", "from November to February 2014: 2013-11/2014-02"},
		{"He served 2009-2011, then left.", "", "2009-2011: 2009~2011"},
		{"between April and June 2014", "", "between April and June 2014: 2014-04~2014-06"},
		{"since 2012", "", "since 2012: 2012/"},
		{"since March 2023", sunday, "since March 2023: 2023-03/2023-07-09~"},
		{"until May 2014", "", "until May 2014: /2014-05"},
		{
			"by 2010 and before May 2011 and after 3 June 2012", "",
			"by 2010: ~2010; before May 2011: ~2011-04; after 3 June 2012: 2012-06-04~",
		},
		// Relative to the publication.
		{"It hit on Friday and Monday's raid.", sunday, "Friday: 2023-07-07 | 2023-07-14; Monday: 2023-07-03 | 2023-07-10"},
		{"on Sunday", sunday, "Sunday: 2023-07-09"},
		{"last Sunday and next Sunday", sunday, "last Sunday: 2023-07-02; next Sunday: 2023-07-16"},
		{"yesterday morning, today, tomorrow", sunday, "yesterday morning: 2023-07-08; today: 2023-07-09; tomorrow: 2023-07-10"},
		{"last night", sunday, "last night: 2023-07-08~2023-07-09"},
		{
			"two days ago, a week ago, 3 months ago, two years ago", sunday,
			"two days ago: 2023-07-07; a week ago: 2023-06-29~2023-07-05; 3 months ago: 2023-04; two years ago: 2021",
		},
		{"last week", sunday, "last week: 2023-06-25~2023-07-02"},
		{"last month, last year, next year", sunday, "last month: 2023-06; last year: 2022; next year: 2024"},
		{"earlier this month", sunday, "earlier this month: 2023-07-01~2023-07-09"},
		{"later this year", sunday, "later this year: 2023-07-09~2023-12-31"},
		{"in the past three days", sunday, "the past three days: 2023-07-06~2023-07-09"},
		{"In May he left.", sunday, "May: 2023-05 | 2024-05"},
		{"on 3 May", sunday, "3 May: 2023-05-03 | 2024-05-03"},
		{"in August", sunday, "August:  | 2023-08"},
		{"last December", sunday, "last December: 2022-12"},
		{"between April and June", sunday, "between April and June: 2023-04~2023-06 | 2024-04~2024-06"},
		{"from Monday to Friday", sunday, "from Monday to Friday: 2023-07-03/2023-07-07 | 2023-07-10/2023-07-14"},
		{"a year ago", "2024-02-29", "a year ago: 2023"},
		{"yesterday", "2024-03-01", "yesterday: 2024-02-29"},
		{"two months ago", "2023-01-31", "two months ago: 2022-11"},
		{"yesterday", "0001-01-02", "yesterday: "},
		// Without what it is relative to, the words are all there is.
		{"on Friday, last week, two days ago, in May", "", "Friday: ; last week: ; two days ago: ; May: "},
		{"on Friday, last year", "2023-07", "Friday: ; last year: 2022"},
		{"in May", "2023-07", "May: 2023-05 | 2024-05"},
		{"on the following day, two weeks later", sunday, "the following day: ; two weeks later: "},
		// No dates.
		{"He may march on 2000 men in 2000 villages with 1,500 guns.", "", ""},
		{"Unit 2016 and the 42nd took 12 tanks, 3-4 of them new.", "", ""},
	} {
		if got := find(t, c.text, c.published); got != c.want {
			t.Errorf("%q, published %q:\n got %s\nwant %s", c.text, c.published, got, c.want)
		}
	}
}

// check holds what is true of the dates of any text.
func check(t *testing.T, text string, published schema.Range) {
	t.Helper()
	for s := range token.Sentences(text) {
		end := 0
		for _, d := range when.Find(s.Tokens, published) {
			if d.Begin < end || d.End <= d.Begin || d.End > len(s.Tokens) {
				t.Fatalf("%q: tokens %d-%d after %d", text, d.Begin, d.End, end)
			}
			end = d.End
			for _, period := range []schema.Period{d.Period, d.Ahead} {
				again, err := schema.ParsePeriod(period.String())
				if err != nil || !again.Equal(period) {
					t.Fatalf("%q: period %s is not read back: %v", text, period, err)
				}
			}
		}
	}
}

func TestHostileTexts(t *testing.T) {
	for name, text := range map[string]string{
		"numbers":  strings.Repeat("99999999999999999999 ", 4_000),
		"from":     strings.Repeat("from 2009 to ", 4_000),
		"early":    strings.Repeat("early mid-late-", 4_000),
		"long ago": "9999 years ago, 9999 months ago, 9999 weeks ago, 0 days ago, 9999 days ago",
		"zero":     "0000-00-00 00/00/0000 0 July 2023 July 0, 2023 32 July 0000",
		"far":      "on 31 December 2999, since 9999, 2999-12-31, by 2100",
	} {
		for _, published := range []string{"", "0001-01-02", "9999-12-31", "2023-07-09", "2023", "~2010", "2010~"} {
			r, err := schema.ParseDate(published)
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			check(t, text, r)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("%s: %s", name, took)
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add("from early July 2023 to the 9th of August; since last Friday, two days ago, mid-2014, 9-11 May", "2023-07-09")
	f.Add("29 February, between April and next June, the past 9999 years, 2009-2011", "0001-01-02")
	f.Fuzz(func(t *testing.T, text, published string) {
		r, err := schema.ParseDate(published)
		if err != nil {
			r = schema.Range{}
		}
		check(t, text, r)
	})
}

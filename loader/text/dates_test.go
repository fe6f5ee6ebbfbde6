package text

import (
	"testing"

	"orbat/loader/text/token"
	"orbat/schema"
)

// A date is that of an event only where the event is one moment of it, and of what is planned it is the coming one.
func TestDatesOf(t *testing.T) {
	periods := map[string]string{
		"on Friday": "2023-07-07", "in early July 2023": "2023-07-01~2023-07-10", "since 2012": "2012/2023-07-09~",
		"from 2009 to 2011": "2009/2011", "between April and June": "2023-04/2023-06", "by 2010": "~2010",
	}
	for text, want := range map[string]dateExpr{
		"on Friday": {first: 1, last: 1, text: "Friday", value: "2023-07-07", ahead: "2023-07-14"},
		"in early July 2023": {
			first: 1, last: 3, text: "early July 2023", value: "2023-07-01~2023-07-10",
			ahead: "2023-07-01~2023-07-10",
		},
		"since 2012":        {first: 1, last: 1, text: "since 2012", how: "since"},
		"from 2009 to 2011": {first: 1, last: 3, text: "from 2009 to 2011", how: "from"},
		"between April and June": {
			first: 1, last: 3, text: "between April and June", value: "2023-04~2023-06",
			ahead: "2024-04~2024-06", how: "between",
		},
		"by 2010":      {first: 1, last: 1, text: "by 2010", value: "~2010", ahead: "~2010", how: "by"},
		"the next day": {first: 0, last: 2, text: "the next day"},
	} {
		s := token.Split(text)[0]
		words := wordsOf(s)
		found := datesOf(s.Tokens, words, publishedOn("2023-07-09T10:00:00Z"))
		if len(found) == 1 && found[0].period.String() != periods[text] {
			t.Errorf("%q: period %s, want %s", text, found[0].period, periods[text])
		}
		if len(found) == 1 {
			found[0].period = schema.Period{}
		}
		if len(found) != 1 || found[0] != want {
			t.Errorf("%q: %+v, want %+v", text, found, want)
			continue
		}
		for i := range words {
			if words[i].date != (i >= want.first && i <= want.last) {
				t.Errorf("%q: word %d is of a date: %v", text, i, words[i].date)
			}
		}
	}
}

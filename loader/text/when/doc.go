// Package when finds the dates that English prose gives and says what they mean.
//
//	for _, d := range when.Find(sentence.Tokens, published) {
//		claim.Period, claim.DateText = d.Period, text(d.Begin, d.End)
//	}
//
// A date keeps the precision it was given with: "in July 2023" is 2023-07, "in early July 2023" 2023-07-01~2023-07-10,
// "in spring 2023" 2023, since a season begins elsewhere on the other half of the earth. "From 2009 to 2011" is a
// period, "since 2012" one whose end lies at or after the publication, "between April and June" a date within three
// months.
//
// What is relative to the publication ("on Friday", "last week", "two days ago", "on 9 July") has a value only where
// the date of publication is known precisely enough, and what is relative to something else in the text ("the next
// day") has none; the words are found all the same. A weekday, a month or a day without a year means the last one in a
// clause about what happened (Period) and the coming one in a clause about what is planned (Ahead): which of them it is
// about, and whether the date is that of the event or of its announcement, is the caller's to tell.
package when

// Package text reads English prose: of the text of a document it makes statements, each with the sentence that says it,
// its span, a confidence and the name of the rule that found it. It is offline and deterministic, and it would rather
// be silent than wrong.
//
//	reading, err := text.Read(ctx, article, text.Options{Published: "2023-07-09"})
//	for _, s := range reading.Statements {
//		fmt.Println(s, s.Rule, s.Quote)
//	}
//	records := reading.Records(source, "press") // what a load takes
//
// The stages, each in the file of its name, in their order: package token cuts sentences; words looks their words
// up; dates finds dates, relative to the day of publication; mentions finds names; merge says which of them are one,
// in the whole document; chunks says how a sentence uses its words and cuts it into phrases; clauses tells who does
// what to whom, where and when; and of that places, posts, ties, predicates (what a noun says of somebody: "part of the
// 5th Brigade"), events and deeds (what takes several words to tell) make statements. parties says whom a
// phrase without a name means, package assertion how a sentence puts what it tells: what it denies, doubts or plans
// is kept as that, and what it neither says nor denies yields nothing.
//
// A text may consist of parts of an author and a day each, as the posts of a thread: what they say is their authors'
// word, and "yesterday" in one is the day before its own (parts).
//
// What words mean stands in the tables of the folder data. To find why a statement was made, look for its rule's name.
// What the reader reaches is measured by package gold: under testdata/gold is what a careful reader finds in documents
// that are outside the project, as spans and labels without their sentences, and under testdata/assertion sentences of
// our own about what happened, did not happen or is only planned. Package tagger finds mentions by example; the reader
// does not ask it: of the names that the rules leave without a type it tells too many wrongly.
package text

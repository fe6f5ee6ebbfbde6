// Package text reads English prose: from the text of a document it makes statements, each with the span that says it.
// What a careful reader finds in 24 documents is kept under testdata/gold, as spans and labels without the sentences.
package text

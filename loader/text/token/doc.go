// Package token cuts a text into sentences and tokens, the first stage of reading prose.
//
// Sentences yields them one after the other, so that a long text never stands in memory twice:
//
//	for s := range token.Sentences(text) {
//		for _, t := range s.Tokens {
//			fmt.Println(t.Text, t.Begin, t.End, t.RuneBegin, t.RuneEnd)
//		}
//	}
//
// Every token knows where it stands, in bytes (text[t.Begin:t.End] == t.Text) and in code points, in which spans are
// stored. Nothing is dropped but white space and controls, and nothing is changed: what differs only in the look
// (zero-width characters, the shape of an apostrophe, case) Fold brings to one form.
//
// A sentence ends where its stop says so: the stop of a rank ("Lt. Gen."), of an initial or of "U.S." does not, nor
// does one that a comma or a small letter follows. A heading, a dateline ("MAIDUGURI, Nigeria (AP) —") and an item of
// a list are sentences of their own. A line break within a paragraph ends a sentence only where the line was not
// simply full. A text without any sentence end is cut after MaxTokens, a word without end after MaxRunes: time and
// memory grow with the text and with nothing else.
package token

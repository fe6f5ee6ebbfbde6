// Package text is where English prose becomes statements, each with the span that says it. Of that there are the first
// stage, sentences and tokens (package token), what a sentence makes of what it tells (package assertion), the dates it
// gives (package when), and the measure: what a careful reader finds in documents that are outside the project, under
// testdata/gold, as spans and labels without their sentences, and sentences of our own about what happened, did not
// happen or is only planned, under testdata/assertion.
package text

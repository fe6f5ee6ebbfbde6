// Package assertion says how a sentence puts what it tells: whether that is asserted, negated, denied, hedged, reported
// or only planned (law 9), and who vouches for it.
//
// It reads the sentences of a paragraph together, because a quotation may run over several and its speaker may be named
// after it. A trigger is the tokens that tell of an event, a post or a relation: a verb without its auxiliaries
// ("killed" of "had not been killed") or a noun ("attack"):
//
//	p := assertion.New(sentences...)
//	r := p.At(sentence, begin, end) // tokens [begin, end) of that sentence are the trigger
//	if r.Assertion == "" {
//		return // neither: contrary to fact, unconfirmed, a mere ability, a rule
//	}
//	if r.Speaker.Named {
//		attributedTo = text(r.Speaker) // tokens of a sentence of the passage, without "the"
//	}
//
// A speaker who is not named may still be known to the caller, who has followed "the agency" or "he" to a name. What
// such a speaker says flatly (r.Flat) is then asserted and attributed like what a named one says.
//
// r.Unknown says what the sentence leaves open of an event that it does tell of: of "it remains unclear where he was
// killed" the killing is told and no place may be stated; of "she denied involvement in the attack" the attack is, and
// that she had a part in it stands in r.Agent, which differs from r.Assertion only there.
//
// Announcing, condemning or reporting an event is no part in it: that a speaker is the subject of a sentence never
// makes him its agent.
//
// # How it works
//
// rules.txt holds the cues: words, what they make of a statement (category), on which side they work (direction) and
// how far (scope: the predicate or phrase that follows, a clause to its terminators, a number of tokens). A pseudo-cue
// ("no fewer than", "not only") takes its words away from the cues within it. The scopes that reach a trigger are
// applied from the innermost to the outermost, each to the result so far, so that a denied denial, or a claim that
// somebody else calls false, comes out as what it is. A relative clause tells what is taken for granted: of what stands
// around it only speech reaches into it.
//
// Time grows with the number of tokens, whatever they are: no scope is longer than a sentence, whose tokens are
// bounded.
package assertion

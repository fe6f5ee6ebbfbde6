package text

import (
	"strings"

	"orbat/loader/text/assertion"
	"orbat/loader/text/token"
	"orbat/schema"
)

// stance is how a sentence puts what a word of it tells.
type stance struct {
	assertion schema.Assertion
	speaker   *Entity
	none      bool // nothing may be said of it
	agent     schema.Assertion
	unknown   assertion.Aspect
}

// weakens are the words before which nothing in a sentence is plainly said to be so.
//
//nolint:gochecknoglobals // a constant that Go cannot write as one
var weakens = wordSet(`if whether unless lest would could may might should must can cannot shall alleged allegedly reportedly purported purportedly
	purporting suspected suspect suspects suspicion believed believe believes claim claims claimed claiming accuse accused accuses accusing
	accusation accusations allegation allegations allege alleges rumour rumours rumor rumors deny denied denies denying denial fear fears
	feared threat threats threaten threatened threatens threatening plan plans planned planning plot plots plotted plotting attempt
	attempted attempts attempting try tried tries trying fail failed fails prevent prevented prevents preventing foil foiled avert
	averted thwart thwarted possible possibly potential potentially likely unlikely perhaps probably apparently presumed presumably
	unconfirmed unverified false fake hypothetical intend intends intended aim aims hope hopes hoped want wants wanted vow vowed vows pledge
	pledged prepare prepared preparing unclear scenario simulated mock conspiracy charged convicted guilty trial appears appeared
	seems seemed supposed supposedly speculated speculation ready urge urged urges call calls ordered imminent avoid avoided risk
	until never neither nor no nothing nobody none without hardly warn warned warns warning propose proposed consider considers
	considered expected expects expect suggest suggests suggested indicates indicate imagine refused refuse refuses declined ability able
	capable capability demand demanded contemplate dispute disputed misreported rehearsed authorised authorized had-it wish wished`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(list) {
		set[w] = true
	}
	return set
}

// stanceOf tells how a sentence puts what the word at a place tells, as the sentences of its paragraph say.
func (d *doc) stanceOf(s *sentence, at int) stance {
	if last := s.words[len(s.words)-1].Text; last == "?" {
		return stance{none: true}
	}
	if d.passage == nil || d.paragraph != s.Paragraph {
		var sentences []token.Sentence
		first := s.at
		for first > 0 && d.sentences[first-1].Paragraph == s.Paragraph && s.at-first < maxPassage {
			first--
		}
		for i := first; i < len(d.sentences) && d.sentences[i].Paragraph == s.Paragraph &&
			i < first+2*maxPassage; i++ {
			sentences = append(sentences, d.sentences[i].Sentence)
		}
		d.passage, d.paragraph, d.passageBegin, d.passageEnd = assertion.New(sentences...), s.Paragraph, first, first+len(sentences)
	}
	if s.at >= d.passageEnd {
		d.passage = nil
		return stance{none: true}
	}
	r := d.passage.At(s.at-d.passageBegin, at, at+1)
	st := stance{assertion: r.Assertion, agent: r.Agent, unknown: r.Unknown, none: r.Assertion == ""}
	if r.Speaker.IsZero() {
		return st
	}
	spoken := d.sentences[d.passageBegin+r.Speaker.Sentence]
	for i := r.Speaker.Begin; i < r.Speaker.End && i < len(spoken.words); i++ {
		if m := spoken.words[i].mention; m != nil {
			if e := d.actorOf(m); e != nil && (st.speaker == nil || st.speaker.Type != "Person") {
				st.speaker = e // "General X, commander of Y": he
			}
		}
	}
	if st.speaker == nil && r.Flat {
		for i := r.Speaker.Begin; i < r.Speaker.End && i < len(spoken.words); i++ {
			switch w := &spoken.words[i]; w.key {
			case "coalition":
				st.speaker = d.coalition()
			case "army", "military", "navy":
				st.speaker = d.lastEnding(w.key)
			}
		}
	}
	if st.speaker == nil {
		st.speaker = d.shortlyNamed(spoken.words, r.Speaker.Begin, r.Speaker.End)
	}
	if st.speaker == nil && st.assertion == schema.Asserted && isBody(spoken.words, r.Speaker.Begin, r.Speaker.End) {
		st.assertion = schema.Reported // "the ministry said": nobody in the graph vouches for it
		if st.agent == schema.Asserted {
			st.agent = schema.Reported
		}
	}
	if r.Flat && st.assertion == schema.Reported && st.speaker != nil {
		st.assertion = schema.Asserted
		if st.agent == schema.Reported {
			st.agent = schema.Asserted
		}
	}
	return st
}

// maxPassage is how many sentences on each side bear on another one.
const maxPassage = 30

// plainly reports whether nothing that stands before a word, in its clause or above it, makes it less than so.
func (d *doc) plainly(s *sentence, at int) stance {
	words := s.words
	if last := words[len(words)-1].Text; last == "?" {
		return stance{none: true}
	}
	from := s.clauseStart(at)
	for i := from; i < len(words); i++ {
		w := &words[i]
		if w.mention != nil || w.date {
			continue
		}
		if i < at+1 && (weakens[w.key] || w.is(negation)) || i <= at+3 && i > at && w.Text == "n't" {
			if w.key == "no" && i+1 < len(words) && (words[i+1].key == "fewer" || words[i+1].key == "less") {
				continue
			}
			return stance{none: true}
		}
		if w.key == "will" || w.key == "'ll" {
			if i < at {
				return stance{none: true}
			}
		}
	}
	st := stance{assertion: schema.Asserted}
	who, kind := d.speakerOf(s)
	switch kind {
	case "", "asserted":
		st.speaker = who
	default:
		return stance{none: true}
	}
	return st
}

// clauseStart returns the word from which on what stands before another bears on it: the beginning of the sentence, or
// what follows a semicolon.
func (s *sentence) clauseStart(at int) int {
	for i := at - 1; i >= 0; i-- {
		if s.words[i].Text == ";" {
			return i + 1
		}
	}
	return 0
}

// speakerOf returns who says what a sentence tells, where it says so, and how: asserted by a named party or one that
// speaks for itself, reported by one that has no name.
func (d *doc) speakerOf(s *sentence) (*Entity, string) {
	for v := range s.chunks {
		c := &s.chunks[v]
		if c.kind == cPrep && c.key == "according" {
			for j := v + 1; j < len(s.chunks) && j < v+3; j++ {
				if s.chunks[j].kind == cNoun {
					return d.speaker(s, j, "asserted")
				}
			}
		}
		if c.kind != cVerb || c.verb == nil || c.verb.attrs["speech"] == "" {
			continue
		}
		how := c.verb.attrs["speech"]
		if c.negated {
			return nil, "none"
		}
		if c.passive {
			if c.verb.lemma == "say" || c.verb.lemma == "believe" || c.verb.lemma == "report" || how != "asserted" {
				return nil, "reported"
			}
			continue
		}
		subject := s.subjectOf(v)
		if len(subject) == 0 && v+1 < len(s.chunks) && s.chunks[v+1].kind == cNoun { // "…, said Gen. X"
			subject = []int{v + 1}
		}
		if len(subject) == 0 {
			continue
		}
		return d.speaker(s, subject[len(subject)-1], how)
	}
	return nil, ""
}

func (d *doc) speaker(s *sentence, j int, how string) (*Entity, string) {
	c := &s.chunks[j]
	if c.mention != nil {
		if e := d.actorOf(c.mention); e != nil {
			return e, how
		}
		return nil, how
	}
	head := &s.words[c.head]
	switch {
	case c.pronoun:
		return nil, how
	case head.key == "coalition":
		return d.coalition(), how
	case head.key == "statement" || head.key == "release" || head.key == "spokesman" || head.key == "spokeswoman" ||
		head.key == "spokesperson" ||
		head.key == "police" || head.key == "army" || head.key == "military" || head.key == "agency" ||
		head.key == "command" ||
		head.key == "ministry" || head.key == "government" || head.key == "officer" || head.key == "commander" ||
		head.key == "general":
		if len(c.inner) > 0 {
			return d.actorOf(c.inner[len(c.inner)-1]), how
		}
		if how == "asserted" {
			return nil, how
		}
	}
	return nil, "reported"
}

package assertion

import (
	"strings"

	"orbat/loader/text/token"
	"orbat/schema"
)

// Reading is what a sentence makes of what a trigger tells.
type Reading struct {
	// Assertion is empty where nothing may be stored: what is contrary to fact, neither confirmed nor denied, generic,
	// a mere ability, an attempt.
	Assertion schema.Assertion
	// Speaker vouches for it, or denies it; the zero Speaker is the text itself.
	Speaker Speaker
	// Flat says that a speaker who is not named, but is a definite party ("the army", "he"), states it as a fact.
	Flat bool
	// Agent is the assertion of who did it, where it is not that of what was done; empty where nothing may be stored of
	// an agent. It is Assertion elsewhere.
	Agent schema.Assertion
	// Unknown are the aspects that the sentence leaves open: none of them may be stated.
	Unknown Aspect
	// Rule is the cue that decided, with its category; empty where none did.
	Rule string
}

// Speaker is a party that says something: tokens of a sentence of the passage, without an article.
type Speaker struct {
	Sentence, Begin, End int
	Named                bool // by a name of its own, or as an organ of something named ("the Sudanese army")
}

// IsZero reports whether nobody but the text speaks.
func (s Speaker) IsZero() bool { return s.End == 0 }

// Aspect is a set of what may be open about an event.
type Aspect uint8

// The aspects.
const (
	Who Aspect = 1 << iota
	Whom
	Where
	When
	HowMany
	How
	Why
)

// Passage is the sentences of a paragraph, whose cues have been found.
type Passage struct {
	rules     *ruleSet
	sentences []*sentence
	quotes    []quotation
}

// New returns the passage of consecutive sentences.
func New(sentences ...token.Sentence) *Passage {
	p := &Passage{rules: rules(), sentences: make([]*sentence, len(sentences))}
	for i := range sentences {
		p.sentences[i] = newSentence(p.rules, i, sentences[i].Tokens)
	}
	p.readQuotations()
	return p
}

// At returns what the passage makes of the trigger that is the tokens from begin to end of a sentence.
func (p *Passage) At(sentence, begin, end int) Reading {
	if sentence < 0 || sentence >= len(p.sentences) {
		return Reading{Assertion: schema.Asserted, Agent: schema.Asserted}
	}
	s := p.sentences[sentence]
	begin = max(0, min(begin, len(s.words)))
	end = max(begin, min(end, len(s.words)))
	if begin == end {
		return Reading{Assertion: schema.Asserted, Agent: schema.Asserted}
	}
	return p.read(s, begin, end)
}

// state is what has been made of a trigger by the cues applied so far, from the innermost outwards.
type state struct {
	value   schema.Assertion
	speaker Speaker
	flat    bool
	unknown Aspect
	rule    string

	presupposed bool // what stands further out touches it no more
	said        bool // somebody says it
	agentOnly   bool // what stands further out is about who did it
	agent       schema.Assertion
}

func (p *Passage) read(s *sentence, begin, end int) Reading {
	st := state{value: schema.Asserted, agent: schema.Asserted}
	if s.is("lexneg", begin) {
		st.value, st.rule = schema.Negated, "negate: "+s.words[begin]
	}
	t := s.trigger(begin, end)
	for _, m := range s.reaching(&t) {
		st.apply(s, m, &t)
	}
	if st.rule == "" && st.value == schema.Asserted {
		st.value, st.rule = s.unsaid(&t)
	}
	p.quoted(&st, s, begin)
	p.retro(&st, s, begin)
	r := Reading{Assertion: st.value, Speaker: st.speaker, Flat: st.flat, Unknown: st.unknown, Rule: st.rule, Agent: st.value}
	if st.agentOnly || st.unknown&Who != 0 {
		r.Agent = st.agent
		if !st.agentOnly {
			r.Agent = ""
		}
	}
	return r
}

// apply takes one operator in.
func (st *state) apply(s *sentence, o *op, t *trigger) {
	if st.agentOnly && o.category != say && o.category != confirm && o.category != fact && o.category != agent {
		inner := state{value: st.agent, speaker: st.speaker, said: st.said}
		inner.applyPlain(s, o)
		st.agent, st.speaker, st.said = inner.value, inner.speaker, inner.said
		st.rule = o.name(s)
		return
	}
	if !st.presupposed && (o.blames && t.nominal && t.definite || o.scope == phrase && t.agentive) {
		// The shelling that he is accused of is a fact to who says so; his part in it is not.
		st.agentOnly = true
		inner := state{value: st.value}
		inner.applyPlain(s, o)
		st.agent, st.speaker, st.flat, st.rule = inner.value, inner.speaker, inner.flat, o.name(s)
		return
	}
	switch o.category {
	case fact:
		if !st.presupposed {
			st.presupposed = true
			st.unknown |= o.aspects(s)
			st.rule = o.name(s)
		}
	case agent:
		if t.nominal || t.agentive {
			st.agentOnly = true
		}
	case say, confirm:
		st.applyPlain(s, o)
	default:
		if st.presupposed {
			return
		}
		st.applyPlain(s, o)
	}
}

// applyPlain changes the value by an operator, then by what modifies the operator itself.
func (st *state) applyPlain(s *sentence, o *op) {
	before := st.value
	speaker, flat := o.speaker, o.flat
	switch o.category {
	case negate:
		st.value = st.negated(o)
	case none:
		counter := st.value == schema.Negated && strings.Contains(o.text, "had") // "had he not been wounded": he was
		st.value = ""
		if counter {
			st.value = schema.Asserted
		}
	case hedge:
		switch st.value {
		case schema.Asserted, schema.Reported:
			st.value = schema.Hedged
		case schema.Negated:
			st.value = ""
		default:
		}
		st.attribute(speaker, false)
	case plan:
		switch st.value {
		case schema.Asserted, schema.Hedged, schema.Reported:
			st.value = schema.Planned
		case schema.Negated, schema.Denied:
			st.value = ""
		default:
		}
		st.attribute(speaker, false)
	case allege:
		switch st.value {
		case schema.Asserted:
			st.value = schema.Reported
		case schema.Negated:
			st.value = schema.Denied
		default:
		}
		st.attribute(speaker, false)
		st.said = o.scope != phrase
	case say, confirm:
		switch {
		case st.value == schema.Negated:
			st.value = schema.Denied
		case st.value == schema.Asserted && o.category == say && !speaker.Named && !flat:
			st.value = schema.Reported
		}
		if o.corrected && st.value != schema.Denied {
			st.value = schema.Negated
		}
		st.attribute(speaker, flat)
		st.said = true
	case deny:
		switch st.value {
		case schema.Asserted, schema.Hedged, schema.Reported, schema.Planned:
			st.value = schema.Denied
		case schema.Negated:
			st.value = schema.Asserted
		default:
		}
		if !speaker.IsZero() || st.value == schema.Denied {
			st.speaker, st.flat = speaker, flat
		}
		st.said = true
	default:
	}
	if st.value != before {
		st.rule = o.name(s)
	}
	for _, m := range o.mods {
		st.modify(s, o, m)
	}
}

// negated returns the value under a negation.
func (st *state) negated(o *op) schema.Assertion {
	switch {
	case o.direction == backward: // "is untrue" of what somebody said
		if st.value == schema.Negated || st.value == "" {
			return ""
		}
		return schema.Negated
	case st.said:
		return ""
	case st.value == schema.Asserted || st.value == schema.Reported:
		return schema.Negated
	case st.value == schema.Negated:
		return schema.Asserted
	}
	return ""
}

// modify changes the value by what negates or weakens the operator itself: what he did not say, or would deny.
func (st *state) modify(s *sentence, o, m *op) {
	switch {
	case st.presupposed:
	case o.category == negate && m.category == negate: // did not fail to
		st.value = schema.Asserted
		if st.value == schema.Negated {
			st.value = ""
		}
	case m.category == negate || m.category == none && (o.category == deny || o.category == none || o.category == plan):
		st.value = ""
		st.rule = m.name(s)
	case m.category == plan && o.category != plan:
		st.value = ""
		st.rule = m.name(s)
	case m.category == hedge && o.category != hedge:
		if st.value == schema.Asserted {
			st.value = schema.Hedged
		}
	}
}

func (st *state) attribute(speaker Speaker, flat bool) {
	if st.speaker.IsZero() || !st.speaker.Named && speaker.Named && !st.flat {
		st.speaker, st.flat = speaker, flat
	}
}

// aspects are those that the word after the cue asks for.
func (o *op) aspects(s *sentence) Aspect {
	if o.end == 0 {
		return 0
	}
	switch s.words[o.end-1] {
	case "who":
		return Who
	case "whom":
		return Whom
	case "where":
		return Where
	case "when":
		return When
	case "many":
		return HowMany
	case "how":
		return How
	case "why":
		return Why
	case "which", "what":
		// "which group attacked it", "which village they burnt" before or after the trigger: who, or what, is open.
		return Who
	}
	return 0
}

// name is the category of a cue with its words.
func (o *op) name(s *sentence) string {
	return categoryNames[o.category] + ": " + strings.Join(s.words[o.begin:o.end], " ")
}

package text

import "orbat/schema"

// This part of the stage of ties reads what stands beside a clause of who is with whom, and which places a command
// answers for.

// backedBy reads "with the support of X, Y retook", "with help from X, Y": X stands with Y.
func (d *doc) backedBy(s *sentence) {
	for i := range s.chunks {
		c := &s.chunks[i]
		if c.kind != cNoun || c.mention != nil || i == 0 || s.chunks[i-1].key != "with" && s.chunks[i-1].key != "thanks" ||
			i+3 >= len(s.chunks) || s.chunks[i+1].key != "of" && s.chunks[i+1].key != "from" || s.chunks[i+2].kind != cNoun {
			continue
		}
		switch s.words[c.head].key {
		case "support", "help", "backing", "assistance", "aid":
		default:
			continue
		}
		if hasWord(s.words, c.first, c.head, "no", "without", "any", "possible") || s.chunks[i+3].kind != cComma || i+4 >= len(s.chunks) {
			continue
		}
		with, who := d.tied(s, i+2, forces), d.tied(s, i+4, forces)
		st := d.stanceOf(s, c.head)
		if with == nil || who == nil || with == who || st.none || st.assertion != schema.Asserted {
			continue
		}
		d.say(s, Statement{
			Relation: "allied_with", From: End{Entity: with}, To: End{Entity: who}, Rule: "backed-by", Confidence: 75,
		}, st)
	}
}

// answersFor reads "the command is responsible for an area including A, B and C", "its area of operations covers A".
func (d *doc) answersFor(s *sentence) {
	for i := 1; i+2 < len(s.chunks); i++ {
		c := &s.chunks[i]
		if c.kind != cNoun || c.mention != nil || s.words[c.head].key != "responsible" || s.chunks[i+1].key != "for" ||
			s.chunks[i-1].kind != cVerb || s.chunks[i-1].verb != nil || !s.isBe(&s.chunks[i-1]) || s.chunks[i-1].negated ||
			s.chunks[i-1].modal {
			continue
		}
		subject := s.subjectOf(i - 1)
		st := d.stanceOf(s, s.chunks[i-1].main)
		if len(subject) != 1 || st.none || st.assertion != schema.Asserted {
			continue
		}
		who := d.tied(s, subject[0], forces)
		if who == nil || countryName(who) {
			continue
		}
		for _, j := range s.placesIn(i + 2) {
			if place := d.placeOf(s.chunks[j].mention); place != nil {
				d.say(s, Statement{
					Relation: "operates_in", From: End{Entity: who}, To: End{Entity: place}, Rule: "answers-for", Confidence: 80,
				}, st)
			}
		}
	}
}

// placesIn returns the places of the list that an area is said to include; nil: it is not said so.
func (s *sentence) placesIn(i int) []int {
	area := false
	for k := i; k < len(s.chunks) && k < i+8; k++ {
		c := &s.chunks[k]
		switch {
		case c.kind == cNoun && c.mention == nil:
			area = area || hasWord(s.words, c.first, c.last+1, "area", "areas", "region", "theatre", "theater", "waters", "zone")
		case c.kind == cAdverb, c.kind == cPrep && c.key != "including":
		case area && (c.key == "including" || c.kind == cVerb && c.gerund && c.verb != nil && (c.verb.lemma == "include" ||
			c.verb.lemma == "cover" || c.verb.lemma == "comprise")):
			return s.namesFrom(k + 1)
		default:
			return nil
		}
	}
	return nil
}

// spokeAt reads "General X said this in Kaduna", "told reporters in Abuja on Friday": where somebody was when he spoke.
func (d *doc) spokeAt(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) {
	if len(objects) != 1 || s.chunks[v].passive || s.chunks[v].negated {
		return
	}
	c := &s.chunks[objects[0]]
	switch head := s.words[c.head].key; {
	case c.mention != nil:
		return
	case c.first == c.last && (head == "this" || head == "that"):
	case head == "reporters" || head == "journalists" || head == "newsmen" || head == "correspondents":
	default:
		return
	}
	for _, a := range adjuncts {
		if a.prep == "in" || a.prep == "at" {
			d.was(s, subject, a, st)
		}
	}
}

package text

import (
	"orbat/schema"
)

// This part of the stage of belonging reads which states and groups are of an alliance or umbrella: "Australia and
// France are members of the coalition", "Coalition nations that conducted strikes include Jordan and Canada",
// "coalition members, including Turkey".

// membershipsOf reads the memberships that a list or an apposition of a sentence tells.
func (d *doc) membershipsOf(s *sentence) {
	for i := range s.chunks {
		c := &s.chunks[i]
		if c.kind != cNoun || c.mention != nil || c.pronoun || !isMembers(s.words[c.head].key) {
			continue
		}
		whole, at := d.wholeOf(s, i)
		if whole == nil {
			continue
		}
		if list := s.includedIn(i); len(list) > 0 {
			d.memberships(s, list, whole, "member-listed")
			continue
		}
		if at == 0 || i == 0 || s.words[c.head].key == "allies" {
			continue
		}
		subject, st := s.predicated(d, i)
		if st.none || st.assertion != schema.Asserted || hasWord(s.words, c.first, c.head, "former", "no", "other", "potential") {
			continue
		}
		d.memberships(s, subject, whole, "member-called") // "Jordan, a coalition partner, said"
	}
}

func (d *doc) memberships(s *sentence, list []int, whole *Entity, rule string) {
	for _, j := range list {
		m := s.chunks[j].mention
		if m == nil || s.chunks[j].last != m.Last || m.Type == "Person" {
			continue
		}
		who := d.actorOf(m)
		if who == nil || who == whole || who.Type != "Organisation" {
			continue
		}
		d.say(s, Statement{
			Relation: "member_of", From: End{Entity: who}, To: End{Entity: whole}, Rule: rule, Confidence: 80,
		}, plain())
	}
}

// isMembers reports whether a noun means the states, or groups, that something is made of.
func isMembers(key string) bool {
	switch key {
	case "members", "nations", "countries", "states", "partners", "allies", "contributors", "member", "partner":
		return true
	}
	return false
}

// wholeOf returns what the members that a phrase means are of, and where the phrase says so: 0 behind its head, 1
// within; nil: it says nothing.
func (d *doc) wholeOf(s *sentence, i int) (whole *Entity, at int) {
	c := &s.chunks[i]
	switch n := len(c.inner); {
	case n > 1:
		return nil, 0
	case n == 1:
		m := c.inner[0]
		if m.Last+1 != c.head && !(m.Last+2 == c.head && (s.words[c.head-1].key == "member" || s.words[c.head-1].key == "partner")) {
			return nil, 0
		}
		return d.umbrella(m), 1
	}
	for j := c.first; j < c.head && j >= c.head-2; j++ {
		if s.words[j].key == "coalition" && !ofParties(s.words, c.first, c.head) {
			return d.coalition(), 1
		}
	}
	if i+2 >= len(s.chunks) || s.chunks[i+1].key != "of" && s.chunks[i+1].key != "in" || s.chunks[i+2].kind != cNoun {
		return nil, 0
	}
	to := &s.chunks[i+2]
	if m := to.mention; m != nil {
		if to.last != m.Last {
			return nil, 0
		}
		return d.umbrella(m), 0
	}
	if s.words[to.head].key == "coalition" && to.definite {
		return d.coalition(), 0
	}
	return nil, 0
}

// umbrella returns the entity of a name that others are members of.
func (d *doc) umbrella(m *Mention) *Entity {
	if m.Country || m.Demonym || m.Entity == nil || m.Type != "Organisation" {
		return nil
	}
	return m.Entity
}

// includedIn returns the phrases that name some or all of those whom a phrase means: "nations that did so include A and
// B", "nations, including A and B", "nations such as A and B"; nil: none are named.
func (s *sentence) includedIn(i int) []int {
	chunks := s.chunks
	verbs := 0
	for k := i + 1; k < len(chunks); k++ {
		c := &chunks[k]
		switch c.kind {
		case cVerb:
			if c.verb == nil || c.verb.lemma != "include" && c.verb.lemma != "comprise" {
				if verbs++; verbs > 1 || !s.overRelative(i, k) {
					return nil
				}
				continue
			}
			if c.negated || c.modal || c.infinitive || c.passive {
				return nil
			}
			return s.namesFrom(k + 1)
		case cPrep:
			if c.key == "including" && k < i+5 && verbs == 0 {
				return s.namesFrom(k + 1)
			}
		case cAdverb:
			if k == i+2 && s.chunks[i+1].kind == cComma && (c.key == "especially" || c.key == "notably" || c.key == "particularly") {
				return s.namesFrom(k + 1) // "our coalition partners, especially Jordan"
			}
		case cMark, cSub, cConj:
			return nil
		default:
		}
	}
	return nil
}

// overRelative reports whether a verb stands in a relative clause, or is a participle, of the phrase at a chunk.
func (s *sentence) overRelative(i, v int) bool {
	if s.chunks[v].participle || s.chunks[v].gerund {
		return true
	}
	for k := i + 1; k < v; k++ {
		if s.chunks[k].kind == cRel {
			return s.chunks[k].key != "where" && s.chunks[k].key != "whose" && s.chunks[k].key != "whom"
		}
	}
	return false
}

// namesFrom returns the names of a list that begins at a chunk, to its end behind "and".
func (s *sentence) namesFrom(i int) (list []int) {
	for j := i; j >= 0 && j < len(s.chunks); j = nextOfList(s.chunks, j, 1) {
		m := s.chunks[j].mention
		if s.chunks[j].kind != cNoun || m == nil || s.chunks[j].last != m.Last || m.Demonym || m.Type == "Person" {
			break
		}
		list = append(list, j)
		if j > i && s.chunks[j-1].kind == cConj {
			break
		}
	}
	return list
}

// included returns the parties that a phrase for states or groups means, where the sentence names them.
func (d *doc) included(s *sentence, i int) (all []party) {
	c := &s.chunks[i]
	if c.mention != nil || c.kind != cNoun || !isMembers(s.words[c.head].key) || hasWord(s.words, c.first, c.head, "no", "other") {
		return nil
	}
	for _, j := range s.includedIn(i) {
		if who := d.actorOf(s.chunks[j].mention); who != nil {
			all = append(all, party{entity: who})
		}
	}
	return all
}

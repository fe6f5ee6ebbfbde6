package text

import (
	"strings"

	"orbat/schema"
)

// belongingOf reads who belongs to an organisation by what a noun says he is there: "X, an al-Qaida financier", "X, a
// bomb maker for the group", "members of the group, including X and Y"; and where a state or group has forces.
func (d *doc) belongingOf(s *sentence) {
	for i := range s.chunks {
		c := &s.chunks[i]
		if c.kind != cNoun || c.pronoun {
			continue
		}
		if c.mention == nil {
			d.servant(s, i)
		}
		if to := d.crowdOf(s, i); to != nil {
			for _, j := range s.namesOf(i) {
				d.member(s, s.chunks[j].mention, to, "member-of-crowd")
			}
		}
	}
	d.stations(s)
}

func (d *doc) member(s *sentence, who *Mention, to *Entity, rule string) {
	if who = person(who); who == nil || who.Entity == to {
		return
	}
	relation := "member_of"
	if to.Type == "Unit" {
		relation = "posted_to"
	}
	d.say(s, Statement{
		Relation: relation, From: End{Entity: who.Entity}, To: End{Entity: to}, Rule: rule, Confidence: 80,
	}, plain())
}

// servant reads what somebody is to an organisation that the phrase names, or that follows it.
func (d *doc) servant(s *sentence, i int) {
	c := &s.chunks[i]
	if !serves(&s.words[c.head]) || i == 0 || hasWord(s.words, c.first, c.head, "no", "former", "ex-", "any", "suspected", "alleged",
		"not", "other", "would-be", "accused", "convicted", "anti", "rival", "retired", "potential", "possible") {
		return
	}
	for j := c.first; j <= c.head; j++ {
		if _, last := postAt(s.words, j); last >= c.head {
			return // posts reads it
		}
	}
	subject, st := s.predicated(d, i)
	if len(subject) != 1 || st.none || st.assertion != schema.Asserted {
		return
	}
	var group *Mention
	if n := len(c.inner); n > 0 {
		group = c.inner[n-1]
		if next := group.Last + 1; next < c.head && (isPossessive(s.words, next) || s.words[next].Text == "-") {
			return
		}
	} else if i+2 < len(s.chunks) && (s.chunks[i+1].key == "for" || s.chunks[i+1].key == "with" || s.chunks[i+1].key == "of" &&
		!isAbout(&s.words[c.head])) && s.chunks[i+2].kind == cNoun {
		group = s.chunks[i+2].mention
		if group != nil && s.chunks[i+2].last != group.Last {
			return
		}
	}
	if group == nil || group.Entity == nil || group.Demonym || group.Country || group.Type != "Organisation" {
		return
	}
	if n := len(c.inner); n > 0 && !isArmed(group) {
		return // "an army contractor", "a Treasury critic": only who is of an armed group is called so
	}
	d.member(s, s.chunks[subject[0]].mention, group.Entity, "servant-of")
}

// isArmed reports whether a name is of those that the lists know as armed groups.
func isArmed(m *Mention) bool { return tables().names[m.surface].kind == "group" }

// serves reports whether a noun says what somebody does for others: it ends as such nouns do, and is none of those that
// say the contrary.
func serves(head *word) bool {
	if head.capital || head.mention != nil {
		return false
	}
	switch head.key {
	case "member", "officer", "soldier", "victim", "critic", "hostage", "prisoner", "captive", "opponent", "defector", "survivor",
		"scholar", "reporter", "lawyer", "hunter", "refugee", "dissident", "suspect", "number", "letter", "matter", "border",
		"quarter", "center", "winter", "summer", "corner", "river", "water", "power", "order", "paper", "other", "brother",
		"father", "mother", "sister", "daughter", "former", "event", "statement", "agreement", "element", "department",
		"government", "settlement", "detachment", "deployment", "document", "incident", "president", "resident", "opponents",
		"answer", "banner", "tanker", "fighter-bomber", "bunker", "helicopter", "launcher", "chapter", "shelter", "newsletter",
		"spokesman", "deserter", "negotiator", "attacker", "researcher", "writer", "author", "investigator", "prosecutor",
		"error", "terror", "sector", "factor", "doctor", "minister", "sponsor", "killer", "client", "patient", "percent",
		"moment", "accident", "intent", "content", "talent", "extent", "want", "plant", "grant", "restaurant", "commander":
		return false
	}
	for _, end := range []string{"er", "or", "ist", "ant", "ent", "ian", "man", "expert", "chief", "operative", "aide", "cook"} {
		if len(head.key) > len(end)+2 && strings.HasSuffix(head.key, end) || head.key == end {
			return true
		}
	}
	return false
}

// isAbout reports whether "of" behind a noun tells what it is about, not whose it is: "a supporter of".
func isAbout(head *word) bool {
	switch head.key {
	case "supporter", "follower", "founder", "leader", "organiser", "organizer", "planner":
		return false
	}
	return true
}

// crowdOf returns the organisation whose people a phrase counts: "three Hezbollah members", "members of Hezbollah";
// nil: it is none.
func (d *doc) crowdOf(s *sentence, i int) *Entity {
	c := &s.chunks[i]
	if c.mention != nil {
		return nil
	}
	head := &s.words[c.head]
	switch head.key {
	case "members", "fighters", "militants", "operatives", "leaders", "commanders", "militiamen", "gunmen", "insurgents", "agents",
		"soldiers", "officers", "facilitators", "terrorists":
	default:
		return nil
	}
	if hasWord(s.words, c.first, c.head, "suspected", "alleged", "former", "no", "any") {
		return nil
	}
	var m *Mention
	if n := len(c.inner); n > 0 {
		m = c.inner[n-1]
		if m.Last+2 < c.head {
			return nil
		}
	} else if owner := d.ownerOf(s, i); owner != nil && owner.Type == "Organisation" && !countryName(owner) {
		return owner
	} else if i+2 < len(s.chunks) && s.chunks[i+1].key == "of" && s.chunks[i+2].kind == cNoun {
		m = s.chunks[i+2].mention
		if m != nil && s.chunks[i+2].last != m.Last {
			return nil
		}
	}
	if m == nil || m.Entity == nil || m.Demonym || m.Country || m.Type != "Organisation" && m.Type != "Unit" {
		return nil
	}
	return m.Entity
}

// namesOf returns the people who are named of those that a phrase counts: ", including X and Y", ", X and Y,".
func (s *sentence) namesOf(i int) []int {
	c := &s.chunks[i]
	k := i + 1
	if k+1 < len(s.chunks) && s.chunks[k].key == "of" {
		k += 2
	}
	if k+1 >= len(s.chunks) {
		return nil
	}
	named := false
	if s.chunks[k].kind == cComma {
		k++
		named = c.number > 0
	}
	switch {
	case s.chunks[k].kind == cVerb && s.chunks[k].participle && s.chunks[k].verb != nil &&
		k+1 < len(s.chunks) && s.chunks[k+1].key == "as" &&
		(s.chunks[k].verb.lemma == "identify" || s.chunks[k].verb.lemma == "name"):
		k += 2
	case s.chunks[k].key == "including" || s.words[s.chunks[k].first].key == "including":
		k, named = k+1, false
	case s.chunks[k].kind == cVerb && s.chunks[k].gerund && s.chunks[k].verb != nil && s.chunks[k].verb.lemma == "include":
		k, named = k+1, false
	case !named:
		return nil
	}
	if k >= len(s.chunks) || s.chunks[k].kind != cNoun || person(s.chunks[k].mention) == nil {
		return nil
	}
	var people []int
	list := []int{k}
	for j := nextOfList(s.chunks, k, 1); j >= 0 && j < k+8; j = nextOfList(s.chunks, j, 1) {
		list = append(list, j)
		if s.chunks[j-1].kind == cConj {
			break
		}
	}
	for _, j := range list {
		if person(s.chunks[j].mention) == nil || s.chunks[j].last != s.chunks[j].mention.Last {
			break
		}
		people = append(people, j)
	}
	if named && len(people) != c.number {
		return nil // not those who were counted
	}
	return people
}

// stations reads "the group has fighters in X", "troops of the brigade are stationed in X".
func (d *doc) stations(s *sentence) {
	for v := range s.chunks {
		c := &s.chunks[v]
		if c.kind != cVerb || c.verb != nil || c.main < 0 || !s.words[c.main].is(have) || c.negated || c.modal || v+3 >= len(s.chunks) ||
			s.chunks[v+1].kind != cNoun || s.chunks[v+1].mention != nil || s.chunks[v+2].key != "in" || s.chunks[v+3].mention == nil {
			continue
		}
		switch s.words[s.chunks[v+1].head].key {
		case "forces", "troops", "soldiers", "fighters", "militants":
		default:
			continue
		}
		place := d.placeOf(s.chunks[v+3].mention)
		subject := s.subjectOf(v)
		st := d.stanceOf(s, c.main)
		if place == nil || len(subject) != 1 || st.none || st.assertion != schema.Asserted {
			continue
		}
		if who := d.tied(s, subject[0], forces); who != nil {
			d.say(s, Statement{
				Relation: "operates_in", From: End{Entity: who}, To: End{Entity: place}, Rule: "has-forces-in", Confidence: 80,
			}, st)
		}
	}
}

// named returns the name that a phrase has, or stands for: "he", "it".
func (d *doc) named(s *sentence, i int) *Mention {
	c := &s.chunks[i]
	if !c.pronoun {
		return c.mention
	}
	switch s.words[c.first].key {
	case "he", "she", "him", "her":
		return d.onlyPerson(s, c.first)
	case "it":
		return d.lastSubject(s, c.first)
	case "they":
		return d.sayer(s, i)
	}
	return nil
}

// sayer returns the force that says of itself what a clause tells: "the brigade said that they had begun".
func (d *doc) sayer(s *sentence, i int) *Mention {
	if i < 2 || s.chunks[0].kind != cNoun || s.chunks[0].mention == nil || s.chunks[1].kind != cVerb || s.chunks[1].passive ||
		s.chunks[1].verb == nil || s.chunks[1].verb.attrs["speech"] != "asserted" || i > 3 || i == 3 && s.chunks[2].kind != cSub {
		return nil
	}
	if m := s.chunks[0].mention; m.Entity != nil && (m.Type == "Unit" || m.Type == "Organisation") && !m.Country {
		return m
	}
	return nil
}

// onlyPerson returns the one person whom a sentence names before a word, or where it names none the sentence before;
// nil: there are several, or somebody of whom nobody knows what he is.
func (d *doc) onlyPerson(s *sentence, before int) *Mention {
	for at := s.at; at >= 0 && at >= s.at-1; at-- {
		if d.sentences[at].Heading || d.sentences[at].Dateline || d.sentences[at].part != s.part {
			return nil
		}
		words := d.words[at]
		if at == s.at {
			words = words[:before]
		}
		var found *Mention
		for i := range words {
			m := words[i].mention
			if m == nil || m.First != i {
				continue
			}
			switch {
			case m.Type == "" || m.Type == "Person" && m.Entity == nil:
				return nil
			case m.Type != "Person":
			case found != nil && found.Entity != m.Entity:
				return nil
			default:
				found = m
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// lastSubject returns the unit or organisation that the sentence before is about: its first phrase, and the only one of
// these kinds that it names.
func (d *doc) lastSubject(s *sentence, before int) *Mention {
	if before > 1 || !d.continues(s) || d.sentences[s.at-1].Heading || d.sentences[s.at-1].Dateline {
		return nil
	}
	var found *Mention
	words := d.words[s.at-1]
	for i := range words {
		m := words[i].mention
		if m == nil || m.First != i {
			continue
		}
		switch m.Type {
		case "Unit", "Organisation":
			if found != nil && found.Entity != m.Entity || found == nil && m.First > 1 {
				return nil
			}
			found = m
		case "", "Equipment", "Operation":
			return nil
		}
	}
	if found == nil || found.Entity == nil {
		return nil
	}
	return found
}

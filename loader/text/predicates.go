package text

import (
	"strings"

	"orbat/schema"
)

// predicate is what a noun says of somebody that it is said of: "part of the 5th Brigade", "an ally of Hezbollah".
type predicate struct {
	relation string
	preps    string // between it and the other end
	from, to string // the types of the ends
}

const forces = "Unit Organisation"

// predicates are the nouns, and adjectives, that tell a relation.
var predicates = map[string]predicate{
	"part":        {"subordinate_to", "of", forces, forces},
	"component":   {"subordinate_to", "of", forces, forces},
	"element":     {"subordinate_to", "of", forces, forces},
	"subunit":     {"subordinate_to", "of", forces, forces},
	"wing":        {"subordinate_to", "of", forces, forces},
	"arm":         {"subordinate_to", "of", forces, forces},
	"branch":      {"subordinate_to", "of", forces, forces},
	"subsidiary":  {"subordinate_to", "of", forces, forces},
	"unit":        {"subordinate_to", "of", forces, forces},
	"subordinate": {"subordinate_to", "to", forces, forces},
	"member":      {"member_of", "of", "Person Organisation", "Organisation"},
	"members":     {"member_of", "of", "Person Organisation", "Organisation"},
	"figure":      {"member_of", "in,within,of", "Person", "Organisation"},
	"operative":   {"member_of", "of,for", "Person", "Organisation"},
	"fighter":     {"member_of", "of,for,with", "Person", "Organisation"},
	"militant":    {"member_of", "of,with", "Person", "Organisation"},
	"ally":        {"allied_with", "of", forces, forces},
	"allies":      {"allied_with", "of", forces, forces},
	"partner":     {"allied_with", "of", forces, forces},
	"partners":    {"allied_with", "of", forces, forces},
	"enemy":       {"opposes", "of", forces, forces},
	"enemies":     {"opposes", "of", forces, forces},
	"foe":         {"opposes", "of", forces, forces},
	"rival":       {"opposes", "of,to", forces, forces},
	"rivals":      {"opposes", "of,to", forces, forces},
	"opponent":    {"opposes", "of", forces, forces},
	"active":      {"operates_in", "in", forces, "Location"},
	"soldier":     {"posted_to", "in,of,with,from", "Person", "Unit"},
	"medic":       {"posted_to", "in,of,with,from", "Person", "Unit"},
	"pilot":       {"posted_to", "in,of,with,from", "Person", "Unit"},
	"officer":     {"posted_to", "in,of,with,from", "Person", "Unit"},
	"sailor":      {"posted_to", "in,of,with,from", "Person", "Unit"},
	"marine":      {"posted_to", "in,of,with,from", "Person", "Unit"},
	"sniper":      {"posted_to", "in,of,with,from", "Person", "Unit"},
	"gunner":      {"posted_to", "in,of,with,from", "Person", "Unit"},
	"engineer":    {"posted_to", "in,of,with,from", "Person", "Unit"},
	"specialist":  {"posted_to", "in,of,with,from", "Person", "Unit"},
	"paratrooper": {"posted_to", "in,of,with,from", "Person", "Unit"},
	"technician":  {"posted_to", "in,of,with,from", "Person", "Unit"},
}

// predicatesOf reads what is said of somebody by a noun, between commas or behind "is", and what stands beside a name
// without one: "Sergeant X of the 5th Brigade", "the Kaduna-based 5th Brigade".
func (d *doc) predicatesOf(s *sentence) {
	for i := range s.chunks {
		c := &s.chunks[i]
		if c.kind != cNoun {
			continue
		}
		if c.mention == nil && !c.pronoun {
			d.predicate(s, i)
			d.struggle(s, i)
		}
		if m := c.mention; m != nil && m.Type == "Person" && i+2 < len(s.chunks) && c.last == m.Last {
			d.belongs(s, i)
		}
	}
	d.headquarters(s)
}

func (d *doc) predicate(s *sentence, i int) {
	c := &s.chunks[i]
	head := &s.words[c.head]
	p, ok := predicates[head.key]
	place := !ok && head.is(placeNoun) && head.key != "area" && head.key != "border"
	if place {
		p = predicate{"within", "in,of", "Location", "Location"}
	}
	if !ok && !place || i == 0 || hasWord(s.words, c.first, c.head, "no", "former", "ex-", "any", "suspected", "alleged",
		"not", "other") {
		return
	}
	for j := c.first; j <= c.head; j++ {
		if _, last := postAt(s.words, j); last > j {
			return // "commanding officer": posts reads it
		}
	}
	if p.relation == "member_of" && (head.key == "member" || head.key == "operative") && s.chunks[i-1].kind == cComma &&
		i > 1 && person(s.chunks[i-2].mention) != nil {
		return // posts reads it
	}
	var objects []int
	if i+2 < len(s.chunks) && s.chunks[i+1].kind == cPrep && s.chunks[i+2].kind == cNoun &&
		strings.Contains(","+p.preps+",", ","+s.chunks[i+1].key+",") {
		objects, _ = s.listFrom(i + 2)
		if place && i+4 < len(s.chunks) && isDirection(s.words[s.chunks[i+2].head].key) && s.chunks[i+3].key == "of" {
			objects, _ = s.listFrom(i + 4) // "a city in the south of Sudan"
		}
	} else if n := len(c.inner); n > 0 && (p.relation == "allied_with" || p.relation == "opposes") {
		// none: "Iran's ally" is read from the phrase that follows it
		return
	}
	subject, st := s.predicated(d, i)
	if len(subject) == 0 || st.none || st.assertion != schema.Asserted {
		return
	}
	if len(objects) == 0 {
		if len(subject) == 2 && (head.key == "enemies" || head.key == "rivals" || head.key == "allies" || head.key == "partners") {
			d.tie(s, p.relation, subject[0], subject[1], [2]string{p.from, p.to}, st) // "A and B are enemies"
		}
		return
	}
	for _, j := range objects {
		m := s.chunks[j].mention
		if m == nil && p.relation == "member_of" && len(d.partiesAt(s, j)) == 1 {
			continue // "members of the coalition"
		}
		if m == nil || s.chunks[j].last != m.Last || m.Demonym {
			return
		}
		if p.relation == "within" && (!isLarger(m) || len(objects) > 1) {
			return
		}
	}
	for _, x := range subject {
		m := s.chunks[x].mention
		if m == nil || p.relation == "within" && (m.Type != "Location" || m.Country) {
			continue
		}
		for _, j := range objects {
			if p.relation == "within" {
				d.within(s, m, s.chunks[j].mention, "place-noun", 85)
				continue
			}
			d.tie(s, p.relation, x, j, [2]string{p.from, p.to}, st)
		}
	}
}

// predicated returns what a phrase without a name is said of: what stands before the comma, or before "is".
func (s *sentence) predicated(d *doc, i int) ([]int, stance) {
	before := &s.chunks[i-1]
	switch {
	case before.kind == cComma && i >= 2 && s.chunks[i-2].kind == cNoun && s.chunks[i-2].mention != nil:
		j := i - 2
		if j >= 1 && s.chunks[j-1].kind == cConj {
			return nil, stance{none: true} // "A and B, a part of": one of them, or both
		}
		return []int{j}, plain()
	case before.kind == cVerb && before.verb == nil && s.isBe(before) && !before.negated && !before.modal:
		if key := s.words[before.main].key; key == "was" || key == "were" || key == "been" &&
			!hasWord(s.words, before.first, before.main, "has", "have") {
			return nil, stance{none: true} // until when is not said
		}
		return s.subjectOf(i - 1), d.stanceOf(s, before.main)
	}
	return nil, stance{none: true}
}

// isBe reports whether a verb group is a form of "be" alone.
func (s *sentence) isBe(c *chunk) bool {
	return c.main >= 0 && s.words[c.main].is(be)
}

// belongs reads "Sergeant X of the 5th Brigade", "Captain X, 3rd Battalion,": where somebody with a rank serves.
func (d *doc) belongs(s *sentence, i int) {
	m := s.chunks[i].mention
	next, to := &s.chunks[i+1], &s.chunks[i+2]
	if m.Rank == "" || m.Entity == nil || to.kind != cNoun || to.mention == nil || to.mention.Entity == nil ||
		to.mention.Type != "Unit" && !isService(to.mention) {
		return
	}
	if to.first < to.mention.First-1 || to.number > 0 && to.mention.First > to.first {
		return
	}
	switch {
	case next.key == "of" || next.key == "from" || next.key == "with":
	case next.kind == cComma && (i+3 >= len(s.chunks) || s.chunks[i+3].kind == cComma || s.chunks[i+3].kind == cMark):
		if i > 0 && s.words[s.chunks[i].first].mention == m && i >= 2 && s.chunks[i-1].kind == cComma && s.chunks[i-2].mention != nil {
			return // a list, or the commander of what stands before
		}
	default:
		return
	}
	relation := "posted_to"
	if to.mention.Type == "Organisation" {
		if next.kind == cComma {
			return
		}
		relation = "member_of"
	}
	d.say(s, Statement{
		Relation: relation, From: End{Entity: m.Entity}, To: End{Entity: to.mention.Entity}, Rule: "person-of-unit",
		Confidence: 80,
	}, plain())
}

// isService reports whether a name is of an armed service, in which people with ranks are: "the Nigerian Army".
func isService(m *Mention) bool {
	if m.Type != "Organisation" || m.Country || m.Demonym {
		return false
	}
	switch lastWord(m.surface) {
	case "army", "navy", "force", "forces", "police", "guard", "gendarmerie", "corps":
		return true
	}
	return false
}

// headquarters reads "the 5th Brigade has its headquarters in Kaduna", "the headquarters of the 5th Brigade is in
// Kaduna", "the Kaduna-based 5th Brigade".
func (d *doc) headquarters(s *sentence) {
	at := func(i int) *Mention {
		if i >= 0 && i < len(s.chunks) && s.chunks[i].kind == cNoun {
			return s.chunks[i].mention
		}
		return nil
	}
	say := func(unit, place *Mention) {
		if unit == nil || place == nil || unit.Entity == nil || unit.Type != "Unit" && unit.Type != "Organisation" ||
			d.placeOf(place) == nil {
			return
		}
		d.say(s, Statement{
			Relation: "based_at", From: End{Entity: unit.Entity}, To: End{Entity: place.Entity}, Rule: "headquarters", Confidence: 85,
		}, plain())
	}
	for i := range s.chunks {
		c := &s.chunks[i]
		if c.kind != cNoun || c.mention != nil {
			continue
		}
		switch s.words[c.head].key {
		case "headquarters", "headquarter", "hq", "base":
		default:
			continue
		}
		switch {
		case len(c.inner) > 0 && c.inner[len(c.inner)-1].Last+1 < c.head && isPossessive(s.words, c.inner[len(c.inner)-1].Last+1) &&
			c.inner[len(c.inner)-1].Last+2 == c.head && i+3 < len(s.chunks) && s.chunks[i+1].kind == cVerb && s.isBe(&s.chunks[i+1]) &&
			s.chunks[i+1].verb == nil && !s.chunks[i+1].negated && (s.chunks[i+2].key == "in" || s.chunks[i+2].key == "at"):
			say(c.inner[len(c.inner)-1], at(i+3))
		case i >= 2 && s.words[c.first].key == "its" && s.chunks[i-1].kind == cVerb && s.words[s.chunks[i-1].main].is(have) &&
			!s.chunks[i-1].negated && !s.chunks[i-1].modal && i+2 < len(s.chunks) && (s.chunks[i+1].key == "in" ||
			s.chunks[i+1].key == "at"):
			if subject := s.subjectOf(i - 1); len(subject) == 1 {
				say(at(subject[0]), at(i+2))
			}
		case s.words[c.head].key != "base" && i+5 < len(s.chunks) && s.chunks[i+1].key == "of" &&
			s.chunks[i+3].kind == cVerb && s.isBe(&s.chunks[i+3]) &&
			s.chunks[i+3].verb == nil && !s.chunks[i+3].negated && (s.chunks[i+4].key == "in" || s.chunks[i+4].key == "at"):
			say(at(i+2), at(i+5))
		}
	}
}

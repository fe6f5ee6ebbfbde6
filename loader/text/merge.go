package text

import (
	"strings"

	"orbat/schema"
)

// merge makes the entities of mentions: one for each type and name as law 6 compares names. A name without a type is
// what the document calls so elsewhere; a surname alone means the one person of the document who bears it, an
// abbreviation in brackets the name before it. Where two may be meant, none is.
func (d *doc) merge() {
	bySurname := map[string][]*Entity{}
	types := map[string]string{} // of names, by what is told elsewhere; "": several
	for _, m := range d.mentions {
		if m.Type == "" {
			continue
		}
		name := schema.NormalName(m.surface)
		if known, ok := types[name]; ok && known != m.Type {
			types[name] = ""
		} else {
			types[name] = m.Type
		}
	}
	for _, m := range d.mentions {
		if m.Type == "" && len(strings.Fields(m.Name)) > 1 {
			m.Type = types[schema.NormalName(m.surface)]
		}
		switch {
		case m.Type == "", m.Type == "Person" && len(strings.Fields(m.Name)) < 2 && !m.known:
			continue
		}
		m.Entity = d.entity(m.Type, m.Name)
		if m.Type == "Person" {
			words := strings.Fields(m.Name)
			for _, surname := range surnames(words) {
				if list := bySurname[surname]; len(list) == 0 || list[len(list)-1] != m.Entity {
					bySurname[surname] = append(list, m.Entity)
				}
			}
			if m.Entity.Rank == "" {
				m.Entity.Rank = m.Rank
			}
		}
	}
	d.abbreviations()
	for _, m := range d.mentions {
		if m.Entity != nil || m.Demonym || m.Type != "" && m.Type != "Person" {
			continue
		}
		name := schema.NormalName(m.Name)
		if who := bySurname[name]; len(who) == 1 {
			m.Entity, m.Type = who[0], "Person"
		} else if t := types[schema.NormalName(m.surface)]; t != "" && t != "Person" {
			m.Type, m.Entity = t, d.entity(t, m.Name)
		}
	}
	for _, m := range d.mentions {
		if m.Entity != nil {
			m.Entity.form(m.surface)
			if m.Rank != "" {
				if m.Entity.ranks == nil {
					m.Entity.ranks = map[string]bool{}
				}
				m.Entity.ranks[normalRank(m.Rank)] = false
			}
		}
	}
}

// surnames returns what a person may be called by alone: the last name, and with its particle (al-Muhajir, Muhajir).
func surnames(words []string) []string {
	if len(words) < 2 {
		return nil
	}
	last := schema.NormalName(words[len(words)-1])
	names := []string{last}
	if particle, rest, found := strings.Cut(last, "-"); found && len(particle) <= 3 {
		names = append(names, rest)
	} else if before := schema.NormalName(words[len(words)-2]); len(before) <= 3 && len(words) > 2 {
		names = append(names, before+" "+last)
	}
	return names
}

// entity returns the document's entity of a type and name.
func (d *doc) entity(kind, name string) *Entity {
	key := kind + "/" + schema.NormalName(name)
	e := d.entities[key]
	if e == nil {
		e = &Entity{Name: name, Type: kind, at: len(d.order)}
		d.entities[key] = e
		d.order = append(d.order, e)
	}
	return e
}

// form notes how a document writes a name.
func (e *Entity) form(form string) {
	if e.forms[form] {
		return
	}
	if e.forms == nil {
		e.forms = map[string]bool{}
	}
	e.forms[form] = true
	e.Forms = append(e.Forms, form)
}

// abbreviations finds names in brackets behind the names that they stand for: "Syrian Democratic Forces (SDF)", or
// between commas: "Syrian Democratic Forces, SDF,". From then on, and before, they are these.
func (d *doc) abbreviations() {
	short := map[string]*Mention{}
	for i := 1; i < len(d.mentions); i++ {
		m, long := d.mentions[i], d.mentions[i-1]
		if m.Sentence != long.Sentence || long.Entity == nil || m.First != m.Last {
			continue
		}
		words := d.words[m.Sentence]
		if owned := m.First == long.Last+3 && isPossessive(words, long.Last+1); m.Last+1 >= len(words) ||
			m.First != long.Last+2 && !owned || !isAcronym(m.surface, long.surface) && !isBlend(m.surface, long.surface) {
			continue
		}
		before, after := words[m.First-1].Text, words[m.Last+1].Text
		if (before != "(" || after != ")") && (before != "," || after != "," && after != "." || !isCapitals(m.surface) ||
			len(m.surface) < 3 || initials(long.surface) != m.surface) { // "the Union of Teachers, UT,": all of them
			continue
		}
		short[m.surface] = long
	}
	if len(short) == 0 {
		return
	}
	for _, m := range d.mentions {
		if long := short[m.surface]; long != nil {
			m.Entity, m.Type, m.Country = long.Entity, long.Type, long.Country
		}
	}
}

// isBlend reports whether a word in capitals is made of the beginnings of a name's words: NAVCENT of Naval Forces
// Central Command.
func isBlend(short, long string) bool {
	if len(short) < 5 || !isCapitals(short) {
		return false
	}
	rest := toLower(short)
	for word := range strings.FieldsSeq(toLower(long)) {
		n := 0
		for n < len(rest) && n < len(word) && rest[n] == word[n] {
			n++
		}
		if n > 1 {
			rest = rest[n:]
		}
	}
	return rest == ""
}

// initials returns the capitals of a name.
func initials(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isAcronym reports whether a word is capitals that a name has in this order.
func isAcronym(short, long string) bool {
	at := 0
	n := 0
	for _, r := range short {
		if r < 'A' || r > 'Z' {
			continue
		}
		n++
		i := strings.IndexRune(long[at:], r)
		if i < 0 {
			return false
		}
		at += i + 1
	}
	return n > 1
}

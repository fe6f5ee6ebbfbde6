package text

import "strings"

// party is whom a noun phrase stands for.
type party struct {
	entity *Entity
	number int // of people or pieces, where they are counted
	low    int
	high   int
	part   bool // some of it, not all: soldiers of an army
}

// actorOf returns the entity of a mention as one that acts: of a country its state.
func (d *doc) actorOf(m *Mention) *Entity {
	if m.Country || m.Demonym {
		if m.actor == nil && m.known && m.Country {
			m.actor = d.entity("Organisation", m.Name)
			m.actor.form(m.surface)
		}
		return m.actor
	}
	if m.Entity == nil || m.Type == "Location" || m.Type == "Operation" {
		return nil
	}
	return m.Entity
}

// placeOf returns the entity of a mention as a place; nil: it is none.
func (d *doc) placeOf(m *Mention) *Entity {
	if m.Demonym || m.Type != "Location" {
		return nil
	}
	return m.Entity
}

// partiesAt returns whom the noun phrase at a chunk stands for: what it names, those of a name ("Boko Haram fighters",
// "troops of 7 Division"), or what the document called so before.
func (d *doc) partiesAt(s *sentence, i int) []party {
	c := &s.chunks[i]
	if c.kind != cNoun {
		return nil
	}
	if c.pronoun {
		if m := d.named(s, i); m != nil && m.Entity != nil {
			return []party{{entity: m.Entity}}
		}
		return nil
	}
	p := party{number: c.number, low: c.low, high: c.high}
	if m := s.placeNamed(i); m != nil && d.placeOf(m) != nil {
		p.entity, p.number, p.low, p.high = m.Entity, 0, 0, 0
		return []party{p}
	}
	if m := c.mention; m != nil {
		if m.Type == "Location" && !m.Country {
			if e := d.placeOf(m); e != nil {
				p.entity = e
				return []party{p}
			}
			return nil
		}
		if p.entity = d.actorOf(m); p.entity != nil {
			return []party{p}
		}
		return nil
	}
	head := &s.words[c.head]
	if all := d.included(s, i); len(all) > 0 {
		return all
	}
	crowd := isCrowd(head)
	if (head.key == "coalition" || crowd && hasWord(s.words, c.first, c.head, "coalition")) && (c.definite || crowd) &&
		!ofParties(s.words, c.first, c.head) {
		if p.entity = d.coalition(); p.entity != nil {
			p.part = crowd
			return []party{p}
		}
	}
	if n := len(c.inner); n > 0 {
		m := c.inner[n-1]
		if !crowd && !head.is(equipmentNoun) && head.key != "military" || m.Last+4 < c.head ||
			hasWord(s.words, m.Last+1, c.head, "'s", "’s") && !crowd {
			return nil
		}
		switch {
		case m.Country && isSoldier(head):
			if p.entity = d.forceOf(m); p.entity == nil {
				return nil
			}
		case m.Country && !head.is(equipmentNoun) && head.key != "forces" && head.key != "force":
			return nil // its people are not the state
		case m.Type == "Person" || m.Type == "Location" && !m.Country || m.Type == "Operation":
			return nil
		case m.Type == "Equipment":
			p.entity = m.Entity
		default:
			p.entity = d.actorOf(m)
		}
		p.part = true
		if p.entity == nil {
			return nil
		}
		if isSoldier(head) {
			d.soldiers = p.entity
		}
		return []party{p}
	}
	if crowd && i+2 < len(s.chunks) && (s.chunks[i+1].key == "of" || s.chunks[i+1].key == "from") && s.chunks[i+2].kind == cNoun {
		list, _ := s.listFrom(i + 2)
		var all []party
		for _, j := range list {
			if m := s.chunks[j].mention; m != nil && m.Type != "Person" && m.Type != "Location" {
				if e := d.actorOf(m); e != nil {
					all = append(all, party{entity: e, number: c.number, low: c.low, high: c.high, part: true})
				}
			}
		}
		if len(all) == 1 && isSoldier(head) {
			d.soldiers = all[0].entity
		}
		if len(all) > 1 {
			for k := range all {
				all[k].number, all[k].low, all[k].high = 0, 0, 0
			}
		}
		return all
	}
	if crowd && len(c.inner) == 0 && i+3 < len(s.chunks) && s.chunks[i+1].gerund && s.chunks[i+1].verb != nil &&
		s.chunks[i+1].verb.lemma == "belong" && s.chunks[i+2].key == "to" && s.chunks[i+3].kind == cNoun {
		if m := s.chunks[i+3].mention; m != nil && m.Type != "Person" && m.Type != "Location" && d.actorOf(m) != nil {
			p.entity, p.part = d.actorOf(m), true
			return []party{p}
		}
	}
	if m := s.calledBy(i); m != nil {
		return []party{{entity: m.Entity}}
	}
	if crowd {
		if e := d.ownerOf(s, i); e != nil {
			p.entity, p.part = e, true
			return []party{p}
		}
	}
	if e := d.nominal(s, c); e != nil {
		p.entity, p.part = e, crowd
		return []party{p}
	}
	return nil
}

// placeNamed returns the place that a phrase without a name is called by: "the village of X".
func (s *sentence) placeNamed(i int) *Mention {
	c := &s.chunks[i]
	if c.mention != nil || !s.words[c.head].is(placeNoun) || s.words[c.head].capital || len(c.inner) > 0 && !c.inner[0].Demonym ||
		i+2 >= len(s.chunks) || s.chunks[i+1].key != "of" || c.number > 1 {
		return nil
	}
	switch s.words[c.head].key {
	case "city", "town", "village", "district", "province", "region", "governorate", "state", "neighbourhood", "neighborhood",
		"suburb", "county", "island", "port", "hamlet", "settlement", "township":
	default:
		return nil // "the outskirts of", "the border of"
	}
	if m := s.chunks[i+2].mention; m != nil && m.isPlace() && !m.Demonym && s.chunks[i+2].last == m.Last {
		return m
	}
	return nil
}

// ofParties reports whether the words before a coalition say that it is of political parties, or is not one.
func ofParties(words []word, from, to int) bool {
	return hasWord(words, from, to, "anti-coalition", "opposition", "ruling", "political")
}

func hasWord(words []word, from, to int, keys ...string) bool {
	for i := from; i < to && i < len(words); i++ {
		for _, k := range keys {
			if words[i].key == k {
				return true
			}
		}
	}
	return false
}

// isCrowd reports whether a noun means several who act for whoever qualifies them.
func isCrowd(head *word) bool {
	switch head.key {
	case "troops", "soldiers", "forces", "fighters", "militants", "insurgents", "terrorists", "gunmen", "rebels",
		"men", "members", "elements",
		"operatives", "militiamen", "jihadists", "extremists", "troop", "soldier", "fighter", "militant", "insurgent", "terrorist",
		"gunman",
		"rebel", "jets", "planes", "warplanes", "aircraft", "drones", "police", "policemen", "officers", "personnel", "commandos",
		"marines",
		"sailors", "airmen", "guards", "paramilitaries", "army", "navy", "force", "artillery", "supporters", "protesters", "bandits",
		"suspects", "extremist", "jihadist", "militiaman", "guerrillas", "fighter-jets", "helicopters", "units", "positions", "targets",
		"bases", "camps",
		"strongholds", "hideouts", "mercenaries", "mercenary", "contractors", "paratroopers", "snipers", "sniper", "agents", "pirates",
		"cadres", "separatists", "partisans", "assailants", "attackers", "warships", "gunboats", "gunships", "helicopter",
		"warplane", "jet",
		"drone", "camp", "base", "stronghold", "hideout", "position", "headquarters", "outpost", "outposts", "unit", "squad", "patrol",
		"patrols", "convoy", "convoys", "bunker", "bunkers", "checkpoint", "checkpoints", "tanks", "battery", "batteries",
		"depot", "depots", "leaders", "commanders", "facilitators", "networks", "cadre",
		"cell", "cells", "columns", "column", "vehicles", "vehicle", "boats", "boat", "suspect", "suspected", "guerrilla", "combatants",
		"recruits", "hackers", "kidnappers", "bombers", "ships", "vessels":
		return true
	}
	return false
}

func isSoldier(head *word) bool {
	switch head.key {
	case "troops", "soldiers", "soldier", "troop", "personnel", "airmen", "sailors", "marines", "commandos":
		return true
	}
	return false
}

// forceOf returns the armed force of a country that a document names; with none, or several, the country's forces are
// nobody of a name.
func (d *doc) forceOf(m *Mention) *Entity {
	var found *Entity
	for _, e := range d.order {
		if e.Type != "Organisation" || !strings.HasSuffix(strings.ToLower(e.Name), " army") {
			continue
		}
		first, _, _ := strings.Cut(e.Name, " ")
		if first == m.surface || first == m.Name || m.Name == "United States" && first == "US" {
			if found != nil {
				return nil
			}
			found = e
		}
	}
	return found
}

// nominal returns what a definite phrase without a name stands for, where only one can be meant: "the terrorists" of a
// document that names one armed group, "the army" where one was named.
func (d *doc) nominal(s *sentence, c *chunk) *Entity {
	head := &s.words[c.head]
	if !c.definite && !(c.number > 0 && isArmedGroup(head.key)) {
		return nil
	}
	switch {
	case isArmedGroup(head.key) || head.key == "group" || head.key == "organization" || head.key == "organisation" ||
		head.key == "sect":
		return d.onlyGroup()
	case head.key == "troops" || head.key == "soldiers":
		return d.soldiers
	case head.key == "army" || head.key == "military" || head.key == "navy" || head.key == "coalition":
		if c.last-c.first > 1 {
			return nil
		}
		return d.lastEnding(head.key)
	}
	return nil
}

func isArmedGroup(key string) bool {
	switch key {
	case "terrorists", "insurgents", "militants", "rebels", "jihadists", "extremists", "terrorist", "insurgent":
		return true
	}
	return false
}

// onlyGroup returns the one armed group that a document names; nil: it names none, or several.
func (d *doc) onlyGroup() *Entity {
	var found *Entity
	for _, m := range d.mentions {
		if !m.known || m.Entity == nil || tables().names[m.surface].kind != "group" {
			continue
		}
		if found != nil && found != m.Entity {
			return nil
		}
		found = m.Entity
	}
	return found
}

// coalition returns whom "the coalition" means: the one of a name, or who is called so alone; nil: several may be
// meant.
func (d *doc) coalition() *Entity {
	var found *Entity
	for _, e := range d.order {
		if name := toLower(e.Name); e.Type == "Organisation" && (name == "coalition" || strings.HasSuffix(name, " coalition")) {
			if found != nil && found != e {
				return nil
			}
			found = e
		}
	}
	if found == nil {
		found = d.entity("Organisation", "coalition")
		found.form("coalition")
	}
	return found
}

func (d *doc) lastEnding(word string) *Entity {
	var found *Entity
	for _, e := range d.order {
		if e.Type == "Organisation" && strings.HasSuffix(strings.ToLower(e.Name), " "+word) {
			if found != nil {
				return nil
			}
			found = e
		}
	}
	return found
}

// shortlyNamed returns the organisation that words mean by the end of its name alone, "the Front" of the Free Highland
// Front, or by its branch, "the defence ministry" of the Ministry of Defence; nil: the document names none, or several.
func (d *doc) shortlyNamed(words []word, begin, end int) *Entity {
	for i := begin; i < end && i < len(words); i++ {
		w := &words[i]
		switch {
		case w.key == "ministry" && !w.capital:
			of := ""
			if i > 0 && !words[i-1].is(determiner) && words[i-1].mention == nil {
				of = words[i-1].key
			}
			return d.ministry(of)
		case w.capital && i > 0 && words[i-1].key == "the" && (w.mention == nil || w.mention.Entity == nil &&
			w.mention.First == w.mention.Last):
			if e := d.lastEnding(w.key); e != nil {
				return e
			}
		}
	}
	return nil
}

// ministry returns the one ministry that a document names, of a branch where that is not empty.
func (d *doc) ministry(of string) *Entity {
	of = strings.Replace(of, "defense", "defence", 1)
	var found *Entity
	for _, e := range d.order {
		name := " " + strings.ReplaceAll(toLower(e.Name), "defense", "defence") + " "
		if e.Type != "Organisation" || !strings.Contains(name, " ministry ") || !strings.Contains(name, " "+of) {
			continue
		}
		if found != nil {
			return nil
		}
		found = e
	}
	return found
}

// isBody reports whether words stand for a body, not for somebody: "the army", "the defence ministry".
func isBody(words []word, begin, end int) bool {
	for i := begin; i < end && i < len(words); i++ {
		if words[i].is(groupNoun | forceNoun) {
			return true
		}
	}
	return false
}

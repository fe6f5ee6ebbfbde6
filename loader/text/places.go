package text

import "strings"

// placesOf reads which place lies in which: "Damboa, Borno State", "Manbij in Syria", "the Iraqi city of Mosul".
func (d *doc) placesOf(s *sentence) {
	words := s.words
	for i := range words {
		m := words[i].mention
		if m == nil || i != m.Last || m.Type != "Location" || m.Country || m.Demonym || m.Entity == nil {
			continue
		}
		if larger := d.largerAfter(words, i); larger != nil {
			d.within(s, m, larger, "place-comma", 90)
			continue
		}
		if larger := d.otherParts(words, i); larger != nil {
			d.within(s, m, larger, "place-and-others", 80)
			continue
		}
		// "the Iraqi city of Mosul"
		if m.First >= 3 && words[m.First-1].key == "of" && words[m.First-2].is(placeNoun) {
			if c := words[m.First-3].mention; c != nil && c.Demonym && c.Country {
				d.within(s, m, c, "place-demonym", 90)
			}
		}
		if c := placeIn(words, i, m); c != nil && !followsForce(words, m) {
			d.within(s, m, c, "place-in", 80)
		}
	}
}

// unitsOf reads what stands beside the name of a unit: "3rd Battalion of the 5th Brigade", "the 5th Fleet's Task Force
// 50", "27 Brigade, Buni-Yadi".
func (d *doc) unitsOf(s *sentence) {
	words := s.words
	at := func(i int) *Mention {
		if i < len(words) && words[i].mention != nil && words[i].mention.First == i {
			return words[i].mention
		}
		return nil
	}
	for i := range words {
		m := words[i].mention
		if m == nil || i != m.Last || m.Entity == nil || m.Type != "Unit" && m.Type != "Organisation" {
			continue
		}
		next := i + 1
		if next < len(words) && isPossessive(words, next) {
			next++
			if next+2 < len(words) && words[next].Text == "(" && words[next+2].Text == ")" {
				next += 3
			}
			if part := at(next); part != nil && part.Type == "Unit" && part.Entity != nil && m.Type == "Unit" {
				d.under(s, part, m, "unit-possessor")
			}
			continue
		}
		if m.Type != "Unit" || next+1 >= len(words) {
			continue
		}
		switch words[next].key {
		case "of":
			if words[next+1].key == "the" {
				next++
			}
			whole := at(next + 1)
			switch {
			case whole == nil || whole.Entity == nil:
			case whole.Type == "Operation":
				d.say(s, Statement{
					Relation: "attached_to", From: End{Entity: m.Entity}, To: End{Entity: whole.Entity},
					Rule: "unit-of-operation", Confidence: 85,
				}, plain())
			case whole.Type == "Unit" || whole.Type == "Organisation":
				d.under(s, m, whole, "unit-of")
			}
		default:
			if words[next].Text == "," {
				next++
			}
			place := at(next)
			if place == nil || !place.isPlace() || place.Country || place.Demonym || place.Entity == nil ||
				isLarger(place) {
				continue
			}
			if after := place.Last + 1; after < len(words) && !words[after].isPunctuation() &&
				words[after].key != "located" {
				continue
			}
			d.say(s, Statement{
				Relation: "based_at", From: End{Entity: m.Entity}, To: End{Entity: place.Entity}, Rule: "unit-place", Confidence: 80,
			}, plain())
		}
	}
}

func (d *doc) under(s *sentence, part, whole *Mention, rule string) {
	d.say(s, Statement{
		Relation: "subordinate_to", From: End{Entity: part.Entity}, To: End{Entity: whole.Entity}, Rule: rule, Confidence: 85,
	}, plain())
}

// placeIn returns the place that a name is told to lie in, right behind it: "X in Y State", "X village in Y", "X, in
// Y", "X Museum in Y".
func placeIn(words []word, i int, m *Mention) *Mention {
	j := i + 1
	at := func(k int) string {
		if k < len(words) {
			return words[k].key
		}
		return ""
	}
	comma := false
	switch {
	case j < len(words) && words[j].is(placeNoun) && !words[j].capital:
		j++
	case at(j) == ",":
		comma = true
		j++
	}
	of := at(j) == "of"
	if at(j) != "in" && !(of && isLarger(m)) || of && comma {
		return nil
	}
	j++
	for at(j) == "the" {
		j++
	}
	if isDirection(at(j)) && at(j+1) == "of" {
		j += 2 // "in the south of Sudan"
	}
	if j >= len(words) || words[j].mention == nil {
		return nil
	}
	c := words[j].mention
	if c.First != j || c.Type != "Location" || c.Demonym || c.Entity == m.Entity || m.Country ||
		isLarger(m) && !isLarger(c) || !isLarger(c) && !isFacility(lastWord(m.surface)) || comma && !isLarger(c) {
		return nil
	}
	if k := c.Last + 1; k < len(words) && isPossessive(words, k) {
		return nil
	}
	return c
}

// otherParts returns the place of which a name is one part of several: "X and other parts of Y State".
func (d *doc) otherParts(words []word, i int) *Mention {
	if i+4 >= len(words) || words[i+1].key != "and" || words[i+2].key != "other" {
		return nil
	}
	j := i + 3
	switch words[j].key {
	case "parts", "areas", "towns", "cities", "villages", "places", "districts", "communities", "locations":
	default:
		return nil
	}
	if j++; words[j].key != "of" && words[j].key != "in" || j+1 >= len(words) || words[j+1].mention == nil {
		return nil
	}
	if m := words[j+1].mention; m.First == j+1 && m.Type == "Location" && !m.Demonym && isLarger(m) {
		return m
	}
	return nil
}

// isDirection reports whether a word names a side of what follows it.
func isDirection(key string) bool {
	switch key {
	case "north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "north-east", "north-west", "south-east",
		"south-west", "centre", "center", "heart", "interior":
		return true
	}
	return false
}

// isFacility reports whether what is called by a word lies in a town or city.
func isFacility(key string) bool {
	switch key {
	case "museum", "barracks", "prison", "hospital", "university", "airport", "airfield", "hotel", "mosque", "church", "cathedral",
		"embassy", "stadium", "market", "square", "street", "neighbourhood", "neighborhood", "cemetery", "cantonment", "school":
		return true
	}
	return false
}

// followsForce reports whether a name belongs to somebody rather than being where something is.
func followsForce(words []word, m *Mention) bool {
	return m.First > 0 && words[m.First-1].key == "from"
}

// largerAfter returns the place behind a comma, where it is of those that others lie in.
func (d *doc) largerAfter(words []word, i int) *Mention {
	if i+2 >= len(words) || words[i+1].Text != "," || words[i+2].mention == nil {
		return nil
	}
	larger := words[i+2].mention
	if larger.First != i+2 || larger.Demonym || larger.Type != "Location" || !isLarger(larger) {
		return nil
	}
	if words[i].mention.Type == "Location" && isLarger(words[i].mention) && !larger.Country {
		return nil
	}
	if j := larger.Last + 1; j < len(words) && (isPossessive(words, j) || speech(&words[j])) {
		return nil // "in Damascus, Syria's government met", "he flew to Ankara, Turkey said"
	}
	if j := larger.Last + 1; j+1 < len(words) && words[j].Text == "," && !larger.Country && words[j+1].mention != nil &&
		words[j+1].mention.First == j+1 && words[j+1].mention.isPlace() && !words[j+1].mention.Country &&
		isRegionWord(lastWord(larger.surface)) == isRegionWord(lastWord(words[j+1].mention.surface)) &&
		!isRegionWord(lastWord(larger.surface)) {
		return nil // "Kaduna, Kebbi, Zamfara": a list
	}
	// A list: "Syria, Iraq and Libya".
	if j := larger.Last + 1; j < len(words) && (words[j].key == "and" || words[j].key == "or") && j+1 < len(words) &&
		words[j+1].mention != nil &&
		words[j+1].mention.Type == "Location" {
		return nil
	}
	return larger
}

// isLarger reports whether other places lie in one: a country, or what is called a state, province, district.
func isLarger(m *Mention) bool {
	if m.Country {
		return true
	}
	n, ok := tables().names[m.surface]
	if ok && (n.kind == "region" || n.kind == "country") {
		return true
	}
	if first, rest, found := strings.Cut(m.surface, " "); found {
		if tables().names[rest].kind == "country" || tables().names[first].kind == "country" && lastWord(rest) == "republic" {
			return true // "northern Iraq", "Niger Republic"
		}
	}
	return isRegionWord(lastWord(m.surface))
}

func lastWord(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == ' ' {
			return toLower(name[i+1:])
		}
	}
	return toLower(name)
}

func toLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (d *doc) within(s *sentence, small, large *Mention, rule string, confidence int) {
	place := large.Entity
	if large.Demonym {
		place = d.entity("Location", large.Name)
		place.form(large.surface)
	}
	if place == nil || small.Entity == place {
		return
	}
	d.say(s, Statement{
		Relation: "within", From: End{Entity: small.Entity}, To: End{Entity: place}, Rule: rule,
		Confidence: confidence,
	}, plain())
}

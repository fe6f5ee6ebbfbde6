package text

// This stage tells, for a verb of a sentence, who does and what it is done to, and where and when.

// nextOfList returns the next phrase of a list, over a comma or "and", forwards or backwards; -1: it does not go on.
func nextOfList(chunks []chunk, i, step int) int {
	j := i + step
	commas := 0
	for j >= 0 && j < len(chunks) && (chunks[j].kind == cComma || chunks[j].kind == cConj && chunks[j].key != "but") {
		commas++
		j += step
	}
	if commas == 0 || commas > 2 || j < 0 || j >= len(chunks) || chunks[j].kind != cNoun {
		return -1
	}
	return j
}

// subjectOf returns the chunks of the noun phrases that a verb is said of, the nearest first; nil: there are none, or
// they are not plain.
func (s *sentence) subjectOf(v int) []int {
	chunks := s.chunks
	if chunks[v].coordinated {
		for p := v - 1; p >= 0 && p >= v-4; p-- {
			if chunks[p].kind == cVerb {
				return s.subjectOf(p)
			}
		}
	}
	i := s.overDates(v)
	if i < 0 {
		return nil
	}
	if rel := s.overClause(v); rel >= 0 { // "drones that were harassed last week were deployed"
		return s.antecedent(rel)
	}
	switch chunks[i].kind {
	case cRel:
		return s.antecedent(i)
	case cNoun, cDate:
		if chunks[v].participle && s.isEventNoun(&chunks[i]) {
			return []int{i} // "in an operation conducted by"
		}
		return s.subjectAt(i)
	case cConj:
		// "attacked the village and killed two": who did the one did the other.
		if other := s.verbBefore(i); other >= 0 && !chunks[v].participle && (!chunks[v].gerund ||
			chunks[other].gerund && !chunks[other].participle) {
			return s.subjectOf(other)
		}
	case cComma:
		if chunks[v].participle && i >= 1 { // "General X, captured in May, was"
			return s.described(i - 1)
		}
		for open := s.insertion(i); open >= 0; open = s.insertionBefore(open, i) {
			if subject := s.subjectAt(open - 1); subject != nil {
				return subject
			}
		}
	default:
	}
	return nil
}

// described returns the phrase that a participle between commas is said of: the one before it, or a person of whom that
// one says where he belongs.
func (s *sentence) described(i int) []int {
	chunks := s.chunks
	if chunks[i].kind != cNoun || chunks[i].pronoun {
		return nil
	}
	for i >= 2 && chunks[i-1].kind == cPrep && chunks[i-2].kind == cNoun && (chunks[i-2].mention != nil &&
		chunks[i-2].mention.Type == "Person" ||
		s.isEventNoun(&chunks[i-2])) {
		i -= 2
	}
	if i >= 1 && chunks[i-1].kind == cPrep {
		return nil
	}
	return []int{i}
}

// overClause returns the relative pronoun of a clause that stands, without commas, between a verb and its subject; -1:
// none does.
func (s *sentence) overClause(v int) int {
	if c := &s.chunks[v]; c.participle || c.gerund || c.infinitive {
		return -1
	}
	verbs := 0
	for j := v - 1; j >= 0; j-- {
		switch c := &s.chunks[j]; c.kind {
		case cVerb:
			if !c.participle && !c.gerund && !c.infinitive {
				verbs++
			}
		case cRel:
			if verbs == 1 {
				return j
			}
			return -1
		case cSub, cMark, cComma, cConj:
			return -1
		default:
		}
	}
	return -1
}

// antecedent returns the phrase that a relative pronoun stands for.
func (s *sentence) antecedent(rel int) []int {
	chunks := s.chunks
	i := rel - 1
	if i >= 0 && chunks[i].kind == cComma {
		i--
	}
	if i < 0 || chunks[i].kind != cNoun || chunks[rel].key == "where" || chunks[rel].key == "whose" ||
		chunks[rel].key == "whom" {
		if i < 0 || chunks[i].kind != cDate || chunks[rel].key == "where" {
			return nil
		}
	}
	// "the attack on Friday that killed", "a leader of the group who": the head, where the nearest cannot be meant.
	for i >= 2 && chunks[i-1].kind == cPrep && (chunks[i-2].kind == cNoun) {
		near := &chunks[i]
		who := chunks[rel].key == "who"
		switch {
		case near.kind == cDate, who && !s.isPerson(near), !who && near.mention != nil &&
			near.mention.Type == "Location" && s.isEventNoun(&chunks[i-2]),
			!who && near.mention != nil && near.mention.Type == "Person":
			i -= 2
			continue
		}
		break
	}
	if chunks[i].kind != cNoun {
		return nil
	}
	return []int{i}
}

// isPostHead reports whether a phrase without a name says what somebody is: "commander".
func (s *sentence) isPostHead(i int) bool {
	c := &s.chunks[i]
	return c.mention == nil && s.words[c.head].is(personNoun|titleNoun)
}

func (s *sentence) isPerson(c *chunk) bool {
	if c.mention != nil {
		return c.mention.Type == "Person" || c.mention.Type == ""
	}
	return s.words[c.head].is(personNoun | titleNoun)
}

func (s *sentence) isEventNoun(c *chunk) bool {
	return c.kind == cNoun && c.mention == nil && s.words[c.head].is(eventNoun)
}

// subjectAt walks from the phrase before a verb to the head of the subject: over the phrases that belong to it, and
// over insertions between commas.
func (s *sentence) subjectAt(i int) []int {
	chunks := s.chunks
	for i >= 0 {
		if i >= 2 && chunks[i-1].kind == cPrep && chunks[i-2].kind == cNoun && (chunks[i].kind == cNoun ||
			chunks[i].kind == cDate) {
			i -= 2
			continue
		}
		if chunks[i].kind == cDate && i >= 1 && chunks[i-1].kind == cNoun {
			i--
			continue
		}
		if i >= 3 && chunks[i-1].key == "to" && chunks[i-2].gerund && chunks[i-2].verb != nil && chunks[i-2].verb.lemma == "belong" &&
			chunks[i-3].kind == cNoun {
			i -= 3 // "vehicles belonging to the brigade"
			continue
		}
		if i >= 3 && chunks[i-1].key == "by" && chunks[i-2].participle && chunks[i-3].kind == cNoun {
			i -= 3 // "a bomb planted by the group"
			continue
		}
		break
	}
	if i < 0 || chunks[i].kind != cNoun || i >= 1 && chunks[i-1].kind == cPrep {
		return nil
	}
	if i >= 1 && chunks[i-1].kind == cVerb && !chunks[i-1].participle && (chunks[i-1].verb == nil ||
		chunks[i-1].verb.attrs["speech"] == "") {
		return nil // it is that verb's object
	}
	if i >= 1 && chunks[i-1].kind == cVerb &&
		chunks[i-1].participle { // "the men killed in the raid were": whose they are
		return s.subjectAt(i - 2)
	}
	list := []int{i}
	if i >= 2 && chunks[i-1].kind == cComma && chunks[i-2].kind == cNoun && s.isPostHead(i-2) && i >= 4 && chunks[i-3].kind == cComma {
		return s.subjectAt(i - 4) // "General X, commander, Central Command met": nobody closed it
	}
	for j := nextOfList(chunks, i, -1); j >= 0; j = nextOfList(chunks, j, -1) {
		k := j
		for k >= 2 && chunks[k-1].kind == cPrep && chunks[k-2].kind == cNoun {
			k -= 2
		}
		if k >= 1 && chunks[k-1].kind == cPrep || k >= 1 && chunks[k-1].kind == cVerb {
			break // "in Syria, troops": what stands before is no subject
		}
		list = append(list, k)
		j = k
	}
	return list
}

// insertion returns the comma that opens what the comma at i closes: an apposition or a relative clause behind a noun
// phrase. -1: it closes none.
func (s *sentence) insertion(i int) int { return s.insertionBefore(i, i) }

// insertionBefore is insertion for a comma further on than one that was tried: an insertion may have commas of its own.
func (s *sentence) insertionBefore(from, i int) int {
	chunks := s.chunks
	for j := from - 1; j >= 1; j-- {
		switch chunks[j].kind {
		case cMark, cSub:
			return -1
		case cComma:
			if chunks[j-1].kind != cNoun || j+1 >= i {
				return -1
			}
			first := &chunks[j+1]
			if first.kind == cRel || (first.kind == cNoun || first.kind == cPrep || first.kind == cDate) && !s.hasVerb(j+1, i) ||
				first.kind == cVerb && (first.participle || first.gerund && first.verb != nil && first.verb.lemma == "include") {
				return j
			}
			return -1
		default:
		}
	}
	return -1
}

func (s *sentence) hasVerb(from, to int) bool {
	for i := from; i < to; i++ {
		if s.chunks[i].kind == cVerb && !s.chunks[i].participle {
			return true
		}
	}
	return false
}

// verbBefore returns the verb before a conjunction, of the same clause; -1: there is none.
func (s *sentence) verbBefore(i int) int {
	for j := i - 1; j >= 0; j-- {
		switch s.chunks[j].kind {
		case cVerb:
			return j
		case cMark, cSub, cRel:
			return -1
		default:
		}
	}
	return -1
}

// objectsOf returns the noun phrases behind a verb that it is done to, and the first chunk behind them.
func (s *sentence) objectsOf(v int) (objects []int, next int) {
	chunks := s.chunks
	i := v + 1
	for i < len(chunks) && (chunks[i].kind == cAdverb || chunks[i].kind == cDate) {
		i++
	}
	if w := nextVerb(chunks, v); w >= 0 && (chunks[w].verb.attrs["object"] != "" || chunks[w].verb.attrs["relation"] != "") {
		if more, after := s.objectsOf(w); len(more) > 0 { // "killed and injured residents"
			return more, after
		}
	}
	if i >= len(chunks) || chunks[i].kind != cNoun {
		return nil, v + 1
	}
	return s.listFrom(i)
}

// listFrom returns the phrases of a list that begins at a chunk, each by its head, and the first chunk behind them.
func (s *sentence) listFrom(i int) (list []int, next int) {
	chunks := s.chunks
	list = []int{i}
	next = i + 1
	for {
		j := nextOfList(chunks, next-1, 1)
		if j < 0 || j+1 < len(chunks) && chunks[j+1].kind == cVerb && !chunks[j+1].participle && !chunks[j+1].gerund {
			return list, next // what follows has a verb of its own
		}
		if chunks[next].kind == cComma && (chunks[j].mention == nil) != (chunks[i].mention == nil) &&
			s.isAppositive(j) {
			return list, next
		}
		list = append(list, j)
		next = j + 1
	}
}

// isAppositive reports whether a phrase says who or what the one before is.
func (s *sentence) isAppositive(j int) bool {
	c := &s.chunks[j]
	first := &s.words[c.first]
	return c.mention == nil && (first.key == "a" || first.key == "an" || first.key == "the") &&
		s.words[c.head].is(personNoun|groupNoun|titleNoun|placeNoun)
}

// adjunct is a phrase that says where, when, by whom, with what.
type adjunct struct {
	prep  string
	chunk int
	more  bool // of the list that the one before begins: "in Rawa and Ana"
}

// isParticleWord reports whether a word may belong to the verb before it.
func isParticleWord(key string) bool {
	return key == "out" || key == "up" || key == "off" || key == "down" || key == "over"
}

// arePlaces reports whether two phrases of a list name places, and the second is no subject.
func (s *sentence) arePlaces(i, j int) bool {
	a, b := s.chunks[i].mention, s.chunks[j].mention
	if a == nil || b == nil || !a.isPlace() || !b.isPlace() || s.chunks[j-1].kind != cConj {
		return false
	}
	return j+1 >= len(s.chunks) || s.chunks[j+1].kind != cVerb || s.chunks[j+1].gerund
}

// pairFrom returns the phrases of a list behind "between", over the last of which a verb may follow.
func (s *sentence) pairFrom(i int) []int {
	list := []int{i}
	for j := nextOfList(s.chunks, i, 1); j >= 0; j = nextOfList(s.chunks, j, 1) {
		list = append(list, j)
		if s.chunks[j-1].kind == cConj {
			break
		}
	}
	return list
}

// adjunctsFrom returns the phrases with prepositions, and the dates, from a chunk on, up to where the clause ends.
func (s *sentence) adjunctsFrom(i int) (found []adjunct) {
	chunks := s.chunks
	for i < len(chunks) {
		switch c := &chunks[i]; c.kind {
		case cPrep:
			if isParticleWord(c.key) && i+1 < len(chunks) && chunks[i+1].kind == cPrep {
				i++ // "broke out in"
				continue
			}
			if i+1 >= len(chunks) || chunks[i+1].kind != cNoun && chunks[i+1].kind != cDate {
				return found
			}
			found = append(found, adjunct{prep: c.key, chunk: i + 1})
			i += 2
			for j := nextOfList(chunks, i-1, 1); j == i+1 && s.arePlaces(i-1, j); j = nextOfList(chunks, i-1, 1) {
				found = append(found, adjunct{c.key, j, true})
				i = j + 1
			}
			continue
		case cDate:
			found = append(found, adjunct{prep: "on", chunk: i})
		case cAdverb:
		case cComma:
			if i+1 >= len(chunks) {
				return found
			}
			next := &chunks[i+1]
			if next.kind == cNoun && s.isAppositive(i+1) {
				j := i + 2
				for j < len(chunks) && (chunks[j].kind == cPrep || chunks[j].kind == cNoun) {
					j++
				}
				if j < len(chunks) && chunks[j].kind == cComma {
					i = j // "in Nyanya, a suburb of Abuja, on"
					continue
				}
			}
			switch {
			case next.kind == cDate:
			case next.kind == cNoun && next.mention != nil && next.mention.isPlace() && (i+2 >= len(chunks) ||
				chunks[i+2].kind != cVerb):
				found = append(found, adjunct{prep: ",", chunk: i + 1})
				i += 2
				continue
			case next.kind == cPrep && i+2 < len(chunks) && (chunks[i+2].kind == cDate || chunks[i+2].kind == cNoun &&
				chunks[i+2].mention != nil) && next.key != "according":
			default:
				return found
			}
		default:
			return found
		}
		i++
	}
	return found
}

func (m *Mention) isPlace() bool { return m.Type == "Location" }

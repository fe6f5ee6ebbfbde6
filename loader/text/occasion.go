package text

import "slices"

// This part of the stage of clauses tells what stands before a verb of where and when: "On Friday, in Bama, troops
// killed", "troops on Friday killed", "troops, Tuesday, killed".

// occasion reads what stands before a verb of where and when its event was.
func (d *doc) occasion(s *sentence, e *Event, v int, subject []int, st stance) {
	for i := v - 1; i > s.overDates(v); i-- {
		if s.chunks[i].kind == cDate {
			d.dated(s, e, s.dateAt(s.chunks[i].first), st, "event-date")
		}
	}
	if i := v - 1; i > 0 && s.chunks[i].kind == cComma {
		if open := s.insertion(i); open >= 0 && (s.chunks[open+1].kind == cPrep || s.chunks[open+1].kind == cDate) {
			for j := open + 1; j < i; j++ { // "troops, on patrol on Friday, killed"
				if s.chunks[j].kind == cDate && (s.chunks[j-1].kind != cPrep || isWhen(s.chunks[j-1].key)) {
					d.dated(s, e, s.dateAt(s.chunks[j].first), st, "event-date")
				}
			}
		}
	}
	if len(subject) == 0 {
		return
	}
	if first := slices.Min(subject); first < v {
		d.adjoin(s, e, s.leading(first), st, "", false)
	}
}

// overDates returns the chunk before a verb that is neither a date nor an adverb; -1: there is none.
func (s *sentence) overDates(v int) int {
	chunks := s.chunks
	i := v - 1
	for i >= 0 && (chunks[i].kind == cAdverb || chunks[i].kind == cDate && (i == 0 || chunks[i-1].kind != cPrep)) {
		i--
	}
	j := i
	for j > 1 && chunks[j].kind == cDate && isWhen(chunks[j-1].key) {
		j -= 2
	}
	if j >= 0 && chunks[j].kind == cComma {
		return j // "the brigade, Bama, on Friday attacked"
	}
	return i
}

// isWhen reports whether a preposition says of what happened on a day that it did.
func isWhen(key string) bool {
	switch key {
	case "on", "in", "during", "late", "early", "at":
		return true
	}
	return false
}

// leading returns the phrases before a subject, at the beginning of its clause: "On Friday, in Bama, troops killed".
func (s *sentence) leading(subject int) (found []adjunct) {
	chunks := s.chunks
	i := 0
	for i < subject && chunks[i].kind == cMark {
		i++
	}
	for i < subject {
		switch c := &chunks[i]; c.kind {
		case cPrep:
			if i+1 >= subject || chunks[i+1].kind != cNoun && chunks[i+1].kind != cDate {
				return found
			}
			if c.key != "by" { // "despite the push by the army, rebels killed"
				found = append(found, adjunct{prep: c.key, chunk: i + 1})
			}
			i++
		case cDate:
			found = append(found, adjunct{prep: "on", chunk: i})
		case cComma, cAdverb:
			if i > 0 && c.kind == cComma && i+1 < subject && chunks[i+1].kind == cNoun &&
				chunks[i+1].mention != nil && chunks[i+1].mention.isPlace() {
				found = append(found, adjunct{prep: ",", chunk: i + 1})
				i++
			}
		default:
			return found
		}
		i++
	}
	return found
}

func (s *sentence) leadingOf(subject []int) []adjunct {
	if len(subject) == 0 {
		return nil
	}
	return s.leading(subject[len(subject)-1])
}

package text

import "strings"

// This part of the stage of events tells which event a definite noun names again.

// maxApart is within how many sentences a definite noun names an event again.
const maxApart = 6

// sameEvent returns the event that a definite noun names again: the last of its kind that the document told of, unless
// something that is said of the one is not so of the other.
func (d *doc) sameEvent(s *sentence, i int, kind string, adjuncts []adjunct) *Event {
	c := &s.chunks[i]
	if !c.definite || c.number > 0 || strings.HasSuffix(s.words[c.head].key, "s") || hasWord(s.words, c.first, c.head,
		"last", "latest",
		"previous", "earlier", "first", "second", "third", "next", "other", "new", "recent", "separate", "similar", "fresh",
		"another", "final",
		"initial", "original", "deadliest", "biggest", "worst") {
		return nil // one of several
	}
	if e := d.namedAlike(s, s.words[c.head].key, kind); e != nil && d.agrees(s, e, adjuncts) {
		return e
	}
	for k := len(d.events) - 1; k >= 0; k-- {
		e := d.events[k]
		if s.at-e.Sentence > maxApart {
			return nil
		}
		if !e.named || !compatibleKinds(e.Kind, kind) || isPlural(lastWord(e.trigger)) {
			continue
		}
		if head := s.words[c.head].key; (head == "operation" || head == "offensive" || head == "campaign") &&
			lastWord(e.trigger) != head {
			continue
		}
		if !d.agrees(s, e, adjuncts) {
			return nil
		}
		return e
	}
	return nil
}

// namedAlike returns the last event that was told by the verb of a noun, or by the noun: of "the attack" that which
// "attacked" told; nil: none was.
func (d *doc) namedAlike(s *sentence, noun, kind string) *Event {
	stem := strings.TrimSuffix(noun, "ing")
	if len(stem) < 4 {
		return nil
	}
	for k := len(d.events) - 1; k >= 0 && s.at-d.events[k].Sentence <= maxApart; k-- {
		e := d.events[k]
		if word := lastWord(e.trigger); e.named && compatibleKinds(e.Kind, kind) && strings.HasPrefix(word, stem) && !isPlural(word) {
			return e
		}
	}
	return nil
}

// agrees reports whether nothing that is said beside a noun is otherwise of an event.
func (d *doc) agrees(s *sentence, e *Event, adjuncts []adjunct) bool {
	for _, a := range adjuncts {
		ch := &s.chunks[a.chunk]
		if ch.kind == cDate {
			if date := s.dateAt(ch.first); date != nil && e.date != "" && date.value != e.date {
				return false
			}
		}
		if m := ch.mention; m != nil && m.isPlace() && (a.prep == "in" || a.prep == "at" || a.prep == "near" ||
			a.prep == "on") && len(e.places) > 0 &&
			!containsEntity(e.places, m.Entity) && !m.Country {
			return false
		}
	}
	return true
}

// isPlural reports whether a noun means several events, of which a definite singular is none.
func isPlural(key string) bool {
	switch key {
	case "strikes", "airstrikes", "attacks", "raids", "clashes", "killings", "operations", "bombings", "arrests", "abductions":
		return true
	}
	return false
}

func compatibleKinds(a, b string) bool {
	if a == b {
		return true
	}
	violent := func(k string) bool { return k == "strike" || k == "incident" || k == "engagement" || k == "raid" }
	return violent(a) && violent(b)
}

package text

import (
	"slices"
	"strings"

	"orbat/schema"
)

// This part of the stage of events reads deeds that take several words to tell.

// isDeed reports whether the noun of an event is made of a verb, so that "of" tells whom it befell: "the bombing of".
func (s *sentence) isDeed(e *Event) bool {
	head := lastWord(e.trigger)
	return strings.HasSuffix(head, "ing") || head == "bombardment" || head == "invasion"
}

// wordAfter returns the word behind a verb.
func (s *sentence) wordAfter(v int) string {
	if i := s.chunks[v].last + 1; i < len(s.words) {
		return s.words[i].key
	}
	return ""
}

// isResult reports whether a phrase is a word that says what became of somebody: "shot dead", "taken hostage".
func (s *sentence) isResult(i int) bool {
	c := &s.chunks[i]
	if c.kind != cNoun || c.first != c.last || c.mention != nil {
		return false
	}
	switch s.words[c.first].key {
	case "dead", "hostage", "prisoner", "captive", "alive", "unconscious":
		return true
	}
	return false
}

// fires reads "fired rockets at the town", "opened fire on the patrol", "dropped bombs on": who attacked whom or where,
// and with what.
func (d *doc) fires(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) bool {
	c := &s.chunks[v]
	if c.passive || c.gerund || len(objects) == 0 {
		return false
	}
	object := &s.chunks[objects[0]]
	head := &s.words[object.head]
	if head.key != "fire" && !head.is(equipmentNoun) && (object.mention == nil || object.mention.Type != "Equipment") ||
		(head.key == "fire") != (c.verb.lemma == "open") || s.events[objects[0]] != nil {
		return false
	}
	at := -1
	for k, a := range adjuncts {
		switch a.prep {
		case "at", "on", "into", "toward", "towards", "against":
			if at < 0 && s.chunks[a.chunk].kind == cNoun && s.events[a.chunk] == nil {
				at = k
			}
		}
	}
	if at < 0 {
		return false
	}
	e := d.event(s, "strike", c.main, object.last)
	s.events[v] = e
	d.agentsOrMeans(s, e, subject, st, "fires-at")
	if m := object.mention; m != nil && m.Type == "Equipment" {
		d.used(s, e, m.Entity, object.number, st, "fires-at")
	}
	list, _ := s.listFrom(adjuncts[at].chunk)
	d.targets(s, e, list, "targeted", st, "fires-at")
	d.adjoin(s, e, slices.Delete(slices.Clone(adjuncts), at, at+1), st, "", false)
	d.occasion(s, e, v, subject, st)
	return true
}

// takesHostage reads "took X hostage", "were taken prisoner by".
func (d *doc) takesHostage(s *sentence, v int, subject, objects []int, st stance) bool {
	c := &s.chunks[v]
	victims := objects
	after := v + 1
	if c.passive {
		victims = subject
		if c.participle && victims == nil || after >= len(s.chunks) || !s.isResult(after) {
			return false
		}
	} else if len(objects) > 0 {
		if after = objects[len(objects)-1] + 1; after >= len(s.chunks) || !s.isResult(after) {
			last := &s.chunks[after-1]
			if head := s.words[last.head].key; last.mention != nil || last.first == last.last || head != "hostage" && head != "prisoner" {
				return false
			}
			after--
		}
	}
	if len(victims) == 0 {
		return false
	}
	e := d.event(s, "capture", c.main, c.main)
	s.events[v] = e
	for _, j := range victims {
		if n := s.chunks[j].inner; s.chunks[j].mention == nil && len(n) > 0 && n[len(n)-1].Type == "Person" && n[len(n)-1].Entity != nil {
			d.befell(s, e, party{entity: n[len(n)-1].Entity}, "captured", st, "taken", 80)
			continue
		}
		for _, p := range d.partiesAt(s, j) {
			d.befell(s, e, p, "captured", st, "taken", 80)
		}
	}
	if !c.passive {
		d.agentsOrMeans(s, e, subject, st, "taken")
	}
	d.adjoin(s, e, s.adjunctsFrom(after+1), st, "", false)
	d.occasion(s, e, v, subject, st)
	return true
}

// responsible reads "X claimed responsibility for the attack", "X is responsible for the attack".
func (d *doc) responsible(s *sentence, i int) {
	c := &s.chunks[i]
	if c.kind != cNoun || c.mention != nil || i+2 >= len(s.chunks) || s.chunks[i+1].key != "for" {
		return
	}
	event := i + 2
	for event+1 < len(s.chunks) && event < i+4 && s.events[event] == nil && (s.chunks[event].kind == cDate || s.chunks[event].first ==
		s.chunks[event].last && s.words[s.chunks[event].first].is(determiner)) {
		event++ // "for the Tuesday attack"
	}
	e := s.events[event]
	if e != nil && s.words[c.head].key == "responsibility" {
		d.claimedBy(s, event, e)
	}
	if i == 0 {
		return
	}
	v := i - 1
	if e == nil || s.chunks[v].kind != cVerb || s.chunks[v].negated || s.chunks[v].modal || s.chunks[v].infinitive {
		return
	}
	verb := &s.chunks[v]
	switch head := s.words[c.head].key; {
	case head == "responsibility" && verb.verb != nil && !verb.passive && (verb.verb.lemma == "claim" || verb.verb.lemma == "accept" ||
		verb.verb.lemma == "take" || verb.verb.lemma == "admit" || verb.verb.lemma == "assume"):
	case head == "responsible" && verb.verb == nil && s.isBe(verb):
	default:
		return
	}
	st := d.stanceOf(s, s.chunks[event].head)
	if st.none {
		return
	}
	for _, j := range s.subjectOf(v) {
		for _, p := range d.partiesAt(s, j) {
			if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
				d.didIt(s, e, p.entity, st, "responsible", 80)
			}
		}
	}
}

// inverted reads "Killed in the raid was X", "Among those killed were X and Y", "The dead included X".
func (d *doc) inverted(s *sentence, b int) {
	is := &s.chunks[b]
	include := is.verb != nil && is.verb.lemma == "include"
	if is.kind != cVerb || b == 0 || b+1 >= len(s.chunks) || is.negated || is.modal || !include && (is.verb != nil || !s.isBe(is)) ||
		s.chunks[b+1].kind != cNoun {
		return
	}
	v, outcome := -1, ""
	for j := range b {
		c := &s.chunks[j]
		switch {
		case c.kind == cVerb && (!c.participle || v >= 0), c.kind == cMark, c.kind == cSub, c.kind == cRel:
			return
		case c.kind == cVerb && c.verb != nil && c.verb.attrs["object"] != "" && (j == 0 || hasWord(s.words, 0, c.first, "those", "among")):
			v, outcome = j, c.verb.attrs["object"]
		case c.kind == cVerb:
			return
		case c.kind == cNoun && c.mention == nil && v < 0 && s.words[c.first].is(determiner) && c.first < c.last && c.last-c.first == 1:
			switch s.words[c.head].key {
			case "dead", "fatalities", "killed", "slain":
				v, outcome = j, "killed"
			case "wounded", "injured":
				v, outcome = j, "wounded"
			case "captured", "captives", "detainees", "hostages", "arrested", "detained":
				v, outcome = j, "captured"
			}
		}
	}
	if v < 0 || s.chunks[v].kind == cNoun && !include && !hasWord(s.words, 0, s.chunks[v].first, "among") {
		return
	}
	list, _ := s.listFrom(b + 1)
	st := d.stanceOf(s, s.chunks[b].main)
	if st.none {
		return
	}
	e := s.eventBeside(v, nil, s.adjunctsFrom(v+1), false)
	for _, j := range list {
		m := person(s.chunks[j].mention)
		if m == nil {
			continue
		}
		if e == nil {
			if e = d.deathOf(m.Entity); e == nil {
				e = d.event(s, "incident", s.chunks[v].first, s.chunks[v].last)
			}
		}
		d.befell(s, e, party{entity: m.Entity}, outcome, st, "inverted", 80)
	}
	if e != nil {
		d.adjoin(s, e, s.adjunctsFrom(v+1), st, "", false)
	}
}

// deploys reads "France sent a battalion to Niger", "has deployed 300 soldiers to Chad": a movement of whoever sends.
func (d *doc) deploys(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) bool {
	c := &s.chunks[v]
	if c.passive || c.gerund || len(objects) != 1 {
		return false
	}
	what := &s.chunks[objects[0]]
	head := &s.words[what.head]
	if what.mention != nil && what.mention.Type != "Unit" || what.mention == nil && !isSoldier(head) && !head.is(unitNoun|forceNoun) {
		return false
	}
	var to []int
	for _, a := range adjuncts {
		if m := s.chunks[a.chunk].mention; m != nil && m.isPlace() && d.placeOf(m) != nil && (a.prep == "to" ||
			a.prep == "in" || a.prep == "into") {
			to = append(to, a.chunk)
		}
	}
	if len(to) == 0 || len(subject) == 0 {
		return false
	}
	e := d.event(s, "movement", c.main, c.main)
	s.events[v] = e
	d.agentsOrMeans(s, e, subject, st, "deploys")
	if len(e.agents) == 0 {
		return true
	}
	for _, j := range to {
		d.located(s, e, d.placeOf(s.chunks[j].mention), st, "deploys", 80)
	}
	d.adjoin(s, e, adjuncts, st, "", false)
	d.occasion(s, e, v, subject, st)
	return true
}

// falls reads "took control of Kunduz", "Kunduz fell to the Taliban", "the village came under attack".
func (d *doc) falls(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) bool {
	c := &s.chunks[v]
	if c.passive {
		return false
	}
	var e *Event
	switch c.verb.lemma {
	case "take", "seize", "gain", "regain", "wrest", "retake":
		if len(objects) != 1 || s.words[s.chunks[objects[0]].head].key != "control" || len(adjuncts) == 0 || adjuncts[0].prep != "of" {
			return false
		}
		m := s.chunks[adjuncts[0].chunk].mention
		if m == nil || d.placeOf(m) == nil {
			return false
		}
		e = d.event(s, "capture", c.main, s.chunks[objects[0]].last)
		d.agentsOrMeans(s, e, subject, st, "takes-control")
		list, _ := s.listFrom(adjuncts[0].chunk)
		d.targets(s, e, list, "captured", st, "takes-control")
		adjuncts = adjuncts[1:]
	case "fall":
		to := -1
		for k, a := range adjuncts {
			if a.prep == "to" {
				to = k
				break
			}
		}
		if to < 0 || len(subject) == 0 {
			return false
		}
		for _, j := range subject {
			if m := s.chunks[j].mention; m == nil || d.placeOf(m) == nil {
				return false
			}
		}
		by := d.partiesAt(s, adjuncts[to].chunk)
		if len(by) == 0 || by[0].entity.Type == "Location" || by[0].entity.Type == "Person" {
			return false
		}
		e = d.event(s, "capture", c.main, c.main)
		for _, p := range by {
			d.agentOrMeans(s, e, p, st, "falls-to")
		}
		d.targets(s, e, subject, "captured", st, "falls-to")
	case "come":
		if len(adjuncts) == 0 || adjuncts[0].prep != "under" || len(subject) == 0 {
			return false
		}
		under := adjuncts[0].chunk
		switch s.words[s.chunks[under].head].key {
		case "attack", "fire", "assault", "bombardment", "shelling", "shellfire":
		default:
			return false
		}
		if e = s.events[under]; e == nil {
			e = d.event(s, "strike", c.main, s.chunks[under].last)
		}
		d.targets(s, e, subject, "targeted", st, "under-attack")
		adjuncts = adjuncts[1:]
		if len(adjuncts) > 0 && adjuncts[0].prep == "from" {
			d.agentsOrMeans(s, e, []int{adjuncts[0].chunk}, st, "under-attack")
		}
	default:
		return false
	}
	s.events[v] = e
	d.adjoin(s, e, adjuncts, st, "", false)
	d.occasion(s, e, v, subject, st)
	return true
}

// claimedBy reads "responsibility for the attack in Bama was claimed by X".
func (d *doc) claimedBy(s *sentence, event int, e *Event) {
	v := event + 1
	for v < len(s.chunks) && (s.chunks[v].kind == cPrep || s.chunks[v].kind == cNoun || s.chunks[v].kind == cDate ||
		s.chunks[v].kind == cComma && v+1 < len(s.chunks) && s.chunks[v+1].participle) {
		v++
	}
	if v+2 >= len(s.chunks) || s.chunks[v].kind != cVerb || !s.chunks[v].passive || s.chunks[v].negated || s.chunks[v].modal ||
		s.chunks[v].verb == nil || s.chunks[v].verb.lemma != "claim" || s.chunks[v+1].key != "by" {
		return
	}
	st := d.stanceOf(s, s.chunks[event].head)
	if st.none {
		return
	}
	list, _ := s.listFrom(v + 2)
	for _, j := range list {
		for _, p := range d.partiesAt(s, j) {
			if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
				d.didIt(s, e, p.entity, st, "responsible", 80)
			}
		}
	}
}

// amongThem reads "X was among those killed in the raid", "X was one of the soldiers killed when".
func (d *doc) amongThem(s *sentence, b int) {
	is := &s.chunks[b]
	if is.kind != cVerb || is.verb != nil || !s.isBe(is) || is.negated || is.modal || b+2 >= len(s.chunks) {
		return
	}
	i := b + 1
	switch {
	case s.chunks[i].key == "among":
		i++
	case s.chunks[i].kind == cNoun && s.words[s.chunks[i].head].key == "one" && s.chunks[i+1].key == "of":
		i += 2
	case s.chunks[i].kind == cNoun && s.words[s.chunks[i].first].key == "one" && s.words[s.chunks[i].first+1].key == "of":
	default:
		return
	}
	outcome, v := "", -1
	for ; i < len(s.chunks) && i < b+7; i++ {
		c := &s.chunks[i]
		if c.kind == cVerb {
			if c.verb != nil && c.participle {
				outcome, v = c.verb.attrs["object"], i
			}
			break
		}
		if c.kind == cNoun && c.mention == nil && c.last == c.first+1 && (s.words[c.first].key == "the" ||
			s.words[c.first].key == "those") {
			switch s.words[c.last].key {
			case "dead", "slain", "killed":
				outcome, v = "killed", i
			case "wounded", "injured":
				outcome, v = "wounded", i
			case "arrested", "detained", "captured", "abducted", "kidnapped":
				outcome, v = "captured", i
			}
		}
		if c.kind != cNoun && c.kind != cPrep || v >= 0 {
			break
		}
	}
	switch outcome {
	case "killed", "wounded", "captured":
	default:
		return
	}
	st := d.stanceOf(s, s.chunks[v].first)
	if st.none || st.assertion != schema.Asserted {
		return
	}
	adjuncts := s.adjunctsFrom(v + 1)
	var e *Event
	for _, j := range s.subjectOf(b) {
		m := person(d.named(s, j))
		if m == nil {
			continue
		}
		if e == nil {
			if e = s.eventBeside(v, nil, adjuncts, false); e == nil {
				e = s.eventWhen(v)
			}
			if e == nil {
				e = d.deathOf(m.Entity)
			}
			if e == nil {
				e = d.event(s, "incident", s.chunks[v].first, s.chunks[v].last)
			}
		}
		d.befell(s, e, party{entity: m.Entity}, outcome, st, "among-them", 80)
	}
	if e != nil {
		s.events[v] = e
		d.adjoin(s, e, adjuncts, st, "", false)
	}
}

// eventWhen returns the event of the clause that "when" begins behind a verb; nil: there is none, or it is not read.
func (s *sentence) eventWhen(v int) *Event {
	if v+1 >= len(s.chunks) || s.chunks[v+1].kind != cSub || s.chunks[v+1].key != "when" {
		return nil
	}
	for i := v + 2; i < len(s.chunks); i++ {
		if e := s.events[i]; e != nil {
			return e
		}
		if s.chunks[i].kind == cMark {
			return nil
		}
	}
	return nil
}

// meansOf reads "using AK-47s, gunmen attacked", "attacked the base, firing RPG-7 rockets": what an event was done
// with.
func (d *doc) meansOf(s *sentence) {
	for g := range s.chunks {
		c := &s.chunks[g]
		if c.kind != cVerb || !c.gerund || c.negated || c.verb == nil || g+1 >= len(s.chunks) || s.chunks[g+1].mention == nil ||
			s.chunks[g+1].mention.Type != "Equipment" || s.chunks[g+1].mention.Entity == nil {
			continue
		}
		switch c.verb.lemma {
		case "use", "fire", "employ", "deploy", "wield", "carry", "drop", "launch":
		default:
			continue
		}
		main := -1
		if g == 0 { // the first verb behind it that tells of an event
			for j := g + 2; j < len(s.chunks) && main < 0; j++ {
				if s.chunks[j].kind == cVerb && s.events[j] != nil {
					main = j
				} else if s.chunks[j].kind == cVerb || s.chunks[j].kind == cMark {
					break
				}
			}
		} else {
			main = s.mainVerb(g)
		}
		if main < 0 || s.events[main] == nil || containsEvent(s.unsaid, s.events[main]) {
			continue
		}
		st := d.stanceOf(s, s.chunks[main].main)
		if !st.none && st.assertion == schema.Asserted {
			d.used(s, s.events[main], s.chunks[g+1].mention.Entity, s.chunks[g+1].number, st, "by-means-of")
		}
	}
}

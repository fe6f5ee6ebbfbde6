package text

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// eventsOf reads the events of a sentence: those that nouns name, and those that verbs tell.
func (d *doc) eventsOf(s *sentence) {
	s.events = map[int]*Event{}
	for i := range s.chunks {
		c := &s.chunks[i]
		if i > 1 && s.chunks[i-1].kind == cDate && s.words[s.chunks[i-2].last].key == "the" {
			c.definite = true // "the Tuesday attack"
		}
		if s.isEventNoun(c) && !s.generic(i) {
			d.nounEvent(s, i)
		}
	}
	for v := range s.chunks {
		if c := &s.chunks[v]; c.kind == cVerb && c.verb != nil {
			d.verbEvent(s, v)
		}
		d.inverted(s, v)
		d.amongThem(s, v)
		d.responsible(s, v)
	}
	d.meansOf(s)
}

// generic reports whether an event noun names no event that was: "suicide attack", "an attack" without more, plans.
func (s *sentence) generic(i int) bool {
	c := &s.chunks[i]
	for j := c.first; j < c.head; j++ {
		switch s.words[j].key {
		case "no", "any", "further", "future", "potential", "possible", "planned", "alleged", "attempted", "more",
			"such", "every", "ongoing", "other",
			"suspected", "external", "threatened", "imminent", "reported", "foiled", "failed", "previous", "similar":
			return true
		}
	}
	return false
}

// event returns a new event of a sentence.
func (d *doc) event(s *sentence, kind string, first, last int) *Event {
	begin, end := s.words[first].RuneBegin, s.words[last].RuneEnd
	e := &Event{
		ID: schema.EventID(s.quote, first, s.published), Kind: kind, Sentence: s.at, Begin: begin, End: end,
		trigger:  textOf(s.words, first, last),
		at:       len(d.events),
		patients: map[*Entity]string{},
	}
	e.spans = []span{{begin, end}}
	d.events = append(d.events, e)
	return e
}

// nounEvent reads what a noun tells of the event that it names: "the strike by the US military on the depot in Bama".
func (d *doc) nounEvent(s *sentence, i int) {
	c := &s.chunks[i]
	head := &s.words[c.head]
	kind := head.event
	adjuncts := s.adjunctsFrom(i + 1)
	e := d.sameEvent(s, i, kind, adjuncts)
	if n := len(c.inner); e == nil && n > 0 && head.outcome == "killed" {
		if m := c.inner[n-1]; m.Type == "Person" && m.Entity != nil {
			e = d.deathOf(m.Entity)
		}
	}
	fresh := e == nil
	first := c.first
	for first < c.head && s.words[first].is(determiner) {
		first++
	}
	if fresh {
		e = d.event(s, kind, first, c.head)
	} else {
		e.spans = append(e.spans, span{s.words[first].RuneBegin, s.words[c.head].RuneEnd})
	}
	s.events[i] = e
	st := d.stanceOf(s, c.head)
	if st.none || st.assertion == schema.Asserted && (s.blocked(i) || s.isAhead(i, adjuncts) || d.plainly(s, c.head).none &&
		!c.definite) {
		s.unsaid = append(s.unsaid, e)
		return
	}
	if i > 0 && s.chunks[i-1].kind == cDate && (isPossessive(s.words, c.first) || i > 1 && s.chunks[i-2].kind == cNoun &&
		s.chunks[i-2].first == s.chunks[i-2].last && s.words[s.chunks[i-2].last].is(determiner)) { // "yesterday's attack", "a 3 May attack"
		d.dated(s, e, s.dateAt(s.chunks[i-1].first), st, "event-noun-date")
	}
	if i > 2 && s.chunks[i-1].kind == cComma && s.chunks[i-2].kind == cNoun && s.chunks[i-2].mention == nil &&
		isPossessive(s.words, s.chunks[i-2].first) && s.chunks[i-3].kind == cDate && !isNominal(&s.words[s.chunks[i-2].head]) {
		d.dated(s, e, s.dateAt(s.chunks[i-3].first), st, "event-noun-date") // "today's brutal, senseless attack"
	}
	for j := c.first; j <= c.last; j++ {
		if s.words[j].date {
			d.dated(s, e, s.dateAt(j), st, "event-noun-date")
		}
	}
	if n := len(c.inner); n > 0 && c.mention == nil {
		m := c.inner[n-1]
		possessor := m.Last+1 <= c.head && (s.words[m.Last+1].key == "'s" || s.words[m.Last+1].key == "’s")
		near := m.Last+3 >= c.head
		switch {
		case m.Type == "Location" && !m.Country && near:
			d.located(s, e, d.placeOf(m), st, "event-noun-place", 80)
		case head.outcome == "killed" || head.outcome == "captured":
			if possessor && m.Type == "Person" && m.Entity != nil {
				d.befell(s, e, party{entity: m.Entity}, head.outcome, st, "event-noun-victim", 85)
			}
		case near && m.Type != "Person" && m.Type != "Equipment" && (head.outcome == "targeted" || possessor && kind == "movement"):
			if a := d.actorOf(m); a != nil {
				d.didIt(s, e, a, st, "event-noun-agent", 80)
			}
		case m.Type == "Equipment":
			d.used(s, e, m.Entity, 0, st, "event-noun-equipment")
		}
	}
	if n := len(c.inner); n == 0 && head.outcome == "targeted" && s.byCoalition(c) {
		if a := d.coalition(); a != nil {
			d.didIt(s, e, a, st, "event-noun-agent", 80) // "a coalition airstrike"
		}
	}
	d.adjoin(s, e, adjuncts, st, head.outcome, true)
	if next := i + 1; next < len(s.chunks) && head.outcome != "" {
		if s.chunks[next].kind == cComma {
			next++
		}
		if next < len(s.chunks) && s.chunks[next].participle {
			d.claimedBy(s, i, e) // "the attack, claimed by X"
		}
	}
}

// byCoalition reports whether the noun of a strike says that the coalition made it: "the coalition's four airstrikes".
func (s *sentence) byCoalition(c *chunk) bool {
	for j := c.first; j < c.head; j++ {
		if s.words[j].key != "coalition" {
			continue
		}
		if isPossessive(s.words, j+1) {
			return true
		}
		for k := j + 1; k < c.head; k++ {
			switch s.words[k].key {
			case "air", "drone", "military", "precision", "ground", "artillery", "aerial", "air-", "-":
			default:
				return false
			}
		}
		return true
	}
	return false
}

// isAhead reports whether an event that a noun names is to come, as what it is to bring is: "the liberation of X will".
func (s *sentence) isAhead(i int, adjuncts []adjunct) bool {
	next := i + 1
	if n := len(adjuncts); n > 0 {
		next = adjuncts[n-1].chunk + 1
	}
	if next >= len(s.chunks) {
		return false
	}
	c := &s.chunks[next]
	return c.kind == cVerb && c.modal && !c.passive && (c.key == "will" || c.key == "would" || c.key == "could" ||
		c.key == "may" || c.key == "might" ||
		hasWord(s.words, c.first, c.main, "will", "would", "could", "may", "might"))
}

// blocked reports whether an event noun is the object of a verb that makes nothing of it: plans, threats.
func (s *sentence) blocked(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		c := &s.chunks[j]
		if c.kind == cVerb && c.verb != nil {
			if c.verb.attrs["raise"] != "" || c.negated || c.modal {
				return true
			}
			switch c.verb.lemma {
			case "prevent", "deter", "counter", "stop", "threaten", "plan", "plot", "avert", "foil", "discuss", "consider", "fear",
				"thwart", "forestall", "order", "authorise", "authorize", "propose", "contemplate", "rule", "oppose", "expect",
				"await", "anticipate", "seek", "urge", "demand":
				return true
			}
			return false
		}
	}
	return false
}

// adjoin reads the phrases behind what tells an event.
func (d *doc) adjoin(s *sentence, e *Event, adjuncts []adjunct, st stance, outcome string, noun bool) {
	placed := false
	for k, a := range adjuncts {
		c := &s.chunks[a.chunk]
		if c.kind == cDate {
			if a.prep == "on" || a.prep == "in" || a.prep == "during" || a.prep == "late" || a.prep == "early" ||
				a.prep == "of" && k > 0 && isTimeOfDay(s.words[s.chunks[adjuncts[k-1].chunk].head].key) {
				d.dated(s, e, s.dateAt(c.first), st, "event-date")
			}
			continue
		}
		m := c.mention
		switch a.prep {
		case "in", "at", "near", "inside", "outside", "around", "over", "within", "off", "across":
			if ev := s.events[a.chunk]; ev != nil && !noun {
				continue
			}
			if m != nil && m.isPlace() && k == 0 && len(e.places) > 0 && isLarger(m) {
				continue // "bombed Bama in Borno State": where the place lies
			}
			if m != nil && m.isPlace() && (!placed || a.more) {
				if place := d.placeOf(m); place != nil {
					confidence := 85
					if a.prep != "in" && a.prep != "at" {
						confidence = 75
					}
					d.located(s, e, place, st, "event-place", confidence)
					placed = true
				}
			} else if m == nil && s.words[c.head].is(placeNoun) && k+1 < len(adjuncts) &&
				adjuncts[k+1].prep == "of" && !placed {
				if of := s.chunks[adjuncts[k+1].chunk].mention; of != nil && of.isPlace() && !of.Country {
					d.located(s, e, d.placeOf(of), st, "event-place", 80)
					placed = true
				}
			}
		case "by":
			if noun && (k == 0 || adjuncts[k-1].prep != "of" || outcome != "") || !noun {
				d.agentsOrMeans(s, e, []int{a.chunk}, st, "event-by")
			}
		case "on", "against":
			if noun && outcome == "targeted" {
				d.targets(s, e, []int{a.chunk}, "targeted", st, "event-noun-target")
			}
		case "of":
			if noun && k == 0 && (outcome == "killed" || outcome == "captured" || outcome == "targeted" && s.isDeed(e)) {
				list, _ := s.listFrom(a.chunk)
				d.targets(s, e, list, outcome, st, "event-noun-victim")
			}
		case "with", "using":
			if m != nil && m.Type == "Equipment" {
				d.used(s, e, m.Entity, c.number, st, "event-with")
			}
		case "between":
			if noun {
				for _, j := range s.pairFrom(a.chunk) {
					for _, p := range d.partiesAt(s, j) {
						d.didIt(s, e, p.entity, st, "event-between", 80)
					}
				}
			}
		case "from", "to", "into", "for", "about":
			if !noun && (a.prep == "from" || a.prep == "to") {
				continue
			}
		}
	}
}

// isTimeOfDay reports whether the date of a day follows a word: "on the afternoon of 12 May".
func isTimeOfDay(key string) bool {
	switch key {
	case "morning", "afternoon", "evening", "night", "day", "dawn", "hours":
		return true
	}
	return false
}

// agentOrMeans says who carried an event out; equipment was used in it.
func (d *doc) agentOrMeans(s *sentence, e *Event, p party, st stance, rule string) {
	switch p.entity.Type {
	case "Equipment":
		d.used(s, e, p.entity, p.number, st, rule)
	case "Location":
	default:
		d.didIt(s, e, p.entity, st, rule, 85)
	}
}

// agentsOrMeans takes all that some phrases mean for who did it, or with what.
func (d *doc) agentsOrMeans(s *sentence, e *Event, phrases []int, st stance, rule string) {
	for _, i := range phrases {
		for _, p := range d.partiesAt(s, i) {
			d.agentOrMeans(s, e, p, st, rule)
			if p.entity.Type != "Equipment" || i+2 >= len(s.chunks) || s.chunks[i+1].key != "of" && s.chunks[i+1].key != "from" ||
				s.chunks[i+2].kind != cNoun || s.chunks[i+2].mention == nil {
				continue
			}
			if whose := d.actorOf(s.chunks[i+2].mention); whose != nil && whose.Type != "Person" && whose.Type != "Equipment" {
				d.didIt(s, e, whose, st, rule, 80) // "F-16 jets of the air force"
			}
		}
	}
}

// targets takes all that some phrases mean for what an event befell.
func (d *doc) targets(s *sentence, e *Event, phrases []int, outcome string, st stance, rule string) {
	for _, i := range phrases {
		for _, p := range d.partiesAt(s, i) {
			d.target(s, e, p, outcome, st, rule)
		}
		if s.chunks[i].kind == cNoun && s.chunks[i].mention == nil {
			for _, j := range s.namesOf(i) {
				d.befell(s, e, party{entity: s.chunks[j].mention.Entity}, outcome, st, rule, 80)
			}
		}
	}
}

// target says what an event befell: a place is where it was, too.
func (d *doc) target(s *sentence, e *Event, p party, outcome string, st stance, rule string) {
	if p.entity.Type == "Location" {
		d.located(s, e, p.entity, st, rule, 85)
		return
	}
	d.befell(s, e, p, outcome, st, rule, 85)
}

func (d *doc) didIt(s *sentence, e *Event, who *Entity, st stance, rule string, confidence int) {
	if _, also := e.patients[who]; also && e.Kind != "engagement" {
		return // nobody does it to himself: one of the two was misread
	}
	e.named = true
	if !containsEntity(e.agents, who) {
		e.agents = append(e.agents, who)
	}
	d.say(s, Statement{
		Relation: "carried_out", From: End{Entity: who}, To: End{Event: e}, Rule: rule,
		Confidence: confidence,
	}, st)
}

func (d *doc) befell(s *sentence, e *Event, p party, outcome string, st stance, rule string, confidence int) {
	if containsEntity(e.agents, p.entity) && (e.Kind != "engagement" || outcome == "targeted") {
		return
	}
	q := map[string]string{}
	if outcome != "" {
		q["outcome"] = outcome
	}
	if p.number > 0 && (p.part || p.entity.Type == "Equipment") {
		q["quantity"] = strconv.Itoa(p.number)
	}
	if p.low > 0 && p.part {
		q["quantity_low"] = strconv.Itoa(p.low)
	}
	if p.high > 0 && p.part {
		q["quantity_high"] = strconv.Itoa(p.high)
	}
	e.named = true
	known, again := e.patients[p.entity]
	if !again {
		d.befallen[p.entity] = insertAt(d.befallen[p.entity], e)
	}
	if known == "" || known == "targeted" {
		e.patients[p.entity] = outcome
	}
	d.say(s, Statement{
		Relation: "affected_by", From: End{Entity: p.entity}, To: End{Event: e}, Qualifiers: q, Rule: rule, Confidence: confidence,
	}, st)
}

func (d *doc) located(s *sentence, e *Event, place *Entity, st stance, rule string, confidence int) {
	if place == nil {
		return
	}
	e.named = true
	if !containsEntity(e.places, place) {
		e.places = append(e.places, place)
	}
	d.say(s, Statement{
		Relation: "located_at", From: End{Event: e}, To: End{Entity: place}, Rule: rule,
		Confidence: confidence,
	}, st)
}

func (d *doc) dated(s *sentence, e *Event, date *dateExpr, st stance, rule string) {
	if date == nil {
		return
	}
	value := date.value
	if st.assertion == schema.Planned {
		value = date.ahead
	}
	if e.date != "" && value != e.date {
		return
	}
	e.date = value
	d.say(s, Statement{
		Relation: "date", From: End{Event: e}, Value: value, Text: date.text, Rule: rule,
		Confidence: 85,
	}, st)
}

func (d *doc) used(s *sentence, e *Event, what *Entity, number int, st stance, rule string) {
	if what == nil {
		return
	}
	e.named = true
	q := map[string]string{}
	if number > 0 {
		q["quantity"] = strconv.Itoa(number)
	}
	d.say(s, Statement{
		Relation: "used_in", From: End{Entity: what}, To: End{Event: e}, Qualifiers: q, Rule: rule,
		Confidence: 85,
	}, st)
}

func containsEntity(list []*Entity, e *Entity) bool {
	for _, other := range list {
		if other == e {
			return true
		}
	}
	return false
}

func (s *sentence) dateAt(word int) *dateExpr {
	for k := range s.dates {
		if s.dates[k].first <= word && word <= s.dates[k].last {
			return &s.dates[k]
		}
	}
	return nil
}

// tellsWithOthers reports whether a verb tells of an event with other words alone: "went off", "took control of".
func tellsWithOthers(lemma string) bool {
	switch lemma {
	case "go", "come", "fall", "take", "seize", "gain", "regain", "wrest", "send", "dispatch", "open", "fire", "launch",
		"lob", "drop":
		return true
	}
	return false
}

// verbEvent reads what a verb tells: of an event of its own, or of one that a noun beside it names.
func (d *doc) verbEvent(s *sentence, v int) {
	c := &s.chunks[v]
	attrs := c.verb.attrs
	kind, outcome := attrs["event"], attrs["object"]
	if attrs["speech"] == "asserted" || c.verb.lemma == "disclose" {
		objects, next := s.objectsOf(v)
		d.spokeAt(s, v, s.subjectOf(v), objects, s.adjunctsFrom(next), plain())
		return
	}
	if kind == "" && !tellsWithOthers(c.verb.lemma) && attrs["carries"] == "" && attrs["uses"] == "" && attrs["happens"] == "" &&
		attrs["at"] == "" {
		return
	}
	st := d.stanceOf(s, c.main)
	if st.none || (c.negated || c.modal || c.infinitive) && st.assertion == schema.Asserted {
		return
	}
	if outcome != "" && (c.verb.lemma == "shoot" || c.verb.lemma == "gun" || c.verb.lemma == "stab" || c.verb.lemma == "beat") {
		switch after := s.wordAfter(v); {
		case after == "dead" || c.verb.lemma == "gun":
			kind, outcome = "incident", "killed"
		case after == "down" && c.verb.lemma == "shoot":
			outcome = "damaged"
		}
	}
	if outcome == "wounded" && hasWord(s.words, c.first, c.main, "mortally", "fatally") {
		outcome = "killed"
	}
	subject := s.subjectOf(v)
	objects, next := s.objectsOf(v)
	if c.passive {
		objects, next = nil, v+1
	}
	if c.passive && next < len(s.chunks) && s.isResult(next) {
		next++ // "was shot dead by"
	}
	adjuncts := s.adjunctsFrom(next)
	for w := nextVerb(s.chunks, v); w >= 0 && len(adjuncts) == 0 && len(objects) == 0; w = nextVerb(s.chunks, w) {
		if s.chunks[w].passive == c.passive {
			adjuncts = s.adjunctsFrom(w + 1) // "was struck and killed by"
		}
	}
	switch {
	case (c.verb.lemma == "fire" || c.verb.lemma == "launch" || c.verb.lemma == "lob" || c.verb.lemma == "drop" ||
		c.verb.lemma == "open") &&
		d.fires(s, v, subject, objects, adjuncts, st):
		return
	case c.verb.lemma == "take" && d.takesHostage(s, v, subject, objects, st), d.falls(s, v, subject, objects, adjuncts, st):
		return
	case (c.verb.lemma == "deploy" || c.verb.lemma == "send" || c.verb.lemma == "dispatch") && d.deploys(s, v, subject,
		objects, adjuncts, st):
		return
	case attrs["carries"] != "" && kind == "":
		d.carries(s, v, subject, objects, adjuncts, st)
		return
	case attrs["uses"] != "" && kind == "":
		d.uses(s, v, subject, objects, adjuncts, st)
		return
	case attrs["agent"] == "no" || c.verb.lemma == "go":
		if c.verb.lemma == "go" {
			if s.wordAfter(v) != "off" || len(subject) == 0 || !s.words[s.chunks[subject[0]].head].is(equipmentNoun) {
				return
			}
			kind = "strike"
			adjuncts = s.adjunctsFrom(v + 2)
		}
		if len(subject) == 0 || st.assertion != schema.Asserted {
			return
		}
		e := s.eventBeside(v, subject, nil, false)
		if e == nil {
			e = d.event(s, kind, c.main, c.main)
		}
		s.events[v] = e
		d.adjoin(s, e, adjuncts, st, "", false)
		d.occasion(s, e, v, subject, st)
		for _, j := range subject {
			d.planted(s, e, j, st)
		}
		return
	case attrs["happens"] != "":
		d.happens(s, subject, objects, adjuncts, st, attrs["happens"] == "place")
		return
	case attrs["at"] != "":
		for _, a := range adjuncts {
			d.was(s, subject, a, st)
		}
		return
	case kind == "movement":
		d.moves(s, v, subject, objects, adjuncts, st)
		return
	case attrs["suffers"] != "":
		if len(objects) == 1 && !c.passive && hasWord(s.words, s.chunks[objects[0]].first,
			s.chunks[objects[0]].last+1, "injuries", "wounds", "injury", "wound") {
			d.hurt(s, v, subject, adjuncts, st, attrs["suffers"])
		}
		return
	case attrs["subject"] != "": // somebody died
		d.dies(s, v, subject, adjuncts, st)
		return
	case kind == "meeting" || kind == "training" || outcome == "" && kind == "engagement":
		d.meets(s, v, kind, subject, objects, adjuncts, st)
		return
	}
	if outcome == "" {
		return
	}
	if c.verb.lemma == "clear" && !c.passive && (len(objects) == 0 || len(d.partiesAt(s, objects[0])) == 0) {
		return // areas, mines
	}
	var victims []int
	if c.passive {
		victims, subject = subject, nil
		if c.participle && victims == nil {
			return
		}
	} else {
		victims = objects
		if len(victims) == 0 {
			return // nobody is said to be its object
		}
		if s.events[victims[0]] != nil {
			return // "repelled an attack"
		}
	}
	agent := !c.passive && !c.gerund
	if c.gerund {
		if main := s.mainVerb(v); main >= 0 && s.events[main] == nil && s.chunks[main].verb != nil {
			if whose := s.subjectOf(main); !s.chunks[main].passive && len(whose) > 0 {
				subject, agent = whose, true // "repelled the attack, killing two": who did the one did the other
			}
		}
	}
	e := s.eventBeside(v, subject, adjuncts, c.gerund)
	if e == nil {
		e = d.victimsEvent(s, victims, outcome)
	}
	if e == nil {
		e = d.event(s, kind, c.main, c.main)
	} else {
		e.spans = append(e.spans, span{s.words[c.main].RuneBegin, s.words[c.main].RuneEnd})
	}
	s.events[v] = e
	for _, j := range victims {
		for _, p := range d.partiesAt(s, j) {
			d.target(s, e, p, outcome, st, "verb-object")
		}
		if s.chunks[j].mention == nil {
			for _, k := range s.namesOf(j) {
				d.befell(s, e, party{entity: s.chunks[k].mention.Entity}, outcome, st, "verb-object", 80)
			}
		}
		if cj := &s.chunks[j]; cj.mention == nil && (cj.number > 0 || cj.low > 0) && len(d.partiesAt(s, j)) == 0 &&
			s.words[cj.head].is(personNoun|forceNoun) {
			d.counted(s, e, cj, outcome, st)
		}
	}
	if agent {
		for _, j := range subject {
			if s.events[j] != nil {
				continue
			}
			d.planted(s, e, j, st)
			d.agentsOrMeans(s, e, []int{j}, st, "verb-subject")
		}
	}
	d.adjoin(s, e, adjuncts, st, "", false)
	if j := v - 1; c.passive && j >= 3 && s.chunks[j-3].key == "where" && s.chunks[j-2].key == "in" && s.chunks[j-1].mention != nil {
		d.located(s, e, d.placeOf(s.chunks[j-1].mention), st, "event-place", 80) // "unclear where in Syria X was killed"
	}
	d.opposed(s, e, st)
	if len(e.places) == 0 && outcome != "targeted" && len(subject) > 0 {
		d.wherePolice(s, e, subject[0], st)
	}
	if c.passive && len(victims) == 1 && victims[0]+2 < v && s.chunks[victims[0]].mention == nil && len(e.places) == 0 {
		d.adjoin(s, e, s.adjunctsFrom(victims[0]+1), st, "", false) // "the headquarters in Kano was attacked"
	}
	d.occasion(s, e, v, slices.Concat(subject, victims), st)
}

// wherePolice reads "police in Lagos arrested X": who is where he does what is done by hand did it there.
func (d *doc) wherePolice(s *sentence, e *Event, j int, st stance) {
	if c := &s.chunks[j]; c.mention != nil || j+2 >= len(s.chunks) || s.chunks[j+1].key != "in" {
		return
	}
	switch s.words[s.chunks[j].head].key {
	case "police", "officers", "gunmen", "soldiers", "troops", "authorities", "agents", "policemen":
		if m := s.chunks[j+2].mention; m != nil && m.isPlace() {
			d.located(s, e, d.placeOf(m), st, "where-police", 75)
		}
	}
}

// planted reads who made a weapon do what it did: "a bomb planted by X killed", "a drone launched by X exploded".
func (d *doc) planted(s *sentence, e *Event, j int, st stance) {
	if j+3 < len(s.chunks) && s.words[s.chunks[j].head].is(equipmentNoun) && s.chunks[j+1].participle &&
		s.chunks[j+1].verb != nil && s.chunks[j+2].key == "by" && isPlanted(s.chunks[j+1].verb.lemma) {
		d.agentsOrMeans(s, e, []int{j + 3}, st, "planted-by")
	}
}

// isPlanted reports whether a verb tells who made a weapon do what it did.
func isPlanted(lemma string) bool {
	switch lemma {
	case "plant", "lay", "fire", "detonate", "launch", "drop", "set", "throw":
		return true
	}
	return false
}

// counted says how many were killed or wounded of whom nobody names.
func (d *doc) counted(s *sentence, e *Event, c *chunk, outcome string, st stance) {
	if outcome != "killed" && outcome != "wounded" && outcome != "captured" || c.first > 0 && s.words[c.first-1].Text == "," &&
		c.first == c.last && c.last+1 < len(s.words) && s.words[c.last+1].Text == "," {
		return // none of these, or an age
	}
	for _, n := range []struct {
		name  string
		count int
	}{{outcome, c.number}, {outcome + "_low", c.low}, {outcome + "_high", c.high}} {
		if n.count > 0 {
			d.say(s, Statement{
				Relation: n.name, From: End{Event: e}, Value: strconv.Itoa(n.count), Text: textOf(s.words, c.first,
					c.last), Rule: "verb-count", Confidence: 75,
			}, st)
		}
	}
}

// eventBeside returns the event that a noun beside a verb names and the verb tells more of: its subject ("a strike
// killed"), what it happened in ("killed in an attack"), or what it is a result of ("attacked the village, killing").
func (s *sentence) eventBeside(v int, subject []int, adjuncts []adjunct, gerund bool) *Event {
	for _, j := range subject {
		if e := s.events[j]; e != nil {
			return e
		}
	}
	for _, a := range adjuncts {
		if a.prep == "in" || a.prep == "during" || a.prep == "by" {
			if e := s.events[a.chunk]; e != nil {
				return e
			}
		}
	}
	if gerund {
		if main := s.mainVerb(v); main >= 0 {
			return s.events[main]
		}
		return nil
	}
	if s.chunks[max(v-1, 0)].kind == cConj {
		for j := v - 1; j >= 0; j-- {
			if e := s.events[j]; e != nil && s.chunks[j].kind == cVerb {
				return e
			}
			if s.chunks[j].kind == cMark {
				return nil
			}
		}
	}
	return nil
}

// mainVerb returns the verb that a gerund depends on; -1: there is none.
func (s *sentence) mainVerb(v int) int {
	for j := v - 1; j >= 0; j-- {
		if c := &s.chunks[j]; c.kind == cVerb && !c.gerund && !c.participle && !c.infinitive {
			return j
		}
		if s.chunks[j].kind == cMark {
			return -1
		}
	}
	return -1
}

// victimsEvent returns the event in which a person of a name, who dies once, was killed or targeted before.
func (d *doc) victimsEvent(s *sentence, victims []int, outcome string) *Event {
	if outcome != "killed" && outcome != "wounded" {
		return nil
	}
	for _, j := range victims {
		m := s.chunks[j].mention
		if m == nil || m.Type != "Person" || m.Entity == nil {
			continue
		}
		if e := d.deathOf(m.Entity); e != nil {
			return e
		}
	}
	return nil
}

// deathOf returns the event in which a person was killed, wounded or targeted; nil: the document told of none.
func (d *doc) deathOf(who *Entity) *Event {
	for _, e := range slices.Backward(d.befallen[who]) {
		if was := e.patients[who]; was == "killed" || was == "targeted" || was == "wounded" {
			return e
		}
	}
	return nil
}

// insertAt adds an event to a list in the order of the document.
func insertAt(list []*Event, e *Event) []*Event {
	i, _ := slices.BinarySearchFunc(list, e, func(a, b *Event) int { return a.at - b.at })
	return slices.Insert(list, i, e)
}

// carries reads "X carried out a strike", "a raid was conducted by X".
func (d *doc) carries(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) {
	c := &s.chunks[v]
	if len(objects) == 0 && v+1 < len(s.chunks) && s.chunks[v+1].key == "out" && v+2 < len(s.chunks) &&
		s.chunks[v+2].kind == cNoun {
		objects, _ = s.listFrom(v + 2)
	}
	about, who := objects, subject
	if c.passive {
		about, who = subject, nil
	}
	for _, j := range about {
		e := s.events[j]
		if e == nil || containsEvent(s.unsaid, e) {
			continue
		}
		d.agentsOrMeans(s, e, who, st, "carries-out")
		d.occasion(s, e, v, who, st)
		if c.passive {
			d.adjoin(s, e, adjuncts, st, "", false)
		}
	}
}

func containsEvent(list []*Event, e *Event) bool {
	for _, other := range list {
		if other == e {
			return true
		}
	}
	return false
}

// uses reads "drones were deployed in the attack".
func (d *doc) uses(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) {
	what := objects
	if s.chunks[v].passive {
		what = subject
	}
	for _, a := range adjuncts {
		e := s.events[a.chunk]
		if e == nil || a.prep != "in" && a.prep != "during" && a.prep != "for" || containsEvent(s.unsaid, e) {
			continue
		}
		for _, j := range what {
			if m := s.chunks[j].mention; m != nil && m.Type == "Equipment" && m.Entity != nil {
				d.used(s, e, m.Entity, s.chunks[j].number, st, "deployed-in")
			}
		}
	}
}

// dies reads "X died in a blast".
func (d *doc) dies(s *sentence, v int, subject []int, adjuncts []adjunct, st stance) {
	c := &s.chunks[v]
	if len(subject) == 0 {
		return
	}
	e := s.eventBeside(v, nil, adjuncts, c.gerund)
	if e == nil {
		e = d.victimsEvent(s, subject, "killed")
	}
	if e == nil {
		for _, a := range adjuncts { // of an illness, of age: no event
			if a.prep == "of" || a.prep == "from" {
				if !hasWord(s.words, s.chunks[a.chunk].first, s.chunks[a.chunk].last+1, "wounds", "injuries") {
					return
				}
			}
		}
		e = d.event(s, "incident", c.main, c.main)
	}
	s.events[v] = e
	for _, j := range subject {
		for _, p := range d.partiesAt(s, j) {
			if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
				d.befell(s, e, p, "killed", st, "died", 85)
			}
		}
		for _, k := range s.namesOf(j) {
			d.befell(s, e, party{entity: s.chunks[k].mention.Entity}, "killed", st, "died", 80)
		}
		if cj := &s.chunks[j]; cj.mention == nil && (cj.number > 0 || cj.low > 0) && len(d.partiesAt(s, j)) == 0 {
			d.counted(s, e, cj, "killed", st)
		}
	}
	d.adjoin(s, e, adjuncts, st, "", false)
	d.occasion(s, e, v, subject, st)
}

// happens reads "the meeting took place in Rome", "the attack occurred on Friday".
func (d *doc) happens(s *sentence, subject, objects []int, adjuncts []adjunct, st stance, place bool) {
	if place && (len(objects) != 1 || s.words[s.chunks[objects[0]].head].key != "place" ||
		s.chunks[objects[0]].first != s.chunks[objects[0]].last) {
		return
	}
	for _, j := range subject {
		if e := s.events[j]; e != nil && !containsEvent(s.unsaid, e) {
			for _, o := range objects { // "an explosion rocked Kano"
				if m := s.chunks[o].mention; m != nil && m.isPlace() && !place {
					d.located(s, e, d.placeOf(m), st, "event-place", 80)
				}
			}
			d.adjoin(s, e, adjuncts, st, "", false)
		}
	}
}

// was says that a person was where something that only those present do was done.
func (d *doc) was(s *sentence, subject []int, a adjunct, st stance) {
	m := s.chunks[a.chunk].mention
	if m == nil || !m.isPlace() || m.Entity == nil || a.prep != "in" && a.prep != "at" && a.prep != "to" &&
		a.prep != "near" {
		return
	}
	for _, j := range subject {
		if who := person(s.chunks[j].mention); who != nil {
			d.say(s, Statement{
				Relation: "located_at", From: End{Entity: who.Entity}, To: End{Entity: m.Entity}, Rule: "was-at", Confidence: 80,
			}, st)
		}
	}
}

// moves reads journeys and visits.
func (d *doc) moves(s *sentence, v int, subject, objects []int, adjuncts []adjunct, st stance) {
	c := &s.chunks[v]
	var to []*Entity
	for _, j := range objects {
		if m := s.chunks[j].mention; m != nil && m.isPlace() && m.Entity != nil && c.verb.lemma == "visit" &&
			(j == objects[0] || s.chunks[j-1].kind != cComma || !isLarger(m)) {
			to = append(to, m.Entity)
		}
	}
	for _, a := range adjuncts {
		m := s.chunks[a.chunk].mention
		if m != nil && m.isPlace() && m.Entity != nil && len(to) == 0 && (a.prep == "to" ||
			(c.verb.lemma == "arrive" || c.verb.lemma == "visit" && len(objects) > 0) && (a.prep == "in" || a.prep == "at")) {
			to = append(to, m.Entity)
		}
	}
	var who []party
	for _, j := range subject {
		who = append(who, d.partiesAt(s, j)...)
	}
	if len(to) == 0 || len(who) == 0 || c.passive {
		return
	}
	e := d.event(s, "movement", c.main, c.main)
	s.events[v] = e
	for _, p := range who {
		if p.entity.Type == "Location" {
			continue
		}
		if p.entity.Type != "Equipment" {
			d.didIt(s, e, p.entity, st, "journey", 80)
		}
		for _, place := range to {
			if p.entity.Type == "Person" || p.entity.Type == "Equipment" {
				d.say(s, Statement{
					Relation: "located_at", From: End{Entity: p.entity}, To: End{Entity: place},
					Rule: "journey", Confidence: 80,
				}, st)
			}
		}
	}
	if len(e.agents) == 0 {
		return
	}
	for _, place := range to {
		d.located(s, e, place, st, "journey", 80)
	}
	for _, a := range adjuncts {
		if s.chunks[a.chunk].kind == cDate {
			d.dated(s, e, s.dateAt(s.chunks[a.chunk].first), st, "event-date")
		}
	}
	d.occasion(s, e, v, subject, st)
}

// hurt reads "two soldiers sustained gunshot wounds".
func (d *doc) hurt(s *sentence, v int, subject []int, adjuncts []adjunct, st stance, outcome string) {
	e := s.eventBeside(v, nil, append(adjuncts, s.leadingOf(subject)...), false)
	if e == nil {
		e = d.event(s, "incident", s.chunks[v].main, s.chunks[v].main)
	}
	s.events[v] = e
	for _, j := range subject {
		list := d.partiesAt(s, j)
		for _, p := range list {
			if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
				d.befell(s, e, p, outcome, st, "suffered", 80)
			}
		}
		if cj := &s.chunks[j]; cj.mention == nil && (cj.number > 0 || cj.low > 0) && len(list) == 0 {
			d.counted(s, e, cj, outcome, st)
		}
	}
	d.adjoin(s, e, adjuncts, st, "", false)
	d.occasion(s, e, v, subject, st)
}

// meets reads meetings, visits and fights, which have parts on both sides.
func (d *doc) meets(s *sentence, v int, kind string, subject, objects []int, adjuncts []adjunct, st stance) {
	c := &s.chunks[v]
	if c.passive || len(subject) == 0 {
		return
	}
	lemma := c.verb.lemma
	var sides []party
	for _, j := range subject {
		sides = append(sides, d.partiesAt(s, j)...)
	}
	if len(sides) == 0 {
		return
	}
	others := objects
	for _, a := range adjuncts {
		if (a.prep == "with" || a.prep == "against") && s.chunks[a.chunk].kind == cNoun {
			list, _ := s.listFrom(a.chunk)
			others = append(others, list...)
		}
	}
	var against []party
	for _, j := range others {
		against = append(against, d.partiesAt(s, j)...)
	}
	if len(against) == 0 && (kind != "meeting" || lemma == "meet" && len(others) == 0) && !(len(sides) == 2 && len(subject) == 2) {
		return
	}
	if len(against) == 0 && kind == "engagement" { // "A and B clashed"
		sides, against = sides[:1], sides[1:]
	}
	e := d.event(s, kind, c.main, c.main)
	s.events[v] = e
	for _, p := range sides {
		if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
			d.didIt(s, e, p.entity, st, kind+"-verb", 80)
		}
	}
	for _, o := range against {
		if o.entity.Type == "Location" || o.entity.Type == "Equipment" {
			continue
		}
		switch kind {
		case "meeting":
			d.didIt(s, e, o.entity, st, "meeting-with", 80)
			for _, p := range sides {
				if p.entity.Type == "Person" && o.entity.Type == "Person" {
					d.say(s, Statement{
						Relation: "communicated_with", From: End{Entity: p.entity}, To: End{Entity: o.entity},
						Rule: "meeting-with", Confidence: 80,
					}, st)
				}
			}
		case "engagement":
			d.didIt(s, e, o.entity, st, "fight-against", 75)
			for _, p := range sides {
				if p.entity.Type != "Location" && p.entity.Type != "Equipment" {
					d.say(s, Statement{
						Relation: "opposes", From: End{Entity: p.entity}, To: End{Entity: o.entity}, Rule: "fight-against", Confidence: 80,
					}, st)
				}
			}
		}
	}
	d.adjoin(s, e, adjuncts, st, "", false)
	if kind == "meeting" {
		for _, a := range adjuncts {
			d.was(s, subject, a, st)
		}
	}
	d.occasion(s, e, v, subject, st)
}

// opposed says that whoever attacked others, as forces and groups do, is against them.
func (d *doc) opposed(s *sentence, e *Event, st stance) {
	if st.assertion != schema.Asserted {
		return
	}
	isForce := func(e *Entity) bool { return e.Type == "Unit" || e.Type == "Organisation" }
	for _, a := range e.agents {
		for _, p := range slices.SortedFunc(maps.Keys(e.patients), func(a, b *Entity) int { return a.at - b.at }) {
			if isForce(a) && isForce(p) && !countryName(a) && !countryName(p) {
				d.say(s, Statement{
					Relation: "opposes", From: End{Entity: a}, To: End{Entity: p}, Rule: "attacked",
					Confidence: 75,
				}, st)
			}
		}
	}
}

func countryName(e *Entity) bool { return tables().names[e.Name].kind == "country" }

// title returns what an event is called: what names it, where and when.
func (e *Event) title() string {
	name := e.trigger
	if len(e.places) > 0 {
		name += " in " + e.places[0].Name
	}
	if e.date != "" {
		name += ", " + e.date
	} else if len(e.places) == 0 {
		for _, victim := range sortedPatients(e) {
			name += fmt.Sprintf(" (%s)", victim)
			break
		}
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func sortedPatients(e *Event) (names []string) {
	for p := range e.patients {
		if len(names) == 0 || p.Name < names[0] {
			names = []string{p.Name}
		}
	}
	return names
}

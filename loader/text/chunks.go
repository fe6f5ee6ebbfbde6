package text

import (
	"strconv"
	"strings"

	"orbat/loader/text/token"
)

// tag is how a sentence uses a word.
type tag uint8

const (
	tNoun tag = iota // what noun phrases are made of: nouns, adjectives, numbers, determiners, names
	tDate
	tPronoun
	tMark
	tPrep
	tConj
	tRel
	tSub
	tTo
	tAux
	tVerb // finite, or after an auxiliary or to
	tPart // a participle that begins a phrase: "the men killed in the raid"
	tGerund
	tAdverb
	tNot
)

// tagWords decides how a sentence uses its words.
func tagWords(words []word) {
	markEstimates(words)
	for i := range words {
		if _, last := postAt(words, i); last > i && words[i].mention == nil && words[i].verb != nil && words[i].form&gerund != 0 {
			words[i].post = true // "commanding officer"
		} else if m := personAt(words, last+1); last > i && m != nil && m.First == last+1 {
			for j := i; j <= last; j++ {
				words[j].post = words[j].mention == nil // "Secretary of State Ada Abel"
			}
		}
	}
	for i := range words {
		words[i].tag = tagOf(words, i)
	}
	for i := range words {
		w := &words[i]
		if w.tag == tPrep && (w.key == "after" || w.key == "before" || w.key == "until" || w.key == "since" ||
			w.key == "as" ||
			w.key == "while" || w.key == "when" || w.key == "once") && clauseFollows(words, i+1) {
			w.tag = tSub
		}
	}
}

// markEstimates marks what stands before a number and says how exact it is.
func markEstimates(words []word) {
	for i := 2; i < len(words); i++ {
		if words[i].Kind != token.Number && !words[i].is(number) || words[i].date {
			continue
		}
		n := 0
		switch two := words[i-2].key + " " + words[i-1].key; two {
		case "at least", "more than", "up to", "at most", "less than", "as many":
			n = 2
		case "fewer than", "many as":
			if i > 2 {
				n = 3
			}
		}
		if n == 2 && i > 2 && words[i-3].key == "no" {
			n = 3
		}
		if k := words[i-1].key; n == 0 && (k == "over" || k == "about" || k == "some" || k == "nearly" ||
			k == "around" || k == "almost" || k == "approximately") {
			n = 1
		}
		for j := i - n; j < i; j++ {
			words[j].approx = true
		}
	}
}

// personAt returns the person whose name a word is of.
func personAt(words []word, i int) *Mention {
	if i <= 0 || i >= len(words) {
		return nil
	}
	return person(words[i].mention)
}

// significant returns the word that follows, adverbs left out.
func significant(words []word, i int) *word {
	for ; i < len(words); i++ {
		if w := &words[i]; !w.approx && (!w.is(adverb) || w.is(preposition)) || w.mention != nil {
			return w
		}
	}
	return &noWord
}

// clauseFollows reports whether a finite verb stands before the next mark.
func clauseFollows(words []word, i int) bool {
	for j := i; j < len(words) && j < i+14; j++ {
		switch words[j].tag {
		case tMark, tRel, tSub:
			return false
		case tVerb, tAux:
			return j > i
		default:
		}
	}
	return false
}

func tagOf(words []word, i int) tag {
	w := &words[i]
	switch {
	case w.approx:
		return tAdverb
	case w.date:
		return tDate
	case w.mention != nil || w.ignored || w.post:
		return tNoun
	case w.Kind == token.Mark:
		return tMark
	case w.Kind == token.Number || w.Kind == token.Link:
		return tNoun
	}
	next := &noWord
	if i+1 < len(words) {
		next = &words[i+1]
	}
	previous := func() (*word, tag) {
		for j := i - 1; j >= 0; j-- {
			if words[j].tag != tAdverb && words[j].tag != tNot {
				return &words[j], words[j].tag
			}
		}
		return &noWord, tMark
	}
	before, was := previous()
	switch w.key {
	case "to":
		n := next
		if n.is(adverb) && i+2 < len(words) {
			n = &words[i+2]
		}
		if n.form&base != 0 && n.mention == nil && (n.class&(placeNoun|groupNoun) == 0) && !n.capital ||
			n.key == "be" || n.key == "have" {
			return tTo
		}
		return tPrep
	case "that":
		switch {
		case was == tVerb || was == tGerund || was == tAux:
			return tSub
		case (was == tNoun || was == tDate) && (next.is(be|have|modal|do) || next.verb != nil && next.mention == nil &&
			next.class&^adverb == 0):
			return tRel
		case was == tNoun || was == tPronoun || was == tMark && i > 0:
			return tSub
		}
		return tNoun
	case "which", "who", "whom", "whose", "where":
		return tRel
	case "'s", "’s":
		return tNoun // a possessor, or "is": the names decide
	}
	switch {
	case w.is(be | have | do | modal):
		if w.is(negation) && w.key != "cannot" && !strings.Contains(w.key, "n't") {
			return tNot
		}
		if w.key == "will" && was == tNoun && before.is(determiner) {
			return tNoun
		}
		if (w.key == "may" || w.key == "might" || w.key == "can") && before.is(determiner) {
			return tNoun
		}
		return tAux
	case w.is(negation) && w.key != "no" && w.key != "none" && w.key != "nobody" && w.key != "nothing" &&
		w.key != "without":
		return tNot
	case w.is(coordinator):
		return tConj
	case w.is(pronoun) && w.class&^(pronoun|relative|negation) == 0:
		return tPronoun
	}
	if w.verb != nil {
		if t, ok := verbTag(words, i, before, was); ok {
			return t
		}
	}
	if next.Kind == token.Word && next.verb == nil && before.is(determiner) && i > 0 && before == &words[i-1] &&
		(w.key == "early" || w.key == "late" || w.entry == unknown && strings.HasSuffix(w.key, "ly")) {
		return tNoun // "the early hours", "the deadly attack"
	}
	switch {
	case w.is(preposition):
		return tPrep
	case w.is(subordinator):
		return tSub
	case w.is(adverb), strings.HasSuffix(w.key, "ly") && len(w.key) > 4 && w.entry == unknown && w.key != "family":
		return tAdverb
	}
	return tNoun
}

// beginsPhrase reports whether a noun phrase begins with a word.
func beginsPhrase(w *word) bool {
	return w.Kind == token.Number || w.mention != nil || w.is(determiner|number) || w.is(pronoun) &&
		!w.is(relative) ||
		w.is(personNoun|forceNoun|groupNoun|equipmentNoun|placeNoun|eventNoun|unitNoun) || w.is(titleNoun) && w.capital ||
		w.Kind == token.Word && w.class == 0 && w.verb == nil && !strings.HasSuffix(w.key, "ly")
}

func isNominal(w *word) bool {
	return w.is(personNoun | forceNoun | groupNoun | equipmentNoun | placeNoun | eventNoun | unitNoun | titleNoun)
}

// verbTag decides on a word that may be a verb; false: it is none.
func verbTag(words []word, i int, before *word, was tag) (tag, bool) {
	w := &words[i]
	f := w.form
	follower := significant(words, i+1)
	switch {
	case was == tAux && before.is(be):
		if f&(participle|gerund) != 0 {
			return tVerb, true
		}
		return 0, false
	case was == tAux && before.is(have):
		return tVerb, f&(participle|past) != 0
	case was == tAux, was == tTo:
		return tVerb, f&base != 0
	}
	closes := was == tNoun && (before.is(determiner) || before.Kind == token.Number || before.is(number)) ||
		before.Text == "'s" || before.Text == "’s"
	if f&gerund != 0 {
		switch {
		case closes || was == tNoun && before.mention == nil && !isNominal(before):
			return 0, false
		case beginsPhrase(follower) && follower.key != "of" || follower.key == "themselves":
			return tGerund, true
		case w.is(eventNoun) || was == tPrep:
			return 0, false
		}
		return tGerund, true
	}
	if f&(past|participle) != 0 {
		switch {
		case closes:
			return 0, false
		case f&participle == 0 && was != tPrep:
			return tVerb, true // "retook": nothing else
		case (was == tPrep || was == tConj && !conjoinsVerbs(words, i)) && isNominalAhead(follower):
			return 0, false // "of liberated areas"
		case follower.key == "by" || f&past == 0, before.Text == "," && (follower.is(preposition) || follower.key == "to") &&
			isStationed(w.verb.lemma) &&
			i > 1 && words[i-2].mention != nil:
			return tPart, true // "the brigade, stationed in"
		case was == tPrep && before.key != "as":
			return 0, false
		case beginsPhrase(follower) || follower.key == "that" || follower.date:
			if follower.date && w.verb.attrs["object"] != "" && !hasFinite(words, i) {
				return tPart, true
			}
			if hasFinite(words, i) && !(was == tConj || was == tRel || was == tMark && conjoinsVerbs(words, i)) &&
				w.verb.attrs["speech"] == "" {
				return tPart, true
			}
			return tVerb, true
		case finiteAhead(words, i+1) && was != tConj && was != tRel:
			return tPart, true
		case w.verb.attrs["object"] != "" && was != tRel:
			return tPart, true // nobody is said to be its object: it is passive
		}
		return tVerb, true
	}
	if f&third != 0 {
		if w.key == "headquarters" {
			return 0, false
		}
		if isNominal(w) || w.class != 0 {
			ok := (before.mention != nil && !before.mention.Demonym || was == tRel || was == tPronoun) &&
				beginsPhrase(follower) && !finiteAhead(words, i+1)
			return tVerb, ok
		}
		ok := was == tNoun || was == tRel || was == tPronoun || was == tConj || was == tMark && i > 1
		return tVerb, ok && !closes
	}
	if f&base != 0 {
		if isNominal(w) || w.class != 0 {
			return tVerb, (was == tPronoun || was == tRel) && beginsPhrase(follower)
		}
		ok := was == tPronoun || was == tRel || was == tNoun && (before.mention != nil && !before.mention.Demonym &&
			beginsPhrase(follower) && !follower.capital || before.mention != nil && w.class == 0 && follower.mention != nil ||
			strings.HasSuffix(before.key, "s") ||
			before.key == "troops" || before.key == "people")
		return tVerb, ok && !closes && (beginsPhrase(follower) || follower.is(preposition|subordinator))
	}
	return 0, false
}

// isStationed reports whether a verb is said of who is put somewhere.
func isStationed(lemma string) bool {
	switch lemma {
	case "base", "station", "headquarter", "deploy", "assign", "attach", "locate", "situate", "post", "garrison":
		return true
	}
	return false
}

func isNominalAhead(w *word) bool {
	return w.mention != nil || isNominal(w) || w.Kind == token.Word && w.class == 0 && w.verb == nil
}

// conjoinsVerbs reports whether a verb stands before, within the clause: "shot and killed".
func conjoinsVerbs(words []word, i int) bool {
	for j := i - 1; j >= 0 && j > i-16; j-- {
		switch words[j].tag {
		case tVerb, tAux, tPart, tGerund:
			return true
		case tRel, tSub:
			return false
		default:
		}
		if words[j].Text == ";" || words[j].Text == ":" {
			return false
		}
	}
	return false
}

// hasFinite reports whether a finite verb stands before a word, in its clause.
func hasFinite(words []word, i int) bool {
	for j := i - 1; j >= 0; j-- {
		switch words[j].tag {
		case tVerb, tAux:
			return words[j].verb == nil || words[j].verb.attrs["speech"] == "" // what is said has a verb of its own
		case tRel, tSub, tMark:
			return false
		default:
		}
	}
	return false
}

// finiteAhead reports whether an auxiliary or a verb of one form follows before the next mark.
func finiteAhead(words []word, i int) bool {
	for j := i; j < len(words) && j < i+14; j++ {
		w := &words[j]
		if w.Kind == token.Mark || w.is(relative|coordinator) && w.key != "that" {
			return false
		}
		if w.is(be|have|modal|do) && w.mention == nil && !w.date || w.form&past != 0 && w.form&participle == 0 {
			return true
		}
	}
	return false
}

type chunkKind uint8

const (
	cNoun chunkKind = iota
	cVerb
	cPrep
	cComma
	cConj
	cRel
	cSub
	cDate
	cMark
	cAdverb
)

// chunk is a run of words that belong together.
type chunk struct {
	kind        chunkKind
	first, last int
	key         string // of a single word

	// of a noun phrase
	head     int      // its last noun
	mention  *Mention // that names what it stands for; nil: it is nominal
	inner    []*Mention
	low      int // how many, at least and at most; 0: nobody says
	high     int
	number   int
	definite bool
	pronoun  bool

	// of a verb group
	main        int
	verb        *verb
	passive     bool
	negated     bool
	modal       bool
	infinitive  bool
	gerund      bool
	participle  bool // without an auxiliary
	progressive bool // of "be": "are training"
	coordinated bool // it shares the subject, and the voice, of the verb before
}

// chunksOf cuts a sentence into chunks.
func chunksOf(words []word) []chunk {
	var chunks []chunk
	for i := 0; i < len(words); {
		c := chunkAt(words, i)
		i = c.last + 1
		if n := len(chunks); n > 1 && c.kind == cNoun && chunks[n-1].key == "of" && chunks[n-2].isCount(words) {
			count := chunks[n-2] // "37 of the terrorists"
			c.first, c.number, c.low, c.high = count.first, count.number, count.low, count.high
			chunks = chunks[:n-2]
		}
		chunks = append(chunks, c)
	}
	coordinateVerbs(chunks)
	return chunks
}

// nextVerb returns the verb that a comma or "and" joins to one, with nothing else between: "shot and killed". -1: none.
func nextVerb(chunks []chunk, v int) int {
	i := v + 1
	joined := false
	for i < len(chunks) && (chunks[i].kind == cComma || chunks[i].kind == cConj && chunks[i].key != "but" || joined &&
		chunks[i].kind == cAdverb) {
		joined = true
		i++
	}
	if !joined || i > v+4 || i >= len(chunks) || chunks[i].kind != cVerb || chunks[i].infinitive || chunks[i].verb == nil ||
		chunks[i].gerund != chunks[v].gerund && !(chunks[v].progressive && chunks[i].gerund) || chunks[i].modal {
		return -1
	}
	return i
}

// coordinateVerbs makes verbs that are joined alike in voice: of "have attacked, killed and robbed" all do, of "was
// struck and killed" all are done to.
func coordinateVerbs(chunks []chunk) {
	for v := range chunks {
		c := &chunks[v]
		if c.kind != cVerb || c.verb == nil {
			continue
		}
		w := nextVerb(chunks, v)
		if w < 0 {
			continue
		}
		switch o := &chunks[w]; {
		case c.progressive && o.gerund: // "are training and assisting"
			o.gerund, o.coordinated, o.progressive = false, true, true
		case !c.participle && o.participle:
			o.participle, o.passive, o.coordinated = false, c.passive, true
			o.modal, o.negated = o.modal || c.modal, o.negated || c.negated
		case c.participle && !o.participle && !o.passive && o.first == o.main:
			c.participle, c.passive = false, false
			o.coordinated = true
		case c.participle && o.participle:
			o.coordinated = true
		}
	}
}

// isCount reports whether a noun phrase is a number alone.
func (c *chunk) isCount(words []word) bool {
	return c.kind == cNoun && c.first == c.last && (words[c.first].Kind == token.Number || words[c.first].is(number))
}

func chunkAt(words []word, i int) chunk {
	c := chunk{first: i, last: i, key: words[i].key, main: -1}
	end := func(match func(*word) bool) {
		for c.last+1 < len(words) && match(&words[c.last+1]) {
			c.last++
		}
	}
	switch words[i].tag {
	case tDate:
		c.kind = cDate
		end(func(w *word) bool { return w.tag == tDate })
	case tMark:
		c.kind = cMark
		if words[i].Text == "," {
			c.kind = cComma
		}
	case tPrep:
		c.kind = cPrep
	case tConj:
		c.kind = cConj
	case tRel:
		c.kind = cRel
	case tSub:
		c.kind = cSub
	case tAdverb:
		c.kind = cAdverb
		if j := verbAfter(words, i); j > i {
			return verbChunk(words, i, j)
		}
	case tTo, tAux, tVerb, tPart, tGerund, tNot:
		return verbChunk(words, i, i)
	default:
		return nounChunk(words, i)
	}
	return c
}

// verbAfter returns the auxiliary or verb that adverbs stand before; -1: none follows.
func verbAfter(words []word, i int) int {
	for j := i; j < len(words); j++ {
		switch words[j].tag {
		case tAdverb:
		case tAux, tVerb, tPart, tNot:
			return j
		default:
			return -1
		}
	}
	return -1
}

func verbChunk(words []word, first, i int) chunk {
	c := chunk{kind: cVerb, first: first, last: i, main: -1}
	var aux *word
	for j := i; j < len(words); j++ {
		w := &words[j]
		switch {
		case w.tag == tAdverb:
		case w.tag == tNot:
			c.negated, c.last = true, j
			continue
		case w.tag == tTo && (j == i || aux != nil && c.main < 0):
			c.infinitive, c.last = true, j
			continue
		case w.tag == tAux && c.main < 0:
			if w.is(modal) && !w.is(do) {
				c.modal = true
				if c.key == "" {
					c.key = w.key
				}
			}
			if w.is(negation) {
				c.negated = true
			}
			aux, c.last = w, j
			continue
		case w.tag == tVerb && c.main < 0, (w.tag == tPart || w.tag == tGerund) && c.main < 0 && aux == nil:
			c.main, c.verb, c.last = j, w.verb, j
			c.participle = aux == nil && w.tag == tPart
			c.gerund = w.tag == tGerund || aux == nil && w.form == gerund
			c.passive = c.participle || aux != nil && aux.is(be) && w.form&participle != 0 && w.form&gerund == 0
			c.progressive = aux != nil && aux.is(be) && w.form&gerund != 0
			if c.infinitive && aux == nil {
				c.passive = false
			}
			return c
		default:
			if c.main < 0 && aux != nil {
				c.main = c.last
			}
			return c
		}
		if j+1 == len(words) {
			break
		}
	}
	if c.main < 0 {
		c.main = c.last
	}
	return c
}

func nounChunk(words []word, i int) chunk {
	c := chunk{kind: cNoun, first: i, last: i, head: i, main: -1, pronoun: words[i].tag == tPronoun}
	if c.pronoun {
		return c
	}
	for j := i; j < len(words); {
		w := &words[j]
		if w.tag != tNoun || w.date {
			break
		}
		if m := w.mention; m != nil {
			if u := c.mention; u != nil && u.Type == "Location" && u.Last+1 == m.First && m.Type == "Person" && !u.Demonym && i > 0 &&
				words[i-1].tag == tPrep {
				break // "where in Syria X was killed"
			}
			if u := c.mention; u != nil && u.Type == "Unit" && m.First == u.Last+1 && !m.Demonym && m.Type != "Person" &&
				m.Type != "Equipment" { // "23 Brigade Nigerian Army", "2 Battalion Kano": it is the unit
				j = m.Last + 1
				c.last = m.Last
				continue
			}
			if c.mention != nil {
				c.inner = append(c.inner, c.mention)
			}
			c.mention, c.head = m, m.Last
			j = m.Last + 1
			c.last = m.Last
			continue
		}
		if j > i && w.is(determiner) && !w.is(pronoun) && w.key != "such" && !words[j-1].is(determiner) &&
			j > c.first {
			break // a phrase of its own follows
		}
		if m := c.mention; m != nil && m.Type == "Location" && !m.Demonym && c.first == m.First && j == m.Last+1 &&
			w.is(placeNoun) && !w.capital && w.key != "base" &&
			w.key != "camp" && w.key != "airport" && w.key != "bridge" && w.key != "hospital" {
			c.last = j // "Kwapre village" is the village
			j++
			continue
		}
		if c.mention != nil { // what follows a name is what the phrase is about, and the name tells whose
			c.inner = append(c.inner, c.mention)
			c.mention = nil
		}
		if w.Kind == token.Number || w.is(number) && !w.is(pronoun) {
			if n, ok := numberOf(w); ok {
				c.number = n
			}
		}
		c.head, c.last = j, j
		j++
	}
	switch words[i].key {
	case "the", "this", "that", "these", "those", "his", "her", "their", "its":
		c.definite = true
	}
	c.bounds(words)
	return c
}

// numberOf returns what a word counts.
func numberOf(w *word) (int, bool) {
	if w.Kind == token.Number {
		n, err := strconv.Atoi(strings.ReplaceAll(w.Text, ",", ""))
		return n, err == nil && n > 0
	}
	for n, text := range smallNumbers() {
		if w.key == text {
			return n + 1, true
		}
	}
	return 0, false
}

func smallNumbers() []string {
	return []string{
		"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
		"fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
	}
}

// bounds reads "at least 35", "no fewer than 35", "more than 350", "up to 20" before the number of a phrase.
func (c *chunk) bounds(words []word) {
	if c.number == 0 {
		return
	}
	before := func(n int) string {
		if j := c.first - n; j >= 0 {
			return words[j].key
		}
		return ""
	}
	switch two := before(2) + " " + before(1); {
	case two == "at least", (two == "fewer than" || two == "less than") &&
		before(3) == "no", two == "more than", before(1) == "over":
		c.low, c.number = c.number, 0
	case two == "up to" || two == "at most" || two == "fewer than" || two == "less than":
		c.high, c.number = c.number, 0
	}
}

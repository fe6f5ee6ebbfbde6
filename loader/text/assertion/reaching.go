package assertion

import (
	"slices"
	"strings"

	"orbat/loader/text/token"
	"orbat/schema"
)

// A trigger is the tokens that tell of an event.
type trigger struct {
	begin, end int
	nominal    bool // a noun: "the attack", "the killing of"
	definite   bool // that is known: "the", "his", "Monday's"
	agentive   bool // a noun for who did it: "killer"
	group      int  // where its auxiliaries begin
}

func (s *sentence) trigger(begin, end int) trigger {
	t := trigger{begin: begin, end: end, group: begin}
	w := s.words[begin]
	agentive := strings.HasSuffix(w, "er") || strings.HasSuffix(w, "or") || strings.HasSuffix(w, "ers")
	t.agentive = agentive && end-begin == 1 && len(w) > 4 && !s.is("events", begin)
	for t.group > 0 && (s.isAux(t.group-1) || s.isAdverb(t.group-1) || s.words[t.group-1] == "not") {
		t.group--
	}
	t.nominal, t.definite = s.isNominal(begin, end)
	return t
}

// isNominal reports whether a trigger is a noun, and whether a known one.
func (s *sentence) isNominal(begin, end int) (nominal, definite bool) {
	w := s.words[begin]
	if s.looksPast(begin) && !s.is("events", begin) {
		return false, false
	}
	if strings.HasSuffix(w, "ing") {
		if s.word(end) != "of" && !s.is("det", begin-1) && !s.is("events", begin) {
			return false, false
		}
	}
	for j := begin - 1; j >= max(0, begin-4); j-- {
		switch x := s.words[j]; {
		case s.is("definite", j), strings.HasSuffix(x, "s'"):
			return true, true
		case s.is("det", j) || s.tokens[j].Kind == token.Number:
			return true, false
		case s.is("prepositions", j) && x != "to":
			return true, false
		case s.isAux(j), s.is("pronoun", j), s.is("subordinators", j), s.tokens[j].Kind == token.Mark, oneOf(x, "to", "not", "and"):
			return j < begin-1 && !s.isAdverb(begin-1) && x != "to" || s.is("events", begin) && x != "to" && !s.isAux(j), false
		}
	}
	noun := strings.TrimSuffix(w, "s")
	return s.is("events", begin) || strings.HasSuffix(noun, "ment") || strings.HasSuffix(noun, "tion"), false
}

// reaching returns the operators that reach a trigger, the innermost first.
func (s *sentence) reaching(t *trigger) []*op {
	var local, outer, behind, after []*op
	for _, o := range s.ops {
		if o.category == pseudo || o.retro || o.begin < t.end && o.end > t.begin && o.begin >= t.begin {
			continue
		}
		switch {
		case (o.scope == next || o.scope == subject) && !o.wide:
			if s.reachesNext(o, t) {
				local = append(local, o)
			}
		case !s.reaches(o, t):
		case o.after:
			after = append(after, o)
		case o.direction == backward && o.scope == clause:
			switch {
			case !s.concerns(o, t):
			case o.category == fact: // "the order to shoot was carried out"
				local = append(local, o)
			default:
				behind = append(behind, o)
			}
		case o.direction == backward || o.scope == phrase:
			local = append(local, o)
		default:
			outer = append(outer, o)
		}
	}
	// What describes a noun is nearer to it than what is said of it.
	slices.SortStableFunc(local, func(a, b *op) int {
		if (a.scope == phrase) != (b.scope == phrase) {
			if a.scope == phrase {
				return -1
			}
			return 1
		}
		return b.begin - a.begin
	})
	slices.Reverse(outer)
	for _, o := range behind { // "he said the reports that … were false": he says so
		at := slices.IndexFunc(outer, func(p *op) bool {
			return p.category == say && p.direction == forward && p.from <= o.begin && o.begin < p.to
		})
		if o.category == negate && at >= 0 && o.segment == outer[at].segment {
			outer = slices.Insert(outer, at, o)
		} else {
			after = append([]*op{o}, after...)
		}
	}
	return slices.Concat(local, outer, after)
}

// reachesNext reports whether a cue that works on the next predicate works on a trigger.
func (s *sentence) reachesNext(o *op, t *trigger) bool {
	if o.scope == subject {
		// "no attack", "killed no one"
		if o.begin >= t.end {
			return o.begin == t.end && !t.nominal && s.segment[o.begin] == s.segment[t.begin] && s.tokens[t.end].Kind == token.Word
		}
		if t.nominal && t.begin < s.phraseEnd(o.end) {
			return true
		}
	}
	if o.direction == both && o.begin >= t.end {
		return o.begin == t.end
	}
	if t.nominal && o.begin >= t.end && o.target >= 0 && s.is("occur", o.target) &&
		(!oneOf(s.words[o.target], "come", "came") || !s.isWord(o.target+1)) { // "the attack did not take place"
		return s.plainly(t.end, o.begin-1, s.segment[t.begin], 12)
	}
	if o.begin >= t.begin {
		return false
	}
	if o.target >= t.begin && o.target < t.end {
		return true
	}
	if o.target < 0 {
		return o.scope == subject && s.plainly(o.end, t.group, o.segment, 14)
	}
	if o.target > t.begin || o.used && !s.lightly(o.target) {
		return false
	}
	if s.segment[t.begin] != s.segment[o.target] {
		return false
	}
	p := o.target
	if o.scope == subject && p < t.begin && !s.isAux(p) && !t.nominal {
		return s.coordinated(o, t)
	}
	switch {
	case t.nominal:
		return s.is("support", p) && s.plainly(p+1, t.begin, o.segment, 9) || !t.definite && s.near(p, t.begin, 5) && o.category != negate
	case s.coordinated(o, t):
		return true
	}
	// "did not want to kill", "will help to free"
	return t.group > 0 && (s.words[t.begin-1] == "to" || strings.HasSuffix(s.words[t.begin], "ing") && s.words[t.begin-1] != ",") &&
		s.plainly(p+1, t.begin, o.segment, 9)
}

func (s *sentence) lightly(i int) bool { return s.is("support", i) }

// near reports whether a noun is the object of a predicate.
func (s *sentence) near(p, begin, most int) bool {
	for j := p + 1; j < begin; j++ {
		if s.is("prepositions", j) && s.words[j] != "of" || s.isBoundary(j) || s.isFinite(j) {
			return false
		}
	}
	return begin-p <= most
}

// plainly reports whether no other predicate and no boundary stands between two tokens.
func (s *sentence) plainly(from, to, seg, most int) bool {
	if to-from > most {
		return false
	}
	for j := from; j < to; j++ {
		if s.segment[j] == seg && (s.isBoundary(j) || s.isFinite(j)) {
			return false
		}
	}
	return true
}

// coordinated reports whether a trigger without auxiliaries shares those of an earlier verb: "not killed or wounded".
func (s *sentence) coordinated(o *op, t *trigger) bool {
	if t.group != t.begin || t.begin == 0 || t.begin-o.target > 16 {
		return false
	}
	shared := false
	for j := t.begin - 1; j > o.target; j-- {
		w := s.words[j]
		if w == "and" || w == "or" || w == "nor" || w == "," {
			shared = j >= t.begin-2 || shared
		}
		if s.isFinite(j) || w == ";" || w == "but" || s.is("subordinators", j) {
			return false
		}
	}
	if !shared || !oneOf(s.words[t.begin-1], "and", "or", "nor", ",") && !s.isAdverb(t.begin-1) {
		return false
	}
	if strings.HasSuffix(s.words[t.begin], "ing") {
		return o.category != negate
	}
	return s.looksPast(t.begin) == s.looksPast(o.target)
}

// reaches reports whether a trigger lies in the scope of a cue.
func (s *sentence) reaches(o *op, t *trigger) bool {
	if t.begin < o.from || t.begin >= o.to || o.begin < t.end && o.end > t.begin && o.begin >= t.begin {
		return false
	}
	if strings.HasPrefix(o.text, "whoever") && s.looksPast(t.begin) {
		return false // "whoever did it": it was done
	}
	if s.quote[o.begin] >= 0 && s.quote[t.begin] != s.quote[o.begin] && narrow(o.category) {
		return false
	}
	if o.after || o.direction == both {
		relative, _ := s.aside(t.begin, 0)
		return !relative || !narrow(o.category)
	}
	if o.direction == backward {
		return s.within(t.begin, o.segment) || s.segments[o.segment].relative && s.words[s.segments[o.segment].begin] == "which"
	}
	if !s.within(t.begin, o.segment) {
		return false
	}
	relative, other := s.aside(t.begin, o.segment)
	if relative || other && narrow(o.category) && o.category != plan {
		return o.category == say || o.category == confirm
	}
	if o.scope == clause && o.category == negate || o.category == fact || o.category == agent {
		return true
	}
	if narrow(o.category) && s.describes(t) && o.end < t.begin-1 {
		return false
	}
	// A known event beside what is told is taken for granted: "no civilians were killed in the raid".
	if narrow(o.category) && t.nominal && t.definite && !s.governs(o, t) {
		return false
	}
	return true
}

// describes reports whether a trigger is a participle that describes the noun before it, aside: "to free the pilots,
// captured in April, before the feast".
func (s *sentence) describes(t *trigger) bool {
	if t.begin < 2 || t.group != t.begin || s.words[t.begin-1] != "," || !s.looksPast(t.begin) || s.looksPast(t.begin-2) ||
		!s.isWord(t.end) || !s.is("prepositions", t.end) && !s.is("days", t.end) && !s.isAdverb(t.end) {
		return false
	}
	for j := t.begin - 2; j >= 0 && j > t.begin-8; j-- { // "they fired, killed at random": it shares a subject
		if s.looksPast(j) || s.isAux(j) {
			return false
		}
	}
	return true
}

// governs reports whether a known event is what a cue speaks of, and no circumstance of it.
func (s *sentence) governs(o *op, t *trigger) bool {
	for j := o.end; j < t.begin; j++ {
		if s.isFinite(j) || s.looksPast(j) && s.cueOf[j] < 0 || s.is("adjuncts", j) || s.words[j] == "at" || s.words[j] == "by" {
			return false
		}
	}
	return true
}

// concerns reports whether what is said behind a clause is said of the trigger: of claims about it, or of itself.
func (s *sentence) concerns(o *op, t *trigger) bool {
	gerund := t.end-t.begin == 1 && strings.HasSuffix(s.words[t.begin], "ing") && (s.opens(t.begin) || s.words[t.begin-1] == ",")
	if (t.nominal || gerund) && s.plainly(s.overAside(t, o.begin), o.begin, o.segment, 16) {
		return true
	}
	for j := o.from; j < t.begin; j++ {
		if s.is("reporting", j) || s.words[j] == "that" || s.words[j] == "whether" {
			return true
		}
		if c := s.cueOf[j]; c >= 0 && (s.ops[c].category == allege || s.ops[c].category == say || s.ops[c].category == plan) {
			return true
		}
	}
	return false
}

// overAside returns where the predicate of a noun may be looked for: behind what stands between commas after it.
func (s *sentence) overAside(t *trigger, to int) int {
	for i := t.end; i < to; i++ {
		switch {
		case s.words[i] == ",":
			if end := s.closingComma(i); end < to && s.words[end] == "," {
				return end + 1
			}
			return t.end
		case s.isFinite(i), s.is("subordinators", i):
			return t.end
		}
	}
	return t.end
}

// quotation is what stands between quotation marks, perhaps over several sentences.
type quotation struct {
	sentence, begin   int
	lastSentence, end int
	speaker           Speaker
	open              bool // nothing ends it
	flat, attributed  bool
	words             int
}

// readQuotations finds the quotations of the passage and who is quoted.
func (p *Passage) readQuotations() {
	open := -1
	mark := ""
	for n, s := range p.sentences {
		for i := range s.words {
			w := s.tokens[i].Text
			single := s.tokens[i].Kind == token.Mark && (w == "'" || w == "‘") && (i == 0 || s.tokens[i].Spaced)
			closes := open >= 0 && (w == mark || mark == "”" && w == "\"" || mark == "'" && w == "’") && !(w == "'" && s.tokens[i].Spaced)
			switch {
			case closes:
				p.quotes[open].lastSentence, p.quotes[open].end = n, i
				open = -1
			case open < 0 && (single || w == "\"" || w == "“" || w == "«" || w == "„"):
				mark = map[string]string{"\"": "\"", "“": "”", "«": "»", "„": "“", "'": "'", "‘": "'"}[w]
				p.quotes = append(p.quotes, quotation{sentence: n, begin: i, lastSentence: n, end: len(s.words)})
				open = len(p.quotes) - 1
			case open >= 0:
				s.quote[i] = open
				p.quotes[open].words++
				p.quotes[open].lastSentence, p.quotes[open].end = n, len(s.words)
			}
		}
	}
	for k := range p.quotes {
		q := &p.quotes[k]
		if q.lastSentence == q.sentence && q.end == len(p.sentences[q.sentence].words) && q.end-q.begin > 1 {
			q.open = true // an apostrophe, or a mark that somebody forgot
		}
		p.attributeQuotation(q)
		if before := k - 1; !q.attributed && q.words > 3 && before >= 0 && p.quotes[before].attributed {
			q.speaker, q.flat, q.attributed = p.quotes[before].speaker, p.quotes[before].flat, true
		}
	}
}

func (p *Passage) attributeQuotation(q *quotation) {
	first, last := p.sentences[q.sentence], p.sentences[q.lastSentence]
	var found *op
	for _, o := range first.ops { // before it
		speech := o.category == say || o.category == confirm || o.category == allege || o.category == deny
		if speech && o.scope == clause && o.end <= q.begin && q.begin-o.end <= 8 && first.quote[o.begin] < 0 {
			found = o
		}
	}
	if found == nil {
		for _, o := range last.ops { // behind it
			if o.begin > q.end && o.scope == clause && (o.category == say || o.category == confirm || o.category == plan) &&
				last.quote[o.begin] < 0 && o.after {
				found = o
				break
			}
		}
	}
	if found != nil {
		q.speaker, q.flat, q.attributed = found.speaker, found.flat, true
	}
}

// quoted applies what a quotation makes of a trigger that stands in it, where no cue of its own sentence has.
func (p *Passage) quoted(st *state, s *sentence, begin int) {
	k := s.quote[begin]
	if k < 0 {
		return
	}
	q := p.quotes[k]
	if !q.attributed && !q.open && !st.said && st.value == schema.Asserted {
		st.value, st.rule = schema.Reported, "allege: quotation marks"
		return
	}
	if !q.attributed || st.said && q.sentence == q.lastSentence || q.words < 3 {
		return
	}
	if st.speaker == q.speaker && st.said {
		return
	}
	switch st.value {
	case schema.Negated:
		st.value = schema.Denied
	case schema.Asserted:
		if !q.speaker.Named && !q.flat {
			st.value = schema.Reported
		}
	default:
	}
	st.attribute(q.speaker, q.flat)
}

// retro applies what is said of a report afterwards: "; the ministry called it fake", ", which the army denied".
func (p *Passage) retro(st *state, s *sentence, begin int) {
	if !st.said && st.value != schema.Hedged && st.value != schema.Reported || st.value == "" || st.presupposed {
		return
	}
	for n := s.number; n <= s.number+1 && n < len(p.sentences); n++ {
		for _, o := range p.sentences[n].ops {
			if !o.retro || n == s.number && o.begin < begin {
				continue
			}
			if n > s.number && o.begin > 8 {
				continue
			}
			if st.speaker.Named && o.speaker == st.speaker {
				continue
			}
			if o.category == none {
				st.value, st.rule = "", o.name(p.sentences[n])
				return
			}
			st.value, st.rule = schema.Denied, o.name(p.sentences[n])
			st.speaker, st.flat = o.speaker, o.flat
			return
		}
	}
}

// unsaid returns what a trigger is that no cue reaches: what is asked, what holds of whoever it may be, and what is
// done to an end are not told as facts.
func (s *sentence) unsaid(t *trigger) (schema.Assertion, string) {
	switch {
	case s.asks(t):
		return "", "none: question"
	case s.generic(t):
		return "", "none: whoever does it"
	case s.isPurpose(t):
		return schema.Planned, "plan: purpose"
	}
	return schema.Asserted, ""
}

// asks reports whether a trigger is what a question asks: one that begins with its verb. What "who", "why" or a
// relative clause tells is taken for granted.
func (s *sentence) asks(t *trigger) bool {
	first, last := 0, len(s.words)-1
	if q := s.quote[t.begin]; q >= 0 { // what is quoted may be a question of its own
		for first = t.begin; first > 0 && s.quote[first-1] == q && !oneOf(s.words[first-1], "?", ".", "!"); first-- {
		}
		for last = t.begin; last < len(s.words)-1 && s.quote[last+1] == q && s.words[last] != "?"; last++ {
		}
	}
	for last > 0 && s.tokens[last].Kind == token.Mark && s.words[last] != "?" {
		last--
	}
	if last < 1 || s.words[last] != "?" || t.definite && s.is("events", t.begin) {
		return false
	}
	relative, _ := s.aside(t.begin, 0)
	return !relative && s.isFinite(first)
}

// generic reports whether a trigger is told of whoever may do it: "a unit that surrenders its weapons will receive".
func (s *sentence) generic(t *trigger) bool {
	seg := s.segments[s.segment[t.begin]]
	bare := seg.begin > 0 && s.opens(seg.begin-1) && strings.HasSuffix(s.words[seg.begin-1], "s") // "rebels who surrender"
	if !seg.relative || seg.begin < 2 && !bare || s.looksPast(t.begin) ||
		t.nominal && t.begin > seg.begin+1 || t.group != t.begin || t.begin > seg.begin+2 {
		return false
	}
	head := seg.begin - 2
	for head > 0 && s.isPlain(head) {
		head--
	}
	if !bare && !oneOf(s.words[max(head, 0)], "a", "an", "any", "every", "each", "those", "all") {
		return false
	}
	for i := t.end; i < len(s.words) && s.words[i] != "," && s.words[i] != ";"; i++ {
		if s.is("modal", i) || oneOf(s.words[i], "face", "faces", "risk", "risks", "is", "are", "get", "gets") {
			return true
		}
	}
	return false
}

// isPurpose reports whether a trigger is an infinitive that says what for: "three ships sailed to join the blockade".
// Of some verbs the infinitive tells what was done: "they managed to".
func (s *sentence) isPurpose(t *trigger) bool {
	if t.nominal || t.group == 0 || s.words[t.group-1] != "to" || t.group < t.begin || s.looksPast(t.begin) ||
		strings.HasSuffix(s.words[t.begin], "ing") {
		return false
	}
	for i := t.group - 2; i >= 0 && i > t.group-9; i-- {
		switch {
		case s.is("causative", i), s.is("implicative", i) && i >= t.group-3:
			return false
		case s.isBoundary(i), s.segment[i] != s.segment[t.begin]:
			return true
		}
	}
	return true
}

package assertion

import (
	"strings"

	"orbat/loader/text/token"
)

// findSpeaker sets who is the subject of a cue that is a verb, or the owner of one that is a noun, and whether the cue
// follows what is said.
func (s *sentence) findSpeaker(o *op) {
	if !o.verbs {
		if strings.HasPrefix(o.text, "according") || strings.HasPrefix(o.text, "in the words") {
			o.after = true
			o.speaker, o.flat = s.speakerOf(o.end, s.nounEnd(o.end))
			return
		}
		if o.text == ":" {
			o.speaker, o.flat = s.speakerOf(0, o.begin)
			return
		}
		for j := o.begin - 1; j >= max(1, o.begin-4) && o.category == deny; j-- {
			if s.is("issuing", j) {
				begin := s.nounBegin(j)
				o.speaker, o.flat = s.speakerOf(begin, j)
				return
			}
		}
		if (strings.HasPrefix(o.text, "@") || strings.HasPrefix(o.text, "denial")) && o.begin > 0 {
			switch {
			case s.words[o.begin-1] == "'s" || s.words[o.begin-1] == "'" || strings.HasSuffix(s.words[o.begin-1], "s'"):
				begin := s.nounBegin(o.begin - 1)
				end := o.begin - 1
				if strings.HasSuffix(s.words[o.begin-1], "s'") {
					end++
				}
				o.speaker, o.flat = s.speakerOf(begin, end)
			case s.isCapital(o.begin-1) && o.words0("report", "reports", "claims", "claim"):
				begin := s.nounBegin(o.begin)
				o.speaker, o.flat = s.speakerOf(begin, o.begin)
			}
		}
		return
	}
	if s.isParticiple(o) {
		return // "is believed", "two men suspected of"
	}
	if inverted := s.invertedSpeaker(o); inverted {
		return
	}
	begin, end := s.subjectOf(o)
	if begin >= end {
		return
	}
	o.speaker, o.flat = s.speakerOf(begin, end)
	if (o.category == say || o.category == confirm || o.category == hedge || o.category == allege ||
		o.category == plan && s.isClosed(begin)) && s.follows(o, begin) {
		o.after = true
	}
}

func (o *op) words0(words ...string) bool {
	for _, w := range words {
		if o.elements[0].words[w] {
			return true
		}
	}
	return false
}

// isParticiple reports whether a verb is passive or stands behind the noun that it describes.
func (s *sentence) isParticiple(o *op) bool {
	w := s.words[o.begin]
	if strings.HasSuffix(w, "ing") || !s.looksPast(o.begin) {
		return false
	}
	i := o.begin - 1
	for i >= 0 && s.isAdverb(i) {
		i--
	}
	if s.is("be", i) {
		return true
	}
	// "ordered to", "suspected of" behind a noun: where a finite verb follows in the same segment, this one is none.
	if o.category == plan || o.category == allege || o.category == hedge {
		if s.opens(o.begin) || i >= 0 && s.words[i] == "," {
			return true
		}
		to := o.elements[len(o.elements)-1].words
		if (to["of"] || to["to"]) && o.end-o.begin <= 3 && strings.HasSuffix(s.words[o.begin], "ed") {
			for j := o.end; j < len(s.words); j++ {
				if s.words[j] == "," || s.words[j] == ";" {
					break
				}
				if s.segment[j] == s.segment[o.begin] && (s.isFinite(j) || s.isMainPast(j, o)) {
					o.postnominal = true
					return true
				}
			}
		}
	}
	return false
}

// isMainPast reports whether a token is a past behind the complement of a cue, with an object: "intended to kill him
// hit a wedding".
func (s *sentence) isMainPast(i int, o *op) bool {
	return i > o.end+1 && s.looksPast(i) && s.cueOf[i] < 0 && s.isPlain(i-1) && !s.is("lexneg", i-1) &&
		(s.is("det", i+1) || s.is("pronoun", i+1) || i+1 < len(s.words) && s.tokens[i+1].Kind == token.Number)
}

// invertedSpeaker finds the subject behind the verb: ", said Colonel X", `" insisted Captain Y`.
func (s *sentence) invertedSpeaker(o *op) bool {
	if o.begin == 0 || o.end >= len(s.words) || o.category != say && o.category != confirm && o.category != hedge && o.category != allege {
		return false
	}
	switch s.words[o.begin-1] {
	case ",", "\"", "”", "'", "’", "»", "—", "–", "!", "?":
	default:
		return false
	}
	if !s.is("det", o.end) && !s.isCapital(o.end) && !s.is("people", o.end) && !s.is("organs", o.end) && !s.is("spokes", o.end) {
		return false
	}
	end := s.nounEnd(o.end)
	if end < len(s.words) && (s.isFinite(end) || s.looksPast(end) && !s.isCapital(end)) {
		return false // the subject of what is said: "speaking there, said the army had"
	}
	o.after = true
	o.speaker, o.flat = s.speakerOf(o.end, end)
	return true
}

// nounEnd returns where the noun phrase ends that begins at a token.
func (s *sentence) nounEnd(i int) int {
	for i < len(s.words) && !s.isNounEnd(i) {
		i++
	}
	return i
}

// isNounEnd reports whether a noun phrase cannot go on with a token.
func (s *sentence) isNounEnd(i int) bool {
	if s.tokens[i].Kind == token.Mark && s.words[i] != "'" && s.words[i] != "." && s.words[i] != "-" || s.isFinite(i) || s.is("modal", i) {
		return true
	}
	if s.tokens[i].Kind == token.Mark && s.words[i] == "." {
		return true
	}
	return s.is("subordinators", i) || s.is("adjuncts", i) || s.isVerbCue(i) || s.is("days", i) || s.words[i] == "but"
}

// subjectOf returns the noun phrase before a verb.
func (s *sentence) subjectOf(o *op) (begin, end int) {
	i := o.begin
	for i > 0 && (s.isAdverb(i-1) || s.isAux(i-1) || s.words[i-1] == "to" || s.words[i-1] == "not") {
		if c := s.cueOf[i-1]; c >= 0 && s.ops[c].scope != next {
			break
		}
		i--
	}
	// A cue before it that negates it, as "refused to".
	for i > 0 && s.cueOf[i-1] >= 0 && s.ops[s.cueOf[i-1]].scope == next && s.ops[s.cueOf[i-1]].begin < i && s.ops[s.cueOf[i-1]] != o {
		i = s.ops[s.cueOf[i-1]].begin
	}
	for i > 0 && (s.isAdverb(i-1) || s.isAux(i-1)) {
		i--
	}
	if i == 0 {
		return 0, 0
	}
	switch s.words[i-1] {
	case "and", "but", "or", "then":
		return s.elided(o)
	case "who", "which", "that":
		end = i - 1
		if end > 0 && s.words[end-1] == "," {
			end--
		}
		return s.nounBegin(end), end
	case ",":
		// Back over what stands aside.
		if at := s.segment[max(0, i-2)]; at > 0 && s.segments[at].end == i-1 && at != o.segment && s.segments[at].begin > 1 {
			end = s.segments[at].begin
			for end > 0 && s.words[end-1] != "," && s.is("prepositions", end-1) {
				end--
			}
			if end > 0 && s.words[end-1] == "," {
				end--
			}
			return s.nounBegin(end), end
		}
		for j := i - 2; j > max(0, i-25); j-- {
			if s.words[j] == "," {
				return s.nounBegin(j), j
			}
		}
		return s.elided(o)
	case "\"", "”", "’", "'":
		return 0, 0
	}
	return s.nounBegin(i), i
}

// elided returns the subject of the act of speech before one without a subject of its own.
func (s *sentence) elided(o *op) (begin, end int) {
	for k := o.index - 1; k >= 0; k-- {
		p := s.ops[k]
		if p.speaker.End > 0 {
			return p.speaker.Begin, p.speaker.End
		}
	}
	return 0, 0
}

// nounBegin returns where the noun phrase begins that ends before a token.
func (s *sentence) nounBegin(end int) int {
	i := end
	for i > 0 && end-i < 24 {
		j := i - 1
		w := s.words[j]
		if s.tokens[j].Kind == token.Mark && w != "'" && w != "&" && w != "/" || s.is("subordinators", j) && w != "than" ||
			w == "but" || w == "if" || w == "and" && s.verbBefore(j) {
			break
		}
		if !s.isCapital(j) && (s.isAux(j) || s.isVerbCue(j) && s.segment[j] == s.segment[end-1] && s.ops[s.cueOf[j]].end <= end) {
			break
		}
		i--
	}
	// "On Monday the army": what stands before its article is no part of it.
	if i < end && s.is("prepositions", i) {
		for k := i + 1; k < end; k++ {
			if k > i+1 && s.is("det", k) && s.words[k] != "'s" {
				return k
			}
			if s.is("days", k) && k+1 < end {
				return k + 1
			}
		}
	}
	return i
}

func (s *sentence) verbBefore(i int) bool {
	for j := i - 1; j >= 0; j-- {
		if s.words[j] == ";" {
			return false
		}
		if s.isAux(j) || s.isVerbCue(j) || s.looksPast(j) {
			return true
		}
	}
	return false
}

// follows reports whether an act of speech stands behind what is said: ", the army said on Monday."
func (s *sentence) follows(o *op, begin int) bool {
	if begin < 2 {
		return false
	}
	switch s.words[begin-1] {
	case ",", "\"", "”", "’", "'", "»", "—", "–", ".", "?", "!":
	default:
		return false
	}
	from := o.end
	if oneOf(s.words[o.begin], "told", "tells", "telling") {
		for from < len(s.words) && (s.isPlain(from) || s.is("det", from) || s.is("pronoun", from)) && s.words[from] != "to" {
			from++
		}
	}
	for j := from; j < len(s.words); j++ {
		w := s.words[j]
		if j == from && !s.isAdjunct(j) {
			return false
		}
		if w == "that" || w == "whether" {
			return false
		}
		if w == "," || w == ";" || w == "." || w == "\"" || w == "“" || s.is("adjuncts", j) && j > from && w != "in" && w != "during" {
			break
		}
		if s.isFinite(j) && s.segment[j] == o.segment {
			return false
		}
	}
	return true
}

// isAdjunct reports whether what begins with a token behind a verb is a circumstance and no complement of it.
func (s *sentence) isAdjunct(i int) bool {
	if !s.isWord(i) {
		return s.words[i] != ":"
	}
	w := s.words[i]
	return w != "to" && w != "that" && (s.is("prepositions", i) || s.is("adjuncts", i) || s.isAdverb(i) || s.is("days", i))
}

// speakerOf returns the speaker that a noun phrase names, and whether one who is not named is a definite party.
func (s *sentence) speakerOf(begin, end int) (Speaker, bool) {
	if begin >= end {
		return Speaker{}, false
	}
	first := s.words[begin]
	for k := begin + 1; k < end; k++ {
		if s.is("issuing", k) && (s.is("det", k+1) || s.is("spokes", k-1)) { // "the embassy issued a statement denying"
			end = k
			break
		}
	}
	definite := s.is("definite", begin)
	for begin < end-1 && (s.is("articles", begin) || s.words[begin] == "even") {
		begin++
	}
	sp := Speaker{Sentence: s.number, Begin: begin, End: end}
	if oneOf(first, "there", "neither", "everything", "nothing", "something", "anything") {
		return Speaker{}, false
	}
	if end-begin == 1 && s.is("pronoun", begin) {
		return sp, first != "they" && first != "i" && first != "we" || first == "we"
	}
	// The head stands before the first preposition.
	head := end
	for k := begin + 1; k < end; k++ {
		if s.is("prepositions", k) && !s.isCapital(k) || s.words[k] == "," {
			head = k
			break
		}
	}
	last := head - 1
	if s.is("spokes", last) && !s.isCapital(last) || s.is("spokes", begin) && !s.isCapital(begin+1) {
		return s.spokesman(begin, last, end)
	}
	if (s.is("spokes", begin) || s.is("officers", begin)) && s.isCapital(begin) && s.isName(begin+1) && !s.is("organs", begin+1) {
		sp.End, sp.Named = head, true // "Major Ada Abel of the Rifles": a person, without what they belong to
		return sp, true
	}
	if s.is("spokes", begin) && s.isName(begin+1) {
		sp.Named = true
		return sp, true
	}
	if s.isName(last) && !s.is("kin", last) {
		indefinite := first == "a" || first == "an"
		sp.Named = !indefinite || s.isCapital(last) && last > begin
		for sp.Begin < last && (s.is("people", sp.Begin) || s.is("officers", sp.Begin) || s.is("det", sp.Begin)) && !s.isCapital(sp.Begin) {
			sp.Begin++ // "the analyst Ada Abel", "its minister Ada Abel"
		}
		// "the Sahel prefect Ada Abel": the whole; "Ministry of Defence of Kenya": with what belongs to it.
		return sp, sp.Named
	}
	if s.is("organs", last) && first != "a" && first != "an" {
		for k := begin; k < end; k++ {
			if k != last && s.isName(k) && !s.is("ordinary", k) {
				sp.Named = true
				break
			}
		}
		return sp, sp.Named || definite || last == begin
	}
	if s.is("officers", last) && begin > 1 && s.words[begin-1] == "," && s.isName(begin-2) && sp.Begin == begin {
		sp.Begin, sp.Named = s.nounBegin(begin-1), true // "General Ada Abel, commander of the fleet said"
		return sp, true
	}
	if definite && (s.is("people", last) || s.is("kin", last)) {
		return sp, false
	}
	return sp, definite && (s.is("organs", last) || s.is("officers", last))
}

// spokesman returns for whom a spokesman speaks.
func (s *sentence) spokesman(begin, last, end int) (Speaker, bool) {
	sp := Speaker{Sentence: s.number, Begin: begin, End: end}
	for k := last + 1; k < end; k++ {
		if !s.isName(k) {
			continue
		}
		if at := s.prepositionBefore(k, last); at > 0 {
			sp.Begin, sp.Named = at+1, true
			for sp.Begin < end-1 && s.is("articles", sp.Begin) {
				sp.Begin++
			}
			return sp, true
		}
		sp.Named = true // "army spokesman Ada Abel"
		return sp, true
	}
	for k := begin; k < last; k++ {
		if s.isName(k) && !s.is("ordinary", k) {
			sp.End, sp.Named = last, true
			if s.words[last-1] == "'s" {
				sp.End--
			}
			return sp, true
		}
	}
	return sp, true
}

func (s *sentence) prepositionBefore(k, last int) int {
	for j := k - 1; j > last; j-- {
		if s.words[j] == "for" || s.words[j] == "of" || s.words[j] == "from" || s.words[j] == "by" {
			return j
		}
	}
	return 0
}

// commonClasses are of words that are no names where they begin a sentence.
var commonClasses = []string{
	"people", "organs", "ordinary", "det", "pronoun", "prepositions", "reporting", "spokes", "kin", "officers", "proof", "wh",
}

// isName reports whether a token is a capital word that is no ordinary one at the beginning of a sentence.
func (s *sentence) isName(i int) bool {
	if !s.isCapital(i) {
		return false
	}
	if !s.opens(i) {
		return true
	}
	for _, class := range commonClasses {
		if s.is(class, i) {
			return false
		}
	}
	w := s.words[i]
	plural := strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !s.is("places", i)
	return !strings.HasSuffix(w, "ly") && (!plural || s.isCapital(i+1))
}

// findDenier sets who denies what stands before: "is disputed by his family", "which the army denied".
func (s *sentence) findDenier(o *op) {
	if o.end > 0 && o.end <= len(s.words) && s.words[o.end-1] == "by" {
		o.speaker, o.flat = s.speakerOf(o.end, s.nounEnd(o.end))
	}
}

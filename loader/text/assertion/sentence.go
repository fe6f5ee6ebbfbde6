package assertion

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"orbat/loader/text/token"
)

// An op is a cue found in a sentence, with what it works on.
type op struct {
	*cue
	index       int
	begin, end  int // tokens of the cue
	segment     int
	from, to    int // tokens within its scope
	target      int // the predicate of a scope next or subject, -1 where there is none
	mods        []*op
	speaker     Speaker
	flat        bool
	blames      bool // somebody, of something that he is told of as a fact
	after       bool // attribution behind what is said
	used        bool // as the modifier of another
	postnominal bool // a participle behind the noun that it describes
	wide        bool // the adverb of a whole clause
	corrected   bool // by the same speaker, later
	retro       bool // about what was said before it
}

type sentence struct {
	rules    *ruleSet
	number   int
	tokens   []token.Token
	words    []string // folded
	cueOf    []int    // the op whose cue a token belongs to, or -1
	ops      []*op
	segments []segment
	segment  []int // of each token
	quote    []int // the quotation of each token, or -1
}

func newSentence(rules *ruleSet, number int, tokens []token.Token) *sentence {
	s := &sentence{rules: rules, number: number, tokens: tokens, words: make([]string, len(tokens))}
	for i, t := range tokens {
		s.words[i] = token.Fold(t.Text)
	}
	s.quote = make([]int, len(tokens))
	for i := range s.quote {
		s.quote[i] = -1
	}
	s.findCues()
	s.cutSegments()
	for _, o := range s.ops {
		o.segment = s.segment[o.begin]
		if g := s.segments[o.segment]; o.direction == both && o.scope == clause || g.parent >= 0 && g.begin == o.begin && g.end == o.end {
			o.segment = max(0, g.parent) // "At no time, he said, did they": it introduces all that follows
		}
	}
	s.scopes()
	return s
}

// findCues finds the longest cue at each token.
func (s *sentence) findCues() {
	s.cueOf = make([]int, len(s.words))
	for i := range s.cueOf {
		s.cueOf[i] = -1
	}
	for i := 0; i < len(s.words); i++ {
		var best *cue
		length := 0
		for _, c := range s.rules.cues[s.words[i]] {
			n := s.match(c.elements, i, i)
			if n == 0 || n < length || n == length && c.scope != phrase {
				continue
			}
			if c.category == pseudo || s.isCue(c, i, i+n) {
				best, length = c, n
			}
		}
		if best == nil {
			continue
		}
		covered := coverage(best, length)
		o := &op{cue: best, index: len(s.ops), begin: i, end: i + length, target: -1}
		for j := i; j < i+covered; j++ {
			s.cueOf[j] = o.index
		}
		s.ops = append(s.ops, o)
		i += covered - 1
	}
}

// coverage returns how many tokens a cue takes for itself: up to its gap, within which other cues may stand.
func coverage(c *cue, length int) int {
	if c.category == pseudo {
		return length
	}
	for k, e := range c.elements {
		if e.gap {
			return min(length, k)
		}
	}
	return length
}

// match returns how many tokens from a place on the elements match, or 0.
func (s *sentence) match(elements []element, at, begin int) int {
	if len(elements) == 0 {
		return at - begin
	}
	e := elements[0]
	if e.gap {
		for k := 0; k <= 6 && at+k < len(s.words); k++ {
			if n := s.match(elements[1:], at+k, begin); n > 0 {
				return n
			}
			if s.tokens[at+k].Kind == token.Mark && s.words[at+k] != "'" && s.words[at+k] != "\"" {
				break
			}
		}
		return 0
	}
	if end := s.interpolationEnd(at); at > begin && end > 0 { // "voted, by 61 to 58, for"
		return s.match(elements, end, begin)
	}
	if at < len(s.words) && e.words[s.words[at]] {
		if n := s.match(elements[1:], at+1, begin); n > 0 {
			return n
		}
	}
	if e.optional {
		return s.match(elements[1:], at, begin)
	}
	return 0
}

// interpolationEnd returns where the sentence goes on behind a few words between commas that begin at a token, or 0.
func (s *sentence) interpolationEnd(i int) int {
	if i >= len(s.words) || s.words[i] != "," {
		return 0
	}
	if end := s.closingComma(i); end < len(s.words)-1 && end-i < 9 && s.words[end] == "," {
		return end + 1
	}
	return 0
}

// isCue reports whether the words of a cue are used as one: "state" in "State radio" says nothing.
func (s *sentence) isCue(c *cue, begin, end int) bool {
	word := s.words[begin]
	text := s.tokens[begin].Text
	first, _ := utf8.DecodeRuneInString(text)
	if begin > 0 && unicode.IsUpper(first) && !s.opens(begin) && !(begin+1 < len(s.words) && s.words[begin+1] == "that") {
		return false // part of a name
	}
	switch word {
	case ":":
		return s.announces(begin)
	case "call", "calls", "called", "calling":
		if c.category == deny && oneOf(s.word(begin+1), "for", "on", "up", "in", "off") {
			return false
		}
	case "may":
		if unicode.IsUpper(first) {
			return false
		}
	case "will":
		if begin > 0 && s.is("det", begin-1) {
			return false
		}
	case "that":
		return false
	}
	if word == "had" && c.category == none && begin+1 == end {
		return begin == 0 && !s.looksPast(1) && s.hasWord("would")
	}
	if word == "were" && c.category == plan && !s.opens(begin) && s.word(begin-1) != "," {
		return false
	}
	if c.direction == backward && oneOf(s.word(end), "to", "that") {
		return false // "is a crime to", "is a lie that": of what follows
	}
	if c.category == plan && s.word(end-1) == "to" && end-begin > 1 && (s.is("det", end) || s.isCapital(end) ||
		s.is("pronoun", end) ||
		end < len(s.tokens) && s.tokens[end].Kind == token.Number) {
		return false // "was assigned to the brigade"
	}
	if c.scope == phrase && !c.verbs && strings.HasSuffix(word, "ed") {
		return s.opens(begin) || s.is("det", begin-1) || s.is("prepositions", begin-1) || !s.isWord(begin-1) ||
			s.words[begin-1] == "and" || strings.HasSuffix(s.words[begin-1], "ing")
	}
	if !c.verbs {
		if word == "no" && end < len(s.words) && s.tokens[end].Kind == token.Number && s.words[begin] == "no" && begin+1 == end {
			return s.tokens[begin].Text != "No."
		}
		return true
	}
	if strings.HasSuffix(word, "ed") && (s.opens(begin) && !s.isClosed(begin) || s.is("det", begin-1)) && s.isPlain(begin+1) {
		return false // "suspected members"
	}
	if !s.rules.is("nouns", word) {
		return true
	}
	if end-begin > 1 && !(begin > 0 && s.determined(begin)) {
		return true
	}
	if begin > 0 {
		before := s.words[begin-1]
		if s.is("modal", begin-1) || s.is("pronoun", begin-1) || oneOf(before, "to", "not", "who", "which") {
			return true
		}
		if s.determined(begin) {
			return false
		}
	}
	if end < len(s.words) {
		after := s.words[end]
		if strings.HasSuffix(after, "ing") && begin > 0 && strings.HasSuffix(s.words[begin-1], "s") {
			return true // "hostages risk being"
		}
		return after == "that" || s.rules.is("pronoun", after) || s.is("det", end) && begin > 0 || after == ":" || after == "to"
	}
	return false
}

// announces reports whether what stands before a colon is who says what follows: "Defence Minister Ada Abel: …".
func (s *sentence) announces(colon int) bool {
	if colon == 0 || colon > 7 {
		return false
	}
	for i := range colon {
		if !s.isWord(i) && s.tokens[i].Kind != token.Number || s.isAux(i) || s.cueOf[i] >= 0 {
			return false
		}
	}
	last := colon - 1
	return s.is("organs", last) || s.is("officers", last) || s.is("spokes", last) || colon > 1 && s.isCapital(last) &&
		s.isCapital(last-1)
}

func (s *sentence) hasWord(w string) bool { return slices.Contains(s.words, w) }

// isPlain reports whether a token may be a noun or name.
func (s *sentence) isPlain(i int) bool {
	return s.isWord(i) && !s.isAux(i) && !s.isAdverb(i) && !s.is("prepositions", i) && !s.is("det", i) && !s.is("pronoun", i) &&
		!s.is("subordinators", i)
}

// determined reports whether an article, possessive or adjective makes a noun of a word.
func (s *sentence) determined(i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		w := s.words[j]
		if s.is("det", j) || w == "'s" || w == "of" || w == "under" || w == "by" || w == "in" || w == "from" || w == "on" {
			return true
		}
		if s.tokens[j].Kind != token.Word || !strings.HasSuffix(w, "al") && !strings.HasSuffix(w, "ed") {
			return false
		}
	}
	return false
}

// isClosed reports whether a quotation ends before a token: `", recalled the captain`.
func (s *sentence) isClosed(i int) bool {
	return i > 1 && oneOf(s.words[i-1], "\"", "”", "'", "’") && !s.tokens[i-1].Spaced
}

// opens reports whether a token begins a sentence or a quotation.
func (s *sentence) opens(i int) bool {
	if i == 0 {
		return true
	}
	switch s.words[i-1] {
	case "\"", "“", "'", "”", "»", "«", ":", "„", "‘", ".", "?", "!", ";", "(", "—", "–", "-", "•":
		return true
	}
	return false
}

func (s *sentence) is(class string, i int) bool {
	return i >= 0 && i < len(s.words) && s.rules.is(class, s.words[i])
}

// word returns a folded word, or nothing beyond the ends of the sentence.
func (s *sentence) word(i int) string {
	if i < 0 || i >= len(s.words) {
		return ""
	}
	return s.words[i]
}

func oneOf(word string, words ...string) bool { return slices.Contains(words, word) }

func (s *sentence) isWord(i int) bool {
	return i >= 0 && i < len(s.words) && s.tokens[i].Kind == token.Word
}

// isAux reports whether a token is an auxiliary or modal verb.
func (s *sentence) isAux(i int) bool { return s.is("aux", i) }

// isFinite reports whether a token is an auxiliary that begins a finite verb.
func (s *sentence) isFinite(i int) bool {
	return (s.is("finite", i) || s.is("modal", i)) && (s.words[i] != "may" || !s.isCapital(i))
}

// isAdverb reports whether a token may stand between auxiliaries and their verb.
func (s *sentence) isAdverb(i int) bool {
	if !s.isWord(i) {
		return false
	}
	w := s.words[i]
	return len(w) > 4 && strings.HasSuffix(w, "ly") && !s.is("nolly", i) || s.is("adverbs", i)
}

// looksPast reports whether a token has the form of a past or participle.
func (s *sentence) looksPast(i int) bool {
	return s.isWord(i) && (len(s.words[i]) > 3 && strings.HasSuffix(s.words[i], "ed") || s.is("pasts", i))
}

func (s *sentence) isCapital(i int) bool {
	if i < 0 || i >= len(s.tokens) || s.tokens[i].Kind != token.Word {
		return false
	}
	return strings.IndexFunc(s.tokens[i].Text, func(r rune) bool {
		return unicode.IsUpper(r) || unicode.IsDigit(r) || unicode.IsLetter(r) && !unicode.IsLower(r)
	}) >= 0
}

// isBoundary reports whether a token separates predicates.
func (s *sentence) isBoundary(i int) bool {
	switch s.words[i] {
	case ",", ";", ":", "—", "–", "(", ")", "\"", "“", "”", "-", "--":
		return true
	}
	return s.is("subordinators", i)
}

// scopes finds what each op works on.
func (s *sentence) scopes() {
	for _, o := range s.ops {
		if o.scope == next || o.scope == subject {
			o.target = s.findTarget(o)
		}
	}
	// What a negation or modal modifies that is itself a cue is modified wherever that cue works.
	for _, o := range s.ops {
		if o.target < 0 || s.cueOf[o.target] < 0 {
			continue
		}
		if of := s.ops[s.cueOf[o.target]]; of != o && of.category != pseudo {
			of.mods = append(of.mods, o)
			o.used = true
		}
	}
	// So is the plan that a noun names, where it is foiled or called off: "foiled a plot to".
	for _, o := range s.ops {
		if o.scope != phrase || o.category != negate && o.category != none {
			continue
		}
		end := s.phraseEnd(o.end)
		for _, of := range s.ops {
			if of.category == plan && of.begin >= o.end && of.begin < end {
				of.mods = append(of.mods, o)
			}
		}
	}
	for _, o := range s.ops {
		switch o.category {
		case say, confirm, allege, deny, hedge, plan:
			if o.scope == clause && o.direction == forward {
				s.findSpeaker(o)
			}
		default:
		}
		if (o.category == deny || o.category == negate || o.category == none) && o.direction == backward {
			s.findDenier(o)
		}
		s.findScope(o)
		s.describe(o)
		s.findCorrection(o)
		o.retro = o.direction == behind || o.category == deny && o.direction == forward && s.isAnaphoric(o)
	}
}

// isAnaphoric reports whether a denial is of what was said before it: "which the army denied", "denied the report".
func (s *sentence) isAnaphoric(o *op) bool {
	if strings.HasSuffix(s.words[o.begin], "ing") {
		return false
	}
	i := o.begin + 1
	if i >= len(s.words) || s.words[i] == "." || s.words[i] == "," {
		return true
	}
	switch s.words[i] {
	case "it", "this", "that", "them", "these", "both":
		i++
	case "the", "those", "all":
		if i++; i >= len(s.words) || !s.is("reporting", i) {
			return false
		}
		i++
	default:
		return false
	}
	if i >= len(s.words) {
		return true
	}
	switch s.words[i] {
	case ".", ",", "as", "and", "on", "in", "but", "an", "saying", "calling":
		return true
	}
	return false
}

func (s *sentence) describe(o *op) {
	text := o.text
	switch o.category {
	case negate:
		o.blames = strings.Contains(text, "part|role") || strings.HasPrefix(text, "nothing to do")
	case confirm:
		o.blames = strings.Contains(text, "credit")
	case allege:
		o.blames = strings.Contains(text, " of") && strings.Contains(text, "accuse") || strings.Contains(text, "blame") ||
			strings.HasPrefix(text, "~charge") || strings.HasPrefix(text, "wanted")
	default:
	}
}

// findTarget returns the predicate that follows a cue: the first word that is no adverb and no auxiliary.
func (s *sentence) findTarget(o *op) int {
	i := o.end
	if o.scope == subject {
		found := false
		for n := 0; i < len(s.words) && n < 14; i, n = i+1, n+1 {
			if end := s.interpolationEnd(i); end > 0 && s.isAux(end) { // "neither he nor they, he said, had"
				i = end - 1
				continue
			}
			if s.isBoundary(i) || s.segment[i] != s.segment[o.begin] && s.segment[i] < s.segment[o.begin] {
				return -1
			}
			if s.segment[i] != s.segment[o.begin] {
				continue
			}
			if s.isAux(i) {
				found = true
				break
			}
			if c := s.cueOf[i]; c >= 0 && s.ops[c] != o && s.ops[c].scope == clause && s.ops[c].category != pseudo {
				return i
			}
		}
		if !found {
			return -1
		}
	}
	if (o.category == negate || o.category == hedge) && s.is("articles", i) { // "not an attack"
		for n := 0; n < 3 && s.isPlain(i+1); n++ {
			i++
			if s.is("events", i) {
				return i
			}
		}
		return -1
	}
	for ; i < len(s.words); i++ {
		if s.isAdverb(i) || s.isAux(i) || s.words[i] == "to" && s.isAux(i-1) || s.words[i] == "even" || s.words[i] == "ever" {
			if c := s.cueOf[i]; c < 0 || s.ops[c] == o || s.ops[c].scope == next {
				continue
			}
			return i
		}
		if c := s.cueOf[i]; c >= 0 && s.ops[c].scope == next && s.ops[c] != o && !s.ops[c].verbs {
			continue
		}
		if end := s.interpolationEnd(i); i == o.end && end > 0 { // "not, as they would have it, killed"
			i = end - 1
			continue
		}
		if s.tokens[i].Kind == token.Mark {
			return -1
		}
		return i
	}
	return -1
}

// findScope sets the tokens that a cue works on, where they do not depend on the trigger.
func (s *sentence) findScope(o *op) {
	switch {
	case o.direction == both && o.scope == next && s.opens(o.begin):
		o.wide = true
		o.from, o.to = o.end, s.clauseEnd(o)
	case o.direction == both && o.scope == clause:
		o.from, o.to = s.clauseBegin(o), s.clauseEnd(o)
	case o.direction == backward && o.scope == clause:
		o.from, o.to = s.clauseBegin(o), o.begin
	case o.direction == backward:
		o.from, o.to = max(0, o.begin-max(o.limit, 3)), o.begin
	case o.scope == phrase:
		o.from, o.to = o.end, s.phraseEnd(o.end)
	case o.scope == limited:
		o.from, o.to = o.end, min(len(s.words), o.end+o.limit)
	case o.scope == clause && o.after:
		o.from, o.to = 0, len(s.words)
	case o.scope == clause:
		o.from, o.to = o.end, s.clauseEnd(o)
	default:
		o.from, o.to = o.end, len(s.words)
	}
}

// phraseEnd returns where the noun phrase ends that begins at a token: before a preposition, verb or mark.
func (s *sentence) phraseEnd(i int) int {
	n := 0
	for ; i < len(s.words) && n < 7; i, n = i+1, n+1 {
		if s.tokens[i].Kind == token.Mark || s.isAux(i) || s.is("prepositions", i) || s.isBoundary(i) || s.words[i] == "and" {
			break
		}
	}
	return i
}

// narrow reports whether a category of cue reaches into adjuncts and over "but" no more.
func narrow(c category) bool { return c != say && c != confirm && c != allege }

// clauseEnd returns where the complement of a cue ends.
func (s *sentence) clauseEnd(o *op) int {
	for i := o.end; i < len(s.words); i++ {
		if !s.within(i, o.segment) {
			if s.segments[o.segment].end <= i {
				return i
			}
			continue
		}
		if s.segment[i] != o.segment {
			continue
		}
		switch w := s.words[i]; {
		case w == ";":
			return i
		case w == ":" && i > o.end && narrow(o.category):
			return i
		case w == "but" || s.is("adversatives", i):
			if narrow(o.category) || i > 0 && s.words[i-1] == "," || s.saysAgain(i) {
				return i
			}
		case w == "and" && i > 0 && s.words[i-1] == "," && narrow(o.category):
			return i
		case w == "and" && s.saysAgain(i) && i > o.end:
			return i
		case w == "and" && o.category == plan && s.words[o.end-1] == "to" && s.looksPast(i+1) && !s.isAux(i-1):
			return i // "foiled a plot to breach it and caught two"
		case w == "as" && (oneOf(s.word(i+1), "many", "much", "few", "well") || s.word(i-2) == "as"):
		case narrow(o.category) && s.is("adjuncts", i) && i > o.end, o.postnominal && (s.isFinite(i) && !s.isAux(i-1) ||
			s.isMainPast(i, o)):
			return i
		}
	}
	return len(s.words)
}

// saysAgain reports whether a conjunction begins another act of speech: "and later acknowledged".
func (s *sentence) saysAgain(i int) bool {
	for j := i + 1; j < len(s.words) && j < i+4; j++ {
		if c := s.cueOf[j]; c >= 0 {
			o := s.ops[c]
			return o.scope == clause && (o.category == say || o.category == confirm || o.category == deny)
		}
		if !s.isAdverb(j) && !s.isAux(j) {
			return false
		}
	}
	return false
}

// clauseBegin returns where the clause begins that a cue ends.
func (s *sentence) clauseBegin(o *op) int {
	for i := o.begin - 1; i >= 0; i-- {
		if s.words[i] == ";" {
			return i + 1
		}
		if s.segment[i] != o.segment && !s.within(i, o.segment) && s.segments[o.segment].parent >= 0 &&
			s.segments[o.segment].begin > i {
			return i + 1
		}
	}
	return 0
}

// findCorrection marks what was said first and corrected later: "initially said that he was killed but later".
func (s *sentence) findCorrection(o *op) {
	if narrow(o.category) || !s.is("first", o.begin-1) && !s.is("first", o.begin-2) {
		return
	}
	for i := o.end; i+1 < len(s.words); i++ {
		if s.words[i] == "but" && s.is("later", i+1) || s.words[i] == "before" && strings.HasSuffix(s.words[i+1], "ing") {
			o.corrected = true
			return
		}
	}
}

package token

import (
	"iter"
	"slices"
	"unicode"
	"unicode/utf8"
)

// The bounds that hold whatever the text.
const (
	MaxTokens = 256 // of a sentence
	MaxRunes  = 256 // of a word; links and numbers with hyphens may have four times as many
)

// Kind says what a token is made of.
type Kind uint8

// The kinds of tokens.
const (
	Word   Kind = iota // letters, perhaps with digits, hyphens, apostrophes or the stops of an abbreviation
	Number             // digits, perhaps with separators: 18,000, 9:30, 2016-10-07, 3.5
	Mark               // punctuation and symbols
	Link               // an address on the web or of mail
)

// Token is a word, a number or a mark of a text.
type Token struct {
	Text               string // as it stands in the text
	Begin, End         int    // in bytes
	RuneBegin, RuneEnd int    // in code points
	Kind               Kind
	Spaced             bool // white space stands before it

	newline bool // a line break stands before it
	hard    bool // that break ends a paragraph, a heading or an item of a list
	number  bool // a mark of a list before its item
}

// Sentence is a run of tokens that says something, or a heading, or a dateline.
type Sentence struct {
	Tokens             []Token
	Begin, End         int // in bytes
	RuneBegin, RuneEnd int // in code points
	Paragraph          int // counted from 0
	Heading            bool
	Dateline           bool // where and when an article was written, and by whom
	Item               bool // of a list
	Cut                bool // it had no end within MaxTokens
}

// Split returns all sentences of a text.
func Split(text string) []Sentence { return slices.Collect(Sentences(text)) }

// Sentences yields the sentences of a text in their order.
func Sentences(text string) iter.Seq[Sentence] {
	return func(yield func(Sentence) bool) {
		c := cutter{yield: yield, first: true}
		s := newScanner(text)
		for {
			t, ok := s.next()
			if !ok {
				break
			}
			if !c.take(t) {
				return
			}
		}
		c.end(true, false)
	}
}

// cutter gathers tokens until a sentence ends.
type cutter struct {
	yield     func(Sentence) bool
	tokens    []Token
	paragraph int
	first     bool // the sentence begins its paragraph
}

func (c *cutter) take(t Token) bool {
	if len(c.tokens) > 0 {
		switch {
		case t.hard:
			if !c.end(true, false) {
				return false
			}
			c.paragraph++
			c.first = true
		case ends(c.tokens, t):
			if !c.end(false, false) {
				return false
			}
		case len(c.tokens) >= MaxTokens:
			if !c.cut() {
				return false
			}
		}
	}
	c.tokens = append(c.tokens, t)
	if c.first && isDateline(c.tokens) {
		if !c.emit(Sentence{Tokens: c.tokens, Dateline: true}) {
			return false
		}
		c.first = false
	}
	return true
}

// cut ends an endless sentence, at its last comma or semicolon where it has one in its second half.
func (c *cutter) cut() bool {
	at := len(c.tokens)
	for i := len(c.tokens) - 1; i > len(c.tokens)/2; i-- {
		if t := c.tokens[i]; t.newline || c.tokens[i-1].Text == ";" || c.tokens[i-1].Text == "," {
			at = i
			break
		}
	}
	rest := slices.Clone(c.tokens[at:])
	c.tokens = c.tokens[:at]
	ok := c.end(false, true)
	c.tokens = append(c.tokens, rest...)
	return ok
}

func (c *cutter) end(paragraph, cut bool) bool {
	if len(c.tokens) == 0 {
		return true
	}
	s := Sentence{Tokens: c.tokens, Cut: cut}
	s.Item = c.first && c.tokens[0].number
	s.Heading = c.first && paragraph && !s.Item && isHeading(c.tokens)
	c.first = false
	return c.emit(s)
}

func (c *cutter) emit(s Sentence) bool {
	first, last := s.Tokens[0], s.Tokens[len(s.Tokens)-1]
	s.Begin, s.End, s.RuneBegin, s.RuneEnd = first.Begin, last.End, first.RuneBegin, last.RuneEnd
	s.Paragraph = c.paragraph
	s.Tokens = slices.Clip(s.Tokens)
	c.tokens = nil
	return c.yield(s)
}

// ends reports whether a sentence ends between its tokens and the one that follows.
func ends(tokens []Token, next Token) bool {
	last := len(tokens) - 1
	at := last
	for at > 0 && isClosing(tokens[at], tokens[at].Spaced) {
		at--
	}
	t := tokens[at]
	if last == 0 && t.number {
		return false
	}
	r, _ := utf8.DecodeRuneInString(next.Text)
	if t.Kind == Mark && isStop(t.Text) {
		switch {
		case at == 0 && last == 0 && t.Text == ".":
			return false // a stop alone
		case !next.Spaced && !next.newline:
			// "said.He": the space was forgotten. In scripts that write none, the stop tells.
			if isWideStop(t.Text) {
				return !isClosing(next, false)
			}
			return t.Text == "." && at == last && at > 0 && unicode.IsUpper(r) && tokens[at-1].Kind == Word && isLower(tokens[at-1].Text)
		case next.Kind == Mark:
			return isOpening(next.Text) || isDash(next.Text) || isBullet(next.Text)
		case unicode.IsLower(r):
			return false
		}
		return true
	}
	if t.Kind != Word || !endsWithStop(t.Text) {
		return false
	}
	if !next.Spaced && !next.newline {
		return false
	}
	if next.Kind == Mark {
		// `… in the U.S. "We …": a quotation seldom continues a sentence after an abbreviation that may end one.
		return isOpening(next.Text) && next.Text != "(" && next.Text != "[" && mayEnd(t.Text)
	}
	return mayEnd(t.Text) && beginsSentence(next.Text)
}

// isHeading reports whether a paragraph of one sentence is a heading: short, and without a stop at its end.
func isHeading(tokens []Token) bool {
	last := tokens[len(tokens)-1]
	if len(tokens) > 20 || isClosing(last, false) && last.Text != ")" {
		return false
	}
	return last.Kind != Mark || last.Text == ")" || last.Text == "?"
}

// maxDateline is how many tokens a dateline has at most.
const maxDateline = 24

// isDateline reports whether the tokens, the first of a paragraph, are a dateline that ends with the last of them:
// a place in capitals, perhaps country, agency and date, then a dash.
func isDateline(tokens []Token) bool {
	last := tokens[len(tokens)-1]
	if len(tokens) < 2 || len(tokens) > maxDateline || !isDash(last.Text) || !last.Spaced && last.Text == "-" {
		return false
	}
	capitals := isCapitals(tokens[0].Text)
	agency := false
	open := false
	for i, t := range tokens[:len(tokens)-1] {
		switch {
		case t.Text == "(":
			open = true
		case t.Text == ")":
			open = false
			agency = true
		case t.Kind == Number, t.Text == ",", t.Text == "/", t.Text == ".":
		case t.Kind == Mark:
			return false
		case open:
		default:
			r, _ := utf8.DecodeRuneInString(t.Text)
			if !unicode.IsUpper(r) && !isParticle(t.Text) || i == 0 && !unicode.IsUpper(r) {
				return false
			}
		}
	}
	return !open && (capitals || agency)
}

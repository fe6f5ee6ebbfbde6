package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrapWidth is the widest line of a text that counts as wrapped by hand or program: in one with wider lines each line
// break was meant.
const wrapWidth = 200

// scanner reads tokens one by one.
type scanner struct {
	text  string
	at    int // bytes
	runes int // code points before at
	width int // of the widest line, in code points

	lineBegin int // code point at which the line of at begins
	lineWords int // tokens of the line so far
}

func newScanner(text string) *scanner { return &scanner{text: text, width: widestLine(text)} }

// widestLine returns the code points of the widest line of a text.
func widestLine(text string) int {
	widest, line := 0, 0
	for _, r := range text {
		if isLineBreak(r) {
			widest, line = max(widest, line), 0
		} else {
			line++
		}
	}
	return max(widest, line)
}

func isLineBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// peek returns the rune at an offset from the place reached; its size is 0 at the end.
func (s *scanner) peek(offset int) (rune, int) {
	if s.at+offset >= len(s.text) {
		return 0, 0
	}
	if b := s.text[s.at+offset]; b < utf8.RuneSelf {
		return rune(b), 1
	}
	return utf8.DecodeRuneInString(s.text[s.at+offset:])
}

// next returns the next token.
func (s *scanner) next() (Token, bool) {
	var t Token
	breaks, lineEnd := s.skipSpace(&t)
	r, size := s.peek(0)
	if size == 0 {
		return t, false
	}
	if breaks > 0 {
		t.newline = true
		t.hard = breaks > 1 || s.isDeliberate(lineEnd)
		s.lineBegin, s.lineWords = s.runes, 0
	}
	t.Begin, t.RuneBegin = s.at, s.runes
	n := s.length(r, size, &t)
	t.Text = s.text[s.at : s.at+n]
	s.runes += utf8.RuneCountInString(t.Text)
	s.at += n
	t.End, t.RuneEnd = s.at, s.runes
	if s.lineWords == 0 && s.isListMark(t) {
		t.number, t.hard = true, t.newline
		if t.Kind != Mark { // its stop or bracket belongs to it, and ends no sentence
			s.at, s.runes = s.at+1, s.runes+1
			t.Text, t.End, t.RuneEnd = s.text[t.Begin:s.at], s.at, s.runes
		}
	}
	s.lineWords++
	return t, true
}

// skipSpace passes white space, and what has no width where it stands alone. It returns the number of line breaks in it
// and the code point at which the line ended.
func (s *scanner) skipSpace(t *Token) (breaks, lineEnd int) {
	var before rune
	for {
		r, size := s.peek(0)
		switch {
		case size == 0:
			return breaks, lineEnd
		case isLineBreak(r):
			if breaks == 0 {
				lineEnd = s.runes
			}
			if r != '\n' || before != '\r' {
				breaks++
			}
			if r == 0x2029 {
				breaks++
			}
		case unicode.IsSpace(r) || isInvisible(r) || unicode.IsControl(r):
		default:
			return breaks, lineEnd
		}
		if !isInvisible(r) {
			t.Spaced = true
		}
		before = r
		s.at += size
		s.runes++
	}
}

// isDeliberate reports whether a single line break, passed just now, ends more than a full line: the first word of the
// next line would have had room on it.
func (s *scanner) isDeliberate(lineEnd int) bool {
	if s.width > wrapWidth {
		return true
	}
	word := 0
	for i, r := range s.text[s.at:min(len(s.text), s.at+4*MaxRunes)] {
		if unicode.IsSpace(r) || i > wrapWidth {
			break
		}
		word++
	}
	length := lineEnd - s.lineBegin
	return length+1+word <= s.width-s.width/8
}

// isListMark reports whether a token at the beginning of a line announces an item of a list: a bullet, or a number or
// letter with a stop or bracket, which it then takes in.
func (s *scanner) isListMark(t Token) bool {
	r, size := s.peek(0)
	if size == 0 {
		return false
	}
	if isBullet(t.Text) || t.Text == "-" || t.Text == "–" {
		return unicode.IsSpace(r) && !isLineBreak(r)
	}
	if len(t.Text) > 3 || t.Kind == Mark || r != '.' && r != ')' {
		return false
	}
	if t.Kind == Word && (len(t.Text) > 1 || r == '.' && !isLower(t.Text)) { // "A. Smith" is no item
		return false
	}
	after, size := s.peek(1)
	return size > 0 && unicode.IsSpace(after) && !isLineBreak(after)
}

// length returns the bytes of the token that begins with r, and sets its kind.
func (s *scanner) length(r rune, size int, t *Token) int {
	switch {
	case isWordRune(r):
		if n := s.link(); n > 0 {
			t.Kind = Link
			return n
		}
		if unicode.IsDigit(r) {
			return s.number(t)
		}
		t.Kind = Word
		return s.word()
	case (r == '\'' || r == '’' || r == 'ʼ') && s.at > 0 && !t.Spaced && s.possessive(size) > 0:
		t.Kind = Word
		return s.possessive(size)
	}
	t.Kind = Mark
	switch r {
	case '.', '-', '…', '!', '?', '=', '*', '_': // repeated, they are one mark
		n := size
		for n < MaxRunes {
			next, w := s.peek(n)
			if next != r && !(r == '!' && next == '?') && !(r == '?' && next == '!') || w == 0 {
				break
			}
			n += w
		}
		return n
	}
	return size
}

// possessive returns the bytes of "'s" after a word, or 0.
func (s *scanner) possessive(size int) int {
	before, _ := utf8.DecodeLastRuneInString(s.text[:s.at])
	if !isWordRune(before) && before != '.' {
		return 0
	}
	r, w := s.peek(size)
	if r != 's' && r != 'S' {
		return 0
	}
	if after, _ := s.peek(size + w); isWordRune(after) {
		return 0
	}
	return size + w
}

// word returns the bytes of a word: letters, digits and marks, joined by hyphens and apostrophes; with the stops of an
// abbreviation.
func (s *scanner) word() int {
	n, runes := 0, 0
	begin := 0 // of the part since the last hyphen
	for runes < MaxRunes {
		r, size := s.peek(n)
		if size == 0 {
			break
		}
		if isWordRune(r) || isInvisible(r) && n > 0 {
			n, runes = n+size, runes+1
			if isIdeograph(r) {
				return n
			}
			continue
		}
		next, w := s.peek(n + size)
		switch {
		case r == '-' || r == '‐' || r == '‑' || r == '&' && runes < 4:
			if w == 0 || !isWordRune(next) {
				return s.trim(n)
			}
			begin = n + size
		case r == '\'' || r == '’' || r == 'ʼ' || r == '`':
			if w == 0 || !unicode.IsLetter(next) {
				return s.trim(n)
			}
			if after, _ := s.peek(n + size + w); (next == 's' || next == 'S') && !isWordRune(after) {
				return s.trim(n) // Syria's
			}
		case r == '/':
			return s.trim(n)
		case r == '.':
			part := s.text[s.at+begin : s.at+n]
			inner := w > 0 && unicode.IsLetter(next)
			switch {
			case isDotted(part, true) && inner && s.isInitialAt(n+size):
				// U.S., a.m.: single letters with a stop each
			case isDotted(part, true), (isAbbreviation(s.text[s.at:s.at+n]) || begin > 0 && isAbbreviation(part)) && !inner:
				n += size
				if hyphen, _ := s.peek(n); hyphen == '-' {
					if after, _ := s.peek(n + 1); isWordRune(after) {
						n, runes, begin = n+1, runes+2, n+1
						continue // U.S.-led
					}
				}
				return n
			case inner && unicode.IsLower(next) && isLower(part) && begin == 0:
				// a name of the web: centcom.mil
			default:
				return s.trim(n)
			}
		default:
			return s.trim(n)
		}
		n, runes = n+size, runes+1
	}
	return s.trim(n)
}

// isInitialAt reports whether a single letter with a stop, or the end of the word, stands at an offset: in "U.S." after
// "U.", not in "J.Smith".
func (s *scanner) isInitialAt(offset int) bool {
	_, size := s.peek(offset)
	after, w := s.peek(offset + size)
	return w == 0 || after == '.' || !isWordRune(after)
}

// trim takes invisible characters off the end of a word of n bytes.
func (s *scanner) trim(n int) int {
	for n > 0 {
		r, size := utf8.DecodeLastRuneInString(s.text[s.at : s.at+n])
		if !isInvisible(r) {
			break
		}
		n -= size
	}
	return n
}

// number returns the bytes of a number, or of a word that begins with one: 4th, 60-plus, 9:30, 18,000, 7.62mm.
func (s *scanner) number(t *Token) int {
	t.Kind = Number
	n, runes := 0, 0
	for runes < MaxRunes {
		r, size := s.peek(n)
		if size == 0 {
			break
		}
		if unicode.IsDigit(r) {
			n, runes = n+size, runes+1
			continue
		}
		next, _ := s.peek(n + size)
		if unicode.IsDigit(next) && (r == '.' || r == ':' || r == '/' || r == '-' && s.isDate(n) || r == ',' && s.groupOfThree(n+size)) {
			n, runes = n+size, runes+1
			continue
		}
		if unicode.IsLetter(r) || unicode.Is(unicode.M, r) || (r == '-' || r == '‑') && isWordRune(next) {
			t.Kind = Word
			return n + s.rest(n)
		}
		break
	}
	return n
}

// rest returns the bytes of the word that goes on after n bytes.
func (s *scanner) rest(n int) int {
	from := *s
	from.at += n
	if r, size := from.peek(0); r == '-' || r == '‑' {
		from.at += size
		return size + from.word()
	}
	return from.word()
}

// isDate reports whether digits before and after a hyphen are a date such as 2016-10-07.
func (s *scanner) isDate(n int) bool {
	before := s.text[s.at : s.at+n]
	return len(before) == 4 || len(before) == 7 && before[4] == '-'
}

func (s *scanner) groupOfThree(offset int) bool {
	for i := range 3 {
		if r, _ := s.peek(offset + i); r < '0' || r > '9' {
			return false
		}
	}
	r, _ := s.peek(offset + 3)
	return !unicode.IsDigit(r)
}

// link returns the bytes of an address of the web or of mail, or 0.
func (s *scanner) link() int {
	rest := s.text[s.at:min(len(s.text), s.at+4*MaxRunes)]
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") && !strings.HasPrefix(rest, "www.") {
		return s.mail(rest)
	}
	n := 0
	for i, r := range rest {
		if unicode.IsSpace(r) || strings.ContainsRune("<>\"“”|", r) {
			break
		}
		n = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			n = i
			break
		}
	}
	return len(strings.TrimRight(rest[:n], ".,;:!?)]'’"))
}

func (s *scanner) mail(rest string) int {
	at := -1
	end := 0
	for i := range min(len(rest), MaxRunes) {
		b := rest[i]
		letter := b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '.' || b == '-' || b == '_' || b == '+'
		if b == '@' && at < 0 && i > 0 {
			at = i
		} else if !letter {
			break
		}
		end = i + 1
	}
	if at < 0 || !strings.Contains(rest[at:end], ".") {
		return 0
	}
	return len(strings.TrimRight(rest[:end], ".-"))
}

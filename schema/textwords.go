package schema

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a word of a text, as it is searched for.
type Word struct {
	Begin, End int    // where it stands, in bytes
	Folded     string // as [Folded] has it
}

// Words yields the words of a text. Where folding makes several of one, they stand at one place.
func Words(text string) iter.Seq[Word] {
	return func(yield func(Word) bool) {
		begin := -1
		give := func(end int) bool {
			if begin < 0 {
				return true
			}
			from := begin
			begin = -1
			if folded, plain := foldedPlain(text[from:end]); plain {
				return yield(Word{from, end, folded})
			}
			for folded := range strings.FieldsSeq(Folded(text[from:end])) {
				if !yield(Word{from, end, folded}) {
					return false
				}
			}
			return true
		}
		for at, c := range text {
			switch inWord := isInWord(c); {
			case inWord && begin < 0:
				begin = at
			case !inWord && !give(at):
				return
			}
		}
		give(len(text))
	}
}

func isInWord(c rune) bool {
	if c < utf8.RuneSelf {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	return unicode.IsLetter(c) || unicode.IsNumber(c) || unicode.IsMark(c)
}

// foldedPlain is [Folded] of a word of plain letters and digits; false: it has others.
func foldedPlain(word string) (folded string, plain bool) {
	lower := true
	for i := range len(word) {
		switch c := word[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c >= 'A' && c <= 'Z':
			lower = false
		}
	}
	if lower {
		return word, true
	}
	return strings.ToLower(word), true
}

// wordStart is how many letters of each word the index of a text has.
const wordStart = 5

// WordStarts is the index of a text: the beginnings of its words, each once, in their order, a space before each. It
// stands beside the piece that is the whole of a text, so that a search reads only texts that may hold what it looks
// for: whether one does, its text alone says. It is empty where the text has no words, or is in several pieces: a word
// may be cut in two there.
func (p *TextPiece) WordStarts() string {
	if p.Of != 1 {
		return ""
	}
	seen := map[string]bool{}
	var index strings.Builder
	for w := range Words(p.Content) {
		if start := startOf(w.Folded); !seen[start] {
			seen[start] = true
			index.WriteByte(' ')
			index.WriteString(start)
		}
	}
	return index.String()
}

// MayHoldWord reports whether a text of such an index may have a word that begins so. folded is as [Folded] has it.
func MayHoldWord(index, folded string) bool {
	return index == "" || strings.Contains(index, " "+startOf(folded))
}

// startOf returns what the index has of a word.
func startOf(folded string) string {
	letters := 0
	for at := range folded {
		if letters == wordStart {
			return folded[:at]
		}
		letters++
	}
	return folded
}

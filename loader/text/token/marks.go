package token

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isWordRune reports whether a rune belongs to a word.
func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// isIdeograph reports whether a rune is a word of its own, in a script that writes no spaces.
func isIdeograph(r rune) bool {
	return r >= 0x2E80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}

// isInvisible reports whether a rune has no width: joiners, marks of direction, the soft hyphen.
func isInvisible(r rune) bool {
	return r >= 0xAD && (r == 0xAD || r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2064 ||
		r >= 0x2066 && r <= 0x2069 || r == 0xFEFF || r == 0x34F || r == 0x61C || r == 0x180E)
}

func isStop(mark string) bool {
	switch mark[0] {
	case '.', '!', '?':
		return true
	}
	return isWideStop(mark) || strings.HasPrefix(mark, "…")
}

// isWideStop reports whether a mark ends a sentence in a script of its own.
func isWideStop(mark string) bool {
	switch mark {
	case "。", "！", "？", "؟", "۔", "।":
		return true
	}
	return false
}

// isClosing reports whether a token may follow the stop of a sentence and still belong to it: a closing quotation mark
// or bracket. A straight one closes where no space stands before it.
func isClosing(t Token, spaced bool) bool {
	switch t.Text {
	case ")", "]", "”", "»", "’":
		return true
	case `"`, "'":
		return !spaced
	}
	return false
}

func isOpening(mark string) bool {
	switch mark {
	case `"`, "'", "“", "‘", "«", "„", "(", "[", "¿", "¡", "#", "$", "£", "€":
		return true
	}
	return false
}

func isDash(mark string) bool {
	return mark == "—" || mark == "–" || mark == "--" || mark == "---" || mark == "-" || mark == "―"
}

func isBullet(mark string) bool {
	switch mark {
	case "•", "●", "▪", "■", "◦", "‣", "·", "*", "○", "–", "►":
		return true
	}
	return false
}

// isLower reports whether a word is of small letters only.
func isLower(word string) bool {
	for _, r := range word {
		if !unicode.IsLower(r) {
			return false
		}
	}
	return word != ""
}

// isCapitals reports whether a word is of capitals only, at least three, or two with a hyphen.
func isCapitals(word string) bool {
	n := 0
	for _, r := range word {
		switch {
		case unicode.IsUpper(r):
			n++
		case unicode.IsLetter(r) && !unicode.IsLower(r), r == '-', r == '’', r == '\'', r == '.':
		default:
			return false
		}
	}
	return n >= 3
}

// isDotted reports whether a part of a word is a single letter, or with dots single letters each with a stop but the
// last.
func isDotted(part string, single bool) bool {
	letters := 0
	letter := false // the last rune was one
	for _, r := range part {
		switch {
		case unicode.IsLetter(r):
			if letter {
				return false
			}
			letters++
			letter = true
		case r == '.':
			if !letter {
				return false
			}
			letter = false
		default:
			return false
		}
	}
	return letter && (single || letters > 1)
}

func endsWithStop(word string) bool { return len(word) > 1 && word[len(word)-1] == '.' }

// Fold returns a word as words are compared: small letters, straight apostrophes and hyphens, nothing invisible.
func Fold(word string) string {
	plain := true
	for i := range len(word) {
		if b := word[i]; b >= utf8.RuneSelf || b >= 'A' && b <= 'Z' || b == '`' {
			plain = false
			break
		}
	}
	if plain {
		return word
	}
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range word {
		switch {
		case isInvisible(r):
		case r == '’' || r == '‘' || r == 'ʼ' || r == '`':
			b.WriteByte('\'')
		case r == '‐' || r == '‑':
			b.WriteByte('-')
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

package identity

import (
	"strings"
	"unicode"

	anyascii "github.com/anyascii/go"
	"golang.org/x/text/unicode/norm"

	"orbat/schema"
)

// kind tells how a word of a name is compared.
type kind byte

const (
	plain   kind = iota
	number       // equal or not: 33 is not a slip of 34
	initial      // one letter of a person's name
)

// word is one word of a name in the Latin alphabet.
type word struct {
	text string
	kind kind
}

// maxWord bounds the letters of one word, since comparing two takes their product.
const maxWord = 48

// maxWords bounds the words of one name: what is longer is a sentence.
const maxWords = 16

// wordsOf takes a name apart: ranks, titles and particles off, other scripts transliterated, abbreviations written out.
// Foreign says that some of it was not in the Latin alphabet.
func (v *vocabulary) wordsOf(name string, person bool) (words []word, foreign bool) {
	name = norm.NFKC.String(name)
	parts := split(name)
	mixed := strings.IndexFunc(name, unicode.IsLower) >= 0
	var texts []string
	initials := map[int]bool{}
	for _, part := range parts {
		foreign = foreign || !latin(part)
		ascii := v.romanise(part)
		switch {
		case ascii == "":
		case person && mixed && shouted(part) && len(texts)+len(ascii) <= maxWords && v.ranks[ascii] == (rank{}) && !v.titles[ascii]:
			for _, letter := range ascii { // GB Odesola is G. B. Odesola
				initials[len(texts)] = true
				texts = append(texts, string(letter))
			}
		default:
			texts = append(texts, pieces(ascii)...)
		}
	}
	if person {
		for skip := 1; skip > 0 && skip < len(texts); {
			_, skip = v.rankAt(texts)
			if skip == 0 && v.titles[texts[0]] {
				skip = 1
			}
			if skip < len(texts) {
				texts, initials = texts[skip:], shifted(initials, skip)
			}
		}
	}
	for i, text := range texts {
		if len(words) >= maxWords {
			break
		}
		words = append(words, v.word(text, person, initials[i], len(texts))...)
	}
	return words, foreign
}

func shifted(at map[int]bool, by int) map[int]bool {
	to := make(map[int]bool, len(at))
	for i := range at {
		to[i-by] = true
	}
	return to
}

// word turns the text of a word into what is compared: nothing for a particle, several for an abbreviation of several.
func (v *vocabulary) word(text string, person, isInitial bool, of int) []word {
	text = text[:min(len(text), maxWord)]
	switch {
	case person && (isInitial || len(text) == 1 && !digit(text[0])):
		return []word{{text, initial}}
	case person && of > 1 && v.titles[text], of > 1 && v.particles[text]:
		return nil
	case digit(text[0]):
		text = strings.TrimLeft(text, "0")
		if text == "" {
			text = "0"
		}
		return []word{{text, number}}
	}
	if !person {
		if len(text) == 1 && text != "i" && text != "v" && text != "x" {
			return []word{{text, number}} // A Company is not C Company
		}
		if n, ok := v.numbers[text]; ok {
			return []word{{n, number}}
		}
		if long, ok := v.words[text]; ok {
			words := make([]word, len(long))
			for i, w := range long {
				words[i] = word{w, plain}
			}
			return words
		}
	}
	return []word{{text, plain}}
}

// split cuts at everything that is not a letter, digit, mark or apostrophe.
func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’‘`ʼʹʿʾ", r)
	})
}

// letters keeps what is compared of a transliterated word.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// pieces cuts MQ9 into mq and 9, and takes the ending off 82nd.
func pieces(s string) []string {
	var list []string
	for len(s) > 0 {
		end := 1
		for end < len(s) && digit(s[end]) == digit(s[0]) {
			end++
		}
		piece := s[:end]
		s = s[end:]
		if len(list) > 0 && digit(list[len(list)-1][0]) && (piece == "st" || piece == "nd" || piece == "rd" || piece == "th") {
			continue
		}
		list = append(list, piece)
	}
	return list
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// shouted reports two or three capitals.
func shouted(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n == 2 || n == 3
}

func latin(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// soundOf is a word's consonant skeleton, as names are looked up by it.
func soundOf(text string) string {
	sounds := schema.NameSounds([]string{text})
	if len(sounds) == 0 {
		return text
	}
	return sounds[0]
}

// coarse makes one of the consonants that scripts without them write alike: Arabic has no p and v and writes u and o as
// w, Greek leaves an m or n before b, d and g unsaid, a soft c is an s, and q, k, g and j pass into one another.
func (v *vocabulary) coarse(text string) string {
	text = v.coarser.Replace(text)
	if len(text) > 1 {
		text = text[:1] + strings.ReplaceAll(text[1:], "w", "")
	}
	var b strings.Builder
	last := rune(0)
	for _, r := range soundOf(text) {
		switch r {
		case 'p', 'v', 'f':
			r = 'b'
		case 'c', 'g', 'j', 'q':
			r = 'k'
		case 't':
			r = 'd'
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	return b.String()
}

// romanise writes a word in the Latin alphabet. The library goes letter by letter; where a script writes one sound by
// two letters, or a letter has another sound in names than its usual transcription, it is helped.
func (v *vocabulary) romanise(word string) string {
	word = v.romaniser.Replace(word)
	return strings.ToLower(letters(anyascii.Transliterate(word)))
}

// bracketed parts a name from what stands in brackets after it.
func bracketed(name string) (before, inside string) {
	before, rest, found := strings.Cut(name, "(")
	inside, after, closed := strings.Cut(rest, ")")
	if !found || !closed || strings.TrimSpace(before) == "" || strings.TrimSpace(after) != "" {
		return name, ""
	}
	return before, inside
}

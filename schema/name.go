package schema

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	anyascii "github.com/anyascii/go"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// NormalName is the form of a name that identifies within a data set and type (law 6): NFKC, case-folded, punctuation
// and space collapsed to single spaces, diacritics kept. It is empty where the name holds no letter or digit.
func NormalName(name string) string {
	folded := norm.NFKC.String(cases.Fold().String(norm.NFKC.String(name)))
	return strings.Join(words(folded), " ")
}

// words splits at everything that is not a letter, digit or mark.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
}

const (
	// maxNameKeys bounds the rotations kept per entity, so that a hostile list of aliases stays cheap.
	maxNameKeys = 256
	maxKeyBytes = 256
)

// NameKeys are the folded names and their word rotations, for prefix look-up on any word:
// "Michael Kurilla" gives "kurilla michael" and "michael kurilla". Diacritics are dropped here.
func NameKeys(names []string) []string {
	set := map[string]bool{}
	for _, name := range names {
		parts := words(withoutMarks(NormalName(name)))
		for i := range parts {
			if len(set) == maxNameKeys {
				break
			}
			set[cut(strings.Join(append(append([]string{}, parts[i:]...), parts[:i]...), " "))] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// SearchKey folds what a user typed the way [NameKeys] folds names.
func SearchKey(text string) string { return cut(Folded(text)) }

// Folded is a text as [NameKeys] folds names, however long: its words in small letters without marks, a space between.
func Folded(text string) string { return strings.Join(words(withoutMarks(NormalName(text))), " ") }

// NameSounds are the consonant skeletons of the names' words, across scripts: "Шойгу" and "Shoygu" share one.
func NameSounds(names []string) []string {
	set := map[string]bool{}
	for _, name := range names {
		for _, word := range words(strings.ToLower(anyascii.Transliterate(name))) {
			if s := skeleton(word); s != "" && len(set) < maxNameKeys {
				set[cut(s)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// maxSlipWord is the longest word of which slips are looked for: each letter costs fifty words.
const maxSlipWord = 40

// SlipSounds are the consonant skeletons of a word and of all those of which one slip in typing makes it: a letter left
// out, put in, put in another's place, or changed with its neighbour.
func SlipSounds(word string) []string {
	folded := strings.Join(words(strings.ToLower(anyascii.Transliterate(word))), "")
	set := map[string]bool{}
	add := func(parts ...string) {
		if s := skeleton(strings.Join(parts, "")); s != "" {
			set[cut(s)] = true
		}
	}
	add(folded)
	for i := 0; i <= len(folded) && len(folded) <= maxSlipWord; i++ {
		for letter := 'a'; letter <= 'z'; letter++ {
			add(folded[:i], string(letter), folded[i:])
			if i < len(folded) {
				add(folded[:i], string(letter), folded[i+1:])
			}
		}
		if i < len(folded) {
			add(folded[:i], folded[i+1:])
		}
		if i+1 < len(folded) {
			add(folded[:i], folded[i+1:i+2], folded[i:i+1], folded[i+2:])
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// sameSounds makes one of what transliterations swap.
var sameSounds = strings.NewReplacer("ph", "f", "kh", "k", "ck", "k", "q", "k", "dzh", "j", "dj", "j", "zh", "j",
	"shch", "s", "sch", "s", "sh", "s", "ch", "c", "tz", "c", "ts", "c", "w", "v", "z", "s", "x", "ks")

// skeleton keeps a word's consonants, with the letters that transliterations swap made one and doubles collapsed.
func skeleton(word string) string {
	word = sameSounds.Replace(word)
	var b strings.Builder
	last := rune(0)
	for _, r := range word {
		if strings.ContainsRune("aeiouyh'`", r) {
			continue
		}
		if r != last {
			b.WriteRune(r)
		}
		last = r
	}
	if b.Len() == 0 {
		return word // a word of vowels only stands for itself
	}
	return b.String()
}

func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}

func cut(s string) string {
	if len(s) <= maxKeyBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxKeyBytes], "")
}

package identity

import (
	_ "embed"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed vocabulary.yaml
var vocabularyYAML []byte

// vocabulary says what words of names mean beside who or which.
type vocabulary struct {
	ranks     map[string]rank     // by phrase
	longest   int                 // words of the longest rank
	titles    map[string]bool     // said of a person, no part of the name
	particles map[string]bool     // written or left out as one likes
	words     map[string][]string // what a unit's word stands for, one or more
	kinds     map[string]bool     // what a unit is
	coarser   *strings.Replacer   // what is made one before words of different scripts are compared
	romaniser *strings.Replacer   // what the transliteration would get wrong
	numbers   map[string]string   // numbers in words and Roman ones
}

// rank is a grade on NATO's scale, 1 to 10 for officers and -9 to -1 for others; 0 where the service has no such scale.
type rank struct{ grade int }

func readVocabulary() (*vocabulary, error) {
	var file struct {
		Ranks, Words, Numbers map[string][]string
		Titles, Particles     []string
		Kinds                 []string
	}
	if err := yaml.Unmarshal(vocabularyYAML, &file); err != nil {
		return nil, fmt.Errorf("vocabulary of names: %w", err)
	}
	v := &vocabulary{
		ranks: map[string]rank{}, titles: set(file.Titles), particles: set(file.Particles),
		coarser: strings.NewReplacer("tsh", "ch", "kh", "h", "ce", "se", "ci", "si", "cy", "sy", "mb", "b", "nd", "d", "ng", "g"),
		romaniser: strings.NewReplacer("ου", "u", "ού", "u", "χ", "h", "Χ", "H", "ντζ", "nj", "τζ", "j", "Τζ", "J",
			"μπ", "b", "Μπ", "B", "ντ", "d", "Ντ", "D", "γκ", "g", "Γκ", "G",
			"για", "ya", "γιε", "ye", "γιο", "yo", "Για", "Ya", "Γιε", "Ye", "Γιο", "Yo",
			"أ", "a", "إ", "i", "آ", "a", "ث", "s", "ذ", "z", "ظ", "z"),
		words: map[string][]string{}, kinds: set(file.Kinds), numbers: map[string]string{},
	}
	for code, phrases := range file.Ranks {
		for _, phrase := range phrases {
			v.ranks[phrase] = rank{gradeOf(code)}
			v.longest = max(v.longest, len(strings.Fields(phrase)))
		}
	}
	for word, forms := range file.Words {
		for _, form := range forms {
			v.words[form] = strings.Fields(word)
		}
	}
	for number, forms := range file.Numbers {
		for _, form := range forms {
			v.numbers[form] = number
		}
	}
	return v, nil
}

func set(words []string) map[string]bool {
	s := make(map[string]bool, len(words))
	for _, w := range words {
		s[w] = true
	}
	return s
}

// gradeOf reads OF-9 and OR-4.
func gradeOf(code string) int {
	var n int
	if _, err := fmt.Sscanf(code, "OF-%d", &n); err == nil {
		return n
	}
	if _, err := fmt.Sscanf(code, "OR-%d", &n); err == nil {
		return n - 10
	}
	return 0
}

// rankAt returns the rank that words begin with and how many of them it takes.
func (v *vocabulary) rankAt(words []string) (r rank, taken int) {
	for n := min(v.longest, len(words)); n > 0; n-- {
		if r, ok := v.ranks[strings.Join(words[:n], " ")]; ok {
			return r, n
		}
	}
	return rank{}, 0
}

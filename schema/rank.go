package schema

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed ranks.yaml
var ranksYAML []byte

// ranks reads the words of ranks, once.
var ranks = sync.OnceValue(func() *rankWords { //nolint:gochecknoglobals // a constant that Go cannot write as one
	w, err := readRankWords(ranksYAML)
	if err != nil {
		panic("the words of ranks that orbat is built with: " + err.Error()) // a test reads them
	}
	return w
})

// grades is a set of grades, a bit for each.
type grades uint64

// rankWords says what phrases of ranks mean.
type rankWords struct{ phrases[grades] }

func readRankWords(data []byte) (*rankWords, error) {
	var file struct {
		Codes, Several, Police map[string][]string
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("ranks.yaml: %w", err)
	}
	var codes []string
	for i := range 10 {
		codes = append(codes, fmt.Sprintf("OF-%d", i+1))
	}
	for i := range 9 {
		codes = append(codes, fmt.Sprintf("OR-%d", i+1))
	}
	bit := func(code string) grades { return 1 << slices.Index(codes, code) }
	w := &rankWords{newPhrases[grades]()}
	note := func(phrase string, of grades) error {
		if before, twice := w.add(phrase, of); twice && before != of {
			return fmt.Errorf("ranks.yaml: %q stands twice", phrase)
		}
		return nil
	}
	for _, code := range codes {
		if err := note(code, bit(code)); err != nil {
			return nil, err
		}
	}
	for code, phrases := range file.Codes {
		if !slices.Contains(codes, code) {
			return nil, fmt.Errorf("ranks.yaml: %q is no code", code)
		}
		for _, phrase := range phrases {
			if err := note(phrase, bit(code)); err != nil {
				return nil, err
			}
		}
	}
	for phrase, of := range file.Several {
		all := grades(0)
		for _, code := range of {
			if !slices.Contains(codes, code) {
				return nil, fmt.Errorf("ranks.yaml: %q is no code", code)
			}
			all |= bit(code)
		}
		if err := note(phrase, all); err != nil {
			return nil, err
		}
	}
	at := len(codes)
	for _, rank := range slices.Sorted(maps.Keys(file.Police)) {
		for _, phrase := range file.Police[rank] {
			if err := note(phrase, 1<<at); err != nil {
				return nil, err
			}
		}
		at++
	}
	return w, nil
}

// gradesOf returns the grades that a rank may be of; none: nobody knows. Where it names several ranks it may be of any.
func (w *rankWords) gradesOf(rank string) grades {
	all := grades(0)
	for words := w.split(rank); len(words) > 0; {
		found, n := w.longest(words)
		all |= found
		words = words[max(1, n):]
	}
	return all
}

// isRank reports whether a property holds ranks in words.
func (p *Property) isRank() bool { return p.Name == "rank" && p.Kind == KindString }

package identity

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
)

// lexeme is one word of the graph's names, with the ways it is compared in.
type lexeme struct {
	word
	sound, coarse int32 // numbers of the lexicon's sounds
	unitKind      bool  // battalion, garrison
}

// form is one name as it is compared.
type form struct {
	words   []int32 // of the lexicon, in the name's order
	aside   []int32 // words in brackets after a person's name: where somebody told namesakes apart
	foreign bool    // from another script
	main    bool
}

// lexicon numbers the words of all names.
type lexicon struct {
	ids    map[word]int32
	words  []lexeme
	sounds map[string]int32
}

func newLexicon() *lexicon { return &lexicon{ids: map[word]int32{}, sounds: map[string]int32{}} }

func (l *lexicon) form(v *vocabulary, n name, kind string) form {
	text, aside := n.text, ""
	if kind == "Person" {
		text, aside = bracketed(n.text)
	}
	words, foreign := v.wordsOf(text, kind == "Person")
	f := form{foreign: foreign, main: n.main}
	if aside != "" {
		asides, _ := v.wordsOf(aside, false)
		for _, w := range asides {
			f.aside = append(f.aside, l.id(v, w))
		}
	}
	for _, w := range words {
		f.words = append(f.words, l.id(v, w))
	}
	return f
}

func (l *lexicon) id(v *vocabulary, w word) int32 {
	id, known := l.ids[w]
	if !known {
		id = int32(len(l.words)) //nolint:gosec // as many words do not fit in memory
		sound := w.text
		if w.kind == plain {
			sound = soundOf(w.text)
		}
		l.ids[w] = id
		l.words = append(l.words, lexeme{w, l.sound(sound), l.sound("~" + v.coarse(w.text)), v.kinds[w.text]})
	}
	return id
}

func (l *lexicon) sound(s string) int32 {
	id, known := l.sounds[s]
	if !known {
		id = int32(len(l.sounds)) //nolint:gosec // as above
		l.sounds[s] = id
	}
	return id
}

// census counts how many entities of one kind share a thing: what agreement on it is worth (the u of Fellegi and
// Sunter, by value).
type census struct {
	*lexicon
	entities []*entity         // of the kind
	total    float64           // how many there are
	bearers  map[int32][]int32 // by word: the entities that bear it in some name, ascending
	sounding map[int32]int32   // by sound: how many
	letters  map[byte]int32    // by initial: how many
	tied     map[uint64]int32  // by tie
	values   map[quality]int32
	cited    map[int32]int32       // by source
	near     map[[2]int32]likeness // remembered comparisons: each worker's own

	// How much rarer than one in all entities a word or a whole name is that two bear and nobody else, in bits: see
	// unseen.
	unseenWords, unseenNames float64
}

type quality struct {
	property string
	value    int32
}

// strangers stands for the people outside the data: a word borne by one of fifty in the data is not known to be rarer
// than one in some hundreds.
const strangers = 500

func takeCensus(l *lexicon, entities []*entity) *census {
	c := &census{
		lexicon: l, entities: entities, total: float64(len(entities)), bearers: map[int32][]int32{}, sounding: map[int32]int32{},
		letters: map[byte]int32{}, tied: map[uint64]int32{}, values: map[quality]int32{}, cited: map[int32]int32{},
	}
	names := map[string]int{}
	for _, e := range entities {
		own := map[string]bool{}
		for _, f := range e.forms {
			own[f.key()] = true
		}
		for key := range own {
			names[key]++
		}
		var words, sounds []int32
		var letters []byte
		for _, f := range e.forms {
			for _, w := range f.words {
				words = append(words, w)
				sounds = append(sounds, l.words[w].sound, l.words[w].coarse)
				letters = append(letters, l.words[w].text[0])
			}
		}
		for _, w := range distinct(words) {
			c.bearers[w] = append(c.bearers[w], e.index)
		}
		for _, s := range distinct(sounds) {
			c.sounding[s]++
		}
		for _, b := range distinct(letters) {
			c.letters[b]++
		}
		keys := make([]uint64, len(e.ties))
		for i, t := range e.ties {
			keys[i] = t.key
		}
		for _, k := range distinct(keys) {
			c.tied[k]++
		}
		for property, values := range e.values {
			for _, v := range values {
				c.values[quality{property, v}]++
			}
		}
		for _, s := range e.sources {
			c.cited[s]++
		}
	}
	if len(entities) > 0 && entities[0].kind == "Location" {
		return c // places share names with places that the data do not hold
	}
	c.unseenNames = unseen(maps.Values(names), 5)
	c.unseenWords = unseen(func(yield func(int) bool) {
		for _, bearers := range c.bearers {
			if !yield(len(bearers)) {
				return
			}
		}
	}, 3)
	return c
}

// unseen tells from how many things one entity has and how many two have how many things there are that none has: the
// fewer are met twice, the more (Good 1953, Chao 1984). The chance that a stranger has one that is known of one alone
// is then 2·n2/n1 of one in all.
func unseen(counts iter.Seq[int], most float64) float64 {
	once, twice := 0.0, 1.0
	for n := range counts {
		switch n {
		case 1:
			once++
		case 2:
			twice++
		}
	}
	return min(max(math.Log2(max(once, 1)/(2*twice)), 0), most)
}

// key is equal for names of the same words in any order.
func (f *form) key() string {
	words := slices.Clone(f.words)
	slices.Sort(words)
	return fmt.Sprint(words)
}

func distinct[T int32 | byte | uint64](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// rarity is what it tells, in bits, that two share what count of all have: the two themselves are not counted.
func (c *census) rarity(count int32) float64 {
	others := max(float64(count)-2, 0)
	return math.Log2((c.total + strangers) / (others + 1))
}

// prior is the odds, in bits, that two drawn blindly are one: one partner among all.
func (c *census) prior() float64 { return -math.Log2(c.total + strangers) }

package text

import (
	"embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"orbat/loader/text/token"
	"orbat/schema"
)

//go:embed data/*.txt
var data embed.FS

// class is what a word may be; several may hold.
type class uint32

const (
	determiner class = 1 << iota
	number
	pronoun
	preposition
	coordinator
	subordinator
	relative
	be
	have
	do
	modal
	negation
	adverb
	month
	weekday
	personNoun
	forceNoun
	groupNoun
	equipmentNoun
	placeNoun
	eventNoun
	unitNoun  // what units are called by
	titleNoun // what stands before the name of a person
)

// form is how a verb is inflected; of many verbs several forms are alike.
type form uint8

const (
	base form = 1 << iota
	third
	past
	participle
	gerund
)

// verb is what the tables say of a verb.
type verb struct {
	lemma string
	attrs map[string]string
}

// entry is all that is known of a word.
type entry struct {
	class   class
	verb    *verb
	form    form
	event   string           // the kind of event that a noun names
	outcome string           // what such an event does to its object
	hedge   schema.Assertion // how a noun weakens what it speaks of
}

// post is a post by its words; body is what it names itself, as "army" in "chief of army staff".
type post struct{ relation, position, body string }

// named is a name that is taken for granted.
type named struct {
	name    string // as it is called
	kind    string // country, region, place, group, body, command, ignored
	demonym bool
}

type lexicon struct {
	words map[string]*entry
	ranks map[string]bool
	posts map[string]post
	opens map[string]bool // the first words of posts
	names map[string]named
}

var tables = sync.OnceValue(readTables) //nolint:gochecknoglobals // a constant that Go cannot write as one

var classNames = map[string]class{
	"determiner": determiner, "number": number, "pronoun": pronoun, "preposition": preposition, "coordinator": coordinator,
	"subordinator": subordinator, "relative": relative, "be": be, "have": have, "do": do, "modal": modal, "negation": negation,
	"adverb": adverb, "month": month, "weekday": weekday, "person": personNoun, "force": forceNoun, "group": groupNoun,
	"equipment": equipmentNoun, "place": placeNoun, "unit": unitNoun, "title": titleNoun,
}

// lines yields the lines of a table that say something.
func lines(name string) func(func(string) bool) {
	return func(yield func(string) bool) {
		content, err := data.ReadFile("data/" + name)
		if err != nil {
			panic(err) // embedded: a test reads them all
		}
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

func readTables() *lexicon {
	l := &lexicon{
		words: map[string]*entry{}, ranks: map[string]bool{}, posts: map[string]post{}, opens: map[string]bool{}, names: map[string]named{},
	}
	for line := range lines("words.txt") {
		kind, words, _ := strings.Cut(line, ":")
		for word := range strings.FieldsSeq(words) {
			l.word(word).class |= classNames[kind]
		}
	}
	for line := range lines("nouns.txt") {
		l.noun(line)
	}
	for line := range lines("verbs.txt") {
		l.verb(line)
	}
	for line := range lines("ranks.txt") {
		l.ranks[line] = true
	}
	for line := range lines("posts.txt") {
		line, body, _ := strings.Cut(line, " @ ")
		cells := strings.Fields(line)
		n := len(cells)
		l.opens[cells[0]] = true
		l.posts[strings.Join(cells[:n-2], " ")] = post{
			cells[n-2], strings.Trim(cells[n-1], "-"),
			strings.TrimSpace(body),
		}
	}
	for line := range lines("names.txt") {
		l.name(line)
	}
	return l
}

func (l *lexicon) word(word string) *entry {
	e := l.words[word]
	if e == nil {
		e = &entry{}
		l.words[word] = e
	}
	return e
}

func (l *lexicon) noun(line string) {
	head, words, _ := strings.Cut(line, ":")
	kind, what, _ := strings.Cut(head, " ")
	for word := range strings.FieldsSeq(words) {
		for _, w := range []string{word, plural(word)} {
			e := l.word(w)
			switch kind {
			case "event":
				e.class, e.event = e.class|eventNoun, what
			case "outcome":
				e.outcome = what
			case "hedge":
				e.hedge = schema.Assertion(what)
			default:
				e.class |= classNames[kind]
			}
		}
	}
}

func plural(word string) string {
	for _, end := range []string{"s", "x", "ch", "sh"} {
		if strings.HasSuffix(word, end) {
			return word + "es"
		}
	}
	switch {
	case strings.HasSuffix(word, "man"):
		return strings.TrimSuffix(word, "an") + "en"
	case strings.HasSuffix(word, "y") && !vowel(word, 2):
		return word[:len(word)-1] + "ies"
	}
	return word + "s"
}

// vowel reports whether the letter so far from a word's end is one.
func vowel(word string, back int) bool {
	return len(word) >= back && strings.IndexByte("aeiou", word[len(word)-back]) >= 0
}

func (l *lexicon) verb(line string) {
	forms, attributes, _ := strings.Cut(line, ":")
	cells := strings.Fields(forms)
	v := &verb{cells[0], map[string]string{}}
	for a := range strings.FieldsSeq(attributes) {
		key, value, _ := strings.Cut(a, "=")
		v.attrs[key] = value
	}
	lemma := cells[0]
	stem, ed := lemma, lemma+"ed"
	switch {
	case strings.HasSuffix(lemma, "ie"):
		stem, ed = strings.TrimSuffix(lemma, "ie")+"y", lemma+"d"
	case strings.HasSuffix(lemma, "ee"):
		ed = lemma + "d"
	case strings.HasSuffix(lemma, "e") && lemma != "be":
		stem, ed = strings.TrimSuffix(lemma, "e"), lemma+"d"
	case strings.HasSuffix(lemma, "y") && !vowel(lemma, 2):
		ed = lemma[:len(lemma)-1] + "ied"
	}
	pasts := []string{ed, ed}
	if len(cells) > 1 {
		pasts = []string{cells[1], cells[len(cells)-1]}
	}
	if len(lemma) > 2 && !vowel(lemma, 1) && vowel(lemma, 2) && !vowel(lemma, 3) && len(cells) > 1 &&
		(strings.HasSuffix(cells[1], lemma[len(lemma)-1:]+"ed") || cells[1] == lemma) {
		stem = lemma + lemma[len(lemma)-1:] // planning, hitting
	}
	for _, f := range []struct {
		word string
		form form
	}{{lemma, base}, {plural(lemma), third}, {pasts[0], past}, {pasts[1], participle}, {stem + "ing", gerund}} {
		e := l.word(f.word)
		if e.verb == nil || e.verb.lemma == lemma || len(v.attrs) > 0 && len(e.verb.attrs) == 0 {
			if e.verb != nil && e.verb.lemma != lemma {
				e.form = 0
			}
			e.verb, e.form = v, e.form|f.form
		}
	}
}

func (l *lexicon) name(line string) {
	kind, list, _ := strings.Cut(line, ":")
	var first string
	for form := range strings.SplitSeq(list, "|") {
		name, demonym, found := strings.Cut(strings.TrimSpace(form), "/")
		if first == "" || kind == "country" || kind == "place" || kind == "region" || kind == "ignored" {
			first = name
		}
		is := kind
		if kind == "us" || kind == "uk" {
			is = "country"
		}
		l.names[name] = named{name: first, kind: is}
		if found {
			l.names[demonym] = named{first, is, true}
			l.names[demonym+"s"] = named{first, is, true}
		}
	}
}

// word is a token with what is known of it.
type word struct {
	token.Token
	key string
	*entry
	capital bool
	mention *Mention // that it is in; nil: in none
	date    bool     // it is of a date
	ignored bool     // it is of a name that names nothing of ours: a credit
	tag     tag      // how the sentence uses it
	post    bool     // it begins a post, and is no verb
	approx  bool     // it is of "at least", "more than" before a number
}

var unknown = &entry{} // what is known of words that stand in no table

// inflected is what is known of a word of no table that has the end of a past.
var inflected = &entry{verb: &verb{attrs: map[string]string{}}, form: past | participle}

// isInflected reports whether a word that stands in no table may be a past by its end.
func isInflected(key string) bool {
	if len(key) < 5 || !strings.HasSuffix(key, "ed") || strings.HasSuffix(key, "eed") || strings.ContainsRune(key, '-') {
		return false
	}
	switch key {
	case "hundred", "sacred", "naked", "wicked", "rugged", "beloved", "kindred", "infrared", "unmanned", "biped", "unprecedented":
		return false
	}
	return true
}

// wordsOf looks the tokens of a sentence up.
func wordsOf(s token.Sentence) []word {
	l := tables()
	words := make([]word, len(s.Tokens))
	for i, t := range s.Tokens {
		key := token.Fold(t.Text)
		e := l.words[key]
		if e == nil {
			e = unknown
			if isInflected(t.Text) {
				e = inflected
			}
		}
		first, _ := utf8.DecodeRuneInString(t.Text)
		words[i] = word{Token: t, key: key, entry: e, capital: unicode.IsUpper(first) || isParticle(t.Text)}
	}
	return words
}

// isParticle reports whether a word begins as al-Muhajir does.
func isParticle(text string) bool {
	before, after, found := strings.Cut(text, "-")
	first, _ := utf8.DecodeRuneInString(after)
	return found && len(before) <= 3 && unicode.IsUpper(first) && unicode.IsLetter(rune(before[0])) &&
		!strings.ContainsAny(before, "0123456789")
}

// is reports whether a word is of one of some classes.
func (w *word) is(c class) bool { return w.class&c != 0 }

// isPunctuation reports whether a word is a mark.
func (w *word) isPunctuation() bool { return w.Kind == token.Mark }

// bare returns a word without stops, as ranks are compared.
func (w *word) bare() string { return strings.ReplaceAll(w.key, ".", "") }

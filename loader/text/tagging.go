package text

import (
	"slices"
	"strings"
	"sync"

	"orbat/loader/text/tagger"
	"orbat/loader/text/token"
)

// Tokens returns the sentences of a text as the tagger takes them, and where their words stand.
func Tokens(text string) (sentences [][]tagger.Word, tokens [][]token.Token) {
	d := &doc{entities: map[string]*Entity{}}
	var headings []bool
	for t := range token.Sentences(text) {
		words := wordsOf(t)
		datesOf(t.Tokens, words, publishedOn(""))
		d.words, tokens, headings = append(d.words, words), append(tokens, t.Tokens), append(headings, t.Heading)
		d.mentionsOf(len(d.words)-1, words)
	}
	d.merge()
	seen := map[string]bool{}
	for i, words := range d.words {
		list := taggable(words)
		for j := range words {
			if words[j].capital && words[j].entry == unknown {
				if seen[words[j].key] {
					list[j].Classes = append(list[j].Classes, "again")
				}
				seen[words[j].key] = true
			}
			if headings[i] {
				list[j].Classes = append(list[j].Classes, "heading")
			}
		}
		sentences = append(sentences, list)
	}
	return sentences, tokens
}

// taggable returns the words of a sentence with what the tables know of them.
func taggable(words []word) []tagger.Word {
	list, classes := make([]tagger.Word, len(words)), taggedClasses()
	for i := range words {
		w := &words[i]
		t := tagger.Word{Text: w.Text, Key: w.key}
		for c, name := range classes {
			if w.is(class(1) << c) {
				t.Classes = append(t.Classes, name)
			}
		}
		if w.event != "" {
			t.Classes = append(t.Classes, "event")
		}
		if w.verb != nil {
			t.Classes = append(t.Classes, "verb")
		}
		if w.date {
			t.Classes = append(t.Classes, "date")
		}
		t.Classes = append(t.Classes, kinds()[w.key]...)
		if m := w.mention; m != nil {
			kind := m.Type
			switch {
			case m.Demonym:
				kind = "demonym"
			case m.Country:
				kind = "country"
			}
			t.Classes = append(t.Classes, "in "+kind)
			if m.Entity != nil && m.known {
				t.Classes = append(t.Classes, "known "+kind)
			}
			switch i {
			case m.First:
				t.Classes = append(t.Classes, "first "+kind)
			case m.Last:
				t.Classes = append(t.Classes, "last "+kind)
			}
		}
		list[i] = t
	}
	for i := 0; i < len(words); i++ {
		if !words[i].capital {
			continue
		}
		for last := min(i+maxNameWords, len(words)) - 1; last >= i; last-- {
			n, ok := tables().names[textOf(words, i, last)]
			if !ok {
				continue
			}
			kind := "name:" + n.kind
			if n.demonym {
				kind = "demonym"
			}
			for j := i; j <= last; j++ {
				list[j].Classes = append(list[j].Classes, kind)
			}
			i = last
			break
		}
	}
	for i := 0; i < len(words); i++ {
		if _, n := rankAt(words, i); n > 0 {
			for j := i; j < i+n; j++ {
				list[j].Classes = append(list[j].Classes, "rank")
			}
			i += n - 1
		}
	}
	posted := false
	for i := 0; i < len(words); i++ {
		if _, last := postAt(words, i); last >= i {
			for j := i; j <= last; j++ {
				list[j].Classes = append(list[j].Classes, "post")
			}
			i, posted = last, true
		}
	}
	if posted {
		for i := range words {
			if m := words[i].mention; m != nil && (m.Type == "Person" || m.Type == "Unit" || m.Type == "Organisation") {
				list[i].Classes = append(list[i].Classes, "posted "+m.Type)
			}
		}
	}
	head := len(words)
	for i := len(words) - 1; i >= 0; i-- {
		if i+1 >= head && head == len(words) {
			head = i
		}
		if ends(&words[i]) {
			head = i
		} else if i+1 < len(words) && (ends(&words[i+1]) || words[i+1].is(determiner)) {
			head = i
		}
		list[i].Head = head
	}
	return list
}

// ends reports whether a word belongs to no phrase that begins before it.
func ends(w *word) bool {
	return w.isPunctuation() || w.is(preposition|coordinator|subordinator|relative|be|have|do|modal|pronoun) && !w.capital ||
		w.verb != nil && w.form&(third|past) != 0 && !w.capital && w.class == 0 || w.Text == "'s" || w.Text == "’s"
}

// kinds returns the classes of nouns that the tagger alone asks for, by their words.
var kinds = sync.OnceValue(func() map[string][]string { //nolint:gochecknoglobals // a constant
	kinds := map[string][]string{}
	for line := range lines("kinds.txt") {
		kind, words, _ := strings.Cut(line, ":")
		for word := range strings.FieldsSeq(words) {
			for _, w := range []string{word, plural(word)} {
				if !slices.Contains(kinds[w], "a "+kind) {
					kinds[w] = append(kinds[w], "a "+kind)
				}
			}
		}
	}
	return kinds
})

// taggedClasses returns the names of the classes of words, by their bit.
func taggedClasses() []string {
	return strings.Fields(`determiner number pronoun preposition coordinator subordinator relative be have do modal negation
		adverb month weekday person force group equipment place eventnoun unit title`)
}

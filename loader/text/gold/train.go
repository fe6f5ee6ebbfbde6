package gold

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"orbat/loader/text"
	"orbat/loader/text/tagger"
	"orbat/loader/text/token"
)

// Sentences returns the sentences of documents with their mentions, as a tagger learns them: of mentions that overlap,
// the longest.
func Sentences(documents []*Annotated) (sentences []tagger.Sentence) {
	for _, d := range documents {
		words, tokens := text.Tokens(d.Text)
		for i := range words {
			sentences = append(sentences, tagger.Sentence{Words: words[i], Spans: spans(tokens[i], d.Mentions)})
		}
	}
	return sentences
}

func spans(tokens []token.Token, mentions []Marked) (list []tagger.Span) {
	for _, m := range mentions {
		first, last := -1, -1
		for i, t := range tokens {
			if t.RuneBegin < m.End && m.Begin < t.RuneEnd {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first < 0 {
			continue
		}
		s := tagger.Span{First: first, Last: last, Type: m.Type}
		if n := len(list); n == 0 || list[n-1].Last < first {
			list = append(list, s)
		} else if p := list[n-1]; p.Last-p.First < last-first && (n < 2 || list[n-2].Last < first) {
			list[n-1] = s
		}
	}
	return list
}

// TaggedNames returns the mentions that a model finds in a document.
func TaggedNames(m *tagger.Model, content string) (marked []Marked) {
	words, tokens := text.Tokens(content)
	for i := range words {
		for _, s := range m.Tag(words[i]) {
			marked = append(marked, Marked{tokens[i][s.First].RuneBegin, tokens[i][s.Last].RuneEnd, s.Type})
		}
	}
	return marked
}

// Learn makes a model of the mentions of documents.
func Learn(documents []*Annotated) *tagger.Model {
	return tagger.Train(Sentences(documents), tagger.Advance{None: 150, Other: 100})
}

// TaggedBy measures a model.
func TaggedBy(documents []*Annotated, m *tagger.Model) *Names {
	var names Names
	for _, d := range documents {
		names.Document(d, TaggedNames(m, d.Text))
	}
	return &names
}

// Folds measures n models, each on the part of the documents that it did not learn from. A document's part is its place
// in the list, modulo n.
func Folds(documents []*Annotated, n int) *Names {
	var names Names
	for fold := range n {
		rest, part := parted(documents, func(i int) bool { return i%n == fold })
		m := Learn(rest)
		for _, d := range part {
			names.Document(d, TaggedNames(m, d.Text))
		}
		names.relations(rest, part)
	}
	return &names
}

// LeaveOut measures a model on the documents of one source, which learnt from those of the others. Without either the
// error names the sources.
func LeaveOut(documents []*Annotated, source string) (*Names, error) {
	rest, part := parted(documents, func(i int) bool { return documents[i].Source == source })
	if len(rest) == 0 || len(part) == 0 {
		sources := map[string]bool{}
		for _, d := range documents {
			sources[d.Source] = true
		}
		return nil, fmt.Errorf("of the sources (%s) there must be %q and another",
			strings.Join(slices.Sorted(maps.Keys(sources)), ", "), source)
	}
	return TaggedBy(part, Learn(rest)), nil
}

func parted(documents []*Annotated, is func(i int) bool) (rest, part []*Annotated) {
	for i, d := range documents {
		if is(i) {
			part = append(part, d)
		} else {
			rest = append(rest, d)
		}
	}
	return rest, part
}

package gold

import (
	"fmt"
	"slices"

	"orbat/loader/text/tagger"
	"orbat/loader/text/token"
)

// Between two mentions further apart than this, in words, no relation is looked for.
const maxApart = 60

// ends are two mentions of a document that a relation may join: whom it is of, and what.
type ends struct{ from, to int }

// pairs returns the mentions that may be related, each pair as the tagger takes a sentence: one word that has what is
// known of the pair, and the relation where there is one. Which types are joined, and in which direction, the documents
// that are learnt from say.
func pairs(d *Annotated, joined map[[2]string]bool) (list []ends, examples []tagger.Sentence) {
	tokens := token.Split(d.Text)
	var words []token.Token
	sentence := map[int]int{}
	for i, s := range tokens {
		for _, t := range s.Tokens {
			sentence[len(words)] = i
			words = append(words, t)
		}
	}
	first, last := make([]int, len(d.Mentions)), make([]int, len(d.Mentions))
	for i, m := range d.Mentions {
		first[i], _ = slices.BinarySearchFunc(words, m.Begin, func(t token.Token, at int) int { return t.RuneEnd - 1 - at })
		last[i], _ = slices.BinarySearchFunc(words, m.End-1, func(t token.Token, at int) int { return t.RuneEnd - 1 - at })
	}
	gap := func(i, j int) int { return max(first[j]-last[i], first[i]-last[j]) }
	for to, m := range d.Mentions {
		for from, of := range d.Mentions {
			if from == to || !joined[[2]string{of.Type, m.Type}] || gap(from, to) > maxApart {
				continue
			}
			left, right := min(from, to), max(from, to)
			between, persons, alike := "", 0, 0
			for k := left + 1; k < right; k++ {
				between += d.Mentions[k].Type[:1]
				switch d.Mentions[k].Type {
				case of.Type:
					persons++
				case m.Type:
					alike++
				}
			}
			nearest, mutual := true, true
			for k, other := range d.Mentions {
				nearest = nearest && (other.Type != of.Type || k == from || gap(k, to) > gap(from, to))
				mutual = mutual && (other.Type != m.Type || k == to || gap(from, k) > gap(from, to))
			}
			types := of.Type + " " + m.Type
			order := "before"
			if from > to {
				order = "behind"
			}
			apart := gap(from, to)
			same := sentence[first[from]] == sentence[first[to]]
			var phrase string
			for k := last[left] + 1; k < first[right] && k < last[left]+6; k++ {
				phrase += " " + token.Fold(words[k].Text)
			}
			known := []string{
				types, fmt.Sprint(types, order, nearest), fmt.Sprint(types, nearest, mutual, same),
				fmt.Sprint(types, order, nearest, same, min(apart, 12)/2),
				fmt.Sprint(types, order, between), fmt.Sprint(types, order, between, min(apart, 16)/4),
				fmt.Sprint(types, order, min(persons, 3), min(alike, 3), nearest, same),
				fmt.Sprint(types, order, phrase), fmt.Sprint(types, nearest, min(apart, 40)/8, same),
			}
			for k := last[left] + 1; k < first[right] && k < last[left]+16; k++ {
				known = append(known, fmt.Sprint(types, order, token.Fold(words[k].Text)))
			}
			s := tagger.Sentence{Words: []tagger.Word{{Classes: known}}}
			for _, r := range d.Relations {
				if r.From == from && r.To == to {
					s.Spans = []tagger.Span{{Type: r.Type}}
				}
			}
			list, examples = append(list, ends{from, to}), append(examples, s)
		}
	}
	return list, examples
}

// relations measures what relations a model finds between the marked mentions of documents, when it learnt from others.
func (n *Names) relations(rest, part []*Annotated) {
	joined := map[[2]string]bool{}
	for _, d := range rest {
		for _, r := range d.Relations {
			joined[[2]string{d.Mentions[r.From].Type, d.Mentions[r.To].Type}] = true
		}
	}
	if len(joined) == 0 {
		return
	}
	var examples []tagger.Sentence
	for _, d := range rest {
		_, some := pairs(d, joined)
		examples = append(examples, some...)
	}
	m := tagger.Train(examples, tagger.Advance{None: 10, Other: 100})
	for _, d := range part {
		list, some := pairs(d, joined)
		var found []Tie
		for i, s := range some {
			if spans := m.Tag(s.Words); len(spans) > 0 {
				found = append(found, Tie{spans[0].Type, list[i].from, list[i].to})
			}
		}
		n.related(d, found)
	}
}

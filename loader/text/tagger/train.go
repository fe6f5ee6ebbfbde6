package tagger

import (
	"maps"
	"slices"
)

// Sentence is a sentence with the mentions in it, none of which overlap.
type Sentence struct {
	Words []Word
	Spans []Span
}

// random is a generator of numbers of our own: the same ones in every version of Go and on every machine.
type random uint64

func (r *random) next() uint64 {
	*r += 0x9E3779B97F4A7C15
	x := uint64(*r)
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// shuffled returns the numbers below n in an order of chance.
func (r *random) shuffled(n int) []int {
	order := make([]int, n)
	for i := range order {
		j := int(r.next() % uint64(i+1))
		order[i], order[j] = order[j], i
	}
	return order
}

// How often a model is made anew in another order, and in each the sentences are gone through: what several agree on is
// less of chance.
const (
	rounds = 3
	passes = 10
)

// Advance is what wrong labels are given while a model learns, so that the right ones win with a margin: that a word is
// of no mention, and any other. The more of the first, the more is found, and the more of that is wrong.
type Advance struct{ None, Other int64 }

// trainer holds what an averaged perceptron learns: weights by feature and label, and what their averages lack.
type trainer struct {
	model     *Model
	labels    int
	advance   Advance
	rows      map[uint32]int
	examples  []example
	sum       []int64 // of all rounds
	weights   []int32
	late      []int64
	stepSum   []int64
	steps     []int64
	stepsLate []int64
	now       int64
}

type example struct {
	rows   [][]int // of each word, the rows of its features
	labels []int
}

// Train makes a model of sentences. The same sentences in the same order make the same model, bit by bit.
func Train(sentences []Sentence, advance Advance) *Model {
	types := map[string]bool{}
	for _, s := range sentences {
		for _, span := range s.Spans {
			types[span.Type] = true
		}
	}
	m := &Model{types: slices.Sorted(maps.Keys(types))}
	t := &trainer{model: m, labels: m.labels(), advance: advance, rows: map[uint32]int{}}
	for _, s := range sentences {
		t.example(s)
	}
	t.prune()
	size, steps := len(t.rows)*t.labels, (t.labels+1)*t.labels
	t.sum, t.stepSum = make([]int64, size), make([]int64, steps)
	chance := random(1)
	for range rounds {
		t.weights, t.late = make([]int32, size), make([]int64, size)
		t.steps, t.stepsLate = make([]int64, steps), make([]int64, steps)
		t.now = 1
		for range passes {
			for _, i := range chance.shuffled(len(t.examples)) {
				t.learn(&t.examples[i])
			}
		}
		for i, w := range t.weights {
			t.sum[i] += int64(w)*t.now - t.late[i]
		}
		for i, w := range t.steps {
			t.stepSum[i] += w*t.now - t.stepsLate[i]
		}
	}
	t.finish()
	return m
}

func (t *trainer) example(s Sentence) {
	e := example{rows: make([][]int, len(s.Words)), labels: make([]int, len(s.Words))}
	hashes := map[string]hash{}
	words := make([]shaped, len(s.Words))
	for i := range s.Words {
		words[i] = shapedOf(&s.Words[i], hashes)
	}
	for i := range words {
		for _, f := range features(nil, words, i) {
			row, known := t.rows[f]
			if !known {
				row = len(t.rows)
				t.rows[f] = row
			}
			e.rows[i] = append(e.rows[i], row)
		}
	}
	for _, span := range s.Spans {
		kind, _ := slices.BinarySearch(t.model.types, span.Type)
		e.labels[span.First] = 1 + kind
		for i := span.First + 1; i <= span.Last; i++ {
			e.labels[i] = 1 + len(t.model.types) + kind
		}
	}
	t.examples = append(t.examples, e)
}

// prune forgets the features that stand at less than two words: of chance.
func (t *trainer) prune() {
	n := make([]int, len(t.rows))
	for i := range t.examples {
		for _, rows := range t.examples[i].rows {
			for _, row := range rows {
				n[row]++
			}
		}
	}
	kept := make([]int, len(t.rows))
	next := 0
	for row, count := range n {
		kept[row] = -1
		if count > 1 {
			kept[row] = next
			next++
		}
	}
	for i := range t.examples {
		for j, rows := range t.examples[i].rows {
			list := rows[:0]
			for _, row := range rows {
				if kept[row] >= 0 {
					list = append(list, kept[row])
				}
			}
			t.examples[i].rows[j] = list
		}
	}
	for f, row := range t.rows {
		if kept[row] < 0 {
			delete(t.rows, f)
		} else {
			t.rows[f] = kept[row]
		}
	}
}

// learn goes through a sentence: where the best labels are wrong, those lose and the right ones win.
func (t *trainer) learn(e *example) {
	t.now++
	if len(e.rows) == 0 {
		return
	}
	scores := make([]int64, len(e.rows)*t.labels)
	for i, rows := range e.rows {
		at := scores[i*t.labels : (i+1)*t.labels]
		for _, row := range rows {
			for l, w := range t.weights[row*t.labels : (row+1)*t.labels] {
				at[l] += int64(w)
			}
		}
		for l := range at {
			switch l {
			case e.labels[i]:
			case 0:
				at[l] += t.advance.None
			default:
				at[l] += t.advance.Other
			}
		}
	}
	path := best(scores, t.steps, t.labels)
	before, guessed := t.labels, t.labels
	for i, label := range e.labels {
		guess := path[i]
		if guess != label {
			for _, row := range e.rows[i] {
				t.weights[row*t.labels+label]++
				t.late[row*t.labels+label] += t.now
				t.weights[row*t.labels+guess]--
				t.late[row*t.labels+guess] -= t.now
			}
		}
		if guess != label || guessed != before {
			t.steps[before*t.labels+label]++
			t.stepsLate[before*t.labels+label] += t.now
			t.steps[guessed*t.labels+guess]--
			t.stepsLate[guessed*t.labels+guess] -= t.now
		}
		before, guessed = label, guess
	}
}

// finish brings the averages into the range of the model.
func (t *trainer) finish() {
	most := int64(1)
	for _, list := range [][]int64{t.sum, t.stepSum} {
		for _, w := range list {
			most = max(most, w, -w)
		}
	}
	scaled := func(list []int64) []int16 {
		row := make([]int16, len(list))
		for i, w := range list {
			row[i] = int16(w * 32767 / most)
		}
		return row
	}
	m := t.model
	m.weights = map[uint32][]int16{}
	for f, row := range t.rows {
		w := scaled(t.sum[row*t.labels : (row+1)*t.labels])
		if slices.ContainsFunc(w, func(x int16) bool { return x != 0 }) {
			m.weights[f] = w
		}
	}
	m.steps = scaled(t.stepSum)
}

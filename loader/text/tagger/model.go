package tagger

// Word is a token with what its reader knows of it.
type Word struct {
	Text, Key string   // as it stands there, and as words are compared
	Classes   []string // what it may be: of which lists, in which place of a known name
	Head      int      // the last word of the phrase that it stands in
}

// Span is a mention: the words from First to Last, the last included.
type Span struct {
	First, Last int
	Type        string
}

// Model finds mentions. It is read only: one serves any number of readers.
type Model struct {
	types   []string
	weights map[uint32][]int16 // of a feature, by label
	steps   []int16            // of a label behind another, or behind none: labels+1 rows
}

// The labels are 0 for no mention, then the first word of each type, then the further words of each.
func (m *Model) labels() int { return 1 + 2*len(m.types) }

const never = -1 << 40

// best finds the best labels of a sentence, whose scores stand in a row for each word: further words follow words of
// their type, any other label any.
func best(scores, steps []int64, labels int) []int {
	n, types := len(scores)/labels, labels/2
	back := make([]uint16, n*labels)
	last, next := make([]int64, labels), make([]int64, labels)
	for l := range labels {
		last[l] = scores[l] + steps[labels*labels+l]
		if l > types {
			last[l] = never
		}
	}
	for i := 1; i < n; i++ {
		for l := range labels {
			next[l] = 2 * never
			b, step := 0, 1
			if l > types {
				b, step = l-types, types
			}
			for ; b < labels; b += step {
				if s := last[b] + steps[b*labels+l]; s > next[l] {
					next[l], back[i*labels+l] = s, uint16(b)
				}
			}
			next[l] += scores[i*labels+l]
		}
		last, next = next, last
	}
	at := 0
	for l := range labels {
		if last[l] > last[at] {
			at = l
		}
	}
	path := make([]int, n)
	for i := n - 1; i >= 0; i-- {
		path[i] = at
		at = int(back[i*labels+at])
	}
	return path
}

// Tag finds the mentions of a sentence.
func (m *Model) Tag(words []Word) (spans []Span) {
	if len(words) == 0 {
		return nil
	}
	labels := m.labels()
	shapes := make([]shaped, len(words))
	hashes := map[string]hash{}
	for i := range words {
		shapes[i] = shapedOf(&words[i], hashes)
	}
	scores := make([]int64, len(words)*labels)
	var list []uint32
	for i := range words {
		at := scores[i*labels : (i+1)*labels]
		list = features(list[:0], shapes, i)
		for _, f := range list {
			for l, w := range m.weights[f] {
				at[l] += int64(w)
			}
		}
	}
	steps := make([]int64, len(m.steps))
	for i, w := range m.steps {
		steps[i] = int64(w)
	}
	for i, label := range best(scores, steps, labels) {
		switch {
		case label == 0:
		case label <= len(m.types):
			spans = append(spans, Span{i, i, m.types[label-1]})
		default:
			spans[len(spans)-1].Last = i
		}
	}
	return spans
}

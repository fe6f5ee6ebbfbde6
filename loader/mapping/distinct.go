package mapping

import "slices"

// distinct is a list of texts, each once. Few are searched one by one; of many it knows which it has, since one cell or
// one key of an index may hold a hundred thousand.
type distinct struct {
	texts []string
	seen  map[string]bool // where there are many
}

// few is how many texts are found faster one by one.
const few = 16

func (d *distinct) has(text string) bool {
	if d.seen != nil {
		return d.seen[text]
	}
	return slices.Contains(d.texts, text)
}

// add appends a text that is not there yet.
func (d *distinct) add(text string) {
	if d.has(text) {
		return
	}
	d.texts = append(d.texts, text)
	switch {
	case d.seen != nil:
		d.seen[text] = true
	case len(d.texts) > few:
		d.seen = make(map[string]bool, 2*few)
		for _, known := range d.texts {
			d.seen[known] = true
		}
	}
}

// size returns the bytes that the texts count.
func (d *distinct) size() int {
	size := 0
	for _, text := range d.texts {
		size += textCost + len(text)
	}
	return size
}

// keep adds a text and keeps only the smallest, in the order of bytes, whatever the order of adding.
func (d *distinct) keep(text string, most int) {
	at, there := slices.BinarySearch(d.texts, text)
	if there || at >= most {
		return
	}
	d.texts = slices.Insert(d.texts, at, text)
	d.texts = d.texts[:min(most, len(d.texts))]
}

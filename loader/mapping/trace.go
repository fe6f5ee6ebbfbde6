package mapping

import (
	"maps"
	"slices"
	"strings"

	"orbat/schema"
)

// Cell is one cell of a row, and what became of it.
type Cell struct {
	Column string
	Text   string   // as it was read, filled from above
	Became []string // empty: nothing
}

// trace notes what becomes of the cells of a row. A nil one notes nothing.
type trace struct {
	about   string // what is being made
	touched map[int]bool
	items   map[int]bool // cells that the item at hand was made of, which is what {} reads
	became  [][]string   // by column
}

// begin forgets which cells were read.
func (t *trace) begin() {
	if t != nil {
		t.touched = map[int]bool{}
	}
}

// touch notes that a cell is read.
func (t *trace) touch(i int) {
	if t != nil && t.touched != nil {
		t.touched[i] = true
	}
}

// during returns the cells that are read while something is made. They are noted by who touches them again.
func (t *trace) during(do func()) map[int]bool {
	if t == nil {
		do()
		return nil
	}
	outer := t.touched
	t.begin()
	do()
	read := t.touched
	t.touched = outer
	return read
}

// make says what is being made, of an item of which cells.
func (t *trace) make(about string, items map[int]bool) {
	if t != nil {
		t.about, t.items = about, items
	}
}

// read returns the cells that were read since begin.
func (t *trace) read() map[int]bool {
	if t == nil {
		return nil
	}
	return maps.Clone(t.touched)
}

// tell notes what became of the cells that were read since begin.
func (t *trace) tell(what string, texts ...string) {
	if t == nil || len(texts) == 0 || len(texts) == 1 && texts[0] == "" {
		return
	}
	cells := t.touched
	if len(cells) == 0 {
		cells = t.items
	}
	said := strings.TrimSpace(strings.TrimSpace(t.about+" "+what) + " " + schema.Shorten(strings.Join(texts, "; ")))
	for i := range cells {
		if i < len(t.became) && !slices.Contains(t.became[i], said) {
			t.became[i] = append(t.became[i], said)
		}
	}
}

// cells returns the cells of a row that say something, with what became of them.
func (t *trace) cells(header []string, row *schema.Row) []Cell {
	var all []Cell
	for i, text := range row.Cells {
		if text = strings.TrimSpace(text); text != "" && i < len(header) {
			all = append(all, Cell{Column: header[i], Text: text, Became: t.became[i]})
		}
	}
	return all
}

// nameOf returns what a reference calls its entity.
func nameOf(ref schema.Ref) string {
	for _, text := range []string{ref.XID, ref.ID, ref.Name} {
		if text != "" {
			return text
		}
	}
	return ""
}

package mapping

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// read reads the rows of a table's file, its header first, with what rows above tell of those below.
func (t *table) read(ctx context.Context, in Input) iter.Seq2[schema.Row, error] {
	rows := in.Rows(ctx, t.reading())
	if len(t.Fill) == 0 && t.Outline == nil {
		return rows
	}
	return func(yield func(schema.Row, error) bool) {
		var above *above
		for row, err := range rows {
			switch {
			case err != nil && above != nil && isBad(err):
				above.lose()
			case err != nil:
			case above == nil:
				above = t.above(row.Cells)
				row.Cells = above.header(row.Cells)
			default:
				above.complete(&row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// above is what the rows above tell of a row.
type above struct {
	fill   []int    // columns whose empty cells are those above
	cells  []string // of the row above, by column
	lost   []bool   // by column: what stood above could not be read
	name   int      // column of an outline; -1: none
	level  int      // column of its level; -1: the spaces before the name
	levels []outlineLevel
	astray bool // a row could not be read: where the next ones lie is not known until one of the top level
	top    int  // that level, of the first row
	begun  bool // there was one
}

// lose forgets what is above: the row could not be read.
func (a *above) lose() {
	for _, i := range a.fill {
		a.lost[i] = true
	}
	a.astray = true
}

// outlineLevel is a row that the next may lie below.
type outlineLevel struct {
	level int
	name  string
}

// above begins to read a file. Columns that are not there are told where its header is checked.
func (t *table) above(header []string) *above {
	a := &above{cells: make([]string, len(header)), lost: make([]bool, len(header)), name: -1, level: -1}
	for _, name := range t.Fill {
		if i, reason, _ := findColumn(header, name); reason == "" {
			a.fill = append(a.fill, i)
		}
	}
	if o := t.Outline; o != nil {
		if i, reason, _ := findColumn(header, o.Name); reason == "" {
			a.name = i
		}
		if i, reason, _ := findColumn(header, o.Level); reason == "" && o.Level != "" {
			a.level = i
		}
	}
	return a
}

// header adds the columns of an outline.
func (a *above) header(header []string) []string {
	if a.name < 0 {
		return header
	}
	return append(slices.Clone(header), pathPart, parentPart)
}

// complete adds to a row what those above tell of it. What leans on a cell or a row that could not be read cannot be
// read either.
func (a *above) complete(row *schema.Row) {
	cells := slices.Clone(row.Cells)
	faults := slices.Clone(row.Faults)
	for _, i := range a.fill {
		switch {
		case row.FaultOf(i) != nil:
			a.lost[i] = true
		case strings.TrimSpace(cells[i]) != "":
			a.cells[i], a.lost[i] = cells[i], false
		case a.lost[i]:
			faults = append(faults, schema.CellFault{Cell: i, Fault: schema.Fault{
				Reason: "means the cell above it, which cannot be read", Hint: "mend that cell",
			}})
		default:
			cells[i] = a.cells[i]
		}
	}
	row.Cells, row.Faults = cells, faults
	if a.name < 0 {
		return
	}
	path, parent, fault := a.place(row)
	if fault != nil {
		for i := range 2 {
			row.Faults = append(row.Faults, schema.CellFault{Cell: len(cells) + i, Fault: *fault})
		}
	}
	row.Cells = append(row.Cells, path, parent)
}

// place returns where a row lies in the outline, as path and parent; the texts are empty for a row without a name.
func (a *above) place(row *schema.Row) (path, parent string, fault *schema.Fault) {
	name := strings.TrimSpace(row.Cells[a.name])
	if name == "" {
		return "", "", nil
	}
	level := len([]rune(row.Cells[a.name])) - len([]rune(strings.TrimLeft(row.Cells[a.name], " \t\u00a0")))
	if a.level >= 0 {
		var err error
		if level, err = strconv.Atoi(strings.TrimSpace(row.Cells[a.level])); err != nil || row.FaultOf(a.level) != nil {
			a.astray = true
			return "", "", &schema.Fault{
				Value: row.Cells[a.level], Reason: "no level of an outline", Hint: "a whole number, less for what is above",
			}
		}
	}
	if !a.begun {
		a.begun, a.top = true, level
	}
	for len(a.levels) > 0 && a.levels[len(a.levels)-1].level >= level {
		a.levels = a.levels[:len(a.levels)-1]
	}
	switch {
	case row.FaultOf(a.name) != nil:
		a.astray = true
		return "", "", row.FaultOf(a.name)
	case level <= a.top:
		a.astray = false
	case a.astray:
		return "", "", &schema.Fault{
			Reason: "lies below a row that cannot be read", Hint: "mend that row: where this one belongs cannot be told",
		}
	}
	if len(a.levels) == maxLevels {
		a.astray = true
		return "", "", &schema.Fault{Reason: "more than " + strconv.Itoa(maxLevels) + " levels of an outline"}
	}
	var names []string
	for _, l := range a.levels {
		names = append(names, l.name)
	}
	parent = strings.Join(names, levelsJoin)
	a.levels = append(a.levels, outlineLevel{level, name})
	return strings.Join(append(names, name), levelsJoin), parent, nil
}

// checkSheet sees that what is said of a table's rows can be.
func (b *binder) checkSheet() {
	t := b.table
	if h := t.Header; h != nil {
		for _, count := range []struct {
			name, text string
			most       int
		}{{"row", h.Row, 1 << 20}, {"rows", h.Rows, 5}} {
			if count.text != "" && !isWhole(count.text, 1, count.most) {
				b.mistake(h.At, count.name+" of header is "+strconv.Quote(count.text), "a number from 1 to "+strconv.Itoa(count.most))
			}
		}
	}
	for _, name := range t.Fill {
		b.column(name, t.At)
	}
	if o := t.Outline; o != nil {
		if o.Name == "" {
			b.mistake(o.At, "an outline without name", "give the column of the names")
			return
		}
		there := b.column(o.Name, o.At) >= 0
		if o.Level != "" {
			b.column(o.Level, o.At)
		}
		n := len(b.header)
		if !there || n < 2 {
			return
		}
		b.used[n-2], b.used[n-1] = true, true
		if slices.Contains(b.header[:n-2], pathPart) || slices.Contains(b.header[:n-2], parentPart) {
			b.mistake(o.At, "the table has a column path or parent of its own", "rename it: the outline makes both")
		}
	}
}

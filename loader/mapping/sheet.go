package mapping

import (
	"cmp"
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
	fill      []int    // columns whose empty cells are those above
	cells     []string // of the row above, by column
	fractions []bool   // by column: that cell is a number with a fraction
	lost      []bool   // by column: what stood above could not be read
	names     []int    // columns of an outline: of the names, or of one level each; none: there is no outline
	level     int      // column of its level; -1: the spaces before the name
	levels    []outlineLevel
	astray    bool // a row could not be read: where the next ones lie is not known until one of the top level
	top       int  // that level, of the first row
	begun     bool // there was one
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
	level  int
	tabbed int // the same where a tab goes on to the next eighth place
	name   string
}

// above begins to read a file. Columns that are not there are told where its header is checked.
func (t *table) above(header []string) *above {
	n := len(header)
	a := &above{cells: make([]string, n), fractions: make([]bool, n), lost: make([]bool, n), level: -1}
	for _, name := range t.Fill {
		if i, reason, _ := findColumn(header, name); reason == "" {
			a.fill = append(a.fill, i)
		}
	}
	if o := t.Outline; o != nil {
		for _, name := range o.Name {
			if i, reason, _ := findColumn(header, name); reason == "" {
				a.names = append(a.names, i)
			}
		}
		if i, reason, _ := findColumn(header, o.Level); reason == "" && o.Level != "" {
			a.level = i
		}
	}
	return a
}

// header adds the columns of an outline.
func (a *above) header(header []string) []string {
	if len(a.names) == 0 {
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
			a.cells[i], a.fractions[i], a.lost[i] = cells[i], slices.Contains(row.Fractions, cells[i]), false
		case a.lost[i]:
			faults = append(faults, schema.CellFault{Cell: i, Fault: schema.Fault{
				Reason: "means the cell above it, which cannot be read", Hint: "mend that cell",
			}})
		default:
			cells[i] = a.cells[i]
			if a.fractions[i] {
				row.Fractions = append(row.Fractions, cells[i])
			}
		}
	}
	row.Cells, row.Faults = cells, faults
	if len(a.names) == 0 {
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
	here, fault := a.levelsOf(row)
	if fault != nil {
		a.astray = true
		return "", "", fault
	}
	for _, l := range here {
		if !a.begun {
			a.begun, a.top = true, l.level
		}
		if fault := a.enter(l); fault != nil {
			return "", "", fault
		}
	}
	if len(here) == 0 {
		return "", "", nil
	}
	var names []string
	for _, l := range a.levels {
		names = append(names, l.name)
	}
	last := len(names) - 1
	return strings.Join(names, levelsJoin), strings.Join(names[:last], levelsJoin), nil
}

// levelsOf returns what a row names, from the top; mostly it is one.
func (a *above) levelsOf(row *schema.Row) (here []outlineLevel, fault *schema.Fault) {
	for i, column := range a.names {
		cell := row.Cells[column]
		name := strings.TrimSpace(cell)
		l := outlineLevel{name: name, level: i, tabbed: i}
		switch {
		case row.FaultOf(column) != nil:
			return nil, row.FaultOf(column)
		case name == "":
			continue
		case a.level >= 0:
			var err error
			if l.level, err = strconv.Atoi(strings.TrimSpace(row.Cells[a.level])); err != nil || row.FaultOf(a.level) != nil {
				return nil, &schema.Fault{
					Value: row.Cells[a.level], Reason: "no level of an outline", Hint: "a whole number, less for what is above",
				}
			}
			l.tabbed = l.level
		case len(a.names) == 1:
			l.level, l.tabbed = indent(cell)
		}
		here = append(here, l)
	}
	return here, nil
}

// indent returns how many spaces stand before a text: where a tab is one, and where it goes on to the next eighth.
func indent(text string) (spaces, tabbed int) {
	const tab = 8
	for _, r := range text {
		switch r {
		case ' ', '\u00a0':
			tabbed++
		case '\t':
			tabbed += tab - tabbed%tab
		default:
			return spaces, tabbed
		}
		spaces++
	}
	return spaces, tabbed
}

// enter goes to a level of the outline, below the last one that is less.
func (a *above) enter(l outlineLevel) *schema.Fault {
	for _, before := range a.levels {
		if cmp.Compare(before.level, l.level) != cmp.Compare(before.tabbed, l.tabbed) {
			a.astray = true
			return &schema.Fault{
				Reason: "is indented otherwise than " + strconv.Quote(schema.Shorten(before.name)) +
					" above it, by tabs or by spaces: which is further in cannot be told",
				Hint: "indent all rows by spaces, or all by tabs",
			}
		}
	}
	for len(a.levels) > 0 && a.levels[len(a.levels)-1].level >= l.level {
		a.levels = a.levels[:len(a.levels)-1]
	}
	switch {
	case l.level <= a.top:
		a.astray = false
	case a.astray:
		return &schema.Fault{
			Reason: "lies below a row that cannot be read", Hint: "mend that row: where this one belongs cannot be told",
		}
	case len(a.levels) == maxLevels:
		a.astray = true
		return &schema.Fault{Reason: "more than " + strconv.Itoa(maxLevels) + " levels of an outline"}
	}
	a.levels = append(a.levels, l)
	return nil
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
		switch {
		case len(o.Name) == 0:
			b.mistake(o.At, "an outline without name", "give the column of the names, or those of the levels")
			return
		case len(o.Name) > 1 && o.Level != "":
			b.mistake(o.At, "an outline of several columns and a level", "leave out level: each column is one")
		}
		there := true
		for _, name := range o.Name {
			there = b.column(name, o.At) >= 0 && there
		}
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

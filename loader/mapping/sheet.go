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
			case err != nil: // what is no row says nothing of those below it
			case above == nil:
				above = t.above(row.Cells)
				row.Cells = above.header(row.Cells)
			default:
				row.Cells, err = above.complete(row)
				if err != nil && !yield(schema.Row{}, err) {
					return
				}
				if err != nil {
					continue
				}
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
	name   int      // column of an outline; -1: none
	level  int      // column of its level; -1: the spaces before the name
	levels []outlineLevel
}

// outlineLevel is a row that the next may lie below.
type outlineLevel struct {
	level int
	name  string
}

// above begins to read a file. Columns that are not there are told where its header is checked.
func (t *table) above(header []string) *above {
	a := &above{cells: make([]string, len(header)), name: -1, level: -1}
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

// complete returns the cells of a row with what those above tell of them.
func (a *above) complete(row schema.Row) ([]string, error) {
	cells := slices.Clone(row.Cells)
	for _, i := range a.fill {
		if strings.TrimSpace(cells[i]) == "" {
			cells[i] = a.cells[i]
		} else {
			a.cells[i] = cells[i]
		}
	}
	if a.name < 0 {
		return cells, nil
	}
	name := strings.TrimSpace(cells[a.name])
	if name == "" {
		return append(cells, "", ""), nil
	}
	level := len([]rune(cells[a.name])) - len([]rune(strings.TrimLeft(cells[a.name], " \t\u00a0")))
	if a.level >= 0 {
		var err error
		if level, err = strconv.Atoi(strings.TrimSpace(cells[a.level])); err != nil {
			return nil, schema.Rejected(schema.Fault{
				Pos: row.Pos, Value: cells[a.level], Reason: "no level of an outline", Hint: "a whole number, less for what is above",
			}, row.Raw)
		}
	}
	for len(a.levels) > 0 && a.levels[len(a.levels)-1].level >= level {
		a.levels = a.levels[:len(a.levels)-1]
	}
	if len(a.levels) == maxLevels {
		return nil, schema.Rejected(schema.Fault{
			Pos: row.Pos, Reason: "more than " + strconv.Itoa(maxLevels) + " levels of an outline",
		}, row.Raw)
	}
	var names []string
	for _, l := range a.levels {
		names = append(names, l.name)
	}
	parent := strings.Join(names, levelsJoin)
	a.levels = append(a.levels, outlineLevel{level, name})
	return append(cells, strings.Join(append(names, name), levelsJoin), parent), nil
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

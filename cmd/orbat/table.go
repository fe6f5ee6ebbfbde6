package main

import (
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/term"
)

// screen returns the width of the terminal that the answer goes to, or what COLUMNS says; 0: a file or a pipe, which
// has none.
func (a *app) screen() int {
	if a.columns > 0 {
		return a.columns
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		return max(columns, 20)
	}
	if file, ok := a.out.w.(*os.File); ok {
		if width, _, err := term.GetSize(int(file.Fd())); err == nil { //nolint:gosec // a file descriptor fits
			return max(width, 20)
		}
	}
	return 0
}

// width returns how wide an answer may be. What goes into a pipe is not cut to it.
func (a *app) width() int {
	if screen := a.screen(); screen > 0 {
		return max(screen, 60)
	}
	return 120
}

const (
	leastColumn = 8  // as narrow as lines get, however little room a terminal has
	longWord    = 20 // what is longer is a key or an address: it may be broken anywhere
	longKey     = 60 // and where no terminal asks for it, only what is longer than this
	brokenWord  = 12 // as narrow as what is broken gets
)

// printTable draws a table that fits the terminal, long cells wrapped.
func (a *app) printTable(columns []string, rows [][]string) { a.printTableAnd(columns, rows, nil) }

// printTableAnd draws a table, and below each row the lines that belong to it; nil: none.
func (a *app) printTableAnd(columns []string, rows [][]string, below func(row int) string) {
	for i, row := range rows {
		rows[i] = make([]string, len(row))
		for n, cell := range row {
			rows[i][n] = clean(cell)
		}
	}
	widths := a.columnWidths(columns, rows)
	if widths == nil {
		a.printRecords(columns, rows, below)
		return
	}
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options.SeparateRows = false
	t.Style().Format.Header = text.FormatDefault
	var configs []table.ColumnConfig
	for i, width := range widths {
		configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMin: width})
	}
	t.SetColumnConfigs(configs)
	header, top := tableRow(columns, widths)
	t.AppendHeader(header)
	heights := make([]int, len(rows))
	for i, cells := range rows {
		var row table.Row
		row, heights[i] = tableRow(cells, widths)
		t.AppendRow(row)
	}
	lines := strings.Split(t.Render(), "\n")
	write := func(n int) {
		n = min(n, len(lines))
		a.printf("%s\n", strings.Join(lines[:n], "\n"))
		lines = lines[n:]
	}
	if below != nil {
		write(top + 2)
		for i, height := range heights {
			write(height)
			a.printf("%s", below(i))
		}
	}
	write(len(lines))
}

// tableRow wraps cells to the widths of their columns, and says how many lines they take.
func tableRow(cells []string, widths []int) (row table.Row, height int) {
	for i, cell := range cells {
		lines := wrapped(cell, widths[i])
		row, height = append(row, strings.Join(lines, "\n")), max(height, len(lines))
	}
	return row, height
}

// columnWidths returns for every column what it needs or, where that is more than there is, takes from the widest
// first, but never so much that a word must be broken. nil: the terminal is too narrow for so many columns.
func (a *app) columnWidths(columns []string, rows [][]string) []int {
	widths, least := make([]int, len(columns)), make([]int, len(columns))
	screen, whole := a.screen(), longWord
	if screen == 0 {
		whole = longKey
	}
	for i, column := range columns {
		for _, cell := range append(cellsOf(rows, i), column) {
			widths[i] = max(widths[i], text.StringWidthWithoutEscSequences(cell))
			least[i] = max(least[i], longestPiece(cell, whole))
		}
	}
	if screen == 0 {
		most := max(16, 2*a.width()/(len(columns)+1))
		for i := range widths {
			widths[i] = min(widths[i], max(most, least[i]))
		}
		return widths
	}
	room, needed := screen-3*len(columns)-1, 0
	for _, w := range widths {
		needed += w
	}
	for ; needed > room; needed-- {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil
		}
		widths[widest]--
	}
	return widths
}

// cellsOf returns the cells of one column.
func cellsOf(rows [][]string, column int) []string {
	cells := make([]string, 0, len(rows)+1)
	for _, row := range rows {
		cells = append(cells, row[column])
	}
	return cells
}

// longestPiece returns the width of the longest piece of a text that is not to be broken: what is longer than whole may
// be.
func longestPiece(s string, whole int) int {
	longest := 1
	for _, word := range strings.Fields(s) {
		for _, piece := range pieces(word) {
			if wide := text.StringWidthWithoutEscSequences(piece); wide <= whole {
				longest = max(longest, wide)
			} else {
				longest = max(longest, brokenWord)
			}
		}
	}
	return longest
}

// printRecords shows rows one below the other, a line for each cell that is not empty.
func (a *app) printRecords(columns []string, rows [][]string, below func(row int) string) {
	label := 0
	for _, column := range columns {
		label = max(label, text.StringWidthWithoutEscSequences(column))
	}
	label = min(label, a.screen()/2)
	for i, row := range rows {
		if i > 0 {
			a.printf("\n")
		}
		for n, cell := range row {
			if cell == "" {
				continue
			}
			for at, line := range wrapped(cell, max(leastColumn, a.screen()-label-2)) {
				name := ""
				if at == 0 {
					name = text.Trim(columns[n], label)
				}
				a.printf("%s  %s\n", text.Pad(name, label, ' '), line)
			}
		}
		if below != nil {
			a.printf("%s", below(i))
		}
	}
}

// wrapped breaks a text into lines at most so wide, between words where it can, else between their pieces. (go-pretty's
// own wrapping loses count where a wide character, such as a Chinese one, does not fit into the last column.) An empty
// text is one empty line.
func wrapped(s string, width int) []string {
	if text.StringWidthWithoutEscSequences(s) <= width {
		return []string{s}
	}
	var lines []string
	line, at := "", 0
	end := func() { lines, line, at = append(lines, line), "", 0 }
	for _, word := range strings.Fields(s) {
		wide := text.StringWidthWithoutEscSequences(word)
		if at > 0 && at+1+wide <= width {
			line, at = line+" "+word, at+1+wide
			continue
		}
		if at > 0 {
			end()
		}
		for _, piece := range pieces(word) {
			if wide := text.StringWidthWithoutEscSequences(piece); at > 0 && at+wide > width {
				end()
			}
			for _, r := range piece {
				if w := text.RuneWidth(r); at+w > width && at > 0 {
					end()
				}
				line, at = line+string(r), at+text.RuneWidth(r)
			}
		}
	}
	if line != "" || len(lines) == 0 { // a character without width is one too
		end()
	}
	return lines
}

// pieces returns the parts of a word between which a line may end: a period's dates, the steps of a path or an address,
// the words that a hyphen or an underscore joins. A date is one piece, and so is what would leave next to nothing
// alone.
func pieces(word string) []string {
	const few = 3
	var parts []string
	runes, begin := []rune(word), 0
	for i := few + 1; i <= len(runes)-few; i++ {
		around := func(is func(rune) bool) bool { return is(runes[i-2]) && is(runes[i]) }
		ends := false
		switch runes[i-1] {
		case '/':
			ends = true
		case '~':
			ends = around(unicode.IsDigit)
		case '-', '_':
			ends = around(unicode.IsLetter)
		}
		if ends && i-begin > few {
			parts, begin = append(parts, string(runes[begin:i])), i
		}
	}
	return append(parts, string(runes[begin:]))
}

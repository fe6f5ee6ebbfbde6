package decode

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

// rowReader cuts CSV into rows, which may run over several lines within quotes.
type rowReader struct {
	lines     input.LineReader
	unquoted  bool // a quote is a character like any other
	delimiter byte // 0: not known yet; no quoted header cell is then cut at what it may be
	raw       []byte
}

// longRowError says that a row is longer than MaxRecord.
type longRowError struct{}

func (longRowError) Error() string { return "row too long" }

// next returns the bytes of the next row that is not blank, without its line end, and the line where it starts; valid
// until the next call. With longRowError it returns the row's first bytes.
//
// A quote that is not closed would take the rest of the file for one cell; it ends the reading: what it took is not
// known.
func (r *rowReader) next() (raw []byte, line int, err error) {
	r.raw = r.raw[:0]
	if cap(r.raw) > 1<<20 {
		r.raw = nil
	}
	state := cellStart
	opened := 0
	for {
		part, long, err := r.lines.Next(input.MaxRecord - len(r.raw))
		within := len(r.raw) > 0
		switch {
		case errors.Is(err, io.EOF) && within:
			return nil, line, openQuote("the file ends", opened)
		case err != nil:
			return nil, r.lines.Line + 1, err
		case long && within:
			return nil, line, openQuote("the cell goes on for "+strconv.Itoa(input.MaxRecord>>20)+" MiB", opened)
		case long:
			return part, r.lines.Line, longRowError{}
		case !within && len(bytes.TrimSpace(part)) == 0:
			continue
		case !within:
			line = r.lines.Line
		}
		for _, c := range bytes.TrimRight(part, "\r\n") {
			if r.unquoted {
				break
			}
			before := state
			if state = state.after(c, r.delimiter); state == inQuotes && before == cellStart {
				opened = r.lines.Line
			}
		}
		if state != inQuotes && !within {
			return trimLineEnd(part), line, nil // needs no copy
		}
		r.raw = append(r.raw, part...)
		if state != inQuotes {
			return trimLineEnd(r.raw), line, nil
		}
		if len(r.raw) > input.MaxRecord {
			return nil, line, openQuote("the cell goes on for "+strconv.Itoa(input.MaxRecord>>20)+" MiB", opened)
		}
	}
}

func openQuote(what string, opened int) *input.ReadError {
	return input.Fail(schema.Fault{
		Reason: what + " within the quote opened in line " + strconv.Itoa(opened),
		Hint:   `close the quote in that line; a quote within quotes is written ""`,
	})
}

func trimLineEnd(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}

// cellState is where in a row a byte stands.
type cellState int

const (
	cellStart cellState = iota
	inCell
	inQuotes
	quoteInQuotes // the end of the quotes, or the first half of a doubled one
)

// after returns the state after a byte.
func (s cellState) after(c, delimiter byte) cellState {
	isDelimiter := c == delimiter || delimiter == 0 && (c == ',' || c == ';' || c == '\t')
	switch {
	case s == inQuotes && c == '"':
		return quoteInQuotes
	case s == inQuotes:
		return inQuotes
	case c == '"' && (s == cellStart || s == quoteInQuotes):
		return inQuotes
	case isDelimiter:
		return cellStart
	}
	return inCell
}

// split splits a row into cells.
func (r *rowReader) split(row []byte) ([]string, *schema.Fault) {
	var cells []string
	var fault *schema.Fault
	if r.unquoted {
		cells = strings.Split(string(row), string(r.delimiter))
	} else {
		cells, fault = splitRow(row, r.delimiter)
	}
	if len(row) > input.MaxRaw {
		for i, cell := range cells {
			cells[i] = strings.Clone(cell) // else who keeps a short one keeps the whole row
		}
	}
	return cells, fault
}

// splitRow splits a row into cells. A quote within a cell that does not start with one is a text like any other (5"
// gun); after closed quotes only a delimiter may follow. The cells are there, if not all, even where there is a fault.
func splitRow(row []byte, delimiter byte) ([]string, *schema.Fault) {
	rest := string(row) // once for all cells
	cells := make([]string, 0, min(strings.Count(rest, string(delimiter))+1, 256))
	for {
		if rest == "" || rest[0] != '"' {
			cell, more, found := strings.Cut(rest, string(delimiter))
			cells = append(cells, cell)
			if !found {
				return cells, nil
			}
			rest = more
			continue
		}
		cell, more, closed := quotedCell(rest[1:])
		if !closed {
			return append(cells, cell), &schema.Fault{
				Reason: "a quote is not closed",
				Hint:   `a quote within quotes is written ""`,
			}
		}
		cells = append(cells, strings.ReplaceAll(cell, "\r\n", "\n"))
		rest = more
		if rest == "" {
			return cells, nil
		}
		if rest[0] != delimiter {
			return cells, &schema.Fault{
				Value: cells[len(cells)-1], Reason: "text follows the closing quote of cell " + strconv.Itoa(len(cells)),
				Hint: `a quote within quotes is written ""`,
			}
		}
		rest = rest[1:]
	}
}

// quotedCell returns what stands from behind an opening quote to the closing one, and what follows that.
func quotedCell(rest string) (cell, more string, closed bool) {
	cell, more, closed = strings.Cut(rest, `"`)
	if !strings.HasPrefix(more, `"`) {
		return cell, more, closed // as most are: a part of the row
	}
	var all strings.Builder
	for {
		all.WriteString(cell)
		if !strings.HasPrefix(more, `"`) {
			return all.String(), more, closed
		}
		all.WriteByte('"')
		cell, more, closed = strings.Cut(more[1:], `"`)
	}
}

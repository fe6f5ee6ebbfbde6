package decode

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// DelimitedRows reads the rows of a text by its delimiter, or by the one of the options; 0: the header tells.
//
// They are not read with encoding/csv, since a row counts here only if nothing of it can be lost: that gives no raw
// bytes for the file of rejects, holds a cell whose quote is never closed in memory whatever its size, and either
// refuses a quote within a cell (5" gun) or, with LazyQuotes, takes what follows a closing quote for text.
func DelimitedRows(ctx context.Context, in *input.Input, delimiter byte) iter.Seq2[schema.Row, error] {
	return func(yield func(schema.Row, error) bool) {
		if in.Options.Delimiter != "" {
			given, err := delimiterOf(in.Options.Delimiter)
			if err != nil {
				yield(schema.Row{}, err)
				return
			}
			delimiter = given
		}
		c := csvTable{
			rows: rowReader{lines: input.LineReader{R: in.R}, delimiter: delimiter, unquoted: in.Options.Unquoted}, file: in.Name,
			first: in.Options.Header, headerRows: max(1, in.Options.HeaderRows), comments: in.Options.Comments,
		}
		for {
			row, err := c.next()
			if ended := ctx.Err(); ended != nil {
				err = ended
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil && !errors.As(err, new(*schema.RecordError)) {
				yield(schema.Row{}, input.ErrorAt(ctx, schema.Position{File: in.Name, Line: c.rows.lines.Line + 1}, err))
				return
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// delimiterOf reads the option.
func delimiterOf(name string) (byte, error) {
	switch {
	case name == "tab" || name == `\t`:
		return '\t', nil
	case len(name) == 1 && name[0] < utf8.RuneSelf && !strings.ContainsAny(name, "\"\r\n\x00"):
		return name[0], nil
	}
	return 0, input.Fail(schema.Fault{
		Reason: "the delimiter " + strconv.Quote(name) + " is no single character", Hint: "give one ASCII character, or tab",
	})
}

// csvTable makes rows of cells.
type csvTable struct {
	rows   rowReader
	file   string
	header []string // nil: not read yet

	first      int        // the line of the header; 0: the first with something in it
	headerRows int        // of names of columns
	upper      [][]string // those read, where there are more to come
	comments   string     // what lines begin with that are none of the table; empty: all are
}

// next returns the next row in which something stands.
func (c *csvTable) next() (schema.Row, error) {
	for {
		raw, line, err := c.rows.next()
		pos := schema.Position{File: c.file, Line: line, Column: 1}
		switch {
		case errors.Is(err, longRowError{}) && c.header == nil:
			return schema.Row{}, input.Fail(schema.Fault{
				Pos: pos, Reason: "the first line is longer than " + strconv.Itoa(input.MaxRecord>>20) + " MiB",
				Hint: "is this a table? its first line must name the columns",
			})
		case errors.Is(err, longRowError{}):
			return schema.Row{}, input.TooLong(pos, raw)
		case err != nil:
			return schema.Row{}, input.WithPos(err, pos)
		}
		if c.comments != "" && bytes.HasPrefix(bytes.TrimLeft(raw, " \""), []byte(c.comments)) {
			continue
		}
		if c.header == nil {
			if given, is := namedDelimiter(raw); is {
				c.rows.delimiter = cmp.Or(c.rows.delimiter, given)
				continue
			}
			if line < c.first {
				continue
			}
			names, err := c.readHeader(raw, pos)
			if err != nil {
				return schema.Row{}, err
			}
			if isBlank(names) {
				continue
			}
			if c.upper = append(c.upper, names); len(c.upper) < c.headerRows {
				continue
			}
			names = JoinHeader(c.upper...)
			c.header = names
			return schema.Row{Pos: pos, Cells: slices.Clone(names), Raw: input.KeepRaw(raw)}, nil
		}
		cells, faults, fault := c.split(raw)
		switch {
		case fault != nil:
			fault.Pos = pos
			return schema.Row{}, schema.Rejected(*fault, input.KeepRaw(raw))
		case cells != nil:
			return schema.Row{Pos: pos, Cells: cells, Faults: faults, Raw: input.KeepRaw(raw)}, nil
		}
	}
}

func (c *csvTable) readHeader(raw []byte, pos schema.Position) ([]string, error) {
	if InvalidUTF8(raw) >= 0 {
		fault := input.NotUTF8("invalid UTF-8 in the header")
		fault.Pos = pos
		return nil, input.Fail(fault)
	}
	if bytes.ContainsRune(bytes.TrimRight(raw, "\r"), '\r') {
		return nil, input.Fail(schema.Fault{
			Pos: pos, Reason: "the lines end with CR alone",
			Hint: "save the file with LF or CRLF line ends",
		})
	}
	if c.rows.delimiter == 0 {
		c.rows.delimiter = headerDelimiter(raw)
	}
	names, fault := c.rows.split(raw)
	if fault != nil {
		return nil, input.Fail(schema.Fault{Pos: pos, Reason: "the header cannot be read: " + fault.Reason, Hint: fault.Hint})
	}
	return trimAll(names), nil
}

// JoinHeader returns the names of columns that stand over several rows, the upper ones first: of each column those of
// all rows, a space between. An empty cell of an upper row belongs to the name to its left, as merged areas are left,
// if that has names below it.
func JoinHeader(rows ...[]string) []string {
	joined := slices.Clone(rows[len(rows)-1])
	for n := len(rows) - 2; n >= 0; n-- {
		upper := rows[n]
		joined = append(joined, make([]string, max(0, len(upper)-len(joined)))...)
		group := ""
		for i, below := range joined {
			own := ""
			if i < len(upper) {
				own = strings.TrimSpace(upper[i])
			}
			if own != "" {
				group = own
				if below == "" {
					group = ""
				}
			}
			joined[i] = strings.TrimSpace(cmp.Or(own, group) + " " + below)
		}
	}
	return joined
}

// namedDelimiter reads a line that comes before the header and says what stands between the cells, as Excel writes and
// reads it: sep=;
func namedDelimiter(line []byte) (delimiter byte, is bool) {
	const named = "sep="
	line = bytes.Trim(bytes.TrimRight(line, "\r\n"), `"`)
	if len(line) != len(named)+1 || !bytes.EqualFold(line[:len(named)], []byte(named)) {
		return 0, false
	}
	delimiter, is = line[len(named)], line[len(named)] < utf8.RuneSelf
	return delimiter, is
}

// headerDelimiter tells the delimiter by the header: the one that cuts it into the most cells; a comma, if in doubt.
func headerDelimiter(header []byte) byte {
	best, most := byte(','), 1
	for _, delimiter := range []byte{',', ';', '\t'} {
		if cells, _ := splitRow(header, delimiter); len(cells) > most {
			best, most = delimiter, len(cells)
		}
	}
	return best
}

// HeaderNames returns the names of columns by the first line of a file, in lower case, and the delimiter between them.
// All that are there come even where there is a fault.
func HeaderNames(head []byte) (names []string, delimiter byte) {
	line, rest, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n"))
	named, is := namedDelimiter(line)
	if is {
		line, _, _ = bytes.Cut(bytes.TrimLeft(rest, "\r\n"), []byte("\n"))
	}
	line = bytes.TrimRight(line, "\r")
	delimiter = cmp.Or(named, headerDelimiter(line))
	names, _ = splitRow(line, delimiter)
	return LowerAll(names), delimiter
}

// LowerAll returns the names of columns as they are compared.
func LowerAll(cells []string) []string {
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.ToLower(strings.TrimSpace(cell))
	}
	return names
}

func trimAll(names []string) []string {
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// split splits a row and checks it; no cells: nothing stands in it, as spreadsheets leave behind. What is no text costs
// its cell alone.
func (c *csvTable) split(raw []byte) (cells []string, faults []schema.CellFault, err *schema.Fault) {
	cells, err = c.rows.split(raw)
	switch {
	case err != nil && InvalidUTF8(raw) >= 0:
		return nil, nil, &BadUTF8(raw, InvalidUTF8(raw)).Fault
	case err != nil:
		return nil, nil, err
	case isBlank(cells):
		return nil, nil, nil
	case len(cells) != len(c.header) && !utf8.Valid(raw): // a broken character may have swallowed what separates two
		at := InvalidUTF8(raw)
		bad := BadUTF8(raw, at).Fault
		if column := bytes.Count(raw[:at], []byte{c.rows.delimiter}); !bytes.Contains(raw[:at], []byte{'"'}) && column < len(c.header) {
			bad.Column = c.header[column]
		}
		return nil, nil, &bad
	case len(cells) != len(c.header):
		hint := "put cells that hold the delimiter in double quotes"
		if len(cells) < len(c.header) {
			hint = "write all cells of the row, the empty ones too"
		}
		return nil, nil, &schema.Fault{
			Value:  input.CutText(string(raw), input.MaxRejectValue),
			Reason: strconv.Itoa(len(cells)) + " cells; the header has " + strconv.Itoa(len(c.header)),
			Hint:   hint,
		}
	}
	if utf8.Valid(raw) {
		return cells, nil, nil
	}
	for i, cell := range cells {
		if at := InvalidUTF8([]byte(cell)); at >= 0 {
			faults = append(faults, schema.CellFault{Cell: i, Fault: BadUTF8([]byte(cell), at).Fault})
			cells[i] = strings.ToValidUTF8(cell, "\uFFFD")
		}
	}
	return cells, faults, nil
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"orbat/schema"
)

// csvRows reads comma-separated rows (RFC 4180), or such with the delimiter of the options or the one that the header shows.
func csvRows(ctx context.Context, in *Input) iter.Seq2[schema.Row, error] {
	return delimitedRows(ctx, in, 0)
}

// tsvRows reads rows separated by tabs.
func tsvRows(ctx context.Context, in *Input) iter.Seq2[schema.Row, error] {
	return delimitedRows(ctx, in, '\t')
}

// delimitedRows reads rows; delimiter 0: the header tells.
func delimitedRows(ctx context.Context, in *Input, delimiter byte) iter.Seq2[schema.Row, error] {
	return func(yield func(schema.Row, error) bool) {
		if in.opts.Delimiter != "" {
			given, err := delimiterOf(in.opts.Delimiter)
			if err != nil {
				yield(schema.Row{}, err)
				return
			}
			delimiter = given
		}
		c := csvTable{rows: rowReader{lines: lineReader{r: in.R}, delimiter: delimiter, unquoted: in.opts.Unquoted}, file: in.Name}
		for {
			row, err := c.next()
			if ended := ctx.Err(); ended != nil {
				err = ended
			}
			if errors.Is(err, io.EOF) {
				return
			}
			bad := (*BadRecord)(nil)
			rejected := errors.As(err, &bad)
			if err != nil && !rejected {
				yield(schema.Row{}, broken(ctx, schema.Position{File: in.Name, Line: c.rows.lines.line + 1}, err))
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
	return 0, &Error{Reason: "the delimiter " + strconv.Quote(name) + " is no single character", Hint: "give one ASCII character, or tab"}
}

// csvTable makes rows of cells.
type csvTable struct {
	rows   rowReader
	file   string
	header []string // nil: not read yet
}

// next gives the next row in which something stands.
func (c *csvTable) next() (schema.Row, error) {
	for {
		raw, line, err := c.rows.next()
		pos := schema.Position{File: c.file, Line: line, Column: 1}
		switch {
		case errors.Is(err, longRowError{}) && c.header == nil:
			return schema.Row{}, &Error{Pos: pos, Reason: "the first line is longer than " + strconv.Itoa(MaxRecord>>20) + " MiB", Hint: "is this a table? its first line must name the columns"}
		case errors.Is(err, longRowError{}):
			return schema.Row{}, tooLongRecord(pos, raw)
		case err != nil:
			return schema.Row{}, placed(err, pos)
		}
		if c.header == nil {
			names, err := c.readHeader(raw, pos)
			if err != nil {
				return schema.Row{}, err
			}
			if isBlank(names) {
				continue
			}
			c.header = names
			return schema.Row{Pos: pos, Cells: slices.Clone(names), Raw: keepRaw(raw)}, nil
		}
		cells, fault := c.split(raw)
		switch {
		case fault != nil:
			return schema.Row{}, &BadRecord{Fault: schema.Fault{Pos: pos, Column: fault.column, Value: fault.value, Reason: fault.reason, Hint: fault.hint}, Raw: keepRaw(raw)}
		case cells != nil:
			return schema.Row{Pos: pos, Cells: cells, Raw: keepRaw(raw)}, nil
		}
	}
}

// placed puts the position of the row to an error that has none.
func placed(err error, pos schema.Position) error {
	if known := (*Error)(nil); errors.As(err, &known) && known.Pos == (schema.Position{}) {
		known.Pos = schema.Position{File: pos.File, Line: pos.Line}
	}
	return err
}

func (c *csvTable) readHeader(raw []byte, pos schema.Position) ([]string, error) {
	if invalidUTF8(raw) >= 0 {
		return nil, &Error{Pos: pos, Reason: "invalid UTF-8 in the header", Hint: encodingHint}
	}
	if bytes.ContainsRune(bytes.TrimRight(raw, "\r"), '\r') {
		return nil, &Error{Pos: pos, Reason: "the lines end with CR alone", Hint: "save the file with LF or CRLF line ends"}
	}
	if c.rows.delimiter == 0 {
		c.rows.delimiter = headerDelimiter(raw)
	}
	names, fault := c.rows.split(raw)
	if fault != nil {
		return nil, &Error{Pos: pos, Reason: "the header cannot be read: " + fault.reason, Hint: fault.hint}
	}
	return trimAll(names), nil
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

// headerNames gives the names of columns, all that are there even where there is a fault.
func headerNames(header []byte, delimiter byte) []string {
	names, _ := splitRow(header, delimiter)
	return trimAll(names)
}

func trimAll(names []string) []string {
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// split splits a row and checks it; no cells: nothing stands in it, as spreadsheets leave behind.
func (c *csvTable) split(raw []byte) ([]string, *fault) {
	if at := invalidUTF8(raw); at >= 0 {
		err := badUTF8(raw, at)
		if column := bytes.Count(raw[:at], []byte{c.rows.delimiter}); !bytes.Contains(raw[:at], []byte{'"'}) && column < len(c.header) {
			err.column = c.header[column]
		}
		return nil, err
	}
	cells, err := c.rows.split(raw)
	switch {
	case err != nil:
		return nil, err
	case isBlank(cells):
		return nil, nil
	case len(cells) != len(c.header):
		return nil, &fault{
			value: cutText(string(raw), MaxRejectValue), reason: strconv.Itoa(len(cells)) + " cells; the header has " + strconv.Itoa(len(c.header)),
			hint: "put cells that hold the delimiter in double quotes",
		}
	}
	return cells, nil
}

func isBlank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// Package xlsx reads one sheet of an Excel workbook as rows.
//
// Start with [Rows]. The sheet is read with encoding/xml and not with a library, since a row counts here only if
// nothing of it can be lost: excelize's streaming reader gives neither the types of cells nor their formats, so that a
// date is a number, and takes malformed XML for the end of the sheet. What cells mean stands in cell.go.
package xlsx

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// Rows reads one sheet of a workbook: the one of the options, else the first that is shown. Its rows stream; what is
// held is the book's table of shared texts, of at most MaxTexts, and its merged areas. Hidden rows and columns are read
// like others. Every cell of a merged area has the value of its first.
func Rows(ctx context.Context, in *input.Input) iter.Seq2[schema.Row, error] {
	return func(yield func(schema.Row, error) bool) {
		book, err := openBook(in)
		if err != nil {
			yield(schema.Row{}, input.ErrorAt(ctx, schema.Position{File: in.Name}, err))
			return
		}
		sheet, err := book.sheet(in.Options.Sheet)
		if err != nil {
			yield(schema.Row{}, err)
			return
		}
		name := in.Name + "#" + sheet.name
		if err = book.readTexts(); err == nil {
			err = book.eachRow(sheet, in.Options, name, func(row schema.Row, err error) error {
				switch {
				case ctx.Err() != nil:
					return ctx.Err()
				case !yield(row, err):
					return doneError{}
				}
				return nil
			})
		}
		switch {
		case errors.Is(err, doneError{}):
			return
		case err != nil:
			yield(schema.Row{}, input.ErrorAt(ctx, schema.Position{File: name}, err))
			return
		}
		in.CountRest() // the parts that the sheet did not need
	}
}

// doneError says that the consumer wants no more.
type doneError struct{}

func (doneError) Error() string { return "stopped" }

// eachRow returns the rows of a sheet, or why one is rejected.
func (b *book) eachRow(s bookSheet, options input.Options, name string, give func(schema.Row, error) error) error {
	areas, err := b.mergedAreas(s)
	if err != nil {
		return err
	}
	merges := merged{waiting: areas}
	part, closer, err := b.part(s.part)
	if err != nil {
		return err
	}
	defer closer()
	if err := part.find("sheetData"); err != nil {
		return err
	}
	var header []string
	var upper [][]string // of a header over several rows
	cells := sheetRow{book: b}
	for {
		more, err := cells.next(part)
		pos := schema.Position{File: name, Line: cells.number, Column: 1}
		switch {
		case errors.Is(err, rationError{}):
			return input.Fail(schema.Fault{
				Pos: pos, Reason: "the XML of one row takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB",
				Hint: "is this a workbook? " + saveAgain,
			})
		case err != nil:
			return input.WithPos(err, pos)
		case !more:
			return part.drain()
		}
		switch {
		case cells.blank() || header == nil && cells.number < options.Header || cells.isComment(options.Comments):
			continue
		case header == nil && len(cells.faults) > 0:
			fault := cells.faults[0].Fault
			return input.Fail(schema.Fault{Pos: pos, Reason: "the header cannot be read: " + fault.Reason, Hint: fault.Hint})
		case header == nil && len(upper)+1 < options.HeaderRows:
			upper = append(upper, cells.texts(cells.width()))
			continue
		case header == nil:
			header = decode.JoinHeader(append(upper, cells.texts(cells.width()))...)
			for i := range header {
				header[i] = strings.TrimSpace(header[i])
			}
			err = give(schema.Row{Pos: pos, Cells: slices.Clone(header), Raw: rawRow(header)}, nil)
		default:
			if err = merges.fill(&cells, len(header)); err == nil {
				err = give(cells.row(pos, header))
			}
		}
		if err != nil {
			return err
		}
	}
}

// isComment reports whether the first cell begins with a text; an empty one begins nothing.
func (r *sheetRow) isComment(with string) bool {
	return with != "" && len(r.cells) > 0 && r.cells[0].column == 1 && strings.HasPrefix(strings.TrimSpace(r.cells[0].text), with)
}

// sheetRow is the row of a sheet being read.
type sheetRow struct {
	book   *book
	number int // in the sheet, from 1
	cells  []sheetCell
	size   int                // bytes of text
	faults []schema.CellFault // with their columns, from 1
}

// sheetCell is one cell in which something stands.
type sheetCell struct {
	column   int // from 1
	text     string
	fraction bool // it is a number with a fraction
}

const (
	// maxRows and maxColumns are Excel's own bounds.
	maxRows    = 1 << 20
	maxColumns = 1 << 14

	saveAgain = "open it in Excel or LibreOffice and save it again"
)

// damaged returns the error of a workbook that another program may mend.
func damaged(reason string) error {
	return input.Fail(schema.Fault{Reason: reason, Hint: saveAgain})
}

// next reads the next row; false: there is none.
func (r *sheetRow) next(part *xmlPart) (bool, error) {
	part.refill()
	start, more, err := part.child("row") // of sheetData
	if err != nil || !more {
		return false, err
	}
	return true, r.read(part, start)
}

// read reads a row whose start was read.
func (r *sheetRow) read(part *xmlPart, start xml.StartElement) error {
	number := r.number + 1
	r.cells, r.size, r.faults = r.cells[:0], 0, nil
	if given := attribute(start, "r"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < number {
			return damaged("row " + strconv.Quote(schema.Shorten(given)) + " follows row " + strconv.Itoa(r.number) + " of the sheet")
		}
		number = n
	}
	if number > maxRows {
		return damaged("more rows than Excel has: " + strconv.Itoa(maxRows))
	}
	r.number = number
	column := 0
	for {
		element, more, err := part.child("c")
		if err != nil || !more {
			return err
		}
		given := attribute(element, "r")
		at := column + 1
		if given != "" {
			at = columnNumber(given)
		}
		if at <= column || at > maxColumns {
			before := columnName(column) + " of row " + strconv.Itoa(r.number)
			return damaged("cell " + strconv.Quote(schema.Shorten(given)) + " follows column " + before)
		}
		column = at
		cell, fault, err := r.book.cell(part, element)
		if err != nil {
			return err
		}
		cell.column = column
		r.take(cell, fault)
	}
}

// take takes a cell.
func (r *sheetRow) take(cell sheetCell, fault *schema.Fault) {
	switch {
	case fault != nil:
		r.faults = append(r.faults, schema.CellFault{Cell: cell.column, Fault: *fault})
		fault = &r.faults[len(r.faults)-1].Fault
		fault.Reason = "cell " + columnName(cell.column) + strconv.Itoa(r.number) + " " + fault.Reason
		r.cells = append(r.cells, sheetCell{column: cell.column, text: fault.Value})
	case cell.text == "" || r.size > input.MaxRecord:
	default:
		r.size += len(cell.text)
		r.cells = append(r.cells, cell)
	}
}

func (r *sheetRow) blank() bool {
	return len(r.faults) == 0 && r.width() == 0
}

// width is the number of the last column in which something stands.
func (r *sheetRow) width() int {
	for i := len(r.cells) - 1; i >= 0; i-- {
		if strings.TrimSpace(r.cells[i].text) != "" {
			return r.cells[i].column
		}
	}
	return 0
}

// texts returns the first cells.
func (r *sheetRow) texts(width int) []string {
	texts := make([]string, width)
	for _, cell := range r.cells {
		if cell.column <= width {
			texts[cell.column-1] = cell.text
		}
	}
	return texts
}

// row returns the row, as wide as the header, or rejects it.
func (r *sheetRow) row(pos schema.Position, header []string) (schema.Row, error) {
	reject := func(fault schema.Fault) (schema.Row, error) {
		fault.Pos = pos
		return schema.Row{}, schema.Rejected(fault, rawRow(r.texts(max(r.width(), len(header)))))
	}
	switch width := r.width(); {
	case r.size > input.MaxRecord:
		return schema.Row{}, input.TooLong(pos, rawRow(r.texts(len(header))))
	case width > len(header):
		return reject(schema.Fault{
			Value: input.CutText(r.cells[len(r.cells)-1].text, input.MaxRejectValue),
			Reason: "cell " + columnName(width) + strconv.Itoa(r.number) + " stands beyond the header, which ends at column " +
				columnName(len(header)),
			Hint: "name its column in the header, or clear the cell",
		})
	}
	cells := r.texts(len(header))
	row := schema.Row{Pos: pos, Cells: cells, Raw: rawRow(cells)}
	for _, cell := range r.cells {
		if cell.fraction {
			row.Fractions = append(row.Fractions, cell.text)
		}
	}
	for _, bad := range r.faults {
		if bad.Cell > len(header) {
			return reject(bad.Fault)
		}
		row.Faults = append(row.Faults, schema.CellFault{Cell: bad.Cell - 1, Fault: bad.Fault})
	}
	return row, nil
}

// rawRow writes a row as CSV, for the file of rejects.
func rawRow(cells []string) []byte {
	size := len(cells)
	for _, cell := range cells {
		size += len(cell)
	}
	raw := make([]byte, 0, min(size, input.MaxRaw))
	for i, cell := range cells {
		if i > 0 {
			raw = append(raw, ',')
		}
		if strings.ContainsAny(cell, ",\"\r\n") {
			raw = append(append(append(raw, '"'), strings.ReplaceAll(cell, `"`, `""`)...), '"')
		} else {
			raw = append(raw, cell...)
		}
		if len(raw) > input.MaxRaw {
			break
		}
	}
	return input.CutRaw(raw)
}

// columnNumber reads the column of a cell's reference (C7 is 3); 0: there is none.
func columnNumber(reference string) int {
	n := 0
	for _, c := range []byte(reference) {
		switch {
		case c >= 'A' && c <= 'Z':
			n = n*26 + int(c-'A') + 1
		case c >= 'a' && c <= 'z':
			n = n*26 + int(c-'a') + 1
		default:
			return n
		}
		if n > maxColumns {
			return n
		}
	}
	return n
}

// columnName is the name of a column; none before the first.
func columnName(n int) string {
	var name []byte
	for ; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}

// xmlPart reads the XML of a part of a workbook, with bounds on what one row may take and on how deep it nests. It sees
// that tags match.
type xmlPart struct {
	decoder *xml.Decoder
	source  *rationed
	open    []string
	room    []byte // for the text of an element
}

// rationError says that a row, text or part takes more than it may.
type rationError struct{}

func (rationError) Error() string { return "too long" }

// rationed ends with rationError after so many bytes.
type rationed struct {
	r    io.Reader
	left int
}

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, rationError{}
	}
	n, err := r.r.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func (p *xmlPart) refill() { p.source.left = maxRowXML }

// next returns the next token, which is only lent.
func (p *xmlPart) next() (xml.Token, error) {
	token, err := p.Token()
	switch {
	case err == nil:
		return token, nil
	case errors.Is(err, io.EOF):
		return nil, damaged("the XML of the workbook ends early")
	}
	return nil, brokenXML(err)
}

// Token makes it an xml.TokenReader.
func (p *xmlPart) Token() (xml.Token, error) {
	token, err := p.decoder.RawToken()
	switch element := token.(type) {
	case xml.StartElement:
		if p.open = append(p.open, element.Name.Local); len(p.open) > input.MaxDepth {
			return nil, damaged("the XML of the workbook is nested deeper than " + strconv.Itoa(input.MaxDepth))
		}
	case xml.EndElement:
		if len(p.open) == 0 || p.open[len(p.open)-1] != element.Name.Local {
			return nil, damaged("the XML of the workbook is malformed: unexpected </" + schema.Shorten(element.Name.Local) + ">")
		}
		p.open = p.open[:len(p.open)-1]
	}
	return token, err
}

// brokenXML tells an error of the parser from one of reading.
func brokenXML(err error) error {
	if malformed := (*xml.SyntaxError)(nil); errors.As(err, &malformed) {
		return &input.ReadError{Err: err, Fault: schema.Fault{Reason: "the XML of the workbook is malformed", Hint: saveAgain}}
	}
	return err
}

// child reads the start of the next element of a name within the one last begun; false: there is no further one. An
// empty name is any.
func (p *xmlPart) child(name string) (xml.StartElement, bool, error) {
	for {
		token, err := p.next()
		switch element := token.(type) {
		case xml.EndElement:
			return xml.StartElement{}, false, err
		case xml.StartElement:
			if name == "" || element.Name.Local == name {
				return element, true, err
			}
			err = p.skip()
		}
		if err != nil {
			return xml.StartElement{}, false, err
		}
	}
}

// find reads on to the start of an element.
func (p *xmlPart) find(name string) error {
	for {
		token, err := p.next()
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == name {
			return nil
		}
	}
}

// skip reads on to the end of the element last begun.
func (p *xmlPart) skip() error {
	for depth := len(p.open) - 1; len(p.open) > depth; {
		if _, err := p.next(); err != nil {
			return err
		}
	}
	return nil
}

// text returns the text of the element last begun, without that of elements in it.
func (p *xmlPart) text() (string, error) {
	p.room = p.room[:0]
	err := p.appendText()
	return string(p.room), err
}

// appendText adds the text of the element last begun to the room.
func (p *xmlPart) appendText() error {
	for depth := len(p.open); ; {
		token, err := p.next()
		if err != nil {
			return err
		}
		switch part := token.(type) {
		case xml.CharData:
			if len(p.open) == depth {
				p.room = append(p.room, part...)
			}
		case xml.EndElement:
			if len(p.open) < depth {
				return nil
			}
		}
	}
}

// richText returns the text of the element last begun: of t within it or within its runs, but no phonetic hints.
func (p *xmlPart) richText() (string, error) {
	p.room = p.room[:0]
	for depth := len(p.open); ; {
		token, err := p.next()
		if err != nil {
			return "", err
		}
		switch element := token.(type) {
		case xml.StartElement:
			switch element.Name.Local {
			case "t":
				err = p.appendText()
			case "r":
			default:
				err = p.skip()
			}
			if err != nil {
				return "", err
			}
		case xml.EndElement:
			if len(p.open) < depth {
				return string(p.room), nil
			}
		}
	}
}

// drain reads the rest, so that the archive's checksum is seen to hold.
func (p *xmlPart) drain() error {
	_, err := io.Copy(io.Discard, p.source.r)
	return err
}

func attribute(element xml.StartElement, name string) string {
	for _, attr := range element.Attr {
		if attr.Name.Local == name && attr.Name.Space == "" {
			return attr.Value
		}
	}
	return ""
}

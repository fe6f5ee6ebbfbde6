package xlsx

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

// maxMerged is how many merged areas of one sheet are read.
const maxMerged = 1 << 18

// area is a merged area of a sheet, and what stands in its first cell: the others hold nothing of their own.
type area struct {
	top, left, bottom, right int       // from 1
	cell                     sheetCell // the first
	fault                    *schema.Fault
}

// mergedAreas returns the merged areas of a sheet, by their top rows. They stand behind the cells, which are passed by
// unread: only they are parsed twice. What cannot be unpacked is left to whoever reads the cells to say.
func (b *book) mergedAreas(s bookSheet) ([]*area, error) {
	part, closer, err := b.part(s.part)
	if err != nil {
		return nil, err
	}
	defer closer()
	rest := bufio.NewReaderSize(part.source.r, input.BufferSize)
	if !passCells(rest) {
		return nil, nil
	}
	source := &rationed{r: rest, left: maxRowXML}
	decoder := xml.NewDecoder(source)
	var areas []*area
	for {
		source.left = maxRowXML
		token, err := decoder.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			slices.SortStableFunc(areas, func(a, b *area) int { return cmp.Compare(a.top, b.top) })
			return areas, nil
		case errors.Is(err, rationError{}) || errors.As(err, new(*xml.SyntaxError)):
			return nil, brokenXML(err)
		case err != nil:
			return nil, nil // reading the cells comes to it
		}
		start, is := token.(xml.StartElement)
		if !is || start.Name.Local != "mergeCell" {
			continue
		}
		a, err := readArea(attribute(start, "ref"))
		if err != nil {
			return nil, err
		}
		if areas = append(areas, a); len(areas) > maxMerged {
			return nil, damaged("the sheet has more than " + strconv.Itoa(maxMerged) + " merged areas")
		}
	}
}

// passCells reads on to behind the cells of a sheet; false: it comes to no end of them.
func passCells(r *bufio.Reader) bool {
	const (
		end  = "sheetData>"
		kept = 64 // of the window before, in which the tag may begin
	)
	for {
		window, err := r.Peek(r.Size())
		at := bytes.Index(window, []byte(end))
		switch {
		case at >= 0:
			tag := window[:at]
			closing := bytes.HasPrefix(tag[max(0, bytes.LastIndexByte(tag, '<')):], []byte("</"))
			_, _ = r.Discard(at + len(end)) // it was peeked at
			if closing {
				return true
			}
		case err != nil:
			return false
		default:
			_, _ = r.Discard(len(window) - kept) // as above
		}
	}
}

// readArea reads the reference of an area: A2:B4.
func readArea(reference string) (*area, error) {
	first, last, _ := strings.Cut(reference, ":")
	if last == "" {
		last = first
	}
	a := &area{top: rowNumber(first), left: columnNumber(first), bottom: rowNumber(last), right: columnNumber(last)}
	if a.top == 0 || a.left == 0 || a.bottom < a.top || a.right < a.left || a.bottom > maxRows || a.right > maxColumns {
		return nil, damaged("merged cells " + strconv.Quote(schema.Shorten(reference)) + " are no area of the sheet")
	}
	return a, nil
}

// rowNumber reads the row of a cell's reference (C7 is 7); 0: there is none.
func rowNumber(reference string) int {
	n, err := strconv.Atoi(strings.TrimLeft(reference, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
	if err != nil {
		return 0
	}
	return n
}

// merged fills the cells of merged areas with the value of their first, row by row.
type merged struct {
	waiting []*area // that begin further down, or here
	active  []*area
}

// fill fills the cells of a row, as far as the header goes. A row in which nothing stands but what others above it are
// merged into is none: it is not to be asked for. What the header is merged into is no value.
func (m *merged) fill(r *sheetRow, width int) error {
	m.active = slices.DeleteFunc(m.active, func(a *area) bool { return a.bottom < r.number })
	for len(m.waiting) > 0 && m.waiting[0].top <= r.number {
		a := m.waiting[0]
		m.waiting = m.waiting[1:]
		if a.top == r.number && a.left <= width && a.take(r) {
			m.active = append(m.active, a)
		}
	}
	if len(m.active) == 0 {
		return nil
	}
	of := make([]*area, width+1) // by column
	for _, a := range m.active {
		for column := a.left; column <= min(a.right, width); column++ {
			if of[column] != nil {
				return damaged("merged areas overlap in cell " + columnName(column) + strconv.Itoa(r.number))
			}
			of[column] = a
		}
	}
	r.faults = slices.DeleteFunc(r.faults, func(bad schema.CellFault) bool { return bad.Cell <= width && of[bad.Cell] != nil })
	r.cells = slices.DeleteFunc(r.cells, func(c sheetCell) bool { return c.column <= width && of[c.column] != nil })
	for column, a := range of {
		if a != nil && r.size <= input.MaxRecord {
			cell := a.cell
			cell.column = column
			r.size += len(cell.text)
			r.cells = append(r.cells, cell)
			if a.fault != nil {
				r.faults = append(r.faults, schema.CellFault{Cell: column, Fault: *a.fault})
			}
		}
	}
	slices.SortFunc(r.cells, func(a, b sheetCell) int { return cmp.Compare(a.column, b.column) })
	return nil
}

// take takes the value of the area's first cell from its row, and reports whether there is any.
func (a *area) take(r *sheetRow) bool {
	for _, c := range r.cells {
		if c.column == a.left {
			a.cell = c
		}
	}
	for i := range r.faults {
		if r.faults[i].Cell == a.left {
			fault := r.faults[i].Fault
			a.fault = &fault
		}
	}
	return a.cell.text != "" || a.fault != nil
}

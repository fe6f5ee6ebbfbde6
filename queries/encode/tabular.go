package encode

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/xuri/excelize/v2"

	"orbat/queries"
)

// TableEncoder writes the rows of an answer in one format.
type TableEncoder struct {
	Name      string // as -o takes it
	Extension string // with the dot
	MIME      string
	Doc       string // one line for help texts

	// Encode writes the table whole, or returns an error.
	Encode func(w io.Writer, t *queries.Table) error
}

// Tables lists the encoders of tables, in the order of help texts.
func Tables() []TableEncoder {
	return []TableEncoder{
		{Name: "csv", Extension: ".csv", MIME: "text/csv;charset=utf-8", Doc: "the answer's rows, for spreadsheets", Encode: encodeCSV},
		{
			Name: "tsv", Extension: ".tsv", MIME: "text/tab-separated-values;charset=utf-8",
			Doc: "the answer's rows, a line each, for pipes", Encode: encodeTSV,
		},
		{
			Name: "xlsx", Extension: ".xlsx", MIME: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			Doc: "the answer's rows, for Excel and LibreOffice", Encode: encodeXLSX,
		},
		{
			Name: "markdown", Extension: ".md", MIME: "text/markdown;charset=utf-8", Doc: "the answer's rows, for reports",
			Encode: encodeMarkdown,
		},
	}
}

// FindTable returns the encoder of tables of that name, and whether there is one.
func FindTable(name string) (TableEncoder, bool) {
	all := Tables()
	i := slices.IndexFunc(all, func(e TableEncoder) bool { return e.Name == name })
	if i < 0 {
		return TableEncoder{}, false
	}
	return all[i], true
}

// encodeCSV begins with a byte order mark: without one Excel takes UTF-8 for the encoding of the machine. What a
// spreadsheet would calculate is led by an apostrophe.
func encodeCSV(w io.Writer, t *queries.Table) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = tame(valid(cell))
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// encodeTSV writes a line for each row, as the format's registration has it: a tab or a line break within a cell
// becomes a space, and nothing is quoted. It has no byte order mark: it is for programs.
func encodeTSV(w io.Writer, t *queries.Table) error {
	out := newOutput(w)
	for _, row := range append([][]string{t.Columns}, t.Rows...) {
		for i, cell := range row {
			if i > 0 {
				out.raw("\t")
			}
			out.raw(tame(oneLine(valid(cell))))
		}
		out.raw("\n")
	}
	return out.end()
}

// encodeXLSX writes a workbook: the answer on a sheet whose head is fixed and has filters, and on a second one what was
// asked for, such as the time. Texts are texts, so that none is a formula and dates keep their precision; a column of
// whole numbers alone has numbers. What a cell of Excel cannot hold is cut, and the cell says so.
func encodeXLSX(w io.Writer, t *queries.Table) (err error) {
	file := excelize.NewFile()
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	const sheet = "orbat"
	if err := file.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	numeric := make([]bool, len(t.Columns))
	for i, column := range t.Columns {
		head[i], numeric[i] = sheetText(column), wholeNumbers(t.Rows, i)
	}
	if err := file.SetSheetRow(sheet, "A1", &head); err != nil {
		return err
	}
	for n, row := range t.Rows {
		cells := make([]any, len(row))
		for i, cell := range row {
			switch number, err := strconv.Atoi(cell); {
			case cell == "": // no cell
			case numeric[i] && err == nil:
				cells[i] = number
			default:
				cells[i] = sheetText(cell)
			}
		}
		if err := file.SetSheetRow(sheet, "A"+strconv.Itoa(n+2), &cells); err != nil {
			return err
		}
	}
	if err := layOut(file, sheet, t); err != nil {
		return err
	}
	if err := tellAsked(file, t); err != nil {
		return err
	}
	about := &excelize.DocProperties{Title: sheetText(t.Title), Description: sheetText(strings.Join(t.Notes, "\n"))}
	if err := file.SetDocProps(about); err != nil {
		return err
	}
	_, err = file.WriteTo(w)
	return err
}

// tellAsked adds a sheet of what was asked for and of what a reader must know of the answer.
func tellAsked(file *excelize.File, t *queries.Table) error {
	const sheet = "asked"
	if _, err := file.NewSheet(sheet); err != nil {
		return err
	}
	lines := [][2]string{{"question", t.Title}}
	for _, name := range slices.Sorted(maps.Keys(t.Params)) {
		lines = append(lines, [2]string{name, t.Params[name]})
	}
	for _, note := range t.Notes {
		lines = append(lines, [2]string{"note", note})
	}
	for i, line := range lines {
		cells := []any{sheetText(line[0]), sheetText(line[1])}
		if err := file.SetSheetRow(sheet, "A"+strconv.Itoa(i+1), &cells); err != nil {
			return err
		}
	}
	return file.SetColWidth(sheet, "A", "B", 30)
}

// layOut fixes the head, makes it bold and gives it filters, and the columns their widths.
func layOut(file *excelize.File, sheet string, t *queries.Table) error {
	bold, err := file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := file.SetRowStyle(sheet, 1, 1, bold); err != nil {
		return err
	}
	if err := file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	last := "A"
	for i := range t.Columns {
		if last, err = excelize.ColumnNumberToName(i + 1); err != nil {
			return err
		}
		if err := file.SetColWidth(sheet, last, last, columnWidth(t, i)); err != nil {
			return err
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return file.AutoFilter(sheet, "A1:"+last+strconv.Itoa(len(t.Rows)+1), nil)
}

// wholeNumbers reports whether a column has whole numbers and nothing else, written so that the number says the same.
// Excel keeps fifteen digits.
func wholeNumbers(rows [][]string, column int) bool {
	some := false
	for _, row := range rows {
		cell := row[column]
		if cell == "" {
			continue
		}
		if number, err := strconv.Atoi(cell); err != nil || strconv.Itoa(number) != cell || len(cell) > 15 {
			return false
		}
		some = true
	}
	return some
}

// sheetText is a text as a cell can hold it: characters of XML alone, and 32,767 UTF-16 units at most.
func sheetText(s string) string {
	s = strings.Map(func(r rune) rune {
		if !isXML(r) {
			return '\uFFFD'
		}
		return r
	}, s)
	const most, room = excelize.TotalCellChars, 40
	if len(s) <= most || len(utf16.Encode([]rune(s))) <= most {
		return s
	}
	units, cut := 0, len(s)
	for i, r := range s {
		if units += utf16.RuneLen(r); units > most-room {
			cut = i
			break
		}
	}
	return s[:cut] + "… (cut: a cell holds no more)"
}

// columnWidth is how wide a column is shown: as its widest cell, within bounds.
func columnWidth(t *queries.Table, column int) float64 {
	const narrow, wide = 8, 60
	width := text.StringWidthWithoutEscSequences(t.Columns[column])
	for _, row := range t.Rows {
		width = max(width, text.StringWidthWithoutEscSequences(row[column]))
	}
	return float64(min(max(width+2, narrow), wide))
}

// encodeMarkdown writes a table as GitHub Flavored Markdown has it (https://github.github.com/gfm/#tables-extension-).
// What would be markup in a cell is written so that it is none.
func encodeMarkdown(w io.Writer, t *queries.Table) error {
	out := newOutput(w)
	row := func(cells []string) {
		out.raw("|")
		for _, cell := range cells {
			out.raw(" ", markdownText(cell), " |")
		}
		out.raw("\n")
	}
	row(t.Columns)
	out.raw("|", strings.Repeat(" --- |", len(t.Columns)), "\n")
	for _, cells := range t.Rows {
		row(cells)
	}
	return out.end()
}

// markdownText escapes the characters that begin markup within a line, HTML's and entities' included, and what would be
// made a link by itself: in a link's text an underscore could not be escaped.
func markdownText(s string) string {
	var b strings.Builder
	for _, r := range oneLine(valid(s)) {
		if strings.ContainsRune("\\`*_[]<>|~&$#!@", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return strings.NewReplacer("://", `\://`, "www.", `www\.`).Replace(b.String())
}

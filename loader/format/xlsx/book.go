package xlsx

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

const (
	// MaxTexts is what the shared texts of a workbook may take, each counted with TextOverhead. They are all that is
	// held of it beyond the row at hand.
	MaxTexts     = 256 << 20
	TextOverhead = 64
	// maxPart is the largest part of a workbook (a sheet, unpacked) that is read, and maxRowXML what one row or text
	// may take there.
	maxPart   = 4 << 30
	maxRowXML = input.MaxRecord
)

// book is an opened workbook: the parts of its archive, and what its cells refer to.
type book struct {
	name      string               // of the file
	parts     map[string]*zip.File // by name in lower case, in which they do not differ
	sheets    []bookSheet
	date1904  bool
	styles    []cellFormat // by the number that cells give
	textsPart string       // that holds the shared texts; empty: none
	texts     []string
}

// bookSheet is a sheet of a workbook.
type bookSheet struct {
	name   string
	part   string
	hidden bool
}

// openBook opens the workbook of an input and reads all of it but the shared texts and the sheets.
func openBook(in *input.Input) (*book, error) {
	if !in.Zip {
		return nil, noWorkbook(in)
	}
	at, size, err := in.RandomAccess()
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(at, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) {
		return nil, &input.ReadError{
			Err: err,
			Fault: schema.Fault{
				Reason: "the workbook is damaged or cut short",
				Hint:   "fetch the file again and compare its size with the original's",
			},
		}
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // nothing is unpacked to a path
		return nil, err
	}
	b := &book{name: in.Name, parts: make(map[string]*zip.File)}
	var listing bytes.Buffer // of names, to tell what else it may be
	for _, file := range archive.File {
		name := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(file.Name, `\`, "/")), "/")
		if b.parts[name] == nil {
			b.parts[name] = file
		}
		listing.WriteString(name + "\n")
	}
	if file := b.parts["mimetype"]; file != nil {
		if r, err := file.Open(); err == nil {
			_, _ = io.CopyN(&listing, r, 100) // what is missing tells less
			_ = r.Close()
		}
	}
	if what, hint := input.ZipKind(listing.Bytes()); what != input.ExcelBook {
		return nil, input.Fail(schema.Fault{Reason: what, Hint: hint})
	}
	if err := b.readFrame(); err != nil {
		return nil, err
	}
	return b, nil
}

// noWorkbook returns the error of a file that is no archive.
func noWorkbook(in *input.Input) error {
	head, err := in.Head()
	switch {
	case err != nil:
		return err
	case len(bytes.TrimSpace(head)) == 0:
		return input.Fail(schema.Fault{Reason: "the file is empty", Hint: "fetch or save it again"})
	}
	return input.Fail(schema.Fault{
		Reason: "no Excel workbook: it starts with " + strconv.QuoteToASCII(input.CutText(string(head[:min(len(head), 20)]), 20)),
		Hint:   "name the format that it is of", Option: schema.Option{Name: "format", Value: "csv"},
	})
}

// part opens a part for reading.
func (b *book) part(name string) (*xmlPart, func(), error) {
	file := b.parts[strings.ToLower(name)]
	if file == nil {
		return nil, nil, damaged("the workbook lacks its part " + name)
	}
	if file.Flags&1 != 0 {
		return nil, nil, input.Fail(schema.Fault{
			Reason: "the workbook is encrypted", Hint: "unpack it with its password and save it without one",
		})
	}
	if file.UncompressedSize64 > maxPart {
		return nil, nil, input.Fail(schema.Fault{
			Reason: "the part " + name + " of the workbook takes " + strconv.FormatUint(file.UncompressedSize64>>20, 10) +
				" MiB unpacked, more than " + strconv.Itoa(maxPart>>20),
			Hint: "save the sheet as CSV",
		})
	}
	opened, err := file.Open()
	if err != nil {
		return nil, nil, &input.ReadError{
			Err: err, Fault: schema.Fault{Reason: "the part " + name + " of the workbook cannot be unpacked", Hint: saveAgain},
		}
	}
	source := &rationed{r: input.UnpackReader("zip", opened), left: maxRowXML}
	p := &xmlPart{source: source, decoder: xml.NewDecoder(bufio.NewReaderSize(source, input.BufferSize))}
	return p, func() { _ = opened.Close() }, nil // it was only read
}

// decode reads a small part whole.
func (b *book) decode(name string, into any) error {
	part, closer, err := b.part(name)
	if err != nil {
		return err
	}
	defer closer()
	err = xml.NewTokenDecoder(part).Decode(into)
	switch {
	case errors.Is(err, rationError{}):
		return damaged("the part " + name + " of the workbook takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return damaged("the part " + name + " of the workbook ends early")
	case err != nil:
		return brokenXML(err)
	}
	return nil
}

// relation says where a part that another refers to is.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

// relations reads what a part refers to, the targets as names of parts. A part without any has no list of them.
func (b *book) relations(of string) ([]relation, error) {
	folder, base := path.Split(of)
	name := folder + "_rels/" + base + ".rels"
	if b.parts[strings.ToLower(name)] == nil {
		return nil, nil
	}
	var list struct {
		Relationship []relation `xml:"Relationship"`
	}
	if err := b.decode(name, &list); err != nil {
		return nil, err
	}
	for i, r := range list.Relationship {
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = folder + target
		}
		list.Relationship[i].Target = strings.TrimPrefix(path.Clean(target), "/")
	}
	return list.Relationship, nil
}

// kind is the last word of a relation's type, which differs by the edition of the standard.
func (r relation) kind() string { return path.Base(r.Type) }

// readFrame reads the list of sheets and the number formats.
func (b *book) readFrame() error {
	main := "xl/workbook.xml"
	top, err := b.relations("")
	if err != nil {
		return err
	}
	for _, r := range top {
		if r.kind() == "officeDocument" {
			main = r.Target
		}
	}
	var workbook struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &workbook); err != nil {
		return err
	}
	b.date1904 = workbook.Properties.Date1904 == "1" || workbook.Properties.Date1904 == "true"
	relations, err := b.relations(main)
	if err != nil {
		return err
	}
	parts := make(map[string]relation, len(relations))
	for _, r := range relations {
		parts[r.ID] = r
	}
	for _, sheet := range workbook.Sheets {
		i := slices.IndexFunc(sheet.Attrs, func(a xml.Attr) bool { return a.Name.Local == "id" })
		if i < 0 {
			continue
		}
		if r := parts[sheet.Attrs[i].Value]; r.kind() == "worksheet" { // and no chart
			b.sheets = append(b.sheets, bookSheet{name: sheet.Name, part: r.Target, hidden: sheet.State == "hidden" ||
				sheet.State == "veryHidden"})
		}
	}
	for _, r := range relations {
		switch r.kind() {
		case "sharedStrings":
			b.textsPart = r.Target
		case "styles":
			if err := b.readStyles(r.Target); err != nil {
				return err
			}
		}
	}
	return nil
}

// readStyles reads which styles of cells show dates.
func (b *book) readStyles(part string) error {
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(part, &sheet); err != nil {
		return err
	}
	own := make(map[int]cellFormat, len(sheet.Formats))
	for _, f := range sheet.Formats {
		own[f.ID] = formatOf(f.Code)
	}
	for _, cell := range sheet.Cells {
		shows, isOwn := own[cell.Format]
		if !isOwn {
			shows = builtinFormat(cell.Format)
		}
		b.styles = append(b.styles, shows)
	}
	return nil
}

// sheet finds a sheet by its name; empty: the first that is shown.
func (b *book) sheet(name string) (bookSheet, error) {
	fail := func(reason, hint string) (bookSheet, error) {
		return bookSheet{}, input.Fail(schema.Fault{Pos: schema.Position{File: b.name}, Reason: reason, Hint: hint})
	}
	if len(b.sheets) == 0 {
		return fail("the workbook holds no sheet with cells", saveAgain)
	}
	var names []string
	for _, sheet := range b.sheets {
		if sheet.name == name || name == "" && !sheet.hidden {
			return sheet, nil
		}
		names = append(names, strconv.Quote(schema.Shorten(sheet.name)))
	}
	for _, sheet := range b.sheets { // as Excel compares them, but for spaces at the ends, which nobody sees
		if strings.EqualFold(strings.TrimSpace(sheet.name), strings.TrimSpace(name)) {
			return sheet, nil
		}
	}
	if name == "" {
		return fail("all sheets of the workbook are hidden", "name one: "+strings.Join(names, ", "))
	}
	return fail("the workbook has no sheet "+strconv.Quote(schema.Shorten(name)), "it has "+input.CutText(strings.Join(names, ", "), 1000))
}

// readTexts reads the texts that cells refer to by number.
func (b *book) readTexts() error {
	if b.textsPart == "" {
		return nil
	}
	part, closer, err := b.part(b.textsPart)
	if err != nil {
		return err
	}
	defer closer()
	if err := part.find("sst"); err != nil {
		return err
	}
	size := 0
	for {
		part.refill()
		var text string
		_, more, err := part.child("si")
		if err == nil && more {
			text, err = part.richText()
			b.texts = append(b.texts, unescape(text))
			size += len(text) + TextOverhead
		}
		switch {
		case errors.Is(err, rationError{}):
			return damaged("the XML of one shared text takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB")
		case err != nil:
			return err
		case size > MaxTexts:
			return input.Fail(schema.Fault{
				Reason: "the texts of the workbook take more than " + strconv.Itoa(MaxTexts>>20) + " MiB", Hint: "save the sheet as CSV",
			})
		case !more:
			return part.drain()
		}
	}
}

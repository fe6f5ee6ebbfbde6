package format

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
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
func openBook(in *Input) (*book, error) {
	at, size, err := in.randomAccess()
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(at, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) {
		return nil, &Error{Reason: "the workbook is damaged or cut short", Err: err, Hint: "fetch the file again and compare its size with the original's"}
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
	if what, hint := zipKind(listing.Bytes()); what != excelBook {
		return nil, &Error{Reason: what, Hint: hint}
	}
	if err := b.readFrame(); err != nil {
		return nil, err
	}
	return b, nil
}

// randomAccess gives the input's bytes in any order: those of its file, else of a temporary copy.
func (in *Input) randomAccess() (io.ReaderAt, int64, error) {
	if in.file != nil {
		info, err := in.file.Stat()
		if err != nil {
			return nil, 0, err
		}
		return &watchedReaderAt{in: in, r: in.file}, info.Size(), nil
	}
	spool, err := os.CreateTemp("", "orbat-*.xlsx")
	if err != nil {
		return nil, 0, &Error{Reason: "a workbook needs a temporary copy", Err: err, Hint: "make room in " + os.TempDir() + ", or set TMPDIR; a plain file needs none"}
	}
	_ = os.Remove(spool.Name()) // at once, where the system can: nothing is left when killed
	in.closers = append(in.closers, func() {
		_ = spool.Close()
		_ = os.Remove(spool.Name())
	})
	size, err := io.Copy(spool, io.LimitReader(in.R, maxSpool+1))
	switch {
	case err != nil:
		return nil, 0, err
	case size > maxSpool:
		return nil, 0, &Error{Reason: "the workbook is larger than " + strconv.Itoa(maxSpool>>20) + " MiB", Hint: "unpack it to a file, or save the sheet as CSV"}
	}
	return &watchedReaderAt{in: in, r: spool}, size, nil
}

// count counts bytes of the file as read, none twice.
func (in *Input) count(n int64) {
	n = min(n, in.unread)
	in.unread -= n
	if in.opts.Progress != nil {
		in.opts.Progress.Add(n)
	}
}

// watchedReaderAt is watchedReader for random access.
type watchedReaderAt struct {
	in *Input
	r  io.ReaderAt
}

func (w *watchedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if err := w.in.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := w.r.ReadAt(p, off)
	w.in.count(int64(n))
	return n, err
}

// part opens a part for reading.
func (b *book) part(name string) (*xmlPart, func(), error) {
	file := b.parts[strings.ToLower(name)]
	if file == nil {
		return nil, nil, &Error{Reason: "the workbook lacks its part " + name, Hint: saveAgain}
	}
	if file.Flags&1 != 0 {
		return nil, nil, &Error{Reason: "the workbook is encrypted", Hint: "unpack it with its password and save it without one"}
	}
	if file.UncompressedSize64 > maxPart {
		return nil, nil, &Error{Reason: "the part " + name + " of the workbook takes " + strconv.FormatUint(file.UncompressedSize64>>20, 10) + " MiB unpacked, more than " + strconv.Itoa(maxPart>>20), Hint: "save the sheet as CSV"}
	}
	opened, err := file.Open()
	if err != nil {
		return nil, nil, &Error{Reason: "the part " + name + " of the workbook cannot be unpacked", Err: err, Hint: saveAgain}
	}
	source := &rationed{r: &unpackReader{kind: "zip", r: opened}, left: maxRowXML}
	p := &xmlPart{source: source, decoder: xml.NewDecoder(bufio.NewReaderSize(source, bufferSize))}
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
	case errors.Is(err, longRowError{}):
		return &Error{Reason: "the part " + name + " of the workbook takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB", Hint: saveAgain}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Reason: "the part " + name + " of the workbook ends early", Hint: saveAgain}
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
			b.sheets = append(b.sheets, bookSheet{name: sheet.Name, part: r.Target, hidden: sheet.State == "hidden" || sheet.State == "veryHidden"})
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
		return bookSheet{}, &Error{Pos: schema.Position{File: b.name}, Reason: reason, Hint: hint}
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
	for _, sheet := range b.sheets { // as Excel compares them
		if strings.EqualFold(sheet.name, name) {
			return sheet, nil
		}
	}
	if name == "" {
		return fail("all sheets of the workbook are hidden", "name one: "+strings.Join(names, ", "))
	}
	return fail("the workbook has no sheet "+strconv.Quote(schema.Shorten(name)), "it has "+cutText(strings.Join(names, ", "), 1000))
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
		token, err := part.next()
		if errors.Is(err, longRowError{}) {
			return &Error{Reason: "the XML of one shared text takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB", Hint: saveAgain}
		}
		if err != nil {
			return err
		}
		switch element := token.(type) {
		case xml.EndElement:
			return part.drain()
		case xml.StartElement:
			if element.Name.Local != "si" {
				err = part.skip()
				break
			}
			text, failed := part.richText()
			err = failed
			b.texts = append(b.texts, unescape(text))
			if size += len(text) + textOverhead; size > maxTexts {
				return &Error{Reason: "the texts of the workbook take more than " + strconv.Itoa(maxTexts>>20) + " MiB", Hint: "save the sheet as CSV"}
			}
		}
		if errors.Is(err, longRowError{}) {
			return &Error{Reason: "the XML of one shared text takes more than " + strconv.Itoa(maxRowXML>>20) + " MiB", Hint: saveAgain}
		}
		if err != nil {
			return err
		}
	}
}

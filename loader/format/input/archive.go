package input

import "bytes"

// IsZip reports whether a file is a ZIP archive, by its first bytes.
func IsZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) ||
		bytes.HasPrefix(head, []byte("PK\x07\x08PK"))
}

// ExcelBook is what ZipKind says of the archives that are read.
const ExcelBook = "an Excel workbook"

// ZipKind tells what a ZIP archive is by the names of what it holds.
func ZipKind(names []byte) (what, hint string) {
	has := func(name string) bool { return bytes.Contains(names, []byte(name)) }
	const (
		save      = "save the sheet as xlsx or CSV"
		saveProse = "save it as PDF, HTML or plain text, a table in it as CSV"
	)
	switch {
	case has("opendocument.spreadsheet"):
		return "an OpenDocument spreadsheet (ods)", save
	case has("opendocument."):
		return "an OpenDocument text or drawing", saveProse
	case has("xl/workbook.bin"):
		return "a binary Excel workbook (xlsb)", save
	case has("xl/work"):
		return ExcelBook, ""
	case has("word/document"):
		return "a Word document (docx)", saveProse
	case has("ppt/presentation"):
		return "a presentation (pptx)", saveProse
	case has("epub+zip"):
		return "a book (epub)", "extract its text first"
	case has("Index/Document.iwa"), has("index/document.iwa"):
		return "an Apple Numbers or Pages document", save
	case has("doc.kml"):
		return "a Google Earth archive (kmz)", "convert it to CSV or NDJSON"
	}
	return "a ZIP archive", "unpack it and load what it holds"
}

package format

import (
	"bytes"
	"unicode/utf8"
)

// refuse tells files that hold no text of records by their first bytes: what they are and what to do with them.
func refuse(head []byte) (reason, hint string) {
	const (
		asUTF8 = "save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8 FILE"
		unpack = "unpack it and load what it holds"
	)
	starts := func(magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMark)), " \t\r\n")
	startsText := func(word string) bool {
		return len(text) >= len(word) && bytes.EqualFold(text[:len(word)], []byte(word))
	}
	switch {
	case starts("\xff\xfe\x00\x00"), starts("\x00\x00\xfe\xff"):
		return "UTF-32 text", "save it as UTF-8"
	case starts("\xff\xfe"), starts("\xfe\xff"):
		return "UTF-16 text", asUTF8
	case starts("PK\x03\x04"), starts("PK\x05\x06"):
		return "a ZIP archive or a spreadsheet (xlsx, ods)", "unpack the archive, or save the sheet as CSV"
	case starts("\xd0\xcf\x11\xe0"):
		return "an old Office file (xls, doc)", "save the sheet as CSV"
	case starts("%PDF-"):
		return "a PDF", "extract its text first: pdftotext FILE"
	case starts("version https://git-lfs.github.com/"):
		return "a Git LFS pointer, not the file itself", "fetch the file: git lfs pull"
	case startsText("<!doctype html"), startsText("<html"):
		return "an HTML page, perhaps an error page saved in the file's place", "open it in a browser, then fetch the data itself"
	case startsText("<?xml"):
		return "XML", "convert it to CSV or NDJSON"
	case starts("BZh"):
		return "bzip2 data", "unpack it: bunzip2 FILE"
	case starts("\xfd7zXZ\x00"):
		return "xz data", "unpack it: unxz FILE"
	case starts("7z\xbc\xaf\x27\x1c"), starts("Rar!\x1a\x07"):
		return "a 7z or RAR archive", unpack
	case starts("SQLite format 3\x00"):
		return "an SQLite database", "export its tables as CSV"
	case starts("PAR1"):
		return "a Parquet file", "convert it to CSV or NDJSON"
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return "a tar archive", "unpack it: tar -xf FILE"
	}
	return refuseBinary(head, asUTF8)
}

// refuseBinary tells UTF-16 without a byte order mark, and other binary data, by the NULs that text has none of.
func refuseBinary(head []byte, asUTF8 string) (reason, hint string) {
	if len(head) > 512 {
		head = head[:512]
	}
	even, odd := 0, 0
	for i, b := range head {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	switch pairs := len(head) / 2; {
	case even+odd == 0:
		return "", ""
	case pairs > 1 && (even == 0 && odd > pairs/2 || odd == 0 && even > pairs/2):
		return "UTF-16 text without a byte order mark", asUTF8
	case !utf8.Valid(head) || even+odd > len(head)/8:
		return "binary data", "orbat reads text: " + extensions()
	}
	return "", "" // a stray NUL is its record's fault
}

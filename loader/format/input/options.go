package input

import "sync/atomic"

// Options says how a file is read. The zero value goes by the file's name and content.
type Options struct {
	// Format is the name of the format; empty: by the file's extension, or by its first bytes where it has none or
	// they are of a format of others.
	Format string
	// Sheet is the sheet of an Excel workbook; empty: the first one.
	Sheet string
	// Delimiter stands between the cells of CSV: one ASCII character, or "tab"; empty: the header tells.
	Delimiter string
	// Unquoted reads CSV and TSV whose quotes are characters like any other (text/tab-separated-values knows none).
	Unquoted bool
	// Encoding is that of a text without a byte order mark, by its IANA or common name, such as windows-1252; empty:
	// UTF-8.
	Encoding string
	// Progress, where set, is raised by the bytes read from the file, as stored (compressed). File.Size is the other
	// end.
	Progress *atomic.Int64
}

package format

import (
	"context"
	"errors"
	"iter"
	"strings"
	"sync/atomic"

	"orbat/schema"
)

// Options says how a file is read. The zero value goes by the file's name and content.
type Options struct {
	// Format is the name of the format; empty: by the file's extension, or by its first bytes where it has none or
	// they are STIX or FollowTheMoney.
	Format string
	// Sheet is the sheet of an Excel workbook; empty: the first one.
	Sheet string
	// Delimiter stands between the cells of CSV: one ASCII character, or "tab"; empty: the header tells.
	Delimiter string
	// Unquoted reads CSV and TSV whose quotes are characters like any other (text/tab-separated-values knows none).
	Unquoted bool
	// Encoding is that of a text without a byte order mark, by its IANA or common name, such as windows-1252; empty: UTF-8.
	Encoding string
	// Progress, where set, is raised by the bytes read from the file, as stored (compressed). File.Size is the other end.
	Progress *atomic.Int64
}

// Read reads one file to its end, by the contract in the package's documentation. Gzip and zstd are recognised by content,
// whatever the name; what holds no records (a PDF, an HTML page, a server's error message …) is refused by name.
//
// Cancellation takes effect at the next read or record. A blocked read of standard input is interrupted where the
// operating system can (a pipe in non-blocking mode).
func Read(ctx context.Context, f File, opts Options) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		in, err := open(ctx, f, opts)
		if err != nil {
			yield(nil, err)
			return
		}
		defer in.close()
		format, err := choose(f, in, opts)
		if err == nil && opts.Format == "" {
			format, err = byContent(format, in)
		}
		if err == nil {
			err = in.suits(format)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for record, err := range format.Read(ctx, in) {
			if !yield(record, err) {
				return
			}
			if bad := (*BadRecord)(nil); err != nil && !errors.As(err, &bad) {
				return
			}
		}
	}
}

// choose picks the format: by option, by extension, or by the first bytes of an input without one.
func choose(f File, in *Input, opts Options) (Format, error) {
	here := schema.Position{File: in.Name}
	if opts.Format != "" {
		format, ok := byName(opts.Format)
		if !ok {
			return Format{}, &Error{Reason: "unknown format " + opts.Format, Hint: "known formats: " + strings.Join(Names(), ", ")}
		}
		return format, nil
	}
	ext := ""
	if !f.isStdin() {
		ext = extension(f.Path)
	}
	if ext != "" {
		format, ok := byExtension(ext)
		if !ok && in.zip { // of which the workbook's reader says what it is
			format, ok = byName("xlsx")
		}
		if !ok {
			return Format{}, &Error{
				Pos: here, Reason: "unknown extension " + ext,
				Hint: "known: " + extensions() + "; or name the format: --format " + strings.Join(Names(), "|"),
			}
		}
		return format, nil
	}
	head, err := in.peek()
	if err != nil {
		return Format{}, broken(in.ctx, here, err)
	}
	name := recognise(head)
	if name == "" {
		return Format{}, &Error{
			Pos: here, Reason: "cannot tell the format from the first bytes",
			Hint: "name it: --format " + strings.Join(Names(), "|"),
		}
	}
	format, _ := byName(name)
	return format, nil
}

// byContent replaces the format that a name or form tells by that of others which the content is in.
func byContent(format Format, in *Input) (Format, error) {
	head, err := in.peek()
	if err != nil {
		return format, broken(in.ctx, schema.Position{File: in.Name}, err)
	}
	if other, ok := byName(foreign(format.Name, head)); ok {
		return other, nil
	}
	return format, nil
}

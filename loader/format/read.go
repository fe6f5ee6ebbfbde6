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
	// Format is the name of the format; empty: by the file's extension, or by its first bytes where it has none.
	Format string
	// Progress, where set, is raised by the bytes read from the file, as stored (compressed). File.Size is the other end.
	Progress *atomic.Int64
}

// Read reads one file to its end, by the contract in the package's documentation. Gzip and zstd are recognised by content,
// whatever the name; what is no text of records (UTF-16, PDF, HTML, a spreadsheet …) is refused by name.
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

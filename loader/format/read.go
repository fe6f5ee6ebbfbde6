package format

import (
	"bytes"
	"context"
	"io"
	"iter"
	"strings"

	"orbat/loader/format/document"
	"orbat/loader/format/input"
	"orbat/schema"
)

type (
	// File is one input, not yet opened; [Files] and [Stream] make it.
	File = input.File
	// Options says how a file is read. The zero value goes by the file's name and content.
	Options = input.Options
	// ReadError ends the reading of a file, or says what is wrong with the files or options given.
	ReadError = input.ReadError
)

// Stream is a File whose content comes from a reader, such as an embedded example. The name's extension tells its
// format. The reader is not closed.
func Stream(name string, r io.Reader) File { return input.Stream(name, r) }

// Spool returns a File that reads a stream any number of times, from a temporary copy, and what gives that up.
func Spool(ctx context.Context, name string, r io.Reader) (f File, done func(), err error) {
	return input.Spool(ctx, name, r)
}

// Read reads one file to its end, by the contract in the package's documentation. Gzip and zstd are recognised by
// content, whatever the name; what holds no records (an HTML page in a table's place, a server's error …) is refused by
// name.
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
		defer in.Close()
		format, err := choose(f, in, false)
		if err == nil {
			err = checkKind(in, format)
		}
		if err == nil && !in.Zip {
			err = refuseForeign(in, format)
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for record, err := range format.Read(ctx, in) {
			if !yield(record, err) || input.Ends(err) {
				return
			}
		}
	}
}

// open opens a file and refuses what holds no records.
func open(ctx context.Context, f File, opts Options) (_ *input.Input, err error) {
	in, err := input.Open(ctx, f, opts)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			in.Close()
		}
	}()
	if in.Zip {
		return in, nil
	}
	head, err := in.Head()
	if err != nil {
		return nil, err
	}
	var fault schema.Fault
	if format, is := documentFormat(f, opts, head); is {
		if fault = notDocument(format, head); fault.Reason == "" {
			return in, nil
		}
		fault.Pos.File = in.Name
		return nil, input.Fail(fault)
	}
	if fault.Reason, fault.Hint = notText(head); fault.Reason == "" {
		if err := in.Decode(); err != nil {
			return nil, err
		}
		if head, err = in.Head(); err != nil {
			return nil, err
		}
		fault = notRecords(head)
	}
	if fault.Reason != "" {
		fault.Pos.File = in.Name
		return nil, input.Fail(fault)
	}
	return in, nil
}

// IsDocument reports whether a file is a document by the options or, without, by its name.
func IsDocument(f File, opts Options) bool {
	_, is := documentFormat(f, opts, nil)
	return is
}

// Document reads a file that is a document as such: with the places at which its text stands in the file.
func Document(ctx context.Context, f File, opts Options) (*document.Document, error) {
	in, err := open(ctx, f, opts)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	head, err := in.Head()
	if err != nil {
		return nil, err
	}
	format, is := documentFormat(f, opts, head)
	if !is {
		return nil, input.Fail(schema.Fault{
			Pos: schema.Position{File: in.Name}, Reason: "not a document", Hint: "name a page, a PDF, a mail or a text",
		})
	}
	return document.Read(ctx, in, format.Name)
}

// documentFormat returns the format of a file that is a document by its options or, without, by its name or, where that
// tells none, by its first bytes.
func documentFormat(f File, opts Options, head []byte) (Format, bool) {
	format, ok := byName(opts.Format)
	if opts.Format == "" {
		ext := extension(f.Path)
		if format, ok = byExtension(ext); ext == "" {
			format, ok = find(func(f Format) bool { return f.Document && f.Sniff(head) })
		}
	}
	return format, ok && format.Document
}

// choose picks the format: by option, by extension, or by the first bytes of an input without one. Content of others
// makes it theirs; to a reader of rows it is a table like any other, and so is a text of which nothing tells the
// format.
func choose(f File, in *input.Input, rows bool) (Format, error) {
	if name := in.Options.Format; name != "" {
		if format, ok := byName(name); ok {
			return format, nil
		}
		return Format{}, input.Fail(schema.Fault{Reason: "unknown format " + name, Hint: "known formats: " + strings.Join(Names(), ", ")})
	}
	head, err := in.Head()
	if err != nil {
		return Format{}, err
	}
	ext := extension(f.Path)
	format, ok := byExtension(ext)
	if ext == "" || !ok && in.Zip { // of an archive its reader says what it is
		format, ok = byContent(head, in.Zip)
	}
	switch other, is := othersWithin(format, head); {
	case rows && ext == "" && !in.Zip && (!ok || len(bytes.TrimLeft(head, space)) == 0):
		csv, _ := byName("csv") // its first line tells the delimiter
		return csv, nil
	case is && !rows:
		return other, nil
	case ok:
		return format, nil
	}
	fault := schema.Fault{
		Pos: schema.Position{File: in.Name}, Reason: "cannot tell the format from the first bytes", Hint: "name it",
		Option: schema.Option{Name: "format"},
	}
	if ext != "" {
		fault.Reason, fault.Hint = "unknown extension "+ext, "known: "+extensions()+"; or name the format"
	}
	return Format{}, input.Fail(fault)
}

// checkKind sees that a ZIP archive is read as such. That a text is none, the reader of archives sees.
func checkKind(in *input.Input, format Format) error {
	if !in.Zip || format.Zip {
		return nil
	}
	head, err := in.Head()
	if err != nil {
		return err
	}
	what, hint := input.ZipKind(head)
	fault := schema.Fault{Pos: schema.Position{File: in.Name}, Reason: what + ", not " + format.Name, Hint: hint}
	if other, ok := byContent(head, true); ok && what == input.ExcelBook {
		fault.Hint, fault.Option = "name its format", schema.Option{Name: "format", Value: other.Name}
	}
	return input.Fail(fault)
}

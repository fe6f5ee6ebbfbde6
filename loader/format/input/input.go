// Package input opens a file for a format to read: unpacked, in UTF-8, within bounds, its reads ending with the
// context.
//
// Start with [Open], which returns an [Input]; [Input.Decode] brings a text into UTF-8. What ends the reading is a
// [ReadError], which [Fail] and [ErrorAt] make. [LineReader] reads the lines of an input within a bound.
package input

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"orbat/schema"
)

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
	// Header is the line of a text, or the row of a sheet, in which the names of the columns stand; 0: the first with
	// something in it. What is above it is not read.
	Header int
	// HeaderRows is over how many rows those names stand; 0: one.
	HeaderRows int
	// Comments is what the first cell of rows that are not read begins with; empty: all are read.
	Comments string
	// Encoding is that of a text without a byte order mark, by its IANA or common name; empty: UTF-8.
	Encoding string
	// LenientIDs takes the ids of STIX as they are that are not of the form type--UUID, but type--anything.
	LenientIDs bool
	// Progress, where set, is raised by the bytes read from the file, as stored (compressed), up to File.Size.
	Progress *atomic.Int64
}

// Input is an opened file as a format reads it.
type Input struct {
	Name    string // as positions show it
	R       *bufio.Reader
	Options Options
	Zip     bool // a ZIP archive, as a workbook is

	file    *os.File       // where such an archive stands in it as it is; nil: it comes from elsewhere, or packed
	unread  int64          // what of that file is not counted as read
	watched *watchedReader // what R reads from in the end

	beside  []File
	ctx     context.Context
	closers []func()
}

// Close closes what was opened.
func (in *Input) Close() {
	for i := len(in.closers) - 1; i >= 0; i-- {
		in.closers[i]()
	}
}

// Head returns the first bytes that are not read yet, as many as the buffer holds. An error after some bytes is left to
// the next read, so that what comes before a fault is read.
func (in *Input) Head() ([]byte, error) {
	head, err := in.R.Peek(BufferSize)
	if errors.Is(err, io.EOF) || (len(head) > 0 && in.ctx.Err() == nil) {
		err = nil
	}
	return head, ErrorAt(in.ctx, schema.Position{File: in.Name}, err)
}

// Open opens a file and decompresses it. It returns the context's error as it is.
func Open(ctx context.Context, f File, opts Options) (_ *Input, err error) {
	here := schema.Position{File: f.Name}
	if ended := ctx.Err(); ended != nil {
		return nil, ended
	}
	if f.Skipped != "" {
		return nil, Fail(schema.Fault{
			Pos: here, Reason: f.Skipped, Hint: "to read it all the same name the file itself and its format",
			Option: schema.Option{Name: "format"},
		})
	}
	in := &Input{Name: f.Name, ctx: ctx, Options: opts, beside: f.Beside}
	defer func() {
		if err != nil {
			in.Close()
		}
	}()
	stored := f.stream
	if f.again != nil {
		stored = io.NewSectionReader(f.again, 0, f.Size)
	}
	var file *os.File
	if stored == nil {
		if file, err = os.Open(f.Path); err != nil {
			return nil, Unopened(f.Path, err)
		}
		in.closers = append(in.closers, func() { _ = file.Close() }) // it was only read
		stored = file
	}
	in.interrupt(stored)
	in.watched = &watchedReader{ctx: ctx, r: stored, progress: opts.Progress}
	raw := bufio.NewReaderSize(in.watched, BufferSize)
	if err := in.decompress(raw); err != nil {
		return nil, ErrorAt(ctx, here, err)
	}
	head, err := in.Head()
	if err != nil {
		return nil, err
	}
	if len(head) == 0 && slices.Contains([]string{".gz", ".zst"}, strings.ToLower(filepath.Ext(f.Path))) && in.R == raw {
		return nil, Fail(schema.Fault{Pos: here, Reason: "empty, though its name says that it is compressed", Hint: "fetch the file again"})
	}
	if in.Zip = IsZip(head); in.Zip {
		if info, err := os.Stat(f.Path); file != nil && in.R == raw && err == nil && info.Mode().IsRegular() {
			in.file, in.unread = file, info.Size()-in.watched.read
		}
	}
	return in, nil
}

// Companion opens the file of that name that is read with the input, compressed or not; nil: there is none. It is the
// caller's to close.
func (in *Input) Companion(ctx context.Context, name string) (*Input, error) {
	for _, f := range in.beside {
		if SameFile(f.Name, name) {
			return Open(ctx, f, in.Options)
		}
	}
	return nil, nil //nolint:nilnil // that there is none is no error
}

// SameFile reports whether a path leads to a file of a name, perhaps compressed, in whatever folder.
func SameFile(path, name string) bool {
	base := filepath.Base(strings.ReplaceAll(path, `\`, "/"))
	return base == name || base == name+".gz" || base == name+".zst"
}

// interrupt unblocks a read that waits for more when the context ends, where the reader can be told so.
func (in *Input) interrupt(r io.Reader) {
	waiting, ok := r.(interface{ SetReadDeadline(time.Time) error })
	if !ok {
		return
	}
	stop := context.AfterFunc(in.ctx, func() { _ = waiting.SetReadDeadline(time.Unix(1, 0)) }) // a plain file cannot; it never blocks
	in.closers = append(in.closers, func() { stop() })
}

// decompress sets the reader by the magic number of the content.
func (in *Input) decompress(raw *bufio.Reader) error {
	switch packing(raw) {
	case "gzip":
		unpacked, err := gzip.NewReader(raw) // reads all members
		if err != nil {
			return unpackError("gzip", err)
		}
		in.R = bufio.NewReaderSize(UnpackReader("gzip", unpacked), BufferSize)
	case "zstd":
		unpacked, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return unpackError("zstd", err)
		}
		in.closers = append(in.closers, unpacked.Close)
		in.R = bufio.NewReaderSize(UnpackReader("zstd", unpacked), BufferSize)
	default:
		in.R = raw
		return nil
	}
	if again := packing(in.R); again != "" {
		return Fail(schema.Fault{Reason: "compressed twice", Hint: "unpack it once, then load the result: " + again + " -d FILE"})
	}
	return nil
}

// packing names the compression that the next bytes show. A read error is left to the next read.
func packing(r *bufio.Reader) string {
	head, _ := r.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "gzip"
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		return "zstd"
	case len(head) == 4 && head[0]&0xf0 == 0x50 && string(head[1:]) == "\x2a\x4d\x18": // a skippable frame comes first
		return "zstd"
	}
	return ""
}

// UnpackReader returns a reader that names the compression in the errors of another one.
func UnpackReader(kind string, r io.Reader) io.Reader { return &unpackReader{kind: kind, r: r} }

// unpackReader names the compression in its errors, and repeats them.
type unpackReader struct {
	kind string
	r    io.Reader
	err  error
}

func (u *unpackReader) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	n, err := u.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpackError(u.kind, err)
	}
	u.err = err
	return n, err
}

func unpackError(kind string, err error) error {
	if known := (*ReadError)(nil); errors.As(err, &known) {
		return known
	}
	hint := "fetch the file again and compare its size with the original's"
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return Fail(schema.Fault{Reason: "the " + kind + " data ends early: the file is cut short", Hint: hint})
	}
	return &ReadError{Err: err, Fault: schema.Fault{Reason: "the " + kind + " data is damaged", Hint: hint}}
}

// watchedReader counts what is read and ends with the context. It repeats the end and errors, since a look ahead that
// met them reads again (a terminal would ask its user for more).
type watchedReader struct {
	ctx      context.Context
	r        io.Reader
	progress *atomic.Int64 // may be nil
	read     int64
	err      error
}

func (w *watchedReader) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.r.Read(p)
	w.read += int64(n)
	if w.progress != nil {
		w.progress.Add(int64(n))
	}
	w.err = err
	return n, err
}

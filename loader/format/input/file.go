package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"orbat/schema"
)

// File is one input, not yet opened.
type File struct {
	Path    string // as given, or below the folder given; "-" is standard input
	Name    string // as positions show it
	Size    int64  // bytes as stored; 0: unknown
	Skipped string // why it is not read; empty: it is
	Beside  []File // what is read with it: a text beside its annotations

	stream io.Reader   // read instead of the file at Path
	again  io.ReaderAt // the same, from its beginning each time
}

// Stream is a File whose content comes from a reader, such as an embedded example. The name's extension tells its
// format. The reader is not closed.
func Stream(name string, r io.Reader) File { return File{Path: name, Name: name, stream: r} }

// Stdin is the File "-", standard input: its content tells its format.
func Stdin(r io.Reader) File { return File{Path: "-", Name: "stdin", stream: r} }

// OnDisk reports whether the file lies on disk, and comes from no reader.
func (f File) OnDisk() bool { return f.stream == nil && f.again == nil && f.Path != "-" }

// Beginning returns the first bytes of a file, unpacked; none of one that can be read but once.
func Beginning(f File) ([]byte, error) {
	if f.stream != nil || f.Path == "-" {
		return nil, nil
	}
	var stored io.Reader
	if f.again != nil {
		stored = io.NewSectionReader(f.again, 0, f.Size)
	} else {
		if info, err := os.Stat(f.Path); err != nil || !info.Mode().IsRegular() {
			return nil, err
		}
		file, err := os.Open(f.Path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		stored = file
	}
	in := &Input{Name: f.Name}
	defer in.Close()
	if err := in.decompress(bufio.NewReaderSize(stored, BufferSize)); err != nil {
		return nil, err
	}
	head, err := in.R.Peek(BufferSize)
	if errors.Is(err, io.EOF) || len(head) > 0 {
		err = nil
	}
	return bytes.Clone(head), err
}

// Unopened returns the error of a file that cannot be opened: why a file cannot be opened.
func Unopened(path string, err error) error {
	e := &ReadError{Err: err, Fault: schema.Fault{Pos: schema.Position{File: path}, Reason: "cannot be opened"}}
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		e.Err = pathError.Err // the path is in the position
	}
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?["):
		e.Hint = "no file matches this pattern; name the folder to read all of it"
	case errors.Is(err, fs.ErrNotExist):
		e.Hint = "check the path; - is standard input"
	case errors.Is(err, fs.ErrPermission):
		e.Hint = "give yourself the right to read it"
	default:
		e.Hint = "check the path and that its disk is mounted"
	}
	return e
}

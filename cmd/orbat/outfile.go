package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// outFile is a file that takes its place only when it is whole: until then it stands beside it.
type outFile struct {
	*os.File
	path   string
	beside bool
}

// openOut makes the file beside path. The error says what the system does, for what path the user typed.
func openOut(path string) (*outFile, error) {
	f := &outFile{path: path}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		f.path = target // a link stays one
	}
	name, flags := f.path, os.O_WRONLY
	// A device, such as /dev/stderr or /dev/null, or a pipe is written to: nothing may take its place.
	if info, err := os.Stat(f.path); err != nil || info.Mode().IsRegular() {
		f.beside = true
		folder, base := filepath.Split(f.path)
		name, flags = folder+"."+base+"."+strconv.Itoa(os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_TRUNC
	}
	file, err := os.OpenFile(name, flags, 0o666) //nolint:gosec // the user's umask decides, as for any output
	if err != nil {
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			err = pathError.Err // the user did not type that name
		}
		return nil, err
	}
	f.File = file
	return f, nil
}

// place puts the file where it belongs, or leaves things as they were before.
func (f *outFile) place() error {
	err := f.Close()
	if err == nil && f.beside {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		f.remove()
	}
	return err
}

// discard leaves things as they were before.
func (f *outFile) discard() {
	_ = f.Close() // it holds nothing that anybody waits for
	f.remove()
}

func (f *outFile) remove() {
	if f.beside {
		_ = os.Remove(f.Name())
	}
}

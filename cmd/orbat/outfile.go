package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
	info, _ := os.Stat(f.path) // nil: there is none yet
	var err error
	if f.beside = replaceable(f.path); f.beside {
		// A name that nobody can have put there before, as a link to elsewhere for one.
		folder, base := filepath.Split(f.path)
		f.File, err = openNew(folder + "." + base + "." + rand.Text()[:12])
	} else {
		f.File, err = os.OpenFile(f.path, os.O_WRONLY, 0)
	}
	if err == nil && f.beside && info != nil { // its rights are those of the file whose place it takes
		if err = f.Chmod(info.Mode().Perm()); err != nil {
			f.discard()
		}
	}
	if err != nil {
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			err = pathError.Err // the user did not type that name
		}
		return nil, err
	}
	return f, nil
}

// replaceable reports whether another file may take a path's place. A device, such as /dev/stderr or /dev/null, or a
// pipe is written to.
func replaceable(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Mode().IsRegular()
}

func openNew(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // the user's umask decides, as for any output
}

// place puts the file where it belongs, or leaves things as they were before. It has the system write it down first:
// else a loss of power may leave an empty file in the place of the old.
func (f *outFile) place() error {
	var err error
	if f.beside {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil && f.beside {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		f.remove()
		return err
	}
	if folder, err := os.Open(filepath.Dir(f.path)); f.beside && err == nil { // and its name; where folders can be written down
		_ = folder.Sync()
		_ = folder.Close()
	}
	return nil
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

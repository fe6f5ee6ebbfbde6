package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// decisionsFile is the file that a review appends its decisions to. It is locked until the review ends: of two at once
// neither would know what the other decides. Programs that ask for no lock (an editor, a shell's >>) may write to it
// all the same, so nothing is taken out of it but the very line that was put in.
type decisionsFile struct {
	path string
	file *os.File // locked; every write goes to its end
	made bool     // by this review
}

// fileInUseError says that another review has the file.
type fileInUseError struct{ path string }

func (e *fileInUseError) Error() string { return e.path + ": another review appends to it" }
func (e *fileInUseError) Hint() string  { return "let that one end, or take another file" }

// openDecisions opens the file, makes it where there is none, and locks it.
func openDecisions(path string) (*decisionsFile, error) {
	_, err := os.Stat(path)
	f := &decisionsFile{path: path, made: errors.Is(err, os.ErrNotExist)}
	if err := f.open(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *decisionsFile) open() error {
	file, err := os.OpenFile(f.path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644) //nolint:gosec // others are to review it
	if err != nil {
		return err
	}
	locked, err := lockFile(file)
	if err == nil && !locked {
		err = &fileInUseError{f.path}
	}
	if err != nil {
		_ = file.Close() // nothing was written
		return err
	}
	f.file = file
	return nil
}

// close unlocks the file, and removes one that was made for nothing.
func (f *decisionsFile) close() error {
	if info, err := f.file.Stat(); err == nil && f.made && info.Size() == 0 && f.current() {
		_ = os.Remove(f.path) // an empty file is no harm
	}
	return f.file.Close()
}

// current reports whether the path still names the file that is locked: an editor may have put another in its place.
func (f *decisionsFile) current() bool {
	named, err := os.Stat(f.path)
	ours, failed := f.file.Stat()
	return err == nil && failed == nil && os.SameFile(named, ours)
}

// append writes a line at the end of the file.
func (f *decisionsFile) append(line []byte) error {
	if !f.current() {
		old := f.file
		if err := f.open(); err != nil {
			return err
		}
		_ = old.Close() // nobody reads it any more
	}
	if err := endLastLine(f.file); err != nil {
		return err
	}
	_, err := f.file.Write(append(bytes.Clone(line), '\n'))
	return err
}

// takeOut takes the last line of these words out of the file and leaves all others.
func (f *decisionsFile) takeOut(line []byte) error {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = takeOut(file, append(bytes.Clone(line), '\n'))
	return errors.Join(err, file.Close())
}

func takeOut(file *os.File, line []byte) error {
	text, err := os.ReadFile(file.Name())
	if err != nil {
		return err
	}
	at := bytes.LastIndex(text, line)
	if at < 0 || at > 0 && text[at-1] != '\n' {
		return fmt.Errorf("%s: the decision is no longer in it", file.Name())
	}
	after := text[at+len(line):]
	if info, err := file.Stat(); err != nil {
		return err
	} else if info.Size() != int64(len(text)) { // somebody has added to it meanwhile
		return takeOut(file, line)
	}
	if _, err := file.WriteAt(after, int64(at)); err != nil {
		return err
	}
	return file.Truncate(int64(at + len(after)))
}

// endLastLine ends the last line of a file where an editor did not.
func endLastLine(file *os.File) error {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, info.Size()-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = file.WriteString("\n")
	return err
}

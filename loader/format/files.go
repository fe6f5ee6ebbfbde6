package format

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"orbat/schema"
)

// File is one input, not yet opened.
type File struct {
	Path    string // as given, or below the folder given; "-" is standard input
	Name    string // as positions show it
	Size    int64  // bytes as stored; 0: unknown
	Skipped string // why it is not read; empty: it is

	stream io.Reader // read instead of the file at Path
}

func (f File) isStdin() bool { return f.Path == "-" }

// Stream is a File whose content comes from a reader, such as an embedded example. The name's extension tells its format.
// The reader is not closed.
func Stream(name string, r io.Reader) File { return File{Path: name, Name: name, stream: r} }

// Files expands arguments into files: a file, a folder (everything below it in the order of names, hidden files left out), or
// "-" for standard input. A file in a folder that no format reads is returned with the reason under Skipped, so that
// nothing is left out unsaid; a folder with nothing to read is an error.
func Files(args []string, stdin io.Reader) ([]File, error) {
	if len(args) == 0 {
		return nil, &Error{Reason: "no input", Hint: "name a file or folder, or - for standard input"}
	}
	var files []File
	usesStdin := false
	for _, arg := range args {
		if arg == "-" {
			if usesStdin {
				return nil, &Error{Reason: "standard input is named twice", Hint: "give - once"}
			}
			usesStdin = true
			files = append(files, File{Path: "-", Name: "stdin", stream: stdin})
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			return nil, unopened(arg, err)
		case info.IsDir():
			below, err := folder(arg)
			if err != nil {
				return nil, err
			}
			files = append(files, below...)
		default:
			files = append(files, File{Path: arg, Name: arg, Size: info.Size()})
		}
	}
	return files, nil
}

// folder lists the files below a folder.
func folder(root string) ([]File, error) {
	var files []File
	readable := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return unopened(path, err)
		}
		if path != root && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		file := File{Path: path, Name: path}
		info, err := os.Stat(path) // follows a link
		ext := extension(path)
		_, known := byExtension(ext)
		switch {
		case err != nil:
			return unopened(path, err)
		case info.IsDir():
			file.Skipped = "a link to a folder is not followed"
		case strings.HasPrefix(entry.Name(), "~$"):
			file.Skipped = "Excel's note that a workbook is open"
		case !info.Mode().IsRegular():
			file.Skipped = "not a regular file"
		case ext == "":
			file.Skipped = "no extension tells its format"
		case !known:
			file.Skipped = "no format reads " + ext
		default:
			file.Size = info.Size()
			readable++
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if readable == 0 {
		reason := "the folder is empty"
		if len(files) > 0 {
			reason = fmt.Sprintf("the folder holds nothing to read (%d files of other kinds)", len(files))
		}
		return nil, &Error{
			Pos: schema.Position{File: root}, Reason: reason,
			Hint: "read are files named *" + strings.ReplaceAll(extensions(), " ", " *") + ", also with .gz or .zst",
		}
	}
	return files, nil
}

// unopened says why a file cannot be opened.
func unopened(path string, err error) error {
	e := &Error{Pos: schema.Position{File: path}, Reason: "cannot be opened", Err: err}
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

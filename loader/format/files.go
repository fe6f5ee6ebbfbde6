package format

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

// Files expands arguments into files: a file, a folder (everything below it in the order of names, hidden files left
// out), or "-" for standard input. A file in a folder that no format reads is returned with the reason under Skipped,
// so that nothing is left out unsaid; a folder with nothing to read is an error.
func Files(args []string, stdin io.Reader) ([]File, error) {
	if len(args) == 0 {
		return nil, input.Fail(schema.Fault{Reason: "no input", Hint: "name a file or folder, or - for standard input"})
	}
	var files []File
	usesStdin := false
	for _, arg := range args {
		if arg == "-" {
			if usesStdin {
				return nil, input.Fail(schema.Fault{Reason: "standard input is named twice", Hint: "give - once"})
			}
			usesStdin = true
			files = append(files, input.Stdin(stdin))
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			return nil, input.Unopened(arg, err)
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
	return Together(files), nil
}

// within reports whether what a path leads to, links followed, lies below a folder.
func within(root, path string) bool {
	at, err := filepath.EvalSymlinks(root)
	if err != nil {
		return false
	}
	to, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	relative, err := filepath.Rel(at, to)
	return err == nil && filepath.IsLocal(relative)
}

// folder lists the files below a folder.
func folder(root string) ([]File, error) {
	var files []File
	readable := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return input.Unopened(path, err)
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
		file := input.File{Path: path, Name: path}
		info, err := os.Stat(path) // follows a link
		ext := extension(path)
		format, known := byExtension(ext)
		switch {
		case err != nil:
			return input.Unopened(path, err)
		case info.IsDir():
			file.Skipped = "a link to a folder is not followed"
		case entry.Type()&fs.ModeSymlink != 0 && !within(root, path):
			file.Skipped = "a link that leaves the folder is not followed"
		case strings.HasPrefix(entry.Name(), "~$"):
			file.Skipped = "Excel's note that a workbook is open"
		case !info.Mode().IsRegular():
			file.Skipped = "not a regular file"
		case ext == "":
			file.Skipped = "no extension tells its format"
		case !known:
			file.Skipped = "no format reads " + ext
		case format.Named:
			file.Skipped = "a " + format.Name + " file is read as a document where it is named"
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
		return nil, input.Fail(schema.Fault{
			Pos: schema.Position{File: root}, Reason: reason,
			Hint: "read are files named *" + strings.ReplaceAll(extensions(), " ", " *") + ", also with .gz or .zst",
		})
	}
	return files, nil
}

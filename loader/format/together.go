package format

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"orbat/loader/format/annotation"
	"orbat/loader/format/brat"
	"orbat/loader/format/input"
	"orbat/loader/format/re3d"
)

// Together puts the files that are one input into one: a text and its annotations, the three files of re3d. The others
// of such an input are no longer there for themselves. Files that lie on disk need not all be named.
func Together(files []File) []File {
	t := together{used: map[int]bool{}, at: map[string]map[string]int{}}
	t.files = files
	for i, f := range files {
		folder, name := split(f)
		if t.at[folder] == nil {
			t.at[folder] = map[string]int{}
		}
		t.at[folder][name] = i
	}
	for i := range files {
		if f := &files[i]; f.Beside == nil && extension(f.Path) == ".ann" && f.Skipped == "" {
			t.brat(i)
		}
	}
	for i := range files {
		if f := &files[i]; f.Beside == nil && input.SameFile(f.Name, re3d.Documents) && re3d.Sniff(beginning(*f)) {
			t.re3d(i)
		}
	}
	if len(t.used) == 0 && len(t.joined) == 0 {
		return files
	}
	var left []File
	for i, f := range files {
		if beside, ok := t.joined[i]; ok {
			f.Beside = beside
			for _, other := range beside {
				f.Size += other.Size
			}
		}
		if !t.used[i] {
			left = append(left, f)
		}
	}
	return left
}

// together finds the files of one input.
type together struct {
	files  []File
	at     map[string]map[string]int // by folder and name
	used   map[int]bool              // no longer there for themselves
	joined map[int][]File
}

// split returns a file's folder and its name, as they are shown.
func split(f File) (folder, name string) {
	shown := strings.ReplaceAll(f.Name, `\`, "/")
	return path.Dir(shown), path.Base(shown)
}

// find returns the file of a name in a folder, be it compressed, of those named or on disk beside one that is.
func (t *together) find(beside File, folder, name string) (f File, found bool) {
	for _, ending := range []string{"", ".gz", ".zst"} {
		if i, is := t.at[folder][name+ending]; is {
			t.used[i] = true
			f = t.files[i]
			f.Skipped = ""
			if info, err := os.Stat(f.Path); f.Size == 0 && f.OnDisk() && err == nil {
				f.Size = info.Size()
			}
			return f, true
		}
	}
	if !beside.OnDisk() || beside.Path != beside.Name {
		return File{}, false
	}
	for _, ending := range []string{"", ".gz", ".zst"} {
		at := filepath.Join(filepath.FromSlash(folder), name+ending)
		if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
			return File{Path: at, Name: at, Size: info.Size()}, true
		}
	}
	return File{}, false
}

// join puts files to the one at an index.
func (t *together) join(i int, beside []File) {
	if t.joined == nil {
		t.joined = map[int][]File{}
	}
	t.joined[i] = beside
}

// ofBRAT are the files with which BRAT is set up to draw: they say nothing of what is annotated.
var ofBRAT = []string{"visual.conf", "tools.conf", "kb_shortcuts.conf", ".stats_cache"}

// maxAbove is how many folders above a text are looked into for what holds for it.
const maxAbove = 8

// brat joins a text and what holds for it to its annotations.
func (t *together) brat(i int) {
	f := t.files[i]
	folder, _ := split(f)
	own, above := brat.Beside(f.Name)
	beside := []File{}
	for _, name := range own {
		if other, found := t.find(f, folder, name); found {
			beside = append(beside, other)
		}
	}
	for _, name := range above {
		at := folder
		for range maxAbove {
			if other, found := t.find(f, at, name); found {
				beside = append(beside, other)
				break
			}
			up := path.Dir(at)
			if up == at || t.at[up] == nil && at != folder {
				break
			}
			at = up
		}
	}
	for at, up := folder, ""; at != up; at, up = path.Dir(at), at {
		for _, name := range ofBRAT {
			if n, is := t.at[at][name]; is {
				t.used[n] = true
			}
		}
	}
	t.join(i, beside)
}

// re3d joins entities and relations to their documents.
func (t *together) re3d(i int) {
	f := t.files[i]
	folder, _ := split(f)
	beside := []File{}
	for _, name := range []string{re3d.Entities, re3d.Relations, annotation.FileName} {
		if other, found := t.find(f, folder, name); found {
			beside = append(beside, other)
		}
	}
	t.join(i, beside)
}

// beginning returns the first bytes of a file that can be read again; none of one that cannot.
func beginning(f File) []byte {
	if f.Skipped != "" {
		return nil
	}
	head, err := input.Beginning(f)
	if err != nil {
		return nil // who reads it says so
	}
	return head
}

package mapping

import (
	"errors"
	"path"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// NamesFiles reports whether every table names its file.
func (m *Mapping) NamesFiles() bool {
	return !slices.ContainsFunc(m.Tables, func(t table) bool { return t.File == "" })
}

// Files returns the names of files that no table reads, and an error where a table has no file.
func (m *Mapping) Files(names []string) (unused []string, err error) {
	inputs := make([]Input, len(names))
	for i, name := range names {
		inputs[i].Name = name
	}
	taken, err := m.assign(inputs)
	used := map[string]bool{}
	for _, list := range taken {
		for _, in := range list {
			used[in.Name] = true
		}
	}
	for _, name := range names {
		if !used[name] {
			unused = append(unused, name)
		}
	}
	return unused, err
}

// assign returns the inputs of each table: those its file name fits, or, without one, those that no other table takes.
func (m *Mapping) assign(inputs []Input) (map[*table][]Input, error) {
	taken := map[*table][]Input{}
	used := make([]bool, len(inputs))
	for i := range m.Tables {
		t := &m.Tables[i]
		for j, in := range inputs {
			if t.File != "" && fits(t.File, in.Name) {
				taken[t], used[j] = append(taken[t], in), true
			}
		}
	}
	var missing []error
	for i := range m.Tables {
		t := &m.Tables[i]
		if t.File == "" {
			for j, in := range inputs {
				if !used[j] {
					taken[t] = append(taken[t], in)
				}
			}
		}
		if len(taken[t]) == 0 && !t.Optional {
			file := t.File
			if file == "" {
				file = "any file"
			}
			missing = append(missing, &MappingError{Fault: schema.Fault{
				Pos: schema.Position{File: m.Name, Line: t.At.line}, Reason: "the table " + t.Name + " has no file (" + file + ")",
				Hint: "name the folder that holds it, or the file itself",
			}})
		}
	}
	return taken, errors.Join(missing...)
}

// fits reports whether a file is the one a table names, compressed or not: as many of the last parts of its path as the
// table names, without case.
func fits(pattern, name string) bool {
	parts := strings.Split(strings.ToLower(strings.ReplaceAll(name, `\`, "/")), "/")
	last := strings.Join(parts[max(0, len(parts)-1-strings.Count(pattern, "/")):], "/")
	pattern = onlyStars.Replace(strings.ToLower(pattern))
	for _, bare := range []string{last, strings.TrimSuffix(strings.TrimSuffix(last, ".gz"), ".zst")} {
		if ok, err := path.Match(pattern, bare); err == nil && ok {
			return true
		}
	}
	return false
}

// onlyStars leaves * and ? what they are to path.Match and makes the rest of its language plain characters.
var onlyStars = strings.NewReplacer("[", `\[`, `\`, `\\`)

// checkFile sees that a table's file can be one.
func (b *binder) checkFile(t *table) {
	const hint = "the file's name, such as units.csv, or its last folders too: posts/*.csv"
	switch {
	case strings.Contains(t.File, `\`):
		b.mistake(t.At, "file holds a backslash: "+strconv.Quote(t.File), "folders are parted by /, on every system")
	case strings.HasPrefix(t.File, "/") || strings.HasSuffix(t.File, "/"):
		b.mistake(t.At, "file begins or ends with /: "+strconv.Quote(t.File), hint)
	case slices.ContainsFunc(strings.Split(t.File, "/"),
		func(part string) bool { return part == "." || part == ".." || part == "" && t.File != "" }):
		b.mistake(t.At, "file goes another way than down: "+strconv.Quote(t.File), hint)
	}
}

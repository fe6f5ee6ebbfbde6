package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// root is the repository, seen from this folder.
const root = "../.."

// lawsFile is where the laws stand.
const lawsFile = "schema/README.md"

// tree lists the repository's files, with slashes, as they are seen from its root; what is built or fetched is left
// out.
func tree(t *testing.T) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == ".git" || name == "bin" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.Type().IsRegular():
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every law that a comment, script or document cites is stated in schema/README.md, and each of those is cited by the
// comment of a test that holds it.
func TestLawsAreStatedAndTested(t *testing.T) {
	laws := map[int]string{}
	for _, m := range regexp.MustCompile(`(?m)^### Law (\d+): (.+)$`).FindAllStringSubmatch(readFile(t, lawsFile), -1) {
		n, _ := strconv.Atoi(m[1]) // digits
		if n != len(laws)+1 {
			t.Errorf("%s: law %d follows law %d", lawsFile, n, len(laws))
		}
		laws[n] = m[2]
	}
	if len(laws) != 18 {
		t.Errorf("%s states %d laws", lawsFile, len(laws))
	}
	tested := map[int]bool{}
	for _, name := range tree(t) {
		if !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".py") && !strings.HasSuffix(name, ".md") &&
			!strings.HasSuffix(name, ".yaml") {
			continue
		}
		text := readFile(t, name)
		for _, n := range citedLaws(text) {
			if laws[n] == "" {
				t.Errorf("%s cites law %d, which %s does not state", name, n, lawsFile)
			}
		}
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
				for _, n := range citedLaws(f.Doc.Text()) {
					tested[n] = true
				}
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(laws)) {
		if !tested[n] {
			t.Errorf("no test's comment cites law %d: %s", n, laws[n])
		}
	}
}

// citedLaws returns the numbers in "law 4", "laws 9 and 10" and "Laws 7, 8 and 13".
func citedLaws(text string) []int {
	var numbers []int
	for _, m := range regexp.MustCompile(`(?i)\blaws?\s+(\d+(?:(?:,\s*|,?\s+and\s+|\s+to\s+)\d+)*)`).FindAllStringSubmatch(text, -1) {
		for _, digits := range regexp.MustCompile(`\d+`).FindAllString(m[1], -1) {
			n, _ := strconv.Atoi(digits) // digits
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// elsewhere lists the names that comments give to files that are no part of the repository.
func elsewhere() []string {
	return []string{
		"people.yaml",      // a mapping of the reader's own, in an example
		"callers.yaml",     // of orbat serve, in an example
		"secrets/tls.yaml", // what orbat access secrets writes
		// Dgraph's
		"types/s2index.go", "posting/mvcc.go", "posting/list.go", "posting/writer.go", "worker/draft.go", "conn/node.go",
	}
}

// No comment and no document names a file that is not in the repository, but for those that a document has its reader
// write, and those whose name says that it stands for any (NAME.yaml).
func TestNamedFilesExist(t *testing.T) {
	files := tree(t)
	known := elsewhere()
	for _, m := range regexp.MustCompile(`<!-- file: (\S+) -->`).FindAllStringSubmatch(documents(t, files), -1) {
		known = append(known, m[1])
	}
	fileName := regexp.MustCompile(`[\w./*+-]*[\w*]`)
	endings := []string{".md", ".go", ".dql", ".yaml", ".yml", ".py", ".txtar", ".svg"}
	for _, name := range files {
		text := ""
		switch {
		case strings.HasPrefix(name, "loader/testdata/format1/"): // as an older orbat wrote it
		case strings.HasSuffix(name, ".go"):
			text = goComments(t, name)
		case strings.HasSuffix(name, ".md"):
			text = readFile(t, name)
		case slices.Contains([]string{".yaml", ".yml", ".dql", ".py"}, path.Ext(name)) || path.Base(name) == "Makefile" ||
			path.Dir(name) == ".ci":
			text = strings.Join(regexp.MustCompile(`(?m)(?:^|\s)#.*$`).FindAllString(readFile(t, name), -1), "\n")
		}
		for _, found := range fileName.FindAllString(text, -1) {
			if slices.Contains(endings, path.Ext(found)) && path.Base(found) != path.Ext(found) && !slices.Contains(known, found) &&
				!strings.Contains(found, "NAME") && !named(files, name, found) {
				t.Errorf("%s names %s, which is not in the repository", name, found)
			}
		}
	}
}

// documents returns the text of all Markdown of the repository.
func documents(t *testing.T, files []string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range files {
		if strings.HasSuffix(name, ".md") {
			b.WriteString(readFile(t, name))
		}
	}
	return b.String()
}

// named reports whether a name, as a file's text has it, is one of the repository's files: by its path from that file
// or from the root, or by its last parts.
func named(files []string, in, name string) bool {
	name = strings.TrimPrefix(name, "./")
	relative := path.Join(path.Dir(in), name)
	return slices.ContainsFunc(files, func(file string) bool {
		parts := strings.Count(name, "/") + 1
		elements := strings.Split(file, "/")
		tail := strings.Join(elements[max(0, len(elements)-parts):], "/")
		for _, pattern := range [][2]string{{relative, file}, {name, tail}} {
			if ok, err := path.Match(pattern[0], pattern[1]); err == nil && ok {
				return true
			}
		}
		return false
	})
}

// goComments returns the comments of a Go file.
func goComments(t *testing.T, name string) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, readFile(t, name), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, group := range file.Comments {
		for _, c := range group.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

// Links lead to a file and heading that are there, and nothing is told of the machine it was written on.
func TestLinks(t *testing.T) {
	files := tree(t)
	for _, name := range files {
		if path.Ext(name) != ".md" {
			continue
		}
		text := readFile(t, name)
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			target, anchor, _ := strings.Cut(m[1], "#")
			file := path.Join(path.Dir(name), target)
			if target == "" {
				file = name
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if anchor != "" && !slices.Contains(anchors(readFile(t, file)), anchor) {
				t.Errorf("%s: %s has no heading %s", name, file, anchor)
			}
		}
		if m := regexp.MustCompile(`/(tmp|root|home|work|Users)/\S*`).FindString(text); m != "" {
			t.Errorf("%s names a path of some machine: %s", name, m)
		}
	}
}

// anchors returns what links to the headings of a document end in.
func anchors(text string) []string {
	var list []string
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		kept := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, strings.ReplaceAll(kept, " ", "-"))
	}
	return list
}

// From the README every other document is one click away, so that any how-to is two; it is short, and prose is wrapped.
func TestDocumentsAreWithinReach(t *testing.T) {
	const maxLines, maxWidth = 200, 120
	if lines := readLines(t, readmeFile); len(lines)-1 > maxLines {
		t.Errorf("%s has %d lines; others have more room", readmeFile, len(lines)-1)
	}
	first := readFile(t, readmeFile)
	for _, name := range tree(t) {
		if path.Ext(name) != ".md" {
			continue
		}
		if name != readmeFile && !strings.Contains(first, "]("+name) {
			t.Errorf("%s does not lead to %s", readmeFile, name)
		}
		fenced := false
		for i, line := range readLines(t, name) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if long := utf8.RuneCountInString(line) > maxWidth; long && !fenced && !strings.HasPrefix(line, "|") &&
				!strings.HasPrefix(line, "![") {
				t.Errorf("%s:%d: longer than %d characters", name, i+1, maxWidth)
			}
		}
	}
}

package main

import (
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
)

// readmeFile is the README that newcomers read first. Every other folder's README is looked after in the same way.
const readmeFile = "README.md"

// readmes lists the READMEs of all folders.
func readmes(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(tree(t), func(name string) bool { return path.Base(name) != readmeFile })
}

// block is one fenced block of a README. What is done with it stands in a comment on the line above its fence:
//
//	<!-- file: NAME -->   it is written to a file of that name
//	<!-- checked -->      its commands are run, and must print what stands below them
//	<!-- demo -->         the same, with "make demo" meaning "orbat demo"
//
// Each README's blocks are taken in their order, on a Dgraph that holds the built-in case and nothing else, in a folder
// with the files of all READMEs. In what is printed a line of "…" alone stands for any number of lines, and durations,
// speeds, times of day and versions are not compared.
type block struct {
	what, name string
	first, end int // lines between the fences
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	return strings.Split(readFile(t, name), "\n")
}

func writeLines(t *testing.T, name string, lines []string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o644); err != nil { //nolint:gosec // as git has it
		t.Fatal(err)
	}
}

func blocks(lines []string) []block {
	directive := regexp.MustCompile(`^<!-- (checked|demo|file)(?:: (\S+))? -->$`)
	var list []block
	for i := 0; i < len(lines); i++ {
		if !strings.HasPrefix(lines[i], "```") {
			continue
		}
		b := block{first: i + 1, end: i + 1}
		for b.end < len(lines) && lines[b.end] != "```" {
			b.end++
		}
		if i > 0 {
			if m := directive.FindStringSubmatch(lines[i-1]); m != nil {
				b.what, b.name = m[1], m[2]
			}
		}
		list, i = append(list, b), b.end
	}
	return list
}

// Everything the READMEs show is what happens: their files load, their commands print what they say, and the picture is
// drawn from an answer. Rewrite what is shown, and the picture, with: go test ./cmd/orbat -run Readme -update
func TestReadmesShowWhatHappens(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a Dgraph")
	}
	binary, err := deploy.Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(deploy.EnvBin, binary.Path)
	conn := deploytest.Shared(t)
	t.Setenv("ORBAT_DGRAPH", conn.Target().String())
	t.Setenv("ORBAT_HOME", filepath.Join(t.TempDir(), "home"))

	shown := map[string][]string{} // by name, the files that READMEs have their reader write
	for _, name := range readmes(t) {
		lines := readLines(t, name)
		for _, b := range blocks(lines) {
			if b.what != "file" {
				continue
			}
			if shown[b.name] != nil {
				t.Errorf("%s shows %s, as another README does", name, b.name)
			}
			shown[b.name] = lines[b.first:b.end]
		}
	}
	var ran []string
	for _, name := range readmes(t) {
		t.Run(name, func(t *testing.T) {
			deploytest.Empty(t, conn)
			r := &reader{T: t, readme: name, dir: t.TempDir()}
			r.write("example.yaml", string(loader.Example()))
			for file, lines := range shown {
				r.write(file, strings.Join(lines, "\n")+"\n")
			}
			r.read()
			ran = append(ran, r.ran...)
			if name == readmeFile {
				picture(t, r.dir)
			}
		})
	}
	for name := range shown {
		called := strings.TrimSuffix(name, ".dql") // a question is asked by its name
		if !slices.ContainsFunc(ran, func(command string) bool { return strings.Contains(command, called) }) {
			t.Errorf("%s is shown, and nothing is done with it", name)
		}
	}
}

// reader does what a README says.
type reader struct {
	*testing.T
	readme string
	dir    string
	ran    []string // the commands
}

func (r *reader) write(name, text string) {
	r.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
}

func (r *reader) run(command string) string {
	r.Helper()
	cmd := exec.CommandContext(r.Context(), "sh", "-c", command)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.Errorf("$ %s\n%s%v", command, out, err)
	}
	return string(out)
}

func (r *reader) read() {
	lines := readLines(r.T, r.readme)
	var fresh []string // the README as it should be
	done := 0
	for _, b := range blocks(lines) {
		if b.what != "checked" && b.what != "demo" {
			continue
		}
		if r.ran == nil {
			r.run("orbat load example.yaml")
		}
		fresh, done = append(fresh, lines[done:b.first]...), b.end
		for i := b.first; i < b.end; {
			command, ok := strings.CutPrefix(lines[i], "$ ")
			if !ok {
				r.Fatalf("%s:%d: no command", r.readme, i+1)
			}
			next := i + 1
			for next < b.end && !strings.HasPrefix(lines[next], "$ ") {
				next++
			}
			if b.what == "demo" {
				next, command = b.end, strings.Replace(command, "make demo", "orbat demo 2>/dev/null", 1) // it prints commands too
			}
			got := strings.Split(strings.TrimRight(r.run(command), "\n"), "\n")
			want := lines[i+1 : next]
			r.ran = append(r.ran, command)
			fresh = append(fresh, lines[i])
			if same(strings.TrimRight(strings.Join(want, "\n"), "\n"), strings.Join(got, "\n")) {
				got = want
			} else if !*update || slices.Contains(want, "…") {
				r.Errorf("%s:%d: %s prints\n%s", r.readme, i+1, command, strings.Join(got, "\n"))
			}
			if len(got) != 1 || got[0] != "" {
				fresh = append(fresh, got...)
			}
			i = next
		}
	}
	if *update {
		writeLines(r.T, r.readme, append(fresh, lines[done:]...))
	}
}

// same compares what is shown with what was printed.
func same(shown, printed string) bool {
	mask := regexp.MustCompile(`(?m)^  speed     .*$|\b[0-9][0-9.]*(ms|s)\b|\b\d{4}-\d\d-\d\d \d\d:\d\d\b|^orbat \S+ \(.*\)$`)
	shown, printed = mask.ReplaceAllString(shown, "*"), mask.ReplaceAllString(printed, "*")
	pattern := regexp.QuoteMeta("\n" + shown + "\n")
	for strings.Contains(pattern, "\n…\n") {
		pattern = strings.Replace(pattern, "\n…\n", "\n(?:.*\n)*?", 1)
	}
	return regexp.MustCompile(`\A` + pattern + `\z`).MatchString("\n" + printed + "\n")
}

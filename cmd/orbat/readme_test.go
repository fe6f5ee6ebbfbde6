package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"orbat/deploy"
	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

// The README, seen from this folder, and its picture.
const (
	readmeFile  = "../../README.md"
	pictureFile = "readme/path.svg"
)

// block is one fenced block of the README. What is done with it stands in a comment on the line above its fence:
//
//	<!-- file: NAME -->   it is written to a file of that name
//	<!-- checked -->      its commands are run, and must print what stands below them
//	<!-- demo -->         the same, with "make demo" meaning "orbat demo"
//
// Blocks are taken in their order, in one folder and on one Dgraph. In what is printed a line of "…" alone stands for any
// number of lines, and durations, speeds, times of day and versions are not compared.
type block struct {
	what, name string
	first, end int // lines between the fences
}

func readme(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
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

// Everything the README shows is what happens: its files load, its commands print what it says, and its picture is drawn
// from an answer. Rewrite what is shown, and the picture, with: go test ./cmd/orbat -run Readme -update
func TestReadmeShowsWhatHappens(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a Dgraph")
	}
	binary, err := deploy.Finder{Progress: t.Output()}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv(deploy.EnvBin, binary.Path)
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	t.Setenv("ORBAT_HOME", filepath.Join(dir, "home"))
	sh := func(command string) string {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("$ %s\n%s%v", command, out, err)
		}
		return string(out)
	}
	if err := os.WriteFile(filepath.Join(dir, "example.yaml"), loader.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	sh("orbat load example.yaml")

	lines := readme(t)
	var fresh []string // the README as it should be
	var ran, written []string
	done := 0
	for _, b := range blocks(lines) {
		if b.what == "file" {
			written = append(written, b.name)
			if err := os.WriteFile(filepath.Join(dir, b.name), []byte(strings.Join(lines[b.first:b.end], "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if b.what != "checked" && b.what != "demo" {
			continue
		}
		fresh, done = append(fresh, lines[done:b.first]...), b.end
		for i := b.first; i < b.end; {
			command, ok := strings.CutPrefix(lines[i], "$ ")
			if !ok {
				t.Fatalf("README.md:%d: no command", i+1)
			}
			next := i + 1
			for next < b.end && !strings.HasPrefix(lines[next], "$ ") {
				next++
			}
			if b.what == "demo" {
				next, command = b.end, strings.Replace(command, "make demo", "orbat demo 2>/dev/null", 1) // it prints commands too
			}
			got := strings.Split(strings.TrimRight(sh(command), "\n"), "\n")
			want := lines[i+1 : next]
			ran = append(ran, command)
			fresh = append(fresh, lines[i])
			if same(strings.TrimRight(strings.Join(want, "\n"), "\n"), strings.Join(got, "\n")) {
				got = want
			} else if !*update || slices.Contains(want, "…") {
				t.Errorf("README.md:%d: %s prints\n%s", i+1, command, strings.Join(got, "\n"))
			}
			if len(got) != 1 || got[0] != "" {
				fresh = append(fresh, got...)
			}
			i = next
		}
	}
	if *update {
		fresh = append(fresh, lines[done:]...)
		if err := os.WriteFile(readmeFile, []byte(strings.Join(fresh, "\n")), 0o644); err != nil { //nolint:gosec // as git has it
			t.Fatal(err)
		}
	}
	for _, name := range written {
		if !slices.ContainsFunc(ran, func(command string) bool { return strings.Contains(command, name) }) {
			t.Errorf("README.md shows %s and does nothing with it", name)
		}
	}
	picture(t, dir)
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

// The README names every command, flag, question, format, option and variable there is, and none that is not.
func TestReadmeIsComplete(t *testing.T) {
	lines := readme(t)
	text := strings.Join(lines, "\n")
	root := (&app{in: strings.NewReader(""), out: &output{w: &bytes.Buffer{}}, err: &bytes.Buffer{}}).root()
	root.InitDefaultHelpCmd()

	wanted := []string{"ORBAT_HOME", "ORBAT_DGRAPH", deploy.EnvBin, deploy.EnvPassword, deploy.EnvToken}
	flags := map[string]bool{"--help": true}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden || cmd.Name() == "help" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return
		}
		wanted = append(wanted, cmd.CommandPath())
		for _, f := range regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[a-z-]+)`).FindAllStringSubmatch(cmd.LocalFlags().FlagUsages(), -1) {
			flags[f[1]], flags[f[2]] = true, true
			wanted = append(wanted, f[2])
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range library.List() {
		wanted = append(wanted, "`"+q.Name+"`", q.Purpose)
		for _, p := range q.AllParams() {
			wanted = append(wanted, "`"+p.Name)
		}
	}
	for _, f := range format.All() {
		wanted = append(wanted, "`"+f.Name+"`")
		for _, ext := range f.Extensions {
			wanted = append(wanted, "`"+ext+"`")
		}
	}
	for _, e := range encode.All() {
		wanted = append(wanted, "`"+e.Name+"`")
	}
	for _, a := range schema.Assertions() {
		wanted = append(wanted, "`"+string(a)+"`")
	}
	for _, typ := range ontology.Types {
		wanted = append(wanted, typ.Name)
	}
	for _, r := range ontology.Relations {
		wanted = append(wanted, r.Name)
	}
	_, err = deploy.Parse("dgraph://host?unknown=1") // its error lists the options
	_, options, _ := strings.Cut(fmt.Sprint(err), "one of ")
	for _, option := range strings.Split(options, ", ") {
		wanted = append(wanted, "`"+option)
	}
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("README.md does not mention %s", want)
		}
	}
	for i, line := range lines {
		for _, flag := range regexp.MustCompile("(?:^|[ `\\[])(--?[a-z][a-z-]*)").FindAllStringSubmatch(line, -1) {
			if !flags[flag[1]] && !strings.Contains(line, "<!--") {
				t.Errorf("README.md:%d: no command has the flag %s", i+1, flag[1])
			}
		}
		for _, command := range regexp.MustCompile("(?:[`]|^\\$ |\\| )orbat ([^`|>;#]+)").FindAllStringSubmatch(line, -1) {
			cmd, rest, err := root.Find(strings.Fields(command[1]))
			if err != nil || cmd == root && !strings.HasPrefix(rest[0], "-") {
				t.Errorf("README.md:%d: no command orbat %s", i+1, command[1])
				continue
			}
			for _, word := range rest {
				name, _, _ := strings.Cut(strings.TrimLeft(word, "-["), "=")
				if strings.HasPrefix(strings.TrimPrefix(word, "["), "--") && cmd.Flag(strings.Trim(name, "]")) == nil {
					t.Errorf("README.md:%d: %s has no flag %s", i+1, cmd.CommandPath(), word)
				}
			}
		}
	}
}

// Links lead somewhere, and nothing is told of the machine it was written on.
func TestReadmeLinks(t *testing.T) {
	for _, file := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		text, err := os.ReadFile("../../" + file)
		if err != nil {
			t.Fatal(err)
		}
		anchors := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(text), -1) {
			kept := regexp.MustCompile(`[^a-z0-9 _-]`).ReplaceAllString(strings.ToLower(m[1]), "")
			anchors["#"+strings.ReplaceAll(kept, " ", "-")] = true
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(string(text), -1) {
			switch target := m[1]; {
			case strings.HasPrefix(target, "https://"):
			case strings.HasPrefix(target, "#"):
				if !anchors[target] {
					t.Errorf("%s: no heading %s", file, target)
				}
			default:
				path, _, _ := strings.Cut(target, "#")
				if _, err := os.Stat("../../" + path); err != nil {
					t.Errorf("%s: %v", file, err)
				}
			}
		}
		if m := regexp.MustCompile(`/(tmp|root|home|work|Users)/\S*`).Find(text); m != nil {
			t.Errorf("%s names a path of some machine: %s", file, m)
		}
	}
}

// picture compares the README's picture with one drawn from the answer it shows.
func picture(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "orbat", "query", "shortest-path", "Michael Kurilla", "Usamah al-Muhajir", "--evidence", "-o", "json")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var result queries.Result
	if err := json.Unmarshal(out, &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Paths) == 0 {
		t.Fatal("no path")
	}
	got := draw(&result)
	if *update {
		if err := os.WriteFile(pictureFile, got, 0o644); err != nil { //nolint:gosec // as git has it
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("cmd/orbat/%s is not what orbat answers; draw it again with: go test ./cmd/orbat -run Readme -update", pictureFile)
	}
}

// drawing is an SVG under way, from its top down.
type drawing struct {
	bytes.Buffer
	y int
}

func (d *drawing) text(class string, x int, s string) {
	fmt.Fprintf(d, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, x, d.y, html.EscapeString(s))
}

// The picture's style: its own ground, so that it reads on any page, light or dark as the reader's system is.
const pictureStyle = `
.ground{fill:#fff;stroke:#d0d7de}.box{fill:#eef4fb;stroke:#0969da}.arrow{stroke:#57606a;stroke-width:2;fill:none}.head{fill:#57606a}
text{font-family:ui-sans-serif,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;fill:#1f2328}
.ask{font:14px ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;fill:#1f2328}
.name{font-size:16px;font-weight:600}.type,.cite{font-size:12px;fill:#57606a}.relation{font-size:14px;font-weight:600;fill:#0969da}.quote{font-size:13px}
@media (prefers-color-scheme:dark){.ground{fill:#0d1117;stroke:#30363d}.box{fill:#121d2f;stroke:#4493f8}.arrow{stroke:#9198a1}.head{fill:#9198a1}
text,.ask{fill:#f0f6fc}.type,.cite{fill:#9198a1}.relation{fill:#4493f8}}
`

// draw shows the first path of an answer: each entity a box, each link an arrow with the words and sources behind it.
func draw(r *queries.Result) []byte {
	const left, width = 24, 860
	nodes := map[string]*queries.Node{}
	for _, n := range r.Nodes {
		nodes[n.XID] = n
	}
	d := &drawing{y: 38}
	d.text("ask", left, "$ orbat query shortest-path 'Michael Kurilla' 'Usamah al-Muhajir' --evidence")
	d.y += 18
	var told strings.Builder
	box := func(xid string) {
		n := nodes[xid]
		fmt.Fprintf(d, "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"420\" height=\"36\" rx=\"8\"/>\n", left, d.y)
		d.y += 24
		d.text("name", left+14, n.Name)
		fmt.Fprintf(d, "<text class=\"type\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n", left+406, d.y, n.Type)
		d.y += 12
		told.WriteString(n.Name)
	}
	for i, step := range r.Paths[0] {
		from, to := step.Edge.From, step.Edge.To
		if !step.Forward {
			from, to = to, from
		}
		if i == 0 {
			box(from)
		}
		top := d.y
		d.y += 28
		label := step.Edge.Relation
		var qualifiers []string
		for _, name := range slices.Sorted(maps.Keys(step.Edge.Qualifiers)) {
			qualifiers = append(qualifiers, step.Edge.Qualifiers[name]...)
		}
		if len(qualifiers) > 0 {
			label += ": " + strings.Join(qualifiers, ", ")
		}
		arrow := " → "
		if !step.Forward {
			arrow = " ← "
		}
		told.WriteString(arrow + label + arrow)
		if step.Edge.Period != "" {
			label += "   [" + step.Edge.Period + "]"
		}
		d.text("relation", left+56, label)
		for _, claim := range step.Edge.Evidence {
			for _, c := range claim.Cites {
				said := cmp.Or(c.Locator, "no quote")
				if c.Quote != "" {
					said = "“" + c.Quote + "”"
				}
				d.y += 22
				d.text("quote", left+56, said)
				source := queries.SourceLine(c)
				if claim.Confidence != nil {
					source += ", confidence " + strconv.Itoa(*claim.Confidence)
				}
				d.y += 16
				d.text("cite", left+56, source)
			}
		}
		d.y += 18
		tip, tail, back := d.y-2, top+2, -10
		if !step.Forward {
			tip, tail, back = top+2, d.y-2, 10
		}
		fmt.Fprintf(d, "<path class=\"arrow\" d=\"M%d %dV%d\"/><path class=\"head\" d=\"M%d %dl-6 %dh12z\"/>\n", left+28, tail, tip+back, left+28, tip, back)
		box(to)
	}
	height := d.y + 24
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&out, "<!-- Drawn from orbat's answer by cmd/orbat/readme_test.go. -->\n<title>How is Gen. Kurilla linked to Usamah al-Muhajir?</title>\n<desc>%s</desc>\n<style>%s</style>\n",
		html.EscapeString(told.String()), pictureStyle)
	fmt.Fprintf(&out, "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"10\"/>\n", width-1, height-1)
	out.Write(d.Bytes())
	out.WriteString("</svg>\n")
	return out.Bytes()
}

package main

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"orbat/deploy"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

// readmeTable is a table of a README that is written from a list in the code. In the README it stands below a line
// "<!-- table: NAME -->".
type readmeTable struct {
	readme string // where it stands
	header []string
	rows   [][]string
}

func readmeTables(t *testing.T) map[string]*readmeTable {
	t.Helper()
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]*readmeTable{
		"types":     {readme: "schema/README.md", header: []string{"type", "what it is"}},
		"relations": {readme: "schema/README.md", header: []string{"relation", "from → to", "what it says"}},
		"formats":   {readme: "loader/format/README.md", header: []string{"format", "endings", "what it is"}},
		"questions": {readme: "queries/README.md", header: []string{"question", "takes", "what it answers"}},
		"encoders":  {readme: "queries/encode/README.md", header: []string{"format", "ending", "what it is"}},
		"commands":  {readme: "cmd/orbat/README.md", header: []string{"command", "what it does", "flags"}},
	}
	add := func(name string, cells ...string) { tables[name].rows = append(tables[name].rows, cells) }
	for _, typ := range ontology.Types {
		add("types", typ.Name, typ.Doc)
	}
	for _, r := range ontology.Relations {
		var ends []string
		for _, e := range r.Ends {
			ends = append(ends, e.String())
		}
		add("relations", r.Name, strings.Join(ends, "; "), r.Doc)
	}
	for _, f := range format.All() {
		add("formats", code(f.Name), codes(f.Extensions), f.Doc)
	}
	for _, q := range library.List() {
		var params []string
		for _, p := range q.Params {
			if p.Required {
				params = append(params, code(p.Name))
			} else {
				params = append(params, "["+code(p.Name)+"]")
			}
		}
		add("questions", code(q.Name), strings.Join(params, " "), q.Purpose)
	}
	for _, e := range encode.All() {
		add("encoders", code(e.Name), code(e.Extension), e.Doc)
	}
	for _, cmd := range commands(program()) {
		var flags []string
		for _, set := range []*pflag.FlagSet{cmd.LocalFlags(), cmd.InheritedFlags()} {
			set.VisitAll(func(f *pflag.Flag) {
				switch {
				case f.Hidden || f.Name == "help" || cmd.Root().PersistentFlags().Lookup(f.Name) != nil:
				case f.Shorthand != "":
					flags = append(flags, code("--"+f.Name)+" ("+code("-"+f.Shorthand)+")")
				default:
					flags = append(flags, code("--"+f.Name))
				}
			})
		}
		use, _, _ := strings.Cut(strings.TrimSuffix(cmd.UseLine(), " [flags]"), " [command]")
		add("commands", code(use), cmd.Short, strings.Join(flags, ", "))
	}
	return tables
}

func code(s string) string { return "`" + s + "`" }

func codes(list []string) string {
	var all []string
	for _, s := range list {
		all = append(all, code(s))
	}
	return strings.Join(all, ", ")
}

// markdown returns the table's lines.
func (table *readmeTable) markdown() []string {
	line := func(cells []string) string {
		var b strings.Builder
		b.WriteString("|")
		for _, cell := range cells {
			b.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		return b.String()
	}
	lines := []string{line(table.header), strings.Repeat("|---", len(table.header)) + "|"}
	for _, row := range table.rows {
		lines = append(lines, line(row))
	}
	return lines
}

// program returns the root command.
func program() *cobra.Command {
	root := (&app{in: strings.NewReader(""), out: &output{w: &bytes.Buffer{}}, err: &bytes.Buffer{}}).root()
	root.InitDefaultHelpCmd()
	return root
}

// commands lists the commands that do something, completion's shells as one.
func commands(cmd *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, sub := range cmd.Commands() {
		switch {
		case sub.Hidden || sub.Name() == "help":
		case sub.Name() == "completion" || !sub.HasSubCommands():
			list = append(list, sub)
		default:
			list = append(list, commands(sub)...)
		}
	}
	return list
}

// The tables in the READMEs are those of the code. Write them anew with: go test ./cmd/orbat -run Readme -update
func TestReadmeTables(t *testing.T) {
	tables := readmeTables(t)
	found := map[string]string{}
	for _, name := range readmes(t) {
		lines := readLines(t, name)
		var fresh []string
		for i := 0; i < len(lines); i++ {
			fresh = append(fresh, lines[i])
			m := regexp.MustCompile(`^<!-- table: (\S+) -->$`).FindStringSubmatch(lines[i])
			if m == nil {
				continue
			}
			found[m[1]] = name
			table := tables[m[1]]
			if table == nil {
				t.Errorf("%s:%d: nothing writes the table %s", name, i+1, m[1])
				continue
			}
			first := i + 1
			for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "|") {
				i++
			}
			want := table.markdown()
			if !*update && !slices.Equal(lines[first:i+1], want) {
				t.Errorf("%s:%d: the table %s is not what the code says; write it with: go test ./cmd/orbat -run Readme -update", name,
					first, m[1])
			}
			fresh = append(fresh, want...)
		}
		if *update {
			writeLines(t, name, fresh)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		if found[name] != tables[name].readme {
			t.Errorf("the table %s is to stand in %s", name, tables[name].readme)
		}
	}
}

// The READMEs name every command, flag, question, format, option and variable there is, each where it belongs, and none
// that is not.
func TestReadmesAreComplete(t *testing.T) {
	root := program()
	want := func(readme string, names ...string) {
		text := readFile(t, readme)
		for _, name := range names {
			if !strings.Contains(text, name) {
				t.Errorf("%s does not mention %s", readme, name)
			}
		}
	}
	want("cmd/orbat/README.md", "ORBAT_HOME", "ORBAT_DGRAPH", deploy.EnvBin, deploy.EnvPassword, deploy.EnvToken)
	want("deploy/README.md", "ORBAT_HOME", "ORBAT_DGRAPH", deploy.EnvPassword, deploy.EnvToken)
	flags := map[string]bool{"--help": true, "-h": true}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden || cmd.Name() == "help" || cmd.HasParent() && cmd.Parent().Name() == "completion" {
			return
		}
		want("cmd/orbat/README.md", cmd.CommandPath())
		for _, f := range regexp.MustCompile(`(?m)^ +(?:(-\w), )?(--[a-z-]+)`).FindAllStringSubmatch(cmd.LocalFlags().FlagUsages(), -1) {
			flags[f[1]], flags[f[2]] = true, true
			want("cmd/orbat/README.md", f[2])
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
		want("queries/README.md", code(q.Name), q.Purpose)
		for _, p := range q.AllParams() {
			want("queries/README.md", "`"+p.Name)
		}
	}
	for _, f := range format.All() {
		want("loader/format/README.md", code(f.Name))
		for _, ext := range f.Extensions {
			want("loader/format/README.md", code(ext))
		}
	}
	for _, e := range encode.All() {
		want("queries/encode/README.md", code(e.Name))
	}
	for _, a := range schema.Assertions() {
		want("loader/format/README.md", code(string(a)))
	}
	for _, typ := range ontology.Types {
		want("schema/README.md", typ.Name)
	}
	for _, r := range ontology.Relations {
		want("schema/README.md", r.Name)
	}
	_, err = deploy.Parse("dgraph://host?unknown=1") // its error lists the options
	_, options, _ := strings.Cut(fmt.Sprint(err), "one of ")
	for _, option := range strings.Split(options, ", ") {
		want("deploy/README.md", "`"+option)
	}
	for _, readme := range readmes(t) {
		namesOnlyCommands(t, root, flags, readme)
	}
}

// namesOnlyCommands checks that the commands and flags that a README names are there.
func namesOnlyCommands(t *testing.T, root *cobra.Command, flags map[string]bool, readme string) {
	t.Helper()
	curl := false // the line is a command of curl's, or goes on with one
	for i, line := range readLines(t, readme) {
		if curl = strings.HasPrefix(line, "curl ") || curl && strings.HasPrefix(line, "  "); curl {
			continue
		}
		for _, flag := range regexp.MustCompile("(?:^|[ `\\[])(--?[a-z][a-z-]*)").FindAllStringSubmatch(line, -1) {
			if !flags[flag[1]] && !strings.Contains(line, "<!--") {
				t.Errorf("%s:%d: no command has the flag %s", readme, i+1, flag[1])
			}
		}
		typed := "(?:[`]|^\\$ |\\| )orbat ([^`|>;#]+)"
		if strings.HasPrefix(line, "|") {
			typed = "[`]orbat ([^`|>;#]+)" // its bars are a table's, no pipes
		}
		for _, command := range regexp.MustCompile(typed).FindAllStringSubmatch(line, -1) {
			cmd, rest, err := root.Find(strings.Fields(command[1]))
			if err != nil || cmd == root && !strings.HasPrefix(rest[0], "-") {
				t.Errorf("%s:%d: no command orbat %s", readme, i+1, command[1])
				continue
			}
			for _, word := range rest {
				name, _, _ := strings.Cut(strings.TrimLeft(word, "-["), "=")
				if strings.HasPrefix(strings.TrimPrefix(word, "["), "--") && cmd.Flag(strings.Trim(name, "]")) == nil {
					t.Errorf("%s:%d: %s has no flag %s", readme, i+1, cmd.CommandPath(), word)
				}
			}
		}
	}
}

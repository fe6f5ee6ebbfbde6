package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Nothing that a terminal would obey reaches it, by whatever way it came.
func TestTerminalObeysNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("ORBAT_HOME", t.TempDir()) // a Dgraph is started there, not in the user's
	t.Cleanup(func() { run([]string{"down"}, strings.NewReader(""), io.Discard, io.Discard) })
	const evil = "\x1b[2J\x1b]0;title\x07\u009b31m\u202ex"
	write := func(name, text string) string {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	table := write("table"+evil+".csv", "name,"+evil+"\nx,y\n")
	mapping := write("m.yaml", "mapping: m\nfiles:\n  - file: '*.csv'\n    entities:\n      - type: \"\\x1b[2J\"\n        id: name\n")
	query := write("q"+evil+".dql", "# name: q\n# purpose: "+evil+"\n{ "+evil+" }\n")
	for _, args := range [][]string{
		{evil},
		{"load", "no" + evil + ".yaml"},
		{"load", table, "--format", evil},
		{"load", table, "--mapping", "no" + evil},
		{"load", table, "--dataset", evil},
		{"load", table, "--ontology", filepath.Join(evil, "none")},
		{"query", "career", evil + "=1"},
		{"mapping", "check", mapping, table},
		{"mapping", "preview", mapping, table},
		{"queries", "check", query},
		{"queries", "show", evil},
		{"schema", "show", evil},
		{"status", "--home", evil},
		{"load", "x.yaml", "--dgraph", "dgraph://" + evil},
	} {
		var out, err bytes.Buffer
		run(args, strings.NewReader(""), &out, &err)
		for _, text := range []string{out.String(), err.String()} {
			for _, bad := range []string{"\x1b", "\x07", "\u009b", "\u202e"} {
				if strings.Contains(text, bad) {
					t.Errorf("orbat %q sends %q to the terminal: %q", args, bad, text)
				}
			}
		}
		if out.Len()+err.Len() == 0 {
			t.Errorf("orbat %q says nothing", args)
		}
	}
}

// Without a home folder nothing is written to that of all, the root.
func TestNoHomeIsNoRoot(t *testing.T) {
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "ORBAT_HOME", "ORBAT_DGRAPH"} {
		t.Setenv(name, "")
	}
	var out, err bytes.Buffer
	if code := run([]string{"status"}, strings.NewReader(""), &out, &err); code != exitUsage ||
		!strings.Contains(err.String(), "hint: set ORBAT_HOME") {
		t.Errorf("exit status %d: %s%s", code, out.String(), err.String())
	}
}

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
)

// TestStatementsAtATerminal: single keys judge what was read of a text, without Enter; an arrow judges nothing; z goes
// back; what was put right is typed as a line; control-C leaves, what was judged so far is loaded, and the terminal is
// as it was.
func TestStatementsAtATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a Dgraph")
	}
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	file := filepath.Join(t.TempDir(), "raid.txt")
	if err := os.WriteFile(file, []byte("Gen. Anna Holm, commander of the 7th Division, spoke on Sunday.\n\n"+
		"Gen. Ivo Testa, commander of the 5th Division, spoke on Monday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, screen := atTerminal(t, "load", file, "--dataset", "press", "--published", "2023-07-09", "--review",
		"--by", "ann", "--session", "tty", "--progress", "none")
	const prompt = "[q]uit? "
	screen.until("1 of 4", "Anna Holm  rank  Gen.", prompt)
	screen.press("\x1b[C") // an arrow ends in C
	screen.until(prompt)
	screen.press("x")
	screen.until("orbat load --help says more", prompt)
	screen.press("r")
	screen.until("2 of 4", "Anna Holm  commands  7th Division", prompt)
	screen.press("z")
	screen.until("1 of 4", prompt)
	screen.press("a")
	screen.until("2 of 4", prompt)
	screen.press("e")
	screen.until("[a]ssertion? ")
	screen.press("t")
	screen.until("to (7th Division): ")
	screen.press("Unit/9th Division\r")
	screen.until("Anna Holm  commands  9th Division", prompt)
	screen.press("a")
	screen.until("3 of 4", "Ivo Testa  rank  Gen.", prompt)
	screen.press("\x03")
	screen.until("1 accepted, 1 rejected, 1 of them put right; 2 left open, and not loaded")
	_, copied := io.Copy(io.Discard, screen.tty) // until the program has closed it: Linux calls that an error
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitOK {
		t.Errorf("it ends with %v (%v): %s", err, copied, screen.seen)
	}
	if strings.Contains(screen.seen, "\r\r") {
		t.Error("text was printed to a raw terminal")
	}
	var out bytes.Buffer
	for _, question := range []struct {
		who, unit string
		led       bool
	}{{"Anna Holm", "9th Division", true}, {"Anna Holm", "7th Division", false}} {
		out.Reset()
		if code := run([]string{"query", "ego-network", question.who}, nil, &out, os.Stderr); code != exitOK {
			t.Fatalf("query exits %d", code)
		}
		if strings.Contains(out.String(), question.unit) != question.led {
			t.Errorf("%s and %s: want a link %t:\n%s", question.who, question.unit, question.led, out.String())
		}
	}
	if code := run([]string{"query", "ego-network", "Ivo Testa"}, nil, io.Discard, io.Discard); code == exitOK {
		t.Error("what nobody judged is loaded")
	}
}

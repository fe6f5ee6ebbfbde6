package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"

	"orbat/deploy/deploytest"
)

// TestReviewAtATerminal: single keys decide, without Enter; control-C leaves and everything decided so far is kept; the
// terminal is as it was.
func TestReviewAtATerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a Dgraph")
	}
	t.Setenv("ORBAT_DGRAPH", deploytest.Shared(t).Target().String())
	file := t.TempDir() + "/people.yaml"
	people := "dataset: p\nentities:\n"
	for _, name := range []string{"Xaver Qwertz", "Qwertz Xaver", "Dr Xaver Qwertz", "X. Qwertz", "Xaver Q. Qwertz"} {
		people += "  - {type: Person, name: " + name + "}\n"
	}
	if err := os.WriteFile(file, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"load", file}, nil, io.Discard, os.Stderr); code != exitOK {
		t.Fatalf("load exits %d", code)
	}
	cmd, screen := atTerminal(t, "resolve", "review", "--by", "ann", "--session", "tty")
	const prompt = "[q]uit? "
	screen.until(prompt)
	screen.press("\x1b[D") // an arrow ends in D, and decides nothing
	screen.until(prompt)
	screen.press("x")
	screen.until("orbat resolve review --help says more")
	screen.until(prompt)
	screen.press("d")
	screen.until("1 decided")
	screen.until(prompt)
	screen.press("w")
	screen.until("why: ")
	screen.press("one face\r")
	screen.until(prompt)
	screen.press("s")
	screen.until("2 decided")
	screen.until(prompt)
	screen.press("\x03")
	screen.until("1 same, 1 different", "takes all of it back")
	if err := cmd.Wait(); err != nil {
		t.Errorf("review ends with %v", err)
	}
	var out bytes.Buffer
	if code := run([]string{"resolve", "list", "--session", "tty"}, nil, &out, os.Stderr); code != exitOK {
		t.Fatalf("list exits %d", code)
	}
	for _, want := range []string{"different  ", "same       ", "one face"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not among the decisions:\n%s", want, out.String())
		}
	}
	if strings.Contains(screen.seen, "\r\r") {
		t.Error("text was printed to a raw terminal")
	}
	terminated(t)
}

// terminated: a review that is asked to end while it waits for a key does, and leaves the terminal as it was.
func terminated(t *testing.T) {
	t.Helper()
	cmd, screen := atTerminal(t, "resolve", "review", "--by", "ann")
	screen.until("[q]uit? ")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	screen.until("0 same, 0 different", "orbat: interrupted\r\n") // the terminal makes \r\n of \n again
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != exitFailed {
		t.Errorf("it ends with %v", err)
	}
}

// atTerminal starts orbat at a terminal.
func atTerminal(t *testing.T, args ...string) (*exec.Cmd, *screen) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Args[0] = "orbat" // the test's program is orbat under that name (TestMain)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return cmd, &screen{t: t, tty: tty}
}

// screen is what a terminal shows.
type screen struct {
	t    *testing.T
	tty  *os.File
	seen string // all of it
	from int    // what was waited for already
}

func (s *screen) press(keys string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// until reads until the texts have shown, one after another.
func (s *screen) until(texts ...string) {
	s.t.Helper()
	buffer := make([]byte, 4096)
	for len(texts) > 0 {
		if at := strings.Index(s.seen[s.from:], texts[0]); at >= 0 {
			s.from += at + len(texts[0])
			texts = texts[1:]
			continue
		}
		if err := s.tty.SetReadDeadline(time.Now().Add(10 * time.Minute)); err != nil {
			s.t.Fatal(err)
		}
		n, err := s.tty.Read(buffer)
		if err != nil {
			s.t.Fatalf("waiting for %q: %v\n%s", texts, err, s.seen)
		}
		s.seen += string(buffer[:n])
	}
}

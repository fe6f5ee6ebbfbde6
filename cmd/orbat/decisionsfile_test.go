package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestDecisionsFile: a review takes out of its file what it put in, whatever others have written to it meanwhile, and
// is the only one that has it.
func TestDecisionsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.ndjson")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opened := func() *decisionsFile {
		t.Helper()
		f, err := openDecisions(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	holds := func(want string) {
		t.Helper()
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("it holds %q, want %q; %v", text, want, err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}

	write("theirs") // an editor left the line open
	f := opened()
	if _, err := openDecisions(path); !errors.As(err, new(*fileInUseError)) {
		t.Errorf("a second review: %v", err)
	}
	must(f.append([]byte("one")))
	must(f.append([]byte("two")))
	holds("theirs\none\ntwo\n")
	other, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.WriteString("added by hand, longer than ours\n")
	must(errors.Join(err, other.Close()))
	must(f.takeOut([]byte("two")))
	holds("theirs\none\nadded by hand, longer than ours\n")
	if err := f.takeOut([]byte("two")); err == nil {
		t.Error("taken out twice")
	}
	must(f.append([]byte("three")))
	must(f.takeOut([]byte("three")))
	must(f.takeOut([]byte("one")))
	holds("theirs\nadded by hand, longer than ours\n")

	must(os.Remove(path)) // as an editor does that writes a new file
	write("anew\n")
	must(f.append([]byte("four")))
	holds("anew\nfour\n")
	if _, err := openDecisions(path); !errors.As(err, new(*fileInUseError)) {
		t.Errorf("a second review of the new file: %v", err)
	}
	must(f.close())
	must(opened().close())
	holds("anew\nfour\n")

	must(os.Remove(path))
	must(opened().close())
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that nothing was decided for stays: %v", err)
	}
}

// TestSessionNames: two sessions that begin in one second can be undone apart.
func TestSessionNames(t *testing.T) {
	now := time.Now()
	if one, two := newSession("ann", now), newSession("ann", now); one == two {
		t.Errorf("both are %s", one)
	}
}

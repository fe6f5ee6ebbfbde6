//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A file that takes another's place has its rights, and nobody can have laid a link where it is written meanwhile.
func TestOutFileTakesAPlace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "graph.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	victim := filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, fmt.Sprintf(".graph.json.%d", os.Getpid()))); err != nil {
		t.Fatal(err)
	}
	f, err := openOut(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("new"); err != nil {
		t.Fatal(err)
	}
	if err := f.place(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "kept" {
		t.Errorf("what a link led to holds %q, %v", text, err)
	}
	info, err := os.Lstat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v; want that of the file whose place it took", info.Mode(), err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "new" {
		t.Errorf("it holds %q, %v", text, err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".graph*"))
	if len(left) != 1 { // the link
		t.Errorf("left beside it: %v", left)
	}
}

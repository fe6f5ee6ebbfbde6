//go:build linux

package deploy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A token that stands in the environment for a database elsewhere does not go to the local Dgraph.
func TestLocalTakesNoSecretOfTheEnvironment(t *testing.T) {
	t.Parallel()
	environment := func(string) string { return "for another database" }
	for _, l := range []Local{{Home: t.TempDir(), Open: true}, {Home: t.TempDir(), AlphaFlags: []string{}}} {
		if target, err := l.target(1).withSecrets(environment); err != nil || !target.Token.IsZero() || !target.Password.IsZero() {
			t.Errorf("%+v, %v: has a secret", target, err)
		}
	}
	if target, err := (Target{Hosts: []string{"127.0.0.1:1"}}).withSecrets(environment); err != nil || target.Token.IsZero() {
		t.Errorf("%+v, %v: has no token of the environment", target, err)
	}
}

// Who holds a lock is told by the file, not by its path: in another mount namespace a path is another file's.
func TestHoldersByFile(t *testing.T) {
	t.Parallel()
	one, two := filepath.Join(t.TempDir(), "engine.lock"), filepath.Join(t.TempDir(), "engine.lock")
	if err := errors.Join(os.WriteFile(one, nil, 0o600), os.Link(one, two)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(two)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sleeper := sleep(t, f)
	if pids := holders(one); !slices.Contains(pids, sleeper) {
		t.Errorf("holders %v of a file that %d has open by another path", pids, sleeper)
	}
	if err := errors.Join(os.Remove(two), os.Remove(one), os.WriteFile(two, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if pids := holders(two); slices.Contains(pids, sleeper) {
		t.Errorf("holders %v of a file that %d never opened", pids, sleeper)
	}
}

// Ports are not reserved in a folder that somebody else has made ready.
func TestPortsFolderOfAnother(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to give a folder away")
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	folder := filepath.Join(temp, "orbat-ports-0")
	if err := errors.Join(os.Mkdir(folder, 0o777), os.Chown(folder, 12345, 12345)); err != nil {
		t.Fatal(err)
	}
	var problem *DatabaseError
	if _, err := findPorts(t.Context(), 0, 1); !errors.As(err, &problem) || problem.Hint() == "" {
		t.Errorf("got %v", err)
	}
}

// sleep starts a process that has a file open and does nothing, and returns its pid.
func sleep(t *testing.T, held *os.File) int {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.StartProcess("/bin/cat", []string{"cat"}, &os.ProcAttr{Files: []*os.File{reader, os.Stdout, os.Stderr, held}})
	if err = errors.Join(err, reader.Close()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = writer.Close()
		_, _ = p.Wait() // it ends with its input
	})
	return p.Pid
}

package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for the program, which runs itself again for each of orbat's loads.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == loadOnceCommand || os.Args[1] == readOnceCommand || os.Args[1] == bulkOnceCommand) {
		if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// The whole contest in small, on the real Dgraph and with its real live loader. Nothing is said about times.
func TestQuick(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("needs a Dgraph, half a minute and /proc")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	program, err := exec.LookPath("true") // takes any argument
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-quick", "-seed", "3", "-orbat", program}, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	t.Log(text)
	number := `[\d,.]+ \([\d,.]+–[\d,.]+\)`
	for _, want := range []string{
		`\d+ cores?.*; go1\.\S+, Dgraph v25\.\S+; \d{4}-\d\d-\d\d`,
		`Input: 1,200 rows \(seed 3\)`,
		`(?m)^\| orbat, reading tables by a mapping and validating alone \|( ` + number + ` \|){6}$`,
		`(?m)^\| orbat's first load takes, of reading, mapping and validating alone \|( ` + number + ` \|){2}$`,
		`(?m)^\| orbat, first load \|( ` + number + ` \|){6}$`,
		`(?m)^\| orbat, unchanged re-load \|( ` + number + ` \|){6}$`,
		"(?m)^\\| `dgraph live -U xid` \\|( " + number + ` \|){6}$`,
		"(?m)^\\| `dgraph live -U xid` takes, of orbat's first load \\|( " + number + ` \|){2}$`,
		`(?m)^\| orbat's first load takes, of its unchanged re-load \|( ` + number + ` \|){2}$`,
		`(?m)^\| orbat, re-load with 1 row in 100 changed \|( ` + number + ` \|){6}$`,
		`(?m)^\| two orbats at once take, of one alone \|( ` + number + ` \|){2}$`,
		"(?m)^\\| `dgraph live` without upserts takes, of orbat's first load \\|( " + number + ` \|){2}$`,
		"(?m)^\\| orbat's first load takes, of `dgraph live` on the same entities and edges without claims \\|( " + number + ` \|){2}$`,
		"(?m)^\\| `orbat bulk` takes, of `dgraph bulk` on orbat's N-Quads \\|( " + number + ` \|){2}$`,
		`all was there`,
		`(?m)^\| documents with their texts \|( ` + number + ` \|){3}$`,
		`With their texts documents load at ` + number + ` times the speed of the claims alone`,
		"(?m)^\\| `orbat version` \\| [\\d,.]+ \\([\\d,.]+–[\\d,.]+\\) \\|$",
		"make bench BENCHFLAGS='-n 300 -pairs 1 -seed 3'",
	} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("not in the output: %s", want)
		}
	}
	host, err := os.Hostname()
	if err == nil && strings.Contains(text, host) || strings.Contains(text, dir) {
		t.Error("the output names the machine or a folder")
	}
	nothingLeft(t, dir)
}

// Growth in small: a line of the table for each size, and a picture that a browser can read.
func TestGrowth(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("needs a Dgraph, half a minute and /proc")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	picture, program := filepath.Join(t.TempDir(), "growth.svg"), filepath.Join(t.TempDir(), "orbat")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "orbat/cmd/orbat").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-orbat", program, "-grow", "0.005,0.01", "-grow-online", "0.005", "-plot", picture}, &out,
		t.Output()); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	for _, row := range []string{
		"(?m)^\\| `orbat bulk`, s \\|( [\\d.]+ \\|){2}$",
		"(?m)^\\| `orbat bulk` takes, of `dgraph bulk` \\| [\\d.]+ \\|  \\|$",
		"(?m)^\\| `orbat load` takes, of its unchanged re-load \\| [\\d.]+ \\|  \\|$",
		"(?m)^Of the N-Quads' bytes, in percent: `claim\\.\\w+` \\d+, .* \\d+ others \\d+\\.$",
		"(?m)^\\| `orbat export --canonical`, s \\| [\\d.]+ \\|  \\|$",
	} {
		if !regexp.MustCompile(row).MatchString(out.String()) {
			t.Errorf("no row %s", row)
		}
	}
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	texts := map[string]bool{}
	for d := xml.NewDecoder(f); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			texts[strings.TrimSpace(string(text))] = true
		}
	}
	for _, want := range []string{"Elapsed time", "Peak memory", "orbat bulk", "dgraph bulk", "orbat load, unchanged"} {
		if !texts[want] {
			t.Errorf("the picture does not say %q", want)
		}
	}
	nothingLeft(t, dir)
}

// Interrupted in the midst, it ends at once and leaves nothing.
func TestInterrupt(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("needs a Dgraph and /proc")
	}
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("interrupted")
	watch := &watcher{want: "first load", then: func() { cancel(stop) }}
	err := run(ctx, []string{"-n", "300", "-pairs", "50"}, io.Discard, io.MultiWriter(watch, t.Output()))
	cancel(nil)
	if !errors.Is(err, stop) && !errors.Is(err, context.Canceled) {
		t.Errorf("want an interruption, have %v", err)
	}
	nothingLeft(t, dir)
}

// nothingLeft finds what a run has left in the folder for temporary files, but for the locks by which all orbats share
// ports, which stay.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range left {
		if !strings.HasPrefix(entry.Name(), "orbat-ports-") {
			t.Errorf("left behind: %s", entry.Name())
		}
	}
}

// watcher does something once it has read what it waits for.
type watcher struct {
	want string
	then func()
}

func (w *watcher) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(w.want)) {
		w.then()
	}
	return len(b), nil
}

func TestStatementsAreAlwaysTheSame(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, seed uint64) []byte {
		file := filepath.Join(dir, name)
		rows, err := writeStatements(file, 200, seed, 0)
		if err != nil || rows != 200*(1+claimsPerEntity) {
			t.Fatalf("%d rows, %v", rows, err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	first := write("a", 1)
	if !bytes.Equal(first, write("b", 1)) {
		t.Error("the same seed gives others")
	}
	if bytes.Equal(first, write("c", 2)) {
		t.Error("another seed gives the same")
	}
}

func TestFigures(t *testing.T) {
	if s := newSpread([]float64{3, 1, 2}); s != (spread{2, 1, 3}) {
		t.Errorf("of three: %+v", s)
	}
	if s := newSpread([]float64{4, 1, 2, 3}); s != (spread{2.5, 1, 4}) {
		t.Errorf("of four: %+v", s)
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if have := thousands(n); have != want {
			t.Errorf("%d: %s, want %s", n, have, want)
		}
	}
}

// What the kernel is asked is asked of the right process and read in the right unit.
func TestProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /proc")
	}
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(300 * time.Millisecond); time.Now().Before(end); {
		_ = strings.Repeat("x", 1000)
	}
	after, err := cpuTime(os.Getpid())
	if used := after - before; err != nil || used < 50*time.Millisecond || used > 5*time.Second {
		t.Errorf("used %s in 300 ms, %v", used, err)
	}
	held := bytes.Repeat([]byte("x"), 64<<20)
	peak, err := peakMemory(os.Getpid())
	if err != nil || peak < int64(len(held)) || peak > 16<<30 {
		t.Errorf("peak of %d bytes, %v", peak, err)
	}
	runtime.KeepAlive(held)
	if _, err := cpuTime(1 << 30); err == nil {
		t.Error("a process that is not there used time")
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-n", "5"}, {"-pairs", "0"}, {"more"}, {"-no-such"}, {loadOnceCommand}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

package input

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// A spooled stream is read again from its beginning, and ends with the context while it waits for more. Nothing is left
// in the temporary folder either way, nor while it is in use where a file may lose its name.
func TestSpool(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	empty := func(when string) {
		t.Helper()
		if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", when, left, err)
		}
	}
	file, done, err := Spool(t.Context(), "stdin", strings.NewReader("a,b\n"))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		in, err := Open(t.Context(), file, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(in.R); err != nil || string(text) != "a,b\n" {
			t.Errorf("read %q, %v", text, err)
		}
		in.Close()
	}
	if os.PathSeparator == '/' {
		empty("in use")
	}
	done()
	empty("given up")

	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, _, err := Spool(ctx, "stdin", r)
		ended <- err
	}()
	if _, err := w.WriteString("a"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("a read that waits ends with %v", err)
	}
	empty("interrupted")
}

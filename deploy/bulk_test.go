package deploy

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// What is made for two groups is served by two: each alpha has its share, and either answers for both.
func TestBulkShards(t *testing.T) {
	t.Parallel()
	l, _ := newLocal(t)
	made := filepath.Join(t.TempDir(), "made")
	write := func(w io.Writer, _ string) error {
		for i := range 1000 {
			if _, err := fmt.Fprintf(w, "_:n%d <name> \"name%d\" .\n_:n%d <rank> \"rank%d\" .\n", i, i, i, i); err != nil {
				return err
			}
		}
		return nil
	}
	const schema = "name: string @index(exact) .\nrank: string @index(exact) .\n"
	if err := (Bulk{Dir: made, Shards: 2}).Load(t.Context(), schema, write); err != nil {
		t.Fatal(err)
	}
	if err := l.Adopt(t.Context(), made); err == nil || !strings.Contains(err.Error(), "made for 2 groups") {
		t.Errorf("on the local Dgraph, which has one group: %v", err)
	}

	folders := map[string]string{"zero": "zero", "alpha": "group1", "alpha2": "group2"}
	for name, from := range folders {
		if err := os.CopyFS(l.file(name), os.DirFS(filepath.Join(made, from))); err != nil {
			t.Fatal(err)
		}
	}
	ports, err := findPorts(t.Context(), 0, 2)
	if err != nil {
		t.Fatal(err)
	}
	held, err := l.hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	bin, err := Finder{}.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"zero", "alpha", "alpha2"} {
		c, err := spawn(bin.Path, name, l.folder(), l.args(name, ports), nil, held, true)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.abandon)
	}
	ports.release()
	for i := range 2 {
		one := Target{Hosts: []string{ports.at(i).addr(alphaGRPC)}, SSLMode: SSLDisable}
		if err := awaitReady(t.Context(), one, func() error { return nil }, t.Logf); err != nil {
			t.Fatal(err)
		}
		conn, err := Connect(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		eventually(t, "an answer out of both groups", func() bool {
			r, err := conn.NewReadOnlyTxn().Query(t.Context(), `{q(func: eq(name, "name7")) @filter(eq(rank, "rank7")) {name rank}}`)
			return err == nil && string(r.GetJson()) == `{"q":[{"name":"name7","rank":"rank7"}]}`
		})
	}
}

// Whoever fails, the one that makes N-Quads or the one that takes them, the other ends, the cause is told, and nothing
// is left.
func TestBulkFails(t *testing.T) {
	t.Parallel()
	stop := errors.New("the input is bad")
	for name, test := range map[string]struct {
		write func(w io.Writer, temp string) error
		want  string
	}{
		"input": {func(w io.Writer, _ string) error {
			_, _ = io.WriteString(w, "_:a <name> \"one\" .\n")
			return stop
		}, "the input is bad"},
		"loader": {func(w io.Writer, _ string) error {
			for started := time.Now(); time.Since(started) < time.Minute; { // far more than a pipe holds
				if _, err := io.WriteString(w, "_:a <name> one, two\n"); err != nil {
					return fmt.Errorf("write N-Quads: %w", err)
				}
			}
			return errors.New("it takes anything")
		}, "run dgraph bulk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := Bulk{Dir: filepath.Join(dir, "made")}.Load(t.Context(), "name: string .", test.write)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %q, have %v", test.want, err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// Of runs that work beside each other none clears away what another is at, from its first moment to its last; what a
// killed one has left is cleared.
func TestClearBulk(t *testing.T) {
	parent := t.TempDir()
	dead := filepath.Join(parent, bulkWork+"dead")
	if err := os.Mkdir(dead, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dead, bulkLock), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		g.Go(func() error {
			for range 200 {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				work, err := os.MkdirTemp(parent, bulkWork) //nolint:usetesting // as a run does, in the folder of the others
				if err != nil {
					return err
				}
				held, err := holdWork(work)
				if err != nil {
					return err
				}
				clearBulk(parent)
				if err := os.WriteFile(filepath.Join(work, "p"), nil, 0o600); err != nil {
					return fmt.Errorf("at work: %w", err)
				}
				if err := os.Remove(filepath.Join(work, bulkLock)); err != nil { // as publish ends
					return fmt.Errorf("at its end: %w", err)
				}
				if err := os.Rename(work, filepath.Join(parent, "out"+filepath.Base(work))); err != nil {
					return fmt.Errorf("published: %w", err)
				}
				if err := held.Close(); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dead); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what a killed run left is still there: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(parent, "out*", "p")); err != nil || len(left) != 800 {
		t.Errorf("%d of 800 results are left (%v)", len(left), err)
	}
}

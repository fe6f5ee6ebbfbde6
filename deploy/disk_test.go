package deploy

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/dgraph-io/dgo/v230/protos/api"

	"orbat/deploy/deploytest/smalldisk"
)

func smallDisk(t *testing.T, mib int) string {
	t.Helper()
	dir := t.TempDir()
	smalldisk.Mount(t, dir, mib)
	return dir
}

func isDiskFull(t *testing.T, err error, dir string) {
	t.Helper()
	var hinted *DatabaseError
	if !errors.Is(err, ErrDiskFull) || !errors.As(err, &hinted) || !strings.Contains(err.Error(), dir) || hinted.Remedy != RemedyRoom ||
		hinted.Of == "" {
		t.Errorf("got %v; want a full disk named", err)
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	t.Run("before the start", func(t *testing.T) {
		t.Parallel()
		l := Local{Home: smallDisk(t, 64)}
		_, err := l.Up(t.Context())
		isDiskFull(t, err, l.Home)
	})
	t.Run("in the start", func(t *testing.T) {
		t.Parallel()
		l := Local{Home: smallDisk(t, 1), MinFree: 1}
		_, err := l.Up(t.Context())
		isDiskFull(t, err, l.Home)
	})
	t.Run("too full for a line of log", func(t *testing.T) {
		t.Parallel()
		if cause := diagnose("", smallDisk(t, 1)); !errors.Is(cause, ErrDiskFull) {
			t.Errorf("a process that left no log on a full disk ended of %v", cause)
		}
	})
	t.Run("in mid-work", func(t *testing.T) {
		t.Parallel()
		l, _ := newLocal(t)
		l.Home, l.MinFree = smallDisk(t, 100), 1
		t.Cleanup(func() {
			s, _ := readState(l.file("state.json"))
			_ = s.alive()["alpha"].kill(t.Context())
			_ = s.alive()["zero"].signal(syscall.SIGKILL)
			_ = l.Down(t.Context())
		})
		s := up(t, l)
		ballast, err := os.Create(l.Home + "/ballast")
		if err != nil {
			t.Fatal(err)
		}
		defer ballast.Close()
		for chunk := make([]byte, 1<<16); err == nil; {
			_, err = ballast.Write(chunk)
		}
		conn, err := Connect(t.Context(), s.Target)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		text := strings.Repeat("x", 1<<16)
		for i := 0; err == nil && i < 4000; i++ {
			_, err = conn.NewTxn().Mutate(t.Context(), &api.Mutation{CommitNow: true, SetNquads: fmt.Appendf(nil, "_:a <note> %q .", text)})
		}
		if err == nil {
			t.Fatal("250 MiB went on a disk of 100 MiB")
		}
		t.Logf("the write says: %.200v", err)
		eventually(t, "a status that names the full disk", func() bool {
			s, err := l.Status(t.Context())
			return err == nil && errors.Is(s.Problem, ErrDiskFull) && strings.Contains(s.Problem.Error(), "the disk is full")
		})
	})
}

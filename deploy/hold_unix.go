//go:build unix

package deploy

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// errHeld says that a running engine holds its lock.
var errHeld = errors.New("held by a running engine")

// ours reports whether a file belongs to this user.
func ours(info os.FileInfo) bool {
	stat, known := info.Sys().(*syscall.Stat_t)
	return known && int64(stat.Uid) == int64(os.Getuid())
}

// hold locks file without waiting and returns it open. The lock belongs to the open file, which children inherit: it
// stands until the last of them is gone, whatever becomes of us, and nobody has to release it.
func hold(file string) (*os.File, error) { return openLocked(file, os.O_CREATE, unix.LOCK_EX) }

// holdOld is hold where the file is there already.
func holdOld(file string) (*os.File, error) { return openLocked(file, 0, unix.LOCK_EX) }

// share turns the lock that hold took into one that further processes of the same engine may take as well.
func share(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB) }

// holdToo takes a share of the lock of an engine that runs.
func holdToo(file string) (*os.File, error) { return openLocked(file, os.O_CREATE, unix.LOCK_SH) }

func openLocked(file string, create, how int) (*os.File, error) {
	f, err := os.OpenFile(file, os.O_RDWR|create, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, errHeld
		}
		return nil, &os.PathError{Op: "lock", Path: file, Err: err}
	}
	return f, nil
}

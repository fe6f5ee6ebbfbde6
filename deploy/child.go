package deploy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// child is a Dgraph process that we started ourselves.
type child struct {
	process
	name string        // "zero" or "alpha"
	log  string        // its log file
	from int64         // where in the log this run begins
	done chan struct{} // closed when it has ended
}

// spawn starts a process of the engine with its output appended to its log. env is for it alone; held is an open file
// that it inherits.
func spawn(bin, name, home string, args, env []string, held *os.File, dieWithUs bool) (*child, error) {
	c := &child{name: name, log: filepath.Join(home, name+".log"), done: make(chan struct{})}
	dir := filepath.Join(home, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, diskError("make the data folder", dir, err)
	}
	log, err := openLog(c.log)
	if err != nil {
		return nil, diskError("open the log", c.log, err)
	}
	defer log.Close()
	if c.from, err = log.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("open the log: %w", err)
	}
	// A shell, since a mask for new files is a process's own: what Dgraph writes (backups too, wherever they go) is
	// ours alone.
	shell := append([]string{"-c", `umask 077; exec "$0" "$@"`, bin}, args...)
	cmd := exec.Command("/bin/sh", shell...) //nolint:noctx // it is to outlive the command that starts it
	cmd.Dir = dir
	cmd.Env = append(engineEnv(os.Environ()), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{held}
	cmd.SysProcAttr = detached(dieWithUs)

	started := make(chan error, 1)
	go func() {
		if dieWithUs {
			// The kernel's "kill it when the parent dies" means the parent's thread. Locked, the thread lives as long
			// as this goroutine, which is as long as the child.
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
		}
		defer close(c.done)
		err := cmd.Start()
		if err == nil {
			c.process, err = identify(cmd.Process.Pid)
		}
		started <- err
		if cmd.Process != nil {
			_ = cmd.Wait() // how it ended stands in its log
		}
	}()
	if err := <-started; err != nil && cmd.Process == nil {
		return nil, fmt.Errorf("start %s %s: %w", bin, name, err)
	} else if err != nil {
		<-c.done
		return nil, c.failure()
	}
	return c, nil
}

// maxLog is in bytes; a log above it is set aside as NAME.log.old when the process next starts.
const maxLog = 16 << 20

func openLog(file string) (*os.File, error) {
	if info, err := os.Stat(file); err == nil && info.Size() > maxLog {
		if err := os.Rename(file, file+".old"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// ended reports whether the child is gone.
func (c *child) ended() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// errPortTaken says that something else listens where the child wanted to; other ports may do.
var errPortTaken = errors.New("a port is taken")

// failure returns why a child that has ended did, from what it logged.
func (c *child) failure() error {
	text := readFrom(c.log, c.from)
	tail := fmt.Errorf("%s ended; the last lines of %s:\n%s", c.name, c.log, lastLines(text, 12))
	switch home, cause := filepath.Dir(c.log), diagnose(text, filepath.Dir(c.log)); {
	case errors.Is(cause, errPortTaken):
		return &DatabaseError{Do: "start Dgraph", Kind: errPortTaken, Err: tail, Remedy: RemedyRestOfLog, Of: c.name}
	case errors.Is(cause, ErrDiskFull):
		return diskFull("start Dgraph", home, tail)
	case errors.Is(cause, errHeld):
		return &DatabaseError{Do: "start Dgraph", Kind: errHeld, Err: tail, Fix: "another Dgraph uses the data in " + home +
			": stop it first"}
	}
	return &DatabaseError{Do: "start Dgraph", Err: tail, Remedy: RemedyRestOfLog, Of: c.name}
}

// diagnose recognises the causes of death that have a remedy in what a process logged.
func diagnose(text, home string) error {
	has := func(s string) bool { return strings.Contains(text, s) }
	switch {
	case has("address already in use"):
		return errPortTaken
	case has("no space left on device"), has("disk quota exceeded"):
		return ErrDiskFull
	case has("Cannot acquire directory lock"):
		return errHeld
	case strings.TrimSpace(text) == "", has("SIGBUS"), has("fatal error: fault"), has("unexpected fault address"):
		// Not even the log could be written, or a file mapped into memory had no disk behind it. A bad disk does the
		// same, hence the look at the room.
		if free, err := freeBytes(existing(home)); err == nil && free < defaultMinFree {
			return ErrDiskFull
		}
	}
	return nil
}

// readFrom returns the text of a log from an offset on, at most its last 64 KiB.
func readFrom(file string, from int64) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		from = max(from, info.Size()-64<<10)
	}
	text, _ := io.ReadAll(io.NewSectionReader(f, from, 64<<10)) // what there is of it
	return string(text)
}

// abandon kills a child that never came up.
func (c *child) abandon() {
	if c == nil || c.ended() {
		return
	}
	_ = c.signal(syscall.SIGKILL) // it ends, or had ended
	select {
	case <-c.done:
	case <-time.After(10 * time.Second):
	}
}

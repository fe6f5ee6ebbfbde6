package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// defaultMinFree is in bytes: room for a small graph, and for Dgraph to say that there is no more.
const defaultMinFree = 256 << 20

// Local is the Dgraph of a folder: one zero and one alpha, on loopback, with their data, logs and state in Home/dgraph.
// Only Home must be set; the zero value of the rest works.
type Local struct {
	Home     string    // orbat's folder, ORBAT_HOME
	Finder   Finder    // where the binary comes from
	Progress io.Writer // lines that say what takes long; nil: nobody hears

	StartTimeout time.Duration // how long it may take to become healthy; 0: 2 minutes
	StopTimeout  time.Duration // how long it may take to end before it is killed; 0: 1 minute
	MinFree      int64         // bytes that must be free on the disk to start; 0: 256 MiB

	AlphaFlags []string // further flags for the alpha, such as --acl or --tls
	Access     Target   // how to get in where AlphaFlags ask for TLS, a login or a token; its Hosts are ignored
}

// Status is how the local Dgraph is.
type Status struct {
	Running bool   // both processes run
	Healthy bool   // and a query was answered
	Started bool   // by this very call of Up
	Target  Target // where it listens; no hosts: it never ran
	Version string // of the binary it was started with
	Zero    int    // pid, 0: not running
	Alpha   int    // pid, 0: not running
	Since   time.Time
	Folder  string // data, logs and state
	Problem string // why it is not running or not healthy, where that is known; empty: it was stopped, or all is well
	Hint    string // what to do about the problem
}

func (l Local) folder() string { return filepath.Join(l.Home, "dgraph") }
func (l Local) file(name string) string {
	return filepath.Join(l.folder(), name)
}

func (l Local) say(format string, args ...any) {
	if l.Progress != nil {
		fmt.Fprintf(l.Progress, format+"\n", args...)
	}
}

func (l Local) stopTimeout() time.Duration {
	if l.StopTimeout == 0 {
		return time.Minute
	}
	return l.StopTimeout
}

// target is where an engine with this port offset listens.
func (l Local) target(offset int) Target {
	t := l.Access
	t.Hosts = []string{lane{offset: offset}.addr(alphaGRPC)}
	if t.SSLMode == "" {
		t.SSLMode = SSLDisable
	}
	return t
}

// lockFolder makes commands on one folder take turns.
func (l Local) lockFolder(ctx context.Context) (unlock func(), err error) {
	if l.Home == "" {
		return nil, &Error{Do: "find the local Dgraph", Err: errors.New("no home folder is given"), Fix: "set ORBAT_HOME"}
	}
	if err := os.MkdirAll(l.folder(), 0o700); err != nil {
		return nil, diskError("make the data folder", l.folder(), err)
	}
	lock := flock.New(l.file("command.lock"))
	ok, err := lock.TryLock()
	if err != nil {
		return nil, diskError("lock the data folder", l.folder(), err)
	}
	if !ok {
		l.say("waiting for another orbat that starts or stops the local Dgraph")
		if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
			return nil, fmt.Errorf("lock the data folder: %w", err)
		}
	}
	return func() { _ = lock.Unlock() }, nil
}

// Up makes the local Dgraph run, and returns when it answers. It outlives this process; [Local.Down] stops it. Where it
// runs already nothing happens. Several calls at once start one. What a crash has left is cleared up: half of a pair,
// a start cut short, a state that is no longer true.
func (l Local) Up(ctx context.Context) (Status, error) {
	unlock, err := l.lockFolder(ctx)
	if err != nil {
		return Status{}, err
	}
	defer unlock()
	s, err := readState(l.file("state.json"))
	if err != nil {
		return Status{}, err
	}
	if s.Zero.alive() && s.Alpha.alive() {
		if err := l.revive(ctx, s); err == nil {
			return l.Status(ctx)
		} else if ctx.Err() != nil {
			return Status{}, err
		}
		l.say("the local Dgraph runs but does not answer: starting it again")
	}
	if err := l.stop(ctx, &s); err != nil {
		return Status{}, err
	}
	if l.unfinished() {
		return Status{}, &Error{Do: "start Dgraph", Err: errors.New("taking over the result of a bulk load was cut short"), Fix: "orbat up --from DIR, the same once more"}
	}
	e, err := l.launch(ctx, s.Offset, false)
	if err != nil {
		return Status{}, err
	}
	status, err := l.Status(ctx)
	status.Started = true
	l.say("Dgraph %s ready in %.1f s at %s", e.bin.Version, e.took.Seconds(), e.target)
	return status, err
}

// revive waits for a pair that runs to answer: an orbat that was killed may have left it in the midst of starting.
func (l Local) revive(ctx context.Context, s state) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return awaitReady(ctx, l.target(s.Offset), func() error {
		if !s.Zero.alive() || !s.Alpha.alive() {
			return ErrNotRunning
		}
		return nil
	}, l.say)
}

// Down stops the local Dgraph, alpha first so that it can still tell its zero what it knows. Data and address stay.
// Where nothing runs nothing happens.
func (l Local) Down(ctx context.Context) error {
	if _, err := os.Stat(l.folder()); errors.Is(err, os.ErrNotExist) && l.Home != "" {
		return nil
	}
	unlock, err := l.lockFolder(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := readState(l.file("state.json"))
	if err != nil {
		return err
	}
	return l.stop(ctx, &s)
}

// stop ends whatever runs on this folder, by the state or by the lock they hold, and clears the state but for the ports.
func (l Local) stop(ctx context.Context, s *state) error {
	for _, p := range []struct {
		name string
		process
	}{{"alpha", s.Alpha}, {"zero", s.Zero}} {
		if !p.alive() {
			continue
		}
		l.say("stopping %s (pid %d)", p.name, p.PID)
		if err := p.stop(ctx, l.stopTimeout()); err != nil {
			return fmt.Errorf("stop %s: %w", p.name, err)
		}
	}
	// Killed between starting a process and remembering it, orbat leaves one that no state names. It has our lock open,
	// which none but our own children ever have.
	for _, pid := range holders(l.file("engine.lock")) {
		p, err := identify(pid)
		if err != nil {
			continue // it has ended meanwhile
		}
		l.say("stopping a Dgraph that an interrupted start left (pid %d)", pid)
		if err := p.stop(ctx, l.stopTimeout()); err != nil {
			return fmt.Errorf("stop a Dgraph left running: %w", err)
		}
	}
	if s.Alpha.PID == 0 && s.Zero.PID == 0 {
		return nil
	}
	*s = state{Offset: s.Offset}
	return s.write(l.file("state.json"))
}

// Status tells how the local Dgraph is, changing nothing and waiting for nobody but, at most a few seconds, the Dgraph.
func (l Local) Status(ctx context.Context) (Status, error) {
	s, err := readState(l.file("state.json"))
	if err != nil {
		return Status{}, err
	}
	status := Status{Version: s.Version, Since: s.Started, Folder: l.folder()}
	if s.Offset > 0 {
		status.Target = l.target(s.Offset)
	}
	if s.Zero.alive() {
		status.Zero = s.Zero.PID
	}
	if s.Alpha.alive() {
		status.Alpha = s.Alpha.PID
	}
	status.Running = status.Zero != 0 && status.Alpha != 0
	switch {
	case status.Running:
		conn, err := Connect(ctx, status.Target)
		if err != nil {
			status.Problem, status.Hint = "it does not answer: "+err.Error(), "orbat logs alpha"
			break
		}
		status.Healthy = true
		return status, conn.Close()
	case s.Zero.PID == 0 && s.Alpha.PID == 0: // never started, or stopped by Down
	default:
		status.Problem, status.Hint = l.obituary(s, status)
	}
	return status, nil
}

// obituary says what became of an engine that should run and does not.
func (l Local) obituary(s state, now Status) (problem, hint string) {
	problem, hint = "zero and alpha have ended without orbat down", "orbat up starts it again, orbat logs shows why"
	switch {
	case now.Zero != 0 && s.Alpha.PID == 0:
		return "its start was interrupted", "orbat up"
	case now.Zero != 0:
		problem = "alpha has ended"
	case now.Alpha != 0:
		problem = "zero has ended"
	}
	for _, name := range []string{"alpha", "zero"} {
		if errors.Is(diagnose(readFrom(l.file(name+".log"), 0), l.folder()), ErrDiskFull) {
			return problem + ": the disk is full", "make room (df -h " + l.folder() + "), then orbat up"
		}
	}
	return problem, hint
}

// hold takes the engine's own lock, which its processes inherit.
func (l Local) hold() (*os.File, error) {
	f, err := hold(l.file("engine.lock"))
	if errors.Is(err, errHeld) {
		return nil, &Error{
			Do: "start Dgraph", Kind: errHeld, Err: fmt.Errorf("a Dgraph that orbat does not know runs on %s", l.folder()),
			Fix: "find it with: lsof " + l.file("engine.lock") + " and stop it",
		}
	} else if err != nil {
		return nil, diskError("lock the data", l.folder(), err)
	}
	return f, nil
}

package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"
)

// defaultMinFree is in bytes: room for a small graph, and for Dgraph to say that there is no more.
const defaultMinFree = 256 << 20

// Local is the Dgraph of a folder: one zero and one alpha, or a cluster of three of each, on loopback, with their data,
// logs and state in Home/dgraph.
// Only Home must be set; the zero value of the rest works.
type Local struct {
	Home     string    // orbat's folder, ORBAT_HOME
	Finder   Finder    // where the binary comes from
	Progress io.Writer // lines that say what takes long; nil: nobody hears

	// Replicas is how many zeros and how many alphas there are, each alpha with all the data: 1, or 3 and 5 for a
	// cluster that goes on without one or two. 0: as many as the folder has data of, else 1. It cannot change later.
	Replicas int

	StartTimeout time.Duration // how long it may take to become healthy; 0: 5 minutes
	StopTimeout  time.Duration // how long it may take to end before it is killed; 0: 1 minute
	MinFree      int64         // bytes that must be free on the disk to start; 0: 256 MiB

	// Open leaves it without access control, for programs that cannot log in: then any other program on this machine,
	// and any web page in a browser on it, can read and change all.
	Open bool

	AlphaFlags []string // further flags for the alpha, such as --acl or --tls, instead of access control of our own
	Access     Target   // how to get in where AlphaFlags ask for TLS, a login or a token; its Hosts are ignored

	resets bool // it is started to set groot's password, and ends then
}

// Status is how the local Dgraph is.
type Status struct {
	Running bool   // a process of each kind runs, or of a cluster more than half of each
	Healthy bool   // and a query was answered
	Started bool   // some of it by this very call of Up
	Open    bool   // it runs without access control
	Target  Target // where it listens; no hosts: it never ran
	Version string // of the binary it was started with
	Nodes   []Node // its processes; none: it never ran
	Since   time.Time
	Folder  string // data, logs and state
	Problem error  // what is wrong, where that is known; nil: it was stopped, or all is well
}

// Node is a process of the local Dgraph.
type Node struct {
	Name  string // "zero", "alpha"; of a cluster also "zero2", "alpha2", …
	PID   int    // 0: not running
	Leads bool   // of a cluster: it leads those of its kind
}

// PID returns that of a process by name; 0: not running.
func (s Status) PID(name string) int {
	for _, n := range s.Nodes {
		if n.Name == name {
			return n.PID
		}
	}
	return 0
}

// PIDs returns the processes that run.
func (s Status) PIDs() []int {
	var pids []int
	for _, n := range s.Nodes {
		if n.PID != 0 {
			pids = append(pids, n.PID)
		}
	}
	return pids
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

func (l Local) startTimeout() time.Duration {
	if l.StartTimeout == 0 {
		return 5 * time.Minute
	}
	return l.StartTimeout
}

func (l Local) stopTimeout() time.Duration {
	if l.StopTimeout == 0 {
		return time.Minute
	}
	return l.StopTimeout
}

// target returns where an engine with this port offset listens.
func (l Local) target(offset int) Target {
	t := l.Access
	t.local = true
	if l.locked() {
		t.User, t.PasswordFile, t.TokenFile = groot, l.secrets().password(groot), filepath.Join(l.secrets().Dir, SecretToken)
	}
	t.Hosts = nil
	for i := range max(1, l.Replicas) {
		t.Hosts = append(t.Hosts, portRange{offset: offset + i}.addr(alphaGRPC))
	}
	if t.SSLMode == "" {
		t.SSLMode = SSLDisable
	}
	return t
}

// has reports whether a process of this name has data here.
func (l Local) has(name string) bool {
	left, err := os.ReadDir(l.file(name))
	return err == nil && len(left) > 0
}

// replicas returns how many pairs there are, or are to be.
func (l Local) replicas() (int, error) {
	there, err := readCluster(l.file(clusterFile))
	switch {
	case err != nil:
		return 0, err
	case there.Replicas == 0 && (l.has("zero") || l.has("alpha")) && !l.unfinished():
		there.Replicas = 1
	}
	switch {
	case l.Replicas == 0:
		return max(1, there.Replicas), nil
	case l.Replicas != 1 && l.Replicas != 3 && l.Replicas != maxReplicas:
		return 0, &DatabaseError{Do: "start Dgraph", Err: fmt.Errorf("%d replicas cannot agree on more failures than fewer can",
			l.Replicas), Fix: "1, 3 or 5"}
	case there.Replicas != 0 && there.Replicas != l.Replicas:
		return 0, &DatabaseError{
			Do: "start Dgraph", Err: fmt.Errorf("the data in %s is that of %d, not of %d", l.folder(), there.Replicas, l.Replicas),
			Remedy: RemedyReload,
		}
	}
	return l.Replicas, nil
}

// lockFolder makes commands on one folder take turns.
func (l Local) lockFolder(ctx context.Context) (unlock func(), err error) {
	if l.Home == "" {
		return nil, &DatabaseError{Do: "find the local Dgraph", Err: errors.New("no home folder is given"), Remedy: RemedyOtherHome}
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
	if l.Replicas, err = l.replicas(); err != nil {
		return Status{}, err
	}
	s, err := readState(l.file("state.json"))
	if err != nil {
		return Status{}, err
	}
	alive := len(s.alive())
	if alive > 0 && s.Access == accessOpen {
		l.Open = true // it was asked for, and holds until it is stopped
	}
	if fits := s.Access == l.access(); alive > 0 && !fits {
		l.say("starting the local Dgraph again: it runs with another access control")
	} else if alive == 2*l.Replicas {
		if err := l.awaitRunning(ctx, s); err == nil {
			return l.Status(ctx)
		} else if ctx.Err() != nil {
			return Status{}, err
		}
		l.say("the local Dgraph runs but does not answer: starting it again")
	} else if alive > 0 && l.Replicas > 1 {
		if e, err := l.startMissing(ctx, s); err == nil {
			return l.started(ctx, e)
		} else if status, broken := l.Status(ctx); ctx.Err() != nil || broken == nil && status.Healthy {
			return status, err // what runs goes on
		}
		l.say("what is missing does not start beside the rest: starting all again")
	}
	if err := l.stop(ctx, &s); err != nil {
		return Status{}, err
	}
	if l.unfinished() {
		return Status{}, &DatabaseError{
			Do: "start Dgraph", Err: errors.New("taking over the result of a bulk load was cut short"),
			Remedy: RemedyAdopt,
		}
	}
	e, err := l.launch(ctx, s.Offset, false)
	if err != nil {
		return Status{}, err
	}
	return l.started(ctx, e)
}

func (l Local) started(ctx context.Context, e *engine) (Status, error) {
	status, err := l.Status(ctx)
	status.Started = true
	l.say("Dgraph %s ready in %.1f s at %s", e.bin.Version, e.took.Seconds(), e.target.Address())
	return status, err
}

// awaitRunning waits for processes that run to answer, each alpha: an orbat that was killed may have left it in the
// midst of starting. A slow machine is given time: what follows is to start all of it again.
func (l Local) awaitRunning(ctx context.Context, s state) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	alive := func() error {
		if len(s.alive()) < len(s.Nodes) {
			return ErrNotRunning
		}
		return nil
	}
	for one := range l.target(s.Offset).each() {
		if err := awaitReady(ctx, one, alive, l.say); err != nil {
			return err
		}
	}
	return nil
}

// Down stops the local Dgraph, the alphas first so that they can still tell their zero what they know. Data and address
// stay. Where nothing runs nothing happens.
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

// stop ends whatever runs on this folder, by the state or by the lock they hold, and clears the state but for the
// ports.
func (l Local) stop(ctx context.Context, s *state) error {
	for _, kind := range []string{"alpha", "zero"} {
		var group errgroup.Group
		for _, n := range s.Nodes {
			if of, _ := nodeIndex(n.Name); of != kind || !n.alive() {
				continue
			}
			l.say("stopping %s (pid %d)", n.Name, n.PID)
			group.Go(func() error {
				if err := n.stop(ctx, l.stopTimeout()); err != nil {
					return fmt.Errorf("stop %s: %w", n.Name, err)
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
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
	if len(s.Nodes) == 0 {
		return nil
	}
	*s = state{Offset: s.Offset}
	return s.write(l.file("state.json"))
}

// Status returns how the local Dgraph is, changing nothing and waiting for nobody but, at most a few seconds, the
// Dgraph.
func (l Local) Status(ctx context.Context) (Status, error) {
	s, err := readState(l.file("state.json"))
	if err != nil {
		return Status{}, err
	}
	if l.Replicas, err = (Local{Home: l.Home}).replicas(); err != nil {
		return Status{}, err
	}
	l.Open = s.Access != accessLocked && s.Access != accessReset
	status := Status{Version: s.Version, Since: s.Started, Folder: l.folder()}
	if s.Offset > 0 {
		status.Target = l.target(s.Offset)
	}
	alive := s.alive()
	runs := map[string]int{} // of each kind
	if len(s.Nodes) > 0 {
		for _, name := range nodeNames(l.Replicas) {
			status.Nodes = append(status.Nodes, Node{Name: name, PID: alive[name].PID})
			if _, is := alive[name]; is {
				kind, _ := nodeIndex(name)
				runs[kind]++
			}
		}
		status.Problem = l.exitReason(s, alive)
	}
	status.Running = runs["zero"] > l.Replicas/2 && runs["alpha"] > l.Replicas/2
	if l.Replicas > 1 && status.Running {
		l.markLeaders(ctx, s.Offset, status.Nodes)
	}
	status.Open = status.Running && l.Open && l.Access.User == ""
	if status.Running {
		conn, err := Connect(ctx, status.Target)
		if err != nil {
			status.Problem = &DatabaseError{Err: fmt.Errorf("it does not answer: %w", err), Remedy: RemedyLog, Of: "alpha"}
			return status, nil
		}
		status.Healthy = true
		return status, conn.Close()
	}
	return status, nil
}

// exitReason returns what became of the processes that should run and do not; nil where all run.
func (l Local) exitReason(s state, alive map[string]process) error {
	var ended []string
	for _, name := range nodeNames(l.Replicas) {
		if _, is := alive[name]; !is {
			ended = append(ended, name)
		}
	}
	var problem string
	switch started := len(s.Nodes) == 2*l.Replicas; {
	case len(ended) == 0:
		return nil
	case !started && len(alive) == len(s.Nodes):
		return &DatabaseError{Err: errors.New("its start was interrupted"), Remedy: RemedyStart}
	case len(alive) == 0 && l.Replicas == 1:
		problem = "zero and alpha have ended without being stopped"
	case len(alive) == 0:
		problem = "all of its processes have ended without being stopped"
	case len(ended) == 1:
		problem = ended[0] + " has ended"
	default:
		problem = strings.Join(ended, ", ") + " have ended"
	}
	for _, name := range ended {
		if errors.Is(diagnose(readFrom(l.file(name+".log"), 0), l.folder()), ErrDiskFull) {
			return &DatabaseError{
				Kind: ErrDiskFull, Err: errors.New(problem + ": the disk is full"), Remedy: RemedyRoomRestart, Of: l.folder(),
			}
		}
	}
	return &DatabaseError{Err: errors.New(problem), Remedy: RemedyRestart}
}

// hold takes the engine's own lock, which its processes inherit. One that has just been killed, or a child of ours that
// has not come to its own program yet, keeps it for a moment, which on a busy machine lasts.
func (l Local) hold(ctx context.Context) (*os.File, error) {
	const patience, pause = 5 * time.Second, 20 * time.Millisecond
	f, err := hold(l.file("engine.lock"))
	for begun := time.Now(); errors.Is(err, errHeld) && time.Since(begun) < patience && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		f, err = hold(l.file("engine.lock"))
	}
	if errors.Is(err, errHeld) {
		return nil, &DatabaseError{
			Do: "start Dgraph", Kind: errHeld, Err: fmt.Errorf("a Dgraph that orbat does not know runs on %s", l.folder()),
			Remedy: RemedyHolder, Of: l.file("engine.lock"),
		}
	} else if err != nil {
		return nil, diskError("lock the data", l.folder(), err)
	}
	// Shared from now on, so that a process of a cluster which ended can be given its own beside the others.
	return f, share(f)
}

package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// engine is a set of processes that has answered.
type engine struct {
	nodes  []*child // in the order of their start
	target Target
	bin    Binary
	took   time.Duration
}

// abandon kills all of it, the alphas first.
func (e *engine) abandon() {
	for _, c := range slices.Backward(e.nodes) {
		c.abandon()
	}
}

// end asks all of it to end, the alphas first: one that works is not killed, for a Dgraph killed while it rewrites a
// long list leaves that short (README, "Long lists"). What does not end within grace is killed all the same.
func (e *engine) end(ctx context.Context, grace time.Duration) {
	ctx = context.WithoutCancel(ctx)
	for _, c := range slices.Backward(e.nodes) {
		_ = c.stop(ctx, grace) // what is left is abandoned
	}
	e.abandon()
}

// prepare finds the binary and checks the room on disk.
func (l Local) prepare(ctx context.Context) (Binary, error) {
	finder := l.Finder
	if finder.Progress == nil {
		finder.Progress = l.Progress
	}
	bin, err := finder.Find(ctx)
	if err != nil {
		return Binary{}, err
	}
	if warning := VersionWarning(bin.Version); warning != "" {
		l.say("warning: %s", warning)
	}
	need := l.MinFree
	if need == 0 {
		need = defaultMinFree
	}
	return bin, checkRoom(l.folder(), need)
}

// launch starts the processes, on other ports if those it tried turn out to be taken. If it returns an error, nothing
// runs.
func (l Local) launch(ctx context.Context, offset int, dieWithUs bool) (*engine, error) {
	bin, err := l.prepare(ctx)
	if err != nil {
		return nil, err
	}
	if l.locked() {
		if err := l.makeSecrets(); err != nil {
			return nil, err
		}
	}
	l.say("starting Dgraph %s in %s", bin.Version, l.folder())
	reset := false
	for try := 1; ; try++ {
		e, err := l.tryLaunch(ctx, bin, offset, dieWithUs)
		if err == nil {
			return e, nil
		}
		if errors.Is(err, ErrDenied) && l.locked() && !reset {
			if err := l.resetPassword(ctx, bin, offset); err != nil {
				return nil, err
			}
			reset = true
			continue
		}
		if !errors.Is(err, errPortTaken) || try == 5 || ctx.Err() != nil {
			return nil, err
		}
		l.say("a port was taken meanwhile: trying others")
		offset = 0
	}
}

func (l Local) tryLaunch(ctx context.Context, bin Binary, offset int, dieWithUs bool) (_ *engine, err error) {
	held, err := l.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer held.Close() // ours; the children keep theirs
	ports, err := l.ports(ctx, offset)
	if err != nil {
		return nil, err
	}
	defer ports.release()

	s := state{
		Offset: ports.offset, Access: l.access(), Bin: bin.Path, Version: bin.Version, Started: time.Now().UTC().Truncate(time.Second),
	}
	e := &engine{target: l.target(ports.offset), bin: bin}
	defer func() {
		if err != nil {
			if errors.Is(err, ErrDenied) { // it works, and only refuses us
				e.end(ctx, l.stopTimeout())
			}
			e.abandon()
			err = errors.Join(err, state{Offset: s.Offset}.write(l.file("state.json")))
		}
	}()
	if err = l.startAll(ctx, e, nodeNames(l.Replicas), ports, held, dieWithUs, s); err != nil {
		return nil, err
	}
	return e, nil
}

// startAll starts processes of an engine and waits until it answers. What it started is in e also when it fails. The
// first zero and the first alpha of a new cluster must work before others join them: Dgraph v25.4.0 proposes a new
// member again when that was not decided within three seconds, and where it was decided then, the second proposal needs
// the vote of the very process that waits for its answer, for ever (README, "A first start").
func (l Local) startAll(ctx context.Context, e *engine, names []string, ports portRange, held *os.File, dieWithUs bool, s state) error {
	start := time.Now()
	for _, name := range names {
		kind, i := nodeIndex(name)
		alone := i == 0 && l.Replicas > 1 && !l.has(kind+"2")
		c, err := l.spawn(e.bin, name, ports, held, dieWithUs, &s)
		if err != nil {
			return err
		}
		e.nodes = append(e.nodes, c)
		switch {
		case alone && kind == "zero":
			err = l.awaitFirstZero(ctx, c, ports)
		case alone:
			err = l.await(ctx, e, e.target.host(0))
		}
		if err != nil {
			return err
		}
	}
	err := l.await(ctx, e, e.target)
	e.took = time.Since(start)
	return err
}

// awaitFirstZero waits, before any other joins it, until the first zero of a new cluster leads and knows its own
// address. With data from elsewhere (see [Local.Adopt]) it begins with the address of then, which others would learn
// and never get an answer from; and one that finds nobody to join waits 16 seconds before it tries again.
func (l Local) awaitFirstZero(ctx context.Context, c *child, ports portRange) error {
	ctx, cancel := context.WithTimeout(ctx, l.startTimeout())
	defer cancel()
	return poll(ctx, func() (bool, error) {
		if c.ended() {
			return false, c.failure()
		}
		members, err := readMembers(ctx, ports.addr(zeroGRPC))
		if err != nil {
			return false, nil //nolint:nilerr // it does not answer yet
		}
		return slices.Contains(members, member{kind: "zero", addr: ports.addr(zeroGRPC), leader: true}), nil
	})
}

// ports reserves those for all pairs, at the preferred offset if it can. A cluster's are the same for ever.
func (l Local) ports(ctx context.Context, preferred int) (portRange, error) {
	if l.Replicas == 1 {
		return findPorts(ctx, preferred, 1)
	}
	there, err := readCluster(l.file(clusterFile))
	if err != nil {
		return portRange{}, err
	}
	if there.Offset == 0 {
		ports, err := findPorts(ctx, preferred, l.Replicas)
		if err != nil {
			return portRange{}, err
		}
		return ports, cluster{Replicas: l.Replicas, Offset: ports.offset}.write(l.file(clusterFile))
	}
	ports, free, err := reserve(ctx, there.Offset, l.Replicas)
	if err == nil && !free {
		err = &DatabaseError{
			Do: "start Dgraph", Err: fmt.Errorf("something listens on a port from %d to %d or 1000, 2000, 3000 or 4000 above, and a "+
				"cluster cannot move", zeroGRPC+there.Offset, zeroGRPC+there.Offset+l.Replicas-1),
			Remedy: RemedyPorts,
		}
	}
	return ports, err
}

// startMissing starts the processes of a cluster that are not there while the others go on. If it returns an error,
// those it started are gone again.
func (l Local) startMissing(ctx context.Context, s state) (*engine, error) {
	bin, err := l.prepare(ctx)
	if err != nil {
		return nil, err
	}
	held, err := holdToo(l.file("engine.lock"))
	if err != nil {
		return nil, diskError("lock the data", l.folder(), err)
	}
	defer held.Close() // ours; the children keep theirs
	e := &engine{target: l.target(s.Offset), bin: bin}
	alive := s.alive()
	missing := slices.DeleteFunc(nodeNames(l.Replicas), func(name string) bool { _, runs := alive[name]; return runs })
	l.say("starting %s again", strings.Join(missing, ", "))
	if err := l.startAll(ctx, e, missing, portRange{offset: s.Offset}, held, false, s); err != nil {
		e.abandon()
		return nil, err
	}
	return e, nil
}

// spawn starts a process and writes down at once that it runs, so that a kill between two steps leaves nothing unknown.
func (l Local) spawn(bin Binary, name string, ports portRange, held *os.File, dieWithUs bool, s *state) (*child, error) {
	flags, env := l.args(name, ports), []string(nil)
	if kind, _ := nodeIndex(name); kind == "alpha" {
		access, secrets, err := l.alphaAccess()
		if err != nil {
			return nil, err
		}
		flags, env = append(flags, access...), secrets
	}
	c, err := spawn(bin.Path, name, l.folder(), flags, env, held, dieWithUs)
	if err != nil {
		return nil, err
	}
	*s = s.with(name, c.process)
	if err := s.write(l.file("state.json")); err != nil {
		c.abandon()
		return nil, err
	}
	return c, nil
}

// alphaCache is small: the default is 4 GiB. None of it is for posting lists: on v25.4.0 a list read while a
// transaction commits goes into that cache without it, the next commit is added to what the cache has, and who reads
// between the two commits is given a list that lacks one, without an error. Nor is the cache of use: a read newer than
// a list's last commit passes it by.
const alphaCache = "size-mb=64; percentage=0,65,35"

// args returns those of a process, by its name. They keep it on loopback, and quiet: Dgraph reports to its makers
// unless told not to.
func (l Local) args(name string, ports portRange) []string {
	kind, i := nodeIndex(name)
	own := ports.at(i)
	args := []string{
		kind, "--bindall=false", fmt.Sprintf("--port_offset=%d", own.offset), "--telemetry", "reports=false;sentry=false",
		"--logtostderr",
	}
	if kind == "zero" {
		// Over HTTP a zero takes orders, to remove a member for one, from whatever runs on this machine.
		args = append(args, "--my="+own.addr(zeroGRPC), "--limit", "disable-admin-http=true")
		if l.Replicas > 1 {
			args = append(args, fmt.Sprintf("--replicas=%d", l.Replicas), fmt.Sprintf("--raft=idx=%d", i+1))
		}
		if i > 0 { // it joins the first, once; from then on it knows them all
			args = append(args, "--peer="+ports.addr(zeroGRPC))
		}
		return args
	}
	var zeros []string
	for i := range max(1, l.Replicas) {
		zeros = append(zeros, ports.at(i).addr(zeroGRPC))
	}
	args = append(args, "--my="+own.addr(alphaPeer), "--zero="+strings.Join(zeros, ","), "--cache", alphaCache)
	return append(args, l.AlphaFlags...)
}

// await waits for each alpha of the target to answer, or for one of the processes just started to end.
func (l Local) await(ctx context.Context, e *engine, t Target) error {
	ctx, cancel := context.WithTimeout(ctx, l.startTimeout())
	defer cancel()
	for one := range t.each() {
		err := awaitReady(ctx, one, func() error {
			for _, c := range e.nodes {
				if c.ended() {
					return c.failure()
				}
			}
			return nil
		}, l.say)
		if err != nil {
			return err
		}
	}
	return nil
}

package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// engine is a pair of processes that has answered.
type engine struct {
	zero, alpha *child
	target      Target
	bin         Binary
	took        time.Duration
}

// launch finds the binary, checks the room on disk and starts the pair, on other ports if those it tried turn out to be
// taken. If it returns an error, nothing runs.
func (l Local) launch(ctx context.Context, offset int, dieWithUs bool) (*engine, error) {
	finder := l.Finder
	if finder.Progress == nil {
		finder.Progress = l.Progress
	}
	bin, err := finder.Find(ctx)
	if err != nil {
		return nil, err
	}
	if warning := VersionWarning(bin.Version); warning != "" {
		l.say("warning: %s", warning)
	}
	need := l.MinFree
	if need == 0 {
		need = defaultMinFree
	}
	if err := checkRoom(l.folder(), need); err != nil {
		return nil, err
	}
	l.say("starting Dgraph %s in %s", bin.Version, l.folder())
	for try := 1; ; try++ {
		e, err := l.tryLaunch(ctx, bin, offset, dieWithUs)
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, errPortTaken) || try == 5 || ctx.Err() != nil {
			return nil, err
		}
		l.say("a port was taken meanwhile: trying others")
		offset = 0
	}
}

func (l Local) tryLaunch(ctx context.Context, bin Binary, offset int, dieWithUs bool) (_ *engine, err error) {
	held, err := l.hold()
	if err != nil {
		return nil, err
	}
	defer held.Close() // ours; the children keep theirs
	ports, err := findLane(ctx, offset)
	if err != nil {
		return nil, err
	}
	defer ports.release()

	start := time.Now()
	s := state{Offset: ports.offset, Bin: bin.Path, Version: bin.Version, Started: start.UTC().Truncate(time.Second)}
	e := &engine{target: l.target(ports.offset), bin: bin}
	defer func() {
		if err != nil {
			e.alpha.abandon()
			e.zero.abandon()
			err = errors.Join(err, state{Offset: s.Offset}.write(l.file("state.json")))
		}
	}()
	// What runs is written down at each step, so that a kill between two of them leaves nothing unknown.
	if e.zero, err = l.spawn(bin, "zero", l.zeroArgs(ports), held, dieWithUs); err != nil {
		return nil, err
	}
	s.Zero = e.zero.process
	if err = s.write(l.file("state.json")); err != nil {
		return nil, err
	}
	if e.alpha, err = l.spawn(bin, "alpha", l.alphaArgs(ports), held, dieWithUs); err != nil {
		return nil, err
	}
	s.Alpha = e.alpha.process
	if err = s.write(l.file("state.json")); err != nil {
		return nil, err
	}
	if err = l.await(ctx, e); err != nil {
		return nil, err
	}
	e.took = time.Since(start)
	return e, nil
}

func (l Local) spawn(bin Binary, name string, args []string, held *os.File, dieWithUs bool) (*child, error) {
	return spawn(bin.Path, name, l.folder(), args, held, dieWithUs)
}

// commonArgs keep the engine on loopback, and quiet: Dgraph reports to its makers unless told not to.
func commonArgs(command string, ports lane) []string {
	return []string{command, "--bindall=false", fmt.Sprintf("--port_offset=%d", ports.offset), "--telemetry", "reports=false;sentry=false", "--logtostderr"}
}

func (l Local) zeroArgs(ports lane) []string {
	return append(commonArgs("zero", ports), "--my="+ports.addr(zeroGRPC))
}

func (l Local) alphaArgs(ports lane) []string {
	args := append(commonArgs("alpha", ports), "--my="+ports.addr(alphaPeer), "--zero="+ports.addr(zeroGRPC),
		"--cache", "size-mb=64") // the default is 4 GiB
	return append(args, l.AlphaFlags...)
}

// await waits for the pair to answer, or for one of it to end.
func (l Local) await(ctx context.Context, e *engine) error {
	limit := l.StartTimeout
	if limit == 0 {
		limit = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return awaitReady(ctx, e.target, func() error {
		for _, c := range []*child{e.zero, e.alpha} {
			if c.ended() {
				return c.failure()
			}
		}
		return nil
	}, l.say)
}

package deploy

import (
	"context"
	"sync"
)

// Ephemeral is a Dgraph for the time of one program: a test, a demo. On Linux it dies with the program, however that
// ends; elsewhere a program that is killed outright leaves it running, and the next Up or Down on its Home clears it.
type Ephemeral struct {
	engine *engine
	local  Local
	cancel func() bool
	once   sync.Once
}

// Start runs a Dgraph in Home as Up does, but only until Stop is called, ctx ends or this process dies. Home must not
// have a Dgraph that runs.
func (l Local) Start(ctx context.Context) (*Ephemeral, error) {
	unlock, err := l.lockFolder(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if l.Replicas, err = l.replicas(); err != nil {
		return nil, err
	}
	s, err := readState(l.file("state.json"))
	if err != nil {
		return nil, err
	}
	if len(s.alive()) == 2*l.Replicas {
		return nil, &DatabaseError{Do: "start Dgraph", Kind: errHeld, Err: errHeld, Remedy: RemedyStop}
	}
	if err := l.stop(ctx, &s); err != nil {
		return nil, err
	}
	e, err := l.launch(ctx, s.Offset, true)
	if err != nil {
		return nil, err
	}
	run := &Ephemeral{engine: e, local: l}
	run.cancel = context.AfterFunc(ctx, run.kill)
	return run, nil
}

// Target returns where it listens.
func (e *Ephemeral) Target() Target { return e.engine.target }

// Stop kills the Dgraph and waits until it is gone. It does not ask first: what was committed is on disk, and a Dgraph
// takes seconds to say goodbye. It may be called more than once.
func (e *Ephemeral) Stop() {
	e.cancel()
	e.kill()
}

func (e *Ephemeral) kill() {
	e.once.Do(func() {
		e.engine.abandon()
		_ = state{Offset: e.local.offset()}.write(e.local.file("state.json")) // the folder may be gone, and need not know
	})
}

func (l Local) offset() int {
	s, _ := readState(l.file("state.json")) // what it cannot read it does not prefer
	return s.Offset
}

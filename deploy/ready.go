package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// denialGrace is how long refusals without an end may be a server's that has just started: for some seconds it
// answers, but has not made its first user yet; and Dgraph words whatever goes wrong at a login, a zero out of sight
// included, as a wrong password.
const denialGrace = 30 * time.Second

// awaitReady returns when the database answers and takes writes. alive ends the waiting when it returns an error.
func awaitReady(ctx context.Context, t Target, alive func() error, say func(string, ...any)) error {
	start := time.Now()
	said := start
	var denied time.Time // since when it refuses us, without an end
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := probe(ctx, t, connectFirst)
		// A process that has ended is the better explanation, and the answer may have come from somebody else's Dgraph.
		if dead := alive(); dead != nil {
			return dead
		}
		if err == nil {
			return nil
		}
		switch {
		case !errors.Is(err, ErrDenied):
			denied = time.Time{}
		case denied.IsZero():
			denied = time.Now()
		case ctx.Err() == nil && time.Since(denied) > denialGrace:
			return err
		}
		if time.Since(said) >= 3*time.Second {
			said = time.Now()
			say("waiting until Dgraph answers (%.0f s): %v", time.Since(start).Seconds(), err)
		}
		select {
		case <-ctx.Done():
			return &DatabaseError{
				Do:  "wait for the local Dgraph",
				Err: fmt.Errorf("%w after %.0f s: %w", ctx.Err(), time.Since(start).Seconds(), err), Remedy: RemedyLog,
			}
		case <-ticker.C:
		}
	}
}

// probeTimeout bounds one try. Some calls to an alpha that has no zero yet never end, so it must not be long; where
// processor time is short a login takes seconds.
const probeTimeout = 15 * time.Second

// probeNQuad is what is written to see whether it could be. It is never left in place.
const probeNQuad = `_:probe <dgraph.type> "orbat.probe" .`

// probe connects, asks a question and commits a write that it takes back. The commit tells more: after a start on other
// ports, an alpha answers questions for seconds before it has learnt where its zero is now, and may take a write that
// it cannot commit.
func probe(ctx context.Context, t Target, connect func(context.Context, Target) (*Conn, error)) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := connect(ctx, t)
	if err != nil {
		return err
	}
	defer conn.Close()
	txn := conn.NewTxn()
	defer func() { _ = txn.Discard(ctx) }()
	made, err := txn.Mutate(ctx, &api.Mutation{SetNquads: []byte(probeNQuad)})
	if err == nil {
		undo := fmt.Sprintf(`<%s> <dgraph.type> "orbat.probe" .`, made.GetUids()["probe"])
		_, err = txn.Mutate(ctx, &api.Mutation{DelNquads: []byte(undo), CommitNow: true})
	}
	if err == nil || Refused(err) != nil { // who may only read can tell no more
		return nil
	}
	err = t.explain("try a write", t.Hosts[0], err)
	if failure := (*DatabaseError)(nil); errors.As(err, &failure) && failure.Kind == nil {
		failure.Kind = ErrNotReady // it lets us in, and works in a moment
	}
	return err
}

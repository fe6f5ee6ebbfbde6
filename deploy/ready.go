package deploy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dgraph-io/dgo/v230/protos/api"
)

// denialGrace is how long a refusal may be a server's that has just started: for some seconds it answers, but has not
// made its first user yet.
const denialGrace = 15 * time.Second

// awaitReady returns when the database answers and takes writes. alive ends the waiting when it returns an error.
func awaitReady(ctx context.Context, t Target, alive func() error, say func(string, ...any)) error {
	start := time.Now()
	said := start
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := probe(ctx, t)
		// A process that has ended is the better explanation, and the answer may have come from somebody else's Dgraph.
		if dead := alive(); dead != nil {
			return dead
		}
		if err == nil {
			return nil
		}
		if ctx.Err() == nil && errors.Is(err, ErrDenied) && time.Since(start) > denialGrace {
			return err
		}
		if time.Since(said) >= 3*time.Second {
			said = time.Now()
			say("waiting until Dgraph answers (%.0f s)", time.Since(start).Seconds())
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

// probeNQuad is what is written to see whether it could be, and never committed.
const probeNQuad = `_:probe <dgraph.type> "orbat.probe" .`

// probe asks a question and tries a write that it takes back. The write tells more: after a start on other ports, an
// alpha answers queries for seconds before it has learnt where its zero is now.
func probe(ctx context.Context, t Target) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	conn, err := connectFirst(ctx, t)
	if err != nil {
		return err
	}
	defer conn.Close()
	txn := conn.NewTxn()
	defer txn.Discard(ctx)
	_, err = txn.Mutate(ctx, &api.Mutation{SetNquads: []byte(probeNQuad)})
	if err != nil {
		return t.explain("try a write", t.Hosts[0], err)
	}
	return nil
}

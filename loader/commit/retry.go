package commit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/schema"
)

// The attempts before a loader gives up. Aborts come in bursts while rivals work on one edge; a server that is away for
// longer than the sum of the waits is away.
const (
	maxAborts      = 60
	maxUnavailable = 100 // five minutes: a server that has lost its zero takes one to end, and more to start again
	maxRemoving    = 8   // a second: a claim that is still broken then is broken
	maxRewriting   = 3   // the connection has asked again for half a minute each time: beyond that the list is broken
	firstWait      = 10 * time.Millisecond
	longestWait    = 3 * time.Second
)

// retryable lists the errors that a second attempt may cure, each with its reason. Everything else fails at once.
func retryable(err error) (limit int, reason string) {
	switch {
	case aborted(err):
		return maxAborts, "another transaction wrote the same edge or value first"
	case strings.Contains(status.Convert(err).Message(), "errIndexingInProgress"),
		strings.Contains(status.Convert(err).Message(), "Pending transactions found"):
		return maxAborts, "another loader is applying the schema"
	case errors.As(err, new(*schema.BrokenClaimError)): // v25.4.0 may give a part of what is removed just then
		return maxRemoving, "a claim about the same was read while somebody removed it"
	case strings.Contains(status.Convert(err).Message(), "could not read list part"):
		return maxRewriting, "the server is rewriting a long list, whose parts are not in place yet"
	case lacksLeader(status.Convert(err).Message()):
		return maxUnavailable, "the server lost sight of its zero or its leader for a moment, as one short of processor time does"
	case status.Code(err) == codes.Unavailable, strings.Contains(status.Convert(err).Message(), "server is not ready to accept requests"):
		return maxUnavailable, "the server is restarting or electing a leader; what was in doubt is looked up again"
	}
	return 0, ""
}

// lacksLeader reports whether a message is one of those that a server has for not finding who leads, or no longer
// leading itself: it asks the zeros for timestamps and ids, and has its commits decided by the one that leads.
func lacksLeader(message string) bool {
	return slices.ContainsFunc([]string{
		"No connection exists", "No healthy connection found to", "only allowed on leader", "received AssignIds request forward",
		"Only leader can decide", "Not Zero leader", "no longer leader", "Server not initialized", "Raft isn't initialized",
	}, func(part string) bool { return strings.Contains(message, part) })
}

// aborted reports whether a rival's transaction came first.
func aborted(err error) bool {
	return errors.Is(err, dgo.ErrAborted) || status.Code(err) == codes.Aborted ||
		strings.Contains(status.Convert(err).Message(), dgo.ErrAborted.Error())
}

// Retry says what is done again, and why.
type Retry struct {
	What   string // "write claims"
	Reason string // "the server is restarting or electing a leader …"
	Err    error  // of the attempt; nil: it is still under way
}

// quietRetries is how long work is done again without a word: rivals' aborts are over in a moment.
const quietRetries = 2 * time.Second

// quietAttempt is how long one attempt may take without a word. Mostly it takes well below a second, but a server that
// has lost its zero may let a call wait without an error.
const quietAttempt = 10 * time.Second

// Retry runs attempt until it succeeds, fails for good, or has used up its attempts. The wait doubles, with jitter, and
// obeys the context. Where it lasts, or an attempt does, OnRetry is told, once for each reason.
func (g *Graph) Retry(ctx context.Context, what string, attempt func() error) error {
	var since time.Time // of the first failure
	wait := firstWait
	for n := 1; ; n++ {
		slow := time.AfterFunc(quietAttempt, func() {
			g.tell(Retry{What: what, Reason: fmt.Sprintf("the server has not answered for %s", quietAttempt)})
		})
		err := attempt()
		slow.Stop()
		if err == nil {
			return nil
		}
		limit, reason := retryable(err)
		if limit == 0 {
			return fmt.Errorf("%s: %w", what, err)
		}
		if n >= limit {
			return fmt.Errorf("%s: gave up after %d attempts (%s): %w", what, n, reason, err)
		}
		if n == 1 {
			since = time.Now()
		}
		if time.Since(since) >= quietRetries {
			g.tell(Retry{What: what, Reason: reason, Err: err})
		}
		if err := pause(ctx, wait/2+rand.N(wait)); err != nil { //nolint:gosec // jitter, no secret
			return err
		}
		wait = min(2*wait, longestWait)
	}
}

func (g *Graph) tell(r Retry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.OnRetry == nil || g.told[r.Reason] {
		return
	}
	if g.told == nil {
		g.told = map[string]bool{}
	}
	g.told[r.Reason] = true
	g.OnRetry(r)
}

// pause waits, unless the context ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

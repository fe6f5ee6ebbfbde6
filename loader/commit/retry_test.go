package commit

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/dgo/v230"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"orbat/schema"
)

// What a rival aborts for a moment is nobody's business; a wait of seconds is told once for each reason, whatever
// waits.
func TestRetryIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		g := &Graph{OnRetry: func(r Retry) { told = append(told, r.What+": "+r.Reason) }}
		down := status.Error(codes.Unavailable, "connection refused")
		fail := func(what string, err error, lasts time.Duration) {
			t.Helper()
			began := time.Now()
			failed := g.Retry(t.Context(), what, func() error {
				if time.Since(began) < lasts {
					return err
				}
				return nil
			})
			if failed != nil {
				t.Error(failed)
			}
		}
		fail("write claims", dgo.ErrAborted, quietRetries/4)
		fail("write claims", down, quietRetries/4)
		if len(told) > 0 {
			t.Errorf("told of a moment: %v", told)
		}
		fail("write claims", down, time.Minute)
		fail("look up claims", down, time.Minute)
		fail("write claims", dgo.ErrAborted, time.Minute)
		if len(told) != 2 {
			t.Errorf("want a line for the server and one for the rival, have %v", told)
		}
		// As Dgraph says it when a zero was frozen and goes on; gRPC knows no code for it.
		fail("write claims", status.Error(codes.Unknown, "No healthy connection found to Leader of group zero"), time.Minute)
		fail("write claims", status.Error(codes.Unknown, "Assigning IDs is only allowed on leader."), time.Minute)
		if len(told) != 3 {
			t.Errorf("want one more line for the zeros' leader, have %v", told)
		}
		for _, lasts := range []time.Duration{quietAttempt / 2, time.Minute, time.Minute} {
			err := g.Retry(t.Context(), "write claims", func() error { time.Sleep(lasts); return nil })
			synctest.Wait() // another goroutine tells
			if err != nil || (len(told) == 4) != (lasts > quietAttempt) {
				t.Errorf("a call of %s that ends well: told %v, %v", lasts, told, err)
			}
		}
	})
}

// A claim that is read half while somebody removes it is read again; one that is broken is told of soon.
func TestRetryOfClaimsBeingRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &Graph{}
		for _, c := range []struct{ failures, attempts int }{{1, 2}, {maxRemoving - 1, maxRemoving}, {1000, maxRemoving}} {
			attempts := 0
			err := g.Retry(t.Context(), "write claims", func() error {
				if attempts++; attempts <= c.failures {
					return fmt.Errorf("read: %w", &schema.BrokenClaimError{UID: "0x1", Key: "k", Err: errors.New("0 subjects")})
				}
				return nil
			})
			if attempts != c.attempts || (err != nil) != (c.failures >= maxRemoving) {
				t.Errorf("%d failures: %d attempts, %v", c.failures, attempts, err)
			}
		}
	})
}

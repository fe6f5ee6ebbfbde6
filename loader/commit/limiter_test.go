package commit

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dgraph-io/dgo/v230"
)

// Aborts halve what is in flight, transactions that had begun before count as one, and commits bring it back.
func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, other := newLimiter(6), errors.New("something else")
		most := func(n int, outcome error) (most int) {
			var running int
			var mu sync.Mutex
			var wait sync.WaitGroup
			for range n {
				wait.Go(func() {
					err := c.attempt(t.Context(), func() error {
						mu.Lock()
						running++
						most = max(most, running)
						mu.Unlock()
						time.Sleep(time.Second)
						mu.Lock()
						running--
						mu.Unlock()
						return outcome
					})
					if !errors.Is(err, outcome) {
						t.Errorf("want %v, have %v", outcome, err)
					}
				})
			}
			wait.Wait()
			return most
		}
		for _, step := range []struct {
			n       int
			outcome error
			want    int
		}{
			{20, nil, 6},
			{6, dgo.ErrAborted, 6},
			{6, other, 3},
			{3, dgo.ErrAborted, 3},
			{6, other, 2},
			{2, dgo.ErrAborted, 2},
			{6, other, 1},
			{10, nil, 2},
			{1000, nil, 6},
		} {
			if have := most(step.n, step.outcome); have != step.want {
				t.Errorf("%d transactions that end with %v: %d in flight, not %d", step.n, step.outcome, have, step.want)
			}
		}
	})
}

// One who waits in vain obeys the context.
func TestLimiterEnds(t *testing.T) {
	c := newLimiter(1)
	err := c.attempt(t.Context(), func() error {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return c.attempt(ctx, func() error { return errors.New("ran") })
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("have %v", err)
	}
}

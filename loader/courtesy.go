package loader

import (
	"context"
	"sync"
	"time"
)

// courtesy bounds how many transactions of a load are in flight. Loads that walk through the same rows side by side have transactions
// on the same edges in flight all the way, and each that comes second is aborted and done again. So a load that is aborted halves
// what it has in flight, and where nothing more is aborted takes it up again little by little, as TCP does with a line that it
// shares (additive increase, multiplicative decrease: Chiu and Jain 1989).
type courtesy struct {
	mu      sync.Mutex
	most    int
	limit   float64   // between 1 and most, rounded up
	running int       // transactions in flight
	halved  time.Time // when it was last
	freed   chan struct{}
}

func newCourtesy(most int) *courtesy {
	return &courtesy{most: most, limit: float64(most), freed: make(chan struct{}, 1)}
}

// patience is how many rounds of transactions pass without an abort before one more is in flight.
const patience = 8

// attempt runs a transaction, which may begin late.
func (c *courtesy) attempt(ctx context.Context, transaction func() error) error {
	if err := c.enter(ctx); err != nil {
		return err
	}
	began := time.Now()
	err := transaction()
	c.leave(began, err)
	return err
}

func (c *courtesy) enter(ctx context.Context) error {
	for {
		c.mu.Lock()
		free := float64(c.running) < c.limit
		if free {
			c.running++
		}
		more := float64(c.running) < c.limit
		c.mu.Unlock()
		if more {
			c.wake()
		}
		if free {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.freed:
		}
	}
}

// wake lets one that waits look again.
func (c *courtesy) wake() {
	select {
	case c.freed <- struct{}{}:
	default:
	}
}

func (c *courtesy) leave(began time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.wake()
	c.running--
	switch {
	case err == nil:
		c.limit = min(c.limit+1/(patience*c.limit), float64(c.most))
	case aborted(err) && !began.Before(c.halved): // else it is the same encounter
		c.limit = max(c.limit/2, 1)
		c.halved = time.Now()
	}
}

package commit

import (
	"context"
	"sync"
	"time"
)

// limiter bounds how many transactions of a load are in flight (AIMD). Loads that walk through the same rows side by
// side have transactions on the same edges in flight all the way, and each that comes second is aborted and done again.
// So a load that is aborted halves what it has in flight, and where nothing more is aborted takes it up again little by
// little, as TCP does with a line that it shares (additive increase, multiplicative decrease: Chiu and Jain 1989).
type limiter struct {
	mu      sync.Mutex
	most    int
	limit   float64   // between 1 and most, rounded up
	running int       // transactions in flight
	halved  time.Time // when it was last
	freed   chan struct{}
}

func newLimiter(most int) *limiter {
	return &limiter{most: most, limit: float64(most), freed: make(chan struct{}, 1)}
}

// roundsPerIncrease is how many rounds of transactions pass without an abort before one more is in flight.
const roundsPerIncrease = 8

// attempt runs a transaction, which may begin late.
func (l *limiter) attempt(ctx context.Context, transaction func() error) error {
	if err := l.acquire(ctx); err != nil {
		return err
	}
	began := time.Now()
	err := transaction()
	l.release(began, err)
	return err
}

func (l *limiter) acquire(ctx context.Context) error {
	for {
		l.mu.Lock()
		free := float64(l.running) < l.limit
		if free {
			l.running++
		}
		more := float64(l.running) < l.limit
		l.mu.Unlock()
		if more {
			l.wake()
		}
		if free {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.freed:
		}
	}
}

// wake lets one that waits look again.
func (l *limiter) wake() {
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

func (l *limiter) release(began time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.wake()
	l.running--
	switch {
	case err == nil:
		l.limit = min(l.limit+1/(roundsPerIncrease*l.limit), float64(l.most))
	case aborted(err) && !began.Before(l.halved): // else it is the same encounter
		l.limit = max(l.limit/2, 1)
		l.halved = time.Now()
	}
}

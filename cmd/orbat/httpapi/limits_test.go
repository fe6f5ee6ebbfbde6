package httpapi

import (
	"context"
	"sync"
	"testing"
	"time"
)

// One caller's requests do not take all the room that there is to wait in.
func TestOneCallerLeavesRoomForOthers(t *testing.T) {
	turns := newTurns(Limits{Client: 2, All: 4, Waiting: 8}.withDefaults())
	ctx, giveUp := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if done, err := turns.take(ctx, "greedy"); err == nil {
				<-ctx.Done()
				done()
			}
		})
	}
	for range 1000 { // until all have come
		turns.mu.Lock()
		c := turns.clients["greedy"]
		came := c != nil && c.uses == 6
		turns.mu.Unlock()
		if came {
			break
		}
		time.Sleep(time.Millisecond)
	}
	time.Sleep(20 * time.Millisecond)
	if done, err := turns.take(t.Context(), "other"); err != nil {
		t.Errorf("another is turned away: %v", err)
	} else {
		done()
	}
	giveUp()
	all.Wait()
	if turns.waiting != 0 || len(turns.clients) != 0 {
		t.Errorf("%d wait, of %d", turns.waiting, len(turns.clients))
	}
}

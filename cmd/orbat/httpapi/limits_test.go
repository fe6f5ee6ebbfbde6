package httpapi

import (
	"context"
	"sync"
	"testing"
)

// One caller's requests do not take all the room that there is to wait in.
func TestOneCallerLeavesRoomForOthers(t *testing.T) {
	turns := newTurns(Limits{Client: 2, All: 4, Waiting: 8}.withDefaults())
	ctx, giveUp := context.WithCancel(t.Context())
	var all sync.WaitGroup
	refused := make(chan struct{}, 20)
	for range 20 {
		all.Go(func() {
			done, err := turns.take(ctx, "greedy")
			if err != nil {
				refused <- struct{}{}
				return
			}
			<-ctx.Done()
			done()
		})
	}
	for range 14 { // two have a turn and four wait: all have come
		<-refused
	}
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

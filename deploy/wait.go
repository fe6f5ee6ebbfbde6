package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Wait returns when each host of the database answers a query and commits a write (where the user may write), or when
// ctx ends, or at once where waiting cannot help: a wrong password stays wrong (it is tried for some seconds all the
// same, see denialGrace). It tells progress (nil: nobody) what it waits for, every five seconds.
func Wait(ctx context.Context, t Target, progress io.Writer) error {
	if progress == nil {
		progress = io.Discard
	}
	start := time.Now()
	said := start
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		var err error
		for one := range t.each() {
			if err = probe(ctx, one, Connect); err != nil {
				break
			}
		}
		if err == nil {
			return nil
		}
		early := t.User != "" && errors.Is(err, ErrDenied) && time.Since(start) < denialGrace
		if ctx.Err() == nil && !early && !errors.Is(err, ErrUnreachable) && !errors.Is(err, ErrNotReady) {
			return err
		}
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			fmt.Fprintf(progress, "waiting for %s (%.0f s): %v\n", t, time.Since(start).Seconds(), err)
		}
		select {
		case <-ctx.Done():
			return &DatabaseError{
				Do: "wait for " + t.String(), Kind: ErrUnreachable, Err: errors.Join(ctx.Err(), err),
				Remedy: RemedyStatus,
			}
		case <-ticker.C:
		}
	}
}

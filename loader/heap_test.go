package loader

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// WatchHeap calls a function and returns the most memory that was in use meanwhile, in bytes beyond what was before:
// what the garbage collector found alive, which runs whenever the heap has grown by half.
func WatchHeap(do func()) uint64 {
	alive := func() uint64 {
		found := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(found)
		return found[0].Value.Uint64()
	}
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	runtime.GC()
	before := alive()
	most := before
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		for {
			select {
			case <-done:
				return
			case <-look.C:
				most = max(most, alive())
			}
		}
	}()
	do()
	close(done)
	<-stopped
	return most - before
}

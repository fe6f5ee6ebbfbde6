package loader

import "runtime"

// WatchHeap calls a function and returns the most memory that was in use meanwhile, beyond what was before.
func WatchHeap(do func()) uint64 {
	alive := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	alive()
	before, most := alive(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			most = max(most, alive())
			select {
			case <-done:
				return
			default:
			}
		}
	}()
	do()
	close(done)
	<-stopped
	return most - min(before, most)
}

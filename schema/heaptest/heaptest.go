// Package heaptest measures for tests how much memory is in use while something is done: start at [Most].
package heaptest

import (
	"runtime"
	"runtime/debug"
	"time"
)

// Most calls a function and returns the most memory that was in use meanwhile, in bytes beyond what was before. It
// collects garbage again and again, and rests in between as long as that took: a fuzzed input has ten seconds.
//
// What is made while garbage is collected counts as in use, and on a slow machine that takes long: the collector's
// target is a tenth above what is in use, which bounds it.
func Most(do func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	inUse := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	inUse() // what pools kept over the first
	before, most := inUse(), uint64(0)
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			begun := time.Now()
			most = max(most, inUse())
			select {
			case <-done:
				return
			case <-time.After(time.Since(begun)):
			}
		}
	}()
	do()
	close(done)
	<-stopped
	return most - min(before, most)
}

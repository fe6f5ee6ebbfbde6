package document

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// mostHeap returns the most memory that was in use while something was done, beyond what was before. What is made while
// garbage is collected counts as in use, and on a slow machine that takes long: the target is a tenth above what is in
// use, which bounds it.
func mostHeap(do func()) int64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	alive := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // far below
	}
	alive()
	before, most := alive(), int64(0)
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
	return most - before
}

// A document of 10 MB takes no more than so many times its size of memory, whatever stands in it.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads documents of 10 MB")
	}
	const size = 10 << 20
	prose := strings.Repeat("The brigade moved to the coast in the spring of the year, as its own paper reported.\n\n", size/87)
	for _, c := range []struct {
		format, name, content string
		most                  int64 // times its size
	}{
		{"text", "prose", prose, 8},
		{"text", "short paragraphs", strings.Repeat("a\n\n", size/3), 60},
		{"markdown", "line ends", strings.Repeat("\n", size), 8},
		{"mail", "prose", "From: a@b\n\n" + prose, 12},
		{"html", "references", "<p>" + strings.Repeat("&amp;", size/5), 60},
	} {
		t.Run(c.format+"/"+c.name, func(t *testing.T) {
			var failed error
			took := mostHeap(func() { _, failed = Parse(t.Context(), []byte(c.content), c.format, "") })
			if took > c.most*size || failed != nil {
				t.Errorf("%.1f times its size, want at most %d: %v", float64(took)/size, c.most, failed)
			} else {
				t.Logf("%.1f times its size", float64(took)/size)
			}
		})
	}
}

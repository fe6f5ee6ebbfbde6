//go:build unix

package endurance_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// measure notes what the program takes.
func (s *soak) measure(t *testing.T) {
	t.Helper()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	files, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Fatal(err)
	}
	m := soakMeasure{heap: float64(memory.HeapAlloc), files: float64(len(files)), goroutines: float64(runtime.NumGoroutine())}
	if text, err := os.ReadFile("/proc/self/statm"); err == nil { // of Linux
		if fields := strings.Fields(string(text)); len(fields) > 1 {
			pages, _ := strconv.ParseFloat(fields[1], 64)
			m.resident = pages * float64(os.Getpagesize())
		}
	}
	s.measures = append(s.measures, m)
}

func (s *soak) figures() string {
	m := s.measures[len(s.measures)-1]
	return fmt.Sprintf("%d rounds, %d loads and removals, %d questions, %d exports, %d checks, %d read anew, %d unsettled; "+
		"%d claims stand; heap %.1f MB, resident %.0f MB, %.0f open files, %.0f goroutines", len(s.measures), s.loads.Load(),
		s.questions.Load(), s.exports.Load(), s.checks.Load(), s.anew.Load(), s.unsettled.Load(), s.claims,
		m.heap/1e6, m.resident/1e6, m.files, m.goroutines)
}

// flat fails where memory or what is open has grown over the second half of the rounds. Few rounds tell nothing but
// that nothing is left open.
func (s *soak) flat(t *testing.T) {
	t.Helper()
	half := s.measures[len(s.measures)/2:]
	for _, kind := range []struct {
		name  string
		of    func(m soakMeasure) float64
		grows float64 // what the measure may differ by, whatever it is
		few   bool    // told by few rounds too
	}{
		{"the heap", func(m soakMeasure) float64 { return m.heap }, 16e6, false},
		{"what is resident", func(m soakMeasure) float64 { return m.resident }, 64e6, false},
		{"open files", func(m soakMeasure) float64 { return m.files }, 8, true},
		{"goroutines", func(m soakMeasure) float64 { return m.goroutines }, 40, true},
	} {
		values := make([]float64, len(half))
		mean := 0.0
		for i, m := range half {
			values[i] = kind.of(m)
			mean += values[i] / float64(len(half))
		}
		growth := slope(values) * float64(len(values))
		t.Logf("%s: %.0f on average, grown by %.0f over the second half", kind.name, mean, growth)
		if (kind.few || len(values) >= 20) && growth > max(kind.grows, mean/4) {
			t.Errorf("%s: grown by %.0f over the second half, of %.0f on average", kind.name, growth, mean)
		}
	}
}

// slope is that of the line through values that lies the nearest to them.
func slope(values []float64) float64 {
	n := float64(len(values))
	var sumX, sumY, sumXY, sumXX float64
	for i, y := range values {
		x := float64(i)
		sumX, sumY, sumXY, sumXX = sumX+x, sumY+y, sumXY+x*y, sumXX+x*x
	}
	if d := n*sumXX - sumX*sumX; d != 0 {
		return (n*sumXY - sumX*sumY) / d
	}
	return 0
}

package main

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/schollz/progressbar/v3"

	"orbat/queries"
)

// tally tells how far an export has come: on a terminal by a line that stays in place, elsewhere by one now and then. How much there
// will be, nobody knows before.
type tally struct {
	io.Writer // nil: nodes and edges are counted, not bytes
	err       io.Writer
	bar       *progressbar.ProgressBar // nil: no terminal, or what is written goes there too
	last      time.Time

	nodes, edges int
	bytes        int64
}

func (e *exporting) newTally(w io.Writer) *tally {
	t := &tally{Writer: w, err: e.err, last: time.Now()}
	if isTerminal(e.err) && (e.file != "" || !isTerminal(e.out.w)) {
		t.bar = progressbar.NewOptions64(-1, progressbar.OptionSetWriter(e.err), progressbar.OptionSetWidth(10), progressbar.OptionSpinnerType(14),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetDescription("export"))
	}
	return t
}

// Write counts what passes.
func (t *tally) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	t.bytes += int64(n)
	t.tell()
	return n, err
}

// watch counts what is read of a graph.
func (t *tally) watch(g *queries.Graph) *queries.Graph {
	counted := *g
	counted.Nodes = counting(g.Nodes, func() { t.nodes++; t.tell() })
	counted.Edges = counting(g.Edges, func() { t.edges++; t.tell() })
	return &counted
}

func counting[T any](items iter.Seq2[T, error], count func()) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for item, err := range items {
			if err == nil {
				count()
			}
			if !yield(item, err) {
				return
			}
		}
	}
}

func (t *tally) tell() {
	every := lineEvery
	if t.bar != nil {
		every = 100 * time.Millisecond
	}
	if time.Since(t.last) < every {
		return
	}
	t.last = time.Now()
	said := fmt.Sprintf("export: %d entities, %d links", t.nodes, t.edges)
	if t.Writer != nil {
		said = fmt.Sprintf("export: %.1f MB", float64(t.bytes)/1e6)
	}
	if t.bar == nil {
		fmt.Fprintln(t.err, said)
		return
	}
	t.bar.Describe(said)
	_ = t.bar.Add(1) // a line that cannot be drawn does not stop an export
}

func (t *tally) end() {
	if t.bar != nil {
		_ = t.bar.Finish()
	}
}

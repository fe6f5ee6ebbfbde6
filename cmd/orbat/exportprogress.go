package main

import (
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/schollz/progressbar/v3"

	"orbat/queries"
)

// exportProgress tells how far an export has come: on a terminal by a line that stays in place, elsewhere by one now
// and then. How much there will be, nobody knows before.
type exportProgress struct {
	io.Writer // nil: nodes and edges are counted, not bytes
	err       io.Writer
	bar       *progressbar.ProgressBar // nil: no terminal, or what is written goes there too
	last      time.Time

	nodes, edges int
	bytes        int64
}

func (e *exporting) newExportProgress(w io.Writer) *exportProgress {
	t := &exportProgress{Writer: w, err: e.err, last: time.Now()}
	if isTerminal(e.err) && (e.file != "" || !isTerminal(e.out.w)) {
		t.bar = e.spinner(progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetDescription("export"))
	}
	return t
}

// Write counts what passes.
func (t *exportProgress) Write(p []byte) (int, error) {
	n, err := t.Writer.Write(p)
	t.bytes += int64(n)
	t.report()
	return n, err
}

// counted returns the graph, of which all that is read is counted.
func (t *exportProgress) counted(g *queries.Graph) *queries.Graph {
	counted := *g
	counted.Nodes = counting(g.Nodes, func() { t.nodes++; t.report() })
	counted.Edges = counting(g.Edges, func() { t.edges++; t.report() })
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

func (t *exportProgress) report() {
	every := lineEvery
	if t.bar != nil {
		every = 100 * time.Millisecond
	}
	if time.Since(t.last) < every {
		return
	}
	t.last = time.Now()
	text := fmt.Sprintf("export: %d entities, %d links", t.nodes, t.edges)
	if t.Writer != nil {
		text = fmt.Sprintf("export: %.1f MB", float64(t.bytes)/1e6)
	}
	if t.bar == nil {
		fmt.Fprintln(t.err, text)
		return
	}
	t.bar.Describe(text)
	_ = t.bar.Add(1) // a line that cannot be drawn does not stop an export
}

func (t *exportProgress) end() {
	if t.bar != nil {
		_ = t.bar.Finish()
	}
}

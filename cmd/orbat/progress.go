package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"orbat/loader"
	"orbat/loader/format"
)

// lineEvery is how often progress is told where there is no terminal.
const lineEvery = 10 * time.Second

// progress shows how far a load has come: a bar on a terminal, a quiet line now and then elsewhere.
type progress struct {
	err   io.Writer
	mode  string
	bar   *progressbar.ProgressBar
	read  *atomic.Int64
	phase string
	last  time.Time
}

func (a *app) newProgress(mode string, files []format.File, read *atomic.Int64) (*progress, error) {
	p := &progress{err: a.err, mode: mode, read: read, last: time.Now()}
	switch mode {
	case "auto":
		p.mode = "lines"
		if isTerminal(a.err) {
			p.mode = "bar"
		}
	case "bar", "lines", "json", "none":
	default:
		return nil, &usageError{fmt.Errorf("unknown progress %q", mode), "one of auto, bar, lines, json, none"}
	}
	if p.mode == "bar" {
		total := int64(0)
		if len(files) == 0 {
			total = -1
		}
		for _, file := range files {
			if total += file.Size; file.Size == 0 && file.Skipped == "" {
				total = -1 // the size of a pipe is unknown
				break
			}
		}
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(terminalOf(a.err)), progressbar.OptionShowBytes(true),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
	return p, nil
}

// report is called by one goroutine at a time.
func (p *progress) report(now loader.Progress) {
	switch p.mode {
	case "bar":
		if now.Phase != p.phase {
			p.bar.Describe(now.Phase)
		}
		_ = p.bar.Set64(p.read.Load()) // a bar that cannot be drawn does not stop a load
	case "json":
		_ = json.NewEncoder(p.err).Encode(now)
	case "lines":
		if time.Since(p.last) >= lineEvery {
			p.last = time.Now()
			fmt.Fprintf(p.err, "%s: %d records, %d claims, %d rejected, %.0f s\n", now.Phase, now.Records, now.Claims, now.Rejected,
				now.Seconds)
		}
	}
	p.phase = now.Phase
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := terminalOf(w).(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) //nolint:gosec // a file descriptor fits
}

// withTimeout bounds a context; 0 does not.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

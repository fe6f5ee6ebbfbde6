package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"orbat/queries"
)

// quietFor is how long a question takes without a word: most are answered before anybody could read one.
const quietFor = time.Second

// askProgress tells how far an answer has come: on a terminal by a line that stays in place, once it takes longer than
// a moment. Elsewhere it only knows, for whoever gives up.
type askProgress struct {
	query string
	begun time.Time
	stop  chan struct{} // nil: no terminal
	drawn sync.WaitGroup

	mu  sync.Mutex
	now queries.Progress
}

func (a *app) newAskProgress(query string) *askProgress {
	p := &askProgress{query: query, begun: time.Now()}
	if !isTerminal(a.err) {
		return p
	}
	p.stop = make(chan struct{})
	bar := a.spinner()
	p.drawn.Go(func() { p.draw(bar) })
	return p
}

// spinner returns a bar without an end on the terminal. Who has it draws it: a goroutine of the bar's own would race
// with that.
func (a *app) spinner(more ...progressbar.Option) *progressbar.ProgressBar {
	return progressbar.NewOptions64(-1, append([]progressbar.Option{
		progressbar.OptionSetWriter(terminalOf(a.err)), progressbar.OptionSetWidth(10), progressbar.OptionSpinnerType(14),
		progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetSpinnerChangeInterval(0),
	}, more...)...)
}

// draw draws the line until there is an answer: a single request may take long, so that nothing else says that time
// passes.
func (p *askProgress) draw(bar *progressbar.ProgressBar) {
	next := time.NewTimer(quietFor)
	defer next.Stop()
	for {
		select {
		case <-p.stop:
			_ = bar.Finish() // a line that cannot be drawn does not stop an answer
			return
		case <-next.C:
			bar.Describe(p.query + ": " + p.text())
			_ = bar.Add(1)
			next.Reset(100 * time.Millisecond)
		}
	}
}

// report takes what a question says of itself.
func (p *askProgress) report(now queries.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = now
}

// text says how far the answer has come.
func (p *askProgress) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	doing := p.now.Doing
	if doing == "" {
		return fmt.Sprintf("%d requests answered", p.now.Requests)
	}
	done := fmt.Sprintf("%d %s", p.now.Done, p.now.Of)
	if p.now.All > 0 {
		done = fmt.Sprintf("%d of %d %s", min(p.now.Done, p.now.All), p.now.All, p.now.Of)
	}
	return doing + ", " + done
}

// end takes the line away.
func (p *askProgress) end() {
	if p.stop != nil {
		close(p.stop)
		p.drawn.Wait()
	}
}

// timeoutError says that a limit that the user set, or left as it was, ended an answer before it was whole.
type timeoutError struct {
	what  string // that had no answer
	limit time.Duration
	far   string // how far it came; empty: nobody knows
	cause error
}

func (e *timeoutError) Error() string {
	text := fmt.Sprintf("%s: no answer within %s, the limit of --timeout", e.what, shortDuration(e.limit))
	if e.far != "" {
		text += " (" + e.far + ")"
	}
	return text
}

func (e *timeoutError) Unwrap() error { return e.cause }

// Hint says how the limit is raised.
func (e *timeoutError) Hint() string {
	return fmt.Sprintf("--timeout %s waits longer, --timeout 0 as long as it takes; what asks for less takes less",
		shortDuration(max(5*e.limit, 5*time.Minute)))
}

// timedOut returns an error as one of the time limit, where that is what ended the context; else as it is.
func timedOut(ctx context.Context, what string, limit time.Duration, far string, err error) error {
	if err == nil || limit <= 0 || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	return &timeoutError{what, limit, far, err}
}

// shortDuration is a duration as one types it: 1m, not 1m0s.
func shortDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

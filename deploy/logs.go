package deploy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// LogOptions say which lines of the logs to show. The zero value shows all of all.
type LogOptions struct {
	Which  string // one of NodeNames; empty: all there are, each line marked with its process
	Lines  int    // the last so many of each; 0: all
	Follow bool   // go on with what is written, until ctx ends
}

// Logs writes what the local Dgraph's processes have logged, also when they no longer run. When following it returns
// nil once ctx ends.
func (l Local) Logs(ctx context.Context, w io.Writer, o LogOptions) error {
	replicas, err := Local{Home: l.Home}.replicas()
	if err != nil {
		return err
	}
	names := nodeNames(replicas)
	if o.Which != "" {
		if !slices.Contains(names, o.Which) {
			return &DatabaseError{Do: "show logs", Err: fmt.Errorf("there is no process %q", o.Which), Fix: "one of " +
				strings.Join(names, ", ")}
		}
		names = []string{o.Which}
	}
	var tails []*tail
	for _, name := range names {
		t := &tail{file: l.file(name + ".log")}
		if len(names) > 1 {
			t.mark = fmt.Sprintf("%-*s | ", len(names[len(names)-1]), name)
		}
		tails = append(tails, t)
		if err := t.copy(w, o.Lines); errors.Is(err, fs.ErrNotExist) {
			return &DatabaseError{
				Do: "show logs", Kind: ErrNotRunning, Err: errors.New("the local Dgraph has not run yet"),
				Remedy: RemedyStart,
			}
		} else if err != nil {
			return err
		}
	}
	if !o.Follow {
		return nil
	}
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		for _, t := range tails {
			if err := t.copy(w, 0); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
}

// tail follows one log, over its being set aside for a new one.
type tail struct {
	file, mark string
	at         int64 // how far it is written
}

// copy writes the whole lines that are new; last > 0 leaves out all but the last so many.
func (t *tail) copy(w io.Writer, last int) error {
	f, err := os.Open(t.file)
	if err != nil {
		return fmt.Errorf("show logs: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("show logs: %w", err)
	}
	if info.Size() < t.at {
		t.at = 0
	}
	text, err := io.ReadAll(io.NewSectionReader(f, t.at, info.Size()-t.at))
	if err != nil {
		return fmt.Errorf("show logs: %w", err)
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	t.at += int64(len(text))
	lines := strings.SplitAfter(string(text), "\n")
	lines = lines[:len(lines)-1] // what follows the last line's end
	if last > 0 {
		lines = lines[max(0, len(lines)-last):]
	}
	for _, line := range lines {
		if _, err := io.WriteString(w, t.mark+line); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"orbat/loader/format"
	"orbat/schema"
)

// findings takes what a load finds in its input: the records it rejects, and what is odd but loaded.
type findings struct {
	rejected findingsFile
	odd      findingsFile
}

func (l *loading) openFindings() (*findings, error) {
	f := &findings{
		rejected: findingsFile{err: l.err, flag: "--rejects", word: "rejected"},
		odd:      findingsFile{err: l.err, flag: "--notices", word: "note", showValue: true},
	}
	if err := f.rejected.open(l.rejects); err != nil {
		return nil, err
	}
	if err := f.odd.open(l.notices); err != nil {
		f.discard()
		return nil, err
	}
	return f, nil
}

func (f *findings) reject(bad *schema.RecordError) error { return f.rejected.take(bad) }

func (f *findings) notice(odd *schema.Notice) error {
	return f.odd.take(&schema.RecordError{Fault: odd.Fault})
}

func (f *findings) close() error { return errors.Join(f.rejected.close(), f.odd.close()) }

func (f *findings) discard() {
	f.rejected.discard()
	f.odd.discard()
}

// findingsShown is how many are shown where no file takes them.
const findingsShown = 10

// findingsFile takes findings of one kind: all of them into a file, or the first few onto standard error.
type findingsFile struct {
	err   io.Writer
	flag  string // that names the file
	word  string // before each on standard error
	file  *outFile
	count int

	showValue bool // on standard error too: the reason does not repeat it
}

// open opens the file that the flag names, if it names one.
func (f *findingsFile) open(path string) error {
	if path == "" {
		return nil
	}
	file, err := openOut(path)
	if err != nil {
		return &usageError{fmt.Errorf("write the %s to %s: %w", f.flag[2:], path, err), f.flag + " names a file that can be written"}
	}
	f.file = file
	return nil
}

func (f *findingsFile) take(found *schema.RecordError) error {
	f.count++
	shown := *found
	if shown.Hint = faultHint(found.Fault); found.Hint == "" && found.See != "" {
		shown.Hint = "see " + shown.Hint
	}
	if f.file != nil {
		if err := format.WriteReject(f.file, shown); err != nil {
			return fmt.Errorf("write the %s: %w", f.flag[2:], err)
		}
		return nil
	}
	if f.count <= findingsShown {
		fmt.Fprintf(f.err, "%s %v", f.word, &shown)
		if value := schema.Shorten(shown.Value); f.showValue && value != "" && !strings.Contains(shown.Reason, value) {
			fmt.Fprintf(f.err, " (%q)", value)
		}
		if shown.Hint != "" {
			fmt.Fprintf(f.err, "; %s", shown.Hint)
		}
		fmt.Fprintln(f.err)
	}
	return nil
}

// close puts the file in its place. It is written even where it is empty, and where the load failed: it says why.
func (f *findingsFile) close() error {
	if f.file == nil {
		if f.count > findingsShown {
			fmt.Fprintf(f.err, "… and %d more; %s FILE keeps them all\n", f.count-findingsShown, f.flag)
		}
		return nil
	}
	if err := f.file.place(); err != nil {
		return fmt.Errorf("write the %s: %w", f.flag[2:], err)
	}
	return nil
}

// discard leaves things as they were before.
func (f *findingsFile) discard() {
	if f.file != nil {
		f.file.discard()
	}
}

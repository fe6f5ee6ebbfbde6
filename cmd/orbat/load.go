package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"orbat/loader"
	"orbat/loader/format"
	"orbat/schema"
)

// loading is what load and plan share.
type loading struct {
	*app
	dataset    string
	replace    bool
	format     string
	rejects    string
	maxRejects int
	strict     bool
	ontology   []string
	json       bool
	progress   string
	plan       bool
}

func (a *app) loadCommand() *cobra.Command {
	l := &loading{app: a}
	cmd := &cobra.Command{
		Use: "load FILE…", Short: "Load files into the graph", Args: args(cobra.MinimumNArgs(1)),
		Long: `Load files, folders or standard input (-) into the graph. A load adds: in any order, any number of times, the
graph is the same. With --replace the files are the whole of one data set, and what they no longer say is retracted.

A bad record is rejected with its position and reason, and loading goes on. Exit status: 0 all in; 1 failed; 2 usage;
3 in, with rejects (or with dangling references under --strict).`,
		Example: `  orbat load case.yaml
  orbat load exports/ --dataset syria --rejects bad.ndjson
  zcat claims.ndjson.gz | orbat load - --format ndjson --dataset feed --replace`,
		RunE: func(cmd *cobra.Command, files []string) error { return l.run(cmd, files) },
	}
	l.flags(cmd)
	return cmd
}

func (a *app) planCommand() *cobra.Command {
	l := &loading{app: a, plan: true}
	cmd := &cobra.Command{
		Use: "plan FILE…", Short: "Show what a load would change, and change nothing", Args: args(cobra.MinimumNArgs(1)),
		Long:    "Take the same way as load and print what it would create, change, retract and leave alone.",
		Example: "  orbat plan case.yaml\n  orbat plan exports/ --dataset syria --replace --json",
		RunE:    func(cmd *cobra.Command, files []string) error { return l.run(cmd, files) },
	}
	l.flags(cmd)
	return cmd
}

func (l *loading) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.dataset, "dataset", "", "data set of records that name none (default \"default\")")
	f.BoolVar(&l.replace, "replace", false, "the files are the whole data set: retract what is not in them")
	f.StringVar(&l.format, "format", "", "read as "+strings.Join(format.Names(), ", ")+" (default: by name or content)")
	f.StringVar(&l.rejects, "rejects", "", "write rejected records to this file, as NDJSON")
	f.IntVar(&l.maxRejects, "max-rejects", -1, "fail beyond so many rejects (default unlimited; 0 with --replace)")
	f.BoolVar(&l.strict, "strict", false, "exit 3 where a reference is to nothing described")
	f.StringArrayVar(&l.ontology, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	f.BoolVar(&l.json, "json", false, "print the report as JSON")
	f.StringVar(&l.progress, "progress", "auto", "auto, bar, lines, json or none")
}

func (l *loading) run(cmd *cobra.Command, paths []string) error {
	ctx := cmd.Context()
	if l.format != "" && !slices.Contains(format.Names(), l.format) {
		return &usageError{fmt.Errorf("unknown format %q", l.format), "one of " + strings.Join(format.Names(), ", ")}
	}
	if l.dataset != "" {
		if err := schema.CheckDataset(l.dataset); err != nil {
			return &usageError{err, "--dataset my-data"}
		}
	}
	files, err := format.Files(paths, l.in)
	if err != nil {
		return err
	}
	read := &atomic.Int64{}
	show, err := l.newProgress(l.progress, files, read)
	if err != nil {
		return err
	}
	rejects, err := l.openRejects()
	if err != nil {
		return err
	}
	to, done, err := l.loader(ctx, l.ontology, !l.plan)
	if err != nil {
		rejects.discard() // nothing was read: what an earlier load left there still says more
		return err
	}
	defer done()
	options := loader.Options{Dataset: l.dataset, Replace: l.replace, Rejected: rejects.take, Progress: show.tell, Plan: l.plan}
	if cmd.Flags().Changed("max-rejects") && l.maxRejects >= 0 {
		options.MaxRejects = &l.maxRejects
	}
	report, err := to.Load(ctx, l.records(ctx, files, read), options)
	show.end()
	err = errors.Join(err, rejects.close())
	return l.finish(report, err)
}

// finish prints the report and turns it into the exit status; 1 beats 3.
func (l *loading) finish(report *loader.Report, err error) error {
	if report.Datasets == nil {
		report.Datasets = []string{} // a list in JSON too
	}
	if l.json {
		if printing := l.printJSON(report); err == nil {
			err = printing
		}
	} else if err == nil || report.Records.Read > 0 {
		l.printReport(report)
	}
	switch {
	case err != nil:
		return err
	case report.Rejected > 0, l.strict && report.Dangling > 0:
		return &exitError{exitRejects}
	}
	return nil
}

// records reads the files one after another.
func (l *loading) records(ctx context.Context, files []format.File, read *atomic.Int64) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		for _, file := range files {
			if file.Skipped != "" {
				l.note("skipped %s: %s", file.Name, file.Skipped)
				continue
			}
			for record, err := range format.Read(ctx, file, format.Options{Format: l.format, Progress: read}) {
				if !yield(record, err) {
					return
				}
			}
		}
	}
}

// rejectsShown is how many rejects are shown where no file takes them.
const rejectsShown = 10

// rejectFile takes rejected records: all of them into a file, or the first few onto standard error.
type rejectFile struct {
	err    io.Writer
	file   *os.File
	path   string
	beside bool // file is a new one beside path, to take its place
	count  int
}

func (l *loading) openRejects() (*rejectFile, error) {
	r := &rejectFile{err: l.err}
	if l.rejects == "" {
		return r, nil
	}
	r.path = l.rejects
	if target, err := filepath.EvalSymlinks(r.path); err == nil {
		r.path = target // a link stays one
	}
	name, flags := r.path, os.O_WRONLY
	// A device, such as /dev/stderr or /dev/null, or a pipe is written to: nothing may take its place.
	if info, err := os.Stat(r.path); err != nil || info.Mode().IsRegular() {
		r.beside = true
		folder, base := filepath.Split(r.path)
		name, flags = folder+"."+base+"."+strconv.Itoa(os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_TRUNC
	}
	file, err := os.OpenFile(name, flags, 0o666) //nolint:gosec // the user's umask decides, as for any output
	if err != nil {
		cause := err
		if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
			cause = pathError.Err // the user did not type that name
		}
		return nil, &usageError{fmt.Errorf("write the rejects to %s: %w", l.rejects, cause), "--rejects names a file that can be written"}
	}
	r.file = file
	return r, nil
}

func (r *rejectFile) take(bad *schema.BadRecord) error {
	r.count++
	if r.file != nil {
		if err := format.WriteReject(r.file, *bad); err != nil {
			return fmt.Errorf("write the rejects: %w", err)
		}
		return nil
	}
	if r.count <= rejectsShown {
		fmt.Fprintf(r.err, "rejected %v", bad)
		if bad.Hint != "" {
			fmt.Fprintf(r.err, "; %s", bad.Hint)
		}
		fmt.Fprintln(r.err)
	}
	return nil
}

// close puts the file in its place. It is written even where it is empty, and where the load failed: it says why.
func (r *rejectFile) close() error {
	if r.file == nil {
		if r.count > rejectsShown {
			fmt.Fprintf(r.err, "… and %d more; --rejects FILE keeps them all\n", r.count-rejectsShown)
		}
		return nil
	}
	err := r.file.Close()
	if err == nil && r.beside {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		r.remove()
		return fmt.Errorf("write the rejects: %w", err)
	}
	return nil
}

// discard leaves things as they were before.
func (r *rejectFile) discard() {
	if r.file != nil {
		_ = r.file.Close() // it holds nothing
		r.remove()
	}
}

func (r *rejectFile) remove() {
	if r.beside {
		_ = os.Remove(r.file.Name()) // it holds nothing that anybody waits for
	}
}

func (l *loading) printReport(r *loader.Report) {
	switch {
	case r.Planned:
		l.printf("planned, nothing written\n")
	case len(r.Datasets) == 0 && r.Records.Read == r.Rejected:
		l.printf("nothing loaded\n")
	case r.Incomplete:
		l.printf("cut short; what follows is in the graph, and loading again completes it\n")
	default:
		l.printf("loaded %s in %s\n", strings.Join(r.Datasets, ", "), time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
	}
	l.printf("  records   %d read: %d created, %d changed, %d unchanged, %d retracted, %d rejected\n",
		r.Records.Read, r.Records.Created, r.Records.Changed, r.Records.Unchanged, r.Records.Retracted, r.Rejected)
	l.printf("  claims    %d created, %d unchanged, %d retracted\n", r.Claims.Created, r.Claims.Unchanged, r.Claims.Retracted)
	l.printf("  open      %d dangling, %d disputed\n", r.Dangling, r.Disputed)
	if !r.Planned {
		l.printf("  speed     %.0f N-Quads/s, %.0f rows/s\n", r.QuadsPerS, r.RowsPerS)
	}
	for _, d := range r.Disputes {
		l.printf("  disputed  %s\n", d)
	}
	if more := r.Disputed - len(r.Disputes); more > 0 {
		l.printf("  disputed  … and %d more; orbat check lists them all\n", more)
	}
	for _, c := range r.LeftOut {
		l.printf("  left out  %s are not made one, since %s are decided to be different\n", strings.Join(c.Between, " and "), strings.Join(c.Different, " and "))
	}
}

// Command bench measures answering and prints the figures in Markdown. `make bench` runs it after the loading.
//
// It generates a graph with hubs (crowd.go), loads it into a Dgraph of its own (database.go), asks questions in turn
// through orbat and raw (questions.go), asks for paths between random pairs (pairs.go) and writes it down
// (markdown.go).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // whatever noticed it first
	}
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		var hinted interface{ Hint() string }
		if errors.As(err, &hinted) && hinted.Hint() != "" {
			fmt.Fprintln(os.Stderr, "hint:", hinted.Hint())
		}
		os.Exit(1)
	}
}

// options of a run.
type options struct {
	relations int
	pairs     int
	turns     int
	seed      uint64
	budget    int // seconds
	home      string
	quick     bool
	serve     string // the program whose serve is measured, and nothing else; empty: all else is
	seconds   int
	clients   int
	pause     time.Duration
	sheets    sheetsRun
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.relations, "n", 1_000_000, "`relations`; each hub has a twentieth of them")
	flags.IntVar(&o.pairs, "pairs", 100, "how many random pairs are asked for paths")
	flags.IntVar(&o.turns, "turns", 200, "how many times each question is asked, through orbat and as plain DQL in turn")
	flags.IntVar(&o.budget, "budget", 2, "`seconds` that a search for paths may take")
	flags.Uint64Var(&o.seed, "seed", 1, "of the graph and the pairs: the same seed and -n give the same ones")
	flags.StringVar(&o.home, "home", "", "`folder` to keep the loaded graph in for another run; empty: a temporary one")
	flags.BoolVar(&o.quick, "quick", false, "half a minute to see that it works: -n 5000 -pairs 10 -turns 10")
	flags.StringVar(&o.serve, "serve", "", "measure `orbat` serve, this program, under -clients, and nothing else")
	flags.IntVar(&o.clients, "clients", 64, "with -serve: how many `clients` ask at once")
	flags.DurationVar(&o.pause, "pause", 10*time.Second, "with -serve: how long a client waits before it asks again, in the middle")
	flags.IntVar(&o.seconds, "seconds", 60, "with -serve: how long clients ask")
	flags.StringVar(&o.sheets.folder, "sheets", "", "`file or folder` of your own data: instead of all else, it is loaded and asked what "+
		"looks at a whole graph")
	flags.StringVar(&o.sheets.mapping, "mapping", "", "how -sheets are read, as orbat load --mapping takes it")
	flags.IntVar(&o.sheets.copies, "copies", 1, "how many times -sheets are loaded, each as other entities")
	flags.StringVar(&o.sheets.orbat, "orbat", "", "the `program` that -sheets are loaded and asked by")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.sheets.folder != "" {
		o.sheets.home, o.sheets.turns = o.home, min(o.turns, 3)
		if err := o.sheets.check(); err != nil {
			return err
		}
		return o.sheets.run(ctx, stdout, stderr)
	}
	if o.quick {
		o.relations, o.pairs, o.turns = 5000, 10, 10
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.relations < 1000 || o.pairs < 1 || o.turns < 1 || o.budget < 1:
		return errors.New("-n must be at least 1000, and -pairs, -turns and -budget at least 1")
	}
	r := report{options: o, machine: describeMachine()}
	db, err := open(ctx, o.home, crowd{o.relations, o.seed}, stderr)
	if err != nil {
		return err
	}
	if o.serve != "" {
		s, err := measureServing(ctx, db, o.serve, db.home, crowd{o.relations, o.seed}, o.clients, o.seconds, o.pause, stderr)
		if err = errors.Join(err, db.stop()); s != nil {
			_, printing := io.WriteString(stdout, r.heading()+s.markdown())
			err = errors.Join(err, printing)
		}
		return err
	}
	err = errors.Join(r.measure(ctx, db, stderr), db.stop())
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, r.markdown())
	return err
}

// measure asks everything.
func (r *report) measure(ctx context.Context, db *database, progress io.Writer) error {
	c := crowd{r.relations, r.seed}
	r.loaded, r.entities = db.loaded, c.entities()
	started := time.Now()
	for _, q := range contests(c) {
		if err := q.ask(ctx, db, r.turns); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(progress, "%4.0f s  %s: %.2f times\n", time.Since(started).Seconds(), q.name, q.ratio()) // only progress
		r.questions = append(r.questions, q)
	}
	for _, u := range pathContests() {
		if err := u.ask(ctx, db, c, r.pairs, time.Duration(r.budget)*time.Second); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(progress, "%4.0f s  paths, %s: %d of %d in time\n", time.Since(started).Seconds(), u.name, u.inTime(),
			len(u.paths))
		r.paths = append(r.paths, u)
	}
	return nil
}

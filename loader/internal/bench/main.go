// Command bench measures loading against Dgraph's own live loader and prints the figures in Markdown. `make bench` runs
// it.
//
// It generates statements (statements.go), starts a fresh database for each measured load (contest.go), asks the kernel
// what every process took (process.go) and writes it down (markdown.go). The loader runs in a process of its own: this
// program again, with a hidden first argument (loadonce.go; sheets.go for the reading alone).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
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

// options of a contest.
type options struct {
	entities int
	pairs    int
	seed     uint64
	quick    bool
	open     bool
	orbat    string // the program; empty: its starts are not measured, and neither is growth
	limit    time.Duration
	texts    bool // instead of the contest: documents with and without their texts

	grow       string  // instead of the contest: sizes in millions of N-Quads
	growOnline float64 // beyond it only by bulk
	plot       string  // file for the picture of it; empty: none
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 && args[0] == loadOnceCommand {
		return loadOnce(ctx, args[1:], stdout)
	}
	if len(args) > 0 && args[0] == bulkOnceCommand {
		return bulkOnce(ctx, args[1:], stdout)
	}
	if len(args) > 0 && args[0] == readOnceCommand {
		return readOnce(ctx, args[1:], stdout)
	}
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.entities, "n", 10_000, "`entities`; there are three claims of a relation for each")
	flags.IntVar(&o.pairs, "pairs", 5, "how many times all take turns")
	flags.Uint64Var(&o.seed, "seed", 1, "of the statements: the same seed and -n give the same ones")
	flags.DurationVar(&o.limit, "limit", 20*time.Minute, "fail if one load takes longer")
	flags.BoolVar(&o.quick, "quick", false, "a minute to see that it works: -n 300 -pairs 1")
	flags.BoolVar(&o.open, "open", false, "run Dgraph without access control, to see what that costs")
	flags.StringVar(&o.orbat, "orbat", "", "the built `program`, to measure how long it takes to start; with -grow, to export")
	flags.BoolVar(&o.texts, "documents", false, "instead, load documents with and without their texts alone, which the rest ends with")
	flags.StringVar(&o.grow, "grow", "", "instead, load inputs of these `sizes` in millions of N-Quads, such as 1,3,10,30")
	flags.Float64Var(&o.growOnline, "grow-online", 10, "of -grow, the `size` beyond which orbat bulk alone is measured")
	flags.StringVar(&o.plot, "plot", "", "of -grow, the SVG `file` to draw it in")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.quick {
		o.entities, o.pairs = 300, 1
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.entities < 100 || o.pairs < 1:
		return errors.New("-n must be at least 100 and -pairs at least 1")
	case o.grow != "" && o.orbat == "":
		return errors.New("-grow needs -orbat")
	case runtime.GOOS != "linux":
		return errors.New("needs Linux: what processes take is read from /proc")
	}
	if o.orbat != "" {
		var err error
		if o.orbat, err = filepath.Abs(o.orbat); err != nil { // it is run in other folders
			return err
		}
	}
	c, err := newContest(ctx, o, stderr)
	if err != nil {
		return err
	}
	if o.grow != "" {
		return errors.Join(c.grows(ctx, stdout), c.close())
	}
	err = errors.Join(c.run(ctx), c.close())
	if err != nil {
		return err
	}
	if o.texts {
		_, err = io.WriteString(stdout, c.header(describeMachine())+"\n"+c.documentsMarkdown())
		return err
	}
	text := c.markdown(describeMachine()) + c.documentsMarkdown()
	if o.orbat != "" {
		s, err := measureStarts(ctx, o.orbat)
		if err != nil {
			return err
		}
		text += s.markdown()
	}
	_, err = io.WriteString(stdout, text)
	return err
}

// grows measures growth and draws it.
func (c *contest) grows(ctx context.Context, stdout io.Writer) error {
	sizes, err := numbers(c.options.grow)
	if err != nil {
		return err
	}
	g, err := measureGrowth(ctx, c, sizes, c.growOnline)
	if err != nil {
		return err
	}
	if c.options.plot != "" {
		if err := g.draw(c.options.plot); err != nil {
			return err
		}
	}
	_, err = io.WriteString(stdout, g.markdown(describeMachine()))
	return err
}

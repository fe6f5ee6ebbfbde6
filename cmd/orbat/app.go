package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// The exit statuses (law 15).
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2 // usage, an unknown or ambiguous name
	exitRejects = 3 // in, with rejects, or dangling under --strict
)

// app is one run of the program: its streams and what the flags of all commands set.
type app struct {
	in  io.Reader
	out *output
	err io.Writer

	home      string
	dgraph    string
	dgraphBin string
	columns   int // of the terminal; 0: as it is

	dial []grpc.DialOption // of the connection to the database
}

// run is the program: arguments in, exit status out.
func run(args []string, in io.Reader, out, err io.Writer) int {
	// The second signal ends the program at once: the first has asked for an orderly end.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() { <-ctx.Done(); stop() }()

	a := &app{in: in, out: &output{w: out}, err: &plainWriter{err}}
	root := a.root()
	root.SetArgs(args)
	ended := root.ExecuteContext(ctx)
	if a.out.err != nil {
		ended = a.out.err // whatever else went wrong, the answer did not arrive
	}
	return a.status(ended)
}

// output is standard output. It keeps the first error: what prints text does not look at each line, and an answer that
// did not arrive is a failure all the same.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	if err != nil {
		o.err = fmt.Errorf("write the answer: %w", err)
	}
	return n, o.err
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "orbat",
		Short: "Load and ask who commands whom, with what, where, and who says so",
		Long: `orbat loads people, units, organisations, equipment, places and events into Dgraph, with the source behind
every statement, and answers questions about them.

It runs a Dgraph of its own in ORBAT_HOME unless --dgraph or ORBAT_DGRAPH names another.

Help topics:
` + topicList(),
		Example: `  orbat demo                                    # see it work
  orbat load case.yaml                          # load your own file
  orbat query search-entity kurilla             # ask
  orbat down                                    # stop the local Dgraph`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(a.in)
	root.SetOut(a.out) // cobra's completion commands take it when they are made
	root.SetErr(a.err)
	flags := root.PersistentFlags()
	flags.StringVar(&a.home, "home", "", "orbat's folder (default $ORBAT_HOME, else the user's data folder)")
	flags.StringVar(&a.dgraph, "dgraph", "", "connection URL dgraph://host:port?… (default $ORBAT_DGRAPH, else the local Dgraph)")
	flags.StringVar(&a.dgraphBin, "dgraph-bin", "", "the dgraph binary of the local Dgraph (default: found or built)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err, cmd.CommandPath() + " --help"}
	})
	root.AddCommand(
		a.demoCommand(), a.upCommand(), a.downCommand(), a.statusCommand(), a.logsCommand(), a.waitCommand(), a.engineCommand(),
		a.schemaCommand(), a.loadCommand(), a.planCommand(), a.bulkCommand(), a.mappingCommand(),
		a.queryCommand(), a.queriesCommand(), a.dqlCommand(), a.exportCommand(), a.serveCommand(), a.mcpCommand(),
		a.checkCommand(), a.resolveCommand(), a.datasetsCommand(), a.sourcesCommand(), a.textCommand(),
		a.accessCommand(), a.backupCommand(), a.restoreCommand(), a.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	root.InitDefaultCompletionCmd()
	refineCompletion(root)
	for _, cmd := range append(root.Commands(), root) {
		if cmd.HasSubCommands() {
			group(cmd)
		}
	}
	return root
}

// group makes a command that only holds others refuse a word that names none of them: cobra prints the help instead,
// with the status of success.
func group(cmd *cobra.Command) {
	cmd.Args, cmd.DisableFlagsInUseLine = cobra.ArbitraryArgs, true
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if len(words) == 0 {
			return cmd.Help()
		}
		hint := cmd.CommandPath() + " --help"
		if near := cmd.SuggestionsFor(words[0]); len(near) > 0 {
			hint = schema.DidYouMean(cmd.CommandPath()+" "+near[0], hint+" shows all")
		}
		return &usageError{fmt.Errorf("unknown command %q", words[0]), hint}
	}
	cmd.SuggestionsMinimumDistance = 2
}

// refineCompletion gives cobra's own commands what all of ours have: an example.
func refineCompletion(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.Example = "  source <(orbat completion bash)"
		for _, shell := range cmd.Commands() {
			shell.Example = "  orbat completion " + shell.Name() + " --no-descriptions"
		}
	}
}

// usageError is a mistake in what was typed.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }
func (e *usageError) Hint() string  { return e.hint }

// exitError carries a status that has been explained already.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit status %d", e.code) }

// status prints an error with its hint and returns the exit status.
func (a *app) status(err error) int {
	if err == nil {
		return exitOK
	}
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	if errors.Is(err, context.Canceled) {
		err = errors.New("interrupted")
	}
	if refused := deploy.Refused(err); refused != nil {
		err = refused // whatever was being done, and in whatever words
	}
	fmt.Fprintf(a.err, "orbat: %s\n", messageOf(err))
	if hint := hintOf(err); hint != "" {
		fmt.Fprintf(a.err, "hint: %s\n", hint)
	}
	if isUsage(err) {
		return exitUsage
	}
	return exitFailed
}

func isUsage(err error) bool {
	var usage *usageError
	var param *queries.ParamError
	var ambiguous *queries.AmbiguousError
	var unknown *queries.UnknownEntityError
	var query *queries.UnknownQueryError
	var dataset *loader.NoDatasetError
	var decision *loader.NoDecisionError
	var source *loader.NoSourceError
	var sources *loader.ManySourcesError
	return errors.As(err, &usage) || errors.As(err, &source) || errors.As(err, &sources) ||
		errors.As(err, &decision) || errors.As(err, &dataset) || errors.As(err, &param) ||
		errors.As(err, &ambiguous) || errors.As(err, &unknown) || errors.As(err, &query)
}

// args checks the number of a command's arguments, with a usage error rather than a failure.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, list []string) error {
		if err := check(cmd, list); err != nil {
			return &usageError{err, cmd.CommandPath() + " --help"}
		}
		return nil
	}
}

// homeDir returns the folder that holds everything orbat keeps, the built engine's cache apart.
func (a *app) homeDir() (string, error) {
	home := a.home
	if home == "" {
		home = os.Getenv("ORBAT_HOME")
	}
	if home == "" {
		// Without a home the user's data folder would be one of the root folder.
		if _, err := os.UserHomeDir(); err != nil && os.Getenv("XDG_DATA_HOME") == "" {
			return "", &usageError{errors.New("no home folder is known, and ORBAT_HOME is not set"), "set ORBAT_HOME to a folder of yours"}
		}
		home = filepath.Join(xdg.DataHome, "orbat")
	}
	home, err := filepath.Abs(home)
	if err != nil {
		return "", fmt.Errorf("find orbat's folder: %w", err)
	}
	return home, nil
}

// local returns the Dgraph of orbat's folder.
func (a *app) local() (deploy.Local, error) {
	home, err := a.homeDir()
	return deploy.Local{Home: home, Finder: a.finder(), Progress: a.err}, err
}

func (a *app) finder() deploy.Finder { return deploy.Finder{Bin: a.dgraphBin, Progress: a.err} }

func (a *app) printf(format string, values ...any) {
	fmt.Fprintf(&plainWriter{a.out}, format, values...)
}
func (a *app) note(format string, values ...any) { fmt.Fprintf(a.err, format+"\n", values...) }

// notice says on standard error what an export has no place for.
func (a *app) notice(text string) { a.note("%s", clean(text)) }

func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

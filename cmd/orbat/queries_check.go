package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kballard/go-shellquote"
	"github.com/spf13/cobra"
	"google.golang.org/grpc/status"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// queriesChecked is one file as check found it; printed as JSON too.
type queriesChecked struct {
	File     string         `json:"file"`
	Name     string         `json:"name,omitempty"`
	Mistakes []queriesWrong `json:"mistakes"`
	DQLRead  bool           `json:"dql_read"` // by Dgraph
	Asked    *queriesAsked  `json:"asked,omitempty"`
	Unasked  string         `json:"unasked,omitempty"` // why there is no cost
	query    *queries.Query
	text     string
}

type queriesWrong struct {
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"` // in characters from 1; absent: somewhere in the line
	Reason string `json:"reason"`
	Hint   string `json:"hint"`
}

// queriesAsked is what a query's example cost on this graph.
type queriesAsked struct {
	Params    map[string]string `json:"params"`
	Rows      int               `json:"rows"`
	Edges     int               `json:"edges"`
	Nodes     int               `json:"nodes"`
	Truncated bool              `json:"truncated"`
	Cost      queries.Cost      `json:"cost"`
}

// queriesCheck is the command's run.
type queriesCheck struct {
	*app
	folder   string
	cost     bool
	asJSON   bool
	timeout  time.Duration
	ontology *schema.Ontology
	runner   *queries.Runner // nil: no database at hand
	given    []string        // param=value
}

func (a *app) queriesCheck(folder *string) *cobra.Command {
	c := &queriesCheck{app: a}
	cmd := &cobra.Command{
		Use:   "check [FILE | FOLDER | NAME | param=value]…",
		Short: "Check .dql files, and what they cost on this graph", Args: args(cobra.ArbitraryArgs),
		Long: `Check .dql files, those of folders, or questions by name; your own folder where none is given. All mistakes of a file are
shown, each with its line and column. Exits 1 where there are any.

Where a database is at hand, Dgraph reads the DQL too, and each question is asked: with its example, or with the
parameters given. What that cost is shown: requests, uids read, bytes and time.`,
		Example: "  orbat queries check my-query.dql\n  orbat queries check ego-network entity=CENTCOM depth=2 --cost\n  orbat queries " +
			"check queries/ --cost=false",
		RunE: func(cmd *cobra.Command, words []string) error {
			c.folder = *folder
			ctx, cancel := withTimeout(cmd.Context(), c.timeout)
			defer cancel()
			return c.run(ctx, words, cmd.Flags().Changed("cost"))
		},
		ValidArgsFunction: func(_ *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return []string{"dql"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	cmd.Flags().BoolVar(&c.cost, "cost", true, "ask a database; default: if one is at hand. --cost starts one, --cost=false asks none")
	cmd.Flags().BoolVar(&c.asJSON, "json", false, "print JSON")
	cmd.Flags().DurationVar(&c.timeout, "timeout", time.Minute, "give up after so long; 0: never")
	return cmd
}

func (c *queriesCheck) run(ctx context.Context, words []string, chosen bool) error {
	files, err := c.files(words)
	if err != nil {
		return err
	}
	absent := "" // why Dgraph does not help
	if c.cost {
		conn, why, err := c.open(ctx, chosen)
		if err != nil {
			return err
		}
		if conn != nil {
			defer conn.Close()
		}
		absent = why
	}
	if c.ontology == nil {
		if c.ontology, err = schema.Default(); err != nil {
			return err
		}
	}
	wrong := 0
	var all []*queriesChecked
	for _, file := range files {
		checked, err := c.check(ctx, file)
		if err != nil {
			return err
		}
		wrong += len(checked.Mistakes)
		if all = append(all, checked); !c.asJSON {
			c.show(checked)
		}
	}
	if c.asJSON {
		if err := c.printJSON(all); err != nil {
			return err
		}
	}
	if absent != "" {
		c.note("%s: Dgraph did not read the DQL, and what it costs is unknown", absent)
	}
	if wrong > 0 {
		return &exitError{exitFailed}
	}
	return nil
}

// files finds what is to be checked, and keeps the parameters.
func (c *queriesCheck) files(words []string) ([]string, error) {
	var files []string
	folder, err := c.queriesFolder(c.folder)
	if err != nil {
		return nil, err
	}
	for _, word := range words {
		info, err := os.Stat(word)
		own := filepath.Join(folder, word+".dql")
		switch {
		case err == nil && info.IsDir():
			within, err := c.within(word)
			if err != nil {
				return nil, err
			}
			files = append(files, within...)
		case err == nil:
			files = append(files, word)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case strings.Contains(word, "="):
			c.given = append(c.given, word)
		case queries.IsQueryName(word):
			if _, err := os.Stat(own); err == nil {
				word = own
			}
			files = append(files, word)
		default:
			return nil, err
		}
	}
	switch {
	case len(files) == 0:
		if files, err = c.within(folder); err != nil {
			return nil, err
		}
		if len(c.given) > 0 {
			return nil, &usageError{errors.New("parameters, but no question"), "orbat queries check NAME " + quoteArg(c.given[0])}
		}
	case len(files) > 1 && len(c.given) > 0:
		return nil, &usageError{errors.New("parameters for several questions"), "check one at a time with parameters"}
	}
	return files, nil
}

func (c *queriesCheck) within(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.dql"))
	if err == nil && len(files) == 0 {
		err = &usageError{fmt.Errorf("no .dql file in %s", folder), "orbat queries new my-query writes one; or name files to check"}
	}
	return files, err
}

// open connects to the database, where one is at hand or wanted, and says why where there is none.
func (c *queriesCheck) open(ctx context.Context, wanted bool) (conn *deploy.Conn, absent string, err error) {
	if wanted {
		conn, err = c.connect(ctx)
	} else {
		conn, absent, err = c.atHand(ctx)
	}
	if conn == nil {
		return nil, absent, err
	}
	ontology, err := loader.Applied(ctx, conn)
	if empty := (*loader.NoSchemaError)(nil); errors.As(err, &empty) {
		return nil, "nothing is loaded yet", conn.Close()
	}
	if err != nil {
		_ = conn.Close()
		return nil, "", conn.Explain("read the database", err)
	}
	c.ontology, c.runner = ontology, &queries.Runner{DB: conn, Ontology: ontology}
	return conn, "", nil
}

// atHand connects to the database that commands would use, if it runs: none is started for it.
func (a *app) atHand(ctx context.Context) (conn *deploy.Conn, absent string, err error) {
	t, named, err := a.target()
	if err != nil {
		return nil, "", err
	}
	if !named {
		local, err := a.local()
		if err != nil {
			return nil, "", err
		}
		status, err := local.Status(ctx)
		if err != nil || !status.Healthy {
			return nil, "no database runs (--cost starts one)", err
		}
		t = status.Target
	}
	conn, err = deploy.Connect(ctx, t)
	if errors.Is(err, deploy.ErrUnreachable) || errors.Is(err, deploy.ErrNotReady) {
		return nil, "the database does not answer", nil
	}
	return conn, "", err
}

func (c *queriesCheck) check(ctx context.Context, file string) (*queriesChecked, error) {
	checked := &queriesChecked{File: file, Mistakes: []queriesWrong{}}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) && queries.IsQueryName(file) {
		return c.shipped(ctx, checked)
	}
	if err != nil {
		return nil, err
	}
	return checked, c.examine(ctx, checked, string(data))
}

// shipped checks one of orbat's own questions, by its name.
func (c *queriesCheck) shipped(ctx context.Context, checked *queriesChecked) (*queriesChecked, error) {
	library, err := queries.Builtin(c.ontology)
	if err != nil {
		return nil, err
	}
	q, err := library.Find(checked.File)
	if err != nil {
		return nil, err
	}
	checked.File = q.File
	return checked, c.examine(ctx, checked, q.Source())
}

func (c *queriesCheck) examine(ctx context.Context, checked *queriesChecked, text string) error {
	checked.text = text
	q, wrong := queries.CheckQuery(checked.File, text, c.ontology)
	if len(wrong) == 0 {
		checked.query, checked.Name = q, q.Name
		if base := filepath.Base(checked.File); base != q.Name+".dql" {
			wrong = append(wrong, q.Misfiled(base))
		}
	}
	if len(wrong) == 0 && c.runner != nil {
		err := c.runner.CheckDQL(ctx, q)
		var inDQL *queries.HeaderError
		if errors.As(err, &inDQL) {
			wrong = append(wrong, inDQL)
		} else if err != nil {
			return err
		}
		checked.DQLRead = true
	}
	for _, w := range wrong {
		checked.Mistakes = append(checked.Mistakes, mistake(w))
	}
	if len(wrong) == 0 && c.runner != nil {
		return c.measure(ctx, checked)
	}
	return nil
}

// mistake is one of a file as it is shown.
func mistake(e *queries.HeaderError) queriesWrong {
	return queriesWrong{e.Pos.Line, e.Pos.Column, e.Reason, hintOf(e)}
}

// measure asks the question and notes what it cost.
func (c *queriesCheck) measure(ctx context.Context, checked *queriesChecked) error {
	q := checked.query
	params, err := q.ParseArgs(c.given)
	if err != nil {
		return err
	}
	if len(c.given) == 0 {
		var unfit string
		if params, unfit = c.example(q); unfit != "" { //nolint:contextcheck // of the command that asks, only the flags are read
			checked.Unasked = "its example cannot be asked: " + unfit
			return nil
		}
	}
	library := &queries.Library{}
	library.Put(q)
	runner := *c.runner
	runner.Library = library
	result, err := runner.Run(ctx, q.Name, params, queries.Ask{})
	var inDQL *queries.HeaderError
	switch {
	case errors.As(err, &inDQL):
		checked.Mistakes = append(checked.Mistakes, mistake(inDQL))
	case errors.Is(err, context.DeadlineExceeded):
		checked.Unasked = fmt.Sprintf("no answer within %s; --timeout waits longer", c.timeout)
	case err != nil && isUsage(err) && len(c.given) == 0:
		checked.Unasked = "its example has no answer on this graph: " + strings.SplitN(err.Error(), "\n", 2)[0]
	case err != nil && (ctx.Err() != nil || isUsage(err) || fromServer(err)):
		return err
	case err != nil: // the answer is not what the header promises
		checked.Mistakes = append(checked.Mistakes, queriesWrong{
			Line: 1, Reason: err.Error(),
			Hint: cmp.Or(hintOf(err), "orbat queries --help explains what each shape needs"),
		})
	default:
		checked.Asked = &queriesAsked{params, len(result.Rows), len(result.Edges), len(result.Nodes), result.Truncated, result.Cost}
	}
	return nil
}

// fromServer reports whether the database said so, or its connection.
func fromServer(err error) bool {
	var answered interface{ GRPCStatus() *status.Status }
	return errors.As(err, &answered)
}

// example returns the parameters of a query's example, a command as a shell would take it, or says why it is none.
func (c *queriesCheck) example(q *queries.Query) (params map[string]string, unfit string) {
	words, err := shellquote.Split(q.Example)
	if err == nil && (len(words) < 3 || words[0] != "orbat" || words[1] != "query" || words[2] != q.Name) {
		err = fmt.Errorf("%q is no command orbat query %s …", q.Example, q.Name)
	}
	cmd := c.queryCommand() // it knows the flags
	if err == nil {
		err = cmd.ParseFlags(words[3:])
	}
	if err == nil {
		params, err = q.ParseArgs(cmd.Flags().Args())
	}
	if err != nil {
		return nil, err.Error()
	}
	return params, ""
}

func (c *queriesCheck) show(checked *queriesChecked) {
	for _, w := range checked.Mistakes {
		place := schema.Fault{Pos: schema.Position{File: checked.File, Line: w.Line, Column: w.Column}, Reason: w.Reason}
		c.printf("%s\n%s  hint: %s\n", clean(place.Error()), c.sourceMark(checked.text, w.Line, w.Column, "    "), clean(w.Hint))
	}
	if len(checked.Mistakes) > 0 {
		return
	}
	c.printf("%s: %s is fine\n", checked.File, checked.Name)
	if checked.Unasked != "" {
		c.printf("  cost unknown: %s\n  orbat queries check %s param=value asks with other values\n", clean(checked.Unasked),
			quoteArg(checked.File))
	}
	if asked := checked.Asked; asked != nil {
		c.printf("  asked  %s\n  cost   %s\n", clean(asked.command(checked.Name)), costLine(asked.Cost))
		if most := mostRead(asked.Cost, 4); most != "" {
			c.printf("  most   %s\n", most)
		}
	}
}

// command returns the question and how large its answer is.
func (q *queriesAsked) command(name string) string {
	line := "orbat query " + name
	for _, param := range slices.Sorted(maps.Keys(q.Params)) {
		line += " " + param + "=" + quoteArg(q.Params[param])
	}
	size := counted(q.Edges, "link")
	if q.Rows > 0 || q.Edges == 0 {
		size = counted(q.Rows, "row")
	}
	if q.Truncated {
		size += ", and more: cut off at the limit"
	}
	return line + ": " + size
}

// costLine says what an answer took.
func costLine(c queries.Cost) string {
	return fmt.Sprintf("%s, %s read, %s, %s (%s in Dgraph)", counted(c.Requests, "request"),
		counted(int(c.UIDs), "uid"), //nolint:gosec // a graph has fewer
		byteSize(c.Bytes), short(c.Elapsed), short(c.Server))
}

// mostRead names the fields of which most was read.
func mostRead(c queries.Cost, n int) string {
	fields := slices.SortedFunc(maps.Keys(c.ByField), func(x, y string) int {
		return cmp.Or(cmp.Compare(c.ByField[y], c.ByField[x]), strings.Compare(x, y))
	})
	var parts []string
	for _, field := range fields[:min(n, len(fields))] {
		parts = append(parts, fmt.Sprintf("%s %d", field, c.ByField[field]))
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func byteSize(n int) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}

// short rounds a time to what a reader can use.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(time.Second).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/httpapi"
	"orbat/cmd/orbat/mcp"
	"orbat/loader"
	"orbat/queries"
)

// The lists of tools that an assistant may be given.
const (
	fewTools = "few"
	allTools = "all"
)

func toolsFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "tools", fewTools,
		"tools of assistants: few (eight, one of which asks any question), or all (one for each question too)")
	_ = cmd.RegisterFlagCompletionFunc("tools", cobra.FixedCompletions([]string{fewTools, allTools}, cobra.ShellCompDirectiveNoFileComp))
}

func checkTools(tools string) error {
	if tools == fewTools || tools == allTools {
		return nil
	}
	return &usageError{fmt.Errorf("--tools %q", tools), "--tools few, or --tools all"}
}

func (a *app) mcpCommand() *cobra.Command {
	var tools, folder, marking, logLevel string
	var datasets []string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "mcp", Short: "Answer an assistant over the Model Context Protocol", Args: args(cobra.NoArgs),
		Long: `Answer an assistant that speaks the Model Context Protocol over standard input and output, until its input ends. It reads
only: search, an entity's card, the evidence between two, paths, chains of command, timelines, and every canned question,
with sources and quotes. What orbat has to say itself goes to standard error. orbat serve answers the same at /mcp.

The client starts it: its configuration names the command orbat and the argument mcp.`,
		Example: `  orbat mcp
  orbat mcp --tools all --max-marking TLP:GREEN`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkTools(tools); err != nil {
				return err
			}
			var level slog.Level
			if err := level.UnmarshalText([]byte(logLevel)); err != nil {
				return &usageError{err, "--log-level warn"}
			}
			var limit *queries.MaxMarking
			if cmd.Flags().Changed("max-marking") { // an empty variable of a script must not open everything
				parsed, err := queries.ParseMaxMarking(marking)
				if err != nil {
					return &usageError{fmt.Errorf("--max-marking: %w", err), "--max-marking TLP:GREEN"}
				}
				limit = parsed
			}
			if cmd.Flags().Changed("dataset") && len(datasets) == 0 {
				return &usageError{errors.New("--dataset names no data set"), "orbat datasets list shows the loads"}
			}
			first, conn, err := a.runner(cmd.Context(), folder)
			if err != nil {
				return err
			}
			defer conn.Close()
			// The ontology and the questions may change while an assistant asks: each call looks anew.
			source := func(ctx context.Context) (*mcp.Graph, error) {
				ontology, err := loader.Applied(ctx, conn)
				if err != nil {
					return nil, conn.Explain("read the database", err)
				}
				library, _, err := a.library(ontology, folder) // what is broken was said at the start
				if err != nil {
					return nil, err
				}
				return &mcp.Graph{
					Runner: &queries.Runner{
						DB: conn, Ontology: ontology, Library: library, MaxMarking: limit, Datasets: datasets, Note: first.Note,
					},
					Explain: func(err error) error { return conn.Explain("ask", err) },
				}, nil
			}
			log := slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))
			face := mcp.New(mcp.Options{Version: version, All: tools == allTools, Time: timeout, Log: log})
			return face.Run(cmd.Context(), source, a.in, a.out)
		},
	}
	toolsFlag(cmd, &tools)
	f := cmd.Flags()
	f.StringVar(&folder, "queries", "", "folder of your own .dql files (default ORBAT_HOME/queries)")
	f.StringVar(&marking, "max-marking", "", "nothing marked above this is shown, whatever is asked: TLP:GREEN, SECRET …")
	f.StringSliceVar(&datasets, "dataset", nil, "only this data set is shown, whatever is asked; may be repeated")
	f.DurationVar(&timeout, "timeout", time.Minute, "how long one answer may take")
	f.StringVar(&logLevel, "log-level", "warn", "debug, info, warn or error: what is said on standard error")
	return cmd
}

// mountMCP has a server answer assistants at /mcp, each up to what its caller may see.
func mountMCP(server *httpapi.Server, face *mcp.Face) {
	server.Mount("/mcp", "mcp", func(w http.ResponseWriter, x *httpapi.Exchange) error {
		return face.ServeHTTP(w, x.Request, func(context.Context) (*mcp.Graph, error) {
			g, err := x.Graph() //nolint:contextcheck // the exchange has the request, and its context
			if err != nil {
				return nil, x.Explain(err)
			}
			return &mcp.Graph{
				Runner: g.Runner(x.Caller), Explain: x.Explain,
				Asked: func(what string, n int) { x.About, x.Rows = what, n },
			}, nil
		})
	})
}

package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"orbat/loader"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

func (a *app) queryCommand() *cobra.Command {
	var output, folder string
	var evidence bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "query NAME [param=value | value]…", Short: "Ask a canned question", Args: args(cobra.MinimumNArgs(1)),
		Long: `Ask one of the canned questions (orbat queries list). Values go to the parameters in their order, or by name.
Entities may be named by xid, name or alias. Every question takes as_of, or from and to, and min_confidence, dataset,
certain and limit.`,
		Example: `  orbat query shortest-path 'Michael Kurilla' 'Usamah al-Muhajir' --evidence
  orbat query commanders-of-unit CENTCOM as_of=2023-07-07
  orbat query ego-network CENTCOM depth=2 -o graphml > centcom.graphml`,
		RunE: func(cmd *cobra.Command, list []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			if library, err := a.ownLibrary(folder); err == nil {
				if _, err := library.Find(list[0]); err != nil {
					return err // before a database is started for nothing
				}
			}
			ctx, cancel := withTimeout(cmd.Context(), timeout)
			defer cancel()
			runner, conn, err := a.runner(ctx, folder)
			if err != nil {
				return err
			}
			defer conn.Close()
			q, err := runner.Library.Find(list[0])
			if err != nil {
				return err
			}
			params, err := q.ParseArgs(list[1:])
			if err != nil {
				return err
			}
			result, err := runner.Run(ctx, q.Name, params, queries.Ask{Evidence: evidence || drawn(output), Full: output != "text"})
			if ambiguous := (*queries.Ambiguous)(nil); errors.As(err, &ambiguous) {
				return &usageError{err, readyMade(ambiguous, params)}
			}
			if err != nil {
				return conn.Explain("ask", err)
			}
			return a.printResult(result, output, evidence)
		},
		ValidArgsFunction: func(_ *cobra.Command, list []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.completeQuery(folder, list)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json, "+strings.Join(encoderNames(), ", "))
	cmd.Flags().BoolVar(&evidence, "evidence", false, "show the source and quote behind every link")
	cmd.Flags().StringVar(&folder, "queries", "", "folder of your own .dql files (default ORBAT_HOME/queries)")
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "give up after so long; 0: never")
	_ = cmd.RegisterFlagCompletionFunc("output", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return append([]string{"text", "json"}, encoderNames()...), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// readyMade writes the whole question again for each of the first that a name may mean (law 17).
func readyMade(e *queries.Ambiguous, params map[string]string) string {
	hint := "name it by xid:"
	for _, c := range e.Candidates[:min(5, len(e.Candidates))] {
		hint += "\n  orbat query " + e.Query
		for _, name := range slices.Sorted(keys(params)) {
			value := params[name]
			if name == e.Param {
				value = c.XID
			}
			hint += " " + name + "=" + quoteArg(value)
		}
	}
	return hint
}

// known refuses data sets that are not there: an empty export looks like a backup, and no pair like none to decide.
func known(ctx context.Context, l *loader.Loader, datasets ...string) error {
	if len(datasets) == 0 {
		return nil
	}
	sets, err := l.Datasets(ctx)
	if err != nil {
		return err
	}
	for _, name := range datasets {
		if !slices.ContainsFunc(sets, func(set loader.Dataset) bool { return set.Name == name }) {
			return &loader.NoDataset{Name: name}
		}
	}
	return nil
}

func drawn(output string) bool { return output != "text" && output != "json" }

// encoderNames lists the formats of graphs; json of a result is its own.
func encoderNames() []string {
	var names []string
	for _, e := range encode.All() {
		if e.Name != "json" {
			names = append(names, e.Name)
		}
	}
	return names
}

func checkOutput(output string) error {
	if output == "text" || output == "json" {
		return nil
	}
	if _, err := encode.Find(output); err != nil {
		return &usageError{err, "one of text, json, " + strings.Join(encoderNames(), ", ")}
	}
	return nil
}

func (a *app) completeQuery(folder string, list []string) ([]string, cobra.ShellCompDirective) {
	ontology, err := schema.Default()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	library, err := a.library(ontology, folder)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var words []string
	if len(list) == 0 {
		for _, q := range library.List() {
			words = append(words, q.Name+"\t"+q.Purpose)
		}
		return words, cobra.ShellCompDirectiveNoFileComp
	}
	q, err := library.Find(list[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, p := range q.AllParams() {
		words = append(words, p.Name+"=\t"+p.Help)
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"orbat/loader"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

func (a *app) queryCommand() *cobra.Command {
	var output, folder string
	var evidence, exact bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "query NAME [param=value | value]…", Short: "Ask a canned question", Args: args(cobra.MinimumNArgs(1)),
		Long: `Ask one of the canned questions (orbat queries list). Values go to the parameters in their order, or by name.
Entities may be named by xid, name or alias, or by words of a name that only one of the type asked for has, which is said
(--exact refuses that). Every question takes as_of, or from and to, and min_confidence, dataset, certain and limit.
What may have held at the time asked for is marked possible; what other claims deny or negate is marked contested.`,
		Example: `  orbat query shortest-path 'Michael Kurilla' 'Usamah al-Muhajir' --evidence
  orbat query commanders-of-unit CENTCOM as_of=2023-07-07
  orbat query career 'Michael Kurilla' -o xlsx > career.xlsx
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
				return timedOut(ctx, "connect", timeout, "", err)
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
			progress := a.newAskProgress(q.Name)
			result, err := runner.Run(ctx, q.Name, params, queries.Ask{
				Evidence: evidence || drawn(output), Full: output != "text", Exact: exact, Progress: progress.report,
				Markings: output == "html",
			})
			progress.end()
			if err = timedOut(ctx, q.Name, timeout, progress.text(), err); errors.As(err, new(*timeoutError)) {
				return err
			}
			if err != nil {
				return conn.Explain("ask", withHint(err, runner.Library, q, params, flagsOf(cmd)))
			}
			a.tellTaken(result.Taken)
			for _, value := range params {
				if near := q.Misnamed(value); near != "" {
					a.note("%q was taken as it is; %s", schema.Shorten(value), parametersHint(q.Name, near))
				}
			}
			return a.printResult(result, output, evidence)
		},
		ValidArgsFunction: func(_ *cobra.Command, list []string, _ string) ([]string, cobra.ShellCompDirective) {
			return a.completeQuery(folder, list)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text",
		"text, json, "+strings.Join(outputNames(), ", ")+"; orbat help formats says who reads them")
	cmd.Flags().BoolVar(&evidence, "evidence", false, "show the source and quote behind every link")
	cmd.Flags().BoolVar(&exact, "exact", false, "take no entity for a word of its name, only for an xid, a name or an alias")
	cmd.Flags().StringVar(&folder, "queries", "", "folder of your own .dql files (default ORBAT_HOME/queries)")
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "give up after so long; 0: never")
	_ = cmd.RegisterFlagCompletionFunc("output", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return append([]string{"text", "json"}, outputNames()...), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// tellTaken says which entities were taken for a word of their names (law 17).
func (a *app) tellTaken(taken []queries.Taken) {
	for _, t := range taken {
		a.note("%s: %q was taken as %s (%s); --exact refuses what is only a word of a name", t.Param, schema.Shorten(t.Text),
			clean(t.Name), clean(t.XID))
	}
}

// withHint returns an error of a question with the commands that would have been meant (law 17).
func withHint(err error, library *queries.Library, q *queries.Query, params map[string]string, flags string) error {
	var ambiguous *queries.AmbiguousError
	var unknown *queries.UnknownEntityError
	var param *queries.ParamError
	switch {
	case errors.As(err, &ambiguous):
		return &usageError{err, "name it by xid:" +
			suggestedCommands(ambiguous.Candidates, q, ambiguous.Param, ambiguous.Text, params, flags)}
	case errors.As(err, &unknown):
		hint := hintOf(unknown)
		switch near := q.Misnamed(unknown.Text); {
		case near != "":
			hint = parametersHint(q.Name, near)
		case len(unknown.Of) > 0:
			hint += queriesFor(library, unknown.Near[0])
		case len(unknown.Near) > 0:
			if commands := suggestedCommands(unknown.Near, q, unknown.Param, unknown.Text, params, flags); commands != "" {
				hint += "\nready to ask:" + commands
			}
		}
		return &usageError{err, hint}
	case errors.As(err, &param):
		if near := q.Misnamed(params[param.Column]); near != "" {
			return &usageError{err, parametersHint(q.Name, near)}
		}
	}
	return err
}

// suggestedCommands returns the whole question again for each of the first that a name may mean, where the parameter
// takes its type.
func suggestedCommands(candidates []queries.Candidate, q *queries.Query, param, text string, params map[string]string,
	flags string,
) string {
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(c queries.Candidate) bool {
		return slices.ContainsFunc(q.Params, func(p queries.Param) bool {
			return p.Name == param && len(p.Of) > 0 && c.Type != "" && !slices.Contains(p.Of, c.Type)
		})
	})
	commands := ""
	for _, c := range candidates[:min(5, len(candidates))] {
		commands += "\n  orbat query " + q.Name
		for _, name := range slices.Sorted(maps.Keys(params)) {
			value := params[name]
			switch {
			case name != param:
			case strings.Contains(value, text): // one of a list, perhaps
				value = strings.Replace(value, text, c.XID, 1)
			default:
				value = c.XID
			}
			commands += " " + name + "=" + quoteArg(value)
		}
		commands += flags
	}
	return commands
}

// queriesFor returns the commands of questions that can be asked of an entity which this one does not take.
func queriesFor(library *queries.Library, c queries.Candidate) string {
	commands := ""
	for _, q := range library.List() {
		if len(q.Params) > 0 && q.Params[0].Type == "entity" && slices.Contains(q.Params[0].Of, c.Type) {
			commands += "\n  orbat query " + q.Name + " " + quoteArg(c.XID)
		}
	}
	if commands == "" {
		return ""
	}
	return "\nasked of a " + c.Type + ":" + commands
}

// flagsOf writes the flags that were given as they would be typed again.
func flagsOf(cmd *cobra.Command) string {
	flags := ""
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case f.Value.Type() == "bool" && f.Value.String() == "true":
			flags += " --" + f.Name
		case f.Name != "dgraph": // its value may be a secret
			flags += " --" + f.Name + "=" + quoteArg(f.Value.String())
		}
	})
	return flags
}

// requireDatasets refuses data sets that are not there: an empty export looks like a backup, and no pair like none to
// decide.
func requireDatasets(ctx context.Context, l *loader.Loader, datasets ...string) error {
	if len(datasets) == 0 {
		return nil
	}
	sets, err := l.Datasets(ctx)
	if err != nil {
		return err
	}
	for _, name := range datasets {
		if !slices.ContainsFunc(sets, func(set loader.Dataset) bool { return set.Name == name }) {
			return &loader.NoDatasetError{Name: name}
		}
	}
	return nil
}

func drawn(output string) bool { return output != "text" && output != "json" }

// outputNames lists what an answer may be written as besides text and json: tables and graphs.
func outputNames() []string {
	var names []string
	for _, e := range encode.Tables() {
		names = append(names, e.Name)
	}
	return append(names, encode.GraphNames()...)
}

func checkOutput(output string) error {
	if _, table := encode.FindTable(output); table || output == "text" || output == "json" {
		return nil
	}
	if _, err := encode.Find(output); err != nil {
		return &usageError{err, "one of text, json, " + strings.Join(outputNames(), ", ")}
	}
	return nil
}

func (a *app) completeQuery(folder string, list []string) ([]string, cobra.ShellCompDirective) {
	ontology, err := schema.Default()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	library, _, err := a.library(ontology, folder)
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
		if q.Refuses(p.Name) == "" {
			words = append(words, p.Name+"=\t"+p.Help)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

package main

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"orbat/deploy"
	"orbat/loader"
	"orbat/schema"
)

func (a *app) checkCommand() *cobra.Command {
	var asJSON, rebuild, evidence bool
	var mode string
	cmd := &cobra.Command{
		Use: "check", Short: "Check that the graph shows what its claims say", Args: args(cobra.NoArgs),
		Long: `Check every claim, edge and value, and list what the claims dispute. Exits 1 where it finds something.

--evidence also looks for every passage that a statement quotes, or gives by its span, in the text that the statement's own data
set keeps of the document: as it stands, else in another spelling (normalised), else elsewhere (moved). One that is nowhere is
a finding; those of documents of which no text is kept are counted apart.

Where a Dgraph was killed, a long list may lack edges that are there ("list lacks edges"): --rebuild-lists has Dgraph make all
such lists anew, and checks then. Nobody may load meanwhile.`,
		Example: "  orbat check\n  orbat check --evidence\n  orbat check --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			if rebuild {
				if err := l.RebuildLists(cmd.Context()); err != nil {
					return conn.Explain("rebuild the lists", err)
				}
			}
			show, err := a.newProgress(mode, nil, &atomic.Int64{})
			if err != nil {
				return err
			}
			result, err := l.CheckWith(cmd.Context(), loader.CheckOptions{Evidence: evidence, Progress: show.report})
			show.end()
			if err != nil {
				return conn.Explain("check", err)
			}
			if asJSON {
				err = a.printJSON(result)
			} else {
				a.printCheck(result)
			}
			if err == nil && len(result.Findings) > 0 {
				err = &exitError{exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&evidence, "evidence", false, "look for what statements quote in the texts of their documents, too")
	cmd.Flags().StringVar(&mode, "progress", "auto", "auto, bar, lines, json or none")
	cmd.Flags().BoolVar(&rebuild, "rebuild-lists", false, "first have Dgraph make the lists of edges backwards anew")
	return cmd
}

func (a *app) printCheck(result *loader.CheckResult) {
	a.printf("%d claims (%d retracted), %d entities (%d dangling), %d edges: %d findings\n",
		result.Claims, result.Retracted, result.Entities, result.Dangling, result.Edges, len(result.Findings))
	for _, f := range result.Findings {
		a.printf("  %s\n", f)
	}
	e := result.Evidence
	if e == nil {
		return
	}
	a.printf("%d passages: %d exact, %d normalised, %d moved, %d missing; %d of documents without a kept text\n",
		e.Passages, e.Exact, e.Normalised, e.Moved, e.Missing, e.Unkept)
	for _, p := range e.Elsewhere {
		a.printf("  %s\n", p)
	}
	if more := e.Normalised + e.Moved - len(e.Elsewhere); more > 0 {
		a.printf("  … and %d more\n", more)
	}
}

func (a *app) datasetsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "datasets", Short: "List and remove data sets", Args: args(cobra.NoArgs),
		Long:    "A data set is what was loaded under one name; removing it takes back what only it said.",
		Example: "  orbat datasets list\n  orbat datasets remove strike-2023",
	}
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the data sets", Args: args(cobra.NoArgs), Example: "  orbat datasets list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			sets, err := l.Datasets(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(append([]loader.Dataset{}, sets...)) // none is an empty list
			}
			columns, rows := []string{"data set", "claims", "loads", "last load"}, make([][]string, len(sets))
			history := slices.ContainsFunc(sets, func(set loader.Dataset) bool { return set.Retracted > 0 })
			if history {
				columns = slices.Insert(columns, 2, "retracted")
			}
			for i, set := range sets {
				last := ""
				if n := len(set.Loads); n > 0 {
					last = set.Loads[n-1].Started.Format("2006-01-02 15:04") + " " + set.Loads[n-1].State
				}
				rows[i] = []string{set.Name, strconv.Itoa(set.Claims), strconv.Itoa(len(set.Loads)), last}
				if history {
					rows[i] = slices.Insert(rows[i], 2, strconv.Itoa(set.Retracted))
				}
			}
			a.printTable(columns, rows)
			return nil
		},
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	var mode string
	remove := &cobra.Command{
		Use: "remove NAME", Short: "Delete a data set's claims and what only they drew", Args: args(cobra.ExactArgs(1)),
		Long:    "Delete a data set. What other data sets claim stays. Removing the data set decisions undoes all decisions.",
		Example: "  orbat datasets remove strike-2023",
		RunE: func(cmd *cobra.Command, names []string) error {
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			show, err := a.newProgress(mode, nil, &atomic.Int64{})
			if err != nil {
				return err
			}
			report, err := l.Remove(cmd.Context(), names[0], show.report)
			show.end()
			if err != nil {
				return err
			}
			a.printf("removed %s: %d claims about %d subjects and relations\n", names[0], report.Claims.Removed, report.Records.Removed)
			return nil
		},
	}
	remove.Flags().StringVar(&mode, "progress", "auto", "auto, bar, lines, json or none")
	cmd.AddCommand(list, remove)
	return cmd
}

// maintainer opens the database under the ontology it was written with.
func (a *app) maintainer(cmd *cobra.Command) (*loader.Loader, *deploy.Conn, error) {
	conn, err := a.connect(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	ontology, err := loader.Applied(cmd.Context(), conn)
	if err != nil {
		_ = conn.Close()
		return nil, nil, conn.Explain("read the database", err)
	}
	return a.loaderOf(conn, ontology), conn, nil
}

func (a *app) schemaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "schema", Short: "Show, compare and apply the ontology", Args: args(cobra.NoArgs),
		Long:    "The ontology says what can be said; the Dgraph schema is made from it. A file of your own (--ontology) adds to it.",
		Example: "  orbat schema types\n  orbat schema show Person\n  orbat schema diff --ontology mine.yaml",
	}
	var files []string
	cmd.PersistentFlags().StringArrayVar(&files, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	var dql bool
	show := &cobra.Command{
		Use:   "show [TYPE|RELATION]",
		Short: "Print the ontology, one type or relation of it, or the Dgraph schema", Args: args(cobra.MaximumNArgs(1)),
		Example: "  orbat schema show\n  orbat schema show commands\n  orbat schema show --dgraph-schema",
		RunE: func(_ *cobra.Command, names []string) error {
			ontology, err := ontologyOf(files)
			if err != nil {
				return err
			}
			switch {
			case dql:
				a.printf("%s", ontology.DgraphSchema())
				return nil
			case len(names) > 0:
				return a.showName(ontology, names[0])
			}
			text, err := yaml.Marshal(ontology)
			if err == nil {
				a.printf("%s", text)
			}
			return err
		},
	}
	show.Flags().BoolVar(&dql, "dgraph-schema", false, "print the Dgraph schema made from it")
	types := &cobra.Command{
		Use: "types", Short: "List the entity types and relations", Args: args(cobra.NoArgs), Example: "  orbat schema types",
		RunE: func(*cobra.Command, []string) error {
			ontology, err := ontologyOf(files)
			if err != nil {
				return err
			}
			a.printTypes(ontology)
			return nil
		},
	}
	diff := &cobra.Command{
		Use: "diff", Short: "Show what apply would change in the database", Args: args(cobra.NoArgs),
		Example: "  orbat schema diff --ontology mine.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd, files, false) },
	}
	apply := &cobra.Command{
		Use: "apply", Short: "Bring the database to the ontology; only ever adds", Args: args(cobra.NoArgs),
		Example: "  orbat schema apply --ontology mine.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.migrate(cmd, files, true) },
	}
	cmd.AddCommand(show, types, diff, apply)
	return cmd
}

func (a *app) migrate(cmd *cobra.Command, files []string, apply bool) error {
	ontology, err := ontologyOf(files)
	if err != nil {
		return err
	}
	conn, err := a.connect(cmd.Context())
	if err != nil {
		return err
	}
	defer conn.Close()
	plan, err := loader.PlanMigration(cmd.Context(), conn, ontology)
	if plan != nil {
		a.printf("%s", plan.Diff)
		for _, step := range plan.Repairs {
			a.printf("* format %d: %s\n", loader.Format, step)
		}
	}
	if err == nil && apply {
		_, err = a.loaderOf(conn, nil).Migrate(cmd.Context(), ontology)
	}
	if err != nil {
		return conn.Explain("compare the schema", err)
	}
	if len(plan.Diff)+len(plan.Repairs) == 0 {
		a.printf("the database is as the ontology wants it\n")
	}
	return nil
}

func (a *app) printTypes(o *schema.Ontology) {
	var rows [][]string
	for _, t := range o.Types {
		rows = append(rows, []string{t.Name, t.Doc})
	}
	a.printTable([]string{"type", "what it is"}, rows)
	rows = nil
	for _, r := range o.Relations {
		var ends []string
		for _, e := range r.Ends {
			ends = append(ends, e.String())
		}
		rows = append(rows, []string{r.Name, strings.Join(ends, "; "), r.Doc})
	}
	a.printTable([]string{"relation", "from → to", "what it says"}, rows)
}

func (a *app) showName(o *schema.Ontology, name string) error {
	var properties []*schema.Property
	if t := o.Type(name); t != nil {
		a.printf("%s: %s\n", t.Name, t.Doc)
		properties = t.Properties
	} else if r := o.Relation(name); r != nil {
		a.printf("%s: %s\n", r.Name, r.Doc)
		for _, e := range r.Ends {
			a.printf("  %s\n", e)
		}
		properties = r.Qualifiers
	} else {
		hint := "orbat schema types"
		for _, kind := range []string{"type", "relation"} {
			if near := o.Suggest(kind, name); near != "" {
				hint = schema.DidYouMean(near, "")
			}
		}
		return &usageError{fmt.Errorf("no type or relation %q", name), hint}
	}
	var rows [][]string
	for _, p := range properties {
		kind := string(p.Kind)
		if p.List {
			kind += " list"
		}
		rows = append(rows, []string{p.Name, kind, strings.Join(p.Values, ", "), p.Doc})
	}
	if len(rows) > 0 {
		a.printTable([]string{"name", "kind", "values", "what it says"}, rows)
	}
	return nil
}

func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: args(cobra.NoArgs), Example: "  orbat version --json",
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return a.printJSON(map[string]any{
					"version": version, "dgraph": deploy.Version, "format": loader.Format,
					"go": runtime.Version(),
				})
			}
			a.printf("orbat %s (Dgraph %s, format %d, %s)\n", version, deploy.Version, loader.Format, runtime.Version())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

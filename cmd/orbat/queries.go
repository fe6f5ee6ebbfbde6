package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"orbat/queries"
	"orbat/schema"
)

func (a *app) queriesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "queries", Short: "Write, check, list and show canned questions", Args: args(cobra.NoArgs),
		Long: `The canned questions: those that orbat ships and your own .dql files in ORBAT_HOME/queries or --queries. One of your own
takes the place of one that is shipped under its name. To begin one, copy the one that is most like it:
orbat queries new NAME --from QUESTION; its step, columns and parameters are right then, and orbat queries check NAME
says what is wrong with it.

` + queries.HeaderReference(),
		Example: "  orbat queries list\n  orbat queries new my-query --from career\n  orbat queries check my-query",
	}
	folder := ""
	cmd.PersistentFlags().StringVar(&folder, "queries", "", "folder of your own .dql files (default ORBAT_HOME/queries)")
	_ = cmd.MarkPersistentFlagDirname("queries")
	cmd.AddCommand(a.queriesNew(&folder), a.queriesCheck(&folder), a.queriesList(&folder), a.queriesShow(&folder), a.queriesSchema())
	return cmd
}

func (a *app) queriesList(folder *string) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use: "list", Short: "List the canned questions", Args: args(cobra.NoArgs), Example: "  orbat queries list --json",
		RunE: func(*cobra.Command, []string) error {
			ontology, err := schema.Default()
			if err != nil {
				return err
			}
			library, err := a.warnedLibrary(ontology, *folder)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(library.List())
			}
			var rows [][]string
			for _, q := range library.List() {
				var params []string
				for _, p := range q.Params {
					if p.Required {
						params = append(params, p.Name)
					} else {
						params = append(params, "["+p.Name+"]")
					}
				}
				rows = append(rows, []string{q.Name, strings.Join(params, " "), q.Purpose})
			}
			a.printTable([]string{"name", "parameters", "purpose"}, rows)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) queriesShow(folder *string) *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Show a question's parameters and DQL", Args: args(cobra.ExactArgs(1)),
		Example:           "  orbat queries show career",
		ValidArgsFunction: a.completeNames(folder),
		RunE: func(_ *cobra.Command, list []string) error {
			library, err := a.ownLibrary(*folder)
			if err != nil {
				return err
			}
			q, err := library.Find(list[0])
			if err != nil {
				return err
			}
			a.showQuery(q)
			return nil
		},
	}
}

func (a *app) queriesSchema() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of a question's header, for editors and checks", Args: args(cobra.NoArgs),
		Long: "Print the JSON Schema of the header of .dql files: the YAML in their leading # lines. orbat queries --help " +
			"explains the keys.",
		Example: "  orbat queries schema > header.schema.json",
		RunE: func(*cobra.Command, []string) error {
			o, err := ontologyOf(files)
			if err != nil {
				return err
			}
			s, err := queries.HeaderSchema(o)
			if err != nil {
				return err
			}
			return a.printJSON(s)
		},
	}
	cmd.Flags().StringArrayVar(&files, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	return cmd
}

func (a *app) queriesNew(folder *string) *cobra.Command {
	from := ""
	cmd := &cobra.Command{
		Use: "new NAME", Short: "Begin a question of your own", Args: args(cobra.ExactArgs(1)),
		Long: `Write a working .dql file into your folder of questions, with comments that say what to change, or a copy of a canned
question under a new name. A file that is there is left alone.`,
		Example:           "  orbat queries new who-was-there\n  orbat queries new my-career --from career",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(_ *cobra.Command, list []string) error {
			name := list[0]
			if !queries.IsQueryName(name) {
				return &usageError{
					fmt.Errorf("name %q is not of the form a-z, 0-9 and -", schema.Shorten(name)),
					"orbat queries new my-query",
				}
			}
			text := queries.Starter(name)
			if from != "" {
				library, err := a.ownLibrary(*folder)
				if err != nil {
					return err
				}
				q, err := library.Find(from)
				if err != nil {
					return err
				}
				text = q.Renamed(name)
			}
			return a.writeQuery(*folder, name, text)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "copy this canned question")
	_ = cmd.RegisterFlagCompletionFunc("from", a.completeNames(folder))
	return cmd
}

func (a *app) writeQuery(folder, name, text string) error {
	folder, err := a.queriesFolder(folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil { //nolint:gosec // the user's umask decides
		return fmt.Errorf("make the folder of queries: %w", err)
	}
	path := filepath.Join(folder, name+".dql")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // as above
	if errors.Is(err, fs.ErrExist) {
		return &usageError{fmt.Errorf("%s is there already", path), "change it, or take another name"}
	}
	if err != nil {
		return fmt.Errorf("write the query: %w", err)
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write the query: %w", err)
	}
	a.printf("%s\n", path)
	a.note("change it, then: orbat queries check %s", quoteArg(path))
	return nil
}

// queriesFolder returns where the user's own questions are.
func (a *app) queriesFolder(folder string) (string, error) {
	if folder != "" {
		return folder, nil
	}
	home, err := a.homeDir()
	return filepath.Join(home, "queries"), err
}

// ownLibrary reads the queries without a database.
func (a *app) ownLibrary(folder string) (*queries.Library, error) {
	ontology, err := schema.Default()
	if err != nil {
		return nil, err
	}
	library, _, err := a.library(ontology, folder)
	return library, err
}

func (a *app) completeNames(folder *string) cobra.CompletionFunc {
	return func(_ *cobra.Command, list []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(list) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.completeQuery(*folder, nil)
	}
}

func (a *app) showQuery(q *queries.Query) {
	a.printf("%s: %s\n\nshape:   %s\nfile:    %s\nexample: %s\ntime:    %s\n\nparameters\n", q.Name, q.Purpose, q.Shape,
		filepath.ToSlash(q.File), q.Example, q.Time)
	for _, p := range q.AllParams() {
		if q.Refuses(p.Name) != "" {
			continue
		}
		need := ""
		switch {
		case p.Required:
			need = ", required"
		case p.Default != "":
			need = ", default " + p.Default
		}
		a.printf("  %-15s %s (%s%s)\n", p.Name, p.Help, p.Type, need)
	}
	if q.Step != "" {
		a.printf("\nstep: %s\n", q.Step)
	}
	if q.DQL != "" {
		a.printf("\n%s\n", q.DQL)
	}
}

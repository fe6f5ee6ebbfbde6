package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"orbat/loader/text"
	"orbat/loader/text/gold"
)

func (a *app) textCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "text", Short: "Measure how texts are read", Args: args(cobra.NoArgs),
		Long: `What is read of a text is shown by orbat plan and loaded by orbat load. This measures it against what careful
readers found.`,
		Example: "  orbat text eval gold/ --texts articles/",
	}
	var texts string
	var asJSON, errors bool
	eval := &cobra.Command{
		Use: "eval GOLD", Short: "Compare what is read of texts with what careful readers found in them", Args: args(cobra.ExactArgs(1)),
		Long: `Read the texts that a gold of statements is about, and count: how many of the core statements are found, how many of
the asserted ones are right, what is said that must not be, and how often the assertion is right. GOLD is a file of
documents, one a line, or a folder of such files; the texts are found by their SHA-256.`,
		Example: "  orbat text eval gold/open.ndjson --texts articles/\n  orbat text eval gold/ --texts articles/ --json",
		RunE: func(cmd *cobra.Command, paths []string) error {
			documents, err := gold.Open(paths[0])
			if err != nil {
				return err
			}
			contents, err := gold.Texts(texts)
			if err != nil {
				return err
			}
			result, err := gold.Score(documents, contents, func(content, published string) (*text.Reading, error) {
				return text.Read(cmd.Context(), content, text.Options{Published: published})
			})
			if err != nil {
				return err
			}
			if !errors {
				result.Wrong, result.Missed, result.Violations = nil, nil, nil
			}
			if asJSON {
				return a.printJSON(result)
			}
			a.printScore(result)
			return nil
		},
	}
	eval.Flags().StringVar(&texts, "texts", ".", "the folder with the texts")
	eval.Flags().BoolVar(&errors, "errors", false, "list what is wrong, missed, and said though it must not be")
	eval.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(eval)
	return cmd
}

func (a *app) printScore(r *gold.Result) {
	a.printf("%d documents", r.Documents)
	if r.Missing > 0 {
		a.printf(", %d without a text", r.Missing)
	}
	all := &r.All
	a.printf("\n  precision  %.3f  %d of %d\n  recall     %.3f  %d of %d core statements\n", all.Precision(),
		all.Right, all.Said,
		all.Recall(), all.Found, all.Core)
	a.printf("  assertion  %.3f  %d of %d matched\n  must not   %d of %d said\n  names      %d of %d\n\n",
		all.Assertion(), all.Stance,
		all.Matched, all.Violated, all.MustNot, all.Named, all.Entities)
	table := func(head string, counts map[string]*gold.Counts) {
		var rows [][]string
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			c := counts[name]
			if c.Said+c.Core+c.MustNot == 0 {
				continue
			}
			rows = append(rows, []string{
				name, fmt.Sprintf("%.2f", c.Precision()), fmt.Sprint(c.Right), fmt.Sprint(c.Said), fmt.Sprintf("%.2f",
					c.Recall()),
				fmt.Sprint(c.Found), fmt.Sprint(c.Core), fmt.Sprint(c.Violated),
			})
		}
		a.printTable([]string{head, "precision", "right", "said", "recall", "found", "core", "must not"}, rows)
		a.printf("\n")
	}
	table("relation", r.Relations)
	table("set", r.Sets)
	table("rule", r.Rules)
	tens := map[string]*gold.Counts{}
	for ten, c := range r.Confidence {
		tens[fmt.Sprintf("%3d", ten)] = c
	}
	table("confidence", tens)
	for _, list := range []struct {
		head  string
		lines []string
	}{{"must not be said", r.Violations}, {"wrong", r.Wrong}, {"missed", r.Missed}} {
		for i, line := range list.lines {
			if i == 0 {
				a.printf("%s\n", list.head)
			}
			a.printf("  %s\n", clean(line))
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"orbat/loader/text"
	"orbat/loader/text/gold"
	"orbat/loader/text/tagger"
)

func (a *app) textCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "text", Short: "Measure how texts are read", Args: args(cobra.NoArgs),
		Long: `What is read of a text is shown by orbat plan and loaded by orbat load. This measures it against what careful
readers found, and makes models of names of what they marked.`,
		Example: "  orbat text eval gold/ --texts articles/\n  orbat text train annotated/ --out names.model",
	}
	cmd.AddCommand(a.textEvalCommand(), a.textTrainCommand())
	return cmd
}

// textEval is what text eval was asked for.
type textEval struct {
	texts, model, leaveOut string
	folds                  int
	asJSON, errors         bool
}

func (a *app) textEvalCommand() *cobra.Command {
	var e textEval
	cmd := &cobra.Command{
		Use: "eval FOLDER", Short: "Compare what is read of texts with what careful readers found in them",
		Args: args(cobra.ExactArgs(1)),
		Long: `Read texts, and compare what is read with what careful readers found in them.

Where the folder holds a gold of statements (a document a line, *.ndjson; one such file will do, too), count how many of
the core statements are found, how many of the asserted ones are right, what is said that must not be, and how often the
assertion is right; the texts are found by their SHA-256 in the folder of --texts.

Where it holds annotated texts, re3d's (documents.json beside entities.json) or BRAT's (NAME.ann beside NAME.txt), count
the mentions that are found with the type that was marked: exactly, and by any overlap. The rules of the reader find
names alone, where annotators mark more: quantities, groups without a name. --model FILE measures a model of orbat
text train on all of them; --folds N measures N models, each of the documents that it did not learn from, and
--leave-out SOURCE one that learns from the other sources. With --folds, relations between the marked mentions are
learnt as well, where there are any (BRAT's).`,
		Example: "  orbat text eval gold/ --texts articles/ --json\n  orbat text eval annotated/ --folds 5",
		RunE: func(cmd *cobra.Command, paths []string) error {
			documents, err := gold.Corpus(paths[0])
			switch {
			case err != nil:
				return err
			case len(documents) > 0:
				return a.evalNames(cmd, documents, &e)
			case e.folds > 0 || e.leaveOut != "" || e.model != "":
				return noTexts("%s has no annotated texts, which --folds, --leave-out and --model are about", paths[0])
			}
			return a.evalStatements(cmd, paths[0], &e)
		},
	}
	cmd.Flags().StringVar(&e.texts, "texts", ".", "the folder with the texts of a gold of statements")
	cmd.Flags().BoolVar(&e.errors, "errors", false, "list what is wrong, missed, and said though it must not be")
	cmd.Flags().BoolVar(&e.asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&e.folds, "folds", 0, "learn from all but a part of the documents, and measure that; so many parts")
	cmd.Flags().StringVar(&e.leaveOut, "leave-out", "", "learn from the other sources, and measure this one")
	cmd.Flags().StringVar(&e.model, "model", "", "measure this model")
	cmd.MarkFlagsMutuallyExclusive("folds", "leave-out", "model")
	return cmd
}

func (a *app) textTrainCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use: "train FOLDER…", Short: "Make a model of names of annotated texts", Args: args(cobra.MinimumNArgs(1)),
		Long: `Learn from annotated texts, re3d's (documents.json beside entities.json) or BRAT's (NAME.ann beside NAME.txt), where
the mentions of a text stand. It takes seconds, and the same texts make the same model, byte by byte, on every machine.
The model holds no words, only hashes of them. orbat text eval --model measures it.`,
		Example: "  orbat text train annotated/ --out names.model",
		RunE: func(cmd *cobra.Command, paths []string) error {
			var documents []*gold.Annotated
			for _, path := range paths {
				some, err := gold.Corpus(path)
				if err != nil {
					return err
				}
				if len(some) == 0 {
					return noTexts("%s has no annotated texts", path)
				}
				documents = append(documents, some...)
			}
			var b bytes.Buffer
			if err := gold.Learn(documents).Write(&b); err != nil {
				return err
			}
			if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
				return err
			}
			a.printf("%s: %d bytes, of %d documents\n", out, b.Len(), len(documents))
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to write")
	cobra.CheckErr(cmd.MarkFlagRequired("out"))
	return cmd
}

func noTexts(format string, path string) error {
	return &usageError{
		fmt.Errorf(format, path), "annotated texts are re3d's documents.json beside entities.json, or BRAT's NAME.ann beside NAME.txt",
	}
}

// evalNames measures mentions.
func (a *app) evalNames(cmd *cobra.Command, documents []*gold.Annotated, e *textEval) error {
	var names *gold.Names
	var err error
	switch {
	case e.folds == 1 || e.folds < 0 || e.folds > len(documents):
		return &usageError{fmt.Errorf("--folds %d of %d documents", e.folds, len(documents)), "from 2 up to as many as there are documents"}
	case e.folds > 0:
		names = gold.Folds(documents, e.folds)
	case e.leaveOut != "":
		if names, err = gold.LeaveOut(documents, e.leaveOut); err != nil {
			return &usageError{err, "--leave-out takes one of the sources"}
		}
	case e.model != "":
		names, err = modelNames(documents, e.model)
	default:
		names, err = gold.RulesOf(documents, func(content string) (*text.Reading, error) {
			return text.Read(cmd.Context(), content, text.Options{})
		})
	}
	if err != nil {
		return err
	}
	if e.asJSON {
		return a.printJSON(names)
	}
	a.printNames(names)
	return nil
}

func modelNames(documents []*gold.Annotated, path string) (*gold.Names, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	m, err := tagger.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return gold.TaggedBy(documents, m), nil
}

// evalStatements measures statements.
func (a *app) evalStatements(cmd *cobra.Command, path string, e *textEval) error {
	documents, err := gold.Open(path)
	if err != nil {
		return err
	}
	if len(documents) == 0 {
		return noTexts("%s has neither annotated texts nor a gold of statements (*.ndjson)", path)
	}
	contents, err := gold.Texts(e.texts)
	if err != nil {
		return err
	}
	result, err := gold.Score(documents, contents, func(content, published string) (*text.Reading, error) {
		return text.Read(cmd.Context(), content, text.Options{Published: published})
	})
	if err != nil {
		return err
	}
	if !e.errors {
		result.Wrong, result.Missed, result.Violations = nil, nil, nil
	}
	if e.asJSON {
		return a.printJSON(result)
	}
	a.printScore(result)
	return nil
}

func (a *app) printNames(n *gold.Names) {
	exact, overlap := n.All.F1()
	a.printf("%d documents\n  exact    F1 %.3f  %d found, %d marked, %d alike\n  overlap  F1 %.3f\n\n", n.Documents, exact,
		n.All.Found, n.All.Marked, n.All.Exact, overlap)
	if n.Related != nil {
		exact, _ := n.Related.F1()
		a.printf("  relations between the marked mentions  F1 %.3f  %d found, %d marked, %d alike\n\n", exact, n.Related.Found,
			n.Related.Marked, n.Related.Exact)
	}
	for _, table := range []struct {
		head   string
		counts map[string]*gold.NameCounts
	}{{"type", n.Types}, {"source", n.Sources}, {"relation", n.Relations}} {
		if len(table.counts) == 0 {
			continue
		}
		var rows [][]string
		for _, name := range slices.Sorted(maps.Keys(table.counts)) {
			c := table.counts[name]
			exact, overlap := c.F1()
			rows = append(rows, []string{
				clean(name), fmt.Sprintf("%.2f", exact), fmt.Sprintf("%.2f", overlap), fmt.Sprint(c.Found), fmt.Sprint(c.Marked),
				fmt.Sprint(c.Exact),
			})
		}
		a.printTable([]string{table.head, "exact F1", "overlap F1", "found", "marked", "alike"}, rows)
		a.printf("\n")
	}
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
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(r.Assertions)) {
		c := r.Assertions[name]
		rows = append(rows, []string{
			string(name), fmt.Sprintf("%.2f", c.Assertion()), fmt.Sprint(c.Stance), fmt.Sprint(c.Matched),
		})
	}
	a.printTable([]string{"put as", "right", "so", "matched"}, rows)
	a.printf("\n")
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

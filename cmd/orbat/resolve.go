package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"orbat/loader"
	"orbat/loader/identity"
	"orbat/schema"
)

func (a *app) resolveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "resolve", Short: "Find and decide which entities are one", Args: args(cobra.NoArgs),
		Long: `Find entities that may be one, spelt or transcribed differently, and decide: same, different, unsure. Decisions are
kept with who, when and why, survive every load and removal, and can be undone. What is the same is one in every answer; its
parts and who said what stay visible.`,
		Example: `  orbat resolve candidates --explain
  orbat resolve review --by ann
  orbat resolve list
  orbat resolve export > decisions.ndjson    # load it elsewhere, or keep it in git`,
	}
	cmd.AddCommand(a.candidatesCommand(), a.compareCommand(), a.reviewCommand(),
		a.decideCommand(schema.Same, "Decide that two entities are one"),
		a.decideCommand(schema.Different, "Decide that two entities are not one"),
		a.decideCommand(schema.Unsure, "Keep that nobody can tell yet"),
		a.rejectCommand(), a.acceptCommand(), a.decisionsCommand(), a.decisionsExportCommand(), a.undoCommand())
	return cmd
}

// proposing is what finds candidates: the flags that candidates and review share.
type proposing struct {
	*app
	dataset, against []string
	types            []string
	threshold        float64
}

func (p *proposing) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&p.dataset, "dataset", nil, "one of the two is of this data set; may be repeated (default any)")
	f.StringSliceVar(&p.against, "against", nil, "and the other of this one; may be repeated (default any)")
	f.StringSliceVar(&p.types, "type", nil, "only of this type; may be repeated (default all but Source)")
	f.Float64Var(&p.threshold, "threshold", identity.Threshold, "least score, 0 to 1")
}

// find returns the pairs.
func (p *proposing) find(ctx context.Context, l *loader.Loader) ([]identity.Pair, error) {
	if !(p.threshold > 0 && p.threshold <= 1) { // nor NaN
		return nil, &usageError{fmt.Errorf("--threshold %v is no score", p.threshold), "a number above 0 and up to 1, such as 0.8"}
	}
	for _, name := range p.types {
		if l.Ontology.Type(name) == nil {
			return nil, &usageError{fmt.Errorf("unknown type %q", name), "orbat schema types lists them"}
		}
	}
	if err := requireDatasets(ctx, l, slices.Concat(p.dataset, p.against)...); err != nil {
		return nil, err
	}
	opts := identity.Options{Threshold: p.threshold, Left: p.dataset, Right: p.against, Types: p.types}
	if isTerminal(p.err) {
		opts.Progress = comparing(terminalOf(p.err))
	}
	return l.Candidates(ctx, opts)
}

// comparing draws a bar for the pairs of each kind of entity in turn.
func comparing(to io.Writer) func(done, of int) {
	var bar *progressbar.ProgressBar
	total := 0
	return func(done, of int) {
		if bar == nil || of != total {
			total = of
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription("comparing pairs"),
				progressbar.OptionSetWidth(30), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
		}
		_ = bar.Set(done) // a bar that cannot be drawn does not stop the comparison
	}
}

func (a *app) candidatesCommand() *cobra.Command {
	p := &proposing{app: a}
	var asJSON, explain bool
	var limit int
	cmd := &cobra.Command{
		Use: "candidates", Short: "List entities that may be one, the likeliest first", Args: args(cobra.NoArgs),
		Long: `List pairs of entities that may be one, with a score (the probability that they are) and, with --explain, what each feature
adds to it in bits: one bit doubles the odds. Pairs decided already are left out.`,
		Example: `  orbat resolve candidates --dataset nigeria --against strike-2023
  orbat resolve candidates --type Person --threshold 0.5 --explain`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return &usageError{fmt.Errorf("--limit %d is no number of pairs", limit), "--limit 0 shows all"}
			}
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			pairs, err := p.find(cmd.Context(), l)
			if err != nil {
				return conn.Explain("compare the entities", err)
			}
			shown := pairs
			if limit > 0 && limit < len(pairs) {
				shown = pairs[:limit]
			}
			if asJSON {
				return a.printJSON(append([]identity.Pair{}, shown...)) // none is an empty list
			}
			a.printPairs(shown, explain)
			if more := len(pairs) - len(shown); more > 0 {
				a.printf("… and %d more; --limit 0 shows all\n", more)
			}
			return nil
		},
	}
	p.flags(cmd)
	cmd.Flags().BoolVar(&explain, "explain", false, "show what each feature adds")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most so many; 0: all")
	return cmd
}

func (a *app) printPairs(pairs []identity.Pair, explain bool) {
	if len(pairs) == 0 {
		a.printf("No pairs to decide. --threshold with a lower score looks wider.\n")
		return
	}
	var rows [][]string
	for _, p := range pairs {
		rows = append(rows, []string{score(p.Score), p.A.Type, p.A.Name, p.B.Name, p.A.XID, p.B.XID})
		if explain {
			for _, s := range p.Shares {
				rows = append(rows, []string{"", fmt.Sprintf("%+.1f", s.Bits), s.Feature, s.Finding, "", ""})
			}
		}
	}
	a.printTable([]string{"score", "type", "one", "other", "xid", "other's xid"}, rows)
}

func score(p float64) string { return strconv.FormatFloat(p, 'f', 2, 64) }

func (a *app) compareCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "compare ONE OTHER", Short: "Show what speaks for and against two entities being one", Args: args(cobra.ExactArgs(2)),
		Long: `Show the score of two entities and what each feature adds to it, whether they are proposed or not. Name them by xid, name
or alias.`,
		Example: "  orbat resolve compare 'Michael Kurilla' ofac:1234",
		RunE: func(cmd *cobra.Command, names []string) error {
			d, err := a.decider(cmd, "", "")
			if err != nil {
				return err
			}
			defer d.conn.Close()
			ends, err := d.ends(cmd.Context(), names)
			if err != nil {
				return err
			}
			pairs, err := d.loader.Candidates(cmd.Context(), identity.Options{Between: ends})
			if err != nil {
				return d.conn.Explain("compare the entities", err)
			}
			if len(pairs) == 0 {
				return fmt.Errorf("%s and %s cannot be compared: they are one already, of different kinds, or nothing describes one of "+
					"them", ends[0], ends[1])
			}
			if asJSON {
				return a.printJSON(pairs[0])
			}
			a.printPairs(pairs, true)
			for _, against := range pairs[0].Against {
				a.printf("ruled out: %s\n", clean(against))
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printDecisions gives each decision three lines: keys and xids are there to be copied, which a table's cells would
// break.
func (a *app) printDecisions(list []loader.Decision) {
	for _, d := range list {
		about := "claim " + d.Claim
		if d.Claim == "" {
			about = strings.Join(d.Between, "  ")
		}
		var how []string
		for _, part := range []string{d.By, d.At, d.Session, d.Why} {
			if part != "" {
				how = append(how, part)
			}
		}
		switch {
		case d.Undone:
			how = append(how, "UNDONE")
		case d.LeftOut:
			how = append(how, "LEFT OUT: contradicts a different decision")
		}
		a.printf("%-9s  %s\n           %s\n           %s\n", d.Kind, clean(about), clean(strings.Join(how, " · ")), d.Key)
	}
}

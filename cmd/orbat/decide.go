package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"orbat/deploy"
	"orbat/loader"
	"orbat/queries"
	"orbat/schema"
)

// decider writes one analyst's decisions.
type decider struct {
	*app
	conn        *deploy.Conn
	loader      *loader.Loader
	runner      *queries.Runner
	by, session string
}

// decider opens the database for one analyst: the one named, else the one who is logged in.
func (a *app) decider(cmd *cobra.Command, by, session string) (*decider, error) {
	if by = cmp.Or(by, userName()); by == "" {
		return nil, &usageError{fmt.Errorf("who decides?"), "--by NAME"}
	}
	runner, conn, err := a.runner(cmd.Context(), "")
	if err != nil {
		return nil, err
	}
	return &decider{
		app: a, conn: conn, runner: runner, loader: a.loaderOf(conn, runner.Ontology),
		by: by, session: cmp.Or(session, newSession(by, time.Now())),
	}, nil
}

// userName returns what the system calls who runs this; empty: it does not say.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}

// newSession names a session by who and when, and so that two that begin in one second can be undone apart.
func newSession(by string, at time.Time) string {
	return by + "-" + at.UTC().Format("20060102T150405Z") + "-" + strings.ToLower(rand.Text()[:6])
}

// ends returns the xids of two entities named by xid, name or alias.
func (d *decider) ends(ctx context.Context, names []string) (ends [2]string, err error) {
	for i, name := range names {
		c, err := d.runner.Entity(ctx, name)
		if err != nil {
			return ends, err
		}
		ends[i] = c.XID
	}
	if ends[0] == ends[1] {
		return ends, d.oneAlready(ctx, names, ends[0])
	}
	return ends, nil
}

// oneAlready says why two names mean one entity.
func (d *decider) oneAlready(ctx context.Context, names []string, xid string) error {
	list, err := d.loader.Joining(ctx, xid)
	if err != nil {
		return err
	}
	links := ""
	for _, joining := range list {
		links += "\n  " + joining.String()
	}
	hint := "name two entities"
	if links != "" {
		links, hint = "; they were made one by"+links, "name parts by xid, or take a decision back: orbat resolve list shows the keys"
	}
	return &usageError{fmt.Errorf("%q and %q are one entity, %s%s", names[0], names[1], xid, links), hint}
}

// record returns a decision's record.
func (d *decider) record(kind string, ends [2]string, claim, why string) *schema.Record {
	return d.decision(kind, ends, claim, why).Record()
}

func (d *decider) decision(kind string, ends [2]string, claim, why string) loader.Decision {
	decision := loader.Decision{
		Kind: kind, Claim: claim, By: d.by, At: time.Now().UTC().Format(time.RFC3339), Why: why, Session: d.session,
	}
	if claim == "" {
		decision.Between = ends[:]
	}
	return decision
}

// who are the flags of every command that decides.
type who struct{ by, session, why string }

func (w *who) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&w.by, "by", "", "who decides (default the user)")
	cmd.Flags().StringVar(&w.session, "session", "", "a name under which the decision can be undone with others (default: who and when)")
	cmd.Flags().StringVar(&w.why, "why", "", "the reason, for those who read it later")
}

func (a *app) decideCommand(kind, short string) *cobra.Command {
	var w who
	cmd := &cobra.Command{
		Use: kind + " ONE OTHER", Short: short, Args: args(cobra.ExactArgs(2)),
		Long: short + `. Name them by xid, name or alias. A decision that contradicts those that stand is refused, and the chain
shown.`,
		Example: "  orbat resolve " + kind + " 'Michael Kurilla' 'M. E. Kurilla' --why 'same post at the same time'",
		RunE: func(cmd *cobra.Command, names []string) error {
			d, err := a.decider(cmd, w.by, w.session)
			if err != nil {
				return err
			}
			defer d.conn.Close()
			ends, err := d.ends(cmd.Context(), names)
			if err != nil {
				return err
			}
			return d.write(cmd.Context(), d.record(kind, ends, "", w.why))
		},
	}
	w.flags(cmd)
	return cmd
}

func (a *app) rejectCommand() *cobra.Command {
	return a.judgeCommand(schema.Reject, "Reject one claim: it draws nothing any more",
		`Reject a claim by its key, which orbat query evidence-for-link shows. It stays as evidence, marked as rejected, also after
its data set is removed and loaded again, until the rejection is undone. One that was read of a text is rejected in every later
reading too.`, "  orbat resolve reject KEY --why 'the article was withdrawn'")
}

func (a *app) acceptCommand() *cobra.Command {
	return a.judgeCommand(schema.Accept, "Accept one claim that was read of a text: a later reading does not take it out",
		`Accept a claim that was read of a text, by its key, which orbat query evidence-for-link shows. Nobody is asked about it
again, and it stays where a later reading of the text does not hold it.`, "  orbat resolve accept KEY --why 'the ministry confirms it'")
}

// judgeCommand returns the command that judges one claim.
func (a *app) judgeCommand(kind, short, long, example string) *cobra.Command {
	var w who
	cmd := &cobra.Command{
		Use: kind + " CLAIM", Short: short, Args: args(cobra.ExactArgs(1)), Long: long, Example: example,
		RunE: func(cmd *cobra.Command, keys []string) error {
			if len(keys[0]) != schema.KeyLength || !strings.Contains(keys[0], ".") {
				return &usageError{
					fmt.Errorf("%q is not the key of a claim", schema.Shorten(keys[0])),
					"orbat query evidence-for-link … -o json shows the keys",
				}
			}
			d, err := a.decider(cmd, w.by, w.session)
			if err != nil {
				return err
			}
			defer d.conn.Close()
			decision, err := d.loader.Judgement(cmd.Context(), d.decision(kind, [2]string{}, keys[0], w.why))
			if err != nil {
				return d.conn.Explain("read the claim", err)
			}
			return d.write(cmd.Context(), decision.Record())
		},
	}
	w.flags(cmd)
	return cmd
}

func (d *decider) write(ctx context.Context, record *schema.Record) error {
	report, err := d.loader.Decide(ctx, []*schema.Record{record})
	if err != nil {
		return d.conn.Explain("decide", err)
	}
	if report.Claims.Created == 0 {
		d.printf("decided already\n")
		return nil
	}
	d.printf("decided; orbat resolve undo --session %s takes it back\n", quoteArg(d.session))
	return nil
}

func (a *app) decisionsCommand() *cobra.Command {
	var asJSON, all bool
	var session string
	cmd := &cobra.Command{
		Use: "list", Short: "List what was decided, by whom, when and why", Args: args(cobra.NoArgs),
		Long: "List the decisions in the order of time. One that contradicts a different decision has no effect and is " +
			"marked: left out.",
		Example: "  orbat resolve list\n  orbat resolve list --all --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			list, err := l.Decisions(cmd.Context())
			if err != nil {
				return conn.Explain("read the decisions", err)
			}
			list = slices.DeleteFunc(list, func(d loader.Decision) bool {
				return d.Undone && !all || session != "" && d.Session != session
			})
			if asJSON {
				return a.printJSON(append([]loader.Decision{}, list...)) // none is an empty list
			}
			if len(list) == 0 && session != "" {
				_, err := keysOf(cmd.Context(), l, session)
				return err
			}
			if len(list) == 0 {
				a.printf("Nothing decided. orbat resolve review begins.\n")
				return nil
			}
			a.printDecisions(list)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&all, "all", false, "those that were undone too")
	cmd.Flags().StringVar(&session, "session", "", "only of this session")
	return cmd
}

func (a *app) decisionsExportCommand() *cobra.Command {
	return &cobra.Command{
		Use: "export", Short: "Write the decisions as NDJSON", Args: args(cobra.NoArgs),
		Long:    "Write the decisions that stand as orbat NDJSON, sorted, to be kept in git and loaded elsewhere: orbat load takes them.",
		Example: "  orbat resolve export > decisions.ndjson\n  orbat load decisions.ndjson --dataset decisions --replace",
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			_, err = queries.Canonical(cmd.Context(), conn, a.out, schema.DecisionsDataset)
			return err
		},
	}
}

func (a *app) undoCommand() *cobra.Command {
	var session string
	cmd := &cobra.Command{
		Use: "undo [KEY]…", Short: "Take decisions back, by key or a whole session", Args: args(cobra.ArbitraryArgs),
		Long: `Take back decisions by their keys, or all of a session (orbat resolve list shows both). The graph is then as it was without
them; orbat resolve list --all still shows them.`,
		Example: "  orbat resolve undo --session ann-20261123T093000Z-k2x5qa",
		RunE: func(cmd *cobra.Command, keys []string) error {
			if (len(keys) == 0) == (session == "") {
				return &usageError{fmt.Errorf("undo takes keys or --session"), "orbat resolve list shows both"}
			}
			l, conn, err := a.maintainer(cmd)
			if err != nil {
				return err
			}
			defer conn.Close()
			if session != "" {
				if keys, err = keysOf(cmd.Context(), l, session); err != nil {
					return err
				}
			}
			slices.Sort(keys)
			report, err := l.Undo(cmd.Context(), slices.Compact(keys))
			if err != nil {
				return conn.Explain("undo", err)
			}
			a.printf("undone: %d\n", report.Claims.Retracted)
			return nil
		},
	}
	cmd.Flags().StringVar(&session, "session", "", "undo all decisions of this session")
	return cmd
}

// keysOf returns the standing decisions of a session.
func keysOf(ctx context.Context, l *loader.Loader, session string) ([]string, error) {
	list, err := l.Decisions(ctx)
	if err != nil {
		return nil, err
	}
	var keys, sessions []string
	for _, d := range list {
		switch {
		case d.Undone:
		case d.Session == session:
			keys = append(keys, d.Key)
		case d.Session != "" && !slices.Contains(sessions, d.Session):
			sessions = append(sessions, d.Session)
		}
	}
	if len(keys) == 0 {
		hint := "orbat resolve list --all shows what was undone"
		if len(sessions) > 0 {
			hint = "one of " + strings.Join(sessions, ", ")
		}
		return nil, &usageError{fmt.Errorf("no decision of session %q stands", session), hint}
	}
	return keys, nil
}

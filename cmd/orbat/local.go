package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"orbat/deploy"
)

func (a *app) upCommand() *cobra.Command {
	var from string
	var replicas int
	var open bool
	cmd := &cobra.Command{
		Use: "up", Short: "Start the local Dgraph", Args: args(cobra.NoArgs),
		Long: "Start a real Dgraph (zero and alpha) on loopback, with its data in ORBAT_HOME. The binary is found or, once, built.\n" +
			"Where some of it runs already, the rest is started.\n\n" +
			"It is locked: only who can read ORBAT_HOME gets in, which orbat does by itself. Programs that " +
			"cannot log in, such as Ratel,\n" +
			"need --open, until orbat down.",
		Example: "  orbat up\n  ORBAT_HOME=/data/orbat orbat up\n  orbat up --from syria.db\n  ORBAT_HOME=/data/cluster orbat up " +
			"--replicas 3",
		RunE: func(cmd *cobra.Command, _ []string) error {
			local, err := a.local()
			if err != nil {
				return err
			}
			if local.Replicas = replicas; replicas < 0 {
				return &usageError{fmt.Errorf("--replicas %d", replicas), "1, 3 or 5"}
			}
			local.Open = open
			if from != "" {
				if err := local.Adopt(cmd.Context(), from); err != nil {
					return err
				}
			}
			status, err := local.Up(cmd.Context())
			if err != nil {
				return err
			}
			a.printf("Dgraph %s at %s\n", status.Version, status.Target.Address())
			if status.Open {
				a.note("warning: it runs open: any program on this machine, and any web page in a browser on " +
					"it, can read and change all; " +
					"orbat down ends that")
			}
			return nil
		},
	}
	cmd.Flags().IntVar(&replicas, "replicas", 0, "`how many` zeros and alphas, each alpha with all the data: 1, or 3 or 5 for a "+
		"cluster that goes on without one or two (default as the data was made, else 1)")
	cmd.Flags().BoolVar(&open, "open", false, "without access control, so that any program or web page on this machine gets in; starts "+
		"it again where it runs locked")
	cmd.Flags().StringVar(&from, "from", "", "serve a copy of what orbat bulk made in this folder; the local Dgraph must have no data yet")
	return cmd
}

func (a *app) downCommand() *cobra.Command {
	return &cobra.Command{
		Use: "down", Short: "Stop the local Dgraph", Args: args(cobra.NoArgs),
		Long: "Stop the local Dgraph cleanly. Its data stays.", Example: "  orbat down",
		RunE: func(cmd *cobra.Command, _ []string) error {
			local, err := a.local()
			if err != nil {
				return err
			}
			return local.Down(cmd.Context())
		},
	}
}

func (a *app) statusCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "status", Short: "Show how the local Dgraph is", Args: args(cobra.NoArgs),
		Long:    "Show whether the local Dgraph runs, where, and what is wrong if it does not. Exits 1 unless it is healthy.",
		Example: "  orbat status\n  orbat status --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			local, err := a.local()
			if err != nil {
				return err
			}
			status, err := local.Status(cmd.Context())
			if err != nil {
				return err
			}
			if _, named, err := a.target(); err == nil && named { // what is to be known of it is said by connecting
				if conn, err := a.connect(cmd.Context()); err != nil {
					a.note("warning: the database of ORBAT_DGRAPH: %v", err)
				} else {
					_ = conn.Close() // nothing was said over it
				}
			}
			if asJSON {
				problem := ""
				if status.Problem != nil {
					problem = status.Problem.Error()
				}
				pids := map[string]int{}
				leaders := []string{}
				for _, n := range status.Nodes {
					if pids[n.Name] = n.PID; n.Leads {
						leaders = append(leaders, n.Name)
					}
				}
				err = a.printJSON(map[string]any{
					"running": status.Running, "healthy": status.Healthy, "url": status.Target.Address(), "login": status.Target.String(),
					"open": status.Open, "version": status.Version,
					"pids": pids, "leaders": leaders, "folder": status.Folder, "problem": problem, "hint": hintOf(status.Problem),
				})
			} else {
				a.printStatus(status)
			}
			if err == nil && !status.Healthy {
				err = &exitError{exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) printStatus(s deploy.Status) {
	switch {
	case s.Healthy:
		a.printf("healthy: Dgraph %s at %s since %s\n", s.Version, s.Target.Address(), s.Since.Format(time.DateTime))
	case s.Running:
		a.printf("running but not healthy: Dgraph %s at %s\n", s.Version, s.Target.Address())
	default:
		a.printf("stopped\n")
	}
	if s.Open {
		a.printf("open:    any program and any web page on this machine can read and change it\n")
	}
	a.printf("folder:  %s\n", s.Folder)
	if s.Problem != nil {
		a.printf("problem: %v\nhint:    %s\n", s.Problem, hintOf(s.Problem))
	}
}

func (a *app) logsCommand() *cobra.Command {
	var options deploy.LogOptions
	cmd := &cobra.Command{
		Use: "logs [zero|alpha|alpha2|…]", Short: "Show the local Dgraph's logs",
		Args: args(cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs)),
		Long: "Show what the local Dgraph logged.", Example: "  orbat logs --lines 50\n  orbat logs alpha --follow",
		ValidArgs: deploy.NodeNames(),
		RunE: func(cmd *cobra.Command, list []string) error {
			if len(list) > 0 {
				options.Which = list[0]
			}
			local, err := a.local()
			if err != nil {
				return err
			}
			return local.Logs(cmd.Context(), &plainWriter{a.out}, options)
		},
	}
	cmd.Flags().IntVarP(&options.Lines, "lines", "n", 0, "only the last so many lines of each (default all)")
	cmd.Flags().BoolVarP(&options.Follow, "follow", "f", false, "go on as they grow")
	return cmd
}

func (a *app) waitCommand() *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "wait", Short: "Wait until the database answers", Args: args(cobra.NoArgs),
		Long:    "Wait until the database answers a query. Exits 1 if it does not within the time.",
		Example: "  orbat wait --timeout 2m\n  ORBAT_DGRAPH=dgraph://db:9080 orbat wait",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := withTimeout(cmd.Context(), timeout)
			defer cancel()
			t, named, err := a.target()
			if err != nil {
				return err
			}
			if !named {
				local, err := a.local()
				if err != nil {
					return err
				}
				status, err := local.Status(ctx)
				if err != nil {
					return err
				}
				if !status.Running {
					return &deploy.DatabaseError{
						Do: "wait for the local Dgraph", Kind: deploy.ErrNotRunning, Remedy: deploy.RemedyStart,
					}
				}
				t = status.Target
			}
			return deploy.Wait(ctx, t, a.err)
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", time.Minute, "how long to wait")
	return cmd
}

// engineCommand is for make and packagers: it ends with the engine in place.
func (a *app) engineCommand() *cobra.Command {
	return &cobra.Command{
		Use: "engine", Short: "Print the path of the Dgraph binary, building it where needed", Args: args(cobra.NoArgs),
		Hidden: true, Example: "  orbat engine",
		RunE: func(cmd *cobra.Command, _ []string) error {
			binary, err := a.finder().Find(cmd.Context())
			if err != nil {
				return err
			}
			a.printf("%s\n", binary.Path)
			return nil
		},
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"orbat/deploy"
)

func (a *app) backupCommand() *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use: "backup DIR", Short: "Back the database up", Args: args(cobra.ExactArgs(1)),
		Long: `Have Dgraph write a binary backup of all it holds. Where DIR has one already, only what is new since is added to it. With --dgraph
or ORBAT_DGRAPH, DIR is a folder that every alpha sees by that name, or an s3:// or minio:// place, and the user must be an admin.`,
		Example: "  orbat backup ~/backups/orbat\n  orbat backup s3://s3.eu-central-1.amazonaws.com/case-files/orbat",
		RunE: func(cmd *cobra.Command, list []string) error {
			place, conn, err := a.backupPlace(cmd.Context(), list[0])
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			return conn.Backup(cmd.Context(), place, full)
		},
	}
	cmd.Flags().BoolVar(&full, "full", false, "write all of it anew")
	return cmd
}

func (a *app) restoreCommand() *cobra.Command {
	var replace bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "restore DIR", Short: "Take the database back from a backup", Args: args(cobra.ExactArgs(1)),
		Long: `Have Dgraph replace all it holds by what orbat backup wrote to DIR, the last of it included. Refused where the database holds
anything, unless --replace: what is there is dropped before the backup is read. Ends when it is seen to be all there.`,
		Example: "  orbat restore ~/backups/orbat",
		RunE: func(cmd *cobra.Command, list []string) error {
			ctx, cancel := withTimeout(cmd.Context(), timeout)
			defer cancel()
			_, named, err := a.target()
			if err != nil {
				return err
			}
			place, conn, err := a.backupPlace(ctx, list[0])
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			if empty, err := isEmpty(ctx, conn); err != nil {
				return conn.Explain("look what the database holds", err)
			} else if !empty && !replace {
				return &usageError{errors.New("the database holds data, all of which would go"), "orbat backup first, or --replace"}
			}
			return conn.Restore(ctx, place, deploy.RestoreOptions{KeepLogin: !named})
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 12*time.Hour, "how long it may take")
	cmd.Flags().BoolVar(&replace, "replace", false, "even where the database holds data, which goes")
	return cmd
}

// backupPlace connects, and says what a folder typed here is to the alphas: the local Dgraph's see ours.
func (a *app) backupPlace(ctx context.Context, dir string) (string, *deploy.Conn, error) {
	_, named, err := a.target()
	if err != nil {
		return "", nil, err
	}
	if !named {
		if dir, err = filepath.Abs(dir); err != nil {
			return "", nil, err
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", nil, &usageError{err, "name a folder that can be written"}
		}
	}
	conn, err := a.connect(ctx)
	return dir, conn, err
}

// isEmpty reports that the database holds no entity and no claim.
func isEmpty(ctx context.Context, conn *deploy.Conn) (bool, error) {
	answer, err := conn.NewReadOnlyTxn().Query(ctx, `{ x(func: has(xid), first: 1) { uid } c(func: has(claim.key), first: 1) { uid } }`)
	if err != nil {
		return false, err
	}
	var found map[string][]json.RawMessage
	if err := json.Unmarshal(answer.GetJson(), &found); err != nil {
		return false, err
	}
	return len(found["x"])+len(found["c"]) == 0, nil
}

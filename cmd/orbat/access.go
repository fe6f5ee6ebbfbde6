package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"orbat/deploy"
)

func (a *app) accessCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "access", Short: "Say who may read, load and administer",
		Long: `Give users of a Dgraph with access control (ACL) a role: reader (asks and exports), loader (also writes, but cannot empty the
database or see its users), admin (everything). The laptop's own Dgraph has one admin, who is you; deploy/ holds profiles for more.`,
		Example: "  orbat access list\n  orbat access grant ann reader --password-file ann.password",
	}
	cmd.AddCommand(a.accessSecretsCommand(), a.accessRenewCommand(), a.accessSetupCommand(), a.accessGrantCommand(),
		a.accessRevokeCommand(), a.accessListCommand(), a.tokenCommand(), a.keyCommand())
	return cmd
}

func (a *app) accessSecretsCommand() *cobra.Command {
	var hosts []string
	cmd := &cobra.Command{
		Use: "secrets DIR", Short: "Make certificates, keys and passwords for a deployment", Args: args(cobra.ExactArgs(1)),
		Long: `Make a new folder with what the profiles in deploy/ need: a certificate authority and certificates, the key that signs logins, a token, and
passwords for the users groot (admin), loader and reader. Only you can read it. Keep it; ca.key best elsewhere.`,
		Example: "  orbat access secrets ./secrets --host localhost --host alpha --host zero",
		RunE: func(cmd *cobra.Command, list []string) error {
			if len(hosts) == 0 {
				return &usageError{
					errors.New("no --host is named"),
					"name all by which clients and servers call each other, such as --host localhost --host alpha",
				}
			}
			if err := (deploy.Secrets{Dir: list[0], Hosts: hosts, Finder: a.finder()}).Make(cmd.Context()); err != nil {
				return err
			}
			a.note("made %s; once the database runs: orbat access setup %s", list[0], list[0])
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&hosts, "host", nil, "`name` or address under which a server is reached; repeat it")
	return cmd
}

func (a *app) accessRenewCommand() *cobra.Command {
	var hosts []string
	cmd := &cobra.Command{
		Use: "renew DIR", Short: "Make the certificates of a deployment anew", Args: args(cobra.ExactArgs(1)),
		Long: `Make the certificates of servers and clients in DIR anew, for a year from now, by the same authority: ca.key must be there. orbat warns
thirty days before one ends. Start the servers again one after another; the old certificates are good until they end.`,
		Example: "  orbat access renew ./secrets",
		RunE: func(cmd *cobra.Command, list []string) error {
			return deploy.Secrets{Dir: list[0], Hosts: hosts, Finder: a.finder()}.Renew(cmd.Context())
		},
	}
	cmd.Flags().StringArrayVar(&hosts, "host", nil, "`name` or address under which a server is reached; repeat it (default those of now)")
	return cmd
}

func (a *app) accessSetupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "setup DIR", Short: "Give a new database the users of DIR", Args: args(cobra.ExactArgs(1)),
		Long: "Give the database the users groot, loader and reader with the passwords that orbat access secrets made. Run again it " +
			"sets them again.",
		Example: "  ORBAT_DGRAPH='dgraph://localhost:9080?ca=secrets/tls/ca.crt&tokenfile=secrets/token' orbat access setup ./secrets",
		RunE: func(cmd *cobra.Command, list []string) error {
			t, named, err := a.target()
			if err != nil {
				return err
			}
			if !named {
				return &usageError{errors.New("no database is named"), "set ORBAT_DGRAPH to its URL, without a user"}
			}
			return deploy.Secrets{Dir: list[0]}.Setup(cmd.Context(), t)
		},
	}
}

func (a *app) accessGrantCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use: "grant USER ROLE", Short: "Make a user, or change role and password", Args: args(cobra.ExactArgs(2)),
		Long: "Make a user with a role (reader, loader, admin) and the password of a file, or give one that there is this role and " +
			"no other. It is in force when the command ends; a server that does not honour it within minutes is named.",
		Example: "  orbat access grant ann reader --password-file ann.password",
		ValidArgsFunction: func(_ *cobra.Command, list []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(list) != 1 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var roles []string
			for _, r := range deploy.Roles() {
				roles = append(roles, string(r))
			}
			return roles, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, list []string) error {
			if file == "" {
				return &usageError{
					errors.New("--password-file is missing"),
					"a password on the command line would stay in the shell's history",
				}
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return &usageError{err, "--password-file names a file with the password and nothing else"}
			}
			conn, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			return conn.Grant(cmd.Context(), list[0], deploy.NewSecret(strings.TrimRight(string(text), "\r\n")), deploy.Role(list[1]))
		},
	}
	cmd.Flags().StringVar(&file, "password-file", "", "`file` with the user's password (required)")
	return cmd
}

func (a *app) accessRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "revoke USER", Short: "Remove a user", Args: args(cobra.ExactArgs(1)),
		Long: "Remove a user. Logins that stand end with their token: in the profiles of deploy/ after ten minutes, in six hours by " +
			"Dgraph's default.",
		Example: "  orbat access revoke ann",
		RunE: func(cmd *cobra.Command, list []string) error {
			conn, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			there, err := conn.Revoke(cmd.Context(), list[0])
			if err == nil && !there {
				err = &usageError{fmt.Errorf("no user %s", list[0]), "orbat access list"}
			}
			return err
		},
	}
}

func (a *app) accessListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List users and their roles", Args: args(cobra.NoArgs), Long: "List who may log in, and what " +
			"as.", Example: "  orbat access list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			conn, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close() }()
			users, err := conn.Users(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(users)
			}
			for _, u := range users {
				roles := "none of orbat's"
				if len(u.Roles) > 0 {
					roles = strings.Trim(fmt.Sprint(u.Roles), "[]")
				}
				a.printf("%-20s %s\n", u.Name, roles)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"orbat/deploy"
	"orbat/queries/encode"
)

// topics are what orbat help explains beside the commands: orbat help dates. To cobra they are commands that do
// nothing.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "exit-status", Short: "What the exit statuses mean", Long: exitStatusTopic},
		{Use: "environment", Short: "The environment variables that orbat looks at", Long: environmentTopic},
		{Use: "formats", Short: "The formats of exports, and which programs read them", Long: formatsTopic()},
		{Use: "dates", Short: "How dates and periods are written, and how to ask for a time", Long: datesTopic},
	}
}

func topicList() string {
	var lines []string
	for _, topic := range topics() {
		lines = append(lines, fmt.Sprintf("  orbat help %-12s %s", topic.Name(), topic.Short))
	}
	return strings.Join(lines, "\n")
}

const exitStatusTopic = `Exit statuses

  0  all well; that there is no path, or nothing found, is an answer
  1  failed; check and queries check found something; status is not healthy
  2  a mistake in what was typed, or an unknown or ambiguous name
  3  loaded, with rejects (or with dangling references under --strict)

1 beats 3: a load that fails after some rejects exits 1. A load that was cut short is marked incomplete (orbat
datasets list), and running it again completes it. --max-rejects says how many rejects make a load fail; with --replace
it is none.`

const environmentTopic = `Environment variables

  ORBAT_HOME             the folder of everything orbat keeps: the local Dgraph's data, your queries/. Default: orbat in
                         the user's data folder (XDG_DATA_HOME). --home goes first
  ORBAT_DGRAPH           connection URL of the database; without it, the local Dgraph. --dgraph goes first
  ` + deploy.EnvPassword + `  the password of the user that the URL names
  ` + deploy.EnvToken + `     the token of the alpha, or of a proxy before it
  ` + deploy.EnvBin + `       the dgraph binary of the local Dgraph; without it, one is looked for beside orbat, in PATH and
                         in the cache (XDG_CACHE_HOME), else built. --dgraph-bin goes first
  COLUMNS                how wide an answer may be; without it, the terminal's width, and 120 elsewhere
  TMPDIR                 where what does not fit into memory is sorted, and a workbook that is no plain file is copied

The local Dgraph is started without ` + deploy.EnvPassword + `, ` + deploy.EnvToken + ` and DGRAPH_*.`

// formatsTopic lists the encoders.
func formatsTopic() string {
	var b strings.Builder
	b.WriteString("Formats\n\nWhat orbat export -o and orbat query -o write:\n\n")
	for _, e := range encode.All() {
		fmt.Fprintf(&b, "  %-10s %-10s  %s\n", e.Name, e.Extension, e.Doc)
	}
	b.WriteString("\nWhich versions of which programs read them back in the tests, and which were not run, stands in the README of " +
		"queries/encode.")
	return b.String()
}

const datesTopic = `Dates and periods

A date says how precisely it is known:

  2014, 2014-08, 2014-08-01, 2014-08-01T09:30Z    some time within it; a time of day needs Z or an offset (+03:00)
  2014-08~2014-10                                 some time in between
  ~2010                                           by the end of 2010
  2010~                                           in 2010 or later

A period is FROM/TO, each of them a date, .. or nothing:

  2014/2016-05                                    from, to
  2022-04-01/..                                   still going on
  ../2014                                         it has no beginning
  2022/, /2014                                    the other end is not known
  2014-08                                         happened within that month: both ends

Questions take as_of=DATE, or from=DATE and to=DATE (since= and until= where from and to are entities). What may have
held then is shown and marked; certain=true leaves out what only possibly held.`

// helpCommand is cobra's, with the topics below it; it refuses what there is no help about.
func helpCommand() *cobra.Command {
	help := &cobra.Command{
		Use: "help [command | topic]", Short: "Help about any command or topic",
		Long:    "Show the help of a command, or about a topic:\n\n" + topicList(),
		Example: "  orbat help load\n  orbat help resolve candidates\n  orbat help dates",
		RunE: func(cmd *cobra.Command, words []string) error {
			about, rest, err := cmd.Root().Find(words)
			if err != nil || len(rest) > 0 {
				return &usageError{fmt.Errorf("no help about %q", strings.Join(words, " ")), "orbat help lists commands and topics"}
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, words []string, _ string) ([]string, cobra.ShellCompDirective) {
			about, rest, err := cmd.Root().Find(words)
			if err != nil || len(rest) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			list := about.Commands()
			if len(words) == 0 {
				list = append(topics(), list...)
			}
			var names []string
			for _, sub := range list {
				if sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
	help.AddCommand(topics()...)
	return help
}

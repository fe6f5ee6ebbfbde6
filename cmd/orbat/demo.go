package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/schema"
)

// demoQuestions returns what is asked, in order; the last one is what the case is about.
func demoQuestions() []struct {
	ask  string
	args []string
} {
	return []struct {
		ask  string
		args []string
	}{
		{"Who commands US Central Command, and on whose word?", []string{"commanders-of-unit", "CENTCOM"}},
		{
			"What happened to the three MQ-9s in July 2023?",
			[]string{"events-involving", "the three drones", "from=2023-07-01", "to=2023-07-31"},
		},
		{"How is Gen. Kurilla linked to Usamah al-Muhajir?", []string{"shortest-path", "Michael Kurilla", "Usamah al-Muhajir"}},
	}
}

func (a *app) demoCommand() *cobra.Command {
	var explore bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Load the built-in case into a Dgraph of its own, ask three questions, and leave nothing behind", Args: args(cobra.NoArgs),
		Long: `Start a real Dgraph in a temporary folder, load the built-in case (a US strike in Syria, July 2023), ask three
questions, and stop and remove it all. ORBAT_HOME and ORBAT_DGRAPH are left alone.

--explore asks nothing and shows the case in the browser instead, until Ctrl-C.`,
		Example: "  orbat demo\n  orbat demo --explore",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.demo(cmd, explore) },
	}
	cmd.Flags().BoolVar(&explore, "explore", false, "show the case in this machine's browser, until Ctrl-C")
	return cmd
}

func (a *app) demo(cmd *cobra.Command, explore bool) (err error) {
	ctx := cmd.Context()
	home, err := os.MkdirTemp("", "orbat-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	engine, err := deploy.Local{Home: home, Finder: a.finder(), Progress: a.err}.Start(ctx)
	if err != nil {
		return err
	}
	defer engine.Stop()
	conn, err := deploy.Connect(ctx, engine.Target())
	if err != nil {
		return err
	}
	defer conn.Close()

	ontology, err := schema.Default()
	if err == nil {
		ontology, err = loader.Migrate(ctx, conn, ontology)
	}
	if err != nil {
		return err
	}
	l := &loading{app: a}
	to := a.loaderOf(conn, ontology)
	report, err := to.Load(ctx, format.Read(ctx, format.Stream("example.yaml", bytes.NewReader(loader.Example())), format.Options{}),
		loader.Options{OnReject: func(bad *schema.RecordError) error { return bad }})
	if err != nil {
		return fmt.Errorf("load the built-in case: %w", err)
	}
	l.printReport(report, nil)
	if explore {
		s := a.newServing(&cobra.Command{})
		s.listen, s.role, s.logLevel, s.open = "127.0.0.1:0", string(access.Admin), "error", true
		s.dgraph = engine.Target().String()
		return s.run(ctx)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		return err
	}
	runner := &queries.Runner{DB: conn, Ontology: ontology, Library: library}
	for _, question := range demoQuestions() {
		a.printf("\n%s\n$ orbat query", question.ask)
		for _, arg := range question.args {
			a.printf(" %s", quoteArg(arg))
		}
		prove := question.args[0] == "shortest-path"
		if prove {
			a.printf(" --evidence")
		}
		a.printf("\n\n")
		q, err := library.Find(question.args[0])
		if err != nil {
			return err
		}
		params, err := q.ParseArgs(question.args[1:])
		if err != nil {
			return err
		}
		result, err := runner.Run(ctx, q.Name, params, queries.Ask{Evidence: prove})
		if err != nil {
			return err
		}
		if err := a.printResult(result, "text", prove); err != nil {
			return err
		}
	}
	return nil
}

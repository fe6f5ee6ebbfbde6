package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/httpapi/access"
	"orbat/cmd/orbat/intake"
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
		Short: "Load the built-in case into a Dgraph of its own, read an article of it, ask three questions, and leave nothing behind",
		Args:  args(cobra.NoArgs),
		Long: `Start a real Dgraph in a temporary folder, load the built-in case (a US strike in Syria, July 2023), read an article that
tells of it, ask three questions of both, and stop and remove it all. ORBAT_HOME and ORBAT_DGRAPH are left alone.

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
	if err := a.readDemoArticle(ctx, to); err != nil {
		return fmt.Errorf("read the built-in article: %w", err)
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

// readDemoArticle does with the built-in article what the commands do that it prints: it shows what the text says,
// loads that, and links what the case knows already.
func (a *app) readDemoArticle(ctx context.Context, to *loader.Loader) error {
	l := &loading{app: a, published: "2023-07-10", confidence: intake.DefaultConfidence, dataset: "press", link: 0.99, plan: true}
	options := " article.txt --published " + l.published
	a.printf("\nAn article reports the same: what does it say?\n$ orbat plan%s\n\n", options)
	files := []format.File{format.Stream("article.txt", bytes.NewReader(loader.Article()))}
	reading, err := l.newReading(files, to.Ontology)
	if err != nil {
		return err
	}
	in := &input{files: files, read: &atomic.Int64{}}
	records, dataset, closing, err := l.records(ctx, in, to.Ontology, reading)
	if err != nil {
		return err
	}
	defer closing()
	report, err := to.Load(ctx, records, loader.Options{
		Dataset: dataset, OnReject: func(bad *schema.RecordError) error { return bad },
		Readings: reading.options().Readings(), Link: l.link,
	})
	if err != nil {
		return err
	}
	reading.print(a)
	a.printf("$ orbat load%s --dataset %s --link %.2f\n", options, l.dataset, l.link)
	l.printReport(report, nil)
	return nil
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/intake"
	"orbat/deploy"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/queries/view"
	"orbat/schema"
)

func (a *app) sourcesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "sources", Short: "List documents, and show their texts with what is quoted from them", Args: args(cobra.NoArgs),
		Long: `A document that was loaded (a page, a mail, a text) is a source whose text is kept beside the graph, so that every
quote can be found in it. Where one of its versions follows another, reread takes what was said of it along; remove takes it out.`,
		Example: "  orbat load article.html --dataset press\n  orbat sources list\n  orbat sources show 'Brigade moves to Bama'",
	}
	var asJSON bool
	var original string
	list := &cobra.Command{
		Use: "list", Short: "List the documents of which a text was read", Args: args(cobra.NoArgs), Example: "  orbat sources list --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			runner, conn, err := a.runner(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer conn.Close()
			documents, _, err := runner.Documents(cmd.Context(), view.DocumentList{})
			if err != nil {
				return conn.Explain("list the documents", err)
			}
			if asJSON {
				return a.printJSON(append([]*view.Document{}, documents...)) // none is an empty list
			}
			var rows [][]string
			for _, d := range documents {
				for _, t := range d.Texts {
					kept := strconv.Itoa(t.Length) + " characters"
					if !t.Kept {
						kept += ", not kept"
					}
					rows = append(rows, []string{cmp.Or(d.Name, d.XID), d.Published, d.Publisher, t.Dataset, kept, d.XID})
				}
			}
			a.printTable([]string{"document", "published", "publisher", "data set", "text", "xid"}, rows)
			return nil
		},
	}
	show := &cobra.Command{
		Use: "show NAME", Short: "Print a document's text with its quoted passages marked", Args: args(cobra.ExactArgs(1)),
		Long: `Print what is known of a document and its text. A passage that a statement quotes stands in brackets with the
statement's number; the statements follow. NAME is its title or xid. With --original, which names the file that was loaded, each
says at which bytes of it its passage stands.`,
		Example: "  orbat sources show 'Brigade moves to Bama'\n" +
			"  orbat sources show https://courier.example/2015/03/11/brigade-moves --json\n" +
			"  orbat sources show 'Brigade moves to Bama' --original article.html",
		RunE: func(cmd *cobra.Command, names []string) error {
			runner, conn, err := a.runner(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer conn.Close()
			d, err := runner.Document(cmd.Context(), names[0])
			if err != nil {
				return conn.Explain("read the document", err)
			}
			if asJSON {
				return a.printJSON(d)
			}
			where, err := a.originalPlaces(cmd.Context(), d, original)
			if err != nil {
				return err
			}
			a.printDocument(d, where)
			return nil
		},
	}
	for _, sub := range []*cobra.Command{list, show} {
		sub.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	}
	show.Flags().StringVar(&original, "original", "", "say where in this file, from which the text was read, the passages stand")
	show.MarkFlagsMutuallyExclusive("original", "json")
	cmd.AddCommand(list, show, a.sourcesRemoveCommand(), a.sourcesRereadCommand())
	return cmd
}

func (a *app) sourcesRemoveCommand() *cobra.Command {
	var dataset, mode string
	cmd := &cobra.Command{
		Use: "remove NAME", Short: "Delete one document with the statements that rest on it alone", Args: args(cobra.ExactArgs(1)),
		Long: `Delete what a data set has of a document: its text, what is known of it, and the statements that rest on it alone, with
what only these name. The graph is then as if the document had never been loaded. A statement that other documents support too
keeps those; what other data sets say stays. Decisions stay, and a rejection goes with its statement. NAME is its title or xid.
Cut short, it is completed by running it again.`,
		Example: "  orbat sources remove 'Brigade moves to Bama'\n" +
			"  orbat sources remove https://courier.example/2015/03/11/brigade-moves --dataset press",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, names []string) error {
			show, err := a.newProgress(mode, nil, &atomic.Int64{})
			if err != nil {
				return err
			}
			runner, conn, err := a.runner(cmd.Context(), "")
			if err != nil {
				return err
			}
			defer conn.Close()
			xid, err := sourceOf(cmd.Context(), runner, names[0], dataset)
			if err != nil {
				return conn.Explain("look up the document", err)
			}
			report, err := a.loaderOf(conn, runner.Ontology).RemoveSource(cmd.Context(), dataset, xid, show.report)
			show.end()
			if err != nil {
				return conn.Explain("remove the document", err)
			}
			a.printf("removed %s from %s: %d claims about %d subjects and relations\n", clean(xid), report.Datasets[0],
				report.Claims.Removed, report.Records.Removed)
			switch kept := report.Claims.Created + report.Claims.Unchanged; {
			case kept == 1:
				a.printf("  1 statement stays, on the word of other documents\n")
			case kept > 1:
				a.printf("  %d statements stay, on the word of other documents\n", kept)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dataset, "dataset", "", "the data set that has it (default: the only one)")
	cmd.Flags().StringVar(&mode, "progress", "auto", "auto, bar, lines, json or none")
	return cmd
}

func (a *app) sourcesRereadCommand() *cobra.Command {
	l := &loading{app: a}
	var source string
	cmd := &cobra.Command{
		Use: "reread [FILE]", Short: "Take a document's later version, with what was said of it", Args: args(cobra.MaximumNArgs(1)),
		Long: `Read a document again that a data set has, where its page or text was changed since. The new text and description replace
those before; the span of each statement is moved to where its passage stands now, and a rejection goes with its statement. A
statement whose passage the new text has no more stands as it was, and is named. What was read of the text before (as orbat load
does) is replaced by what is read of it now. (orbat load adds a version beside the one that is there.)

The document is known by its address, or a mail's Message-ID; --source names that of which the file is a version otherwise.
Without a file the text that is kept is read again: by a newer orbat, with a lower --min-confidence, or after --no-read. Cut short,
it is completed by running it again.`,
		Example: "  orbat sources reread article.html --dataset press\n" +
			"  orbat sources reread report.txt --dataset press --source 'Brigade moves to Bama'\n" +
			"  orbat sources reread --dataset press --source 'Brigade moves to Bama'",
		RunE: func(cmd *cobra.Command, paths []string) error {
			if len(paths) == 0 {
				return l.rereadKept(cmd.Context(), source)
			}
			return l.reread(cmd.Context(), paths, source)
		},
	}
	f := cmd.Flags()
	f.StringVar(&l.dataset, "dataset", "", "the data set that has the document (default \"default\")")
	f.StringVar(&source, "source", "", "the document of which the file is a version, by title or xid (default: as the file says)")
	f.StringVar(&l.format, "format", "", "read as "+strings.Join(format.Names(), ", ")+" (default: by name or content)")
	f.StringVar(&l.encoding, "encoding", "", "encoding of text that is not UTF-8, such as windows-1252")
	f.BoolVar(&l.noText, "no-text", false, "keep of the text nothing but its hash and length")
	f.BoolVar(&l.noRead, "no-read", false, "read no statements of the text, and keep those that were read before")
	f.StringVar(&l.published, "published", "", "when a document that does not say it was published, such as 2023-07-09")
	f.IntVar(&l.confidence, "min-confidence", intake.DefaultConfidence,
		"take no statement read of the text with a lower confidence (0-100)")
	f.BoolVar(&l.json, "json", false, "print JSON")
	f.StringVar(&l.progress, "progress", "auto", "auto, bar, lines, json or none")
	return cmd
}

// reread takes a file as the later version of a document.
func (l *loading) reread(ctx context.Context, paths []string, source string) error {
	in, err := l.input(paths)
	if err != nil {
		return err
	}
	if len(in.files) != 1 || in.files[0].Skipped != "" {
		return &usageError{fmt.Errorf("%s is not the file of one document", paths[0]), "name one page, mail or text"}
	}
	runner, conn, err := l.runner(ctx, "")
	if err != nil {
		return err
	}
	defer conn.Close()
	options := loader.RereadOptions{Dataset: l.dataset, NoText: l.noText, OnNotice: in.found.notice, Progress: in.show.report}
	if source != "" {
		if options.Source, err = sourceOf(ctx, runner, source, l.dataset); err != nil {
			return conn.Explain("look up the document", err)
		}
	}
	reading, err := l.newReading(in.files, runner.Ontology)
	if err != nil {
		return err
	}
	if reading != nil {
		options.Replaces = reading.Replaces
	}
	records, _, closing, err := l.records(ctx, in, runner.Ontology, reading)
	if err != nil {
		return err
	}
	defer closing()
	return l.rereadAs(ctx, conn, runner.Ontology, in, records, options)
}

// rereadKept reads the text again that is kept of a document.
func (l *loading) rereadKept(ctx context.Context, source string) error {
	switch {
	case source == "":
		return &usageError{errors.New("no document is named"), "a file that is its later version, or --source NAME to read the kept text"}
	case l.noRead, l.noText, l.format != "", l.encoding != "":
		return &usageError{errors.New("--no-read, --no-text, --format and --encoding are about a file"), "name the file"}
	}
	in := &input{read: &atomic.Int64{}}
	var err error
	if in.show, err = l.newProgress(l.progress, nil, in.read); err != nil {
		return err
	}
	if in.found, err = l.openFindings(); err != nil {
		return err
	}
	runner, conn, err := l.runner(ctx, "")
	if err != nil {
		return err
	}
	defer conn.Close()
	reading, err := l.newReading(nil, runner.Ontology)
	if err != nil {
		return err
	}
	options := loader.RereadOptions{
		Dataset: cmp.Or(l.dataset, schema.DefaultDataset), Replaces: reading.Replaces, OnNotice: in.found.notice, Progress: in.show.report,
	}
	if options.Source, err = sourceOf(ctx, runner, source, options.Dataset); err != nil {
		return conn.Explain("look up the document", err)
	}
	d, err := runner.Document(ctx, options.Source)
	if err != nil {
		return conn.Explain("read the document", err)
	}
	self := &schema.Record{Subject: schema.Ref{XID: options.Source}, Values: map[string][]schema.Value{}}
	published := cmp.Or(d.Published, l.published)
	for property, value := range map[string]string{"published": published, "url": d.URL, "publisher": d.Publisher} {
		if value != "" {
			self.Values[property] = []schema.Value{{Text: value}}
		}
	}
	content := "" // where none is kept, the loader says so
	if kept := d.TextOf(options.Dataset, ""); kept != nil {
		content = kept.Text
		self.Extra = map[string]string{schema.TextPosts: kept.Posts}
	}
	records := reading.Statements(ctx, options.Dataset, self, content)
	return l.rereadAs(ctx, conn, runner.Ontology, in, records, options)
}

// rereadAs takes records for what a document says now.
func (l *loading) rereadAs(ctx context.Context, conn *deploy.Conn, o *schema.Ontology, in *input,
	records iter.Seq2[*schema.Record, error], options loader.RereadOptions,
) error {
	result, err := l.loaderOf(conn, o).Reread(ctx, records, options)
	in.show.end()
	if err = errors.Join(err, in.found.close()); err != nil {
		return conn.Explain("read the document again", err)
	}
	if l.json {
		return l.printJSON(result)
	}
	l.printRereading(result)
	return nil
}

func (a *app) printRereading(r *loader.Rereading) {
	a.printf("read %s in %s again\n", clean(r.Source), r.Datasets[0])
	a.printf("  statements  %d cite a passage: %d elsewhere now, %d not found\n", r.Statements, r.Anchored, len(r.Lost))
	a.printf("  claims      %d created, %d retracted\n", r.Claims.Created, r.Claims.Retracted)
	if r.Carried > 0 {
		a.printf("  rejections  %d hold on\n", r.Carried)
	}
	for _, lost := range r.Lost {
		a.printf("  not found   %s\n", clean(lost.String()))
	}
}

// sourceOf returns the xid of the document that a text names: of several of that name the only one of which the data
// set has a text, where one is given. One that nothing describes is named by its xid alone.
func sourceOf(ctx context.Context, runner *queries.Runner, name, dataset string) (string, error) {
	c, err := runner.Source(ctx, name, dataset)
	if xid, bad := schema.CheckXID(name); errors.As(err, new(*queries.UnknownEntityError)) && bad == nil {
		return xid, nil
	}
	return c.XID, err
}

// originalPlaces returns what says where in a document's file a statement's passage stands; without a file, nothing.
func (a *app) originalPlaces(ctx context.Context, d *view.Document, path string) (func(*view.DocumentQuote) string, error) {
	if path == "" {
		return func(*view.DocumentQuote) string { return "" }, nil
	}
	files, err := format.Files([]string{path}, a.in)
	if err != nil {
		return nil, err
	}
	if len(files) != 1 {
		return nil, &usageError{fmt.Errorf("%s is not the file of one document", path), "name one page, mail or text"}
	}
	read, err := format.Document(ctx, files[0], format.Options{})
	if err != nil {
		return nil, err
	}
	sum := schema.TextSum(read.Text)
	if !slices.ContainsFunc(d.Texts, func(t view.DocumentText) bool { return t.SHA256 == sum }) {
		return nil, &usageError{
			fmt.Errorf("what is read of %s is not the text of %s", path, d.XID), "name the file that was loaded, as it was then",
		}
	}
	places := read.Original()
	return func(q *view.DocumentQuote) string {
		if q.Begin == nil || q.SHA256 != sum {
			return ""
		}
		from, to, ok := places(*q.Begin, *q.End)
		if !ok {
			return ""
		}
		return fmt.Sprintf(", bytes %d-%d of %s", from, to, path)
	}, nil
}

// printDocument prints what is known of a document, the first text that is kept, and the statements with where they
// stand in its file.
func (a *app) printDocument(d *view.Document, where func(*view.DocumentQuote) string) {
	a.printf("%s\n", clean(cmp.Or(d.Name, d.XID)))
	for _, line := range [][2]string{
		{"xid", d.XID},
		{"published", d.Published},
		{"author", d.Author},
		{"publisher", d.Publisher},
		{"url", d.URL},
		{"language", d.Language},
	} {
		if line[1] != "" {
			a.printf("  %-10s %s\n", line[0], clean(line[1]))
		}
	}
	text, sum := "", ""
	for _, t := range d.Texts {
		kept := ""
		if !t.Kept {
			kept = ", not kept"
		} else if sum == "" {
			text, sum = t.Text, t.SHA256
		}
		a.printf("  %-10s %d characters in %s%s\n", "text", t.Length, t.Dataset, kept)
	}
	if text != "" {
		a.printf("\n")
		for line := range strings.Lines(strings.TrimRight(turnPages(markQuotes(text, sum, d.Statements)), "\r\n")) {
			a.printf("%s\n", clean(strings.TrimRight(line, "\r\n")))
		}
	}
	for i, q := range d.Statements {
		if i == 0 {
			a.printf("\n")
		}
		a.printf("[%d] %s%s%s\n", i+1, clean(statementLine(&q)), placeNote(&q)+clean(where(&q)), quoteNote(&q))
	}
	if d.More {
		a.printf("… and more\n")
	}
}

// statementLine is a statement in a line: who what whom, when, and, in brackets, how it is said where that is not
// plainly.
func statementLine(q *view.DocumentQuote) string {
	e := q.Evidence
	line := cmp.Or(q.SubjectName, q.Subject) + " " + e.Predicate
	if to := cmp.Or(q.ObjectName, q.Object, e.Value); to != "" {
		line += " " + to
	}
	for _, name := range slices.Sorted(maps.Keys(e.Values)) {
		if q.Object != "" { // of an entity they are what the statement says
			line += " " + name + "=" + strings.Join(e.Values[name], ", ")
		}
	}
	if e.Period != "" {
		line += ", " + e.Period
	}
	how := e.Manner()
	if len(how) > 0 {
		line += " (" + strings.Join(how, ", ") + ")"
	}
	return line
}

// turnPages writes where a page ends as a line of its own.
func turnPages(text string) string {
	var b strings.Builder
	page, atStart := 1, true
	for _, c := range text {
		if c != '\f' {
			b.WriteRune(c)
			atStart = c == '\n'
			continue
		}
		if !atStart {
			b.WriteByte('\n')
		}
		page, atStart = page+1, true
		fmt.Fprintf(&b, "--- page %d ---\n", page)
	}
	return b.String()
}

// placeNote says on which page and in which paragraph a statement's passage stands.
func placeNote(q *view.DocumentQuote) string {
	note := ""
	if q.Page > 0 {
		note = fmt.Sprintf(", page %d", q.Page)
	}
	if q.Paragraph > 0 {
		note += fmt.Sprintf(", paragraph %d", q.Paragraph)
	}
	return note
}

// quoteNote says how a statement's quote was found, where it is not as it stands.
func quoteNote(q *view.DocumentQuote) string {
	switch q.Found {
	case schema.FoundMissing:
		if q.Quote == "" {
			return ": its passage lies beyond the end of the text"
		}
		return fmt.Sprintf(": its quote is not in the text: %q", q.Quote)
	case schema.FoundNormalised:
		return " (in other spelling)"
	case schema.FoundMoved:
		return " (elsewhere than it says)"
	case schema.FoundExact:
	}
	return ""
}

// markQuotes puts brackets around the passages of a text, named by its hash, that statements quote, and after each the
// numbers of these.
func markQuotes(text, sum string, quotes []view.DocumentQuote) string {
	type span struct{ begin, end int }
	numbers := map[span][]string{}
	for i, q := range quotes {
		if q.Begin != nil && q.SHA256 == sum {
			at := span{*q.Begin, *q.End}
			numbers[at] = append(numbers[at], strconv.Itoa(i+1))
		}
	}
	before, after := map[int]string{}, map[int]string{}
	for _, at := range slices.SortedFunc(maps.Keys(numbers), func(a, b span) int { return b.begin - a.begin }) { // the inner first
		before[at.begin] += "["
		after[at.end] += "][" + strings.Join(numbers[at], ",") + "]"
	}
	var b strings.Builder
	n := 0
	for _, c := range text + "\x00" {
		b.WriteString(after[n] + before[n])
		if n++; c != 0 {
			b.WriteRune(c)
		}
	}
	return b.String()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"orbat/cmd/orbat/explorer"
	"orbat/deploy"
	"orbat/queries"
	"orbat/queries/encode"
	"orbat/schema"
)

// canonicalExtension is that of the canonical export: what orbat load takes for NDJSON.
const canonicalExtension = ".ndjson"

// exporting is one run of orbat export, as its flags ask for it.
type exporting struct {
	*app
	canonical  bool
	output     string
	dataset    string
	query      string
	around     string
	depth      int
	exact      bool
	maxMarking string
	file       string

	params  []string // name=value, of a query or a neighbourhood
	encoder encode.Encoder
	limit   *queries.MaxMarking
}

func (a *app) exportCommand() *cobra.Command {
	e := &exporting{app: a}
	cmd := &cobra.Command{
		Use: "export [--query NAME | --around ENTITY] [param=value]…", Short: "Write the graph, or a part of it, for other programs",
		Args: args(cobra.ArbitraryArgs),
		Long: `Write the whole graph, one data set of it, the answer to a canned question, or an entity and what is near it: as a graph for
other programs, or, of the first two, as orbat's canonical NDJSON (every claim as the record that makes it; it loads into an
empty database and exports to the same bytes). A question and a neighbourhood take the parameters of orbat query: as_of, from
and to, min_confidence, relations, limit …

--max-marking leaves out all that is marked above a level, edges, values, evidence and sources included, as if it had never been
loaded. TLP and classifications are two scales: what is marked on one that is not named is left out, and so is what bears a
caveat that is not named or a marking that is not known. What bears no marking stays in. How much was left out is said on
standard error, never in the file.`,
		Example: `  orbat export --canonical > backup.ndjson
  orbat export -o gexf --dataset strike-2023 > strike.gexf
  orbat export --around CENTCOM --depth 2 as_of=2023-07-07 --file centcom.graphml
  orbat export --query career 'person=Michael Kurilla' -o json
  orbat export -o brat --around 'Brigade moves to Corrin' --file story.zip
  orbat export --max-marking TLP:GREEN --file release.gexf.gz`,
		RunE: func(cmd *cobra.Command, params []string) error {
			e.params = params
			if err := e.check(cmd.Flags().Changed); err != nil {
				return err
			}
			return e.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&e.canonical, "canonical", false, "sorted orbat NDJSON")
	flags.StringVarP(&e.output, "output", "o", "",
		"json, "+strings.Join(encode.GraphNames(), ", ")+" (default: by the ending of --file); "+
			"orbat help formats says who reads them; brat, with --around, a document with its "+
			"annotations")
	flags.StringVar(&e.dataset, "dataset", "", "only this data set")
	flags.StringVar(&e.query, "query", "", "the answer to this question (orbat queries list)")
	flags.StringVar(&e.around, "around", "", "this entity and what is near it")
	flags.IntVar(&e.depth, "depth", 1, "with --around: how many steps away")
	flags.BoolVar(&e.exact, "exact", false, "with --around or --query: take no entity for a word of its name")
	flags.StringVar(&e.maxMarking, "max-marking", "", "leave out what is marked above this: TLP:GREEN, SECRET …")
	flags.StringVar(&e.file, "file", "", "write to this file, compressed if it ends in .gz or .zst (default: standard output)")
	_ = cmd.RegisterFlagCompletionFunc("output", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return append([]string{"json", encode.BRAT}, encode.GraphNames()...), cobra.ShellCompDirectiveNoFileComp
	})
	_ = cmd.RegisterFlagCompletionFunc("query", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return a.completeQuery("", nil)
	})
	return cmd
}

// check finds what cannot be meant, before a database is started for it. given tells which flags were.
func (e *exporting) check(given func(flag string) bool) error {
	const help = "orbat export --help"
	part := e.query != "" || e.around != ""
	if e.output == encode.BRAT {
		if err := e.checkAnnotations(given); err != nil {
			return err
		}
	}
	switch {
	case e.query != "" && e.around != "":
		return &usageError{errors.New("--query and --around exclude each other"), help}
	case !part && (given("query") || given("around")):
		return &usageError{errors.New("--query and --around need a name"), help}
	case !part && len(e.params) > 0:
		return &usageError{
			fmt.Errorf("unknown argument %q", schema.Shorten(e.params[0])),
			"parameters go with --query NAME or --around ENTITY",
		}
	case given("depth") && e.around == "":
		return &usageError{errors.New("--depth goes with --around"), help}
	case e.exact && !part:
		return &usageError{errors.New("--exact goes with --around or --query"), help}
	case part && e.canonical:
		return &usageError{
			errors.New("--canonical is for the whole graph or a data set"),
			"-o takes json, " + strings.Join(encode.GraphNames(), ", "),
		}
	}
	if e.dataset != "" {
		if err := schema.CheckDataset(e.dataset); err != nil {
			return &usageError{err, "orbat datasets list"}
		}
	}
	if given("max-marking") { // an empty variable of a script must not open everything
		var err error
		if e.limit, err = queries.ParseMaxMarking(e.maxMarking); err != nil {
			return &usageError{fmt.Errorf("--max-marking: %w", err), help}
		}
	}
	if e.query != "" {
		if library, err := e.ownLibrary(""); err == nil {
			if _, err := library.Find(e.query); err != nil {
				return err
			}
		}
	}
	return e.chooseFormat(part)
}

// checkAnnotations sees that a document is named, and nothing that it has no use for.
func (e *exporting) checkAnnotations(given func(flag string) bool) error {
	const hint = "orbat export -o brat --around 'Brigade moves to Corrin' --file story.zip"
	switch {
	case e.around == "" || e.query != "":
		return &usageError{errors.New("-o brat writes one document: name it by --around"), hint}
	case given("depth") || len(e.params) > 0:
		return &usageError{errors.New("-o brat takes no --depth and no parameters"), hint}
	}
	return nil
}

// annotations exports a document with what is said in it.
func (e *exporting) annotations(ctx context.Context, runner *queries.Runner, conn *deploy.Conn) error {
	annotated, err := runner.Annotated(ctx, e.around, e.dataset)
	if ambiguous := (*queries.AmbiguousError)(nil); errors.As(err, &ambiguous) {
		return &usageError{err, e.again(ambiguous)}
	}
	left := 0
	if err == nil {
		err = e.write(func(w io.Writer) error {
			left, err = encode.Annotations(w, annotated)
			return err
		})
	}
	if err != nil {
		return conn.Explain("export", err)
	}
	if left > 0 {
		e.note("%d statements cite the document without a passage of its text, and are not in the annotations.", left)
	}
	return nil
}

// chooseFormat takes the format from -o, else from the ending of the file.
func (e *exporting) chooseFormat(part bool) error {
	formats := "-o takes json, " + strings.Join(encode.GraphNames(), ", ")
	switch {
	case e.canonical && e.output != "":
		return &usageError{errors.New("give --canonical or -o FORMAT"), formats}
	case e.canonical, e.output == encode.BRAT:
		return nil
	case e.output != "":
		var err error
		if e.encoder, err = encode.Find(e.output); err != nil {
			return &usageError{err, "one of json, " + strings.Join(encode.GraphNames(), ", ")}
		}
		return nil
	case e.file == "":
		return &usageError{errors.New("give --canonical or -o FORMAT"), formats}
	}
	ending := filepath.Ext(strings.TrimSuffix(strings.TrimSuffix(e.file, ".gz"), ".zst"))
	if ending == canonicalExtension && !part {
		e.canonical = true
		return nil
	}
	var names []string
	for _, encoder := range encode.All() {
		if encoder.Extension != ending {
			continue
		}
		if "."+encoder.Name == ending && ending != ".json" { // .gexf is gexf, not an older one; .json may be anything
			e.encoder, names = encoder, []string{encoder.Name}
			break
		}
		e.encoder = encoder
		names = append(names, encoder.Name)
	}
	switch {
	case len(names) == 0:
		return &usageError{fmt.Errorf("no format of graphs ends in %q", ending), formats}
	case len(names) > 1:
		return &usageError{fmt.Errorf("%s all end in %s", strings.Join(names, ", "), ending), "say which: -o " + names[0]}
	}
	return nil
}

func (e *exporting) run(ctx context.Context) error {
	runner, conn, err := e.runner(ctx, "")
	if err != nil {
		return err
	}
	defer conn.Close()
	if e.dataset != "" {
		if err := requireDatasets(ctx, e.loaderOf(conn, runner.Ontology), e.dataset); err != nil {
			return conn.Explain("export", err)
		}
	}
	if e.output == encode.BRAT {
		runner.MaxMarking = e.limit
		return e.annotations(ctx, runner, conn)
	}
	runner.Markings = !e.canonical && e.encoder.Name == "html"
	if e.query != "" || e.around != "" {
		return e.answer(ctx, runner, conn)
	}
	runner.MaxMarking = e.limit
	var left *queries.Withheld
	var notices []string
	whole := func() error {
		notices = nil // those of an export that is made anew are made anew
		return e.write(func(w io.Writer) error {
			if e.canonical {
				show := e.newExportProgress(w)
				defer show.end()
				_, left, err = runner.Canonical(ctx, show, e.dataset)
				return err
			}
			g := runner.Export(ctx, e.dataset)
			left, g.Page, g.Notice = g.Withheld, explorer.Built(), func(text string) { notices = append(notices, text) }
			show := e.newExportProgress(nil)
			defer show.end()
			return e.encoder.Encode(w, show.counted(g))
		})
	}
	if e.canonical || e.file == "" || !replaceable(e.file) { // that one reads anew by itself; what has gone to a pipe stays there
		err = whole()
	} else {
		err = runner.Anew(whole)
	}
	if err != nil {
		return conn.Explain("export", err)
	}
	for _, text := range notices {
		e.notice(text)
	}
	e.tellWithheld(left, e.maxMarking)
	return nil
}

// answer exports what a question finds; all of it, where no limit was given.
func (e *exporting) answer(ctx context.Context, runner *queries.Runner, conn *deploy.Conn) error {
	given := slices.Clone(e.params)
	name := e.query
	if e.around != "" {
		name = "ego-network"
		given = append(given, "entity="+e.around, "depth="+strconv.Itoa(e.depth))
	}
	if e.dataset != "" {
		given = append(given, "dataset="+e.dataset)
	}
	if e.maxMarking != "" {
		given = append(given, "max_marking="+e.maxMarking)
	}
	q, err := runner.Library.Find(name)
	if err != nil {
		return err
	}
	params, err := q.ParseArgs(given)
	if err != nil {
		return err
	}
	for _, p := range q.AllParams() {
		if _, set := params[p.Name]; p.Name == "limit" && !set && p.Max > 0 {
			params[p.Name] = strconv.Itoa(p.Max)
		}
	}
	result, err := runner.Run(ctx, name, params, queries.Ask{Evidence: true, Full: true, Exact: e.exact, Markings: runner.Markings})
	if ambiguous := (*queries.AmbiguousError)(nil); errors.As(err, &ambiguous) {
		return &usageError{err, e.again(ambiguous)}
	}
	if err != nil {
		return conn.Explain("export", err)
	}
	g := result.Graph()
	g.Page, g.Notice = explorer.Built(), e.notice
	if err := e.write(func(w io.Writer) error { return e.encoder.Encode(w, g) }); err != nil {
		return conn.Explain("export", err)
	}
	e.remark(result)
	return nil
}

// again says how to name the entity that was meant.
func (e *exporting) again(found *queries.AmbiguousError) string {
	hint := "name it by xid:"
	for _, c := range found.Candidates[:min(5, len(found.Candidates))] {
		if e.around != "" {
			hint += "\n  orbat export --around " + quoteArg(c.XID)
		} else {
			hint += "\n  orbat export --query " + e.query + " " + quoteArg(found.Param+"="+c.XID)
		}
	}
	return hint
}

// remark says on standard error what a reader of the file must know: the formats have no place for it.
func (e *exporting) remark(r *queries.Result) {
	e.tellTaken(r.Taken)
	for _, note := range r.Notes {
		e.note("%s", note)
	}
	if len(r.Nodes) == 0 {
		e.note("Nothing found.")
	}
	for _, note := range filterNotes(r) {
		e.note("%s", note)
	}
	if r.Truncated {
		e.note("There is more: an entity has too many links to look at, or limit=%s was reached. Narrow it with relations=, as_of= or "+
			"min_confidence=.", r.Params["limit"])
	}
	e.tellWithheld(r.Withheld, e.maxMarking)
}

// tellWithheld says what a marking limit left out: to whoever asked, never in what was asked for.
func (a *app) tellWithheld(left *queries.Withheld, limit string) {
	if left == nil {
		return
	}
	a.note("Left out above %s: %d entities, %d claims. What bears no marking is in.", limit, left.Entities, left.Claims)
	if len(left.Unknown) == 0 {
		return
	}
	const most = 5
	var texts []string
	for _, text := range slices.Sorted(maps.Keys(left.Unknown)) {
		texts = append(texts, fmt.Sprintf("%q (%d)", clean(text), left.Unknown[text]))
	}
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most], fmt.Sprintf("… and %d more", more))
	}
	a.note("Of these, for markings that are not known: %s", strings.Join(texts, ", "))
}

// write sends what do writes to standard output or to --file, which appears only when it is whole.
func (e *exporting) write(do func(io.Writer) error) error {
	if e.file == "" {
		return do(e.out)
	}
	file, err := openOut(e.file)
	if err != nil {
		return &usageError{fmt.Errorf("write to %s: %w", e.file, err), "--file names a file that can be written"}
	}
	err = compressed(file, e.file, do)
	if err != nil {
		file.discard()
		return fmt.Errorf("write %s: %w", e.file, err)
	}
	if err := file.place(); err != nil {
		return fmt.Errorf("write %s: %w", e.file, err)
	}
	return nil
}

// compressed packs what do writes as the name's ending says.
func compressed(w io.Writer, name string, do func(io.Writer) error) error {
	var packed io.WriteCloser
	switch filepath.Ext(name) {
	case ".gz":
		packed = gzip.NewWriter(w)
	case ".zst":
		encoder, err := zstd.NewWriter(w)
		if err != nil {
			return err
		}
		packed = encoder
	default:
		return do(w)
	}
	if err := do(packed); err != nil {
		_ = packed.Close() // the error before is the one that counts
		return err
	}
	return packed.Close()
}

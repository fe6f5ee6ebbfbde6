package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/intake"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

// loading is what load and plan share.
type loading struct {
	*app
	dataset    string
	replace    bool
	allowEmpty bool
	format     string
	encoding   string
	sheet      string
	delimiter  string
	lenientIDs bool
	mapping    string
	rejects    string
	notices    string
	maxRejects int
	strict     bool
	suggest    bool
	noText     bool
	noRead     bool
	published  string
	confidence int
	below      string
	review     bool
	judgements string
	link       float64
	background bool
	who        who
	ontology   []string
	json       bool
	progress   string
	plan       bool
}

func (a *app) loadCommand() *cobra.Command {
	l := &loading{app: a}
	cmd := &cobra.Command{
		Use: "load FILE…", Short: "Load files into the graph",
		Args: args(func(cmd *cobra.Command, files []string) error {
			if l.background {
				return nil
			}
			return cobra.MinimumNArgs(1)(cmd, files)
		}),
		Long: `Load files, folders or standard input (-) into the graph. A load adds: in any order, any number of times, the
graph is the same. With --replace the files are the whole of one data set, and what they no longer say is retracted; but
nothing that a rejected record may say again, and nothing at all where a file holds no records or is skipped.

What a text says is read, sentence by sentence, and each statement loaded with the sentence, a confidence and the rule that
found it. With --review none counts before somebody has judged it, by a key for each:

  a accept   r reject   e edit an end, the relation or the assertion   k skip   w give the reason   z back   q quit

What is accepted is loaded; what is rejected too, so that it stays as evidence and draws nothing; what is edited is loaded as
it was put right, and rejected as it was read. The rest is left out, and asked about next time. A judgement holds for every
later reading of the statement. orbat plan --judgements FILE writes the statements to a file, to be judged without a terminal.

--link 0.99 decides that an entity of the files and a known one are the same where the score is that high, as orbat resolve
would propose. It leaves events, people of whom only the names agree, and who might be several to you.

A bad record is rejected with its position and reason, and loading goes on; so is one of several files that cannot be
read, unless none can. Exit status: 0 all in; 1 failed; 2 usage;
3 in, with rejects (or with dangling references under --strict).`,
		Example: `  orbat load case.yaml
  orbat load exports/ --dataset syria --rejects bad.ndjson
  orbat load nigeria/ --mapping sfm-2019 --dataset nigeria --replace
  orbat load --background article.txt --published 2023-07-09 --link 0.99
  orbat load article.txt --published 2023-07-09 --review
  zcat claims.ndjson.gz | orbat load - --format ndjson --dataset feed --replace`,
		RunE: func(cmd *cobra.Command, files []string) error { return l.run(cmd, files) },
	}
	l.flags(cmd)
	f := cmd.Flags()
	f.BoolVar(&l.background, "background", false,
		"first load what reports take for granted, which orbat has: commands, services, armed groups, platforms")
	f.BoolVar(&l.review, "review", false, "take a key for each statement read of a text, before it counts")
	f.StringVar(&l.judgements, "judgements", "", "judge the statements read of texts by this file, which orbat plan --judgements writes")
	f.Float64Var(&l.link, "link", 0, "decide that entities of the files and known ones are the same from this score on, such as 0.99")
	f.StringVar(&l.who.by, "by", "", "who judges (default the user)")
	f.StringVar(&l.who.session, "session", "", "a name under which the judgements can be undone (default: who and when)")
	return cmd
}

func (a *app) planCommand() *cobra.Command {
	l := &loading{app: a, plan: true}
	cmd := &cobra.Command{
		Use: "plan FILE…", Short: "Show what a load would change, and change nothing", Args: args(cobra.MinimumNArgs(1)),
		Long:    "Take the same way as load and print what it would create, change, retract and leave alone.",
		Example: "  orbat plan case.yaml\n  orbat plan exports/ --dataset syria --replace --json",
		RunE:    func(cmd *cobra.Command, files []string) error { return l.run(cmd, files) },
	}
	l.flags(cmd)
	cmd.Flags().StringVar(&l.judgements, "judgements", "", "write the statements read of texts to this file, to be judged there")
	return cmd
}

func (l *loading) flags(cmd *cobra.Command) {
	l.inputFlags(cmd)
	f := cmd.Flags()
	f.BoolVar(&l.replace, "replace", false, "the files are the whole data set: retract what is not in them")
	f.BoolVar(&l.allowEmpty, "allow-empty", false, "with --replace: files without records, and files that are skipped, are meant so")
	f.IntVar(&l.maxRejects, "max-rejects", -1, "fail beyond so many rejects (default unlimited; 0 with --replace)")
	f.BoolVar(&l.strict, "strict", false, "exit 3 where a reference is to nothing described")
	f.BoolVar(&l.noText, "no-text", false, "keep of the texts of documents nothing but their hash and length")
	f.BoolVar(&l.noRead, "no-read", false, "keep the texts of documents, and read no statements of them")
	f.StringVar(&l.published, "published", "", "when documents that do not say it were published, such as 2023-07-09")
	f.IntVar(&l.confidence, "min-confidence", intake.DefaultConfidence, "load no statement read of a text with a lower confidence (0-100)")
	f.StringVar(&l.below, "below", "", "write the statements below --min-confidence to this file, as records to be loaded")
	f.BoolVar(&l.suggest, "suggest", true, "say how many new entities look like known ones")
}

// inputFlags sets the flags of all commands that read files.
func (l *loading) inputFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.dataset, "dataset", "", "data set of records that name none (default \"default\")")
	f.StringVar(&l.format, "format", "", "read as "+strings.Join(format.Names(), ", ")+" (default: by name or content)")
	f.StringVar(&l.encoding, "encoding", "", "encoding of text that is not UTF-8, such as windows-1252")
	f.StringVar(&l.sheet, "sheet", "", "the sheet of an Excel file (default the first)")
	f.StringVar(&l.delimiter, "delimiter", "", "what separates the cells of CSV: one character, or tab (default: the header tells)")
	f.BoolVar(&l.lenientIDs, "lenient-ids", false, "take STIX ids that are not UUIDs as they are")
	f.StringVar(&l.mapping, "mapping", "", "read tables (CSV, TSV, Excel) by this mapping: a file, or one of orbat mapping list")
	f.StringVar(&l.rejects, "rejects", "", "write rejected records to this file, as NDJSON")
	f.StringVar(&l.notices, "notices", "", "write what is odd but loaded to this file, as NDJSON")
	f.StringArrayVar(&l.ontology, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	f.BoolVar(&l.json, "json", false, "print the report as JSON")
	f.StringVar(&l.progress, "progress", "auto", "auto, bar, lines, json or none")
	_ = cmd.RegisterFlagCompletionFunc("mapping", completeMappings) // the flag is there
}

// input is what a command reads, and where it tells of it.
type input struct {
	files   []format.File
	read    *atomic.Int64 // bytes of them
	show    *progress
	mapping *mapping.Mapping // nil: the files are read by their formats
	found   *findings
}

// input checks the flags and opens what they name. found must be closed, or discarded.
func (l *loading) input(paths []string) (*input, error) {
	if l.format != "" && !slices.Contains(format.Names(), l.format) {
		return nil, &usageError{fmt.Errorf("unknown format %q", l.format), "one of " + strings.Join(format.Names(), ", ")}
	}
	if l.dataset != "" {
		if err := schema.CheckDataset(l.dataset); err != nil {
			return nil, &usageError{err, "--dataset my-data"}
		}
	}
	in := &input{read: &atomic.Int64{}}
	var err error
	if in.files, err = format.Files(paths, l.in); err != nil {
		return nil, err
	}
	if in.show, err = l.newProgress(l.progress, in.files, in.read); err != nil {
		return nil, err
	}
	if l.mapping != "" {
		if in.mapping, err = loadMapping(l.mapping); err != nil {
			return nil, err
		}
	}
	in.found, err = l.openFindings()
	return in, err
}

func (l *loading) run(cmd *cobra.Command, paths []string) error {
	ctx := cmd.Context()
	if err := l.checkJudging(paths); err != nil {
		return err
	}
	in, err := l.input(paths)
	if err != nil {
		return err
	}
	found, show := in.found, in.show
	if err := l.whole(in); err != nil {
		found.discard()
		return err
	}
	to, done, err := l.loader(ctx, l.ontology, !l.plan)
	if err != nil {
		found.discard() // nothing was read: what an earlier load left there still says more
		return err
	}
	defer done()
	if l.background {
		report, err := l.loadBackground(ctx, to)
		if err != nil || len(paths) == 0 {
			found.discard()
			return l.finish(report, err)
		}
		l.note("loaded %s: %d records created", strings.Join(report.Datasets, ", "), report.Records.Created)
	}
	reading, err := l.newReading(in.files, to.Ontology)
	if err != nil {
		found.discard()
		return err
	}
	records, dataset, closing, err := l.records(ctx, in, to.Ontology, reading)
	if err != nil {
		found.discard()
		reading.discard()
		return err
	}
	defer closing()
	if l.review || l.judgements != "" {
		if records, err = l.judge(ctx, to, records, dataset, reading); err != nil {
			found.discard()
			reading.discard()
			return err
		}
	}
	options := loader.Options{
		Dataset: dataset, Replace: l.replace, AllowEmpty: l.allowEmpty,
		OnReject: found.reject, OnNotice: found.notice, Progress: show.report, Plan: l.plan,
		FindDuplicates: l.suggest, NoText: l.noText, Readings: reading.options().Readings(), Link: l.link,
	}
	if cmd.Flags().Changed("max-rejects") && l.maxRejects >= 0 {
		options.MaxRejects = &l.maxRejects
	}
	report, err := to.Load(ctx, records, options)
	show.end()
	err = errors.Join(err, found.close(), reading.close())
	if l.plan && err == nil && !l.json {
		reading.print(l.app)
	}
	return l.finish(report, err)
}

// loadBackground loads what reports take for granted.
func (l *loading) loadBackground(ctx context.Context, to *loader.Loader) (*loader.Report, error) {
	file := format.Stream("background.yaml", bytes.NewReader(loader.Background()))
	return to.Load(ctx, format.Read(ctx, file, format.Options{}), loader.Options{
		OnReject: func(bad *schema.RecordError) error { return bad },
	})
}

// whole refuses files of which one is skipped, where they are to be the whole of a data set. A mapping says itself
// which it reads, and those must have rows.
func (l *loading) whole(in *input) error {
	if !l.replace || l.allowEmpty || in.mapping != nil {
		return nil
	}
	for _, file := range in.files {
		if file.Skipped != "" {
			return intake.PartialInput(file.Name, "is skipped ("+file.Skipped+"), so that these are not the whole of a data set")
		}
	}
	return nil
}

// finish prints the report and turns it into the exit status; 1 beats 3.
func (l *loading) finish(report *loader.Report, err error) error {
	if report.Datasets == nil {
		report.Datasets = []string{} // a list in JSON too
	}
	if l.json {
		if printing := l.printJSON(report); err == nil {
			err = printing
		}
	} else if err == nil || report.Records.Read > 0 {
		l.printReport(report, err)
	}
	switch {
	case err != nil:
		return err
	case report.Rejected > 0, l.strict && report.Dangling > 0:
		return &exitError{exitRejects}
	}
	return nil
}

// records returns the records of the files, and the data set of those that name none: by the mapping, or by the files'
// formats.
func (l *loading) records(ctx context.Context, in *input, o *schema.Ontology, reading *textReading) (
	_ iter.Seq2[*schema.Record, error], dataset string, closing func(), err error,
) {
	closing = func() {}
	if in.mapping != nil {
		if closing, err = l.spool(ctx, in.files); err != nil {
			return nil, "", nil, err
		}
	}
	take := l.intake(in.mapping, in.read)
	take.Reading = reading.options()
	records, err := take.Records(ctx, in.files, o)
	if err != nil {
		closing()
		return nil, "", nil, err
	}
	return records, take.DatasetOf(), closing, nil
}

// intake says how the files are read.
func (l *loading) intake(m *mapping.Mapping, read *atomic.Int64) *intake.Intake {
	return &intake.Intake{
		Options: format.Options{
			Format: l.format, Encoding: l.encoding, Sheet: l.sheet, Delimiter: l.delimiter, LenientIDs: l.lenientIDs, Progress: read,
		},
		Mapping: m, Dataset: l.dataset, Replace: l.replace, AllowEmpty: l.allowEmpty,
		Skipped: func(file format.File) { l.note("skipped %s: %s", file.Name, file.Skipped) },
		Unused: func(names []string) {
			if more := len(names) - 3; more > 0 {
				names = append(slices.Clone(names[:3]), fmt.Sprintf("and %d more", more))
			}
			l.note("not read by the mapping: %s", strings.Join(names, ", "))
		},
	}
}

// rejectedWhat names what was rejected.
func rejectedWhat(r *loader.Report) string {
	if r.RejectedValues > 0 {
		return "records or values"
	}
	return "records"
}

func (l *loading) printNotices(n int) {
	if n > 0 {
		l.printf("  odd       %d notices\n", n)
	}
}

// ofInput reports whether an error is of what was to be loaded: the same input ends the next load too.
func ofInput(err error) bool {
	if errors.As(err, new(*format.ReadError)) {
		return !errors.As(err, new(*fs.PathError)) // of the disk or network
	}
	return errors.As(err, new(*mapping.MappingError)) || errors.As(err, new(*mapping.ExpectationError)) ||
		errors.As(err, new(*loader.TooManyRejectsError)) ||
		errors.As(err, new(*loader.ManyDatasetsError)) || errors.As(err, new(*loader.PartialInputError)) ||
		errors.As(err, new(*loader.ContradictionError))
}

// printReport prints what a load did, and, where an error ended it, what to do.
func (l *loading) printReport(r *loader.Report, ended error) {
	switch {
	case r.Planned:
		l.printf("planned, nothing written\n")
	case len(r.Datasets) == 0 && r.Records.Read == r.Rejected-r.RejectedValues:
		l.printf("nothing loaded\n")
	case r.Incomplete && ofInput(ended):
		l.printf("cut short; what follows is in the graph: mend the input, then load it again\n")
	case r.Incomplete:
		l.printf("cut short; what follows is in the graph, and loading again completes it\n")
	default:
		l.printf("loaded %s in %s\n", strings.Join(r.Datasets, ", "), time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
	}
	l.printf("  records   %d read: %d created, %d changed, %d unchanged, %d retracted, %d rejected\n",
		r.Records.Read, r.Records.Created, r.Records.Changed, r.Records.Unchanged, r.Records.Retracted, r.Rejected)
	if r.RejectedValues > 0 {
		l.printf("  values    %d of the rejects are values: the rest of their records is in\n", r.RejectedValues)
	}
	l.printf("  claims    %d created, %d unchanged, %d retracted\n", r.Claims.Created, r.Claims.Unchanged, r.Claims.Retracted)
	if n := r.Texts.Created + r.Texts.Unchanged; n > 0 {
		l.printf("  texts     %d kept, %d unchanged\n", r.Texts.Created, r.Texts.Unchanged)
	}
	if r.Kept > 0 {
		l.printf("  kept      %d claims, which the files no longer hold, but rejected %s may\n", r.Kept, rejectedWhat(r))
	}
	l.printf("  open      %d dangling, %d disputed\n", r.Dangling, r.Disputed)
	l.printNotices(r.Notices)
	if a := r.PossibleDuplicates; a != nil && (a.Alike > 0 || a.Compared < a.New) {
		among := ""
		if a.Compared < a.New {
			among = fmt.Sprintf(" (%d of them compared)", a.Compared)
		}
		l.printf("  alike     %d of %d new entities%s look like known ones; orbat resolve candidates shows them\n", a.Alike, a.New, among)
	}
	if !r.Planned {
		l.printf("  speed     %.0f N-Quads/s, %.0f rows/s\n", r.QuadsPerS, r.RowsPerS)
	}
	l.printLinked(r)
	for _, d := range r.Disputes {
		l.printf("  disputed  %s\n", d)
	}
	if more := r.Disputed - len(r.Disputes); more > 0 {
		l.printf("  disputed  … and %d more; orbat check lists them all\n", more)
	}
	for _, c := range r.LeftOut {
		l.printf("  left out  %s are not made one, since %s are decided to be different\n", strings.Join(c.Between, " and "),
			strings.Join(c.Different, " and "))
	}
}

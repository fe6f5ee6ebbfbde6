package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"orbat/cmd/orbat/intake"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/loader/mapping"
	"orbat/schema"
)

// loadMapping reads a mapping: one of the shipped ones by its name, or a file.
func loadMapping(name string) (*mapping.Mapping, error) {
	if slices.Contains(mapping.Shipped(), name) {
		text, err := mapping.Source(name)
		if err != nil {
			return nil, err
		}
		return mapping.Parse(name, text)
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) && !strings.ContainsAny(name, `./\`) {
		return nil, &usageError{fmt.Errorf("no mapping %q", name), "shipped are " + strings.Join(mapping.Shipped(), ", ") +
			"; a file is named with its ending"}
	}
	if err != nil {
		return nil, &usageError{err, "orbat mapping list shows those that are shipped"}
	}
	return mapping.Parse(name, text)
}

// spool keeps standard input, where it is among the files, since a mapping reads its tables several times. Done gives
// it up.
func (a *app) spool(ctx context.Context, files []format.File) (done func(), err error) {
	at := slices.IndexFunc(files, func(f format.File) bool { return f.Path == "-" })
	if at < 0 {
		return func() {}, nil
	}
	files[at], done, err = format.Spool(ctx, "stdin", a.in)
	return done, err
}

func (a *app) mappingCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "mapping", Short: "Write and check mappings from tables to records", Args: args(cobra.NoArgs),
		Long: `A mapping says in YAML what the columns of a table mean: which entities and relations a row holds, and who says so.
orbat load FILE… --mapping MAPPING reads tables with it.`,
		Example: "  orbat mapping new people.csv > people.yaml\n  orbat mapping check people.yaml people.csv\n  orbat mapping preview " +
			"people.yaml people.csv -n 5",
	}
	cmd.AddCommand(a.mappingList(), a.mappingShow(), a.mappingCheck(), a.mappingPreview(), a.mappingNew(), a.mappingSchema())
	return cmd
}

func (a *app) mappingList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the mappings that come with orbat", Args: args(cobra.NoArgs), Example: "  orbat mapping list",
		RunE: func(*cobra.Command, []string) error {
			var rows [][]string
			for _, name := range mapping.Shipped() {
				m, err := loadMapping(name)
				if err != nil {
					return err
				}
				rows = append(rows, []string{name, m.Doc})
			}
			a.printTable([]string{"mapping", "reads"}, rows)
			return nil
		},
	}
}

func (a *app) mappingShow() *cobra.Command {
	return &cobra.Command{
		Use: "show NAME", Short: "Print a shipped mapping, to copy and change", Args: args(cobra.ExactArgs(1)),
		Example:           "  orbat mapping show sfm-2019 > mine.yaml",
		ValidArgsFunction: completeMappings,
		RunE: func(_ *cobra.Command, names []string) error {
			text, err := mapping.Source(names[0])
			if err != nil {
				return &usageError{err, hintOf(err)}
			}
			_, err = a.out.Write(text)
			return err
		},
	}
}

func completeMappings(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return mapping.Shipped(), cobra.ShellCompDirectiveDefault
}

// mappingInputs are the flags of the commands that read a mapping's tables.
type mappingInputs struct {
	loading

	mapping *mapping.Mapping
	inputs  []mapping.Input
	given   *schema.Ontology
	done    func() // removes what was kept of standard input
}

// close is for after the tables were read.
func (m *mappingInputs) close() {
	if m.done != nil {
		m.done()
	}
}

func (m *mappingInputs) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&m.ontology, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	f.StringVar(&m.dataset, "dataset", "", "data set, where the mapping names none")
	m.tableFlags(cmd)
}

// tableFlags are those that say how the text of a table is written.
func (l *loading) tableFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&l.encoding, "encoding", "", "encoding of text that is not UTF-8, such as windows-1252")
	f.StringVar(&l.delimiter, "delimiter", "", "what separates the cells of CSV: one character, or tab (default: the header tells)")
}

// open reads the mapping, and finds its tables: the files given, or those of its own folder.
func (m *mappingInputs) open(ctx context.Context, words []string, needed bool) error {
	var err error
	if m.given, err = ontologyOf(m.ontology); err != nil {
		return err
	}
	if m.mapping, err = loadMapping(words[0]); err != nil {
		return err
	}
	var files []format.File
	if paths := words[1:]; len(paths) > 0 {
		if files, err = format.Files(paths, m.in); err != nil {
			return err
		}
		if m.done, err = m.spool(ctx, files); err != nil {
			return err
		}
	} else if files = m.beside(words[0]); len(files) == 0 {
		if needed {
			return &usageError{errors.New("no table to read"), "name the folder or files after the mapping"}
		}
		return nil
	}
	m.inputs, err = m.intake(m.mapping, &atomic.Int64{}).Tables(files)
	return err
}

// beside finds a mapping's tables in its own folder; none where the mapping does not name them, or not all of them are
// there.
func (m *mappingInputs) beside(name string) []format.File {
	if slices.Contains(mapping.Shipped(), name) || !m.mapping.NamesFiles() {
		return nil
	}
	files, err := format.Files([]string{filepath.Dir(name)}, m.in)
	if err != nil {
		return nil
	}
	unused, err := intake.Unread(m.mapping, files)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(files, func(f format.File) bool { return slices.Contains(unused, f.Name) })
}

func (a *app) mappingCheck() *cobra.Command {
	m := &mappingInputs{loading: loading{app: a}}
	cmd := &cobra.Command{
		Use:   "check MAPPING [FILE…]",
		Short: "Check a mapping against the ontology and the headers of its tables", Args: args(cobra.MinimumNArgs(1)),
		Long: `Check that a mapping is whole and fits the ontology and, where its tables are given or lie beside it, their headers.
Columns that nothing uses are listed. Exits 1 where something is wrong.`,
		Example:           "  orbat mapping check people.yaml people.csv\n  orbat mapping check sfm-2019 nigeria/",
		ValidArgsFunction: completeMappings,
		RunE: func(cmd *cobra.Command, words []string) error {
			defer m.close()
			if err := m.open(cmd.Context(), words, false); err != nil {
				return err
			}
			if len(m.inputs) == 0 {
				if err := m.mapping.Check(m.given); err != nil {
					return err
				}
				a.printf("%s fits the ontology; no table was given to compare\n", words[0])
				return nil
			}
			unused, err := m.mapping.CheckFiles(cmd.Context(), m.inputs, mapping.Options{Ontology: m.given, Dataset: m.dataset})
			if err != nil {
				return err
			}
			for _, column := range unused {
				a.printf("unused column  %s\n", column)
			}
			var names []string
			for _, in := range m.inputs {
				names = append(names, in.Name)
			}
			a.printf("%s fits the ontology and %s\n", words[0], strings.Join(names, ", "))
			return nil
		},
	}
	m.flags(cmd)
	return cmd
}

func (a *app) mappingPreview() *cobra.Command {
	m := &mappingInputs{loading: loading{app: a}}
	rows := 5
	asJSON := false
	cmd := &cobra.Command{
		Use: "preview MAPPING [FILE…]", Short: "Show what the first rows become, and load nothing", Args: args(cobra.MinimumNArgs(1)),
		Long: `Show what the first rows of each table become. Indexes and expectations speak of whole tables: a mapping that has some reads
theirs to the end first.`,
		ValidArgsFunction: completeMappings,
		Example: "  orbat mapping preview people.yaml people.csv -n 5\n  orbat mapping preview people.yaml people.csv --json " +
			"| orbat load -",
		RunE: func(cmd *cobra.Command, words []string) error {
			if rows < 1 {
				return &usageError{fmt.Errorf("-n is %d", rows), "give a number of rows from 1"}
			}
			defer m.close()
			if err := m.open(cmd.Context(), words, true); err != nil {
				return err
			}
			p := preview{app: a, ontology: m.given, asJSON: asJSON}
			options := mapping.Options{Ontology: m.given, Dataset: m.dataset, Rows: rows}
			if !asJSON {
				options.Cells = p.cells
			}
			return p.print(m.mapping.Records(cmd.Context(), m.inputs, options))
		},
	}
	m.flags(cmd)
	cmd.Flags().IntVarP(&rows, "rows", "n", rows, "rows of each table")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print orbat NDJSON")
	return cmd
}

// preview prints what rows become.
type preview struct {
	*app
	ontology *schema.Ontology
	asJSON   bool
	shown    string // the row that was begun
}

// row begins a row.
func (p *preview) row(pos schema.Position) {
	if at := pos.String(); !p.asJSON && at != p.shown {
		p.printf("%s\n", at)
		p.shown = at
	}
}

// cells prints what each cell of a row becomes.
func (p *preview) cells(pos schema.Position, cells []mapping.Cell) {
	p.row(pos)
	for _, cell := range cells {
		became := strings.Join(cell.Became, ", ")
		if became == "" {
			became = "nothing"
		}
		p.printf("  %s: %s → %s\n", cell.Column, schema.Shorten(strings.Join(strings.Fields(cell.Text), " ")), became)
	}
}

// print prints the statements of rows as the graph would hold them, and what is rejected.
func (p *preview) print(records iter.Seq2[*schema.Record, error]) error {
	for record, err := range records {
		var bad *schema.RecordError
		var notice *schema.Notice
		var pos schema.Position
		switch {
		case errors.As(err, &bad):
			pos = bad.Pos
		case errors.As(err, &notice):
			pos = notice.Pos
		case err != nil:
			return err
		default:
			pos = record.Pos
		}
		p.row(pos)
		if record != nil {
			err = p.record(record)
		}
		switch {
		case err == nil:
		case p.asJSON:
			p.note("%v", err)
		default:
			p.printf("  ! %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  ! ")) // several values may be rejected
		}
	}
	return nil
}

func (p *preview) record(record *schema.Record) error {
	claims, err := loader.Claims(p.ontology, record.Dataset, record) // of what is not rejected
	for _, claim := range claims {
		if p.asJSON {
			p.printf("%s\n", claim.AppendJSON(nil))
			continue
		}
		p.printf("  %s\n", claim.AppendJSON(nil))
	}
	return err
}

// draftIntro stands above a draft.
const draftIntro = `# A first draft: read it through. Is the type right? What identifies a row? Which columns are relations (orbat schema types),
# dates, sources? orbat mapping check says what does not fit, orbat mapping preview what the rows become.
`

func (a *app) mappingNew() *cobra.Command {
	l := &loading{app: a}
	sheet, template := "", ""
	cmd := &cobra.Command{
		Use: "new FILE", Short: "Draft a mapping from a table's header, or write a workbook to fill in", Args: args(cobra.MaximumNArgs(1)),
		Long: `Draft a mapping: columns whose names say what they hold are mapped, all others are kept as x_ properties.
Read it through, then orbat mapping check it.

Who has no sheets yet begins with --template: an Excel workbook for units, people, postings, places, equipment, events and
sources, with help, examples and lists to choose from. The mapping orbat-template reads it.`,
		Example: "  orbat mapping new people.csv > people.yaml\n  orbat mapping new book.xlsx --sheet Units > units.yaml\n" +
			"  orbat mapping new --template orbat.xlsx",
		RunE: func(cmd *cobra.Command, paths []string) error {
			switch {
			case template != "" && len(paths) > 0:
				return &usageError{
					errors.New("a file and --template"), "a draft is made of a file, a template of nothing: give one of the two",
				}
			case template == "" && len(paths) == 0:
				return &usageError{errors.New("no file"), "orbat mapping new FILE, or --template NEW.xlsx"}
			case template != "":
				return a.writeTemplate(template, l.ontology)
			}
			files, err := format.Files(paths, a.in)
			if err != nil {
				return err
			}
			o, err := ontologyOf(l.ontology)
			if err != nil {
				return err
			}
			rows := l.intake(nil, &atomic.Int64{}).Rows(files[0])
			draft, err := mapping.Draft(cmd.Context(), mapping.Input{Name: files[0].Name, Rows: rows},
				mapping.Reading{Sheet: sheet, Encoding: l.encoding}, o)
			if err != nil {
				return err
			}
			a.printf("%s%s", draftIntro, draft)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&sheet, "sheet", "", "the sheet of an Excel file (default the first)")
	f.StringVar(&template, "template", "", "write a workbook to fill in to this file, which must not be there")
	l.tableFlags(cmd)
	f.StringArrayVar(&l.ontology, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	return cmd
}

// writeTemplate writes the workbook for people who have no sheets yet.
func (a *app) writeTemplate(name string, ontology []string) (err error) {
	if !strings.EqualFold(filepath.Ext(name), ".xlsx") {
		return &usageError{fmt.Errorf("%s is no name of an Excel file", name), "end it with .xlsx"}
	}
	o, err := ontologyOf(ontology)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as any document of the user's
	if errors.Is(err, os.ErrExist) {
		return &usageError{fmt.Errorf("%s is there already", name), "what was filled in stays: give another name"}
	}
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			err = errors.Join(err, os.Remove(name)) // half a workbook is none
		}
	}()
	if err := mapping.WriteTemplate(file, o); err != nil {
		return err
	}
	a.note("%s: fill it in, then orbat load %s --mapping %s --dataset NAME", name, quoteArg(name), mapping.TemplateMapping)
	return nil
}

func (a *app) mappingSchema() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of mappings, for editors", Args: args(cobra.NoArgs),
		Long: `Print the JSON Schema of mappings. Editors with a YAML language server complete and check a mapping whose first line is
# yaml-language-server: $schema=mapping.schema.json`,
		Example: "  orbat mapping schema > mapping.schema.json",
		RunE: func(*cobra.Command, []string) error {
			o, err := ontologyOf(files)
			if err != nil {
				return err
			}
			s, err := mapping.Schema(o)
			if err != nil {
				return err
			}
			return a.printJSON(s)
		},
	}
	cmd.Flags().StringArrayVar(&files, "ontology", nil, "extend the ontology by this YAML file; may be repeated")
	return cmd
}

package mapping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"orbat/schema"
)

// Input is one file of rows.
type Input struct {
	Name string // as positions show it
	// Rows reads the file from its beginning; it is called several times. The first row is the header. An error of type
	// *schema.RecordError rejects one row; any other ends the reading.
	Rows func(ctx context.Context, reading Reading) iter.Seq2[schema.Row, error]
}

// Reading is how a mapping wants a file to be read.
type Reading struct {
	Sheet    string // of an Excel file; empty: the first
	Encoding string // empty: UTF-8
	Unquoted bool   // a quote is a character like any other
	Optional bool   // the table may be absent, and so may its rows

	Header     int    // the line or row in which the names of the columns stand; 0: the first with something in it
	HeaderRows int    // over how many rows they stand; 0: one
	Comments   string // what the first cell of rows that are not read begins with; empty: all are read
}

// Options of one run.
type Options struct {
	Ontology *schema.Ontology
	Dataset  string // of all records; empty: the mapping's own, else default. Where both are given they are the same (law 6)
	// Cells is told what becomes of the cells of a row, before what comes of it; nil: nobody is.
	Cells func(pos schema.Position, cells []Cell)
	Rows  int // of each file only the first rows that something comes of, to look at; 0: all
}

func (m *Mapping) table(name string) *table {
	i := slices.IndexFunc(m.Tables, func(t table) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Tables[i]
}

// run is one reading of the inputs.
type run struct {
	mapping  *Mapping
	ontology *schema.Ontology
	dataset  string
	inputs   map[*table][]Input
	indexes  map[string]*lookup

	read, held int     // bytes: of the rows that were read, and of what is held of them until a table is read
	spoilt     []error // rows of which an index would be too much

	cells     func(schema.Position, []Cell)
	sightings *sightings       // of the table that is read, where a mapping merges some
	countries func() countries // made once, where a mapping asks for it
}

func (m *Mapping) newRun(o *schema.Ontology, dataset string) *run {
	r := &run{mapping: m, ontology: o, dataset: dataset, indexes: map[string]*lookup{}, countries: sync.OnceValue(countryNames)}
	for i := range m.Indexes { // as compiled values refer to them, before they are filled
		r.indexes[m.Indexes[i].Name] = &lookup{index: &m.Indexes[i]}
	}
	return r
}

// Records reads the inputs and yields what their rows say, in the order of tables, files and rows. An error of type
// *schema.RecordError rejects a row or one statement of it, a *schema.Notice tells of an oddity; any other ends the
// stream, and the first of those come before any record: mistakes of the mapping, headers that do not fit it,
// expectations that do not hold.
func (m *Mapping) Records(ctx context.Context, inputs []Input, opts Options) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		r, err := m.prepare(ctx, inputs, opts)
		if err == nil {
			err = r.expect(ctx)
		}
		if err == nil {
			r.cells = opts.Cells
			err = r.emit(ctx, opts.Rows, yield)
		}
		if err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

// stopError says within a run that the consumer wants no more.
type stopError struct{}

func (stopError) Error() string { return "stopped" }

// prepare checks the mapping, the inputs' headers, and fills the indexes.
func (m *Mapping) prepare(ctx context.Context, inputs []Input, opts Options) (*run, error) {
	if err := m.Check(opts.Ontology); err != nil {
		return nil, err
	}
	dataset, err := m.datasetOf(opts.Dataset)
	if err != nil {
		return nil, err
	}
	r := m.newRun(opts.Ontology, dataset)
	if r.inputs, err = m.assign(inputs); err != nil {
		return nil, err
	}
	if _, err := r.checkHeaders(ctx); err != nil {
		return nil, err
	}
	for i := range m.Indexes {
		filled, err := r.fill(ctx, &m.Indexes[i])
		if err != nil {
			return nil, err
		}
		*r.indexes[filled.Name] = *filled
	}
	return r, nil
}

// datasetOf returns the data set of all records: the mapping's own, else the one asked for, else default. Where the
// mapping names one and another is asked for, somebody is mistaken, and records that can be told apart by nothing else
// would mix.
func (m *Mapping) datasetOf(asked string) (string, error) {
	if asked != "" && m.Dataset != "" && asked != m.Dataset {
		return "", &MappingError{Fault: schema.Fault{
			Pos:    schema.Position{File: m.Name, Line: m.At.line},
			Reason: fmt.Sprintf("the mapping belongs to data set %q, the load to %q", m.Dataset, asked),
			Hint:   "take dataset out of the mapping: then every load says where to; or load it without the option",
			Option: schema.Option{Name: "dataset"},
		}}
	}
	dataset := cmp.Or(asked, m.Dataset, schema.DefaultDataset)
	return dataset, schema.CheckDataset(dataset)
}

// checkHeaders binds every table to the header of each of its files, and tells which columns nothing uses.
func (r *run) checkHeaders(ctx context.Context) (unused []string, err error) {
	var mistakes []*MappingError
	for i := range r.mapping.Tables {
		t := &r.mapping.Tables[i]
		for _, in := range r.inputs[t] {
			header, err := r.header(ctx, t, in)
			if err != nil {
				return nil, err
			}
			b := r.binder(t, in.Name, header, &mistakes)
			b.compile()
			for i := range r.mapping.Indexes {
				if ix := &r.mapping.Indexes[i]; ix.Table == t.Name {
					b.compileIndex(ix)
				}
			}
			for _, e := range r.mapping.Expect {
				if e.Filled != "" && e.Table == t.Name {
					b.column(e.Filled, e.At)
				}
			}
			for _, name := range t.Ignore {
				b.column(name, t.At)
			}
			for i, name := range header {
				if !b.used[i] && strings.TrimSpace(name) != "" {
					unused = append(unused, in.Name+": "+name)
				}
			}
		}
	}
	return unused, joined(mistakes)
}

func (t *table) reading() Reading {
	reading := Reading{Sheet: t.Sheet, Encoding: t.Encoding, Optional: t.Optional, Unquoted: t.Quotes != nil && !*t.Quotes}
	if h := t.Header; h != nil {
		reading.Header, _ = strconv.Atoi(h.Row) // the check has read both
		reading.HeaderRows, _ = strconv.Atoi(h.Rows)
		reading.Comments = h.Comments
	}
	return reading
}

// header reads the first row of a file.
func (r *run) header(ctx context.Context, t *table, in Input) ([]string, error) {
	for row, err := range t.read(ctx, in) {
		if err != nil {
			return nil, err
		}
		return slices.Clone(row.Cells), nil
	}
	return nil, &MappingError{Fault: schema.Fault{
		Pos: schema.Position{File: in.Name}, Reason: "the file is empty", Hint: "the first row names the columns",
	}}
}

func (r *run) binder(t *table, file string, header []string, mistakes *[]*MappingError) *binder {
	return &binder{
		mapping: r.mapping, ontology: r.ontology, table: t, dataset: r.dataset, file: file, header: header,
		indexes: r.indexes, used: map[int]bool{}, made: map[string]*namedValue{}, mistakes: mistakes, countries: r.countries,
	}
}

// rowTaker takes one row; its error ends the reading.
type rowTaker func(*schema.Row) error

// rows reads one file of a table, its header apart. What is no row is left to emit, which reads all rows again.
func (r *run) rows(ctx context.Context, t *table, in Input, with func(*binder) rowTaker) error {
	var take rowTaker
	for row, err := range t.read(ctx, in) {
		switch {
		case err != nil && isBad(err):
			continue
		case err != nil:
			return err
		case take == nil:
			var mistakes []*MappingError
			take = with(r.binder(t, in.Name, row.Cells, &mistakes))
			if err := joined(mistakes); err != nil {
				return err // the header has changed since it was checked
			}
			continue
		}
		r.count(&row)
		if err := take(&row); err != nil {
			return err
		}
	}
	return nil
}

// emit yields all records, rejects and notices; of each file those of the first rows, where there is a bound.
func (r *run) emit(ctx context.Context, rows int, yield func(*schema.Record, error) bool) error {
	for _, err := range r.spoilt {
		if !yield(nil, err) {
			return stopError{}
		}
	}
	for i := range r.mapping.Tables {
		t := &r.mapping.Tables[i]
		r.sightings = &sightings{}
		held := r.held
		for _, in := range r.inputs[t] {
			if err := r.emitFile(ctx, t, in, rows, yield); err != nil {
				return err
			}
		}
		for _, record := range r.sightings.merged() {
			if !yield(record, nil) {
				return stopError{}
			}
		}
		r.held = held
	}
	return nil
}

func (r *run) emitFile(ctx context.Context, t *table, in Input, rows int, yield func(*schema.Record, error) bool) error {
	var plan *rowPlan
	var header []string
	told := 0 // rows that something came of
	for row, err := range t.read(ctx, in) {
		var all []result
		switch {
		case err != nil && isBad(err):
			all = []result{{err: err}}
		case err != nil:
			return err
		case plan == nil:
			var mistakes []*MappingError
			plan, header = r.binder(t, in.Name, row.Cells, &mistakes).compile(), slices.Clone(row.Cells)
			if err := joined(mistakes); err != nil {
				return err
			}
		default:
			if err := ctx.Err(); err != nil {
				return err
			}
			var traced *trace
			if r.cells != nil {
				traced = &trace{became: make([][]string, len(row.Cells))}
			}
			r.count(&row)
			all = plan.row(&row, r.dataset, traced)
			if traced != nil && len(all) > 0 {
				r.cells(row.Pos, traced.cells(header, &row))
			}
		}
		for _, one := range all {
			if one.series != nil && r.sightings.take(one.record, one.series) {
				if err := r.hold(one.record.Size(), "what is merged", one.series.place); err != nil {
					return err
				}
				continue
			}
			if !yield(one.record, one.err) {
				return stopError{}
			}
		}
		if len(all) > 0 {
			told++
		}
		if rows > 0 && told == rows {
			return nil
		}
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

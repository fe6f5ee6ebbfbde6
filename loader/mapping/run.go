package mapping

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"path"
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
	// *schema.BadRecord rejects one row; any other ends the reading.
	Rows func(ctx context.Context, reading Reading) iter.Seq2[schema.Row, error]
}

// Reading is how a mapping wants a file to be read.
type Reading struct {
	Sheet    string // of an Excel file; empty: the first
	Encoding string // empty: UTF-8
	Unquoted bool   // a quote is a character like any other
}

// Options of one run.
type Options struct {
	Ontology *schema.Ontology
	Dataset  string // of all records; empty: the mapping's own
}

// NamesFiles reports whether every table names its file.
func (m *Mapping) NamesFiles() bool {
	return !slices.ContainsFunc(m.Tables, func(t table) bool { return t.File == "" })
}

// Files sorts files by the tables that read them: which of the names no table takes, and an error where a table has none.
func (m *Mapping) Files(names []string) (unused []string, err error) {
	inputs := make([]Input, len(names))
	for i, name := range names {
		inputs[i].Name = name
	}
	taken, err := m.assign(inputs)
	used := map[string]bool{}
	for _, list := range taken {
		for _, in := range list {
			used[in.Name] = true
		}
	}
	for _, name := range names {
		if !used[name] {
			unused = append(unused, name)
		}
	}
	return unused, err
}

// assign gives each table its inputs: those its file name fits, or, where it names none, those that no other table takes.
func (m *Mapping) assign(inputs []Input) (map[*table][]Input, error) {
	taken := map[*table][]Input{}
	used := make([]bool, len(inputs))
	for i := range m.Tables {
		t := &m.Tables[i]
		for j, in := range inputs {
			if t.File != "" && fits(t.File, in.Name) {
				taken[t], used[j] = append(taken[t], in), true
			}
		}
	}
	var missing []error
	for i := range m.Tables {
		t := &m.Tables[i]
		if t.File == "" {
			for j, in := range inputs {
				if !used[j] {
					taken[t] = append(taken[t], in)
				}
			}
		}
		if len(taken[t]) == 0 && !t.Optional {
			file := t.File
			if file == "" {
				file = "any file"
			}
			missing = append(missing, &Error{
				Pos: schema.Position{File: m.Name, Line: t.At.line}, Reason: "the table " + t.Name + " has no file (" + file + ")",
				Hint: "name the folder that holds it, or the file itself",
			})
		}
	}
	return taken, errors.Join(missing...)
}

// fits reports whether a file is the one a table names, compressed or not.
func fits(pattern, name string) bool {
	base := strings.ToLower(name[strings.LastIndexAny(name, `/\`)+1:])
	pattern = strings.ToLower(pattern)
	for _, bare := range []string{base, strings.TrimSuffix(strings.TrimSuffix(base, ".gz"), ".zst")} {
		if ok, err := path.Match(pattern, bare); err == nil && ok {
			return true
		}
	}
	return false
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
// *schema.BadRecord rejects a row or one statement of it, a *schema.Notice tells of an oddity; any other ends the stream, and the
// first of those come before any record: mistakes of the mapping, headers that do not fit it, expectations that do not hold.
func (m *Mapping) Records(ctx context.Context, inputs []Input, opts Options) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		r, err := m.prepare(ctx, inputs, opts)
		if err == nil {
			err = r.expect(ctx)
		}
		if err == nil {
			err = r.emit(ctx, yield)
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

// datasetOf gives the data set of all records: the one asked for, else the mapping's own.
func (m *Mapping) datasetOf(asked string) (string, error) {
	dataset := cmp.Or(asked, m.Dataset, schema.DefaultDataset)
	return dataset, schema.CheckDataset(dataset)
}

// checkHeaders binds every table to the header of each of its files, and tells which columns nothing uses.
func (r *run) checkHeaders(ctx context.Context) (unused []string, err error) {
	var mistakes []*Error
	for i := range r.mapping.Tables {
		t := &r.mapping.Tables[i]
		for _, in := range r.inputs[t] {
			header, err := r.header(ctx, t, in)
			if err != nil {
				return nil, err
			}
			b := r.binder(t, in.Name, header, &mistakes)
			b.compile()
			b.compileIndexes()
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
	return Reading{Sheet: t.Sheet, Encoding: t.Encoding, Unquoted: t.Quotes != nil && !*t.Quotes}
}

// header reads the first row of a file.
func (r *run) header(ctx context.Context, t *table, in Input) ([]string, error) {
	for row, err := range in.Rows(ctx, t.reading()) {
		if err != nil {
			return nil, err
		}
		return slices.Clone(row.Cells), nil
	}
	return nil, &Error{Pos: schema.Position{File: in.Name}, Reason: "the file is empty", Hint: "the first row names the columns"}
}

func (r *run) binder(t *table, file string, header []string, mistakes *[]*Error) *binder {
	return &binder{
		mapping: r.mapping, ontology: r.ontology, table: t, dataset: r.dataset, file: file, header: header,
		indexes: r.indexes, used: map[int]bool{}, mistakes: mistakes, countries: r.countries,
	}
}

// rowTaker takes one row; its error ends the reading.
type rowTaker func(*schema.Row) error

// rows reads one file of a table, its header apart. What is no row is left to emit, which reads all rows again.
func (r *run) rows(ctx context.Context, t *table, in Input, with func(*binder) rowTaker) error {
	var take rowTaker
	for row, err := range in.Rows(ctx, t.reading()) {
		switch {
		case err != nil && isBad(err):
			continue
		case err != nil:
			return err
		case take == nil:
			var mistakes []*Error
			take = with(r.binder(t, in.Name, row.Cells, &mistakes))
			if err := joined(mistakes); err != nil {
				return err // the header has changed since it was checked
			}
			continue
		}
		if err := take(&row); err != nil {
			return err
		}
	}
	return nil
}

// emit yields all records, rejects and notices.
func (r *run) emit(ctx context.Context, yield func(*schema.Record, error) bool) error {
	for i := range r.mapping.Tables {
		t := &r.mapping.Tables[i]
		for _, in := range r.inputs[t] {
			if err := r.emitFile(ctx, t, in, yield); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) emitFile(ctx context.Context, t *table, in Input, yield func(*schema.Record, error) bool) error {
	var plan *rowPlan
	for row, err := range in.Rows(ctx, t.reading()) {
		switch {
		case err != nil && isBad(err):
			if !yield(nil, err) {
				return stopError{}
			}
			continue
		case err != nil:
			return err
		case plan == nil:
			var mistakes []*Error
			plan = r.binder(t, in.Name, row.Cells, &mistakes).compile()
			if err := joined(mistakes); err != nil {
				return err
			}
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !plan.row(&row, r.dataset, yield) {
			return stopError{}
		}
	}
	return nil
}

// rowPlan is all that a table makes of one row.
type rowPlan struct {
	where      test
	describers []*describer
	joiners    []*joiner
}

func (b *binder) compile() *rowPlan {
	p := &rowPlan{where: b.where(b.table.Where)}
	for i := range b.table.Entities {
		p.describers = append(p.describers, b.describer(&b.table.Entities[i]))
	}
	for i := range b.table.Relations {
		p.joiners = append(p.joiners, b.joiner(&b.table.Relations[i]))
	}
	return p
}

func (b *binder) compileIndexes() {
	for i := range b.mapping.Indexes {
		ix := &b.mapping.Indexes[i]
		if ix.Table != b.table.Name {
			continue
		}
		b.value(ix.From)
		b.value(ix.To)
		b.where(ix.Where)
	}
}

// row yields what one row says; false: the consumer wants no more. A fault rejects the statement that it is in; a fault in what
// identifies an entity rejects all that is said of it.
func (p *rowPlan) row(row *schema.Row, dataset string, yield func(*schema.Record, error) bool) bool {
	goesOn := true
	var notices []*schema.Notice
	s := &scope{row: row, notices: &notices}
	var last fault
	reject := func(bad *fault) {
		if !goesOn || *bad == last { // one fault of a cell that several statements use is one fault
			return
		}
		last = *bad
		goesOn = yield(nil, &schema.BadRecord{Pos: row.Pos, Column: bad.column, Value: bad.value, Reason: bad.reason, Hint: bad.hint, Raw: row.Raw})
	}
	emit := func(record *schema.Record) {
		if goesOn {
			record.Pos, record.Raw, record.Dataset = row.Pos, row.Raw, dataset
			goesOn = yield(record, nil)
		}
	}
	if holds, bad := p.where(s); bad != nil || !holds {
		if bad != nil {
			reject(bad)
		}
		return goesOn
	}
	m := made{}
	unnamed := make([][]thing, len(p.describers))
	for i, d := range p.describers {
		things, bad := d.make(s)
		if bad != nil {
			reject(bad)
		}
		if unnamed[i] = things; d.entity.Name != "" {
			m[d.entity.Name] = things
		}
	}
	for i, d := range p.describers {
		d.records(s, m, unnamed[i], emit, reject)
	}
	for _, j := range p.joiners {
		j.records(s, m, emit, reject)
	}
	for i, notice := range notices {
		if goesOn && !slices.ContainsFunc(notices[:i], func(n *schema.Notice) bool { return *n == *notice }) {
			goesOn = yield(nil, notice)
		}
	}
	return goesOn
}

// sortedNames gives a map's keys in order.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

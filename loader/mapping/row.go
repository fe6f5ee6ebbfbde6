package mapping

import (
	"strconv"

	"orbat/schema"
)

// rowPlan is all that a table makes of one row.
type rowPlan struct {
	where      test
	describers []*describer
	joiners    []*joiner
}

func (b *binder) compile() *rowPlan {
	b.checkSheet()
	b.checkValues()
	p := &rowPlan{where: b.where(b.table.Where)}
	for i := range b.table.Entities {
		p.describers = append(p.describers, b.describer(&b.table.Entities[i]))
	}
	for i := range b.table.Relations {
		p.joiners = append(p.joiners, b.joiner(&b.table.Relations[i]))
	}
	return p
}

// outcome is what comes of one row. It is held until the row is done, since its last statement may reject all of it.
type outcome struct {
	row     *schema.Row
	dataset string
	results []result
	notices []*schema.Notice
	whole   *rowError // rejects the row itself
	last    rowError
	size    int // of the records and rejects, in memory
}

// full reports whether the row takes more than a record may, since lists in several of its cells multiply. It is then
// rejected as a whole, and nothing more need be made of it.
func (o *outcome) full() bool {
	if o.size <= schema.MaxRecordSize {
		return false
	}
	o.results, o.notices = nil, nil
	o.whole = &rowError{wholeRow: true, Fault: schema.Fault{
		Reason: "the row makes records of more than " + strconv.Itoa(schema.MaxRecordSize>>20) + " MiB in memory",
		Hint:   "lists in several of its cells multiply; split the row into several",
	}}
	return true
}

// result is a record, or why there is none.
type result struct {
	record *schema.Record
	err    error
	series *series // the record is a sighting, which others may go on
}

func (o *outcome) emit(record *schema.Record) { o.emitTo(record, nil) }

// emitTo emits a record that may be a sighting of a series.
func (o *outcome) emitTo(record *schema.Record, of *series) {
	if o.size += record.Size(); o.full() {
		return
	}
	record.Pos, record.Raw, record.Dataset = o.row.Pos, o.row.Raw, o.dataset
	o.results = append(o.results, result{record: record, series: of})
}

func (o *outcome) reject(bad *rowError) {
	if bad.wholeRow && o.whole == nil {
		o.whole = bad
	}
	if *bad != o.last { // one fault of a cell that several statements use is one fault
		o.last = *bad
		const reject = 512
		if o.size += reject; o.full() {
			return
		}
		o.results = append(o.results, result{err: o.rejected(bad)})
	}
}

func (o *outcome) rejected(bad *rowError) error {
	fault := bad.Fault
	fault.Pos = o.row.Pos
	return schema.Rejected(fault, o.row.Raw)
}

// all returns what came of the row, in order: of a row that is rejected as a whole nothing but that.
func (o *outcome) all() []result {
	if o.whole != nil {
		return []result{{err: o.rejected(o.whole)}}
	}
	var told map[schema.Notice]bool
	for _, notice := range o.notices {
		if told == nil {
			told = map[schema.Notice]bool{}
		}
		if !told[*notice] {
			told[*notice] = true
			o.results = append(o.results, result{err: notice})
		}
	}
	return o.results
}

// row returns what one row says. A fault rejects the statement that it is in; a fault in what identifies an entity all
// that is said of it; that something required is not there the row.
func (p *rowPlan) row(row *schema.Row, dataset string, traced *trace) []result {
	o := &outcome{row: row, dataset: dataset}
	s := scopeOf(row, &o.notices, traced)
	if holds, bad := p.where(s); bad != nil || !holds {
		if bad != nil {
			o.reject(bad)
		}
		return o.all()
	}
	m := rowEntities{}
	things := make([][]thing, len(p.describers))
	for i, d := range p.describers {
		found, bad := d.make.things(s)
		if bad != nil {
			o.reject(bad)
		}
		if things[i] = found; d.entity.Name != "" {
			m[d.entity.Name] = found
		}
	}
	for i, d := range p.describers {
		d.records(s, m, things[i], o)
	}
	for _, j := range p.joiners {
		j.records(s, m, o)
	}
	return o.all()
}

package mapping

import (
	"context"
	"hash/maphash"
	"math"
	"strconv"

	"orbat/schema"
)

// ExpectationError says that the input is not what the mapping expects. Nothing was loaded.
type ExpectationError struct{ schema.Fault }

// counter counts what one expectation speaks of.
type counter struct {
	*expectation
	seed   maphash.Seed
	seen   map[uint64]bool // distinct entities
	count  int
	filled int
}

// expect goes over the whole input before anything is yielded, where the mapping expects something of it.
func (r *run) expect(ctx context.Context) error {
	if len(r.mapping.Expect) == 0 {
		return nil
	}
	counters := make([]*counter, len(r.mapping.Expect))
	counting := false
	for i := range r.mapping.Expect {
		counters[i] = &counter{expectation: &r.mapping.Expect[i], seed: maphash.MakeSeed(), seen: map[uint64]bool{}}
		counting = counting || counters[i].Entities != "" || counters[i].Relations != ""
	}
	for i := range r.mapping.Tables {
		t := &r.mapping.Tables[i]
		for _, in := range r.inputs[t] {
			if err := r.rows(ctx, t, in, func(b *binder) rowTaker { return countRows(b, counters) }); err != nil {
				return err
			}
		}
	}
	if counting {
		err := r.emit(ctx, 0, func(record *schema.Record, err error) bool {
			if err == nil {
				countRecord(record, counters)
			}
			return true
		})
		if err != nil {
			return err
		}
	}
	for _, c := range counters {
		if err := c.check(r.mapping.Name); err != nil {
			return err
		}
	}
	return nil
}

// countRows counts rows and filled cells.
func countRows(b *binder, counters []*counter) rowTaker {
	var takers []func(*scope)
	for _, c := range counters {
		switch {
		case c.Rows == b.table.Name:
			takers = append(takers, func(*scope) { c.count++ })
		case c.Filled != "" && c.Table == b.table.Name:
			cell := b.cell(c.Filled, c.At)
			takers = append(takers, func(s *scope) {
				c.count++
				if found, bad := cell(s); bad == nil && len(found) > 0 {
					c.filled++
				}
			})
		}
	}
	where := b.where(b.table.Where)
	return func(row *schema.Row) error {
		s := scopeOf(row, &[]*schema.Notice{}, nil)
		if holds, bad := where(s); holds && bad == nil {
			for _, take := range takers {
				take(s)
			}
		}
		return nil
	}
}

func countRecord(record *schema.Record, counters []*counter) {
	for _, c := range counters {
		switch {
		case record.Kind == schema.EntityRecord && c.Entities == record.Subject.Type:
			id := maphash.String(c.seed, record.Subject.XID)
			if !c.seen[id] {
				c.seen[id] = true
				c.count++
			}
		case record.Kind == schema.RelationRecord && c.Relations == record.Predicate:
			c.count++
		}
	}
}

func (c *counter) check(file string) error {
	number := float64(c.count)
	var what string
	switch {
	case c.Rows != "":
		what = plural(c.count, "row") + " of table " + c.Rows
	case c.Entities != "":
		what = plural(c.count, c.Entities)
	case c.Relations != "":
		what = plural(c.count, "statement") + " of " + c.Relations
	default:
		number = 0
		if c.count > 0 {
			number = 100 * float64(c.filled) / float64(c.count)
		}
		what = strconv.FormatFloat(number, 'f', 1, 64) + " % of column " + strconv.Quote(c.Filled) + " filled"
	}
	switch {
	case c.Min != nil && number < *c.Min:
		what += "; at least " + strconv.FormatFloat(*c.Min, 'f', -1, 64) + " are expected"
	case c.Max != nil && number > *c.Max:
		what += "; at most " + strconv.FormatFloat(*c.Max, 'f', -1, 64) + " are expected"
	default:
		return nil
	}
	return &ExpectationError{Fault: schema.Fault{
		Pos: schema.Position{File: file, Line: c.At.line, Column: c.At.column}, Reason: what,
		Hint: "is this the right file, and whole? nothing was loaded; expect stands in the mapping",
	}}
}

// checkExpectations sees that each counts one thing that is there, within a bound.
func (m *Mapping) checkExpectations(b *binder) {
	for i := range m.Expect {
		e := &m.Expect[i]
		given := 0
		for _, text := range []string{e.Rows, e.Entities, e.Relations, e.Filled} {
			if text != "" {
				given++
			}
		}
		switch {
		case given != 1:
			b.mistake(e.At, "an expectation counts one thing", "give one of rows, entities, relations and filled")
		case e.Min == nil && e.Max == nil:
			b.mistake(e.At, "an expectation without bound", "give min, max or both")
		case e.Min != nil && math.IsNaN(*e.Min), e.Max != nil && math.IsNaN(*e.Max), e.Min != nil && e.Max != nil && *e.Min > *e.Max:
			b.mistake(e.At, "bounds that nothing meets", "min is a number, and no more than max")
		case e.Rows != "" && m.table(e.Rows) == nil:
			b.mistake(e.At, "no table "+strconv.Quote(e.Rows), "name one of the tables")
		case e.Filled != "" && m.table(e.Table) == nil:
			b.mistake(e.At, "no table "+strconv.Quote(e.Table), "give the table of the column")
		case e.Entities != "" && b.ontology.Type(e.Entities) == nil:
			b.unknown(e.At, "no entity type "+strconv.Quote(e.Entities), "", schema.SeeTypes)
		case e.Relations != "" && b.ontology.Relation(e.Relations) == nil:
			b.unknown(e.At, "no relation "+strconv.Quote(e.Relations), "", schema.SeeSchema)
		}
	}
}

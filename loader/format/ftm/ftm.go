// Package ftm reads FollowTheMoney: entities (NDJSON, a JSON list, or objects one after the other, with nested entities
// or without), their changes (deltas: {"op": "ADD", "entity": …}) and statements (rows of CSV, TSV or NDJSON), as
// OpenSanctions and Aleph publish them.
//
// What an entity becomes depends on it alone (law 1: a file may be cut anywhere), so never on what stands at the other
// end of a reference; of that only the range is known that the vocabulary gives. ftm.yaml says it for every schema:
//
//   - A thing becomes an entity. LegalEntity, which may be a person or an organisation, becomes an Organisation. The
//     schema is kept as x_schema everywhere.
//   - An interval between two things becomes a relation with a period: one of the ontology's where it fits whatever the
//     ranges allow, else related_to with a label. One of another kind becomes a value of the thing it is about
//     (Sanction, Passport), a property of it (Post), or an event with its participants (TaxRoll, EconomicActivity).
//   - What is abstract, unknown or not mapped is rejected by name.
//
// Ids become the xids ftm:ID. A property without a home, and a value that its home does not take (the country zz, a
// date that is none), stays with the record as x_PROPERTY. Several values where the ontology takes one are claims of
// their own.
//
// An entity cites its data sets (the Source ftm-dataset:NAME), the pages of sourceUrl (the Source of that URL) and the
// documents of proof. Of what the publisher notes about its own work last_seen alone is left out: it changes with each
// publication of what has not changed, and would make every claim a new one each day. last_change is the version of the
// record (law 4).
//
// Statements of one entity stand together in what FollowTheMoney's tools write; a run of them is one record. Of a thing
// each data set has its own claims; an interval is one claim that cites them all.
//
// Start with [Read], which finds the entities and statements of a file; a recorder makes the records of one entity, by
// what the vocabulary, ftm.yaml, says of its schema.
package ftm

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// Read yields the records of a file of FollowTheMoney.
func Read(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return decode.ReadJSON(ctx, in, func(r *decode.JSONReader) error {
		vocabulary, err := known()
		if err != nil {
			return input.ErrorAt(ctx, schema.Position{File: in.Name}, err)
		}
		f := file{JSONReader: r, ctx: ctx, in: in, vocabulary: vocabulary, idle: map[string]bool{}}
		if err := f.read(); err != nil { // the last run may be cut
			return err
		}
		return f.flush()
	})
}

const formHint = `FollowTheMoney is {"id": …, "schema": …, "properties": {…}} a line, or statements with the columns canonical_id, prop, schema, value`

// maxIdle is how many runs that link nothing are remembered.
const maxIdle = 1 << 16

// file is one file of FollowTheMoney.
type file struct {
	*decode.JSONReader
	ctx        context.Context
	in         *input.Input
	vocabulary *vocabulary
	idle       map[string]bool // runs that were found to link nothing, by their ids
	delta      bool            // entities that are read change others
	run        *run            // the statements of one entity, as far as they were read
}

func (f *file) read() error {
	head, err := f.Head()
	if err != nil {
		return err
	}
	switch rest := bytes.TrimLeft(head, " \t\r\n"); {
	case len(rest) == 0: // all of the file must be space
		_, more, err := f.More()
		if err == nil && more {
			err = f.Fail(schema.Fault{Reason: "nothing but space at the beginning", Hint: formHint})
		}
		return err
	case rest[0] == '[':
		if _, err := f.Next(); err != nil {
			return err
		}
		if err := f.ListOf(f.object); err != nil {
			return err
		}
		return f.End()
	case rest[0] != '{':
		return f.table()
	case holdsLines(rest):
		return f.Lines(f.object)
	}
	return f.All(f.object)
}

// Sniff looks at the keys of the first object, or at the columns of a table.
func Sniff(head []byte) bool {
	has := make(map[string]bool)
	if object := decode.FirstObject(head); object != nil {
		for key := range decode.FirstMembers(object) {
			has[key] = true
		}
	} else {
		names, _ := decode.HeaderNames(head)
		for _, name := range names {
			has[name] = true
		}
	}
	isStatement := has["prop"] && has["value"] && (has["entity_id"] || has["canonical_id"])
	return has["schema"] && (has["properties"] || isStatement) || has["op"] && has["entity"] && !has["type"]
}

// holdsLines reports whether there is an object a line, so that a broken one costs that line only: the first line is
// whole, longer than what is looked at, or followed by another object.
func holdsLines(head []byte) bool {
	line, more, found := bytes.Cut(head, []byte("\n"))
	more = bytes.TrimLeft(more, " \t\r\n")
	return !found || len(more) == 0 || more[0] == '{' || len(decode.ValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
}

// object takes one JSON object: an entity or a statement.
func (f *file) object(found *decode.RawRecord) error {
	n := &found.Node
	if n.Kind == decode.Object && n.Get("properties") == nil && n.Get("prop") != nil {
		statement, fault := statementOfNode(n)
		if fault != nil {
			return f.Send(nil, found.Reject(fault))
		}
		return f.statement(statement, found.Pos, found.Raw)
	}
	if err := f.flush(); err != nil {
		return err
	}
	if isChange(n) {
		return f.change(found, n)
	}
	return f.entity(found, n)
}

// table reads statements from a table, whose header says which cell is what.
func (f *file) table() error {
	var header []string
	for row, err := range decode.DelimitedRows(f.ctx, f.in, 0) {
		var bad *schema.RecordError
		switch {
		case errors.As(err, &bad):
			err = f.Send(nil, bad)
		case err != nil:
			return err
		case header == nil:
			header, err = f.columns(row)
		case len(row.Faults) > 0:
			fault := row.Faults[0]
			if fault.Fault.Column = ""; fault.Cell < len(header) {
				fault.Fault.Column = header[fault.Cell]
			}
			err = f.Send(nil, (&decode.RawRecord{Pos: row.Pos, Raw: row.Raw}).Reject(decode.At(0, fault.Fault)))
		default:
			statement, fault := statementOfRow(header, row.Cells)
			if fault != nil {
				err = f.Send(nil, (&decode.RawRecord{Pos: row.Pos, Raw: row.Raw}).Reject(fault))
			} else {
				err = f.statement(statement, row.Pos, row.Raw)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// columns checks that a header is one of statements.
func (f *file) columns(row schema.Row) ([]string, error) {
	header := decode.LowerAll(row.Cells)
	has := func(name string) bool { return slices.Contains(header, name) }
	if !has("prop") || !has("value") || !has("canonical_id") && !has("entity_id") {
		return nil, input.Fail(schema.Fault{
			Pos: row.Pos, Reason: "no statements of FollowTheMoney: the columns are " + input.CutText(strings.Join(row.Cells, ", "), 200),
			Hint: formHint,
		})
	}
	return header, nil
}

package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"orbat/schema"
)

// readFTM reads FollowTheMoney: entities (NDJSON, a JSON list, or objects one after the other, with nested entities or without) and
// statements (rows of CSV, TSV or NDJSON), as OpenSanctions and Aleph publish them.
//
// What an entity becomes depends on it alone (law 1: a file may be cut anywhere), so never on what stands at the other end of a
// reference; of that only the range is known that the vocabulary gives. ftm.yaml says it for every schema:
//
//   - A thing becomes an entity. LegalEntity, which may be a person or an organisation, becomes an Organisation. The schema is
//     kept as x_schema everywhere.
//   - An interval between two things becomes a relation with a period: one of the ontology's where it fits whatever the ranges
//     allow, else related_to with a label. One of another kind becomes a value of the thing it is about (Sanction, Passport), a
//     property of it (Post), or an event with its participants (TaxRoll, EconomicActivity).
//   - What is abstract, unknown or not mapped is rejected by name.
//
// Ids become the xids ftm:ID. A property without a home, and a value that its home does not take (the country zz, a date that
// is none), stays with the record as x_PROPERTY. Several values where the ontology takes one are claims of their own.
//
// An entity cites its data sets (the Source ftm-dataset:NAME), the pages of sourceUrl (the Source of that URL) and the documents of
// proof. Of what the publisher notes about its own work last_seen alone is left out: it changes with each publication of
// what has not changed, and would make every claim a new one each day.
//
// Statements of one entity stand together in what FollowTheMoney's tools write; a run of them is one record. Of a thing each data
// set has its own claims; an interval is one claim that cites them all.
//
// How the files fit together: ftm.go finds the records, ftm_entity.go reads entities and ftm_statement.go statements, ftm_record.go,
// ftm_thing.go and ftm_interval.go make records of them, ftm_date.go periods, and ftm_vocabulary.go reads ftm.yaml.
func readFTM(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		vocabulary, err := ftmKnown()
		if err != nil {
			yield(nil, broken(ctx, schema.Position{File: in.Name}, err))
			return
		}
		f := ftmFile{jsonFile: newJSONFile(ctx, in, yield), vocabulary: vocabulary}
		err = f.read()
		if err == nil { // else the last run may be cut
			err = f.flush()
		}
		if err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

const ftmHint = `FollowTheMoney is {"id": …, "schema": …, "properties": {…}} a line, or statements with the columns canonical_id, prop, schema, value`

// ftmFile is one file of FollowTheMoney.
type ftmFile struct {
	jsonFile
	vocabulary *ftmVocabulary
	run        *ftmRun // the statements of one entity, as far as they were read
}

func (f *ftmFile) read() error {
	head, err := f.in.peek()
	if err != nil {
		return broken(f.ctx, f.stream.pos, err)
	}
	switch rest := bytes.TrimLeft(head, " \t\r\n"); {
	case len(rest) == 0:
		return f.blank()
	case rest[0] == '[':
		if _, err := f.next(); err != nil {
			return err
		}
		if err := f.listOf(f.object); err != nil {
			return err
		}
		return f.end()
	case rest[0] != '{':
		return f.table()
	case ftmLines(rest):
		return f.lines()
	}
	for {
		_, err := f.stream.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return broken(f.ctx, f.stream.pos, err)
		}
		if err := f.each(f.object); err != nil {
			return err
		}
	}
}

// blank reads a file that begins with nothing but space: all of it must be.
func (f *ftmFile) blank() error {
	_, err := f.stream.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return broken(f.ctx, f.stream.pos, err)
	}
	return f.fail("nothing but space at the beginning", ftmHint)
}

// ftmLines reports whether there is an object a line, so that a broken one costs that line only: the first line is whole, longer
// than what is looked at, or followed by another object.
func ftmLines(head []byte) bool {
	line, more, found := bytes.Cut(head, []byte("\n"))
	more = bytes.TrimLeft(more, " \t\r\n")
	return !found || len(more) == 0 || more[0] == '{' || len(jsonValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
}

// lines reads an object a line.
func (f *ftmFile) lines() error {
	lines := lineReader{r: f.in.R}
	for {
		line, tooLong, err := lines.next(MaxRecord)
		if ended := f.ctx.Err(); ended != nil {
			err = ended
		}
		pos := schema.Position{File: f.in.Name, Line: lines.line, Column: 1}
		value := bytes.TrimLeft(line, " \t\r\n")
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			pos.Line, pos.Column = lines.line+1, 0
			return broken(f.ctx, pos, err)
		case tooLong:
			err = f.send(nil, tooLongRecord(pos, line))
		case len(value) > 0:
			pos.Column += len(line) - len(value)
			found, fault := parseFound(bytes.TrimRight(value, " \t\r\n"), pos)
			if fault != nil {
				err = f.send(nil, found.reject(fault))
			} else {
				err = f.object(found)
			}
		}
		if err != nil {
			return err
		}
	}
}

// object takes one JSON object: an entity or a statement.
func (f *ftmFile) object(found *found) error {
	n := &found.node
	if n.kind == object && n.get("properties") == nil && n.get("prop") != nil {
		statement, fault := statementOfNode(n)
		if fault != nil {
			return f.send(nil, found.reject(fault))
		}
		return f.statement(statement, found.pos, found.raw)
	}
	if err := f.flush(); err != nil {
		return err
	}
	return f.entity(found, n)
}

// table reads statements from a table, whose header says which cell is what.
func (f *ftmFile) table() error {
	var header []string
	for row, err := range delimitedRows(f.ctx, f.in, 0) {
		var bad *BadRecord
		switch {
		case errors.As(err, &bad):
			err = f.send(nil, bad)
		case err != nil:
			return err
		case header == nil:
			header, err = f.columns(row)
		default:
			statement, fault := statementOfRow(header, row.Cells)
			if fault != nil {
				err = f.send(nil, &BadRecord{Fault: schema.Fault{Pos: row.Pos, Column: fault.column, Value: fault.value, Reason: fault.reason, Hint: fault.hint}, Raw: row.Raw})
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
func (f *ftmFile) columns(row schema.Row) ([]string, error) {
	header := make([]string, len(row.Cells))
	for i, name := range row.Cells {
		header[i] = strings.ToLower(strings.TrimSpace(name))
	}
	has := func(name string) bool { return slices.Contains(header, name) }
	if !has("prop") || !has("value") || !has("canonical_id") && !has("entity_id") {
		return nil, &Error{Pos: row.Pos, Reason: "no statements of FollowTheMoney: the columns are " + cutText(strings.Join(row.Cells, ", "), 200), Hint: ftmHint}
	}
	return header, nil
}

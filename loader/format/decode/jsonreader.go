package decode

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strconv"

	"orbat/loader/format/input"
	"orbat/schema"
)

// Send sends records to the consumer, or why there are none. A reader returns its error: the consumer wants no more.
type Send func(records []*schema.Record, bad *schema.RecordError) error

// stopError says within a reader that the consumer wants no more.
type stopError struct{}

func (stopError) Error() string { return "stopped" }

// Note tells the consumer of something that is no record and no reject, a [schema.Notice] or [schema.RecordChange], as
// Send sends records.
type Note func(error) error

// Sequence returns the sequence of what a reader sends, with the error that it returns at its end.
func Sequence(read func(send Send) error) iter.Seq2[*schema.Record, error] {
	return sequence(func(send Send, _ Note) error { return read(send) })
}

func sequence(read func(send Send, note Note) error) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		send := func(records []*schema.Record, bad *schema.RecordError) error {
			if bad != nil && !yield(nil, bad) {
				return stopError{}
			}
			for _, record := range records {
				if !yield(record, nil) {
					return stopError{}
				}
			}
			return nil
		}
		err := read(send, func(notice error) error {
			if !yield(nil, notice) {
				return stopError{}
			}
			return nil
		})
		if err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

// JSONReader reads a file of JSON so that only one value is held at a time.
type JSONReader struct {
	RecordDecoder
	Send   Send
	Note   Note
	in     *input.Input
	ctx    context.Context
	stream jsonStream
	parser jsonParser
}

// ReadJSON returns the records that a function sends which reads a file of JSON.
func ReadJSON(ctx context.Context, in *input.Input, read func(*JSONReader) error) iter.Seq2[*schema.Record, error] {
	return sequence(func(send Send, note Note) error {
		stream := jsonStream{r: in.R, pos: schema.Position{File: in.Name, Line: 1, Column: 1}}
		return read(&JSONReader{Send: send, Note: note, in: in, ctx: ctx, stream: stream})
	})
}

// Fail returns an error at the reader's place.
func (f *JSONReader) Fail(fault schema.Fault) error {
	fault.Pos = f.stream.pos
	return input.Fail(fault)
}

// unexpected returns the error of a byte that cannot stand at the reader's place.
func (f *JSONReader) unexpected(c byte, where, hint string) error {
	return f.Fail(schema.Fault{Reason: "invalid JSON: unexpected " + strconv.QuoteRune(rune(c)) + where, Hint: hint})
}

// Head returns what is at hand of the file, at least its first bytes as long as nothing was read.
func (f *JSONReader) Head() ([]byte, error) {
	head, err := f.in.Head()
	return head, input.ErrorAt(f.ctx, f.stream.pos, err)
}

// Buffered returns what is at hand without reading further.
func (f *JSONReader) Buffered() []byte {
	head, _ := f.in.R.Peek(f.in.R.Buffered())
	return head
}

// More returns the next byte that is no space, without taking it; false at the end of the file.
func (f *JSONReader) More() (byte, bool, error) {
	c, err := f.stream.next()
	if errors.Is(err, io.EOF) {
		return 0, false, nil
	}
	return c, true, input.ErrorAt(f.ctx, f.stream.pos, err)
}

// Next returns the next byte that is no space, without taking it. The end of the file is an error.
func (f *JSONReader) Next() (byte, error) {
	c, more, err := f.More()
	if err == nil && !more {
		err = f.Fail(schema.Fault{Reason: "the JSON ends early", Hint: "is the file complete? fetch or save it again"})
	}
	return c, err
}

// Value takes the next value, whose bytes are valid until the next call. Of one longer than MaxRecord it is the start.
func (f *JSONReader) Value() (raw []byte, pos schema.Position, tooLong bool, err error) {
	raw, pos, tooLong, err = f.stream.value()
	return raw, pos, tooLong, input.ErrorAt(f.ctx, pos, err)
}

// Each hands the next value to take; one longer than the bound is rejected.
func (f *JSONReader) Each(take func(*RawRecord) error) error {
	raw, pos, tooLong, err := f.Value()
	switch {
	case err != nil:
		return err
	case f.ctx.Err() != nil:
		return f.ctx.Err()
	case tooLong:
		return f.Send(nil, input.TooLong(pos, raw))
	}
	record, bad := f.Parse(raw, pos)
	switch {
	case bad != nil && bad.Syntax:
		return record.Fatal(bad)
	case bad != nil:
		return f.Send(nil, record.Reject(bad))
	}
	return take(record)
}

// All hands every value of the rest of the file to take. They stand one after the other, with space between them.
func (f *JSONReader) All(take func(*RawRecord) error) error {
	for {
		_, more, err := f.More()
		if err != nil || !more {
			return err
		}
		if err := f.Each(take); err != nil {
			return err
		}
	}
}

// Lines hands the value of every line to take, so that a broken line costs that line only. Blank lines are skipped.
func (f *JSONReader) Lines(take func(*RawRecord) error) error {
	lines := input.LineReader{R: f.in.R}
	for {
		line, tooLong, err := lines.Next(input.MaxRecord)
		if ended := f.ctx.Err(); ended != nil {
			err = ended
		}
		pos := schema.Position{File: f.in.Name, Line: lines.Line, Column: 1}
		value := bytes.TrimLeft(line, " \t\r\n")
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			pos.Line, pos.Column = lines.Line+1, 0
			return input.ErrorAt(f.ctx, pos, err)
		case tooLong:
			err = f.Send(nil, input.TooLong(pos, line))
		case len(value) > 0:
			pos.Column += len(line) - len(value)
			record, bad := f.Parse(bytes.TrimRight(value, " \t\r\n"), pos)
			if bad != nil {
				err = f.Send(nil, record.Reject(bad))
			} else {
				err = take(record)
			}
		}
		if err != nil {
			return err
		}
	}
}

// ListOf reads a list, handing each value to take.
func (f *JSONReader) ListOf(take func(*RawRecord) error) error {
	return f.List(func() error { return f.Each(take) })
}

// List reads a list; one reads the value that comes next.
func (f *JSONReader) List(one func() error) error {
	f.stream.take()
	c, err := f.Next()
	if err != nil {
		return err
	}
	if c == ']' {
		f.stream.take()
		return nil
	}
	for {
		if _, err := f.Next(); err != nil {
			return err
		}
		if err := one(); err != nil {
			return err
		}
		c, err := f.Next()
		switch {
		case err != nil:
			return err
		case c != ',' && c != ']':
			return f.unexpected(c, " in a list, where a comma or ] should be", "check the JSON at this place")
		}
		f.stream.take()
		if c == ']' {
			return nil
		}
	}
}

// Members reads an object; take reads the value of each key.
func (f *JSONReader) Members(take func(key string, pos schema.Position) error) error {
	f.stream.take()
	for empty := true; ; empty = false {
		c, err := f.Next()
		if err != nil {
			return err
		}
		if c == '}' && empty {
			f.stream.take()
			return nil
		}
		key, pos, err := f.key(c)
		if err != nil {
			return err
		}
		if err := take(key, pos); err != nil {
			return err
		}
		if c, err = f.Next(); err != nil {
			return err
		}
		f.stream.take()
		if c == '}' {
			return nil
		}
		if c != ',' {
			return f.unexpected(c, ", where a comma or } should be", "check the JSON before this place")
		}
	}
}

// key reads a key and its colon.
func (f *JSONReader) key(c byte) (string, schema.Position, error) {
	if c != '"' {
		err := f.unexpected(c, ", where a key should be", "keys stand in double quotes; no comma follows the last value")
		return "", f.stream.pos, err
	}
	raw, pos, tooLong, err := f.Value()
	if err != nil {
		return "", pos, err
	}
	if tooLong {
		return "", pos, input.Fail(schema.Fault{Pos: pos, Reason: "a key that does not end", Hint: "check the quotes"})
	}
	key, bad := f.Parse(raw, pos)
	if bad != nil {
		return "", pos, key.Fatal(bad)
	}
	if c, err = f.Next(); err != nil {
		return "", pos, err
	}
	if c != ':' {
		return "", pos, f.unexpected(c, ", where a colon should be", "check the JSON at this place")
	}
	f.stream.take()
	return key.Node.Text, pos, nil
}

// End sees that nothing follows.
func (f *JSONReader) End() error {
	_, more, err := f.More()
	if err == nil && more {
		err = f.Fail(schema.Fault{
			Reason: "more follows after the end of the JSON", Hint: "one record a line is NDJSON",
			Option: schema.Option{Name: "format", Value: "ndjson"},
		})
	}
	return err
}

// ParseRecord parses a value at a position. The record is there even where it cannot be parsed.
func ParseRecord(raw []byte, pos schema.Position) (*RawRecord, *ValueError) {
	return new(jsonParser).record(raw, pos)
}

// Parse is [ParseRecord] for the values of a file, one after another.
func (f *JSONReader) Parse(raw []byte, pos schema.Position) (*RawRecord, *ValueError) {
	return f.parser.record(raw, pos)
}

func (p *jsonParser) record(raw []byte, pos schema.Position) (*RawRecord, *ValueError) {
	f := &RawRecord{Pos: pos, Raw: raw, Locate: locator(pos, raw)}
	var err *ValueError
	f.Node, err = p.parse(raw, func(at Place) string { return LineColumn(f.Locate(at)) })
	return f, err
}

package format

import (
	"context"
	"errors"
	"io"
	"iter"
	"strconv"

	"orbat/schema"
)

// readJSON reads a case file, a list of records, or records one after the other. Only one record is held at a time, so the
// keys that hold for the whole file must stand before the records.
func readJSON(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		f := newJSONFile(ctx, in, yield)
		if err := f.read(); err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

// stopError says within a reader that the consumer wants no more.
type stopError struct{}

func (stopError) Error() string { return "stopped" }

type jsonFile struct {
	shaper
	ctx    context.Context
	in     *Input
	stream jsonStream
	yield  func(*schema.Record, error) bool
}

func newJSONFile(ctx context.Context, in *Input, yield func(*schema.Record, error) bool) jsonFile {
	return jsonFile{
		ctx: ctx, in: in, yield: yield,
		stream: jsonStream{r: in.R, pos: schema.Position{File: in.Name, Line: 1, Column: 1}},
	}
}

func (f *jsonFile) fail(reason, hint string) error {
	return &Error{Pos: f.stream.pos, Reason: reason, Hint: hint}
}

// next is the stream's, with the end of the file and other errors told to the user.
func (f *jsonFile) next() (byte, error) {
	c, err := f.stream.next()
	switch {
	case errors.Is(err, io.EOF):
		return 0, f.fail("the JSON ends early", "is the file complete? fetch or save it again")
	case err != nil:
		return 0, broken(f.ctx, f.stream.pos, err)
	}
	return c, nil
}

func (f *jsonFile) read() error {
	c, err := f.stream.next()
	switch {
	case errors.Is(err, io.EOF):
		return f.fail("the file is empty", "an orbat JSON file is one object with entities, relations …, or a list of records")
	case err != nil:
		return broken(f.ctx, f.stream.pos, err)
	case c == '[':
		if err := f.listOf(f.record(anyKind)); err != nil {
			return err
		}
		return f.end()
	case c != '{':
		return f.fail("not JSON: unexpected "+strconv.QuoteRune(rune(c)), "an orbat JSON file is one object or a list of records; name another format with --format")
	}
	head, err := f.in.peek()
	if err != nil {
		return broken(f.ctx, f.stream.pos, err)
	}
	switch shapeOf(head) {
	case shapeBundle:
		return f.fail("a STIX bundle, not orbat's own JSON", "read it as STIX: --format stix")
	case shapeRecord:
		return f.sequence()
	default:
		if err := f.caseFile(); err != nil {
			return err
		}
		return f.end()
	}
}

// end sees that nothing follows.
func (f *jsonFile) end() error {
	_, err := f.stream.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return broken(f.ctx, f.stream.pos, err)
	}
	return f.fail("more follows after the end of the JSON", "one record a line is NDJSON: --format ndjson")
}

// sequence reads records one after the other, on one line each or on several.
func (f *jsonFile) sequence() error {
	one := f.record(anyKind)
	for {
		_, err := f.stream.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return broken(f.ctx, f.stream.pos, err)
		}
		if err := f.each(one); err != nil {
			return err
		}
	}
}

// handler takes one value of a list.
type handler func(found *found) error

// each hands the next value to take; one longer than the bound is rejected.
func (f *jsonFile) each(take handler) error {
	raw, pos, tooLong, err := f.stream.value()
	switch {
	case err != nil:
		return broken(f.ctx, pos, err)
	case f.ctx.Err() != nil:
		return f.ctx.Err()
	case tooLong:
		if !f.yield(nil, tooLongRecord(pos, raw)) {
			return stopError{}
		}
		return nil
	}
	found, fault := parseFound(raw, pos)
	switch {
	case fault != nil && fault.syntax:
		return found.fatal(fault)
	case fault != nil:
		return f.send(nil, found.reject(fault))
	}
	return take(found)
}

// parseFound parses a value at a position. The record found is there even where it cannot be parsed.
func parseFound(raw []byte, pos schema.Position) (*found, *fault) {
	f := &found{pos: pos, raw: raw, locate: func(at place) schema.Position { return advance(pos, raw[:at]) }}
	n, err := parseJSON(raw, func(at place) string { return lineColumn(f.locate(at)) })
	f.node = n
	return f, err
}

func (f *jsonFile) send(records []*schema.Record, bad *BadRecord) error {
	if !yieldAll(records, bad, f.yield) {
		return stopError{}
	}
	return nil
}

func (f *jsonFile) record(kind schema.RecordKind) handler {
	return func(found *found) error { return f.send(f.records(found, kind)) }
}

func (f *jsonFile) sourceRecord(found *found) error { return f.send(f.source(found)) }

// listOf reads a list, handing each value to take.
func (f *jsonFile) listOf(take handler) error {
	return f.list(func() error { return f.each(take) })
}

// list reads a list; one reads the value that comes next.
func (f *jsonFile) list(one func() error) error {
	f.stream.take()
	c, err := f.next()
	if err != nil {
		return err
	}
	if c == ']' {
		f.stream.take()
		return nil
	}
	for {
		if _, err := f.next(); err != nil {
			return err
		}
		if err := one(); err != nil {
			return err
		}
		c, err := f.next()
		if err != nil {
			return err
		}
		switch c {
		case ',':
			f.stream.take()
		case ']':
			f.stream.take()
			return nil
		default:
			return f.fail("invalid JSON: unexpected "+strconv.QuoteRune(rune(c))+" in a list, where a comma or ] should be", "check the JSON at this place")
		}
	}
}

// caseFile reads the object of a case file.
func (f *jsonFile) caseFile() error {
	seen := make(map[string]schema.Position)
	records := "" // the list that has begun the records
	return f.members(func(key string, pos schema.Position) error {
		if first, again := seen[key]; again {
			return &Error{Pos: pos, Reason: "the key " + strconv.Quote(key) + " stands twice: at " + lineColumn(first) + " and " + lineColumn(pos), Hint: "put all into one"}
		}
		seen[key] = pos
		if records != "" && (isCaseHeader(key) || key == "sources") {
			return &Error{Pos: pos, Reason: key + " stands after " + records, Hint: "JSON is read as it comes: move " + key + " before the records"}
		}
		if isSection(key) {
			records = key
		}
		return f.member(key, pos)
	})
}

// members reads an object; take reads the value of each key.
func (f *jsonFile) members(take func(key string, pos schema.Position) error) error {
	f.stream.take()
	for empty := true; ; empty = false {
		c, err := f.next()
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
		if c, err = f.next(); err != nil {
			return err
		}
		f.stream.take()
		if c == '}' {
			return nil
		}
		if c != ',' {
			return f.fail("invalid JSON: unexpected "+strconv.QuoteRune(rune(c))+", where a comma or } should be", "check the JSON before this place")
		}
	}
}

// key reads a key and its colon.
func (f *jsonFile) key(c byte) (string, schema.Position, error) {
	if c != '"' {
		return "", f.stream.pos, f.fail("invalid JSON: unexpected "+strconv.QuoteRune(rune(c))+", where a key should be", "keys stand in double quotes; no comma follows the last value")
	}
	raw, pos, tooLong, err := f.stream.value()
	if err != nil {
		return "", pos, broken(f.ctx, pos, err)
	}
	if tooLong {
		return "", pos, &Error{Pos: pos, Reason: "a key that does not end", Hint: "check the quotes"}
	}
	found, fault := parseFound(raw, pos)
	if fault != nil {
		return "", pos, found.fatal(fault)
	}
	if c, err = f.next(); err != nil {
		return "", pos, err
	}
	if c != ':' {
		return "", pos, f.fail("invalid JSON: unexpected "+strconv.QuoteRune(rune(c))+", where a colon should be", "check the JSON at this place")
	}
	f.stream.take()
	return found.node.text, pos, nil
}

// member reads the value of a key of a case file.
func (f *jsonFile) member(key string, pos schema.Position) error {
	c, err := f.next()
	if err != nil {
		return err
	}
	kind, isRecords := sectionKind(key)
	switch {
	case isRecords && c == '[':
		return f.listOf(f.record(kind))
	case key == "sources" && c == '[':
		return f.listOf(f.sourceRecord)
	case isRecords || key == "sources" || isCaseHeader(key) || key == "note":
	case key == "objects":
		return &Error{Pos: pos, Reason: "unknown key objects; is this STIX?", Hint: "read it as STIX: --format stix; " + caseKeys}
	default:
		return &Error{Pos: pos, Reason: "unknown key " + strconv.Quote(schema.Shorten(key)), Hint: caseKeys}
	}
	raw, at, tooLong, err := f.stream.value()
	if err != nil {
		return broken(f.ctx, at, err)
	}
	if tooLong {
		return &Error{Pos: at, Reason: key + " is longer than " + strconv.Itoa(MaxRecord>>20) + " MiB"}
	}
	found, fault := parseFound(raw, at)
	if fault == nil && isCaseHeader(key) {
		var records []*schema.Record
		if records, fault = f.header(key, found); fault == nil {
			return f.send(records, nil)
		}
	}
	if fault != nil {
		return found.fatal(fault)
	}
	if key != "note" && !found.node.isAbsent() {
		return &Error{Pos: at, Reason: key + " is " + found.node.what() + "; a list is needed", Hint: "write [ … ] around its records"}
	}
	return nil
}

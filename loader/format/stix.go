package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strconv"

	"orbat/schema"
)

// readSTIX reads STIX 2.0 and 2.1: bundles, the answers of a TAXII server, lists of objects, or objects one after the other,
// on a line each or not. One object is held at a time.
//
// What an object becomes depends on it alone, never on another (law 1: a bundle may be cut into any number of files):
// a reference tells the other's STIX type, not whether an identity is a person. Where that matters a relation is drawn only
// if it fits either way, else it is a related_to (stix_relationship.go).
//
// Nothing that an object says is lost: a property without a home in the ontology, or with one that does not hold it exactly
// as it stands, is kept as x_…. So an object that changed makes other claims, whatever its date of modification says. What a
// bundle says of itself (its id, its spec_version) is of the file, not of the world, and makes no claim. Several versions of
// one object are several statements: each makes its own claims, and the ontology's rule says which value is shown.
//
// How the files fit together: stix.go finds the objects, stix_object.go makes records of one, stix_type.go says which types
// become what, stix_relationship.go which relationships, stix_reference.go makes sources of external references,
// stix_observed.go reads the observables within others and computes their ids.
func readSTIX(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		s := stixFile{jsonFile: newJSONFile(ctx, in, yield)}
		if err := s.read(); err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

const stixHint = `a STIX file is a bundle: {"type": "bundle", "id": …, "objects": […]}, a list of objects, or an object a line`

// stixNesting is how deep lists and bundles may stand within each other.
const stixNesting = 8

type stixFile struct {
	jsonFile
	seen seenRecords
}

func (s *stixFile) read() error {
	head, err := s.in.peek()
	if err != nil {
		return broken(s.ctx, s.stream.pos, err)
	}
	if holdsLines(head) {
		return s.lines()
	}
	for empty := true; ; empty = false {
		c, err := s.stream.next()
		switch {
		case errors.Is(err, io.EOF) && empty:
			return s.fail("the file is empty", stixHint)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return broken(s.ctx, s.stream.pos, err)
		case c != '{' && c != '[':
			return s.fail("not STIX: unexpected "+strconv.QuoteRune(rune(c)), stixHint)
		}
		if err := s.value(c, 0); err != nil {
			return err
		}
	}
}

// holdsLines reports whether a file begins with a line that is one object, so that a broken line costs that line only. A bundle
// may be longer than a line can be and is read as it comes.
func holdsLines(head []byte) bool {
	rest := bytes.TrimLeft(head, " \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	if bundle, _ := beginsBundle(rest); bundle {
		return false
	}
	line, more, found := bytes.Cut(rest, []byte("\n"))
	whole := len(jsonValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
	more = bytes.TrimLeft(more, " \t\r\n")
	return whole && found && (len(more) == 0 || more[0] == '{')
}

// lines reads an object a line.
func (s *stixFile) lines() error {
	lines := lineReader{r: s.in.R}
	for {
		line, tooLong, err := lines.next(MaxRecord)
		if ended := s.ctx.Err(); ended != nil {
			err = ended
		}
		pos := schema.Position{File: s.in.Name, Line: lines.line, Column: 1}
		value := bytes.TrimLeft(line, " \t\r\n")
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			pos.Line, pos.Column = lines.line+1, 0
			return broken(s.ctx, pos, err)
		case tooLong:
			err = s.send(nil, tooLongRecord(pos, line))
		case len(value) > 0:
			pos.Column += len(line) - len(value)
			found, fault := parseFound(bytes.TrimRight(value, " \t\r\n"), pos)
			if fault != nil {
				err = s.send(nil, found.reject(fault))
			} else {
				err = s.found(found)
			}
		}
		if err != nil {
			return err
		}
	}
}

// value reads what comes next: a list, a bundle, or an object.
func (s *stixFile) value(c byte, depth int) error {
	switch {
	case depth > stixNesting:
		return s.fail("lists and bundles nested deeper than "+strconv.Itoa(stixNesting)+" levels", stixHint)
	case c == '[':
		return s.items(depth + 1)
	case c != '{':
		return s.each(s.found)
	}
	bundle, known := beginsBundle(s.buffered())
	if !known {
		head, err := s.in.peek()
		if err != nil {
			return broken(s.ctx, s.stream.pos, err)
		}
		bundle, _ = beginsBundle(head)
	}
	if bundle {
		return s.bundle(depth + 1)
	}
	return s.each(s.found)
}

// buffered gives what is at hand without reading further.
func (s *stixFile) buffered() []byte {
	head, _ := s.in.R.Peek(s.in.R.Buffered())
	return head
}

func (s *stixFile) items(depth int) error {
	return s.list(func() error {
		c, err := s.next()
		if err != nil {
			return err
		}
		return s.value(c, depth)
	})
}

// bundle reads the objects of a bundle, whichever of its keys come first.
func (s *stixFile) bundle(depth int) error {
	return s.members(func(key string, pos schema.Position) error {
		c, err := s.next()
		if err != nil {
			return err
		}
		if key == "objects" && c == '[' {
			return s.items(depth)
		}
		if key == "objects" && c != 'n' {
			return &Error{Pos: pos, Reason: "objects is no list", Hint: stixHint}
		}
		raw, at, _, err := s.stream.value()
		if err != nil {
			return broken(s.ctx, at, err)
		}
		if found, fault := parseFound(raw, at); fault != nil && fault.syntax && len(raw) < MaxRaw {
			return found.fatal(fault)
		}
		return nil
	})
}

// found takes a value that was read: an object, or one that was not seen to be a bundle or list in time.
func (s *stixFile) found(f *found) error { return s.foundWithin(f, f.raw) }

func (s *stixFile) foundWithin(f *found, whole []byte) error {
	inner := &f.node
	objects, bundle := inner.get("objects"), stringOf(inner.get("type")) == "bundle"
	switch {
	case objects != nil && objects.kind == list && (bundle || inner.get("type") == nil):
		inner = objects
	case bundle && objects == nil: // an empty one
		return nil
	case inner.kind != list:
		return s.send(s.objectRecords(f))
	}
	for i := range inner.items {
		at := inner.items[i].at
		item := &found{node: inner.items[i], pos: f.locate(at), raw: jsonValueStart(whole[at:]), locate: f.locate}
		if err := s.foundWithin(item, whole); err != nil {
			return err
		}
	}
	return nil
}

// objectRecords gives the records of one object, those of what it describes besides first.
func (s *stixFile) objectRecords(f *found) ([]*schema.Record, *BadRecord) {
	besides, own, err := stixRecords(f)
	if err != nil {
		return nil, f.reject(err)
	}
	fresh := besides[:0]
	for _, record := range besides {
		if !s.seen.already(record) {
			fresh = append(fresh, record)
		}
	}
	return append(fresh, own...), nil
}

// beginsBundle reports whether an object holds other objects, by its first bytes; known: they are enough to tell. An
// observed-data of STIX 2.0 has objects too, but no list of them.
func beginsBundle(head []byte) (bundle, known bool) {
	for key, value := range firstMembers(head) {
		switch key {
		case "type":
			return string(jsonValueStart(value)) == `"bundle"`, true
		case "objects":
			return len(value) > 0 && value[0] == '[', true
		}
	}
	return false, false
}

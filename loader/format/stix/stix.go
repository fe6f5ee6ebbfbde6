// Package stix reads STIX 2.0 and 2.1: bundles, the answers of a TAXII server, lists of objects, or objects one after
// the other, on a line each or not. One object is held at a time.
//
// What an object becomes depends on it alone, never on another (law 1: a bundle may be cut into any number of files): a
// reference tells the other's STIX type, not whether an identity is a person. Where that matters a relation is drawn
// only if it fits either way, else it is a related_to (relationship.go).
//
// Nothing that an object says is lost: a property without a home in the ontology, or with one that does not hold it
// exactly as it stands, is kept as x_…. So an object that changed makes other claims, whatever its date of modification
// says. What a bundle says of itself (its id, its spec_version) is of the file, not of the world, and makes no claim.
// Several versions of one object are several statements, each with its own claims. They say the object's id and, as
// their version, when it was modified: of those about the same only the latest count (law 4). An object that does not
// say when is told apart by what it says alone.
//
// Start with [Read], which finds the objects of a file; recordsOf makes the records of one.
package stix

import (
	"bytes"
	"context"
	"iter"
	"strconv"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// Read yields the records of a file of STIX.
func Read(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return decode.ReadJSON(ctx, in, func(r *decode.JSONReader) error {
		s := file{JSONReader: r, name: in.Name, parse: parseID}
		if in.Options.LenientIDs {
			s.parse = lenientID
		}
		if err := s.read(); err != nil {
			return err
		}
		return s.tellOdd()
	})
}

const formHint = `a STIX file is a bundle: {"type": "bundle", "id": …, "objects": […]}, a list of objects, or an object a line`

// maxNesting is how deep lists and bundles may stand within each other.
const maxNesting = 8

type file struct {
	*decode.JSONReader
	name  string
	parse func(string) (objectID, bool) // reads an id
	seen  seenRecords

	odd   int // objects whose id is no UUID
	first *schema.Fault
}

// tellOdd tells how many ids were taken that are no UUIDs.
func (s *file) tellOdd() error {
	if s.odd == 0 {
		return nil
	}
	s.first.Reason = strconv.Itoa(s.odd) + " objects of " + s.name +
		" have an id without a UUID, which is taken as it is; this is the first"
	return s.Note(&schema.Notice{Fault: *s.first})
}

func (s *file) read() error {
	head, err := s.Head()
	if err != nil {
		return err
	}
	if holdsLines(head) {
		return s.Lines(s.take)
	}
	for empty := true; ; empty = false {
		c, more, err := s.More()
		switch {
		case err != nil:
			return err
		case !more && empty:
			return s.Fail(schema.Fault{Reason: "the file is empty", Hint: formHint})
		case !more:
			return nil
		case c != '{' && c != '[':
			return s.Fail(schema.Fault{Reason: "not STIX: unexpected " + strconv.QuoteRune(rune(c)), Hint: formHint})
		}
		if err := s.value(c, 0); err != nil {
			return err
		}
	}
}

// holdsLines reports whether a file begins with a line that is one object, so that a broken line costs that line only.
// A bundle may be longer than a line can be and is read as it comes.
func holdsLines(head []byte) bool {
	rest := bytes.TrimLeft(head, " \t\r\n")
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	if bundle, _ := beginsBundle(rest); bundle {
		return false
	}
	line, more, found := bytes.Cut(rest, []byte("\n"))
	whole := len(decode.ValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
	more = bytes.TrimLeft(more, " \t\r\n")
	return whole && found && (len(more) == 0 || more[0] == '{')
}

// value reads what comes next: a list, a bundle, or an object.
func (s *file) value(c byte, depth int) error {
	switch {
	case depth > maxNesting:
		return s.Fail(schema.Fault{Reason: "lists and bundles nested deeper than " + strconv.Itoa(maxNesting) + " levels", Hint: formHint})
	case c == '[':
		return s.items(depth + 1)
	case c != '{':
		return s.Each(s.take)
	}
	bundle, known := beginsBundle(s.Buffered())
	if !known {
		head, err := s.Head()
		if err != nil {
			return err
		}
		bundle, _ = beginsBundle(head)
	}
	if bundle {
		return s.bundle(depth + 1)
	}
	return s.Each(s.take)
}

func (s *file) items(depth int) error {
	return s.List(func() error {
		c, err := s.Next()
		if err != nil {
			return err
		}
		return s.value(c, depth)
	})
}

// bundle reads the objects of a bundle, whichever of its keys come first.
func (s *file) bundle(depth int) error {
	return s.Members(func(key string, pos schema.Position) error {
		c, err := s.Next()
		if err != nil {
			return err
		}
		if key == "objects" && c == '[' {
			return s.items(depth)
		}
		if key == "objects" && c != 'n' {
			return input.Fail(schema.Fault{Pos: pos, Reason: "objects is no list", Hint: formHint})
		}
		raw, at, _, err := s.Value()
		if err != nil {
			return err
		}
		if found, fault := s.Parse(raw, at); fault != nil && fault.Syntax && len(raw) < input.MaxRaw {
			return found.Fatal(fault)
		}
		return nil
	})
}

// found takes a value that was read: an object, or one that was not seen to be a bundle or list in time.
func (s *file) take(f *decode.RawRecord) error { return s.takeWithin(f, f.Raw) }

func (s *file) takeWithin(f *decode.RawRecord, whole []byte) error {
	inner := &f.Node
	objects, bundle := inner.Get("objects"), stringOf(inner.Get("type")) == "bundle"
	switch {
	case objects != nil && objects.Kind == decode.List && (bundle || inner.Get("type") == nil):
		inner = objects
	case bundle && objects == nil: // an empty one
		return nil
	case inner.Kind != decode.List:
		return s.Send(s.objectRecords(f))
	}
	for i := range inner.Items {
		at := inner.Items[i].At
		item := &decode.RawRecord{Node: inner.Items[i], Pos: f.Locate(at), Raw: decode.ValueStart(whole[at:]), Locate: f.Locate}
		if err := s.takeWithin(item, whole); err != nil {
			return err
		}
	}
	return nil
}

// objectRecords returns the records of one object, those of what it describes besides first.
func (s *file) objectRecords(f *decode.RawRecord) ([]*schema.Record, *schema.RecordError) {
	besides, own, err := recordsOf(f, s.parse)
	if err != nil {
		return nil, f.Reject(err)
	}
	if id := f.Node.Get("id"); !strictID(id.Text) {
		if s.odd++; s.first == nil {
			s.first = &schema.Fault{Pos: f.PosOf(id.At), Column: "id", Value: schema.Brief(id.Text)}
		}
	}
	fresh := besides[:0]
	for _, record := range besides {
		if !s.seen.already(record) {
			fresh = append(fresh, record)
		}
	}
	return append(fresh, own...), nil
}

// Sniff looks at the keys of the first object. A list, and the list that a bundle holds, is what its first object is.
func Sniff(head []byte) bool {
	kind, id := "", ""
	for key, rest := range decode.FirstMembers(decode.FirstObject(head)) {
		value := string(bytes.Trim(decode.ValueStart(rest), `"`))
		switch {
		case key == "type":
			kind = value
		case key == "id":
			id = value
		case key == "objects" && Sniff(rest):
			return true
		}
	}
	of, isSTIX := parseID(id)
	return kind == "bundle" || isSTIX && (of.kind == kind || kind == "")
}

// beginsBundle reports whether an object holds other objects, by its first bytes; known: they are enough to tell. An
// observed-data of STIX 2.0 has objects too, but no list of them.
func beginsBundle(head []byte) (bundle, known bool) {
	for key, value := range decode.FirstMembers(head) {
		switch key {
		case "type":
			return string(decode.ValueStart(value)) == `"bundle"`, true
		case "objects":
			return len(value) > 0 && value[0] == '[', true
		}
	}
	return false, false
}

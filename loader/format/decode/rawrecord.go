package decode

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// RawRecord is one record as it stands in a file.
type RawRecord struct {
	Node   Node
	Pos    schema.Position
	Raw    []byte                         // its bytes, of any length; only lent
	Locate func(at Place) schema.Position // nil: Pos is all that is known

	kept []byte
}

// Kept returns a copy of the record's bytes, cut to MaxRaw: one for all that is made of the record.
func (f *RawRecord) Kept() []byte {
	if f.kept == nil {
		f.kept = input.KeepRaw(f.Raw)
	}
	return f.kept
}

// PosOf returns the position of a place within the record, as far as it is known.
func (f *RawRecord) PosOf(at Place) schema.Position {
	if f.Locate == nil || at == 0 {
		return f.Pos
	}
	return f.Locate(at)
}

// Reject returns the error of what is wrong with the record.
func (f *RawRecord) Reject(err *ValueError) *schema.RecordError {
	fault := err.Fault
	fault.Pos = f.PosOf(err.At)
	return schema.Rejected(fault, f.Kept())
}

// Fatal returns the error of what is wrong with the record where that ends the reading.
func (f *RawRecord) Fatal(err *ValueError) *input.ReadError {
	fault := err.Fault
	fault.Pos = f.PosOf(err.At)
	if fault.Value != "" && !err.Syntax {
		fault.Reason += " (" + schema.Shorten(fault.Value) + ")"
	}
	return input.Fail(fault)
}

// Place is where a value stands within its record, in a unit of the format's own: an offset in JSON, line and column in
// YAML. Zero is the record as a whole.
type Place uint64

// ValueError is what is wrong with a value of a record, before the record's position and raw bytes are known; its Fault
// has no position yet.
type ValueError struct {
	schema.Fault
	At     Place
	Syntax bool // the format itself is violated: a document cannot be read on
}

// At returns the error of what is wrong at a place of a record.
func At(at Place, fault schema.Fault) *ValueError { return &ValueError{Fault: fault, At: at} }

// Missing returns the error of a key that a record lacks. Value says what it has.
func Missing(key, value, hint string) *ValueError {
	return At(0, schema.Fault{Column: key, Value: value, Reason: "missing", Hint: hint})
}

// TooDeep returns the error of a value nested deeper than MaxDepth.
func TooDeep(at Place) *ValueError {
	return At(at, schema.Fault{Reason: "nested deeper than " + strconv.Itoa(input.MaxDepth) + " levels", Hint: "a record is a flat object"})
}

// TooMany returns the error of a record that holds more than MaxValues.
func TooMany(at Place) *ValueError {
	return At(at, schema.Fault{
		Reason: "the record holds more than " + strconv.Itoa(input.MaxValues) + " values", Hint: "split the record into several",
	})
}

// TooMuch returns the fault of what takes more than MaxRecordSize.
func TooMuch(what string) schema.Fault {
	return schema.Fault{
		Reason: what + " of more than " + strconv.Itoa(schema.MaxRecordSize>>20) + " MiB in memory", Hint: "split the record into several",
	}
}

// Wrong returns the error of what is wrong with a value: of one that cannot be read, why.
func (n *Node) Wrong(reason, hint string) *ValueError {
	if n.Fault != nil {
		return At(n.At, *n.Fault)
	}
	return At(n.At, schema.Fault{Value: n.Show(), Reason: reason, Hint: hint})
}

// Within returns the error with its column put under a key; of none, none.
func (e *ValueError) Within(key string) *ValueError {
	switch {
	case e == nil:
	case e.Column == "":
		e.Column = key
	default:
		e.Column = key + "." + e.Column
	}
	return e
}

// Or returns the error with a place, where it has none of its own; of none, none.
func (e *ValueError) Or(at Place) *ValueError {
	if e != nil && e.At == 0 {
		e.At = at
	}
	return e
}

// LineColumn tells a position within a file.
func LineColumn(pos schema.Position) string {
	return "line " + strconv.Itoa(pos.Line) + " column " + strconv.Itoa(pos.Column)
}

// locator returns what finds the position of an offset within a text that starts at a position. It remembers one for
// each kilobyte, so that to look for every part of a record takes no longer than to read it.
func locator(start schema.Position, text []byte) func(Place) schema.Position {
	const step = 1 << 10
	var known []schema.Position
	return func(at Place) schema.Position {
		if known == nil {
			known = append(known, start)
		}
		for len(known) <= int(at)/step { //nolint:gosec // an offset within the text
			from := (len(known) - 1) * step
			known = append(known, Advance(known[len(known)-1], text[from:from+step]))
		}
		nearest := int(at) / step                                  //nolint:gosec // the same
		return Advance(known[nearest], text[nearest*step:int(at)]) //nolint:gosec // the same
	}
}

// Advance returns the position after some text. Columns count characters; the last may be cut.
func Advance(pos schema.Position, over []byte) schema.Position {
	if n := bytes.Count(over, []byte("\n")); n > 0 {
		pos.Line += n
		pos.Column = 1
		over = over[bytes.LastIndexByte(over, '\n')+1:]
	}
	for _, c := range over {
		if utf8.RuneStart(c) {
			pos.Column++
		}
	}
	return pos
}

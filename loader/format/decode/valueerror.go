package decode

import (
	"strconv"

	"orbat/loader/format/input"
	"orbat/schema"
)

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

// Wrong returns the error of what is wrong with a value.
func (n *Node) Wrong(reason, hint string) *ValueError {
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

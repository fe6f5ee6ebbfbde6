package format

import (
	"context"
	"errors"

	"orbat/schema"
)

// Error ends the reading of a file, or of a command's arguments.
type Error struct {
	Pos    schema.Position // File may be all that is known
	Reason string
	Hint   string // what to do about it; may be empty
	Err    error  // the cause, where there is one
}

// Error gives position, reason and cause; the hint is the caller's to print.
func (e *Error) Error() string {
	s := e.Reason
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	if at := e.Pos.String(); at != "" {
		s = at + ": " + s
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// HintText says what to do about it.
func (e *Error) HintText() string { return e.Hint }

// BadRecord rejects one record; reading goes on. Its position is that of the fault where it is known, else that of the record;
// its raw bytes are at most MaxRaw and not always UTF-8.
type BadRecord = schema.RecordError

// place is where a value stands within its record, in a unit of the format's own: an offset in JSON, line and column in
// YAML.
type place uint64

// fault is what is wrong with a record, before its position and raw bytes are known.
type fault struct {
	at     place
	column string
	value  string
	reason string
	hint   string
	syntax bool // the format itself is violated: a document cannot be read on
}

// within puts the fault under a key.
func (f *fault) within(key string) *fault {
	if f.column == "" {
		f.column = key
	} else {
		f.column = key + "." + f.column
	}
	return f
}

// broken makes an error of what a read returned: the context's own error as it is, an *Error with the position filled in.
func broken(ctx context.Context, pos schema.Position, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	var known *Error
	if errors.As(err, &known) {
		if known.Pos.Line == 0 {
			known.Pos = pos
		}
		return known
	}
	return &Error{Pos: pos, Reason: "reading stopped", Err: err, Hint: "check that the file and its disk or network are sound, then run the command again"}
}

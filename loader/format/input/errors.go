package input

import (
	"context"
	"errors"
	"strconv"

	"orbat/schema"
)

// ReadError ends the reading of a file, or says what is wrong with the files or options given. Of its position the file
// may be all that is known.
type ReadError struct {
	schema.Fault
	Err error // the cause, where there is one
}

// Fail returns the error of a fault that ends the reading.
func Fail(fault schema.Fault) *ReadError { return &ReadError{Fault: fault} }

// Error returns position, reason and cause; the hint is the caller's to print.
func (e *ReadError) Error() string {
	f := e.Describe()
	return f.Error()
}

// Describe returns the fault, its cause as the end of the reason.
func (e *ReadError) Describe() schema.Fault {
	f := e.Fault
	if e.Err != nil {
		f.Reason += ": " + e.Err.Error()
	}
	return f
}

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

// ErrorAt returns the error of a read at a position: the context's own as it is, a *ReadError with its position set.
// Of none it is none.
func ErrorAt(ctx context.Context, pos schema.Position, err error) error {
	switch ended := ctx.Err(); {
	case err == nil:
		return nil
	case ended != nil:
		return ended
	}
	var known *ReadError
	if errors.As(err, &known) {
		if known.Pos.Line == 0 {
			known.Pos = pos
		}
		return known
	}
	return &ReadError{Err: err, Fault: schema.Fault{
		Pos: pos, Reason: "reading stopped", Hint: "check that the file and its disk or network are sound, then try again",
	}}
}

// Ends reports whether nothing follows an error: it is not of a single record, no notice, and no change of a delta.
func Ends(err error) bool {
	return err != nil && !errors.As(err, new(*schema.RecordError)) && !errors.As(err, new(*schema.Notice)) &&
		!errors.As(err, new(*schema.RecordChange))
}

// WithPos puts the position of a row to a *ReadError that has none.
func WithPos(err error, pos schema.Position) error {
	if known := (*ReadError)(nil); errors.As(err, &known) && known.Pos == (schema.Position{}) {
		known.Pos = schema.Position{File: pos.File, Line: pos.Line}
	}
	return err
}

// TooLong returns the error of a record that is longer than MaxRecord, by its first bytes.
func TooLong(pos schema.Position, start []byte) *schema.RecordError {
	return schema.Rejected(schema.Fault{
		Pos: pos, Reason: "longer than " + strconv.Itoa(MaxRecord>>20) + " MiB", Hint: "split the record; is the file of another format?",
	}, KeepRaw(start))
}

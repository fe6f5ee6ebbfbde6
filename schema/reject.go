package schema

import "fmt"

// BadRecord rejects one record: reading and loading go on with the next (law 15).
type BadRecord struct {
	Pos    Position
	Column string // the field it is about; empty for the whole record
	Value  string // the offending value
	Reason string
	Hint   string // what to write instead
	Raw    []byte // the record as it stood in the file
}

// Error gives position, field and reason on one line.
func (b *BadRecord) Error() string {
	if b.Column == "" {
		return fmt.Sprintf("%s: %s", b.Pos, b.Reason)
	}
	return fmt.Sprintf("%s: %s: %s", b.Pos, b.Column, b.Reason)
}

// HintText says what to do about it.
func (b *BadRecord) HintText() string { return b.Hint }

// Notice tells of something odd in an input that rejects nothing: a cell taken as empty, a date whose text and parts differ.
// Readers yield it as an error, as they do a BadRecord, and go on.
type Notice struct {
	Pos    Position
	Column string
	Value  string
	Reason string // what was found, and what was made of it
	Hint   string
}

// Error gives position, field and reason on one line.
func (n *Notice) Error() string {
	return (&BadRecord{Pos: n.Pos, Column: n.Column, Reason: n.Reason}).Error()
}

// HintText says what to do about it.
func (n *Notice) HintText() string { return n.Hint }

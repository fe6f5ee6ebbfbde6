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

package mapping

import (
	"strconv"

	"orbat/schema"
)

// maxRowTexts is the most bytes that the values of one row may make, what they are made of included: values that are
// made of others, and replacements that make more of a text, multiply, and a sheet of one row would otherwise take all
// the memory there is. No row that people keep comes near it: a cell of a hundred thousand items takes 6 MiB.
const maxRowTexts = 256 << 20

// What a mapping holds until a table is read to its end, its indexes and the sightings that it merges, may take so many
// bytes for each byte of the rows, and so many besides: rows that say little and are made into much would otherwise do
// together what one of them may not.
const (
	heldPerByte = 256
	heldBesides = 256 << 20
)

// hold counts bytes that are held until a table is read to its end.
func (r *run) hold(size int, what string, at place) error {
	if r.held += size; r.held <= heldBesides+heldPerByte*r.read {
		return nil
	}
	return &MappingError{Fault: schema.Fault{
		Pos: schema.Position{File: r.mapping.Name, Line: at.line, Column: at.column},
		Reason: what + " would hold more than " + strconv.Itoa(heldBesides>>20) + " MiB and " + strconv.Itoa(heldPerByte) +
			" times what the rows say",
		Hint: "make less of each row",
	}}
}

// count counts a row that was read.
func (r *run) count(row *schema.Row) {
	for _, cell := range row.Cells {
		r.read += len(cell) + 1
	}
}

// textCost is what a text counts beside its bytes: what it takes in lists and records.
const textCost = 64

// meter counts what one value of the mapping makes of a row.
type meter struct {
	label string // the column, or what stands for it
	where string // in the mapping
}

func (b *binder) meter(v *value) *meter { return b.meterAt(b.label(v), v.At) }

func (b *binder) meterAt(label string, at place) *meter {
	return &meter{label: label, where: schema.Position{File: b.mapping.Name, Line: at.line, Column: at.column}.String()}
}

// take counts bytes. It returns why the row is rejected where its values have made more than they may: all that is made
// after it is, too, so that a row which multiplies ends soon.
func (m *meter) take(s *scope, size int) *rowError {
	if size < 0 || *s.made > maxRowTexts-size {
		*s.made = maxRowTexts
		return &rowError{wholeRow: true, limit: true, Fault: schema.Fault{
			Column: m.label,
			Reason: "the value at " + m.where + " of the mapping makes too much of one row: all values of a row may make " +
				strconv.Itoa(maxRowTexts>>20) + " MiB",
			Hint: "what is made of values that are made of others multiplies: make it of fewer, or split the row into several",
		}}
	}
	*s.made += size
	return nil
}

// texts counts texts.
func (m *meter) texts(s *scope, made ...string) *rowError {
	for _, text := range made {
		if bad := m.take(s, textCost+len(text)); bad != nil {
			return bad
		}
	}
	return nil
}

// counted is a getter whose texts are counted.
func (m *meter) counted(get getter) getter {
	return func(s *scope) ([]string, *rowError) {
		found, fault := get(s)
		if bad := m.texts(s, found...); bad != nil {
			return nil, bad
		}
		return found, fault
	}
}

// tooLong is the fault of a text that is longer than any value may be.
func tooLong(label, text string) *rowError {
	return &rowError{Fault: schema.Fault{
		Column: label, Value: schema.Brief(text), Reason: "has more than " + strconv.Itoa(schema.MaxValue) + " bytes",
		Hint: "make it of fewer or of shorter parts",
	}}
}

package decode

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"orbat/schema"
)

// LineColumn tells a position within a file.
func LineColumn(pos schema.Position) string {
	return "line " + strconv.Itoa(pos.Line) + " column " + strconv.Itoa(pos.Column)
}

// Advance returns the position after some text. Columns count characters; a character may be cut at the end of the
// text.
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

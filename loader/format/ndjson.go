package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strconv"
	"unicode/utf8"

	"orbat/schema"
)

// readNDJSON reads one JSON object a line; blank lines are skipped.
func readNDJSON(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		lines := lineReader{r: in.R}
		var shaper shaper
		for {
			line, tooLong, err := lines.next(MaxRecord)
			if ended := ctx.Err(); ended != nil {
				err = ended
			}
			if errors.Is(err, io.EOF) {
				return
			}
			pos := schema.Position{File: in.Name, Line: lines.line, Column: 1}
			if err != nil {
				pos.Line, pos.Column = lines.line+1, 0
				yield(nil, broken(ctx, pos, err))
				return
			}
			if tooLong {
				if !yield(nil, tooLongRecord(pos, line)) {
					return
				}
				continue
			}
			value := bytes.TrimLeft(line, " \t\r\n")
			if len(value) == 0 {
				continue
			}
			pos.Column += len(line) - len(value)
			if !shaper.yieldJSON(bytes.TrimRight(value, " \t\r\n"), pos, yield) {
				return
			}
		}
	}
}

func tooLongRecord(pos schema.Position, start []byte) *BadRecord {
	return &BadRecord{
		Fault: schema.Fault{Pos: pos, Reason: "longer than " + strconv.Itoa(MaxRecord>>20) + " MiB", Hint: "split the record; is the file of another format?"},
		Raw:   keepRaw(start),
	}
}

// yieldJSON yields the records of one JSON value, or why there are none; it reports whether to go on.
func (s *shaper) yieldJSON(raw []byte, pos schema.Position, yield func(*schema.Record, error) bool) bool {
	f, err := parseFound(raw, pos)
	if err != nil {
		return yield(nil, f.reject(err))
	}
	records, bad := s.records(f, anyKind)
	return yieldAll(records, bad, yield)
}

func yieldAll(records []*schema.Record, bad *BadRecord, yield func(*schema.Record, error) bool) bool {
	if bad != nil {
		return yield(nil, bad)
	}
	for _, record := range records {
		if !yield(record, nil) {
			return false
		}
	}
	return true
}

func lineColumn(pos schema.Position) string {
	return "line " + strconv.Itoa(pos.Line) + " column " + strconv.Itoa(pos.Column)
}

// advance gives the position after some text. Columns count characters; a character may be cut at the end of the text.
func advance(pos schema.Position, over []byte) schema.Position {
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

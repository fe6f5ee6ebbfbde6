package decode

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"

	"orbat/loader/format/input"
	"orbat/schema"
)

// jsonStream cuts a JSON file into the bytes of its values, so that only one is held at a time. Whether a value is well
// formed is for ParseJSON to see.
type jsonStream struct {
	r   *bufio.Reader
	pos schema.Position // of the next byte
	raw []byte
}

// next skips space and returns the next byte without taking it.
func (s *jsonStream) next() (byte, error) {
	for {
		b, err := s.r.Peek(1)
		if err != nil {
			return 0, err
		}
		switch b[0] {
		case ' ', '\t', '\r', '\n':
			s.take()
		default:
			return b[0], nil
		}
	}
}

// take takes the byte that next gave.
func (s *jsonStream) take() {
	b, _ := s.r.Peek(1)
	s.pos = Advance(s.pos, b)
	_, _ = s.r.Discard(1) // it is in the buffer
}

// value takes the value whose first byte next gave, valid until the next call. Of one longer than MaxRecord the start.
func (s *jsonStream) value() (raw []byte, pos schema.Position, tooLong bool, err error) {
	pos = s.pos
	if cap(s.raw) > 1<<20 {
		s.raw = nil
	}
	s.raw = s.raw[:0]
	var scan jsonScan
	for {
		if s.r.Buffered() == 0 {
			if _, err := s.r.Peek(1); errors.Is(err, io.EOF) {
				return s.raw, pos, tooLong, nil // cut short, which ParseJSON or the caller's next() sees
			} else if err != nil {
				return nil, pos, false, err
			}
		}
		window, _ := s.r.Peek(s.r.Buffered())
		n, done := scan.over(window)
		if !tooLong {
			s.raw = append(s.raw, window[:n]...)
		}
		if len(s.raw) > input.MaxRecord {
			tooLong = true
			s.raw = append([]byte(nil), s.raw[:input.MaxRaw]...)
		}
		s.pos = Advance(s.pos, window[:n])
		_, _ = s.r.Discard(n) // it is in the buffer
		if done {
			return s.raw, pos, tooLong, nil
		}
	}
}

// jsonScan finds the end of a JSON value by its brackets and quotes, piece by piece.
type jsonScan struct {
	begun    bool
	inScalar bool // a number or word: it ends where something else begins
	inText   bool
	escaped  bool
	depth    int
}

// over scans a further piece: how many of its bytes belong to the value, and whether the value ends there.
func (s *jsonScan) over(piece []byte) (n int, done bool) {
	for i, c := range piece {
		switch {
		case s.escaped:
			s.escaped = false
		case s.inText && c == '\\':
			s.escaped = true
		case s.inText && c == '"':
			s.inText = false
			if s.depth == 0 {
				return i + 1, true
			}
		case s.inText:
		case s.inScalar:
			switch c {
			case ',', ':', ']', '}', '[', '{', '"', ' ', '\t', '\r', '\n':
				return i, true
			}
		case c == '"':
			s.inText = true
		case c == '{' || c == '[':
			s.depth++
		case c == '}' || c == ']':
			if s.depth--; s.depth <= 0 {
				return i + 1, true
			}
		case !s.begun && (c == ',' || c == ':'):
			return i + 1, true // no value: ParseJSON says so
		case !s.begun:
			s.inScalar = true
		}
		s.begun = true
	}
	return len(piece), false
}

const jsonSpace = " \t\r\n"

// maxLists is how many lists within each other FirstObject looks into.
const maxLists = 8

// FirstObject returns the first bytes of a file of JSON from its first object on, be it in lists; nil: there is none.
func FirstObject(head []byte) []byte {
	head = bytes.TrimLeft(head, jsonSpace)
	for depth := 0; depth < maxLists && bytes.HasPrefix(head, []byte("[")); depth++ {
		head = bytes.TrimLeft(head[1:], jsonSpace)
	}
	if !bytes.HasPrefix(head, []byte("{")) {
		return nil
	}
	return head
}

// FirstMembers yields the keys of an object, as far as its first bytes show them, each with what follows its colon.
func FirstMembers(head []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if len(head) == 0 {
			return
		}
		rest := head[1:]
		for {
			rest = bytes.TrimLeft(rest, " \t\r\n,")
			key := ValueStart(rest)
			if len(key) < 2 || key[0] != '"' {
				return
			}
			rest = bytes.TrimLeft(rest[len(key):], " \t\r\n:")
			if !yield(string(key[1:len(key)-1]), rest) {
				return
			}
			value := ValueStart(rest)
			if len(value) == 0 {
				return
			}
			rest = rest[len(value):]
		}
	}
}

// ValueStart returns the JSON value that some text starts with; empty: it is cut, or there is none.
func ValueStart(from []byte) []byte {
	var scan jsonScan
	if n, done := scan.over(from); done {
		return from[:n]
	}
	return nil
}

package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// LineReader reads physical lines within a bound.
type LineReader struct {
	R    *bufio.Reader
	Line int // of the line last read, from 1
	buf  []byte
}

// Next returns the next line with its line end, valid until the next call. Of a line of more than most bytes it gives
// the first MaxRaw and reads past the rest. The error is io.EOF where there is no further line; a line cut by another
// error is dropped.
func (l *LineReader) Next(most int) (line []byte, tooLong bool, err error) {
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
	l.buf = l.buf[:0]
	for {
		part, err := l.R.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return nil, false, err
		}
		if !tooLong && len(l.buf)+len(bytes.TrimRight(part, "\r\n")) > most {
			tooLong = true
			l.buf = append(l.buf, part...)
			l.buf = l.buf[:min(len(l.buf), MaxRaw)]
		}
		switch {
		case tooLong:
		case err == nil && len(l.buf) == 0:
			l.Line++
			return part, false, nil // needs no copy
		default:
			l.buf = append(l.buf, part...)
		}
		switch isEnd := errors.Is(err, io.EOF); {
		case isEnd && len(l.buf) == 0:
			return nil, false, io.EOF
		case isEnd || err == nil:
			l.Line++
			return l.buf, tooLong, nil
		}
	}
}

package encode

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"orbat/queries"
)

// notice tells whoever asked for the file what it cannot say itself.
func notice(g *queries.Graph, format string, values ...any) {
	if g.Notice != nil {
		g.Notice(fmt.Sprintf(format, values...))
	}
}

// output writes what is to be written and keeps the first error, after which it writes no more.
type output struct {
	buf *bufio.Writer
	err error
}

func newOutput(w io.Writer) *output { return &output{buf: bufio.NewWriterSize(w, 1<<16)} }

// raw writes texts as they are.
func (o *output) raw(texts ...string) {
	for _, text := range texts {
		if o.err == nil {
			_, o.err = o.buf.WriteString(text)
		}
	}
}

// bytes writes bytes as they are.
func (o *output) bytes(b []byte) {
	if o.err == nil {
		_, o.err = o.buf.Write(b)
	}
}

// end passes on what is still in the buffer. It is for a whole file: one that an error cut short had better show it.
func (o *output) end() error {
	if o.err == nil {
		o.err = o.buf.Flush()
	}
	return o.err
}

// each writes the items of a sequence by do. The first error, the sequence's or the output's, ends it: nobody should
// read on from a database for a file that cannot be written.
func each[T any](o *output, items iter.Seq2[T, error], do func(T)) error {
	if items == nil {
		return o.err
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		if do(item); o.err != nil {
			return o.err
		}
	}
	return o.err
}

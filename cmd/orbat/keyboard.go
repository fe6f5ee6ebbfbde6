package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// keyboard takes single keys from a terminal, and the first letters of lines from anything else.
type keyboard struct {
	in       *bufio.Reader
	terminal *os.File // nil: none
}

func newKeyboard(in io.Reader) *keyboard {
	k := &keyboard{in: bufio.NewReader(in)}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) { //nolint:gosec // a file descriptor fits
		k.terminal = file
	}
	return k
}

// next asks for a key and returns it in lower case; io.EOF where the input or the analyst ends (control-C, control-D),
// and the context's error as soon as that ends. It asks when the terminal gives single keys already: who answers at
// once is not taken for a signal.
func (k *keyboard) next(ctx context.Context, ask func()) (rune, error) {
	if k.terminal == nil {
		ask()
		return within(ctx, func() (rune, error) {
			for {
				line, err := k.in.ReadString('\n')
				if line = strings.TrimSpace(line); line != "" {
					key, _ := utf8.DecodeRuneInString(line)
					return unicode.ToLower(key), nil
				}
				if err != nil {
					return 0, err
				}
			}
		})
	}
	state, err := term.MakeRaw(int(k.terminal.Fd())) //nolint:gosec // as above
	if err != nil {
		return 0, err
	}
	discardInput(k.terminal.Fd()) // a key struck twice must not decide a pair that nobody has seen
	k.discardBuffered()
	ask()
	key, err := within(ctx, func() (rune, error) {
		key, _, err := k.in.ReadRune()
		if key == escape {
			k.discardBuffered() // the rest of an arrow's or a function key's sequence, which ends in a letter
		}
		return key, err
	})
	if restored := term.Restore(int(k.terminal.Fd()), state); err == nil { //nolint:gosec // as above
		err = restored
	}
	if err == nil && (key == 3 || key == 4) {
		err = io.EOF
	}
	return unicode.ToLower(key), err
}

// within reads until the context ends. A reading that goes on then is of no more use: nobody asks after it.
func within[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := read()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

const escape = 0x1b

func (k *keyboard) discardBuffered() { _, _ = k.in.Discard(k.in.Buffered()) } // what is buffered can be discarded

// line asks for a line of text; it ends as next does.
func (k *keyboard) line(ctx context.Context, prompt string, out io.Writer) (string, error) {
	if k.terminal == nil {
		_, _ = io.WriteString(out, prompt) // the answer's writer keeps its errors
		return within(ctx, func() (string, error) {
			line, err := k.in.ReadString('\n')
			return strings.TrimSpace(line), err
		})
	}
	state, err := term.MakeRaw(int(k.terminal.Fd())) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	line, err := within(ctx, func() (string, error) {
		return term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{k.in, out}, prompt).ReadLine()
	})
	if restored := term.Restore(int(k.terminal.Fd()), state); err == nil { //nolint:gosec // as above
		err = restored
	}
	return strings.TrimSpace(line), err
}

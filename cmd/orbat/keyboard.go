package main

import (
	"bufio"
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

// next asks for a key and returns it in lower case; io.EOF where the input or the analyst ends (control-C, control-D).
// It asks when the terminal gives single keys already: who answers at once is not taken for a signal.
func (k *keyboard) next(ask func()) (rune, error) {
	if k.terminal == nil {
		ask()
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
	}
	state, err := term.MakeRaw(int(k.terminal.Fd())) //nolint:gosec // as above
	if err != nil {
		return 0, err
	}
	discardInput(k.terminal.Fd()) // a key struck twice must not decide a pair that nobody has seen
	k.discardBuffered()
	ask()
	key, _, err := k.in.ReadRune()
	if key == escape {
		k.discardBuffered() // the rest of an arrow's or a function key's sequence, which ends in a letter
	}
	if restored := term.Restore(int(k.terminal.Fd()), state); err == nil { //nolint:gosec // as above
		err = restored
	}
	if err == nil && (key == 3 || key == 4) {
		err = io.EOF
	}
	return unicode.ToLower(key), err
}

const escape = 0x1b

func (k *keyboard) discardBuffered() { _, _ = k.in.Discard(k.in.Buffered()) } // what is buffered can be discarded

// line asks for a line of text; io.EOF as above.
func (k *keyboard) line(prompt string, out io.Writer) (string, error) {
	if k.terminal == nil {
		_, _ = io.WriteString(out, prompt) // the answer's writer keeps its errors
		line, err := k.in.ReadString('\n')
		return strings.TrimSpace(line), err
	}
	state, err := term.MakeRaw(int(k.terminal.Fd())) //nolint:gosec // as above
	if err != nil {
		return "", err
	}
	line, err := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{k.in, out}, prompt).ReadLine()
	if restored := term.Restore(int(k.terminal.Fd()), state); err == nil { //nolint:gosec // as above
		err = restored
	}
	return strings.TrimSpace(line), err
}

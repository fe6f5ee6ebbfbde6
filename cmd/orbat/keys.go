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

// keyReader takes single keys from a terminal, and the first letters of lines from anything else.
type keyReader struct {
	in       *bufio.Reader
	terminal *os.File // nil: none
}

func newKeyReader(in io.Reader) *keyReader {
	k := &keyReader{in: bufio.NewReader(in)}
	if file, ok := in.(*os.File); ok && term.IsTerminal(int(file.Fd())) { //nolint:gosec // a file descriptor fits
		k.terminal = file
	}
	return k
}

// next asks for a key and gives it in lower case; io.EOF where the input or the analyst ends (control-C, control-D). It asks when
// the terminal gives single keys already: who answers at once is not taken for a signal.
func (k *keyReader) next(ask func()) (rune, error) {
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
	ask()
	key, _, err := k.in.ReadRune()
	if restored := term.Restore(int(k.terminal.Fd()), state); err == nil { //nolint:gosec // as above
		err = restored
	}
	if err == nil && (key == 3 || key == 4) {
		err = io.EOF
	}
	return unicode.ToLower(key), err
}

// line gives a line of text.
func (k *keyReader) line() (string, error) {
	line, err := k.in.ReadString('\n')
	return strings.TrimSpace(line), err
}

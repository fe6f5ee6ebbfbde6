package main

import (
	"io"
	"strings"
)

// plainWriter is how text reaches people: without what a terminal would obey. Names of files, keys, headers and
// messages of others come by many ways, so all that is no export goes through here. What is written at once must be
// whole characters.
type plainWriter struct{ w io.Writer }

func (p *plainWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(p.w, strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		return plainRune(r)
	}, string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// terminalOf returns where a writer of text leads to, for what draws there with a terminal's own orders.
func terminalOf(w io.Writer) io.Writer {
	if plain, is := w.(*plainWriter); is {
		return plain.w
	}
	return w
}

// plainRune returns a blank for a character that a terminal would obey, or that turns the order of others around.
func plainRune(r rune) rune {
	if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
		return ' '
	}
	return r
}

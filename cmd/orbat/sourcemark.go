package main

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// sourceMark returns one line of a text with a mark at a column of it, from 1, in characters; nothing where there is no
// such place. A line wider than the terminal is shown around the place.
func (a *app) sourceMark(whole string, line, column int, indent string) string {
	lines := strings.Split(whole, "\n")
	if line < 1 || line > len(lines) || column < 1 {
		return ""
	}
	shown := []rune(clean(strings.TrimSuffix(lines[line-1], "\r")))
	at := min(column-1, len(shown))
	room := a.width() - text.StringWidthWithoutEscSequences(indent) - 4
	before, after := "", ""
	if text.StringWidthWithoutEscSequences(string(shown)) > room {
		if begin := max(0, at-room/3); begin > 0 {
			shown, at, before = shown[begin:], at-begin, "…"
		}
		for len(shown) > at+1 && text.StringWidthWithoutEscSequences(string(shown)) > room-2 {
			shown, after = shown[:len(shown)-1], "…"
		}
	}
	blank := strings.Repeat(" ", text.StringWidthWithoutEscSequences(before+string(shown[:at])))
	return indent + before + string(shown) + after + "\n" + indent + blank + "^\n"
}

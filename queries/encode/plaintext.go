package encode

import (
	"strings"
	"unicode/utf8"
)

// plainText is a text without the characters that readers of text formats trip over: those that XML cannot hold either.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if !isXML(r) {
			return utf8.RuneError
		}
		return r // an invalid byte comes as U+FFFD
	}, text)
}

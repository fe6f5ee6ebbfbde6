package encode

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape writes a text so that it may stand in an attribute or between tags. Tabs and line breaks are written as
// references, since readers normalise them: all in attributes, and some (xmldom) U+0085 and U+2028 everywhere, as only
// XML 1.1 says. What XML 1.0 cannot hold becomes U+FFFD.
func (o *output) escape(text string) {
	done := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		if instead := escapeOf(r, size); instead != "" {
			o.raw(text[done:i], instead)
			done = i + size
		}
		i += size
	}
	o.raw(text[done:])
}

// escapeOf is what to write instead of a character, "" if it may stand. An invalid byte is a U+FFFD of size 1.
func escapeOf(r rune, size int) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>': // "]]>" may not stand in text
		return "&gt;"
	case '"':
		return "&quot;"
	case '\'':
		return "&apos;"
	case '\t':
		return "&#9;"
	case '\n':
		return "&#10;"
	case '\r':
		return "&#13;"
	case 0x85:
		return "&#133;"
	case 0x2028:
		return "&#8232;"
	}
	if !isXML(r) || (r == utf8.RuneError && size == 1) {
		return string(utf8.RuneError)
	}
	return ""
}

// isXML reports whether XML 1.0 can hold a character, be it as a reference. Surrogates never come from a Go string.
func isXML(r rune) bool {
	return r >= ' ' && r != 0xFFFE && r != 0xFFFF || r == '\t' || r == '\n' || r == '\r'
}

// attribute writes an attribute with the space before it.
func (o *output) attribute(name, value string) {
	o.raw(" ", name, `="`)
	o.escape(value)
	o.raw(`"`)
}

// nameToken makes an id an NMTOKEN, which is all that GraphML's schema takes for one. Different ids stay different.
func nameToken(id string) string { return escapeID(id, isNameCharacter) }

// xmlID makes an id a text that XML can hold. Different ids stay different, as they would not by U+FFFD.
func xmlID(id string) string { return escapeID(id, isXML) }

// escapeID writes the characters that are not kept as _xHHHH_ or _xHHHHHHHH_. An underscore before an x is written so
// too: what looks like an escape always is one.
func escapeID(id string, kept func(rune) bool) string {
	var out strings.Builder
	for i, r := range id {
		switch {
		case r == '_' && strings.HasPrefix(id[i+1:], "x"):
			out.WriteString("_x005F_")
		case r == utf8.RuneError || !kept(r):
			if r > 0xFFFF {
				fmt.Fprintf(&out, "_x%08X_", r)
			} else {
				fmt.Fprintf(&out, "_x%04X_", r)
			}
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func isNameCharacter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-._:", r)
	}
	return unicode.Is(nameLetters, r)
}

// nameLetters are the letters of the large scripts that XML 1.0 has allowed in names since its second edition: libxml2
// and most other validators go by that one (appendix B), not by the wider ranges of the fifth.
var nameLetters = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00C0, Hi: 0x00D6, Stride: 1}, // Latin
		{Lo: 0x00D8, Hi: 0x00F6, Stride: 1},
		{Lo: 0x00F8, Hi: 0x0131, Stride: 1},
		{Lo: 0x0134, Hi: 0x013E, Stride: 1},
		{Lo: 0x0141, Hi: 0x0148, Stride: 1},
		{Lo: 0x014A, Hi: 0x017E, Stride: 1},
		{Lo: 0x0388, Hi: 0x038A, Stride: 1}, // Greek
		{Lo: 0x038E, Hi: 0x03A1, Stride: 1},
		{Lo: 0x03A3, Hi: 0x03CE, Stride: 1},
		{Lo: 0x0401, Hi: 0x040C, Stride: 1}, // Cyrillic
		{Lo: 0x040E, Hi: 0x044F, Stride: 1},
		{Lo: 0x0451, Hi: 0x045C, Stride: 1},
		{Lo: 0x045E, Hi: 0x0481, Stride: 1},
		{Lo: 0x05D0, Hi: 0x05EA, Stride: 1}, // Hebrew
		{Lo: 0x0621, Hi: 0x063A, Stride: 1}, // Arabic
		{Lo: 0x0641, Hi: 0x064A, Stride: 1},
		{Lo: 0x0671, Hi: 0x06B7, Stride: 1},
		{Lo: 0x3041, Hi: 0x3094, Stride: 1}, // Japanese
		{Lo: 0x30A1, Hi: 0x30FA, Stride: 1},
		{Lo: 0x4E00, Hi: 0x9FA5, Stride: 1}, // Chinese
		{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}, // Korean
	},
	LatinOffset: 2,
}

package decode

import (
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"orbat/loader/format/input"
	"orbat/schema"
)

// ParseJSON reads one JSON value (RFC 8259) that fills src. Places are byte offsets in src. Unlike encoding/json it
// keeps numbers as they stand, refuses keys that stand twice, lone surrogates and invalid UTF-8, and knows where
// everything is.
func ParseJSON(src []byte, place func(Place) string) (Node, *ValueError) {
	return new(jsonParser).parse(src, place)
}

func (p *jsonParser) parse(src []byte, place func(Place) string) (Node, *ValueError) {
	*p = jsonParser{src: src, place: place, members: p.members[:0]}
	if at := InvalidUTF8(src); at >= 0 {
		return Node{}, BadUTF8(src, at)
	}
	p.space()
	value, err := p.value(0)
	if err != nil {
		return Node{}, err
	}
	p.space()
	if p.at < len(src) {
		return Node{}, p.unexpected("after the value's end")
	}
	return value, nil
}

// InvalidUTF8 returns the offset of the first byte that is no part of a character; -1: none.
func InvalidUTF8(src []byte) int {
	if utf8.Valid(src) {
		return -1
	}
	at := 0
	for at < len(src) {
		r, size := utf8.DecodeRune(src[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// BadUTF8 returns the error of a byte that is no part of a character.
func BadUTF8(src []byte, at int) *ValueError {
	fault := input.NotUTF8("invalid UTF-8")
	fault.Value = strconv.QuoteToASCII(string(src[at : at+1]))
	return At(Place(at), fault)
}

// jsonParser parses one value after another, and keeps the room that the members of the largest took.
type jsonParser struct {
	src   []byte
	at    int
	read  int                // values, as MaxValues counts them
	place func(Place) string // names a position for an error

	members []Member // of the objects that have not ended, the outer ones first
}

func (p *jsonParser) space() {
	for p.at < len(p.src) {
		switch p.src[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *jsonParser) syntax(reason, hint string) *ValueError {
	return &ValueError{At: Place(p.at), Syntax: true, Fault: schema.Fault{Reason: reason, Hint: hint}}
}

func (p *jsonParser) unexpected(where string) *ValueError {
	const hint = "each record is one JSON object, its keys and texts in double quotes"
	if p.at >= len(p.src) {
		return p.syntax("invalid JSON: it ends early, "+where, hint)
	}
	r, _ := utf8.DecodeRune(p.src[p.at:])
	return p.syntax("invalid JSON: unexpected "+strconv.QuoteRune(r)+" "+where, hint)
}

func (p *jsonParser) value(depth int) (Node, *ValueError) {
	if depth > input.MaxDepth {
		return Node{}, TooDeep(Place(p.at))
	}
	if p.read++; p.read > input.MaxValues {
		return Node{}, TooMany(Place(p.at))
	}
	if p.at >= len(p.src) {
		return Node{}, p.unexpected("where a value should be")
	}
	at := Place(p.at)
	switch c := p.src[p.at]; {
	case c == '"':
		p.read += 3
		s, err := p.text()
		return Node{Kind: Text, Text: s, At: at}, err
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.list(depth)
	case c == '-' || (c >= '0' && c <= '9'):
		n := numberEnd(p.src[p.at:])
		if n == 0 {
			return Node{}, p.unexpected("where a number should be")
		}
		s := string(p.src[p.at : p.at+n])
		p.at += n
		return Node{Kind: Literal, Text: s, At: at}, nil
	}
	for _, word := range [...]string{"null", "true", "false"} {
		if end := p.at + len(word); end <= len(p.src) && string(p.src[p.at:end]) == word {
			p.at = end
			if word == "null" {
				return Node{At: at}, nil
			}
			return Node{Kind: Literal, Text: word, At: at}, nil
		}
	}
	return Node{}, p.unexpected("where a value should be")
}

func (p *jsonParser) object(depth int) (Node, *ValueError) {
	n := Node{Kind: Object, At: Place(p.at)}
	first := len(p.members)
	p.at++
	for p.space(); ; p.space() {
		if p.at < len(p.src) && p.src[p.at] == '}' && len(p.members) == first {
			p.at++
			return n, nil
		}
		if p.at >= len(p.src) || p.src[p.at] != '"' {
			return n, p.unexpected("where a key should be")
		}
		p.read += 4
		m := Member{At: Place(p.at)}
		var err *ValueError
		if m.Key, err = p.text(); err != nil {
			return n, err
		}
		p.space()
		if p.at >= len(p.src) || p.src[p.at] != ':' {
			return n, p.unexpected("where a colon should be")
		}
		p.at++
		p.space()
		if m.Value, err = p.value(depth + 1); err != nil {
			return n, err
		}
		p.members = append(p.members, m)
		p.space()
		if p.at < len(p.src) && p.src[p.at] == ',' {
			p.at++
			continue
		}
		if p.at < len(p.src) && p.src[p.at] == '}' {
			p.at++
			break
		}
		return n, p.unexpected("in an object, where a comma or } should be")
	}
	n.Members = slices.Clone(p.members[first:])
	clear(p.members[first:])
	p.members = p.members[:first]
	return n, Repeated(n.Members, p.place)
}

func (p *jsonParser) list(depth int) (Node, *ValueError) {
	n := Node{Kind: List, At: Place(p.at)}
	p.at++
	for p.space(); ; p.space() {
		if p.at < len(p.src) && p.src[p.at] == ']' && len(n.Items) == 0 {
			p.at++
			return n, nil
		}
		item, err := p.value(depth + 1)
		if err != nil {
			return n, err
		}
		n.Items = append(n.Items, item)
		p.space()
		if p.at < len(p.src) && p.src[p.at] == ',' {
			p.at++
			continue
		}
		if p.at < len(p.src) && p.src[p.at] == ']' {
			p.at++
			return n, nil
		}
		return n, p.unexpected("in a list, where a comma or ] should be")
	}
}

// text reads a string.
func (p *jsonParser) text() (string, *ValueError) {
	p.at++
	from := p.at
	for p.at < len(p.src) {
		switch c := p.src[p.at]; {
		case c == '"':
			s := string(p.src[from:p.at])
			p.at++
			return s, nil
		case c == '\\':
			return p.escapedText(from)
		case c < 0x20:
			return "", p.unexpected("in a text; control characters are escaped there")
		}
		p.at++
	}
	return "", p.unexpected("in a text")
}

// escapedText reads the rest of a string that holds an escape.
func (p *jsonParser) escapedText(from int) (string, *ValueError) {
	b := append([]byte(nil), p.src[from:p.at]...)
	for p.at < len(p.src) {
		c := p.src[p.at]
		switch {
		case c == '"':
			p.at++
			return string(b), nil
		case c < 0x20:
			return "", p.unexpected("in a text; control characters are escaped there")
		case c != '\\':
			b = append(b, c)
			p.at++
			continue
		}
		if p.at+1 >= len(p.src) {
			p.at++
			return "", p.unexpected("in a text")
		}
		switch e := p.src[p.at+1]; e {
		case '"', '\\', '/':
			b = append(b, e)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r, size, err := p.codePoint()
			if err != nil {
				return "", err
			}
			b = utf8.AppendRune(b, r)
			p.at += size
			continue
		default:
			p.at++
			return "", p.unexpected("after a backslash")
		}
		p.at += 2
	}
	return "", p.unexpected("in a text")
}

// codePoint reads the escape \uXXXX at the parser's place, or the two of a surrogate pair, and returns its length.
func (p *jsonParser) codePoint() (rune, int, *ValueError) {
	r := p.hex4(p.at)
	if r < 0 {
		return 0, 0, p.unexpected(`where \u and four hexadecimal digits should be`)
	}
	if !utf16.IsSurrogate(r) {
		return r, 6, nil
	}
	if pair := utf16.DecodeRune(r, p.hex4(p.at+6)); pair != utf8.RuneError {
		return pair, 12, nil
	}
	return 0, 0, At(Place(p.at), schema.Fault{
		Value: string(p.src[p.at : p.at+6]), Reason: "half a surrogate pair, which is no character",
		Hint: "write the character itself, or both halves",
	})
}

// hex4 reads \uXXXX at an offset; -1: there is none.
func (p *jsonParser) hex4(at int) rune {
	if at+6 > len(p.src) || p.src[at] != '\\' || p.src[at+1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range p.src[at+2 : at+6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

package schema

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxJSONDepth bounds how deep lists and objects stand in one another.
const maxJSONDepth = 1000

var errJSON = errors.New("not JSON")

// CanonicalJSON returns a JSON value in the one spelling that it has wherever orbat keeps or compares it, whoever wrote
// it: no space that says nothing, keys in the order of their bytes, texts in NFC and escaped as [AppendJSONString]
// does, numbers as decimals without needless digits (1.50, 15e-1 and 1.5 are one; none loses a digit that counts).
// Canonical text is returned as it is.
//
// The error says why the text is no JSON, or no one value: a key that stands twice in an object, half a surrogate pair,
// invalid UTF-8.
func CanonicalJSON(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", errors.New("not valid UTF-8")
	}
	r := jsonReader{src: text}
	b, err := r.value(make([]byte, 0, len(text)), 0)
	if err != nil {
		return "", err
	}
	if r.space(); r.at < len(text) {
		return "", fmt.Errorf("%w: something stands behind the value", errJSON)
	}
	if string(b) == text {
		return text, nil
	}
	return string(b), nil
}

// AppendJSONString appends a text as a JSON string: as encoding/json writes it, but that <, > and & are not escaped,
// which a file has no need of.
func AppendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for at := 0; at < len(s); {
		escape, size := "", 1
		switch c := s[at]; {
		case c >= utf8.RuneSelf:
			var r rune
			r, size = utf8.DecodeRuneInString(s[at:])
			switch {
			case r == utf8.RuneError && size == 1:
				escape = `\ufffd`
			case r == '\u2028' || r == '\u2029': // ends of lines where JSON is read as JavaScript
				escape = `\u202` + hex[r&15:r&15+1]
			}
		case c == '"' || c == '\\':
			escape = `\` + s[at:at+1]
		case c == '\b':
			escape = `\b`
		case c == '\f':
			escape = `\f`
		case c == '\n':
			escape = `\n`
		case c == '\r':
			escape = `\r`
		case c == '\t':
			escape = `\t`
		case c < 0x20:
			escape = `\u00` + string([]byte{hex[c>>4], hex[c&15]})
		}
		if escape != "" {
			b = append(append(b, s[from:at]...), escape...)
			from = at + size
		}
		at += size
	}
	return append(append(b, s[from:]...), '"')
}

// jsonReader reads one JSON value and writes it again.
type jsonReader struct {
	src string
	at  int
}

func (r *jsonReader) space() {
	for r.at < len(r.src) && strings.IndexByte(" \t\r\n", r.src[r.at]) >= 0 {
		r.at++
	}
}

// next takes a byte, if it is the next one behind space.
func (r *jsonReader) next(c byte) bool {
	r.space()
	if r.at >= len(r.src) || r.src[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) value(b []byte, depth int) ([]byte, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("JSON of more than %d levels", maxJSONDepth)
	}
	if r.space(); r.at >= len(r.src) {
		return nil, fmt.Errorf("%w: it ends early", errJSON)
	}
	switch c := r.src[r.at]; c {
	case '"':
		s, err := r.text()
		return AppendJSONString(b, s), err
	case '[':
		return r.list(b, depth)
	case '{':
		return r.object(b, depth)
	case 't', 'f', 'n':
		for _, word := range []string{"true", "false", "null"} {
			if strings.HasPrefix(r.src[r.at:], word) {
				r.at += len(word)
				return append(b, word...), nil
			}
		}
	default:
		if number := r.number(); number != "" {
			return appendNumber(b, number), nil
		}
	}
	return nil, fmt.Errorf("%w: no value at byte %d", errJSON, r.at)
}

func (r *jsonReader) list(b []byte, depth int) ([]byte, error) {
	r.at++
	b = append(b, '[')
	if r.next(']') {
		return append(b, ']'), nil
	}
	for {
		var err error
		if b, err = r.value(b, depth+1); err != nil {
			return nil, err
		}
		if r.next(']') {
			return append(b, ']'), nil
		}
		if !r.next(',') {
			return nil, fmt.Errorf("%w: a list lacks , or ] at byte %d", errJSON, r.at)
		}
		b = append(b, ',')
	}
}

// jsonMember is a key of an object, and where it stands with its value in what is written.
type jsonMember struct {
	key        string
	begin, end int
}

func (r *jsonReader) object(b []byte, depth int) ([]byte, error) {
	r.at++
	b = append(b, '{')
	if r.next('}') {
		return append(b, '}'), nil
	}
	begin := len(b)
	var members []jsonMember
	for {
		if r.space(); r.at >= len(r.src) || r.src[r.at] != '"' {
			return nil, fmt.Errorf("%w: an object lacks a key at byte %d", errJSON, r.at)
		}
		m := jsonMember{begin: len(b)}
		var err error
		if m.key, err = r.text(); err != nil {
			return nil, err
		}
		if !r.next(':') {
			return nil, fmt.Errorf("%w: an object lacks : at byte %d", errJSON, r.at)
		}
		if b, err = r.value(append(AppendJSONString(b, m.key), ':'), depth+1); err != nil {
			return nil, err
		}
		m.end = len(b)
		members = append(members, m)
		if r.next('}') {
			break
		}
		if !r.next(',') {
			return nil, fmt.Errorf("%w: an object lacks , or } at byte %d", errJSON, r.at)
		}
		b = append(b, ',')
	}
	byKey := func(x, y jsonMember) int { return strings.Compare(x.key, y.key) }
	if !slices.IsSortedFunc(members, byKey) {
		written := string(b[begin:]) // not all that was written before: that would be quadratic
		b = b[:begin]
		slices.SortFunc(members, byKey)
		for i, m := range members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, written[m.begin-begin:m.end-begin]...)
		}
	}
	for i := range members[1:] {
		if members[i].key == members[i+1].key {
			return nil, fmt.Errorf("the key %q stands twice in one object", Shorten(members[i].key))
		}
	}
	return append(b, '}'), nil
}

// text reads a string and returns its text in NFC.
func (r *jsonReader) text() (string, error) {
	begin := r.at
	for r.at++; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; {
		case c == '\\':
			r.at++
		case c == '"':
			r.at++
			return unescaped(r.src[begin+1 : r.at-1])
		case c < 0x20:
			return "", fmt.Errorf("%w: a control character stands in a text at byte %d", errJSON, r.at)
		}
	}
	return "", fmt.Errorf("%w: a text has no end", errJSON)
}

// unescaped returns what stands between the quotes of a JSON string, in NFC.
func unescaped(s string) (string, error) {
	if strings.IndexByte(s, '\\') < 0 {
		return norm.NFC.String(s), nil
	}
	b := make([]byte, 0, len(s))
	for at := 0; at < len(s); at++ {
		if s[at] != '\\' {
			b = append(b, s[at])
			continue
		}
		at++
		const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		if i := strings.IndexByte(letters, s[at]); i >= 0 {
			b = append(b, meanings[i])
			continue
		}
		first, ok := hex4(s[at:])
		if !ok {
			return "", fmt.Errorf(`%w: the escape \%c`, errJSON, s[at])
		}
		at += 4
		switch {
		case first < 0xd800 || first > 0xdfff:
			b = utf8.AppendRune(b, first)
			continue
		case first < 0xdc00 && at+1 < len(s) && s[at+1] == '\\':
			if second, ok := hex4(s[at+2:]); ok && second >= 0xdc00 && second <= 0xdfff {
				b = utf8.AppendRune(b, 0x10000+(first-0xd800)<<10+(second-0xdc00))
				at += 6
				continue
			}
		}
		return "", errors.New("half a surrogate pair, which is no character")
	}
	return norm.NFC.String(string(b)), nil
}

// hex4 reads the letter u and four hexadecimal digits.
func hex4(s string) (rune, bool) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	return rune(n), err == nil //nolint:gosec // 16 bits
}

// number takes a number as JSON spells one; empty: there is none.
func (r *jsonReader) number() string {
	begin := r.at
	digits := func() int {
		from := r.at
		for r.at < len(r.src) && r.src[r.at] >= '0' && r.src[r.at] <= '9' {
			r.at++
		}
		return r.at - from
	}
	one := func(of string) bool {
		if r.at < len(r.src) && strings.IndexByte(of, r.src[r.at]) >= 0 {
			r.at++
			return true
		}
		return false
	}
	one("-")
	zero := r.at < len(r.src) && r.src[r.at] == '0'
	if n := digits(); n == 0 || zero && n > 1 {
		r.at = begin
		return ""
	}
	if one(".") && digits() == 0 {
		r.at = begin
		return ""
	}
	if one("eE") {
		one("+-")
		if digits() == 0 {
			r.at = begin
			return ""
		}
	}
	return r.src[begin:r.at]
}

// appendNumber appends a JSON number in its canonical spelling: the digits that count, as a plain decimal where that
// has at most 21 digits before the point and six zeros behind it (as JavaScript, and so RFC 8785, writes what fits into
// 64 bits), else with an exponent. An exponent that nothing measures, of more than 15 digits, stays as it is written.
func appendNumber(b []byte, text string) []byte {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		written := strings.TrimLeft(strings.TrimLeft(text[i+1:], "+-"), "0")
		if len(written) > 15 && strings.Trim(mantissa, "-0.") != "" {
			return append(b, text...)
		}
		if written != "" && len(written) <= 15 {
			exponent, _ = strconv.Atoi(written) // digits alone
		}
		if text[i+1] == '-' {
			exponent = -exponent
		}
	}
	negative := mantissa[0] == '-'
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction) + exponent // its place behind the first digit that counts
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return append(b, '0')
	}
	if negative {
		b = append(b, '-')
	}
	switch n := len(digits); {
	case point > 21 || point < -5:
		b = append(b, digits[0])
		if n > 1 {
			b = append(append(b, '.'), digits[1:]...)
		}
		b = append(b, 'e')
		if point > 0 {
			b = append(b, '+')
		}
		return strconv.AppendInt(b, int64(point-1), 10)
	case point >= n:
		return append(append(b, digits...), strings.Repeat("0", point-n)...)
	case point > 0:
		return append(append(append(b, digits[:point]...), '.'), digits[point:]...)
	default:
		return append(append(append(b, "0."...), strings.Repeat("0", -point)...), digits...)
	}
}

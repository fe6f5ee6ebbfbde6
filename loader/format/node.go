package format

import (
	"sort"
	"strings"
)

// node is a value as a file holds it, whatever the format: what readers make and shape.go turns into records.
type node struct {
	kind    nodeKind
	text    string   // a scalar's source text
	items   []node   // of a list
	members []member // of an object, in the order of the file; no key stands twice
	at      place
}

type nodeKind uint8

const (
	absent  nodeKind = iota // null, ~, an empty cell
	text                    // a text
	plain                   // a scalar without quotes in YAML: text, whatever it looks like
	literal                 // a number or truth value in JSON
	list
	object
)

type member struct {
	key   string
	at    place
	value node
}

// isScalar reports whether the node is one value.
func (n *node) isScalar() bool { return n.kind == text || n.kind == plain || n.kind == literal }

// isAbsent reports whether the node says nothing: null, or an empty text.
func (n *node) isAbsent() bool { return n.kind == absent || (n.isScalar() && n.text == "") }

// get gives a member that says something, or nil.
func (n *node) get(key string) *node {
	for i := range n.members {
		if n.members[i].key == key && !n.members[i].value.isAbsent() {
			return &n.members[i].value
		}
	}
	return nil
}

// what names the node's kind for an error.
func (n *node) what() string {
	switch n.kind {
	case absent:
		return "nothing"
	case list:
		return "a list"
	case object:
		return "an object"
	default:
		return "a text"
	}
}

// show gives the node's text for an error.
func (n *node) show() string {
	if n.isScalar() {
		return n.text
	}
	return cutText(string(n.appendCompact(nil, false)), MaxRejectValue)
}

// appendCompact appends the node as canonical compact JSON: keys sorted, literals as they stand. What stands in YAML without
// quotes becomes a text, or, with numbers set, a number where it is one (coordinates).
func (n *node) appendCompact(b []byte, numbers bool) []byte {
	switch n.kind {
	case absent:
		return append(b, "null"...)
	case literal:
		return append(b, n.text...)
	case text:
		return appendString(b, n.text)
	case plain:
		if numbers && isNumber(n.text) {
			return append(b, n.text...)
		}
		return appendString(b, n.text)
	case list:
		b = append(b, '[')
		for i := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.items[i].appendCompact(b, numbers)
		}
		return append(b, ']')
	default:
		sorted := make([]*member, len(n.members))
		for i := range n.members {
			sorted[i] = &n.members[i]
		}
		sort.Slice(sorted, func(i, j int) bool { return sorted[i].key < sorted[j].key })
		b = append(b, '{')
		for i, m := range sorted {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, m.key), ':')
			b = m.value.appendCompact(b, numbers)
		}
		return append(b, '}')
	}
}

// appendString appends a JSON string with only those escapes that JSON demands.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// isNumber reports whether a text is a number as JSON writes it.
func isNumber(s string) bool { return s != "" && numberEnd(s) == len(s) }

// numberEnd gives the length of the JSON number that s starts with; 0: none.
func numberEnd[T string | []byte](s T) int {
	i := 0
	digits := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s) && s[i] == '-' {
		i++
	}
	if i < len(s) && s[i] == '0' {
		i++
	} else if !digits() {
		return 0
	}
	if i < len(s) && s[i] == '.' {
		i++
		if !digits() {
			return 0
		}
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if !digits() {
			return 0
		}
	}
	return i
}

// keys lists an object's keys, for errors.
func (n *node) keys() string {
	var keys []string
	for i := range n.members {
		keys = append(keys, n.members[i].key)
	}
	return cutText(strings.Join(keys, ", "), 200)
}

// twice is the fault of a key that stands twice in one object.
func twice(key string, first, second string, at place) *fault {
	return &fault{
		at: at, column: key, value: key, reason: "the key stands twice: at " + first + " and " + second,
		hint: "keep one; several values of one property are a list",
	}
}

// repeated finds a key that stands twice.
func repeated(members []member) (first, second *member) {
	if len(members) <= 16 { // the common case needs no map
		for i := range members {
			for j := range i {
				if members[i].key == members[j].key {
					return &members[j], &members[i]
				}
			}
		}
		return nil, nil
	}
	seen := make(map[string]int, len(members))
	for i := range members {
		if j, ok := seen[members[i].key]; ok {
			return &members[j], &members[i]
		}
		seen[members[i].key] = i
	}
	return nil, nil
}

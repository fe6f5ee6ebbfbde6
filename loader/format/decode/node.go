package decode

import (
	"iter"
	"sort"
	"strings"

	"orbat/loader/format/input"
	"orbat/schema"
)

// Node is a value as a file holds it, whatever the format: what readers make and a [RecordDecoder] turns into records.
type Node struct {
	Kind    Kind
	Text    string   // a scalar's source text
	Items   []Node   // of a list
	Members []Member // of an object, in the order of the file; no key stands twice
	At      Place
	Fault   *schema.Fault // of a Faulty one: why its text cannot be read
}

// Kind says what a node is.
type Kind uint8

const (
	Absent  Kind = iota // null, ~, an empty cell
	Text                // a text
	Plain               // a scalar without quotes in YAML: text, whatever it looks like
	Literal             // a number or truth value in JSON
	List
	Object
	Faulty // a cell that cannot be read
)

// Member is a key of an object with its value.
type Member struct {
	Key   string
	At    Place
	Value Node
}

// IsScalar reports whether the node is one value.
func (n *Node) IsScalar() bool { return n.Kind == Text || n.Kind == Plain || n.Kind == Literal }

// IsAbsent reports whether the node says nothing: null, or an empty text.
func (n *Node) IsAbsent() bool { return n.Kind == Absent || (n.IsScalar() && n.Text == "") }

// Get returns a member that says something, or nil.
func (n *Node) Get(key string) *Node {
	for m := range n.Said() {
		if m.Key == key {
			return &m.Value
		}
	}
	return nil
}

// Said yields the members of an object that say something; of nil none.
func (n *Node) Said() iter.Seq[*Member] {
	return func(yield func(*Member) bool) {
		for i := 0; n != nil && i < len(n.Members); i++ {
			if m := &n.Members[i]; !m.Value.IsAbsent() && !yield(m) {
				return
			}
		}
	}
}

// All yields the values of a list, or the one that stands in its place, as far as they say something; of nil none.
func (n *Node) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		switch {
		case n == nil || n.IsAbsent():
			return
		case n.Kind != List:
			yield(n)
		}
		for i := range n.Items {
			if !n.Items[i].IsAbsent() && !yield(&n.Items[i]) {
				return
			}
		}
	}
}

// What names the node's kind for an error.
func (n *Node) What() string {
	switch n.Kind {
	case Absent:
		return "nothing"
	case List:
		return "a list"
	case Object:
		return "an object"
	case Faulty:
		return "what cannot be read"
	default:
		return "a text"
	}
}

// Show returns the node's text for an error.
func (n *Node) Show() string {
	if n.IsScalar() || n.Kind == Faulty {
		return n.Text
	}
	return input.CutText(string(n.AppendCompact(nil, false)), input.MaxRejectValue)
}

// AppendCompact appends the node as compact JSON: keys sorted, literals as they stand (validation makes them
// canonical). What stands in YAML without quotes becomes a text, or, with numbers set, a number where it is one
// (coordinates).
func (n *Node) AppendCompact(b []byte, numbers bool) []byte {
	switch n.Kind {
	case Absent:
		return append(b, "null"...)
	case Literal:
		return append(b, n.Text...)
	case Text, Faulty:
		return schema.AppendJSONString(b, n.Text)
	case Plain:
		if numbers && IsNumber(n.Text) {
			return append(b, n.Text...)
		}
		return schema.AppendJSONString(b, n.Text)
	case List:
		b = append(b, '[')
		for i := range n.Items {
			if i > 0 {
				b = append(b, ',')
			}
			b = n.Items[i].AppendCompact(b, numbers)
		}
		return append(b, ']')
	default:
		sorted := make([]*Member, len(n.Members))
		for i := range n.Members {
			sorted[i] = &n.Members[i]
		}
		sort.Slice(sorted, func(i, j int) bool { return sorted[i].Key < sorted[j].Key })
		b = append(b, '{')
		for i, m := range sorted {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(schema.AppendJSONString(b, m.Key), ':')
			b = m.Value.AppendCompact(b, numbers)
		}
		return append(b, '}')
	}
}

// IsNumber reports whether a text is a number as JSON writes it.
func IsNumber(s string) bool { return s != "" && numberEnd(s) == len(s) }

// numberEnd returns the length of the JSON number that s starts with; 0: none.
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

// Keys lists an object's keys, for errors.
func (n *Node) Keys() string {
	var keys []string
	for i := range n.Members {
		keys = append(keys, n.Members[i].Key)
	}
	return input.CutText(strings.Join(keys, ", "), 200)
}

// Repeated returns the error of a key that stands twice in one object; nil: none does. Where tells a place to the user.
func Repeated(members []Member, where func(Place) string) *ValueError {
	first, second := repeated(members)
	if first == nil {
		return nil
	}
	return At(second.At, schema.Fault{
		Column: first.Key, Value: first.Key, Reason: "the key stands twice: at " + where(first.At) + " and " + where(second.At),
		Hint: "keep one; several values of one property are a list",
	})
}

// repeated finds a key that stands twice.
func repeated(members []Member) (first, second *Member) {
	if len(members) <= 16 { // the common case needs no map
		for i := range members {
			for j := range i {
				if members[i].Key == members[j].Key {
					return &members[j], &members[i]
				}
			}
		}
		return nil, nil
	}
	seen := make(map[string]int, len(members))
	for i := range members {
		if j, ok := seen[members[i].Key]; ok {
			return &members[j], &members[i]
		}
		seen[members[i].Key] = i
	}
	return nil, nil
}

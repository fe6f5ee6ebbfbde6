package encode

import (
	"bytes"
	"encoding/json"
	"strings"
)

// kind is what a column holds. The names are GraphML's.
type kind string

const (
	textKind    kind = "string"
	intKind     kind = "int"
	doubleKind  kind = "double"
	booleanKind kind = "boolean"
)

// column is an attribute of nodes or edges that every flat format declares and writes.
type column[T any] struct {
	name string
	kind kind
	of   func(T) string // the value, as JSON writes it if it is no text; "" where there is none

	properties []string // the properties (of a node) or qualifiers (of an edge) that it shows
}

// cells calls do for every column in which the item has a value.
func cells[T any](columns []column[T], item T, do func(c *column[T], text string)) {
	for i := range columns {
		if text := columns[i].of(item); text != "" {
			do(&columns[i], text)
		}
	}
}

// joined is what a column of these properties shows.
func joined(values map[string][]string, properties ...string) string {
	if len(properties) == 1 {
		return strings.Join(values[properties[0]], "; ")
	}
	var all []string
	for _, property := range properties {
		all = append(all, values[property]...)
	}
	return strings.Join(all, "; ")
}

// restColumn is the column for the values that no other column shows exactly.
func restColumn[T any](name string, columns []column[T], values func(T) map[string][]string) column[T] {
	shownBy := map[string]func(T) string{}
	for _, c := range columns {
		for _, property := range c.properties {
			shownBy[property] = c.of
		}
	}
	return column[T]{name: name, kind: textKind, of: func(item T) string {
		rest := map[string][]string{}
		for property, list := range values(item) {
			if of := shownBy[property]; len(list) == 0 || (of != nil && len(list) == 1 && of(item) == list[0]) {
				continue
			}
			rest[property] = list
		}
		if len(rest) == 0 {
			return ""
		}
		return plainJSON(rest)
	}}
}

// plainJSON is compact JSON with sorted keys, in which <, > and & stand as they are: whatever it is put into escapes
// it once more.
func plainJSON(values any) string {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(values) // maps of texts always encode
	return strings.TrimSuffix(buf.String(), "\n")
}

// oneLine is a text as a label shows it.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

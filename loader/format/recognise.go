package format

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// recognise names the format of an input without an extension by its first bytes; empty: they do not tell.
func recognise(head []byte) string {
	rest := bytes.TrimLeft(head, " \t\r\n")
	if len(rest) == 0 {
		return "ndjson" // an empty pipe holds no records
	}
	switch rest[0] {
	case '{':
		return recogniseObject(rest)
	case '[':
		return "json"
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	line = bytes.TrimRight(line, "\r")
	if names := headerNames(line, headerDelimiter(line)); isHeader(names) {
		if headerDelimiter(line) == '\t' {
			return "tsv"
		}
		return "csv"
	}
	for line := range bytes.Lines(rest) {
		line := bytes.TrimRight(line, " \t\r\n")
		switch {
		case len(line) == 0 || line[0] == '#':
		case string(line) == "---" || bytes.HasPrefix(line, []byte("%YAML")) || bytes.HasPrefix(line, []byte("--- ")):
			return "yaml"
		default:
			if regexp.MustCompile(`^(- )?["']?[a-z_]+["']?:( |$)`).Match(line) {
				return "yaml"
			}
			return ""
		}
	}
	return ""
}

// recogniseObject tells NDJSON from one JSON object: several objects, one a line, or one record on one line.
func recogniseObject(rest []byte) string {
	line, more, found := bytes.Cut(rest, []byte("\n"))
	if !found && len(rest) >= bufferSize-1 {
		return "ndjson" // a line this long
	}
	whole := len(jsonValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
	if whole && (shapeOf(rest) == shapeRecord || bytes.HasPrefix(bytes.TrimLeft(more, " \t\r\n"), []byte("{"))) {
		return "ndjson"
	}
	return "json"
}

// jsonShape is what the keys of an object tell of a JSON file.
type jsonShape int

const (
	shapeCase   jsonShape = iota // a case file, or nothing known
	shapeRecord                  // a record
	shapeBundle                  // a STIX bundle
)

// shapeOf tells by the first bytes of an object what it is: which of the keys that only records have, or only case files,
// comes first.
func shapeOf(head []byte) jsonShape {
	rest := head[1:]
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n,")
		key := jsonValueStart(rest)
		if len(key) < 2 || key[0] != '"' {
			return shapeCase
		}
		rest = bytes.TrimLeft(rest[len(key):], " \t\r\n:")
		value := jsonValueStart(rest)
		switch name := string(key[1 : len(key)-1]); {
		case name == "type" && string(value) == `"bundle"`:
			return shapeBundle
		case slices.Contains([]string{"type", "relation", "property", "decision"}, name):
			return shapeRecord
		case isSection(name) || len(value) == 0:
			return shapeCase
		}
		rest = rest[len(value):]
	}
}

// jsonValueStart gives the JSON value that some text starts with; empty: it is cut, or there is none.
func jsonValueStart(from []byte) []byte {
	var scan jsonScan
	if n, done := scan.over(from); done {
		return from[:n]
	}
	return nil
}

// isSection reports whether a key of a case file holds records.
func isSection(key string) bool {
	return slices.Contains(strings.Fields("entities relations values decisions"), key)
}

package format

import (
	"bytes"
	"regexp"
	"slices"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
)

const space = " \t\r\n"

// sniffYAML looks for the first line that says something: a key, or the beginning of a document.
func sniffYAML(head []byte) bool {
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, space)
		switch {
		case len(line) == 0 || line[0] == '#':
		case string(line) == "---" || bytes.HasPrefix(line, []byte("%YAML")) || bytes.HasPrefix(line, []byte("--- ")):
			return true
		default:
			return regexp.MustCompile(`^(- )?["']?[a-z_]+["']?:( |$)`).Match(line)
		}
	}
	return false
}

func sniffJSON(head []byte) bool {
	head = bytes.TrimLeft(head, space)
	return bytes.HasPrefix(head, []byte("[")) || bytes.HasPrefix(head, []byte("{")) && !sniffNDJSON(head)
}

// sniffNDJSON tells NDJSON from one JSON object: several objects, one a line, or one record on one line. An empty pipe
// holds no records.
func sniffNDJSON(head []byte) bool {
	head = bytes.TrimLeft(head, space)
	if len(head) == 0 || head[0] != '{' {
		return len(head) == 0
	}
	line, more, found := bytes.Cut(head, []byte("\n"))
	if !found && len(head) >= input.BufferSize-1 {
		return true // a line this long
	}
	whole := len(decode.ValueStart(line)) == len(bytes.TrimRight(line, " \t\r"))
	return whole && (shapeOf(head) == shapeRecord || bytes.HasPrefix(bytes.TrimLeft(more, space), []byte("{")))
}

func sniffCSV(head []byte) bool {
	names, delimiter := decode.HeaderNames(head)
	return isHeader(names) && delimiter != '\t'
}

func sniffTSV(head []byte) bool {
	names, delimiter := decode.HeaderNames(head)
	return isHeader(names) && delimiter == '\t'
}

// jsonShape is what the keys of an object tell of a JSON file.
type jsonShape int

const (
	shapeCase   jsonShape = iota // a case file, or nothing known
	shapeRecord                  // a record
	shapeBundle                  // a STIX bundle
)

// shapeOf tells by the first bytes of an object what it is: which of the keys that only records have, or only case
// files, comes first.
func shapeOf(head []byte) jsonShape {
	for key, rest := range decode.FirstMembers(head) {
		value := decode.ValueStart(rest)
		_, isList := decode.SectionKind(key)
		switch {
		case key == "type" && string(value) == `"bundle"`:
			return shapeBundle
		case slices.Contains([]string{"type", "relation", "property", "decision", "text"}, key):
			return shapeRecord
		case isList || len(value) == 0:
			return shapeCase
		}
	}
	return shapeCase
}

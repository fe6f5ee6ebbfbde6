package format

import (
	"bytes"
	"iter"
	"regexp"
	"slices"
	"strings"
)

// recognise names the format of an input without an extension by its first bytes; empty: they do not tell.
func recognise(head []byte) string {
	if isZip(head) {
		return "xlsx" // or an archive of which its reader says what it is
	}
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
	if isFTMHeader(line) {
		return "ftm"
	}
	if names := headerNames(line, headerDelimiter(line)); isHeader(lowerAll(names)) {
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
	for key, rest := range firstMembers(head) {
		value := jsonValueStart(rest)
		switch {
		case key == "type" && string(value) == `"bundle"`:
			return shapeBundle
		case slices.Contains([]string{"type", "relation", "property", "decision"}, key):
			return shapeRecord
		case isSection(key) || len(value) == 0:
			return shapeCase
		}
	}
	return shapeCase
}

// firstMembers yields the keys of an object, as far as its first bytes show them, each with what follows its colon.
func firstMembers(head []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if len(head) == 0 {
			return
		}
		rest := head[1:]
		for {
			rest = bytes.TrimLeft(rest, " \t\r\n,")
			key := jsonValueStart(rest)
			if len(key) < 2 || key[0] != '"' {
				return
			}
			rest = bytes.TrimLeft(rest[len(key):], " \t\r\n:")
			if !yield(string(key[1:len(key)-1]), rest) {
				return
			}
			value := jsonValueStart(rest)
			if len(value) == 0 {
				return
			}
			rest = rest[len(value):]
		}
	}
}

// foreign names the format of others that a file's content is in, though its name and form are those of ours: STIX and
// FollowTheMoney are JSON too, and FollowTheMoney's statements CSV. Empty: it is none of them.
func foreign(format string, head []byte) string {
	rest := bytes.TrimLeft(head, " \t\r\n")
	switch format {
	case "json", "ndjson":
		return foreignJSON(rest, 0)
	case "csv", "tsv":
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		if isFTMHeader(bytes.TrimRight(line, "\r")) {
			return "ftm"
		}
	}
	return ""
}

// foreignJSON looks at the keys of the first object. A list, and the list that a bundle holds, is what its first object is.
func foreignJSON(rest []byte, depth int) string {
	if len(rest) > 0 && rest[0] == '[' && depth < stixNesting {
		return foreignJSON(bytes.TrimLeft(rest[1:], " \t\r\n"), depth+1)
	}
	if len(rest) == 0 || rest[0] != '{' {
		return ""
	}
	has := make(map[string]bool)
	kind, id := "", ""
	for key, rest := range firstMembers(rest) {
		has[key] = true
		value := string(bytes.Trim(jsonValueStart(rest), `"`))
		switch {
		case key == "type":
			kind = value
		case key == "id":
			id = value
		case key == "objects" && foreignJSON(rest, depth+1) == "stix":
			return "stix"
		}
	}
	of, isSTIX := parseStixID(id)
	switch {
	case kind == "bundle", isSTIX && (of.kind == kind || kind == ""):
		return "stix"
	case has["schema"] && has["properties"], isFTMStatement(has):
		return "ftm"
	}
	return ""
}

// isFTMStatement reports whether these are the keys of a statement of FollowTheMoney: one value of one property of one entity.
func isFTMStatement(keys map[string]bool) bool {
	return keys["schema"] && keys["prop"] && keys["value"] && (keys["entity_id"] || keys["canonical_id"])
}

// isFTMHeader reports whether a table holds statements of FollowTheMoney.
func isFTMHeader(line []byte) bool {
	names := headerNames(line, headerDelimiter(line))
	columns := make(map[string]bool)
	for _, name := range lowerAll(names) {
		columns[name] = true
	}
	return isFTMStatement(columns)
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

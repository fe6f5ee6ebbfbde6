package canned

import (
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// textPos is a place in a .dql file: its line from 1, and its column in characters from 1, or 0 where the whole line is
// meant. The zero spot is nowhere.
type textPos struct{ line, column int }

// fileHeader is a .dql file parted into its header and the DQL below.
type fileHeader struct {
	text string // the whole file, with \n as line ends
	yaml string // the leading # lines without their #: its lines are the file's
	cut  []int  // by line: how many characters were taken from its front
	dql  string
	body textPos // where dql begins

	document *yaml.Node // nil: the YAML cannot be read
}

// splitHeader parts the leading # lines from the DQL below.
func splitHeader(text string) fileHeader {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	h := fileHeader{text: text}
	var head []string
	rest := text
	for strings.HasPrefix(rest, "#") {
		line, after, _ := strings.Cut(rest, "\n")
		bare := strings.TrimPrefix(strings.TrimPrefix(line, "#"), " ")
		head, h.cut = append(head, bare), append(h.cut, len(line)-len(bare))
		rest = after
	}
	// What else YAML takes for the end of a line is within one here: its lines are to be the file's.
	within := strings.NewReplacer("\r", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ")
	h.yaml, h.dql = within.Replace(strings.Join(head, "\n")), strings.TrimSpace(rest)
	blank := rest[:len(rest)-len(strings.TrimLeft(rest, " \t\n\r\v\f"))]
	if h.dql == "" {
		blank = ""
	}
	h.body = textPos{len(head) + 1 + strings.Count(blank, "\n"), 1 + len(blank) - (strings.LastIndexByte(blank, '\n') + 1)}
	var document yaml.Node
	if yaml.Unmarshal([]byte(h.yaml), &document) == nil && len(document.Content) == 1 {
		h.document = document.Content[0]
	}
	return h
}

// at finds the value of a header's key, and the items within a list; nowhere where the key is not there.
func (h *fileHeader) at(key string, items ...int) textPos {
	if h.document == nil || h.document.Kind != yaml.MappingNode {
		return textPos{}
	}
	var node *yaml.Node
	for pair := range slices.Chunk(h.document.Content, 2) { // a key and its value
		if pair[0].Value == key && len(pair) == 2 {
			node = pair[1]
			break
		}
	}
	if node == nil {
		return textPos{}
	}
	for _, item := range items {
		if item >= len(node.Content) {
			break
		}
		node = node.Content[item]
	}
	return h.place(node.Line, node.Column)
}

// place turns a place in the YAML into one in the file.
func (h *fileHeader) place(line, column int) textPos {
	if line < 1 || line > len(h.cut) {
		return textPos{line: 1}
	}
	return textPos{line, column + h.cut[line-1]}
}

// word finds a word in a line of the header; the whole line where it is not there.
func (h *fileHeader) word(line int, word string) textPos {
	lines := strings.Split(h.yaml, "\n")
	if line > len(lines) {
		return textPos{line: 1}
	}
	at := strings.Index(lines[line-1], word)
	if at < 0 {
		return textPos{line: line}
	}
	return h.place(line, 1+utf8.RuneCountInString(lines[line-1][:at]))
}

// find returns the place of a text in the DQL; its beginning where it is not there.
func (q *Query) find(text string) textPos {
	at := max(0, strings.Index(q.DQL, text))
	line, column := lineAndColumn(q.DQL, at)
	return q.fileSpot(line, column)
}

// fileSpot turns a place in the DQL, a line and a column from 1, into one in the file.
func (q *Query) fileSpot(line, column int) textPos {
	if line == 1 && column > 0 {
		column += q.body.column - 1
	}
	return textPos{q.body.line + line - 1, column}
}

// lineAndColumn counts both from 1, columns in characters.
func lineAndColumn(text string, at int) (line, column int) {
	before := text[:at]
	begin := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[begin:])
}

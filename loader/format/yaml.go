package format

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

// readYAML reads case files, one a document. A document is parsed whole, so the order of its keys is free.
//
// Scalars are taken as they stand in the file, whatever YAML thinks they are. Aliases stand for what they name, within
// MaxAliased. Merge keys are refused: YAML 1.2 has none, and a record that takes keys from elsewhere hides what it says. Tags
// of an application (!include) are refused as well, those of YAML itself (!!str) have no effect.
func readYAML(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		f := yamlFile{ctx: ctx, in: in, yield: yield, documents: yamlDocuments{lines: lineReader{r: in.R}}}
		if err := f.read(); err != nil && !errors.Is(err, stopError{}) {
			yield(nil, err)
		}
	}
}

type yamlFile struct {
	ctx       context.Context
	in        *Input
	yield     func(*schema.Record, error) bool
	documents yamlDocuments
}

func (f *yamlFile) read() error {
	for {
		text, line, err := f.documents.next()
		if ended := f.ctx.Err(); ended != nil {
			err = ended
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return broken(f.ctx, schema.Position{File: f.in.Name, Line: f.documents.lines.line + 1}, err)
		}
		if err := f.document(text, line); err != nil {
			return err
		}
	}
}

// document reads the records of one document that starts at a line of the file.
func (f *yamlFile) document(text []byte, line int) error {
	if at := invalidUTF8(text); at >= 0 {
		bad := badUTF8(text, at)
		return &Error{Pos: advance(schema.Position{File: f.in.Name, Line: line, Column: 1}, text[:at]), Reason: bad.reason + " (" + bad.value + ")", Hint: bad.hint}
	}
	decoder := yaml.NewDecoder(&endingReader{ctx: f.ctx, r: bytes.NewReader(text)})
	for {
		var root yaml.Node
		err := parseYAML(decoder, &root)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case f.ctx.Err() != nil:
			return f.ctx.Err()
		case err != nil:
			return f.syntax(err, line)
		}
		doc := yamlDocument{yamlFile: f, text: text, line: line, starts: yamlLines(text)}
		for _, top := range root.Content {
			if err := doc.top(top); err != nil {
				return err
			}
		}
	}
}

// parseYAML parses the next document. The library panics on some malformed input.
func parseYAML(decoder *yaml.Decoder, root *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return decoder.Decode(root)
}

// endingReader ends a parse with the context.
type endingReader struct {
	ctx context.Context
	r   io.Reader
}

func (e *endingReader) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// syntax makes an error of the library's, which holds the line in its text.
func (f *yamlFile) syntax(err error, first int) error {
	pos := schema.Position{File: f.in.Name, Line: first}
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		number, what, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil {
			pos.Line, reason = first+n-1, what
		}
		if strings.HasPrefix(reason, "did not find expected") {
			pos.Line++ // the library counts from 0 in the errors of its parser, from 1 in those of its scanner
		}
	}
	return &Error{
		Pos: pos, Reason: "invalid YAML in what starts here: " + reason,
		Hint: `check the indentation; put texts that hold ": " or start with one of [{*&!|>%@ in quotes`,
	}
}

// yamlDocument makes records of one parsed document.
type yamlDocument struct {
	*yamlFile
	shaper
	text    []byte
	line    int   // of the file, where the text starts
	starts  []int // offsets of the text's lines
	aliased int   // values that aliases stood for so far
}

func (d *yamlDocument) fail(n *yaml.Node, reason, hint string) error {
	return &Error{Pos: d.position(n), Reason: reason, Hint: hint}
}

func (d *yamlDocument) position(n *yaml.Node) schema.Position {
	return schema.Position{File: d.in.Name, Line: d.line + n.Line - 1, Column: n.Column}
}

func yamlPlace(n *yaml.Node) place { return place(n.Line)<<32 | place(n.Column) }

func (d *yamlDocument) locate(at place) schema.Position {
	return schema.Position{File: d.in.Name, Line: d.line + int(at>>32) - 1, Column: int(at & (1<<32 - 1))}
}

// top reads the root of a document: a case file, or a list of records.
func (d *yamlDocument) top(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.SequenceNode:
		return d.list(n, len(d.text), d.record(anyKind))
	case n.Kind == yaml.MappingNode:
		return d.caseFile(n)
	case isYAMLNull(n):
		return nil
	}
	return d.fail(n, "a text, not a case file", caseKeys)
}

func (d *yamlDocument) caseFile(n *yaml.Node) error {
	seen := make(map[string]*yaml.Node)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := key.Value
		_, isRecords := sectionKind(name)
		if key.Kind != yaml.ScalarNode || !isRecords && !isCaseHeader(name) && name != "sources" && name != "note" {
			return d.fail(key, "unknown key "+strconv.Quote(schema.Shorten(name)), caseKeys)
		}
		if first := seen[name]; first != nil {
			return d.fail(key, "the key "+strconv.Quote(name)+" stands twice: at "+lineColumn(d.position(first))+" and "+lineColumn(d.position(key)), "put all into one")
		}
		seen[name] = key
	}
	for _, header := range []string{"dataset", "source"} { // in this order: a source is of the data set
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value != header {
				continue
			}
			if err := d.takeHeader(header, n.Content[i+1], d.after(n, i)); err != nil {
				return err
			}
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		take := handler(nil)
		if kind, ok := sectionKind(name); ok {
			take = d.record(kind)
		} else if name == "sources" {
			take = func(f *found) error { return d.send(d.source(f)) }
		}
		for value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch {
		case take == nil || isYAMLNull(value):
		case value.Kind != yaml.SequenceNode:
			return d.fail(value, name+" is no list", `start each of its records with "- "`)
		default:
			if err := d.list(value, d.after(n, i), take); err != nil {
				return err
			}
		}
	}
	return nil
}

// after gives the offset where the i-th member of a mapping ends at the latest.
func (d *yamlDocument) after(n *yaml.Node, i int) int {
	if i+2 < len(n.Content) {
		return d.offset(n.Content[i+2])
	}
	return len(d.text)
}

func (d *yamlDocument) takeHeader(name string, value *yaml.Node, end int) error {
	f, err := d.found(value, end)
	if err != nil {
		return f.fatal(err)
	}
	records, err := d.header(name, f)
	if err != nil {
		return f.fatal(err)
	}
	return d.send(records, nil)
}

func (d *yamlDocument) record(kind schema.RecordKind) handler {
	return func(f *found) error { return d.send(d.records(f, kind)) }
}

func (d *yamlDocument) send(records []*schema.Record, bad *BadRecord) error {
	if !yieldAll(records, bad, d.yield) {
		return stopError{}
	}
	return nil
}

// list hands the values of a list on, one at a time.
func (d *yamlDocument) list(n *yaml.Node, end int, take handler) error {
	for i, item := range n.Content {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		ends := end
		if i+1 < len(n.Content) {
			ends = d.offset(n.Content[i+1])
		}
		f, err := d.found(item, ends)
		switch {
		case err != nil && err.syntax:
			return f.fatal(err)
		case err != nil:
			if err := d.send(nil, f.reject(err)); err != nil {
				return err
			}
			continue
		}
		if err := take(f); err != nil {
			return err
		}
	}
	return nil
}

// found brings a value into a node, with the text it stands in. The found is there even where the value is faulty.
func (d *yamlDocument) found(n *yaml.Node, end int) (*found, *fault) {
	f := &found{pos: d.position(n), locate: d.locate}
	if start := d.offset(n); start < end {
		raw := bytes.TrimRight(d.text[start:end], " \t\r\n")
		raw = bytes.TrimSuffix(raw, []byte("-")) // of the next item
		f.raw = bytes.TrimRight(raw, " \t\r\n")
	}
	var err *fault
	f.node, err = d.node(n, 0, false)
	return f, err
}

// node brings a value of YAML into a node.
func (d *yamlDocument) node(n *yaml.Node, depth int, aliased bool) (node, *fault) {
	out := node{at: yamlPlace(n)}
	if depth > MaxDepth {
		return out, &fault{at: out.at, reason: "nested deeper than " + strconv.Itoa(MaxDepth) + " levels", hint: "a record is a flat object"}
	}
	if aliased {
		if d.aliased++; d.aliased > MaxAliased {
			return out, &fault{
				at: out.at, syntax: true, reason: "the aliases of the document stand for more than " + strconv.Itoa(MaxAliased) + " values",
				hint: "write the values out; an alias within an alias multiplies",
			}
		}
	}
	if n.Kind == yaml.AliasNode {
		return d.node(n.Alias, depth+1, true)
	}
	if err := foreignTag(n); err != nil {
		return out, err
	}
	switch n.Kind {
	case yaml.ScalarNode:
		out.text = n.Value
		switch {
		case isYAMLNull(n):
			out.kind = absent
		case isPlain(n):
			out.kind = plain
		default:
			out.kind = text
		}
		return out, nil
	case yaml.SequenceNode:
		out.kind = list
		for _, item := range n.Content {
			inner, err := d.node(item, depth+1, aliased)
			if err != nil {
				return out, err
			}
			out.items = append(out.items, inner)
		}
		return out, nil
	default:
		out.kind = object
		err := d.members(n, &out, depth, aliased)
		return out, err
	}
}

func (d *yamlDocument) members(n *yaml.Node, out *node, depth int, aliased bool) *fault {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := yamlPlace(key)
		for key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			return &fault{at: at, reason: "a key is a list or object", hint: "keys are texts; put { in quotes if it is part of one"}
		case key.Value == "<<" && isPlain(key):
			return &fault{at: at, column: "<<", reason: "merge keys are not read", hint: "write the keys out in each record"}
		}
		value, err := d.node(n.Content[i+1], depth+1, aliased)
		if err != nil {
			return named(err, key.Value)
		}
		out.members = append(out.members, member{key: key.Value, at: at, value: value})
	}
	if first, second := repeated(out.members); first != nil {
		return twice(first.key, lineColumn(d.locate(first.at)), lineColumn(d.locate(second.at)), second.at)
	}
	return nil
}

// isPlain reports whether a scalar stands without quotes or tag.
func isPlain(n *yaml.Node) bool {
	const dressed = yaml.TaggedStyle | yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	return n.Kind == yaml.ScalarNode && n.Style&dressed == 0
}

func isYAMLNull(n *yaml.Node) bool {
	if !isPlain(n) {
		return false
	}
	switch n.Value {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// foreignTag refuses the tags of applications, which ask for something to be done.
func foreignTag(n *yaml.Node) *fault {
	if n.Style&yaml.TaggedStyle == 0 {
		return nil
	}
	switch n.Tag {
	case "!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq":
		return nil
	}
	return &fault{at: yamlPlace(n), value: n.Tag, reason: "YAML tags are not read", hint: "write the value itself, in quotes if it starts with !"}
}

// yamlLines gives the offsets of a text's lines, by the line breaks of YAML 1.1 that the parser counts.
func yamlLines(text []byte) []int {
	starts := []int{0}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
			i++
		case text[i] == '\n' || text[i] == '\r':
		case bytes.HasPrefix(text[i:], []byte("\u0085")):
			i++
		case bytes.HasPrefix(text[i:], []byte("\u2028")), bytes.HasPrefix(text[i:], []byte("\u2029")):
			i += 2
		default:
			continue
		}
		starts = append(starts, i+1)
	}
	return starts
}

// offset gives the offset of a node's start in the document's text.
func (d *yamlDocument) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line > len(d.starts) {
		return len(d.text)
	}
	at := d.starts[n.Line-1]
	for column := 1; column < n.Column && at < len(d.text); column++ {
		at++
		for at < len(d.text) && d.text[at]&0xc0 == 0x80 {
			at++
		}
	}
	return at
}

// yamlDocuments cuts a file into documents at its lines "---", so that only one is held at a time.
type yamlDocuments struct {
	lines  lineReader
	text   []byte
	marker []byte // the line that begins the next document, already read
}

// next gives the text of the next document and the line where it starts, valid until the next call.
func (y *yamlDocuments) next() (document []byte, line int, err error) {
	y.text = append(y.text[:0], y.marker...)
	begun := len(y.marker) > 0 // something but comments and directives has been read
	line = y.lines.line
	if !begun {
		line++
	}
	y.marker = nil
	for {
		part, tooLong, err := y.lines.next(MaxYAML - len(y.text))
		switch {
		case errors.Is(err, io.EOF) && len(y.text) > 0:
			return y.text, line, nil
		case err != nil:
			return nil, line, err
		case tooLong || len(y.text)+len(part) > MaxYAML:
			return nil, line, &Error{
				Reason: "a YAML document of more than " + strconv.Itoa(MaxYAML>>20) + " MiB",
				Hint:   `split it into documents with lines "---", or write NDJSON, which has no such bound`,
			}
		case isDocumentMarker(part) && begun:
			y.marker = bytes.Clone(part)
			return y.text, line, nil
		}
		y.text = append(y.text, part...)
		content := bytes.TrimLeft(part, " \t\r\n")
		begun = begun || len(content) > 0 && content[0] != '#' && part[0] != '%'
	}
}

func isDocumentMarker(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r' || rest[0] == '\n')
}

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

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

const (
	// MaxYAML is the largest YAML document in bytes. A file may hold several, separated by "---".
	MaxYAML = 64 << 20
	// MaxAliased is how many values the aliases of one YAML document may stand for, all told.
	MaxAliased = 100_000
)

// readYAML reads case files, one a document. A document is parsed whole, so the order of its keys is free.
//
// Scalars are taken as they stand in the file, whatever YAML thinks they are. Aliases stand for what they name, within
// MaxAliased. Merge keys are refused: YAML 1.2 has none, and a record that takes keys from elsewhere hides what it
// says. Tags of an application (!include) are refused as well, those of YAML itself (!!str) have no effect.
func readYAML(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return decode.Sequence(func(send decode.Send) error {
		f := yamlFile{ctx: ctx, in: in, send: send, documents: yamlDocuments{lines: input.LineReader{R: in.R}}}
		return f.read()
	})
}

type yamlFile struct {
	ctx       context.Context
	in        *input.Input
	send      decode.Send
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
			return input.ErrorAt(f.ctx, schema.Position{File: f.in.Name, Line: f.documents.lines.Line + 1}, err)
		}
		if err := f.document(text, line); err != nil {
			return err
		}
	}
}

// document reads the records of one document that starts at a line of the file.
func (f *yamlFile) document(text []byte, line int) error {
	if at := decode.InvalidUTF8(text); at >= 0 {
		bad := decode.BadUTF8(text, at).Fault
		bad.Pos = decode.Advance(schema.Position{File: f.in.Name, Line: line, Column: 1}, text[:at])
		bad.Reason += " (" + bad.Value + ")"
		return input.Fail(bad)
	}
	starts := yamlLines(text)
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
		doc := yamlDocument{yamlFile: f, text: text, line: line, starts: starts}
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
	return input.Fail(schema.Fault{
		Pos: pos, Reason: "invalid YAML in what starts here: " + reason,
		Hint: `check the indentation; put texts that hold ": " or start with one of [{*&!|>%@ in quotes`,
	})
}

// yamlDocument makes records of one parsed document.
type yamlDocument struct {
	*yamlFile
	decode.RecordDecoder
	text    []byte
	line    int           // of the file, where the text starts
	starts  []int         // offsets of the text's lines
	aliased int           // values that aliases stood for so far
	values  int           // of the record so far, as MaxValues counts them
	columns map[int][]int // by line: the offsets of each thousandth character
}

func (d *yamlDocument) fail(n *yaml.Node, reason, hint string) error {
	return input.Fail(schema.Fault{Pos: d.position(n), Reason: reason, Hint: hint})
}

func (d *yamlDocument) position(n *yaml.Node) schema.Position {
	return schema.Position{File: d.in.Name, Line: d.line + n.Line - 1, Column: n.Column}
}

func yamlPlace(n *yaml.Node) decode.Place { return decode.Place(n.Line)<<32 | decode.Place(n.Column) }

func (d *yamlDocument) locate(at decode.Place) schema.Position {
	return schema.Position{File: d.in.Name, Line: d.line + int(at>>32) - 1, Column: int(at & (1<<32 - 1))}
}

// top reads the root of a document: a case file, or a list of records.
func (d *yamlDocument) top(n *yaml.Node) error {
	switch {
	case n.Kind == yaml.SequenceNode:
		return d.list(n, len(d.text), d.records(decode.AnyKind))
	case n.Kind == yaml.MappingNode:
		return d.caseFile(n)
	case isYAMLNull(n):
		return nil
	}
	return d.fail(n, "a text, not a case file", caseKeys)
}

func (d *yamlDocument) caseFile(n *yaml.Node) error {
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		name := key.Value
		_, isRecords := decode.SectionKind(name)
		if key.Kind != yaml.ScalarNode || !isRecords && !isCaseHeader(name) && name != "sources" && name != "note" {
			return unknownKey(name, d.position(key))
		}
		if first, again := seen[name]; again {
			return keyTwice(name, d.position(n.Content[first]), d.position(key))
		}
		seen[name] = i
	}
	for _, header := range []string{"dataset", "source"} { // in this order: a source is of the data set
		if i, given := seen[header]; given {
			if err := d.takeHeader(header, n.Content[i+1], d.after(n, i)); err != nil {
				return err
			}
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i].Value, n.Content[i+1]
		var take func(*decode.RawRecord) error
		if kind, ok := decode.SectionKind(name); ok {
			take = d.records(kind)
		} else if name == "sources" {
			take = func(f *decode.RawRecord) error { return d.send(d.Source(f)) }
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

// after returns the offset where the i-th member of a mapping ends at the latest.
func (d *yamlDocument) after(n *yaml.Node, i int) int {
	if i+2 < len(n.Content) {
		return d.offset(n.Content[i+2])
	}
	return len(d.text)
}

func (d *yamlDocument) takeHeader(name string, value *yaml.Node, end int) error {
	f, err := d.rawRecord(value, end)
	if err != nil {
		return f.Fatal(err)
	}
	records, err := d.Header(name, f)
	if err != nil {
		return f.Fatal(err)
	}
	return d.send(records, nil)
}

// records returns what sends the records of a value. Kind is what it must be.
func (d *yamlDocument) records(kind schema.RecordKind) func(*decode.RawRecord) error {
	return func(f *decode.RawRecord) error { return d.send(d.Records(f, kind)) }
}

// list hands the values of a list on, one at a time.
func (d *yamlDocument) list(n *yaml.Node, end int, take func(*decode.RawRecord) error) error {
	for i, item := range n.Content {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		ends := end
		if i+1 < len(n.Content) {
			ends = d.offset(n.Content[i+1])
		}
		f, err := d.rawRecord(item, ends)
		switch {
		case err != nil && err.Syntax:
			return f.Fatal(err)
		case err != nil:
			if err := d.send(nil, f.Reject(err)); err != nil {
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

// rawRecord brings a value into a node, with the text it stands in. The record is there even where the value is faulty.
func (d *yamlDocument) rawRecord(n *yaml.Node, end int) (*decode.RawRecord, *decode.ValueError) {
	f := &decode.RawRecord{Pos: d.position(n), Locate: d.locate}
	if start := d.offset(n); start < end {
		raw := bytes.TrimRight(d.text[start:end], " \t\r\n")
		raw = bytes.TrimSuffix(raw, []byte("-")) // of the next item
		f.Raw = bytes.TrimRight(raw, " \t\r\n")
	}
	var err *decode.ValueError
	d.values = 0
	f.Node, err = d.node(n, 0, false)
	return f, err
}

// node brings a value of YAML into a node.
func (d *yamlDocument) node(n *yaml.Node, depth int, aliased bool) (decode.Node, *decode.ValueError) {
	out := decode.Node{At: yamlPlace(n)}
	if depth > input.MaxDepth {
		return out, decode.TooDeep(out.At)
	}
	if d.values++; d.values > input.MaxValues {
		return out, decode.TooMany(out.At)
	}
	if aliased {
		if d.aliased++; d.aliased > MaxAliased {
			return out, &decode.ValueError{At: out.At, Syntax: true, Fault: schema.Fault{
				Reason: "the aliases of the document stand for more than " + strconv.Itoa(MaxAliased) + " values",
				Hint:   "write the values out; an alias within an alias multiplies",
			}}
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
		d.values += 3
		out.Text = n.Value
		switch {
		case isYAMLNull(n):
			out.Kind = decode.Absent
		case isPlain(n):
			out.Kind = decode.Plain
		default:
			out.Kind = decode.Text
		}
		return out, nil
	case yaml.SequenceNode:
		out.Kind = decode.List
		for _, item := range n.Content {
			inner, err := d.node(item, depth+1, aliased)
			if err != nil {
				return out, err
			}
			out.Items = append(out.Items, inner)
		}
		return out, nil
	default:
		out.Kind = decode.Object
		err := d.members(n, &out, depth, aliased)
		return out, err
	}
}

func (d *yamlDocument) members(n *yaml.Node, out *decode.Node, depth int, aliased bool) *decode.ValueError {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		at := yamlPlace(key)
		for key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		switch {
		case key.Kind != yaml.ScalarNode:
			return decode.At(at, schema.Fault{
				Reason: "a key is a list or object",
				Hint:   "keys are texts; put { in quotes if it is part of one",
			})
		case key.Value == "<<" && isPlain(key):
			return decode.At(at, schema.Fault{Column: "<<", Reason: "merge keys are not read", Hint: "write the keys out in each record"})
		}
		value, err := d.node(n.Content[i+1], depth+1, aliased)
		if err != nil {
			return err.Within(key.Value)
		}
		d.values += 4
		out.Members = append(out.Members, decode.Member{Key: key.Value, At: at, Value: value})
	}
	return decode.Repeated(out.Members, func(at decode.Place) string { return decode.LineColumn(d.locate(at)) })
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
func foreignTag(n *yaml.Node) *decode.ValueError {
	if n.Style&yaml.TaggedStyle == 0 {
		return nil
	}
	switch n.Tag {
	case "!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq":
		return nil
	}
	return decode.At(yamlPlace(n), schema.Fault{
		Value: n.Tag, Reason: "YAML tags are not read", Hint: "write the value itself, in quotes if it starts with !",
	})
}

// yamlLines returns the offsets of a text's lines, by the line breaks of YAML 1.1 that the parser counts.
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

// offset returns the offset of a node's start in the document's text. A whole document may stand in one line: of long
// ones it remembers the offset of each thousandth character, so that all nodes are found in the time of reading it.
func (d *yamlDocument) offset(n *yaml.Node) int {
	const step = 1 << 10
	if n.Line < 1 || n.Line > len(d.starts) {
		return len(d.text)
	}
	at, left := d.starts[n.Line-1], n.Column-1
	if left >= step {
		known := d.columns[n.Line]
		if known == nil {
			known = []int{at}
		}
		for len(known) <= left/step {
			known = append(known, d.skip(known[len(known)-1], step))
		}
		if d.columns == nil {
			d.columns = map[int][]int{}
		}
		d.columns[n.Line] = known
		at, left = known[left/step], left%step
	}
	return d.skip(at, left)
}

// skip returns the offset so many characters after another.
func (d *yamlDocument) skip(at, characters int) int {
	for ; characters > 0 && at < len(d.text); characters-- {
		at++
		for at < len(d.text) && d.text[at]&0xc0 == 0x80 {
			at++
		}
	}
	return at
}

// yamlDocuments cuts a file into documents at its lines "---", so that only one is held at a time.
type yamlDocuments struct {
	lines  input.LineReader
	text   []byte
	marker []byte // the line that begins the next document, already read
}

// next returns the text of the next document and the line where it starts, valid until the next call.
func (y *yamlDocuments) next() (document []byte, line int, err error) {
	y.text = append(y.text[:0], y.marker...)
	begun := len(y.marker) > 0 // something but comments and directives has been read
	line = y.lines.Line
	if !begun {
		line++
	}
	y.marker = nil
	for {
		part, tooLong, err := y.lines.Next(MaxYAML - len(y.text))
		switch {
		case errors.Is(err, io.EOF) && len(y.text) > 0:
			return y.text, line, nil
		case err != nil:
			return nil, line, err
		case tooLong || len(y.text)+len(part) > MaxYAML:
			return nil, line, input.Fail(schema.Fault{
				Reason: "a YAML document of more than " + strconv.Itoa(MaxYAML>>20) + " MiB",
				Hint:   `split it into documents with lines "---", or write NDJSON, which has no such bound`,
			})
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

package format

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// readCSV reads rows whose header names keys (RFC 4180). A row with a relation is a relation, one with a property a value, one
// with a type an entity; an empty cell says nothing. A header that ends with [] holds lists, separated by "|". The parts of a
// reference or source stand in columns of their own: from_type, to_name, source_title.
func readCSV(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return readTable(ctx, in, 0)
}

// readTSV reads the same, separated by tabs.
func readTSV(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return readTable(ctx, in, '\t')
}

// readTable reads a table; delimiter 0: the header tells.
func readTable(ctx context.Context, in *Input, delimiter byte) iter.Seq2[*schema.Record, error] {
	return func(yield func(*schema.Record, error) bool) {
		t := table{rows: rowReader{lines: lineReader{r: in.R}, delimiter: delimiter}, file: in.Name}
		err := t.header()
		for err == nil {
			if err = ctx.Err(); err == nil {
				err = t.row(yield)
			}
		}
		if !errors.Is(err, io.EOF) && !errors.Is(err, stopError{}) {
			yield(nil, broken(ctx, schema.Position{File: in.Name, Line: t.rows.lines.line + 1}, err))
		}
	}
}

type table struct {
	shaper
	rows    rowReader
	file    string
	columns []column
}

// column is one column of the header.
type column struct {
	name   string
	list   bool   // the cells are lists
	object string // the reference or source that the column is a part of
	part   string // its key there
}

const headerHint = "name the columns in the first line: type and xid, id or name for entities; relation, from and to for relations; property, of and value for values"

// header reads the header line.
func (t *table) header() error {
	raw, line, err := t.rows.next()
	pos := schema.Position{File: t.file, Line: 1, Column: 1}
	if errors.Is(err, io.EOF) {
		return &Error{Pos: pos, Reason: "the file is empty", Hint: headerHint}
	}
	if errors.Is(err, longRowError{}) {
		return &Error{Pos: pos, Reason: "the first line is longer than " + strconv.Itoa(MaxRecord>>20) + " MiB", Hint: headerHint}
	}
	if err != nil {
		return t.placed(err, line)
	}
	pos.Line = line
	fail := func(reason, hint string) error { return &Error{Pos: pos, Reason: reason, Hint: hint} }
	if at := invalidUTF8(raw); at >= 0 {
		return fail("invalid UTF-8 in the header", "save the file as UTF-8")
	}
	if bytes.ContainsRune(bytes.TrimRight(raw, "\r"), '\r') {
		return fail("the lines end with CR alone", "save the file with LF or CRLF line ends")
	}
	if t.rows.delimiter == 0 {
		t.rows.delimiter = headerDelimiter(raw)
	}
	names := headerNames(raw, t.rows.delimiter)
	for i, name := range names {
		if name == "" {
			return fail("column "+strconv.Itoa(i+1)+" has no name; found: "+strings.Join(names, ", "), "name every column, or delete the empty one")
		}
		if j := slices.IndexFunc(names[:i], func(other string) bool { return strings.TrimSuffix(other, "[]") == strings.TrimSuffix(name, "[]") }); j >= 0 {
			return fail("columns "+strconv.Itoa(j+1)+" and "+strconv.Itoa(i+1)+" are both named "+name, "keep one; several values of one property stand in one column "+strings.TrimSuffix(name, "[]")+`[], separated by "|"`)
		}
		t.columns = append(t.columns, makeColumn(name))
	}
	for _, c := range t.columns {
		if c.object != "" && slices.Contains(names, c.object+"[]") {
			return fail("column "+c.object+"_"+c.part+" is of one "+c.object+", column "+c.object+"[] of several", "keep one of the two columns")
		}
	}
	if !isHeader(names) {
		return fail("no column type, relation or property; found: "+cutText(strings.Join(names, ", "), 300), headerHint)
	}
	return nil
}

// makeColumn reads a column's name.
func makeColumn(name string) column {
	bare, isList := strings.CutSuffix(name, "[]")
	c := column{name: bare, list: isList}
	object, part, found := strings.Cut(bare, "_")
	if !found {
		return c
	}
	switch object {
	case "from", "to", "of":
		if slices.Contains([]string{"xid", "id", "type", "name"}, part) {
			c.object, c.part = object, part
		}
	case "source":
		c.object, c.part = object, part
	}
	return c
}

// headerDelimiter tells the delimiter by the header: a semicolon or tab where there is no comma.
func headerDelimiter(header []byte) byte {
	switch {
	case bytes.IndexByte(header, ',') >= 0:
		return ','
	case bytes.IndexByte(header, ';') >= 0:
		return ';'
	case bytes.IndexByte(header, '\t') >= 0:
		return '\t'
	}
	return ','
}

func headerNames(header []byte, delimiter byte) []string {
	names, _ := splitRow(header, delimiter) // what is wrong with it shows in its names
	for i := range names {
		names[i] = strings.ToLower(strings.TrimSpace(names[i]))
	}
	return names
}

// isHeader reports whether some column can tell what a row is.
func isHeader(names []string) bool {
	return slices.Contains(names, "type") || slices.Contains(names, "relation") || slices.Contains(names, "property")
}

// row reads one row.
func (t *table) row(yield func(*schema.Record, error) bool) error {
	raw, line, err := t.rows.next()
	f := found{pos: schema.Position{File: t.file, Line: line, Column: 1}, raw: raw}
	send := func(records []*schema.Record, bad *BadRecord) error {
		if !yieldAll(records, bad, yield) {
			return stopError{}
		}
		return nil
	}
	switch {
	case errors.Is(err, longRowError{}):
		return send(nil, tooLongRecord(f.pos, raw))
	case err != nil:
		return t.placed(err, line)
	}
	cells, fault := t.cells(raw)
	if fault != nil {
		return send(nil, f.reject(fault))
	}
	if f.node = t.object(cells); len(f.node.members) == 0 {
		return nil // nothing but delimiters, as spreadsheets leave behind
	}
	return send(t.records(&f, anyKind))
}

// placed puts the position of the row to an error that has none.
func (t *table) placed(err error, line int) error {
	var known *Error
	if errors.As(err, &known) && known.Pos.Line == 0 && known.Pos.File == "" {
		known.Pos = schema.Position{File: t.file, Line: line}
	}
	return err
}

// cells splits a row and checks it.
func (t *table) cells(raw []byte) ([]string, *fault) {
	if at := invalidUTF8(raw); at >= 0 {
		err := badUTF8(raw, at)
		if column := bytes.Count(raw[:at], []byte{t.rows.delimiter}); !bytes.Contains(raw[:at], []byte{'"'}) && column < len(t.columns) {
			err.column = t.columns[column].name
		}
		return nil, err
	}
	cells, err := splitRow(raw, t.rows.delimiter)
	if err != nil {
		return nil, err
	}
	if len(cells) != len(t.columns) {
		return nil, &fault{
			value: cutText(string(raw), MaxRejectValue), reason: strconv.Itoa(len(cells)) + " cells; the header has " + strconv.Itoa(len(t.columns)),
			hint: "put cells that hold the delimiter in double quotes",
		}
	}
	return cells, nil
}

// object brings a row into an object as NDJSON would have it.
func (t *table) object(cells []string) node {
	row := node{kind: object, members: make([]member, 0, len(cells))}
	for i, c := range t.columns {
		cell := cells[i]
		if strings.TrimSpace(cell) == "" {
			continue
		}
		value := node{kind: text, text: cell}
		switch {
		case c.list:
			value = splitCell(cell)
		case c.object == "" && slices.Contains([]string{"type", "relation", "property", "decision", "id", "xid", "dataset"}, c.name):
			value.text = strings.TrimSpace(cell)
		}
		if c.object == "" {
			row.put(c.name, value)
			continue
		}
		row.part(c.object, c.part, value)
	}
	return row
}

// put sets a member. A reference whose parts came first takes the text as its xid or id.
func (n *node) put(key string, value node) {
	whole := n.get(key)
	if whole == nil {
		n.members = append(n.members, member{key: key, value: value})
		return
	}
	if ref, err := schema.ParseRef(value.text); err == nil {
		whole.identify(ref)
	}
}

// part sets a part of a reference or source, which becomes an object if it was a text.
func (n *node) part(key, part string, value node) {
	whole := n.get(key)
	switch {
	case whole == nil:
		n.members = append(n.members, member{key: key, value: node{kind: object}})
		whole = &n.members[len(n.members)-1].value
	case whole.kind == text:
		ref, err := schema.ParseRef(whole.text)
		*whole = node{kind: object}
		if err == nil {
			whole.identify(ref)
		}
	}
	whole.members = append(whole.members, member{key: part, value: value})
}

// identify adds the identity of a reference to an object.
func (n *node) identify(ref schema.Ref) {
	if ref.XID != "" {
		n.members = append(n.members, member{key: "xid", value: node{kind: text, text: ref.XID}})
	} else {
		n.members = append(n.members, member{key: "id", value: node{kind: text, text: ref.ID}})
	}
}

// splitCell splits a cell of a list.
func splitCell(cell string) node {
	n := node{kind: list}
	for _, item := range strings.Split(cell, "|") {
		if item = strings.TrimSpace(item); item != "" {
			n.items = append(n.items, node{kind: text, text: item})
		}
	}
	return n
}

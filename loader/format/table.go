package format

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"orbat/schema"
)

// rowsReader yields the rows of one table by the contract of [Rows], the header among them.
type rowsReader func(ctx context.Context, in *Input) iter.Seq2[schema.Row, error]

// IsTable reports whether files of the format are tables, which [Rows] reads.
func (f Format) IsTable() bool { return f.rows != nil }

// Tables lists the names of the formats that are tables.
func Tables() []string {
	var names []string
	for _, f := range All() {
		if f.IsTable() {
			names = append(names, f.Name)
		}
	}
	return names
}

// Rows reads one table to its end: CSV, TSV or a sheet of an Excel workbook, compressed or not. The contract is that of
// [Read]; a *[BadRecord] rejects one row.
//
// The first row yielded is the header. Its cells are the names as they stand, without the space around them; empty or
// equal ones are for the mapping to judge, which may speak of columns by number. Every further row has as many cells, each as
// it stands; rows in which nothing stands are left out.
func Rows(ctx context.Context, f File, opts Options) iter.Seq2[schema.Row, error] {
	return func(yield func(schema.Row, error) bool) {
		in, err := open(ctx, f, opts)
		if err != nil {
			yield(schema.Row{}, err)
			return
		}
		defer in.close()
		format, err := chooseTable(f, in, opts)
		if err != nil {
			yield(schema.Row{}, err)
			return
		}
		begun := false
		for row, err := range format.rows(ctx, in) {
			if !yield(row, err) {
				return
			}
			if bad := (*BadRecord)(nil); err != nil && !errors.As(err, &bad) {
				return
			}
			begun = true
		}
		if !begun {
			yield(schema.Row{}, &Error{
				Pos:    schema.Position{File: in.Name, Line: 1, Column: 1},
				Reason: "the table is empty", Hint: "its first row must name the columns",
			})
		}
	}
}

// chooseTable picks the format of a table: as choose does, and where neither a name nor the content tells, by the delimiter of
// the first line.
func chooseTable(f File, in *Input, opts Options) (Format, error) {
	if opts.Format == "" && (f.isStdin() || extension(f.Path) == "") {
		head, err := in.peek()
		if err != nil {
			return Format{}, broken(in.ctx, schema.Position{File: in.Name}, err)
		}
		if head = bytes.TrimLeft(head, " \r\n"); len(head) == 0 || recognise(head) == "" {
			line, _, _ := bytes.Cut(head, []byte("\n"))
			opts.Format = "csv"
			if headerDelimiter(line) == '\t' {
				opts.Format = "tsv"
			}
		}
	}
	format, err := choose(f, in, opts)
	if err == nil && !format.IsTable() {
		err = &Error{
			Pos: schema.Position{File: in.Name}, Reason: format.Name + " is no table",
			Hint: "a mapping reads tables (" + strings.Join(Tables(), ", ") + "); load this file without one",
		}
	}
	if err == nil {
		err = in.suits(format)
	}
	return format, err
}

// byHeader makes records of a table's rows: the header names keys. A row with a relation is a relation, one with a property a
// value, one with a type an entity; an empty cell says nothing. A header that ends with [] holds lists, separated by "|". The
// parts of a reference or source stand in columns of their own: from_type, to_name, source_title.
func byHeader(rows rowsReader) func(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
	return func(ctx context.Context, in *Input) iter.Seq2[*schema.Record, error] {
		return func(yield func(*schema.Record, error) bool) {
			var t table
			for row, err := range rows(ctx, in) {
				switch {
				case err != nil:
					if bad := (*BadRecord)(nil); !yield(nil, err) || !errors.As(err, &bad) {
						return
					}
				case t.columns == nil:
					if err := t.header(row); err != nil {
						yield(nil, err)
						return
					}
				case !t.row(row, yield):
					return
				}
			}
			if t.columns == nil {
				yield(nil, &Error{Pos: schema.Position{File: in.Name, Line: 1, Column: 1}, Reason: "the file is empty", Hint: headerHint})
			}
		}
	}
}

// table makes records of rows.
type table struct {
	shaper
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

// header reads the header.
func (t *table) header(row schema.Row) error {
	fail := func(reason, hint string) error { return &Error{Pos: row.Pos, Reason: reason, Hint: hint} }
	names := lowerAll(row.Cells)
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

// isHeader reports whether some column can tell what a row is.
func isHeader(names []string) bool {
	return slices.Contains(names, "type") || slices.Contains(names, "relation") || slices.Contains(names, "property")
}

// lowerAll gives the names of columns as byHeader compares them.
func lowerAll(cells []string) []string {
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = strings.ToLower(strings.TrimSpace(cell))
	}
	return names
}

// row yields the records of one row; it reports whether to go on.
func (t *table) row(row schema.Row, yield func(*schema.Record, error) bool) bool {
	f := found{pos: row.Pos, raw: row.Raw, node: t.object(row.Cells)}
	if len(f.node.members) == 0 {
		return true // nothing but separators of lists
	}
	records, bad := t.records(&f, anyKind)
	return yieldAll(records, bad, yield)
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

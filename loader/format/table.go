package format

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"orbat/loader/format/decode"
	"orbat/loader/format/input"
	"orbat/schema"
)

// rowsReader yields the rows of one table by the contract of [Rows], the header among them.
type rowsReader func(ctx context.Context, in *input.Input) iter.Seq2[schema.Row, error]

// Rows reads one table to its end: CSV, TSV or a sheet of an Excel workbook, compressed or not. The contract is that of
// [Read]; a *[schema.RecordError] rejects one row.
//
// The first row yielded is the header. Its cells are the names as they stand, without the space around them; empty or
// equal ones are for the mapping to judge, which may speak of columns by number. Every further row has as many cells,
// each as it stands; rows in which nothing stands are left out.
func Rows(ctx context.Context, f File, opts Options) iter.Seq2[schema.Row, error] {
	return func(yield func(schema.Row, error) bool) {
		in, err := open(ctx, f, opts)
		if err != nil {
			yield(schema.Row{}, err)
			return
		}
		defer in.Close()
		format, err := chooseTable(f, in)
		if err != nil {
			yield(schema.Row{}, err)
			return
		}
		begun := false
		for row, err := range format.rows(ctx, in) {
			if !yield(row, err) || input.Ends(err) {
				return
			}
			begun = true
		}
		if !begun {
			yield(schema.Row{}, input.Fail(schema.Fault{
				Pos: schema.Position{File: in.Name, Line: 1, Column: 1}, Reason: "the table is empty",
				Hint: "its first row must name the columns",
			}))
		}
	}
}

// chooseTable picks the format of a table.
func chooseTable(f File, in *input.Input) (Format, error) {
	format, err := choose(f, in, true)
	if err == nil && !format.IsTable() {
		err = input.Fail(schema.Fault{
			Pos: schema.Position{File: in.Name}, Reason: format.Name + " is no table",
			Hint: "a mapping reads tables (" + strings.Join(Tables(), ", ") + "); load this file without one",
		})
	}
	if err == nil {
		err = checkKind(in, format)
	}
	return format, err
}

// csvRows reads rows (RFC 4180) separated by the delimiter of the options, or by the one that the header shows.
func csvRows(ctx context.Context, in *input.Input) iter.Seq2[schema.Row, error] {
	return decode.DelimitedRows(ctx, in, 0)
}

// tsvRows reads rows separated by tabs.
func tsvRows(ctx context.Context, in *input.Input) iter.Seq2[schema.Row, error] {
	return decode.DelimitedRows(ctx, in, '\t')
}

// byHeader makes records of a table's rows: the header names keys. A row with a relation is a relation, one with a
// property a value, one with a type an entity; an empty cell says nothing. A header that ends with [] holds lists,
// separated by "|". The parts of a reference or source stand in columns of their own: from_type, to_name, source_title.
func byHeader(rows rowsReader) func(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
	return func(ctx context.Context, in *input.Input) iter.Seq2[*schema.Record, error] {
		return decode.Sequence(func(send decode.Send) error {
			var t table
			for row, err := range rows(ctx, in) {
				switch {
				case input.Ends(err):
				case err != nil:
					var bad *schema.RecordError
					_ = errors.As(err, &bad) // it does not end the reading
					err = send(nil, bad)
				case t.columns == nil:
					err = t.header(row)
				default:
					err = t.row(row, send)
				}
				if err != nil {
					return err
				}
			}
			if t.columns == nil {
				return input.Fail(schema.Fault{
					Pos: schema.Position{File: in.Name, Line: 1, Column: 1}, Reason: "the file is empty", Hint: headerHint,
				})
			}
			return nil
		})
	}
}

// table makes records of rows.
type table struct {
	decode.RecordDecoder
	columns []column
	taken   map[string]bool // the keys of which several columns tell
}

// column is one column of the header.
type column struct {
	name   string
	list   bool   // the cells are lists
	word   bool   // the cells are words of ours and names of records: what stands around one is no part of it
	object string // the reference or source that the column is a part of
	part   string // its key there
}

const headerHint = "name the columns in the first line: type and xid, id or name for entities; relation, from and to for relations; " +
	"property, of and value for values"

// header reads the header.
func (t *table) header(row schema.Row) error {
	fail := func(reason, hint string) error {
		return input.Fail(schema.Fault{Pos: row.Pos, Reason: reason, Hint: hint})
	}
	names := decode.LowerAll(row.Cells)
	first := make(map[string]int, len(names))
	for i, name := range names {
		if name == "" {
			return fail("column "+strconv.Itoa(i+1)+" has no name; found: "+strings.Join(names, ", "),
				"name every column, or delete the empty one")
		}
		bare := strings.TrimSuffix(name, "[]")
		if j, again := first[bare]; again {
			return fail("columns "+strconv.Itoa(j+1)+" and "+strconv.Itoa(i+1)+" are both named "+name,
				"keep one; several values of one property stand in one column "+strings.TrimSuffix(name, "[]")+`[], separated by "|"`)
		}
		first[bare] = i
		t.columns = append(t.columns, makeColumn(name))
	}
	t.taken = map[string]bool{}
	for _, c := range t.columns {
		if c.object == "" {
			continue
		}
		t.taken[c.object] = true
		if i, is := first[c.object]; is && t.columns[i].list {
			return fail("column "+c.object+"_"+c.part+" is of one "+c.object+", column "+c.object+"[] of several",
				"keep one of the two columns")
		}
	}
	if len(names) == 1 && strings.Contains(names[0], "|") && isHeader(strings.Split(names[0], "|")) {
		return input.Fail(schema.Fault{
			Pos: row.Pos, Reason: "the columns have | between them; found: " + input.CutText(names[0], 300),
			Hint: "say what stands between the cells", Option: schema.Option{Name: "delimiter", Value: "|"},
		})
	}
	if !isHeader(names) {
		return fail("no column type, relation or property; found: "+input.CutText(strings.Join(names, ", "), 300), headerHint)
	}
	return nil
}

// makeColumn reads a column's name.
func makeColumn(name string) column {
	bare, isList := strings.CutSuffix(name, "[]")
	words := []string{"type", "relation", "property", "decision", "id", "xid", "dataset"}
	c := column{name: bare, list: isList, word: slices.Contains(words, bare)}
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

// row sends the records of one row.
func (t *table) row(row schema.Row, send decode.Send) error {
	f := decode.RawRecord{Pos: row.Pos, Raw: row.Raw}
	if tooMany(row.Cells) {
		return send(nil, f.Reject(decode.TooMany(0)))
	}
	if f.Node = t.object(&row); len(f.Node.Members) == 0 {
		return nil // nothing but separators of lists
	}
	return send(t.Records(&f, decode.AnyKind))
}

// tooMany reports whether a row holds more values than a record may, if all its cells are lists.
func tooMany(cells []string) bool {
	n, size := 8*len(cells), 0
	for _, cell := range cells {
		size += len(cell)
	}
	if n+4*size <= input.MaxValues {
		return false // as of nearly all rows: not even if separators were all that stands in them
	}
	for _, cell := range cells {
		n += 4 * strings.Count(cell, listSeparator)
	}
	return n > input.MaxValues
}

// object brings a row into an object as NDJSON would have it.
func (t *table) object(of *schema.Row) decode.Node {
	row := rowObject{Node: decode.Node{Kind: decode.Object, Members: make([]decode.Member, 0, len(of.Cells))}}
	for i, c := range t.columns {
		cell, fault := of.Cells[i], of.FaultOf(i)
		if fault == nil && strings.TrimSpace(cell) == "" {
			continue
		}
		value := decode.Node{Kind: decode.Text, Text: cell}
		switch {
		case fault != nil:
			value.Kind, value.Fault = decode.Faulty, fault
		case c.list:
			value = splitCell(cell)
		case c.word:
			value.Text = strings.TrimSpace(cell)
		}
		switch {
		case c.object != "":
			row.putPart(c.object, c.part, value)
		case t.taken[c.name]:
			row.put(c.name, value)
		default:
			row.Members = append(row.Members, decode.Member{Key: c.name, Value: value})
		}
	}
	return row.Node
}

// rowObject is the object of a row, with the places of the members of which several columns tell.
type rowObject struct {
	decode.Node
	at map[string]int
}

// get returns such a member, nil where it has none yet.
func (n *rowObject) get(key string) *decode.Node {
	if i, is := n.at[key]; is {
		return &n.Members[i].Value
	}
	return nil
}

func (n *rowObject) add(key string, value decode.Node) *decode.Node {
	if n.at == nil {
		n.at = map[string]int{}
	}
	n.at[key] = len(n.Members)
	n.Members = append(n.Members, decode.Member{Key: key, Value: value})
	return n.get(key)
}

// put sets a member. A reference whose parts came first takes the text as its xid or id.
func (n *rowObject) put(key string, value decode.Node) {
	whole := n.get(key)
	if whole == nil {
		n.add(key, value)
		return
	}
	if value.Kind == decode.Faulty {
		*whole = value
		return
	}
	if ref, err := schema.ParseRef(value.Text); err == nil {
		identify(whole, ref)
	}
}

// putPart sets a part of a reference or source, which becomes an object if it was a text.
func (n *rowObject) putPart(key, part string, value decode.Node) {
	whole := n.get(key)
	switch {
	case whole == nil:
		whole = n.add(key, decode.Node{Kind: decode.Object})
	case whole.Kind == decode.Text:
		ref, err := schema.ParseRef(whole.Text)
		*whole = decode.Node{Kind: decode.Object}
		if err == nil {
			identify(whole, ref)
		}
	case whole.Kind == decode.Faulty:
		return
	}
	whole.Members = append(whole.Members, decode.Member{Key: part, Value: value})
}

// identify adds the identity of a reference to an object.
func identify(n *decode.Node, ref schema.Ref) {
	key, text := "id", ref.ID
	if ref.XID != "" {
		key, text = "xid", ref.XID
	}
	n.Members = append(n.Members, decode.Member{Key: key, Value: decode.Node{Kind: decode.Text, Text: text}})
}

// listSeparator stands between the items of a cell that holds a list.
const listSeparator = "|"

// splitCell splits a cell of a list.
func splitCell(cell string) decode.Node {
	n := decode.Node{Kind: decode.List, Items: make([]decode.Node, 0, strings.Count(cell, listSeparator)+1)}
	for _, item := range strings.Split(cell, listSeparator) {
		if item = strings.TrimSpace(item); item != "" {
			n.Items = append(n.Items, decode.Node{Kind: decode.Text, Text: item})
		}
	}
	return n
}

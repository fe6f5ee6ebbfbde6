package step

import (
	"orbat/queries/canned"
	"orbat/queries/view"
)

// Row is a line of a table and what it rests on.
type Row struct {
	Edges    []*view.GraphEdge // drawn with it; the one it is about first
	About    *view.GraphEdge   // the one it is about, where that is not drawn; nil: the first of Edges
	Also     []string          // uids of further entities that it names
	Possible bool              // it holds only possibly at the time asked for (law 7)
	Of       any               // what the cells of the step's columns are made of
}

// rowsOf makes a row of each of a list.
func rowsOf[T any](list []T, row func(T) Row) []Row {
	rows := make([]Row, len(list))
	for i, of := range list {
		rows[i] = row(of)
	}
	return rows
}

// Column is one that a step fills: what stands in its cell of a row.
type Column struct {
	Name string
	Cell func(n names, row Row) string
}

// column is a [Column] of rows that are made of one type.
type column[T any] struct {
	name string
	cell func(n names, of T) string
}

// columns returns the columns of rows that are made of one type. Each needs its cell: a column that nothing fills does
// not compile.
func columns[T any](list ...column[T]) []Column {
	all := make([]Column, len(list))
	for i, c := range list {
		all[i] = Column{c.name, func(n names, row Row) string {
			of, _ := row.Of.(T) // a step has no others
			return c.cell(n, of)
		}}
	}
	return all
}

// names are the entities of an answer as it describes them, by xid.
type names map[string]*view.Node

// of returns what to call an entity.
func (n names) of(xid string) string {
	if node := n[xid]; node != nil {
		return node.Name
	}
	return xid
}

// typeOf returns the type of an entity.
func (n names) typeOf(xid string) string {
	if node := n[xid]; node != nil {
		return node.Type
	}
	return ""
}

// columnsFor returns the columns of a step's rows that a header names, all where it names none, and how to head them.
func (s *Step) columnsFor(q *canned.Query) (columns []Column, heads []string) {
	if len(q.Columns) == 0 {
		for _, c := range s.Columns {
			heads = append(heads, c.Name)
		}
		return s.Columns, heads
	}
	for _, named := range q.Columns {
		name, head := canned.SplitColumn(named)
		columns, heads = append(columns, s.column(name)), append(heads, head)
	}
	return columns, heads
}

// column returns the step's column of a name. That there is one the header's check has seen to.
func (s *Step) column(name string) Column {
	for _, c := range s.Columns {
		if c.Name == name {
			return c
		}
	}
	return s.Any(name)
}

// fill puts rows into a result, with the columns that its question's header names.
func (s *Step) fill(result *view.Result, q *canned.Query, rows []Row) {
	columns, heads := s.columnsFor(q)
	described := names{}
	for _, n := range result.Nodes {
		described[n.XID] = n
	}
	result.Columns = heads
	linked := len(q.Columns) > 0 && len(s.Columns) > 0 // else the rows may be about no link at all
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = c.Cell(described, r)
		}
		about := ""
		switch {
		case r.About != nil:
			about = r.About.ID()
		case len(r.Edges) > 0:
			about = r.Edges[0].ID()
		}
		if r.Possible {
			result.Possible++
		}
		linked = linked || about != ""
		result.Rows, result.RowEdge = append(result.Rows, cells), append(result.RowEdge, about)
	}
	if !linked {
		result.RowEdge = nil
	}
}

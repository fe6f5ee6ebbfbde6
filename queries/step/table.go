package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// Row is a line of a table and what it rests on.
type Row struct {
	Edges    []*view.GraphEdge // drawn with it; the one it is about first
	About    *view.GraphEdge   // the one it is about, where that is not drawn; nil: the first of Edges
	Also     []string          // uids of further entities that it names
	Claims   []*view.Evidence  // that it rests on; nil: all behind the edge it is about
	Says     []*statement      // what it says of links; nil: what Claims say of the one it is about, or all that Edges do
	Possible bool              // it holds only possibly at the time asked for (law 7)
	Of       any               // what the cells of the step's columns are made of

	contested bool // claims deny or negate what it says (law 9)
}

// edge is the one that the row is about, nil where there is none.
func (r *Row) edge() *view.GraphEdge {
	if r.About == nil && len(r.Edges) > 0 {
		return r.Edges[0]
	}
	return r.About
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

// names are the entities of an answer as it describes them, and how long a cell may be.
type names struct {
	byXID map[string]*view.Node
	all   bool // lists are given whole: the answer is for a program

	ontology *schema.Ontology
}

// amount returns a qualifier of a relation, with its bounds where it is a number that has any: "9 (7-12)".
func (n names) amount(relation, qualifier string, values map[string][]string) string {
	return strings.Join(n.qualifiers(relation, values)[qualifier], ", ")
}

// outcome returns what came of an event for who suffered it, and for how many: "killed 9 (7-12)".
func (n names) outcome(relation string, values map[string][]string) string {
	outcome := strings.Join(values["outcome"], ", ")
	if outcome == "" {
		return ""
	}
	return joinNonEmpty(" ", outcome, n.amount(relation, "quantity", values))
}

// qualifiers returns what a statement of a relation adds, numbers with their bounds.
func (n names) qualifiers(relation string, values map[string][]string) map[string][]string {
	if r := n.ontology.Relation(relation); r != nil {
		return schema.WithBounds(r.Qualifiers, values)
	}
	return values
}

// of returns what to call an entity.
func (n names) of(xid string) string {
	if node := n.byXID[xid]; node != nil {
		return node.Name
	}
	return xid
}

// typeOf returns the type of an entity.
func (n names) typeOf(xid string) string {
	if node := n.byXID[xid]; node != nil {
		return node.Type
	}
	return ""
}

// withContested adds to a step's columns the one that marks the contested, after that which marks the possible.
func withContested(list []Column) []Column {
	at := 1 + slices.IndexFunc(list, func(c Column) bool { return c.Name == "possible" })
	return slices.Insert(list, at, Column{canned.Contested, func(_ names, row Row) string {
		if row.contested {
			return "contested"
		}
		return ""
	}})
}

// marksContested reports whether the step's rows are marked where claims deny what they say.
func (s *Step) marksContested() bool {
	return slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Name == canned.Contested })
}

// markContested marks the edges and rows of an answer of which claims deny what they say.
func (x *Execution) markContested(ctx context.Context, rows []Row) error {
	edges := slices.Clone(x.edges)
	for _, r := range rows {
		edges = append(edges, r.Edges...)
	}
	if err := x.Contest(ctx, edges); err != nil {
		return err
	}
	for i := range rows {
		rows[i].contested = rows[i].contested || x.contests(&rows[i])
	}
	return nil
}

// contests reports whether claims deny or negate what a row says.
func (x *Execution) contests(r *Row) bool {
	if r.Says != nil {
		return slices.ContainsFunc(r.Says, x.denied)
	}
	if r.Claims != nil && len(r.Edges) > 0 {
		return slices.ContainsFunc(r.Claims, func(c *view.Evidence) bool {
			return c.Counts() && len(x.Denials(r.Edges[0], c.Values, c.When)) > 0
		})
	}
	return slices.ContainsFunc(r.Edges, func(e *view.GraphEdge) bool { return e.Contested })
}

// denied reports whether claims deny or negate what a statement says.
func (x *Execution) denied(s *statement) bool { return len(x.Denials(s.edge, s.values, s.period)) > 0 }

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
func (s *Step) fill(ontology *schema.Ontology, result *view.Result, q *canned.Query, rows []Row, whole bool) {
	columns, heads := s.columnsFor(q)
	described := names{map[string]*view.Node{}, whole, ontology}
	for _, n := range result.Nodes {
		described.byXID[n.XID] = n
	}
	result.Columns = heads
	linked := len(q.Columns) > 0 && len(s.Columns) > 0 // else the rows may be about no link at all
	chosen := false                                    // a row rests on some of the claims behind its edge
	for _, r := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = c.Cell(described, r)
		}
		about := ""
		if e := r.edge(); e != nil {
			about = e.ID()
		}
		if r.Possible {
			result.Possible++
		}
		if r.contested && s.marksContested() {
			result.Contested++
		}
		linked = linked || about != ""
		result.Rows, result.RowEdge = append(result.Rows, cells), append(result.RowEdge, about)
		result.RowClaims = append(result.RowClaims, r.Claims)
		chosen = chosen || r.Claims != nil
	}
	if !linked {
		result.RowEdge = nil
	}
	if !chosen {
		result.RowClaims = nil
	}
}

// possibly is the cell that marks what only possibly holds.
func possibly(yes bool) string {
	if yes {
		return "possibly"
	}
	return ""
}

// String says how many days there are.
func (d dayBounds) String() string {
	switch {
	case d.most < 0 && d.least == 0:
		return "unknown"
	case d.most < 0:
		return fmt.Sprintf("at least %d", d.least)
	case d.least == d.most:
		return strconv.Itoa(d.least)
	case d.least == 0:
		return fmt.Sprintf("at most %d", d.most)
	default:
		return fmt.Sprintf("%d to %d", d.least, d.most)
	}
}

// publishersOf returns who published the sources behind claims, once each however it is written; a source that names no
// publisher counts as one of its own.
func publishersOf(claims []*view.Evidence) []string {
	names := map[string]string{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			name := cmp.Or(cite.Publisher, cite.Title, cite.Source)
			key := cmp.Or(schema.Folded(cite.Publisher), cite.Source)
			if have, known := names[key]; !known || name < have {
				names[key] = name
			}
		}
	}
	return slices.Sorted(maps.Values(names))
}

// sourcesOf names the sources behind claims.
func sourcesOf(claims []*view.Evidence) []string {
	names := map[string]string{}
	for _, c := range claims {
		for _, cite := range c.Cites {
			names[cite.Source] = cmp.Or(cite.Title, cite.Source)
		}
	}
	return slices.Sorted(maps.Values(names))
}

// surest is the highest confidence of claims, nil where nobody graded them.
func surest(claims []*view.Evidence) *int {
	var best *int
	for _, c := range claims {
		if c.Confidence != nil && (best == nil || *c.Confidence > *best) {
			best = c.Confidence
		}
	}
	return best
}

// weakest is the lower of two confidences; what nobody graded is weaker than all.
func weakest(x, y *int) *int {
	switch {
	case x == nil || y == nil:
		return nil
	case *x < *y:
		return x
	default:
		return y
	}
}

// compareConfidence puts the sure first and the ungraded last.
func compareConfidence(x, y *int) int {
	grade := func(n *int) int {
		if n == nil {
			return -1
		}
		return *n
	}
	return cmp.Compare(grade(y), grade(x))
}

// newest is the last date on which one of the sources was published, as precise as that source says it; zero where none
// tells. Of dates that end alike it is the more precise.
func newest(claims []*view.Evidence) schema.Range {
	var last schema.Range
	for _, c := range claims {
		for _, cite := range c.Cites {
			date, err := schema.ParseDate(cite.Published)
			if err == nil && !date.Max.IsZero() && (last.IsZero() || cmp.Or(date.Max.Compare(last.Max), date.Min.Compare(last.Min)) > 0) {
				last = date
			}
		}
	}
	return last
}

// joinNonEmpty joins what is there.
func joinNonEmpty(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

// list lists texts; for a reader the first three, and how many more there are.
func (n names) list(texts []string) string {
	const most = 3
	if n.all || len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:most], ", ") + fmt.Sprintf(" (+%d)", len(texts)-most)
}

// number is the cell of a number, empty where there is none.
func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// quoted is the cell of a quote.
func quoted(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("“%s”", text)
}

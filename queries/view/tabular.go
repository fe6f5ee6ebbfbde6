package view

import (
	"slices"
	"strconv"
	"strings"

	"orbat/queries/canned"
	"orbat/schema"
)

// Table is an answer as rows and columns, whatever its shape. Every row has a cell for each column.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]string
	Notes   []string          // what a reader must know of the answer
	Params  map[string]string // what was asked for, the time among it
}

// sourcesColumn is the column that names all the sources of a row.
const sourcesColumn = "sources"

// Table returns the answer as a table: its own rows, or where it has none a row for each link of the graph, tree or
// paths. Either way a column has the sources behind each row, if the answer was asked for with its evidence.
func (r *Result) Table() *Table {
	t := &Table{Title: r.Title(), Notes: r.Notes, Params: r.Params}
	if len(r.Columns) > 0 {
		r.rowTable(t)
		return t
	}
	names := map[string]string{}
	for _, n := range r.Nodes {
		names[n.XID] = n.Name
	}
	link := func(e *Edge, first ...string) {
		possible, contested := "", ""
		if e.Possible {
			possible = "possibly"
		}
		if e.Contested {
			contested = "contested"
		}
		confidence := ""
		if e.Confidence != nil {
			confidence = strconv.Itoa(*e.Confidence)
		}
		t.Rows = append(t.Rows, append(first, names[e.From], e.Relation, names[e.To], schema.QualifierText(e.Qualifiers), e.Period,
			possible, contested, confidence, strconv.Itoa(e.Claims), sourceLines(e.Evidence), e.From, e.To))
	}
	t.Columns = []string{
		"from", "relation", "to", "qualifiers", "period", "possible", "contested", "confidence", "claims", sourcesColumn, "from xid",
		"to xid",
	}
	switch r.Shape {
	case canned.PathShape:
		t.Columns = append([]string{"path", "step"}, t.Columns...)
		for i, path := range r.Paths {
			for n, step := range path {
				link(step.Edge, strconv.Itoa(i+1), strconv.Itoa(n+1))
			}
		}
	case canned.TreeShape:
		t.Columns = append([]string{"level"}, t.Columns...)
		levels := r.levels()
		for i, e := range r.Edges {
			link(e, strconv.Itoa(levels[r.Parents[i]]+1))
		}
	default:
		for _, e := range r.Edges {
			link(e)
		}
	}
	return t
}

// rowTable copies the answer's own rows, with a column of sources where they have none.
func (r *Result) rowTable(t *Table) {
	t.Columns = slices.Clone(r.Columns)
	if len(r.RowEdge) == 0 || slices.Contains(t.Columns, sourcesColumn) || slices.Contains(t.Columns, "source") {
		t.Rows = r.Rows
		return
	}
	t.Columns = append(t.Columns, sourcesColumn)
	for i, row := range r.Rows {
		t.Rows = append(t.Rows, append(slices.Clone(row), sourceLines(r.Behind(i))))
	}
}

// levels returns how far below (or above) a tree's root each of its entities first stands, the root at 0.
func (r *Result) levels() map[string]int {
	levels := map[string]int{r.Root: 0}
	for i, e := range r.Edges { // an entity comes after its parent
		parent := r.Parents[i]
		child := e.To
		if child == parent {
			child = e.From
		}
		if _, known := levels[child]; !known {
			levels[child] = levels[parent] + 1
		}
	}
	return levels
}

// EdgeOf returns the edge that a row is about; nil: none, or several.
func (r *Result) EdgeOf(row int) *Edge {
	if row >= len(r.RowEdge) {
		return nil
	}
	i := slices.IndexFunc(r.Edges, func(e *Edge) bool { return e.ID == r.RowEdge[row] })
	if i < 0 {
		return nil
	}
	return r.Edges[i]
}

// Behind returns the claims behind the edge that a row is about: those that the row rests on, if it says which.
func (r *Result) Behind(row int) []*Evidence {
	e := r.EdgeOf(row)
	if e == nil {
		return nil
	}
	if row >= len(r.RowClaims) || r.RowClaims[row] == nil {
		return e.Evidence
	}
	return slices.DeleteFunc(slices.Clone(e.Evidence), func(c *Evidence) bool {
		return !slices.ContainsFunc(r.RowClaims[row], func(of *Evidence) bool { return of.Key == c.Key })
	})
}

// sourceLines names the sources of those claims that assert what a row or link says, each once. Who denies, plans or
// only reports it, and what was rejected, is no source of it (law 9); where nothing else stands behind a row, the row
// is about that.
func sourceLines(claims []*Evidence) string {
	if slices.ContainsFunc(claims, (*Evidence).Counts) {
		claims = slices.DeleteFunc(slices.Clone(claims), func(c *Evidence) bool { return !c.Counts() })
	}
	var lines []string
	for _, c := range claims {
		for _, cite := range c.Cites {
			if line := SourceLine(cite); !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "; ")
}

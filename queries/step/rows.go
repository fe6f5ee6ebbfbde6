package step

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

// row is a line of a table and what it rests on.
type row struct {
	edges    []*view.GraphEdge // the one it is about first
	also     []string          // uids of further entities it names
	possible bool              // it holds only possibly at the time asked for (law 7)
	cell     func(field string) string
}

// tabulate puts rows, in their order and up to the limit, into the answer, with the edges and entities they rest on. The cells
// are filled once the entities are described.
func (a *Execution) tabulate(rows []row) {
	if limit := a.values.Ints["limit"]; len(rows) > limit {
		rows, a.result.Truncated = rows[:limit], true
	}
	taken := map[string]bool{}
	for _, r := range rows {
		for _, e := range r.edges {
			if !taken[e.ID()] {
				taken[e.ID()] = true
				a.edges = append(a.edges, e)
			}
		}
		for _, uid := range r.also {
			a.wants[uid] = true
		}
	}
	a.rows = func(context.Context, *Execution) error {
		a.result.Columns = a.query.Labels()
		a.result.Possible = 0
		for _, r := range rows {
			cells := make([]string, len(a.query.Columns))
			for i, column := range a.query.Columns {
				field, _ := canned.SplitColumn(column)
				cells[i] = r.cell(field)
			}
			about := ""
			if len(r.edges) > 0 {
				about = r.edges[0].ID()
			}
			if r.possible {
				a.result.Possible++
			}
			a.result.Rows, a.result.RowEdge = append(a.result.Rows, cells), append(a.result.RowEdge, about)
		}
		return nil
	}
}

// possibly is the cell that marks what only possibly holds.
func possibly(yes bool) string {
	if yes {
		return "possibly"
	}
	return ""
}

// typeOf is the type of an entity, for a table.
func (a *Execution) typeOf(xid string) string {
	if n := a.byXID[xid]; n != nil {
		return n.Type
	}
	return ""
}

// days says how long a time is that two or more have in common.
func days(both schema.Period, holding schema.Certainty) string {
	least, most := both.Days()
	if holding != schema.Certain {
		least = 0
	}
	switch {
	case most < 0 && least == 0:
		return "unknown"
	case most < 0:
		return fmt.Sprintf("at least %d", least)
	case least == most:
		return strconv.Itoa(least)
	case least == 0:
		return fmt.Sprintf("at most %d", most)
	default:
		return fmt.Sprintf("%d to %d", least, most)
	}
}

// publishersOf gives who published the sources behind claims, once each however it is written; a source that names no
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

// newest is the last day on which one of the sources was published, zero where none tells.
func newest(claims []*view.Evidence) time.Time {
	var last time.Time
	for _, c := range claims {
		for _, cite := range c.Cites {
			if date, err := schema.ParseDate(cite.Published); err == nil && date.Max.After(last) {
				last = date.Max
			}
		}
	}
	return last
}

// joinNonEmpty joins what is there.
func joinNonEmpty(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), separator)
}

func firstThree(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return strings.Join(texts, ", ")
	}
	return strings.Join(texts[:most], ", ") + fmt.Sprintf(" (+%d)", len(texts)-most)
}

package step

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/valyala/fastjson"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

// plainGraph answers with DQL alone: the edges in its answer.
func plainGraph() Step {
	return Step{NeedsDQL: true, Run: func(ctx context.Context, x *Execution) ([]Row, error) {
		edges, err := x.askEdges(ctx)
		if err != nil {
			return nil, err
		}
		if edges, err = x.keep(ctx, edges); err != nil {
			return nil, err
		}
		x.drawFirst(x.passDoubt(view.Reachable(edges)))
		return nil, nil
	}}
}

// passDoubt marks the edges of a nested answer that only such lead to as hold possibly, and leaves out what never held
// at one time with what leads to it.
func (x *Execution) passDoubt(edges []*view.GraphEdge) []*view.GraphEdge {
	if !x.Filter.Timed() {
		return edges
	}
	before := nested(&x.Filter, edges, nil, nil)
	return slices.DeleteFunc(edges, func(e *view.GraphEdge) bool {
		holding := schema.No
		for _, s := range statementsOf(e, &x.Filter) {
			holding = max(holding, before[e.ID()].holding(&x.Filter, s))
		}
		e.Possible = holding == schema.Possible
		return holding == schema.No || x.Filter.LeavesOut(e.Possible)
	})
}

// plainRows answers with DQL alone: a row of each node in its block q, a column of each field that the header names.
func plainRows() Step {
	return Step{NeedsDQL: true, Columns: []Column{}, Any: func(field string) Column {
		return columns(column[*fastjson.Value]{field, func(_ names, node *fastjson.Value) string {
			if v := node.Get(field); v != nil {
				return strings.Join(view.PropertyTexts(v), ", ")
			}
			return ""
		}})[0]
	}, Run: func(ctx context.Context, x *Execution) (rows []Row, err error) {
		answer, err := x.Unredacted(ctx, canned.ExpandRelations(x.query.DQL, x.relations), x.variables())
		if err != nil {
			return nil, x.query.Explain(x.relations, err)
		}
		blocks, err := fastjson.ParseBytes(answer)
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		for _, node := range blocks.GetArray("q") {
			rows = append(rows, Row{Of: node})
		}
		return rows, nil
	}}
}

package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"

	"orbat/queries/view"
)

func supportColumns() []string {
	return []string{"from", "relation", "to", "publishers", "published by", "sources", "claims", "confidence", "newest", "weak", "possible"}
}

// support grades links by who stands behind them: those of an entity, between two, or, where none is named, all. With the
// parameters max_publishers, below and before only the weak are shown, and why each is: too few distinct publishers, too low
// a confidence, no source newer. Without them the best corroborated come first.
func support(ctx context.Context, a *Execution) error {
	edges, err := a.supported(ctx)
	if err != nil {
		return err
	}
	weak := a.query.Param("max_publishers") != nil
	type graded struct {
		*view.GraphEdge
		publishers []string
		sure       *int
		last       time.Time
		why        []string
	}
	var list []*graded
	for _, e := range edges {
		g := &graded{GraphEdge: e, publishers: publishersOf(e.Passed), sure: surest(e.Passed), last: newest(e.Passed)}
		if weak {
			if g.why = a.weaknesses(len(g.publishers), g.sure, g.last); len(g.why) == 0 {
				continue
			}
		}
		list = append(list, g)
	}
	slices.SortFunc(list, func(x, y *graded) int {
		if weak {
			return cmp.Or(cmp.Compare(len(y.why), len(x.why)), -compareConfidence(x.sure, y.sure), cmp.Compare(len(x.publishers), len(y.publishers)), view.CompareEdges(x.GraphEdge, y.GraphEdge))
		}
		return cmp.Or(cmp.Compare(len(y.publishers), len(x.publishers)), cmp.Compare(len(y.Passed), len(x.Passed)), compareConfidence(x.sure, y.sure), view.CompareEdges(x.GraphEdge, y.GraphEdge))
	})
	rows := make([]row, len(list))
	for i, g := range list {
		rows[i] = row{edges: []*view.GraphEdge{g.GraphEdge}, possible: g.Possible && a.Filter.Timed(), cell: func(field string) string {
			switch field {
			case "from":
				return a.nameOf(g.From)
			case "relation":
				return g.Relation
			case "to":
				return a.nameOf(g.To)
			case "publishers":
				return strconv.Itoa(len(g.publishers))
			case "published by":
				return firstThree(g.publishers)
			case "sources":
				return strconv.Itoa(len(sourcesOf(g.Passed)))
			case "claims":
				return strconv.Itoa(len(g.Passed))
			case "confidence":
				return number(g.sure)
			case "newest":
				if g.last.IsZero() {
					return ""
				}
				return g.last.Format(time.DateOnly)
			case "weak":
				return strings.Join(g.why, "; ")
			case "possible":
				return possibly(g.Possible && a.Filter.Timed())
			}
			return ""
		}}
	}
	a.tabulate(rows)
	return nil
}

// supported gives the links to grade, with their claims.
func (a *Execution) supported(ctx context.Context) ([]*view.GraphEdge, error) {
	entity, err := a.entityParam(0)
	if err != nil {
		return a.allEdges(ctx)
	}
	ways := view.BothWays(a.relations)
	other, err := a.entityParam(1)
	if err != nil {
		return a.stated(ctx, []string{entity.UID}, ways...)
	}
	edges, crowded, err := a.Along(ctx, []string{entity.UID}, []string{other.UID}, ways...)
	if err != nil {
		return nil, err
	}
	a.result.Truncated = a.result.Truncated || crowded
	return a.Prove(ctx, edges)
}

// allEdges reads the links of the whole graph, up to a number.
func (a *Execution) allEdges(ctx context.Context) ([]*view.GraphEdge, error) {
	var all []*view.GraphEdge
	for _, relation := range a.relations {
		for page, err := range a.EntitiesWith(ctx, relation) {
			if err != nil {
				return nil, fmt.Errorf("read links: %w", err)
			}
			var uids []string
			for _, n := range page {
				uids = append(uids, n.UID)
			}
			edges, err := a.stated(ctx, uids, relation)
			if err != nil {
				return nil, err
			}
			if all = append(all, edges...); len(all) >= maxScanned {
				a.result.Truncated = true
				a.result.Notes = append(a.result.Notes, fmt.Sprintf("Looked at %d links; name an entity or relations= to look at all of theirs.", len(all)))
				return all, nil
			}
		}
	}
	return all, nil
}

// weaknesses says why a link is weak by what was asked.
func (a *Execution) weaknesses(publishers int, sure *int, last time.Time) []string {
	var why []string
	if most := a.values.Ints["max_publishers"]; publishers <= most {
		why = append(why, map[bool]string{true: "one publisher", false: fmt.Sprintf("%d publishers", publishers)}[publishers == 1])
	}
	switch below := a.values.Ints["below"]; {
	case sure == nil:
		why = append(why, "not graded")
	case *sure < below:
		why = append(why, fmt.Sprintf("confidence %d", *sure))
	}
	if text := a.values.Text["before"]; text != "" && !last.IsZero() {
		if before, err := schema.ParseDate(text); err == nil && last.Before(before.Min) {
			why = append(why, "nothing since "+last.Format(time.DateOnly))
		}
	}
	return why
}

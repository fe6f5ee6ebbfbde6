package step

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/queries/view"
	"orbat/schema"
)

//go:embed changes.dql
var changesDQL string

// loadNode is a load as the graph keeps it.
type loadNode struct {
	UID     string    `json:"uid"`
	ID      string    `json:"load.id"`
	Started time.Time `json:"load.started"`
	Dataset []struct {
		Name string `json:"dataset.name"`
	} `json:"load.dataset"`
}

// datasets names the data sets that it loaded.
func (l *loadNode) datasets() (names []string) {
	for _, set := range l.Dataset {
		names = append(names, set.Name)
	}
	return names
}

// changes lists what one load wrote, retracted and reinstated: the last, the last of a data set, or the one named. A
// claim's loads in their order tell which: the first wrote it, then each turned it over.
func changes() Step {
	return Step{
		Name: "changes", Doc: "lists what a load wrote, retracted and reinstated", Needs: "load",
		Time: canned.Timing{Shows: "those claims of the load that held", History: true},
		Columns: claimColumns(
			column[*claimRow]{"possible", func(_ names, c *claimRow) string { return possibly(c.possible) }},
			column[*claimRow]{"change", func(_ names, c *claimRow) string {
				return [...]string{"new", "retracted", "stands again"}[c.how]
			}},
			column[*claimRow]{"about", func(n names, c *claimRow) string { return c.about(n) }},
			column[*claimRow]{"what", func(_ names, c *claimRow) string { return c.Predicate }},
			column[*claimRow]{"value", func(n names, c *claimRow) string { return c.said(n) }},
			column[*claimRow]{"assertion", func(_ names, c *claimRow) string { return c.standing() }},
			// a later rejection or retraction is no change of this load's
			column[*claimRow]{"source", func(n names, c *claimRow) string { return n.list(sourcesOf([]*view.Evidence{c.Evidence})) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			load, loads, err := x.findLoad(ctx)
			if err != nil {
				return nil, err
			}
			if load == nil {
				x.note("Nothing has been loaded.")
				return nil, nil
			}
			x.note("Load %s of %s, %s.", load.ID, strings.Join(load.datasets(), ", "), load.Started.UTC().Format(time.RFC3339))
			return x.changesBy(ctx, load, loads)
		},
	}
}

// changesBy lists what a load changed.
func (x *Execution) changesBy(ctx context.Context, load *loadNode, loads []*loadNode) ([]Row, error) {
	started := map[string]time.Time{}
	for _, l := range loads {
		started[l.UID] = l.Started
	}
	var list []*claimRow // the first of those read so far: a load may have written more than is to be kept
	shown, limit := 0, x.limit()
	keepFirst := func() {
		slices.SortFunc(list, func(a, b *claimRow) int {
			return cmp.Or(cmp.Compare(a.how, b.how), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Predicate, b.Predicate),
				strings.Compare(a.Object, b.Object), strings.Compare(a.StoredKey, b.StoredKey))
		})
		if len(list) > limit {
			clear(list[limit:])
			list, x.truncated = list[:limit], true
		}
	}
	err := x.EachSaidPage(ctx, load.UID, "~claim.load", func(page []view.Claim) bool {
		for _, c := range page {
			if x.shows(c) {
				shown++
				list = append(list, &claimRow{
					Claim: c, how: turn(c.Loads, load.UID, started),
					possible: x.Judge(&c.Claim).Possible,
				})
			}
		}
		keepFirst()
		x.Tell("read what the load wrote", "claims", shown, 0)
		x.cut(shown >= view.MaxClaimsAt)
		return shown < view.MaxClaimsAt
	})
	if err != nil {
		return nil, err
	}
	var claims []view.Claim
	for _, c := range list {
		claims = append(claims, c.Claim)
	}
	edges, ends, err := x.EdgesDrawn(ctx, claims)
	if err != nil {
		return nil, err
	}
	var decided []string
	for _, c := range claims {
		if c.Decision() && c.Object != "" {
			decided = append(decided, c.Subject, c.Object)
		}
	}
	own, err := x.OwnNames(ctx, slices.Compact(slices.Sorted(slices.Values(decided))))
	rows := make([]Row, len(list))
	for i, c := range list {
		c.ends = ends
		if c.Decision() {
			c.own = own
		}
		rows[i] = c.row(edges)
	}
	return rows, err
}

// turn says what a load did to a claim: 0 wrote it, 1 retracted it, 2 made it stand again.
func turn(loads []string, load string, started map[string]time.Time) int {
	before := 0
	for _, other := range loads {
		if other != load && started[other].Before(started[load]) {
			before++
		}
	}
	if before == 0 {
		return 0
	}
	return 2 - before%2
}

// findLoad returns the load asked about, nil where there is none, and all loads.
func (x *Execution) findLoad(ctx context.Context) (*loadNode, []*loadNode, error) {
	var found struct{ Q []*loadNode }
	if err := x.UnredactedInto(ctx, changesDQL, nil, &found); err != nil {
		return nil, nil, fmt.Errorf("look for loads: %w", err)
	}
	slices.SortFunc(found.Q, func(a, b *loadNode) int { return cmp.Or(a.Started.Compare(b.Started), strings.Compare(a.ID, b.ID)) })
	id, dataset := x.text("load"), x.Filter.Dataset
	var ids []string
	for _, l := range slices.Backward(found.Q) {
		ids = append(ids, l.ID)
		if id == l.ID || id == "" && (dataset == "" || slices.Contains(l.datasets(), dataset)) {
			return l, found.Q, nil
		}
	}
	if id == "" {
		return nil, found.Q, nil
	}
	return nil, nil, x.listed("load", fmt.Sprintf("unknown load %q", schema.Shorten(id)), schema.Nearest(id, ids), schema.SeeDatasets)
}

package step

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"orbat/queries/canned"
	"orbat/schema"

	"orbat/queries/view"
)

func changeColumns() []string {
	return []string{"change", "about", "what", "value", "period", "assertion", "confidence", "source", "dataset", "claim"}
}

// loadNode is a load as the graph keeps it.
type loadNode struct {
	UID     string    `json:"uid"`
	ID      string    `json:"load.id"`
	State   string    `json:"load.state"`
	Started time.Time `json:"load.started"`
	Dataset []struct {
		Name string `json:"dataset.name"`
	} `json:"load.dataset"`
}

// changes lists what one load wrote, retracted and reinstated: the last, the last of a data set, or the one named. A claim's loads
// in their order tell which: the first wrote it, then each turned it over.
func changes(ctx context.Context, a *Execution) error {
	load, loads, err := a.findLoad(ctx)
	if err != nil {
		return err
	}
	if load == nil {
		a.result.Notes = append(a.result.Notes, "Nothing has been loaded.")
		return nil
	}
	var sets []string
	for _, set := range load.Dataset {
		sets = append(sets, set.Name)
	}
	a.result.Notes = append(a.result.Notes, fmt.Sprintf("Load %s of %s, %s.", load.ID, strings.Join(sets, ", "), load.Started.UTC().Format(time.RFC3339)))
	started := map[string]time.Time{}
	for _, l := range loads {
		started[l.UID] = l.Started
	}
	type changed struct {
		view.Claim
		how int
	}
	var list []changed
	limit := a.values.Ints["limit"]
	err = a.EachClaimPage(ctx, load.UID, "~claim.load", func(page []view.Claim) bool {
		for _, c := range page {
			switch v := a.Filter.Judge(&c.Claim); {
			case v.Ungraded:
				a.result.Ungraded++
			case v.Shown:
				list = append(list, changed{c, turn(c.Loads, load.UID, started)})
			}
		}
		a.result.Truncated = len(list) >= view.MaxClaimsAt
		return !a.result.Truncated
	})
	if err != nil {
		return err
	}
	slices.SortFunc(list, func(x, y changed) int {
		return cmp.Or(cmp.Compare(x.how, y.how), strings.Compare(x.Subject, y.Subject), strings.Compare(x.Predicate, y.Predicate), strings.Compare(x.Object, y.Object), strings.Compare(x.StoredKey, y.StoredKey))
	})
	if len(list) > limit {
		list, a.result.Truncated = list[:limit], true
	}
	var claims []view.Claim
	for _, c := range list {
		claims = append(claims, c.Claim)
	}
	edges, ends, err := a.EdgesDrawn(ctx, claims)
	if err != nil {
		return err
	}
	rows := make([]row, len(list))
	for i, c := range list {
		rows[i].also = []string{ends[c.Subject].UID}
		if c.Object != "" {
			rows[i].also = append(rows[i].also, ends[c.Object].UID)
		}
		if e := edges[c.Group()]; e != nil && c.InForce() {
			rows[i].edges = []*view.GraphEdge{e}
		}
		rows[i].cell = func(field string) string {
			switch field {
			case "change":
				return [...]string{"new", "retracted", "stands again"}[c.how]
			case "assertion":
				return string(c.Assertion) // a later rejection is no change of this load's
			case "source":
				return firstThree(sourcesOf([]*view.Evidence{c.Evidence}))
			}
			return a.claimCell(c.Claim, ends, field)
		}
	}
	a.tabulate(rows)
	return nil
}

// saidOf is what a claim says, in a cell: its object, its value, or the properties it gives.
func (a *Execution) saidOf(c view.Claim, ends map[string]view.Candidate) string {
	switch {
	case c.Object != "":
		return a.nameOf(ends[c.Object].XID)
	case c.Claim.Value != "":
		return c.Claim.Value
	}
	var said []string
	for name, values := range c.Values {
		said = append(said, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(said)
	return joinNonEmpty("; ", append([]string{c.Type}, said...)...)
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

// findLoad gives the load asked about, nil where there is none, and all loads.
func (a *Execution) findLoad(ctx context.Context) (*loadNode, []*loadNode, error) {
	var found struct{ Q []*loadNode }
	err := a.UnredactedInto(ctx, `{ q(func: has(load.id)) { uid load.id load.state load.started load.dataset { dataset.name } } }`, nil, &found)
	if err != nil {
		return nil, nil, fmt.Errorf("look for loads: %w", err)
	}
	slices.SortFunc(found.Q, func(x, y *loadNode) int {
		return cmp.Or(x.Started.Compare(y.Started), strings.Compare(x.ID, y.ID))
	})
	id, dataset := a.values.Text["load"], a.Filter.Dataset
	var ids []string
	for _, l := range slices.Backward(found.Q) {
		ids = append(ids, l.ID)
		ofSet := slices.ContainsFunc(l.Dataset, func(set struct {
			Name string `json:"dataset.name"`
		},
		) bool {
			return set.Name == dataset
		})
		if id == l.ID || id == "" && (dataset == "" || ofSet) {
			return l, found.Q, nil
		}
	}
	if id == "" {
		return nil, found.Q, nil
	}
	fix := "orbat datasets list shows the loads"
	if near := canned.Nearest(id, ids); near != "" {
		fix = "did you mean " + near + "?"
	}
	return nil, nil, canned.NewParamError(a.query.Name, "load", fmt.Sprintf("unknown load %q", schema.Shorten(id)), fix)
}

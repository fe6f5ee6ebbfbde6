package step

import (
	"context"

	"orbat/queries/view"
)

// search is the step behind search-entity: all that a text may mean, best first.
func search(ctx context.Context, a *Execution) error {
	text, limit := a.values.Text["text"], a.values.Ints["limit"]
	list, err := a.LookUp(ctx, text)
	if err != nil {
		return err
	}
	near, err := a.Suggest(ctx, text, view.MaxSuggested)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	want := a.values.Text["type"]
	if a.Filter.Narrows() {
		a.result.Notes = append(a.result.Notes, "filters do not apply to this query: it looks names up")
	}
	a.result.Columns = []string{"xid", "type", "name", "country", "aliases", "match"}
	for _, c := range append(list, near...) {
		if seen[c.XID] || want != "" && c.Type != want {
			continue
		}
		seen[c.XID] = true
		if len(a.result.Rows) == limit {
			a.result.Truncated = true
			break
		}
		a.result.Rows = append(a.result.Rows, []string{c.XID, c.Type, c.Name, c.Country, firstThree(c.Aliases), c.Match})
		a.wants[c.UID] = true
	}
	return nil
}

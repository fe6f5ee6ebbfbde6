package step

import (
	"context"

	"orbat/queries/canned"
	"orbat/queries/view"
)

// search finds all that a text may mean, best first.
func search() Step {
	return Step{
		Name: "search", Doc: "finds what a text may mean", Needs: "text",
		Time: canned.Timing{None: "it looks names up"},
		Columns: columns(
			column[view.Candidate]{"xid", func(_ names, c view.Candidate) string { return c.XID }},
			column[view.Candidate]{"type", func(_ names, c view.Candidate) string { return c.Type }},
			column[view.Candidate]{"name", func(_ names, c view.Candidate) string { return c.Name }},
			column[view.Candidate]{"country", func(_ names, c view.Candidate) string { return c.Country }},
			column[view.Candidate]{"aliases", func(n names, c view.Candidate) string { return n.list(c.Aliases) }},
			column[view.Candidate]{"match", func(_ names, c view.Candidate) string { return c.Match }},
		),
		Run: func(ctx context.Context, x *Execution) (rows []Row, err error) {
			types, err := x.arguments.names(x.Ontology, "type", "type")
			if err != nil {
				return nil, err
			}
			list, err := x.LookUp(ctx, x.text("text"), types...)
			if err != nil {
				return nil, err
			}
			near, err := x.Suggest(ctx, x.text("text"), view.MaxSuggested, types...)
			seen := map[string]bool{}
			for _, c := range append(list, near...) {
				if !seen[c.XID] && (len(types) == 0 || c.Type != "") { // what nobody described is of no type
					seen[c.XID] = true
					rows = append(rows, Row{Also: []string{c.UID}, Of: c})
				}
			}
			return rows, err
		},
	}
}

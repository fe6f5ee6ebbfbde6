package step

import (
	"cmp"
	"context"
	"slices"
	"time"

	"orbat/queries/canned"
	"orbat/queries/step/paths"
	"orbat/queries/view"
)

// defaultBudget is how long a search for paths may take where nobody says.
const defaultBudget = 2 * time.Second

// shortestPaths finds the shortest chains between two entities.
func shortestPaths() Step {
	return Step{
		Name: "paths", Doc: "finds the shortest chains between the first two entity parameters", Entities: 2, Needs: "max_hops",
		Time: canned.Timing{Shows: "the chains whose links held together", Marks: "a chain whose dates make no such moment sure"},
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			from, to, err := x.pair()
			if err != nil {
				return nil, err
			}
			rules, err := x.pathRules()
			if err != nil {
				return nil, err
			}
			if from.UID == to.UID {
				x.note("both are one entity")
				return nil, nil
			}
			if splits, err := x.SplitsEntities(ctx); err != nil || splits {
				return nil, cmp.Or(err, x.wrong("max_marking",
					"no paths are searched where it leaves out a decision that makes entities one: the graph "+
						"has their links on one of them",
					"ego-network does not need the whole"))
			}
			found, err := paths.Find(ctx, x.Snapshot, from.UID, to.UID, rules)
			if err != nil {
				return nil, err
			}
			x.notes = append(x.notes, found.Notes...)
			x.cut(found.Truncated)
			x.chains, x.possibleChains = found.Chains, found.Possible
			certain := map[*view.GraphEdge]bool{}
			for i, chain := range found.Chains {
				for _, l := range chain {
					x.draw(l.Edge)
					certain[l.Edge] = certain[l.Edge] || !found.Possible[i]
				}
			}
			for _, e := range x.edges {
				e.Possible = !certain[e]
			}
			return nil, nil
		},
	}
}

// pathRules reads what a chain may run over.
func (x *Execution) pathRules() (r paths.Rules, err error) {
	r = paths.Rules{
		MaxHops: x.number("max_hops"), MaxLinks: x.number("max_links"), Alternatives: max(1, x.number("alternatives")), Limit: x.limit(),
		Budget: cmp.Or(time.Duration(x.number("budget"))*time.Second, defaultBudget), Fanout: x.options.Fanout,
	}
	if r.MaxLinks > 0 && x.Withheld() != nil {
		return r, x.wrong("max_links", "up to a marking limit it would tell how many links the limit hides",
			"leave it out, or leave out hubs by not_types")
	}
	except, err := x.arguments.names(x.Ontology, "not_relations", "relation")
	if err != nil {
		return r, err
	}
	r.Relations = slices.DeleteFunc(slices.Clone(x.relations), func(name string) bool {
		return name == "mentions" ||
			slices.Contains(except, name)
	})
	if r.Types, err = x.arguments.names(x.Ontology, "types", "type"); err != nil {
		return r, err
	}
	r.NotTypes, err = x.arguments.names(x.Ontology, "not_types", "type")
	return r, err
}

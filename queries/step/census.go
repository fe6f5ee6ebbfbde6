package step

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"orbat/queries/canned"
)

// censusRow is how many entities there are of a type.
type censusRow struct {
	typeName string
	entities int
}

// census counts the entities of each type. Where filters are on it counts none: how many there are would tell of what
// is withheld, and to look at each takes as long as an export.
func census() Step {
	return Step{
		Name: "census", Doc: "counts the entities of each type, where no filter is on",
		Time: canned.Timing{Shows: "nothing: it counts at any time"},
		Columns: columns(
			column[*censusRow]{"type", func(_ names, r *censusRow) string { return r.typeName }},
			column[*censusRow]{"entities", func(_ names, r *censusRow) string { return strconv.Itoa(r.entities) }},
		),
		Run: func(ctx context.Context, x *Execution) ([]Row, error) {
			if x.Filter.Active() {
				x.note("Not counted under filters.")
				return nil, nil
			}
			var declared []string
			var blocks strings.Builder
			vars := map[string]string{}
			for i, t := range x.Ontology.Types {
				n := strconv.Itoa(i)
				declared = append(declared, "$t"+n+": string")
				vars["$t"+n] = t.Name
				fmt.Fprintf(&blocks, " t%s(func: eq(entity.type, $t%s)) @filter(NOT has(entity.rep)) { n: count(uid) }\n", n, n)
			}
			found := map[string][]struct{ N int }{}
			err := x.UnredactedInto(ctx, "query q("+strings.Join(declared, ", ")+") {\n"+blocks.String()+"}", vars, &found)
			if err != nil {
				return nil, fmt.Errorf("count entities: %w", err)
			}
			var rows []Row
			for i, t := range x.Ontology.Types {
				for _, block := range found["t"+strconv.Itoa(i)] {
					if block.N > 0 {
						rows = append(rows, Row{Of: &censusRow{t.Name, block.N}})
					}
				}
			}
			return rows, nil
		},
	}
}

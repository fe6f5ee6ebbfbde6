package queries

import (
	"context"
	"fmt"
	"strconv"

	"orbat/schema"

	"orbat/queries/canned"
)

// maxNear is how many places one look around a position brings.
const maxNear = 2000

// within gives the places at most so many kilometres from a position: those whose point lies so near, or whose area does.
func (a *asking) within(ctx context.Context, at canned.Position, km int) ([]Candidate, error) {
	var found struct{ Q []*candidateNode }
	err := a.snapshot.query(ctx, `query q($at: string, $metres: float) { q(func: near(geo, $at, $metres), first: `+strconv.Itoa(maxNear)+
		`) @filter(eq(entity.type, "Location")) { `+candidateFields(a.ontology)+` } }`,
		map[string]string{"$at": at.GeoJSON(), "$metres": strconv.Itoa(km * 1000)}, &found)
	if err != nil {
		return nil, fmt.Errorf("look for places around %s: %w", at, err)
	}
	a.result.Truncated = a.result.Truncated || len(found.Q) == maxNear
	return a.candidates(ctx, found.Q, byXID, func(_ string, f *schema.Facts) bool {
		there, known := canned.PositionOf(f.Values["geo"])
		return known && there.Kilometres(at) <= float64(km) || !known && len(f.Values["geo"]) > 0
	})
}

// positionOf gives where an entity is, if its point is known.
func (a *asking) positionOf(ctx context.Context, c Candidate) (canned.Position, bool, error) {
	nodes, err := a.nodes(ctx, []string{c.uid}, true)
	if err != nil || len(nodes) == 0 {
		return canned.Position{}, false, err
	}
	at, known := canned.PositionOf(nodes[0].Properties["geo"])
	return at, known, nil
}

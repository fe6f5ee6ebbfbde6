package view

import (
	"context"
	"fmt"
	"strconv"

	"orbat/queries/canned"
	"orbat/schema"
)

// maxNear is how many places one request around a position brings.
const maxNear = 2000

// PlacesAround returns the places at most so many kilometres from a position, those whose point lies so near, or whose
// area does, and whether there are more.
func (s *Snapshot) PlacesAround(ctx context.Context, at canned.Position, km int) (places []Candidate, more bool, err error) {
	var found struct{ Q []*candidateNode }
	err = s.query(ctx, `query q($at: string, $metres: float) { q(func: near(geo, $at, $metres), first: `+strconv.Itoa(maxNear)+
		`) @filter(eq(entity.type, "Location")) { `+candidateFields(s.Ontology)+` } }`,
		map[string]string{"$at": at.GeoJSON(), "$metres": strconv.Itoa(km * 1000)}, &found)
	if err != nil {
		return nil, false, fmt.Errorf("look for places around %s: %w", at, err)
	}
	places, err = s.candidates(ctx, found.Q, byXID, nil, func(_ string, f *schema.Facts) bool {
		there, known := canned.PositionOf(f.Values["geo"])
		return known && there.Kilometres(at) <= float64(km) || !known && len(f.Values["geo"]) > 0
	})
	return places, len(found.Q) == maxNear, err
}

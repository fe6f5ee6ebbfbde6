package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxNear is how many places one look around a position brings.
const maxNear = 2000

// within gives the places at most so many kilometres from a position: those whose point lies so near, or whose area does.
func (a *asking) within(ctx context.Context, at position, km int) ([]Candidate, error) {
	var found struct{ Q []*candidateNode }
	err := a.snapshot.query(ctx, `query q($at: string, $metres: float) { q(func: near(geo, $at, $metres), first: `+strconv.Itoa(maxNear)+
		`) @filter(eq(entity.type, "Location")) { `+candidateFields+` } }`,
		map[string]string{"$at": at.geoJSON(), "$metres": strconv.Itoa(km * 1000)}, &found)
	if err != nil {
		return nil, fmt.Errorf("look for places around %s: %w", at, err)
	}
	a.result.Truncated = a.result.Truncated || len(found.Q) == maxNear
	list := candidates(found.Q, byXID)
	slices.SortFunc(list, func(x, y Candidate) int { return strings.Compare(x.XID, y.XID) })
	return list, nil
}

// positionOf reads where an entity is, if its point is known.
func (a *asking) positionOf(ctx context.Context, c Candidate) (position, bool, error) {
	var found struct {
		Q []struct{ Geo json.RawMessage }
	}
	err := a.snapshot.query(ctx, `query q($uid: string) { q(func: uid($uid)) { geo } }`, map[string]string{"$uid": c.uid}, &found)
	if err != nil || len(found.Q) == 0 {
		return position{}, false, err
	}
	at, known := positionOf([]string{string(found.Q[0].Geo)})
	return at, known, nil
}

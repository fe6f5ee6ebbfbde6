package view

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"orbat/schema"
)

// What the graph has drawn is drawn of the latest versions of records (law 4). Where a limit hides the latest, the
// earlier one counts, so two things that hold for every other graph do not for one with versions: that what an edge
// sums up covers what may be seen of it, and that every edge that may be seen is drawn.

// hasVersions reports whether any claim of the graph is superseded by a later version of its record, which may be
// hidden; without a limit nothing is.
func (r *redactor) hasVersions(ctx context.Context) (bool, error) {
	if r == nil {
		return false, nil
	}
	if r.versions == nil {
		var found struct{ Q []struct{ UID string } }
		err := r.query(ctx, "{ q(func: has(claim.superseded), first: 1) { uid } }", nil, &found)
		if err != nil {
			return false, fmt.Errorf("look for versions of records: %w", err)
		}
		some := len(found.Q) > 0
		r.versions = &some
	}
	return *r.versions, nil
}

// undrawn returns edges that superseded claims would draw at some entities, given by the uids at which the graph has
// their edges, along some ways: the graph has none of them where the latest version says nothing of the kind, or was
// rejected. They are still to be proven.
func (r *redactor) undrawn(ctx context.Context, at, ways []string) ([]*GraphEdge, error) {
	drawn, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	var members []string
	for _, uid := range at {
		if xid, merged := drawn.byUID[uid]; merged {
			for _, member := range drawn.All(drawn.Rep(xid)) {
				members = append(members, drawn.uid[member])
			}
			continue
		}
		members = append(members, uid)
	}
	var edges []*GraphEdge
	for _, side := range []string{"subject", "object"} {
		err := r.EachClaimAt(ctx, members, "~claim."+side+" @filter(has(claim.superseded))", MaxClaimsAt, func(claims []Claim) error {
			for _, c := range claims {
				e := r.edgeOf(drawn, c.StoredClaim)
				if e == nil {
					continue
				}
				near, way := e.From, e.Relation
				if (side == "object") != (e.From != drawn.Rep(c.Subject)) { // asked from the end it leads to
					near, way = e.To, "~"+e.Relation
				}
				if slices.Contains(ways, way) {
					e.askFor(near)
					edges = append(edges, e)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return edges, nil
}

// edgeOf returns the edge that a claim would draw; nil: it says nothing of a link.
func (r *redactor) edgeOf(drawn *Merges, c *schema.StoredClaim) *GraphEdge {
	if r.Ontology.Relation(c.Predicate) == nil || c.Object == "" {
		return nil
	}
	stand := func(xid, uid string) Candidate {
		if rep := drawn.Rep(xid); rep != xid {
			return Candidate{XID: rep, UID: drawn.uid[rep]}
		}
		return Candidate{XID: xid, UID: uid}
	}
	return r.EdgeBetween(stand(c.Subject, c.SubjectUID), c.Predicate, stand(c.Object, c.ObjectUID))
}

// allUndrawn returns, by relation and id, the edges that all superseded claims would draw, of which the graph has most;
// nil: no claim is superseded, or nothing is hidden.
func (r *redactor) allUndrawn(ctx context.Context) (map[string]map[string]*GraphEdge, error) {
	if some, err := r.hasVersions(ctx); !some {
		return nil, err
	}
	drawn, err := r.readDrawnMerges(ctx)
	if err != nil {
		return nil, err
	}
	edges := map[string]map[string]*GraphEdge{}
	for c, err := range r.pages(ctx, `query q($after: string, $first: int) {
		q(func: has(claim.superseded), first: $first, after: $after) { `+schema.ClaimFields+` } }`) {
		if err != nil {
			return nil, fmt.Errorf("read earlier versions of records: %w", err)
		}
		if e := r.edgeOf(drawn, c); e != nil {
			if edges[e.Relation] == nil {
				edges[e.Relation] = map[string]*GraphEdge{}
			}
			e.askFor(e.From)
			edges[e.Relation][e.ID()] = e
		}
	}
	return edges, nil
}

// askFor makes an edge one that was asked for itself, from one of its ends.
func (e *GraphEdge) askFor(near string) {
	e.Near, e.above = near, []*GraphEdge{nil}
	e.askedFrom(near)
}

// farEnd is the end of the edge that it was not asked from.
func (e *GraphEdge) farEnd() (uid, xid string) {
	if e.Near == e.From {
		return e.ToUID, e.To
	}
	return e.FromUID, e.From
}

// forgetSums makes an edge one of which only its claims are known.
func (e *GraphEdge) forgetSums() {
	e.summed, e.claims, e.sources, e.Confidence, e.fromMin, e.toMax = true, 0, 0, nil, time.Time{}, time.Time{}
}

// waysFrom returns the uids that a question's DQL begins at, and the ways that lead from there.
func waysFrom(o *schema.Ontology, dql string, vars map[string]string) (at, ways []string) {
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if uids := regexp.MustCompile(`^\[?(0x[0-9a-f]+(?:, *0x[0-9a-f]+)*)\]?$`).FindStringSubmatch(vars[name]); uids != nil {
			at = append(at, strings.FieldsFunc(uids[1], func(r rune) bool { return r == ',' || r == ' ' })...)
		}
	}
	depth := 0
	for _, token := range regexp.MustCompile(`#.*|[{}]|~?[\w.]+`).FindAllString(dql, -1) {
		switch {
		case token == "{":
			depth++
		case token == "}":
			depth--
		case depth == 2 && o.Relation(strings.TrimPrefix(token, "~")) != nil: // of a block itself
			ways = append(ways, token)
		}
	}
	return at, ways
}

// whole adds to edges that the graph has those that are undrawn, with the far ends in only where that is not nil, and
// makes all of them forget what they sum up.
func (r *redactor) whole(ctx context.Context, edges []*GraphEdge, at, only, ways []string) ([]*GraphEdge, error) {
	if some, err := r.hasVersions(ctx); !some {
		return edges, err
	}
	undrawn, err := r.undrawn(ctx, at, ways)
	if err != nil {
		return nil, err
	}
	if only != nil {
		undrawn = slices.DeleteFunc(undrawn, func(e *GraphEdge) bool {
			far, _ := e.farEnd()
			return !slices.Contains(only, far)
		})
	}
	byID := map[string]*GraphEdge{}
	for _, e := range edges {
		e.forgetSums()
		byID[e.ID()] = e
	}
	for _, e := range undrawn {
		if have := byID[e.ID()]; have != nil {
			have.askedFrom(e.Near)
			continue
		}
		byID[e.ID()] = e
		edges = append(edges, e)
	}
	slices.SortFunc(edges, CompareEdges)
	return edges, nil
}

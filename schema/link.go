package schema

import (
	"slices"
	"strings"
	"time"
)

// Link is what a direct edge shows of the claims behind it: their sum. The zero Link is not drawn.
type Link struct {
	Claims     int
	Sources    int    // that the claims cite, each once
	Confidence int    // the highest; NoConfidence where no claim is graded
	Period     string // canonical; empty unless all claims agree on one
	// FromMin and ToMax enclose the periods of all claims. One is zero where a claim does not tell it, so that it may
	// rule an edge out but never in (law 8).
	FromMin, ToMax time.Time
	Qualifiers     map[string][]string // sorted
}

// DeriveLink is the one derivation of a direct edge (law 4): pure, of the claims that count.
func DeriveLink(claims []*StoredClaim) Link {
	if len(claims) == 0 {
		return Link{}
	}
	period := claims[0].Period.String()
	l := Link{Claims: len(claims), Confidence: NoConfidence, Period: period, Qualifiers: map[string][]string{}}
	sources := map[string]bool{}
	fromKnown, toKnown := true, true
	for _, claim := range claims {
		for _, cite := range claim.Cites {
			sources[cite.Source] = true
		}
		l.Confidence = max(l.Confidence, claim.Confidence)
		if claim.Period.String() != period { // however it is written
			l.Period = ""
		}
		fromMin, _, _, toMax := claim.Period.Bounds()
		fromKnown, toKnown = fromKnown && !fromMin.IsZero(), toKnown && !toMax.IsZero()
		if l.FromMin.IsZero() || fromMin.Before(l.FromMin) {
			l.FromMin = fromMin
		}
		l.ToMax = later(l.ToMax, toMax)
		for name, values := range claim.Values {
			l.Qualifiers[name] = append(l.Qualifiers[name], values...)
		}
	}
	l.Sources = len(sources)
	if !fromKnown {
		l.FromMin = time.Time{}
	}
	if !toKnown {
		l.ToMax = time.Time{}
	}
	for name, values := range l.Qualifiers {
		slices.Sort(values)
		l.Qualifiers[name] = slices.Compact(values)
	}
	return l
}

// Drawn reports whether there is an edge: nothing is drawn where no claim counts.
func (l Link) Drawn() bool { return l.Claims > 0 }

// Facets returns the link as facets of its edge: a string, an int64 or a [time.Time] each.
func (l Link) Facets() map[string]any {
	facets := map[string]any{FacetClaims: int64(l.Claims), FacetSources: int64(l.Sources)}
	if l.Confidence != NoConfidence {
		facets[FacetConfidence] = int64(l.Confidence)
	}
	if !l.FromMin.IsZero() {
		facets[FacetFromMin] = l.FromMin
	}
	if !l.ToMax.IsZero() {
		facets[FacetToMax] = l.ToMax
	}
	if l.Period != "" {
		facets[FacetPeriod] = l.Period
	}
	for name, values := range l.Qualifiers {
		facets[qualifierFacet(name)] = strings.Join(values, "; ")
	}
	return facets
}

// qualifierFacet keeps a qualifier apart from the facets that orbat computes.
func qualifierFacet(name string) string {
	switch name {
	case FacetClaims, FacetSources, FacetConfidence, FacetPeriod, FacetFromMin, FacetToMax:
		return name + "_"
	}
	return name
}

// Swaps reports whether the ends of a relation stand the other way round: a symmetric one is one edge, smaller xid
// first (law 12). A nil relation swaps nothing.
func (r *Relation) Swaps(from, to string) bool { return r != nil && r.Symmetric && to < from }

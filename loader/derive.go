package loader

import (
	"strconv"
	"strings"
	"time"

	"orbat/schema"
)

// Link is what a direct edge shows of the claims behind it. Nothing is drawn where no claim counts.
type Link struct {
	Drawn  bool
	Facets map[string]any // string, int64 or time.Time
}

// deriveLink is the one derivation of a direct edge (law 4). Its facets sum the claims up; bounds stand only where every
// claim has them, so that a facet may rule an edge out but never in (law 8).
func deriveLink(claims []*schema.StoredClaim) Link {
	if len(claims) == 0 {
		return Link{}
	}
	facets := map[string]any{}
	sources, periods := map[string]bool{}, map[string]bool{}
	qualifiers := map[string]map[string]bool{}
	confidence := schema.NoConfidence
	var from, to time.Time
	fromKnown, toKnown := true, true
	for _, claim := range claims {
		for _, cite := range claim.Cites {
			sources[cite.Source] = true
		}
		confidence = max(confidence, claim.Confidence)
		periods[claim.Period.String()] = true
		fromMin, _, _, toMax := claim.Period.Bounds()
		if claim.Period.From.Open || fromMin.IsZero() {
			fromKnown = false
		} else if from.IsZero() || fromMin.Before(from) {
			from = fromMin
		}
		if claim.Period.To.Open || toMax.IsZero() {
			toKnown = false
		} else if toMax.After(to) {
			to = toMax
		}
		for name, values := range claim.Values {
			for _, value := range values {
				if qualifiers[name] == nil {
					qualifiers[name] = map[string]bool{}
				}
				qualifiers[name][value] = true
			}
		}
	}
	facets["claims"], facets["sources"] = int64(len(claims)), int64(len(sources))
	if confidence != schema.NoConfidence {
		facets[schema.FacetConfidence] = int64(confidence)
	}
	if fromKnown {
		facets[schema.FacetFromMin] = from
	}
	if toKnown {
		facets[schema.FacetToMax] = to
	}
	if len(periods) == 1 && !periods[""] {
		facets[schema.FacetPeriod] = sortedNames(periods)[0]
	}
	for name, values := range qualifiers {
		facets[qualifierFacet(name)] = strings.Join(sortedNames(values), "; ")
	}
	return Link{Drawn: true, Facets: facets}
}

// qualifierFacet keeps a qualifier apart from the facets that orbat computes.
func qualifierFacet(name string) string {
	switch name {
	case "claims", "sources", schema.FacetConfidence, schema.FacetPeriod, schema.FacetFromMin, schema.FacetToMax:
		return name + "_"
	}
	return name
}

// facetText prints a facet for comparison.
func facetText(v any) string {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case time.Time:
		return schema.Stamp(v)
	case string:
		return v
	default:
		return ""
	}
}

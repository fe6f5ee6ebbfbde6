package loader

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"orbat/schema"
)

// noType is entity.type where no claim says one: the scalar is never deleted, since it is what rivals collide on
// (law 4).
const noType = "none"

// Facts is what an entity shows by itself, derived from the claims that stand about it (and about those merged into it).
type Facts struct {
	Type   string              // empty: undescribed
	Types  []string            // all types claimed, sorted; more than one is a dispute
	Values map[string][]string // by Dgraph predicate, sorted: what the entity's node holds beside its xid
}

// deriveFacts is the one derivation of an entity's facts (law 4): pure, of the claims that count.
func deriveFacts(ontology *schema.Ontology, claims []*schema.Stored) Facts {
	facts := Facts{Values: map[string][]string{}}
	facts.Type, facts.Types = deriveType(claims)
	if len(claims) == 0 {
		facts.Values["entity.type"] = []string{noType}
		return facts
	}
	byProperty := map[string][]candidate{}
	for _, claim := range claims {
		for property, values := range claimed(&claim.Claim) {
			for _, value := range values {
				byProperty[property] = append(byProperty[property], candidate{value, claim.Period, claim.Confidence})
			}
		}
	}
	var names []string
	for property, candidates := range byProperty {
		p := ontology.Property(facts.Type, property)
		if p == nil {
			continue // another type's: shown again when that type wins
		}
		if namesEntity(property) {
			names = append(names, texts(candidates)...)
		}
		facts.show(p, candidates)
	}
	facts.losingNames(byProperty["name"])
	facts.Values["name.key"] = schema.NameKeys(names)
	facts.Values["name.sound"] = schema.NameSounds(names)
	if facts.Type == "" {
		facts.Values["entity.type"] = []string{noType}
	} else {
		facts.Values["entity.type"] = []string{facts.Type}
		facts.Values["dgraph.type"] = []string{"Entity", facts.Type}
	}
	for predicate, values := range facts.Values {
		if len(values) == 0 {
			delete(facts.Values, predicate)
		}
	}
	return facts
}

// losingNames keeps findable what an entity is also called: a name that did not win is an alias.
func (f *Facts) losingNames(names []candidate) {
	winner := f.Values["name"]
	aliases := f.Values["aliases"]
	for _, name := range texts(names) {
		if !slices.Contains(winner, name) {
			aliases = append(aliases, name)
		}
	}
	slices.Sort(aliases)
	f.Values["aliases"] = slices.Compact(aliases)
}

// claimed gives the values that one claim states.
func claimed(claim *schema.Claim) map[string][]string {
	if claim.Predicate == schema.Describes {
		return claim.Values
	}
	return map[string][]string{claim.Predicate: {claim.Value}}
}

func deriveType(claims []*schema.Stored) (winner string, all []string) {
	var candidates []candidate
	for _, claim := range claims {
		if claim.Predicate == schema.Describes {
			candidates = append(candidates, candidate{claim.Type, schema.Period{}, claim.Confidence})
		}
	}
	if len(candidates) == 0 {
		return "", nil
	}
	return best(candidates, schema.Best).value, texts(candidates)
}

// candidate is one claimed value of a property.
type candidate struct {
	value      string
	period     schema.Period
	confidence int
}

func texts(candidates []candidate) []string {
	all := make([]string, len(candidates))
	for i, c := range candidates {
		all[i] = c.value
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// best picks the winner among values of a single-valued property (law 11).
func best(candidates []candidate, winner schema.Winner) candidate {
	return slices.MinFunc(candidates, func(a, b candidate) int {
		order := 0
		if winner == schema.Latest {
			order = cmp.Or(laterFirst(a.period.To, b.period.To), laterFirst(a.period.From, b.period.From))
		}
		return cmp.Or(order, cmp.Compare(b.confidence, a.confidence), strings.Compare(a.value, b.value))
	})
}

// laterFirst orders by the latest instant an end may have: open (still going on) first, unknown last.
func laterFirst(a, b schema.Edge) int {
	rank := func(e schema.Edge) int {
		switch {
		case e.Open:
			return 0
		case !e.Max.IsZero():
			return 1
		default:
			return 2
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), b.Max.Compare(a.Max))
}

func (f *Facts) show(p *schema.Property, candidates []candidate) {
	if p.List {
		f.Values[p.Predicate()] = texts(candidates)
		return
	}
	value := best(candidates, p.Winner).value
	f.Values[p.Predicate()] = []string{value}
	if !p.Dated() {
		return
	}
	period, err := schema.ParsePeriod(value)
	if err != nil {
		return // canonical text of a date always parses; check would report the value
	}
	if !period.From.Min.IsZero() {
		f.Values[p.Predicate()+schema.MinSuffix] = []string{stamp(period.From.Min)}
	}
	if !period.To.Max.IsZero() {
		f.Values[p.Predicate()+schema.MaxSuffix] = []string{stamp(period.To.Max)}
	}
}

// stamp is a time as Dgraph takes it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Link is what a direct edge shows of the claims behind it. Nothing is drawn where no claim counts.
type Link struct {
	Drawn  bool
	Facets map[string]any // string, int64 or time.Time
}

// deriveLink is the one derivation of a direct edge (law 4). Its facets sum the claims up; bounds stand only where every
// claim has them, so that a facet may rule an edge out but never in (law 8).
func deriveLink(claims []*schema.Stored) Link {
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
		return stamp(v)
	case string:
		return v
	default:
		return ""
	}
}

// namesEntity reports whether people would look an entity up by the property.
func namesEntity(property string) bool {
	switch property {
	case "name", "aliases", "title", "designation", "designator", "nickname", "codename", "handle", "callsign":
		return true
	}
	return false
}

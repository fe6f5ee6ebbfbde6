package schema

import (
	"slices"
	"time"
)

// NoType is entity.type where no claim says one: the scalar is never deleted, since it is what rivals collide on
// (law 4).
const NoType = "none"

// DiffersPredicate lists, at an entity's node, those of its properties of which another value stands that disagrees
// with the one shown (law 11), and "type" where its type is disputed. Most entities have none of it.
const DiffersPredicate = "entity.differs"

// Facts is what an entity shows by itself, derived from the claims that stand about it (and about those merged into
// it).
type Facts struct {
	Type   string              // empty: undescribed
	Types  []string            // all types claimed, sorted; more than one is a dispute
	Values map[string][]string // by Dgraph predicate, sorted: what the entity's node holds beside its xid
	Rivals map[string][]Stated // by property that differs: the value shown, then its rivals; ShowFacts gives them
}

// DeriveFacts is the one derivation of an entity's facts (law 4): pure, of the claims that count.
func DeriveFacts(ontology *Ontology, claims []*StoredClaim) Facts {
	return ShowFacts(ontology, claims, nil)
}

// ShowFacts returns an entity's facts as they are to be shown to somebody who can grade the sources of claims, the most
// reliable least: where values differ the best graded is shown, and the others stand in Rivals (law 11). Without grades
// they are those that are derived.
func ShowFacts(ontology *Ontology, claims []*StoredClaim, grade func(*StoredClaim) int) Facts {
	facts := Facts{Values: map[string][]string{}}
	if grade != nil {
		facts.Rivals = map[string][]Stated{}
	}
	facts.Type, facts.Types = deriveType(claims)
	if len(facts.Types) > 1 {
		facts.Values[DiffersPredicate] = []string{"type"}
	}
	if len(claims) == 0 {
		facts.Values["entity.type"] = []string{NoType}
		return facts
	}
	byProperty := map[string][]candidate{}
	for _, claim := range claims {
		for property, values := range claimed(&claim.Claim) {
			for _, value := range values {
				byProperty[property] = append(byProperty[property], candidate{value, claim})
			}
		}
	}
	var names, bounds []string
	var shown []*Property
	lows, highs := map[string][]candidate{}, map[string][]candidate{}
	for property, candidates := range byProperty {
		p := ontology.Property(facts.Type, property)
		switch {
		case p == nil: // another type's: shown again when that type wins
			continue
		case p.LowOf != "":
			lows[p.LowOf], bounds = candidates, append(bounds, property)
		case p.HighOf != "":
			highs[p.HighOf], bounds = candidates, append(bounds, property)
		default:
			shown = append(shown, p)
		}
		if ontology.IsName(property) {
			names = append(names, texts(candidates)...)
		}
	}
	for _, p := range shown {
		facts.show(newComparison(p, lows[p.Name], highs[p.Name]), byProperty[p.Name], grade)
	}
	slices.Sort(bounds)
	facts.showBounds(ontology, byProperty, bounds)
	slices.Sort(facts.Values[DiffersPredicate])
	facts.Values[DiffersPredicate] = slices.Compact(facts.Values[DiffersPredicate])
	facts.losingNames(byProperty["name"])
	facts.Values["name.key"] = NameKeys(names)
	facts.Values["name.sound"] = NameSounds(names)
	if facts.Type == "" {
		facts.Values["entity.type"] = []string{NoType}
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

// claimed returns the values that one claim states, of its entity or as qualifiers of its relation.
func claimed(claim *Claim) map[string][]string {
	if claim.Predicate == Describes || claim.Object != "" {
		return claim.Values
	}
	return map[string][]string{claim.Predicate: {claim.Value}}
}

func deriveType(claims []*StoredClaim) (winner string, all []string) {
	var candidates []candidate
	for _, claim := range claims {
		if claim.Predicate == Describes {
			candidates = append(candidates, candidate{claim.Type, claim})
		}
	}
	if len(candidates) == 0 {
		return "", nil
	}
	ofTypes := comparison{Property: &Property{Kind: KindBool, Winner: Best}} // no type agrees with another
	return ofTypes.best(candidates)[0].value, texts(candidates)
}

// candidate is one value of a property as one claim states it.
type candidate struct {
	value string
	claim *StoredClaim
}

// candidatesOf returns the values of a property that claims state.
func candidatesOf(claims []*StoredClaim, property string) (list []candidate) {
	if property == "" {
		return nil
	}
	for _, claim := range claims {
		for _, value := range claimed(&claim.Claim)[property] {
			list = append(list, candidate{value, claim})
		}
	}
	return list
}

func texts(candidates []candidate) []string {
	all := make([]string, len(candidates))
	for i, c := range candidates {
		all[i] = c.value
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (f *Facts) show(p *comparison, candidates []candidate, grade func(*StoredClaim) int) {
	if p.List {
		f.Values[p.Predicate()] = texts(candidates)
		return
	}
	winner := p.best(candidates)
	value := winner[0].value
	if p.differs(winner, candidates) {
		f.Values[DiffersPredicate] = append(f.Values[DiffersPredicate], p.Name)
		if grade != nil {
			f.Rivals[p.Name] = p.rivals(p.contenders(winner, candidates), grade)
			value = f.Rivals[p.Name][0].Value
		}
	}
	f.Values[p.Predicate()] = []string{value}
	if !p.Dated() {
		return
	}
	period, err := ParsePeriod(value)
	if err != nil {
		return // canonical text of a date always parses; check would report the value
	}
	if !period.From.Min.IsZero() {
		f.Values[p.Predicate()+MinSuffix] = []string{Stamp(period.From.Min)}
	}
	if !period.To.Max.IsZero() {
		f.Values[p.Predicate()+MaxSuffix] = []string{Stamp(period.To.Max)}
	}
}

// Stamp is a time as Dgraph takes it.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

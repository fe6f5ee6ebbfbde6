package schema

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// NoType is entity.type where no claim says one: the scalar is never deleted, since it is what rivals collide on
// (law 4).
const NoType = "none"

// DiffersPredicate lists, at an entity's node, those of its properties of which another value stands that disagrees with
// the one shown (law 11), and "type" where its type is disputed. Most entities have none of it.
const DiffersPredicate = "entity.differs"

// Facts is what an entity shows by itself, derived from the claims that stand about it (and about those merged into
// it).
type Facts struct {
	Type   string              // empty: undescribed
	Types  []string            // all types claimed, sorted; more than one is a dispute
	Values map[string][]string // by Dgraph predicate, sorted: what the entity's node holds beside its xid
}

// DeriveFacts is the one derivation of an entity's facts (law 4): pure, of the claims that count.
func DeriveFacts(ontology *Ontology, claims []*StoredClaim) Facts {
	facts := Facts{Values: map[string][]string{}}
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
				byProperty[property] = append(byProperty[property], candidate{value, claim.Period, claim.Confidence, &claim.Claim})
			}
		}
	}
	var names, bounds []string
	for property, candidates := range byProperty {
		p := ontology.Property(facts.Type, property)
		if p == nil {
			continue // another type's: shown again when that type wins
		}
		if ontology.IsName(property) {
			names = append(names, texts(candidates)...)
		}
		if p.Bounds() != "" {
			bounds = append(bounds, property)
			continue
		}
		facts.show(p, candidates)
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
			candidates = append(candidates, candidate{claim.Type, Period{}, claim.Confidence, &claim.Claim})
		}
	}
	if len(candidates) == 0 {
		return "", nil
	}
	return best(candidates, Best).value, texts(candidates)
}

// candidate is one claimed value of a property.
type candidate struct {
	value      string
	period     Period
	confidence int
	claim      *Claim // that states it
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
func best(candidates []candidate, winner Winner) candidate {
	return slices.MinFunc(candidates, func(a, b candidate) int {
		order := 0
		if winner == Latest {
			order = cmp.Or(laterFirst(a.period.To, b.period.To), laterFirst(a.period.From, b.period.From))
		}
		return cmp.Or(order, cmp.Compare(b.confidence, a.confidence), strings.Compare(a.value, b.value))
	})
}

// laterFirst orders by the latest instant an end may have: open (still going on) first, unknown last.
func laterFirst(a, b Bound) int {
	rank := func(e Bound) int {
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

func (f *Facts) show(p *Property, candidates []candidate) {
	if p.List {
		f.Values[p.Predicate()] = texts(candidates)
		return
	}
	winner := best(candidates, p.Winner)
	value := winner.value
	f.Values[p.Predicate()] = []string{value}
	if p.Name != "name" && slices.ContainsFunc(candidates, func(c candidate) bool { return p.rivals(winner, c) }) {
		f.Values[DiffersPredicate] = append(f.Values[DiffersPredicate], p.Name) // other names are shown as aliases
	}
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

// rivals reports whether a claimed value contradicts the one shown (law 11). What is over before the latest begins is
// its history.
func (p *Property) rivals(shown, other candidate) bool {
	if p.Agree(shown.value, other.value) {
		return false
	}
	return p.Winner != Latest || shown.period.Overlaps(other.period) != No
}

// Stamp is a time as Dgraph takes it.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// An estimate is a number with the lowest and the highest that it may be. Each of the three is a property or qualifier
// of its own, so that each is looked up and compared as the number it is; the ontology says which bounds which
// ([Property.LowOf], [Property.HighOf]). What one statement says of the three goes together, and is shown together.

// Bounds returns the name of the number that the property is the lowest or highest of; empty: it is no bound.
func (p *Property) Bounds() string { return p.LowOf + p.HighOf }

// excludes reports whether a bound's value leaves no room for a number.
func (p *Property) excludes(bound, number string) bool {
	b, errB := strconv.ParseFloat(bound, 64)
	n, errN := strconv.ParseFloat(number, 64)
	if errB != nil || errN != nil {
		return false // no number of ours
	}
	return p.LowOf != "" && b > n || p.HighOf != "" && b < n
}

// statement is what the three numbers of one estimate have in common, in whatever claims they stand.
func (c *Claim) statement() string {
	sources := make([]string, len(c.Cites))
	for i, cite := range c.Cites {
		sources[i] = cite.Source
	}
	slices.Sort(sources)
	parts := []string{c.Dataset, c.Subject, c.Object, c.Period.String(), string(c.Assertion), c.AttributedTo}
	return strings.Join(append(parts, slices.Compact(sources)...), "\x00")
}

// CheckEstimates returns a fault, and the claim with the bound that it is about, where claims of one record, of an
// entity or a relation with some properties, say that a number lies beyond its own bounds, or one bound beyond the
// other.
func CheckEstimates(properties []*Property, claims []*Claim) (*Claim, *Fault) {
	for _, p := range properties {
		if p.Bounds() == "" {
			continue
		}
		others := []string{p.Bounds()}
		if high := find(properties, func(q *Property) bool { return q.HighOf == p.LowOf }); p.LowOf != "" && high != nil {
			others = append(others, high.Name)
		}
		for _, other := range others {
			if claim, f := p.checkBounds(other, claims); f != nil {
				return claim, f
			}
		}
	}
	return nil, nil
}

// checkBounds compares the bounds in claims with other numbers of the same statements.
func (p *Property) checkBounds(other string, claims []*Claim) (*Claim, *Fault) {
	var bounds []*Claim
	for _, c := range claims {
		if len(claimed(c)[p.Name]) > 0 {
			bounds = append(bounds, c)
		}
	}
	if len(bounds) == 0 {
		return nil, nil
	}
	farthest := map[string]string{} // by statement: the number that leaves most room
	for _, c := range claims {
		for _, number := range claimed(c)[other] {
			if known, said := farthest[c.statement()]; !said || p.excludes(number, known) {
				farthest[c.statement()] = number
			}
		}
	}
	for _, c := range bounds {
		for _, bound := range claimed(c)[p.Name] {
			if number, said := farthest[c.statement()]; said && p.excludes(bound, number) {
				return c, &Fault{
					Column: p.Name, Value: bound, Reason: fmt.Sprintf("%s does not go with %s %s", bound, other, number),
					Hint: "the lowest is at most, and the highest at least, the number itself; leave out what is not known",
				}
			}
		}
	}
	return nil, nil
}

// EstimateText returns a number with its bounds as people read it: "9 (7-12)". Each of the three may be empty.
func EstimateText(number, low, high string) string {
	span := low + "-" + high
	switch {
	case low == "" && high == "":
		return number
	case low == "":
		span = "at most " + high
	case high == "":
		span = "at least " + low
	case low == high:
		span = low
	}
	if number == "" || number == span {
		return span
	}
	return number + " (" + span + ")"
}

// showBounds shows the bounds of numbers: those that the statement of the number shown gives it, else those of
// statements that give no number and leave room for it. Where none gives a number the highest goes with the lowest.
func (f *Facts) showBounds(ontology *Ontology, byProperty map[string][]candidate, names []string) {
	for _, high := range []bool{false, true} {
		for _, name := range names {
			p := ontology.Property(f.Type, name)
			if (p.HighOf != "") != high {
				continue
			}
			of := p.Bounds()
			if low := ontology.lowOf(f.Type, of); high && len(f.Values[of]) == 0 && low != nil {
				of = low.Name
			}
			if len(f.Values[of]) == 0 {
				f.show(&comparison{Property: p}, byProperty[name], nil)
				continue
			}
			number := f.Values[of][0]
			giving := map[string]bool{} // the statements that give a number: whether it is the one shown
			for _, c := range byProperty[of] {
				giving[c.claim.statement()] = giving[c.claim.statement()] || c.value == number
			}
			room := number // the most, or the least, that the statements of the number shown leave room for
			if of == p.Bounds() {
				low, high := ontology.boundsOf(f.Type, of)
				c := newComparison(ontology.Property(f.Type, of), byProperty[low], byProperty[high])
				shown := c.readings(stating(byProperty[of], number))
				room = strconv.FormatFloat(shown[0].high, 'g', -1, 64)
				if p.HighOf != "" {
					room = strconv.FormatFloat(shown[0].low, 'g', -1, 64)
				}
			}
			noRoom := map[string]bool{} // the statements of which this or the other bound excludes the number
			for _, other := range names {
				if q := ontology.Property(f.Type, other); q.Bounds() == of {
					for _, c := range byProperty[other] {
						noRoom[c.claim.statement()] = noRoom[c.claim.statement()] || q.excludes(c.value, number)
					}
				}
			}
			var own, free []candidate
			for _, c := range byProperty[name] {
				its, gives := giving[c.claim.statement()]
				switch {
				case p.excludes(c.value, number):
					if !gives && p.excludes(c.value, room) { // of two numbers it is said before whether they agree
						f.Values[DiffersPredicate] = append(f.Values[DiffersPredicate], of)
						f.ruledOut(p, of, c)
					}
				case its:
					own = append(own, c)
				case !gives && !noRoom[c.claim.statement()]:
					free = append(free, c)
				}
			}
			if len(own) == 0 {
				own = free
			}
			if len(own) > 0 {
				f.Values[p.Predicate()] = []string{(&comparison{Property: p}).best(own)[0].value}
			}
		}
	}
}

// lowOf returns the property that is the lowest of a number, nil if there is none.
func (o *Ontology) lowOf(typeName, number string) *Property {
	var of []*Property
	if t := o.Type(typeName); t != nil {
		of = t.Properties
	} else {
		of = o.uniqueProperties()
	}
	return find(of, func(p *Property) bool { return p.LowOf == number })
}

// WithBounds returns values with what bounds a number put to the number: killed "9 (7-12)". Where one of the three has
// several values, as where statements are summed up, all stay as they are.
func WithBounds(properties []*Property, values map[string][]string) map[string][]string {
	bounds := map[string][2]string{} // by number: the names of its lowest and highest
	for _, p := range properties {
		if number := p.Bounds(); number != "" && len(values[p.Name]) > 0 {
			names := bounds[number]
			if p.LowOf != "" {
				names[0] = p.Name
			} else {
				names[1] = p.Name
			}
			bounds[number] = names
		}
	}
	if len(bounds) == 0 {
		return values
	}
	with := maps.Clone(values)
	for number, names := range bounds {
		n, low, high := values[number], values[names[0]], values[names[1]]
		if len(n) > 1 || len(low) > 1 || len(high) > 1 {
			continue
		}
		with[number] = []string{EstimateText(strings.Join(n, ""), strings.Join(low, ""), strings.Join(high, ""))}
		delete(with, names[0])
		delete(with, names[1])
	}
	return with
}

// ruledOut notes that a claim leaves no room for the number shown.
func (f *Facts) ruledOut(bound *Property, number string, c candidate) {
	if f.Rivals == nil || bound.Bounds() != number {
		return
	}
	said := EstimateText("", c.value, "")
	if bound.HighOf != "" {
		said = EstimateText("", "", c.value)
	}
	list := f.Rivals[number]
	if len(list) == 0 {
		list = []Stated{{Value: f.Values[number][0]}}
	}
	if i := slices.IndexFunc(list, func(s Stated) bool { return s.Value == said }); i >= 0 {
		list[i].Claims = append(list[i].Claims, c.claim)
	} else {
		list = append(list, Stated{said, []*StoredClaim{c.claim}})
	}
	f.Rivals[number] = list
}

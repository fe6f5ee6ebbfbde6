package schema

// With returns the ontology together with what another has and it has not: types, properties, relations, qualifiers,
// values and ends. A database keeps so what it was given by a file of its user's (law 18). The error says what does not
// go together.
func (o *Ontology) With(other *Ontology) (*Ontology, error) {
	d, more := newDraft(o), newDraft(other).o // copies
	for _, p := range more.Common {
		if d.o.Property("", p.Name) == nil {
			d.o.Common = append(d.o.Common, p)
		}
	}
	for _, t := range more.Types {
		known := d.o.Type(t.Name)
		if known == nil {
			d.o.Types = append(d.o.Types, t)
			continue
		}
		known.own = withProperties(known.own, t.own, d.o.Common)
	}
	for _, r := range more.Relations {
		known := d.o.Relation(r.Name)
		if known == nil {
			d.o.Relations = append(d.o.Relations, r)
			continue
		}
		known.Qualifiers = withProperties(known.Qualifiers, r.Qualifiers, nil)
		for _, ends := range r.Ends {
			if !known.joins(ends) {
				known.Ends = append(known.Ends, ends)
			}
		}
	}
	return d.finish()
}

// joins reports whether the relation may join each pair of types of some ends.
func (r *Relation) joins(ends Ends) bool {
	for _, from := range ends.From {
		for _, to := range ends.To {
			if !r.Fits(from, to) {
				return false
			}
		}
	}
	return true
}

// withProperties adds to a list those properties of another that neither it nor the common ones have, and to those it
// has the values of the other's.
func withProperties(list, more, common []*Property) []*Property {
	for _, p := range more {
		switch known := findProperty(list, p.Name); {
		case known != nil:
			known.Values = append(known.Values, without(p.Values, known.Values)...)
			known.Indexed, known.Names = known.Indexed || p.Indexed, known.Names || p.Names
		case findProperty(common, p.Name) == nil:
			list = append(list, p)
		}
	}
	return list
}

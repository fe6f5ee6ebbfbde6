package match

import (
	"slices"
	"strings"

	"orbat/loader/mapping"
	"orbat/queries"
	"orbat/schema"
)

// Feature is a property or a relation by which an entity is known.
type Feature struct {
	Property *schema.Property // nil: it is a relation
	Relation *schema.Relation
	In       bool // against the relation's direction
}

// ID returns what a feature goes by: the name of the property or relation, ~ before one that leads to the entity.
func (f Feature) ID() string {
	switch {
	case f.Property != nil:
		return f.Property.Name
	case f.In:
		return "~" + f.Relation.Name
	}
	return f.Relation.Name
}

// Label returns a feature as people read it.
func (f Feature) Label() string {
	switch {
	case f.Property != nil:
		return strings.ReplaceAll(f.Property.Name, "_", " ")
	case f.In:
		return f.Relation.Inverse
	}
	return f.Relation.Label
}

// Doc returns what a feature says.
func (f Feature) Doc() string {
	if f.Property != nil {
		return f.Property.Doc
	}
	return f.Relation.Doc
}

// Features returns what entities of some types are known by, none: of any, in the order of the ontology.
func Features(o *schema.Ontology, types ...string) (list []Feature) {
	seen := map[string]bool{}
	for _, t := range o.Types {
		for _, p := range t.Properties {
			if (len(types) == 0 || slices.Contains(types, t.Name)) && !seen[p.Name] {
				seen[p.Name] = true
				list = append(list, Feature{Property: p})
			}
		}
	}
	for _, r := range o.Relations {
		for _, in := range []bool{false, true} {
			if in && r.Symmetric {
				continue
			}
			own := o.EndTypes(r.Name, !in)
			fits := len(types) == 0 || len(own) == 0 || slices.ContainsFunc(own, func(t string) bool { return slices.Contains(types, t) })
			if fits {
				list = append(list, Feature{Relation: r, In: in})
			}
		}
	}
	return list
}

// FindFeature returns the feature that a text names, by its id or label in any case; false: there is none.
func FindFeature(o *schema.Ontology, text string, types ...string) (Feature, bool) {
	folded := func(s string) string { return strings.ReplaceAll(schema.NormalName(s), " ", "_") }
	var near *Feature
	wanted := folded(text)
	for _, f := range Features(o, types...) {
		switch {
		case f.ID() == text:
			return f, true
		case near == nil && wanted != "" && (folded(f.Label()) == wanted || !f.In && folded(f.ID()) == wanted):
			near = &f
		}
	}
	if near == nil {
		return Feature{}, false
	}
	return *near, true
}

// Add adds what is known by one value of a feature; of a name it is one more name (see [Known.Add]).
func (q *Query) Add(o *schema.Ontology, f Feature, value string) error {
	if f.Property != nil && o.IsName(f.Property.Name) {
		q.Aliases = append(slices.Clip(q.Aliases), value)
		return nil
	}
	return q.Known.Add(f, value)
}

// Add adds what is known by one value of a feature: the text of a property's value, or the name or xid of what a
// relation leads to. A property's value that is none is a [schema.ValueError], and not added.
func (k *Known) Add(f Feature, value string) error {
	value = strings.TrimSpace(value)
	if f.Property == nil {
		k.Links = append(k.Links, queries.SoughtLink{Relation: f.Relation.Name, In: f.In, End: value})
		return nil
	}
	canonical, err := f.Property.Parse(value)
	if err != nil && f.Property.Kind == schema.KindCountry {
		if code := mapping.Country(value); code != "" {
			canonical, err = code, nil
		}
	}
	if err != nil {
		return err
	}
	if k.Values == nil {
		k.Values = map[string][]string{}
	}
	k.Values[f.Property.Name] = append(k.Values[f.Property.Name], canonical)
	return nil
}

package schema

import "slices"

// Vocabulary is an ontology as a page that shows a graph needs it: what may stand in the graph, what to call it, and
// how to draw it.
type Vocabulary struct {
	Types     []TypeEntry     `json:"types"`
	Relations []RelationEntry `json:"relations"`
	Legend    []string        `json:"legend"` // types, in the order of a legend
	Unknown   StyleEntry      `json:"unknown"`

	MarkingScales [][]string `json:"marking_scales"` // the orders that markings stand in, each from the lowest level
}

// StyleEntry is how entities of a type are drawn.
type StyleEntry struct {
	Color string `json:"color"`
	Shape Shape  `json:"shape"`
}

// TypeEntry is a type of entities.
type TypeEntry struct {
	Name       string          `json:"name"`
	Label      string          `json:"label"`
	Plural     string          `json:"plural"`
	Doc        string          `json:"doc"`
	Caption    []string        `json:"caption"`  // what it is called by, best first
	Featured   []string        `json:"featured"` // what a card shows first
	Style      StyleEntry      `json:"style"`
	Properties []PropertyEntry `json:"properties"`
}

// PropertyEntry is a property of a type, or a qualifier of a relation.
type PropertyEntry struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Doc      string   `json:"doc,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Kind     Kind     `json:"kind"`
	List     bool     `json:"list,omitempty"`
	Values   []string `json:"values,omitempty"`   // all that are allowed
	Examples []string `json:"examples,omitempty"` // what is usually written
}

// RelationEntry is a relation.
type RelationEntry struct {
	Name       string          `json:"name"`
	Label      string          `json:"label"`
	Inverse    string          `json:"inverse"`
	Doc        string          `json:"doc"`
	Symmetric  bool            `json:"symmetric,omitempty"`
	Timeless   bool            `json:"timeless,omitempty"`
	Ends       []EndsEntry     `json:"ends"`
	Qualifiers []PropertyEntry `json:"qualifiers"`
}

// EndsEntry says between which types a relation may stand.
type EndsEntry struct {
	From []string `json:"from"` // types
	To   []string `json:"to"`
}

// Vocabulary returns the ontology as a page needs it.
func (o *Ontology) Vocabulary() Vocabulary {
	out := Vocabulary{
		Types: []TypeEntry{}, Relations: []RelationEntry{}, Legend: []string{}, Unknown: styleEntry(o, ""),
		MarkingScales: [][]string{TLPLevels(), ClassificationLevels()},
	}
	for _, t := range o.Types {
		out.Types = append(out.Types, TypeEntry{
			Name: t.Name, Label: t.Label, Plural: t.Plural, Doc: t.Doc, Caption: append([]string{}, o.Caption(t.Name)...),
			Featured: append([]string{}, t.Featured...), Style: styleEntry(o, t.Name), Properties: propertyEntries(t.Properties),
		})
	}
	for _, r := range o.Relations {
		info := RelationEntry{
			Name: r.Name, Label: r.Label, Inverse: r.Inverse, Doc: r.Doc, Symmetric: r.Symmetric, Timeless: r.Timeless,
			Ends: []EndsEntry{}, Qualifiers: propertyEntries(r.Qualifiers),
		}
		for _, e := range r.Ends {
			info.Ends = append(info.Ends, EndsEntry(e))
		}
		out.Relations = append(out.Relations, info)
	}
	for _, t := range o.Legend() {
		out.Legend = append(out.Legend, t.Name)
	}
	return out
}

func styleEntry(o *Ontology, name string) StyleEntry {
	return StyleEntry(o.Style(name))
}

func propertyEntries(list []*Property) []PropertyEntry {
	out := []PropertyEntry{}
	for _, p := range list {
		out = append(out, PropertyEntry{
			Name: p.Name, Label: p.Label, Doc: p.Doc, Unit: p.Unit, Kind: p.Kind, List: p.List, Values: slices.Clone(p.Values),
			Examples: slices.Clone(p.Examples),
		})
	}
	return out
}

// TLPLevels returns the levels of the Traffic Light Protocol (FIRST, TLP 2.0), the lowest first.
func TLPLevels() []string {
	return []string{"TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"}
}

// ClassificationLevels returns the levels of classifications, the lowest first.
func ClassificationLevels() []string {
	return []string{"UNCLASSIFIED", "RESTRICTED", "CONFIDENTIAL", "SECRET", "TOP SECRET"}
}

package schema

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// AnyType stands in the ends of a relation for every type but Source.
const AnyType = "any"

// SourceType is the type of documents. Claims cite them, [AnyType] leaves them out and no path runs through them
// (law 16), so this one type has a meaning in code.
const SourceType = "Source"

// Ontology says what can be said: the entity types, their properties and the relations between them.
//
// It is data. The default one is embedded from ontology/*.yaml, and a user's own file of the same format extends it
// (see [Ontology.Extend]); everything else, from the Dgraph schema to the explorer's legend, is derived from it. An
// Ontology is read-only once made. The zero Ontology is empty and can be extended.
type Ontology struct {
	Common    []*Property   // of every entity
	Types     []*EntityType // in declared order
	Relations []*Relation   // in declared order
}

// EntityType is a kind of thing that statements are about.
type EntityType struct {
	Name       string              // Person: as it stands in records and in Dgraph
	Label      string              // person: as people read it
	Plural     string              // people
	Doc        string              // what it is
	Properties []*Property         // the common ones first, then its own, in declared order
	MapsTo     map[string][]string // names of the same thing elsewhere, by model: followthemoney, stix, sfm, re3d
	Caption    []string            // the properties it is called by, best first; use [Ontology.Caption]
	Featured   []string            // the properties that a card or tooltip shows first
	Color      string              // #RRGGBB; use [Ontology.Style]
	Shape      Shape               // use [Ontology.Style]
	Legend     int                 // its place in legends, from 1; 0: after those that have one

	own []*Property
	pos Position
}

// Relation is a kind of statement about two entities, read from its first to its second end.
type Relation struct {
	Name       string              // commands: as it stands in records and in Dgraph
	Label      string              // commands: as people read it, from → to
	Inverse    string              // commanded by: as people read it backwards
	Doc        string              // what it says
	Symmetric  bool                // one edge, the smaller xid first, read both ways (law 12)
	SameType   bool                // both ends must be of one type
	Timeless   bool                // holds at any time, unless a statement of it gives a period (law 7)
	Ends       []Ends              // the pairs of types it may join
	Qualifiers []*Property         // what a statement of it may add, in declared order
	MapsTo     map[string][]string // names of the same thing elsewhere, as in [EntityType]

	pos Position
}

// Ends is a pair of lists of type names, or [AnyType]: every type of From may stand before every type of To.
type Ends struct {
	From []string
	To   []string
}

//go:embed ontology
var ontologyFiles embed.FS

// Default returns the ontology that orbat comes with. An error is a mistake in the embedded files.
func Default() (*Ontology, error) {
	var files []string
	err := fs.WalkDir(ontologyFiles, "ontology", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path.Ext(name) == ".yaml" {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the embedded ontology: %w", err)
	}
	draft := newDraft(&Ontology{})
	for _, name := range files {
		data, err := ontologyFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the embedded ontology: %w", err)
		}
		draft.read(name, data)
	}
	return draft.finish()
}

// Type returns the entity type of that exact name, nil if there is none.
func (o *Ontology) Type(name string) *EntityType {
	return find(o.Types, func(t *EntityType) bool { return t.Name == name })
}

// Relation returns the relation of that exact name, nil if there is none.
func (o *Ontology) Relation(name string) *Relation {
	return find(o.Relations, func(r *Relation) bool { return r.Name == name })
}

// RelationNames returns the names of all relations, in their order.
func (o *Ontology) RelationNames() []string {
	names := make([]string, len(o.Relations))
	for i, r := range o.Relations {
		names[i] = r.Name
	}
	return names
}

// Property returns the property of that name of the type; of the first type that has it if typeName is "" (unknown).
// Kind, list and winner of a property are the same in every type, its enum values may differ. Nil if there is none.
func (o *Ontology) Property(typeName, name string) *Property {
	if typeName != "" {
		if t := o.Type(typeName); t != nil {
			return t.Property(name)
		}
		return nil
	}
	if p := findProperty(o.Common, name); p != nil {
		return p
	}
	for _, t := range o.Types {
		if p := findProperty(t.own, name); p != nil {
			return p
		}
	}
	return nil
}

// Property returns the common or own property of that name, nil if there is none.
func (t *EntityType) Property(name string) *Property { return findProperty(t.Properties, name) }

// Qualifier returns the qualifier of that name, nil if there is none.
func (r *Relation) Qualifier(name string) *Property { return findProperty(r.Qualifiers, name) }

// Fits reports whether the relation may join an entity of type from to one of type to. "" is an unknown type and
// fits wherever some type does. The ends of a symmetric relation fit in either order.
func (r *Relation) Fits(from, to string) bool {
	if r.SameType && from != "" && to != "" && from != to {
		return false
	}
	return r.fitsInOrder(from, to) || (r.Symmetric && r.fitsInOrder(to, from))
}

func (r *Relation) fitsInOrder(from, to string) bool {
	return slices.ContainsFunc(r.Ends, func(e Ends) bool { return endHas(e.From, from) && endHas(e.To, to) })
}

func endHas(end []string, name string) bool {
	return name == "" || slices.Contains(end, name) || (name != SourceType && slices.Contains(end, AnyType))
}

// EndTypes returns the types that a relation has at its end, or at its beginning; both where it is symmetric; nil: any.
func (o *Ontology) EndTypes(relation string, beginning bool) (types []string) {
	r := o.Relation(relation)
	if r == nil {
		return nil
	}
	for _, e := range r.Ends {
		list := e.To
		switch {
		case r.Symmetric:
			list = slices.Concat(e.From, e.To)
		case beginning:
			list = e.From
		}
		for _, t := range list {
			if t == AnyType {
				return nil
			}
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types
}

// String returns the ends as help texts and errors show them: "Person → Unit, Organisation".
func (e Ends) String() string { return strings.Join(e.From, ", ") + " → " + strings.Join(e.To, ", ") }

// Suggest returns the known name nearest to one that is not known, for "did you mean …?", or "" if none is near.
//
// kind is "type", "relation" or "property" (of any type), or the name of a type or relation, which looks among its
// properties or qualifiers.
func (o *Ontology) Suggest(kind, name string) string {
	var known []string
	switch kind {
	case "type":
		for _, t := range o.Types {
			known = append(known, t.Name)
		}
	case "relation":
		for _, r := range o.Relations {
			known = append(known, r.Name)
		}
	case "property":
		known = propertyNames(o.Common)
		for _, t := range o.Types {
			known = append(known, propertyNames(t.own)...)
		}
	default:
		if t := o.Type(kind); t != nil {
			known = propertyNames(t.Properties)
		} else if r := o.Relation(kind); r != nil {
			known = propertyNames(r.Qualifiers)
		}
	}
	return Nearest(name, known)
}

func findProperty(properties []*Property, name string) *Property {
	return find(properties, func(p *Property) bool { return p.Name == name })
}

func propertyNames(properties []*Property) []string {
	names := make([]string, len(properties))
	for i, p := range properties {
		names[i] = p.Name
	}
	return names
}

func find[T any](list []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i]
	}
	return nil
}

package schema

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// UnknownColor is the colour of what has no type, or one whose ontology gives it no colour.
const UnknownColor = "#F0E442"

// Shape is the outline that entities of a type are drawn with; what draws them knows all of [Shapes].
type Shape string

// The shapes.
const (
	Circle    Shape = "circle" // or an ellipse around a label
	Rectangle Shape = "rectangle"
	Hexagon   Shape = "hexagon"
	Octagon   Shape = "octagon"
	Diamond   Shape = "diamond"
	Triangle  Shape = "triangle"
	Star      Shape = "star"
	Tag       Shape = "tag" // or a sheet of paper
)

// Shapes lists the shapes; a type that names none has the first.
func Shapes() []Shape {
	return []Shape{Rectangle, Circle, Hexagon, Octagon, Diamond, Triangle, Star, Tag}
}

// Style is how entities of a type are drawn.
type Style struct {
	Color string // #RRGGBB
	Shape Shape
}

var colorText = regexp.MustCompile(`^#[0-9A-F]{6}$`)

// RGB returns the red, green and blue of the colour, 0 to 255 each.
func (s Style) RGB() (red, green, blue uint8) {
	rgb, _ := strconv.ParseUint(strings.TrimPrefix(s.Color, "#"), 16, 32) // six hexadecimal digits, as checked when it was read
	return uint8(rgb >> 16), uint8(rgb >> 8 & 0xff), uint8(rgb & 0xff)
}

// Style returns how entities of the type are drawn; "" and an unknown name are a type without a style of its own.
func (o *Ontology) Style(typeName string) Style {
	style := Style{Color: UnknownColor, Shape: Shapes()[0]}
	if t := o.Type(typeName); t != nil {
		style.Color, style.Shape = orDefault(t.Color, style.Color), orDefault(t.Shape, style.Shape)
	}
	return style
}

func orDefault[T ~string](value, otherwise T) T {
	if value == "" {
		return otherwise
	}
	return value
}

// Legend returns the types with a colour of their own: by their place in the legend, those without one after them in
// declared order.
func (o *Ontology) Legend() []*EntityType {
	colored := slices.DeleteFunc(slices.Clone(o.Types), func(t *EntityType) bool { return t.Color == "" })
	slices.SortStableFunc(colored, func(a, b *EntityType) int { return legendOrder(a) - legendOrder(b) })
	return colored
}

func legendOrder(t *EntityType) int {
	if t.Legend == 0 {
		return maxLegend + 1
	}
	return t.Legend
}

// LegendPlace returns the place of a type in legends, from 1; those without one, and what is no type, come after them.
func (o *Ontology) LegendPlace(typeName string) int {
	if t := o.Type(typeName); t != nil {
		return legendOrder(t)
	}
	return maxLegend + 1
}

const maxLegend = 1000

// Caption returns the properties that an entity of the type may be called by, best first; where it has none of them it
// is called by its xid. For "" (unknown) they are those of all types, and a type that declares no caption has of those
// the ones that are its properties.
func (o *Ontology) Caption(typeName string) []string {
	t := o.Type(typeName)
	if t != nil && len(t.Caption) > 0 {
		return t.Caption
	}
	var all []string
	for _, other := range o.Types {
		for _, property := range other.Caption {
			if !slices.Contains(all, property) && (t == nil || t.Property(property) != nil) {
				all = append(all, property)
			}
		}
	}
	return all
}

// IsName reports whether people look entities up by the property, of whichever type: its values are folded into
// [NameKeys] and [NameSounds].
func (o *Ontology) IsName(property string) bool {
	of := func(list []*Property) bool {
		return slices.ContainsFunc(list, func(p *Property) bool { return p.Names && p.Name == property })
	}
	return of(o.Common) || slices.ContainsFunc(o.Types, func(t *EntityType) bool { return of(t.own) })
}

// Complete returns the ontology with what it leaves unsaid about names, captions, styles, what is timeless and what
// merely describes as another one says it, type by type and relation by relation. A database that was written before
// ontologies spoke of these keeps one that says nothing of them; it is read as if it said what the code then knew.
func (o *Ontology) Complete(from *Ontology) *Ontology {
	d := newDraft(o)
	unnamed := !slices.ContainsFunc(o.properties(), func(p *Property) bool { return p.Names })
	for _, p := range d.o.properties() {
		p.Names = p.Names || unnamed && from.IsName(p.Name)
	}
	dated := !slices.ContainsFunc(o.Relations, func(r *Relation) bool { return r.Timeless })
	undescribed := !slices.ContainsFunc(o.Relations, func(r *Relation) bool {
		return slices.ContainsFunc(r.Qualifiers, func(q *Property) bool { return q.Describes })
	})
	for _, r := range d.o.Relations {
		other := from.Relation(r.Name)
		if other == nil {
			continue
		}
		r.Timeless = r.Timeless || dated && other.Timeless
		for _, q := range r.Qualifiers {
			of := other.Qualifier(q.Name)
			q.Describes = q.Describes || undescribed && of != nil && of.Describes
		}
	}
	d.join()
	for _, t := range d.o.Types {
		other := from.Type(t.Name)
		if other == nil || t.Color != "" || t.Shape != "" || t.Legend != 0 || len(t.Caption)+len(t.Featured) > 0 {
			continue
		}
		absent := func(property string) bool { return t.Property(property) == nil }
		t.Caption = slices.DeleteFunc(slices.Clone(other.Caption), absent)
		t.Featured = slices.DeleteFunc(slices.Clone(other.Featured), absent)
		t.Color, t.Shape, t.Legend = other.Color, other.Shape, other.Legend
	}
	return d.o
}

// properties returns the common properties and those of each type, not each of its name once.
func (o *Ontology) properties() []*Property {
	all := slices.Clone(o.Common)
	for _, t := range o.Types {
		all = append(all, t.own...)
	}
	return all
}

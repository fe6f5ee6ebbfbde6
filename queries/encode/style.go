package encode

import (
	"orbat/queries"
	"orbat/schema"
)

// otherStyle is what formats that list styles by type call the style of every type without a colour of its own.
const otherStyle = "other"

// ontologyOf returns the ontology that says how the graph's nodes are drawn.
func ontologyOf(g *queries.Graph) (*schema.Ontology, error) {
	if g.Ontology != nil {
		return g.Ontology, nil
	}
	return schema.Default()
}

// styleNames lists the types with a colour of their own, then [otherStyle].
func styleNames(o *schema.Ontology) []string {
	var names []string
	for _, t := range o.Legend() {
		names = append(names, t.Name)
	}
	return append(names, otherStyle)
}

// styleName returns the one of [styleNames] that entities of the type have.
func styleName(o *schema.Ontology, entityType string) string {
	if t := o.Type(entityType); t != nil && t.Color != "" {
		return t.Name
	}
	return otherStyle
}

// shapeNames returns what Graphviz and yEd call a shape. They write the name into it: in place of what has room for
// none stands one that is as easily told apart.
func shapeNames(s schema.Shape) (dot, yEd string) {
	switch s {
	case schema.Circle:
		return "ellipse", "ellipse"
	case schema.Hexagon, schema.Octagon, schema.Diamond:
		return string(s), string(s)
	case schema.Triangle:
		return "house", "trapezoid"
	case schema.Star:
		return "doubleoctagon", "parallelogram"
	case schema.Tag:
		return "note", "rectangle"
	default:
		return "box", "roundrectangle"
	}
}

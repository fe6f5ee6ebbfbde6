package canned

// Shape is the form of a result, which decides how a terminal shows it.
type Shape string

// The shapes.
const (
	TableShape    Shape = "table"    // rows
	TimelineShape Shape = "timeline" // rows in the order of time, with a column date or period
	MapShape      Shape = "map"      // rows with a column position: latitude, longitude
	GraphShape    Shape = "graph"    // nodes and edges
	TreeShape     Shape = "tree"     // nodes and edges below one root
	PathShape     Shape = "path"     // alternatives, each a chain of edges
)

// Rows reports whether answers of the shape are rows.
func (s Shape) Rows() bool { return shapeOf(s).rows }

// shapeInfo is what a header must know of a shape.
type shapeInfo struct {
	Name      Shape
	Doc       string
	rows      bool // without a step it is made of columns
	needsStep bool // DQL alone does not give it
}

// shapes is the one list of the shapes a header may name.
func shapes() []shapeInfo {
	return []shapeInfo{
		{Name: TableShape, Doc: "rows of the columns named", rows: true},
		{Name: TimelineShape, Doc: "rows in the order of time, with a column date or period", rows: true},
		{Name: MapShape, Doc: "rows with a column position", rows: true},
		{Name: GraphShape, Doc: "entities and links: every edge of the DQL that asks for uid and xid on both sides"},
		{Name: TreeShape, Doc: "links below one entity, or above it, level by level", needsStep: true},
		{Name: PathShape, Doc: "chains of links between two entities", needsStep: true},
	}
}

func shapeOf(name Shape) shapeInfo {
	for _, s := range shapes() {
		if s.Name == name {
			return s
		}
	}
	return shapeInfo{}
}

func shapeNames() []string {
	var names []string
	for _, s := range shapes() {
		names = append(names, string(s.Name))
	}
	return names
}

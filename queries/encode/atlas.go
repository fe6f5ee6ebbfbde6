package encode

import (
	"math"
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"

	"orbat/queries"
)

// maxNames bounds the names kept of entities that have no position: about 10 MB. In a larger graph a link says the xid
// of the others.
const maxNames = 100_000

// atlas remembers what edges need of the nodes that came before them: the positions of all that have one, and a bounded
// number of names. Its memory grows with the positions, not with the graph.
type atlas struct {
	places map[string]*place
	names  map[string]named

	unplaced int // entities without a position
	invalid  int // entities with a position that cannot be read
	unlinked int // links between two such, and what links say that a map does not show
}

type named struct{ name, kind string }

// place is where an entity is: its geometry, and its middle, for lines.
type place struct {
	named
	shape  geom.T
	middle geom.Coord
}

func newAtlas() *atlas { return &atlas{places: map[string]*place{}, names: map[string]named{}} }

// add notes a node and returns its place, nil where it has none.
func (a *atlas) add(row *nodeRow) *place {
	who := named{name: row.label(), kind: row.Type}
	shape, bad := shapeOf(row.Properties["geo"])
	if bad {
		a.invalid++
	}
	if shape == nil {
		a.unplaced++
		if len(a.names) < maxNames {
			a.names[row.XID] = who
		}
		return nil
	}
	p := &place{named: who, shape: shape, middle: middle(shape)}
	a.places[row.XID] = p
	return p
}

// called returns what to call an entity by.
func (a *atlas) called(xid string) named {
	if p := a.places[xid]; p != nil {
		return p.named
	}
	if who, found := a.names[xid]; found {
		return who
	}
	return named{name: xid}
}

// link returns the geometry of an edge: that of the end which has one, a line where both have. A place's being within
// another is no line on a map, and that a document mentions it puts nothing there.
func (a *atlas) link(e *queries.Edge) geom.T {
	from, to := a.places[e.From], a.places[e.To]
	switch {
	case e.Relation == "mentions" || from == nil && to == nil || from != nil && to != nil && (e.Relation == "within" || e.From == e.To):
		a.unlinked++
		return nil
	case from == nil:
		return to.shape
	case to == nil:
		return from.shape
	}
	return line(from.middle, to.middle)
}

// shapeOf reads GeoJSON geometries; several make a collection. bad: one of them is none.
func shapeOf(texts []string) (shape geom.T, bad bool) {
	var all []geom.T
	for _, text := range texts {
		var one geom.T
		// The library reads null as 0, which would be a place.
		if text == "" || strings.Contains(text, "null") || geojson.Unmarshal([]byte(text), &one) != nil || !onEarth(one) {
			bad = true
			continue
		}
		all = append(all, one)
	}
	switch len(all) {
	case 0:
		return nil, bad
	case 1:
		return all[0], bad
	}
	collection := geom.NewGeometryCollection()
	if collection.Push(all...) != nil {
		return all[0], true
	}
	return collection, bad
}

// onEarth reports whether a geometry has coordinates, all of them degrees, and its rings are rings. It turns those the
// way RFC 7946 wants them: the outer counter-clockwise, holes clockwise.
func onEarth(shape geom.T) bool {
	if shape == nil || shape.Empty() {
		return false
	}
	switch s := shape.(type) {
	case *geom.GeometryCollection:
		for _, part := range s.Geoms() {
			if !onEarth(part) {
				return false
			}
		}
		return true
	case *geom.Polygon:
		return turnRings(s.FlatCoords(), 0, s.Ends(), s.Stride()) && inDegrees(shape)
	case *geom.MultiPolygon:
		start := 0
		for _, ends := range s.Endss() {
			if len(ends) == 0 || !turnRings(s.FlatCoords(), start, ends, s.Stride()) {
				return false
			}
			start = ends[len(ends)-1]
		}
	case *geom.LineString:
		if s.NumCoords() < 2 {
			return false
		}
	case *geom.MultiLineString:
		for i := range s.NumLineStrings() {
			if s.LineString(i).NumCoords() < 2 {
				return false
			}
		}
	}
	return inDegrees(shape)
}

func inDegrees(shape geom.T) bool {
	flat, stride := shape.FlatCoords(), shape.Stride()
	if stride < 2 {
		return false
	}
	for i := 0; i+1 < len(flat); i += stride {
		if !(math.Abs(flat[i]) <= 180 && math.Abs(flat[i+1]) <= 90) { // NaN neither
			return false
		}
	}
	return true
}

// turnRings reports whether what stands between start and the ends are rings, and turns them.
func turnRings(flat []float64, start int, ends []int, stride int) bool {
	const least = 4
	for i, end := range ends {
		ring := flat[start:end]
		n := len(ring) / stride
		if n < least || ring[0] != ring[(n-1)*stride] || ring[1] != ring[(n-1)*stride+1] {
			return false
		}
		if counter := area(ring, stride) >= 0; counter != (i == 0) {
			for a, b := 0, n-1; a < b; a, b = a+1, b-1 {
				for k := range stride {
					ring[a*stride+k], ring[b*stride+k] = ring[b*stride+k], ring[a*stride+k]
				}
			}
		}
		start = end
	}
	return true
}

// area is twice a ring's area in square degrees, negative if it runs clockwise.
func area(ring []float64, stride int) float64 {
	sum := 0.0
	for i := 0; i+stride+1 < len(ring); i += stride {
		sum += ring[i]*ring[i+stride+1] - ring[i+stride]*ring[i+1]
	}
	return sum
}

// middle is the point itself, else the middle of the bounding box: good enough to draw a line to.
func middle(shape geom.T) geom.Coord {
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	parts := []geom.T{shape}
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		if collection, ok := part.(*geom.GeometryCollection); ok {
			parts = append(parts, collection.Geoms()...)
			continue
		}
		flat := part.FlatCoords()
		for i := 0; i+1 < len(flat); i += part.Stride() {
			west, east = min(west, flat[i]), max(east, flat[i])
			south, north = min(south, flat[i+1]), max(north, flat[i+1])
		}
	}
	return geom.Coord{(west + east) / 2, (south + north) / 2}
}

// line joins two positions the shorter way round. Where that leads over the antimeridian it is cut there in two (RFC
// 7946, section 3.1.9).
func line(a, b geom.Coord) geom.T {
	far := b[0] - a[0]
	if math.Abs(far) <= 180 {
		return geom.NewLineStringFlat(geom.XY, []float64{a[0], a[1], b[0], b[1]})
	}
	edge := math.Copysign(180, a[0]) // the side from which it leaves
	unrolled := b[0] + 2*edge
	latitude := a[1]
	if unrolled != a[0] {
		latitude += (b[1] - a[1]) * (edge - a[0]) / (unrolled - a[0])
	}
	return geom.NewMultiLineStringFlat(geom.XY, []float64{a[0], a[1], edge, latitude, -edge, latitude, b[0], b[1]}, []int{4, 8})
}

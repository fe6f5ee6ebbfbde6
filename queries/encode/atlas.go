package encode

import (
	"cmp"
	"math"
	"slices"
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
	uncut    int // entities whose position leads over the antimeridian and is not cut there

	firstInvalid, firstUncut string // xids
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
		a.firstInvalid = cmp.Or(a.firstInvalid, row.XID)
	}
	if shape == nil {
		a.unplaced++
		if len(a.names) < maxNames {
			a.names[row.XID] = who
		}
		return nil
	}
	middle, uncut := middle(shape)
	if uncut {
		a.uncut++
		a.firstUncut = cmp.Or(a.firstUncut, row.XID)
	}
	p := &place{named: who, shape: shape, middle: middle}
	a.places[row.XID] = p
	return p
}

// notice tells what the map lacks, or shows otherwise than was meant.
func (a *atlas) notice(g *queries.Graph) {
	if len(a.places) == 0 {
		notice(g, "The map is empty: none of %d entities has a position (the property geo).", a.unplaced)
	}
	if a.invalid > 0 {
		notice(g, "Positions that cannot be read are left out: %d, the first that of %s.", a.invalid, a.firstInvalid)
	}
	if a.uncut > 0 {
		notice(g, "Positions with a side of more than 180 degrees: %d, the first that of %s. Readers draw a band round the earth; what "+
			"leads over the antimeridian is to be cut there in two (RFC 7946, 3.1.9).", a.uncut, a.firstUncut)
	}
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

// arc is a part of the parallels, from west to east in degrees, west at most 180 and east perhaps beyond it.
type arc struct{ west, east float64 }

// middle is the point itself, else the middle of the least box that holds all of it, over the antimeridian too: good
// enough to draw a line to. A side of more than 180 degrees is taken for one that leads the shorter way round and was
// not cut; the whole way round is meant as it stands.
func middle(shape geom.T) (_ geom.Coord, uncut bool) {
	const whole = 360
	south, north := math.Inf(1), math.Inf(-1)
	var covered []arc
	parts := []geom.T{shape}
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		if collection, ok := part.(*geom.GeometryCollection); ok {
			parts = append(parts, collection.Geoms()...)
			continue
		}
		for _, line := range linesOf(part) {
			for i, at := range line {
				south, north = min(south, at[1]), max(north, at[1])
				from, to := at[0], at[0]
				if i > 0 {
					from, to = min(at[0], line[i-1][0]), max(at[0], line[i-1][0])
				}
				if across := to-from > whole/2 && to-from < whole; across {
					uncut = true
					covered = append(covered, arc{to, whole / 2}, arc{-whole / 2, from})
					continue
				}
				covered = append(covered, arc{from, to})
			}
		}
	}
	box := hull(covered)
	longitude := (box.west + box.east) / 2
	if longitude > whole/2 {
		longitude -= whole
	}
	return geom.Coord{longitude, (south + north) / 2}, uncut
}

// linesOf returns the rings and lines of a geometry; of points each by itself.
func linesOf(shape geom.T) [][]geom.Coord {
	var ends []int
	switch s := shape.(type) {
	case *geom.MultiPolygon:
		for _, rings := range s.Endss() {
			ends = append(ends, rings...)
		}
	case *geom.LineString:
		ends = []int{len(s.FlatCoords())}
	case *geom.MultiPoint:
	default:
		ends = s.Ends()
	}
	flat, stride := shape.FlatCoords(), shape.Stride()
	if len(ends) == 0 {
		for end := stride; end <= len(flat); end += stride {
			ends = append(ends, end)
		}
	}
	var all [][]geom.Coord
	start := 0
	for _, end := range ends {
		var line []geom.Coord
		for i := start; i+1 < end; i += stride {
			line = append(line, geom.Coord{flat[i], flat[i+1]})
		}
		all, start = append(all, line), end
	}
	return all
}

// hull returns the least arc that holds all of them: what is left of the circle without its widest gap.
func hull(covered []arc) arc {
	const whole = 360
	slices.SortFunc(covered, func(a, b arc) int { return cmp.Compare(a.west, b.west) })
	east := covered[0].east
	for _, c := range covered {
		east = max(east, c.east)
	}
	least := arc{covered[0].west, east}
	gap := covered[0].west + whole - east // the one over the antimeridian
	reached := covered[0].east
	for _, c := range covered {
		if c.west-reached > gap {
			gap = c.west - reached
			least = arc{c.west, reached + whole}
		}
		reached = max(reached, c.east)
	}
	return least
}

// line joins two positions the shorter way round. Where that leads over the antimeridian it is cut there in two (RFC
// 7946, section 3.1.9).
func line(a, b geom.Coord) geom.T {
	a = geom.Coord{sameSide(a[0], b[0]), a[1]}
	b = geom.Coord{sameSide(b[0], a[0]), b[1]}
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

// sameSide returns a longitude; the antimeridian's, which has two, on the side of another.
func sameSide(longitude, other float64) float64 {
	if math.Abs(longitude) == 180 && other != 0 {
		return math.Copysign(180, other)
	}
	return longitude
}

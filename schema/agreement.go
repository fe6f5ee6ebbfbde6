package schema

import (
	"cmp"
	"encoding/json"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"
)

// Agree reports whether two values of the property may both be right: the one says the same more precisely, or in other
// words, letters or another language.
//
//	dates      that may be the same: 1971 and 1971-05-05, ~2010 and 2009
//	periods    that may share a moment
//	shapes     a point within an area, two areas that meet, two points no further apart than the coarser is written
//	numbers    of which the one lies within the bounds of the other, or their bounds overlap
//	ranks      that mean one grade (ranks.yaml): Colonel and полковник
//	enumerated what is said not to be known agrees with everything
//	texts      that have the same words, in whatever script
//
// Of a number only what is said beside it tells how exact it is meant ([Agreement]).
func (p *Property) Agree(x, y string) bool { return x == y || p.agree(p.read(x), p.read(y)) }

// Agreement tells which values of an entity's property agree, as the claims about it state them: a number within its
// bounds.
type Agreement struct{ *comparison }

// Agreement returns what tells which values of a property agree. claims are about one entity.
func (o *Ontology) Agreement(typeName string, p *Property, claims []*StoredClaim) Agreement {
	return Agreement{o.comparison(typeName, p, claims)}
}

// Agree reports whether two values may both be right.
func (a Agreement) Agree(x, y Stated) bool {
	return x.Value == y.Value || a.agree(a.stated(x), a.stated(y))
}

// Denies reports whether who denies one value denies another with it: the same in other words perhaps, or what says the
// denied more precisely. A vaguer one may be so all the same: not born on 5 May 1971, but in 1971.
func (a Agreement) Denies(denied, value Stated) bool {
	return denied.Value == value.Value || a.includes(a.stated(denied), a.stated(value))
}

// includes reports whether whatever the second value may be exactly, the first leaves room for it.
func (c *comparison) includes(whole, part *reading) bool {
	switch c.Kind {
	case KindDate, KindPeriod:
		return part.period.Implies(whole.period)
	case KindString, KindText:
		return c.agree(whole, part) && part.grades == whole.grades // a captain denied is no colonel denied
	case KindEnum:
		return strings.EqualFold(whole.text, part.text)
	case KindLanguage:
		return strings.HasPrefix(part.text, whole.text+"-")
	case KindInt, KindFloat:
		return whole.bounded && part.bounded && !math.IsInf(whole.high-whole.low, 0) && whole.low <= part.low && part.high <= whole.high
	default:
		return false
	}
}

// stated returns what a value says.
func (c *comparison) stated(s Stated) *reading {
	r := c.read(s.Value)
	for _, claim := range s.Claims {
		c.widen(r, claim)
	}
	return r
}

// comparison compares values of one property of an entity.
type comparison struct {
	*Property
	low, high map[string]float64 // of a number, by statement: its bounds
}

func (o *Ontology) comparison(typeName string, p *Property, claims []*StoredClaim) *comparison {
	low, high := o.boundsOf(typeName, p.Name)
	return newComparison(p, candidatesOf(claims, low), candidatesOf(claims, high))
}

// newComparison takes the claims that state bounds of the property.
func newComparison(p *Property, lows, highs []candidate) *comparison {
	c := &comparison{Property: p}
	note := func(bounds []candidate, further func(a, b float64) float64) (by map[string]float64) {
		for _, of := range bounds {
			bound, err := strconv.ParseFloat(of.value, 64)
			if err != nil {
				continue
			}
			if by == nil {
				by = map[string]float64{}
			}
			key := of.claim.statement()
			if other, known := by[key]; known {
				bound = further(bound, other)
			}
			by[key] = bound
		}
		return by
	}
	c.low, c.high = note(lows, math.Min), note(highs, math.Max)
	return c
}

// boundsOf returns the names of the properties that are the lowest and the highest of a number; empty: there is none.
func (o *Ontology) boundsOf(typeName, number string) (low, high string) {
	of := o.uniqueProperties
	if t := o.Type(typeName); t != nil {
		of = func() []*Property { return t.Properties }
	}
	for _, p := range of() {
		switch number {
		case p.LowOf:
			low = p.Name
		case p.HighOf:
			high = p.Name
		}
	}
	return low, high
}

// reading is what the text of a value says, as the values of one property are compared.
type reading struct {
	text      string
	period    Period
	shape     *outline
	grades    grades
	low, high float64 // of a number: what its statements leave room for
	width     float64 // of a number: how much the most exact of them does
	bounded   bool    // low, high and width are known
}

// readings returns what each of the values says, in the order of the values.
func (c *comparison) readings(candidates []candidate) (list []*reading) {
	by := map[string]*reading{}
	for _, of := range candidates {
		if by[of.value] == nil {
			by[of.value] = c.read(of.value)
			list = append(list, by[of.value])
		}
		c.widen(by[of.value], of.claim)
	}
	return list
}

// widen takes up how exact a claim means a number.
func (c *comparison) widen(r *reading, claim *StoredClaim) {
	if c.low == nil && c.high == nil {
		return
	}
	number, err := strconv.ParseFloat(r.text, 64)
	if err != nil {
		return
	}
	key := claim.statement()
	low, hasLow := c.low[key]
	high, hasHigh := c.high[key]
	switch {
	case !hasLow && !hasHigh:
		low, high = number, number
	case !hasLow:
		low = math.Inf(-1)
	case !hasHigh:
		high = math.Inf(1)
	}
	if low, high = min(low, number), max(high, number); !r.bounded {
		r.low, r.high, r.width, r.bounded = low, high, high-low, true
		return
	}
	r.low, r.high, r.width = min(r.low, low), max(r.high, high), min(r.width, high-low)
}

// read reads a value; what cannot be read has its text alone.
func (p *Property) read(value string) *reading {
	r := &reading{text: value}
	switch {
	case p.Dated():
		r.period, _ = ParsePeriod(value) // canonical text of a date always parses
	case p.Kind == KindGeo:
		r.shape = readOutline(value)
	case p.isRank():
		r.grades = ranks().gradesOf(value)
	}
	return r
}

func (p *Property) agree(a, b *reading) bool {
	if a.text == b.text {
		return true
	}
	switch p.Kind {
	case KindDate:
		return a.period.Within(b.period.From.Range) != No
	case KindPeriod:
		_, holding := a.period.Intersect(b.period)
		return holding != No
	case KindGeo:
		return a.shape != nil && b.shape != nil && a.shape.agrees(b.shape)
	case KindEnum:
		return notKnown(a.text) || notKnown(b.text)
	case KindLanguage:
		return strings.HasPrefix(a.text, b.text+"-") || strings.HasPrefix(b.text, a.text+"-")
	case KindString, KindText:
		return a.grades&b.grades != 0 || sameWords(a.text, b.text)
	case KindInt, KindFloat:
		return a.bounded && b.bounded && a.low <= b.high && b.low <= a.high
	default:
		return false
	}
}

// sameWords reports whether two texts have the same words, or are the same in different scripts: Иван and Ivan.
func sameWords(x, y string) bool {
	folded := Folded(x)
	if folded == "" {
		return false
	}
	return folded == Folded(y) || isLatin(x) != isLatin(y) && slices.Equal(NameSounds([]string{x}), NameSounds([]string{y}))
}

// isLatin reports whether a text has no letters of another script.
func isLatin(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}

// notKnown reports whether a value of an enumeration says that nobody knows.
func notKnown(value string) bool { return value == "unknown" || value == "pending" }

// spread returns how much a value leaves open: how many ends that are not known, then how far those that are may lie
// apart. The less, the more precise.
func (p *Property) spread(r *reading) (unknown int, width float64) {
	switch {
	case p.Dated():
		for _, end := range []Bound{r.period.From, r.period.To} {
			switch {
			case end.Open:
			case end.Min.IsZero() || end.Max.IsZero():
				unknown++
			default:
				width += end.Max.Sub(end.Min).Seconds()
			}
		}
	case r.shape != nil:
		width = r.shape.size
	case p.Kind == KindEnum && notKnown(r.text):
		unknown = 1
	case p.Kind == KindLanguage:
		width = -float64(strings.Count(r.text, "-"))
	case r.bounded && math.IsInf(r.width, 0):
		unknown = 1
	case r.bounded:
		width = r.width
	case r.grades != 0:
		width = float64(bits.OnesCount64(uint64(r.grades)))
	}
	return unknown, width
}

// vaguer reports whether a value says what another says more precisely.
func (p *Property) vaguer(a, b *reading) bool {
	unknownA, widthA := p.spread(a)
	unknownB, widthB := p.spread(b)
	return cmp.Or(cmp.Compare(unknownA, unknownB), cmp.Compare(widthA, widthB)) > 0 && p.agree(a, b)
}

// compareValues orders values: numbers as numbers, dates as dates by their earliest instants, text by its bytes.
func (p *Property) compareValues(x, y string) int {
	order := 0
	switch {
	case p.Kind == KindInt:
		a, _ := strconv.ParseInt(x, 10, 64)
		b, _ := strconv.ParseInt(y, 10, 64)
		order = cmp.Compare(a, b)
	case p.Kind == KindFloat:
		a, _ := strconv.ParseFloat(x, 64)
		b, _ := strconv.ParseFloat(y, 64)
		order = cmp.Compare(a, b)
	case p.Dated():
		a, _ := ParsePeriod(x)
		b, _ := ParsePeriod(y)
		order = cmp.Or(a.From.compare(b.From), a.To.compare(b.To))
	}
	return cmp.Or(order, strings.Compare(x, y))
}

// compare orders ends of periods by their earliest instant, then their latest: one that is not known is the earliest.
func (e Bound) compare(f Bound) int { return cmp.Or(e.Min.Compare(f.Min), e.Max.Compare(f.Max)) }

// outline is a shape as shapes are compared: where it lies, and how large it is.
type outline struct {
	point bool
	rings [][]geom.Coord // the outer rings of its areas; the point alone
	size  float64        // degrees: how far it reaches, or how finely a point is written
}

// near is how many degrees two points may always lie apart: a hundred metres or so, less than most places measure.
const near = 0.001

// readOutline reads a shape; nil: it cannot be read.
func readOutline(text string) *outline {
	var shape geom.T
	if geojson.Unmarshal([]byte(text), &shape) != nil {
		return nil
	}
	o := &outline{}
	switch s := shape.(type) {
	case *geom.Point:
		o.point, o.rings, o.size = true, [][]geom.Coord{{s.Coords()}}, fineness(text)
		return o
	case *geom.Polygon:
		o.rings = append(o.rings, unrolled(s.LinearRing(0).Coords()))
	case *geom.MultiPolygon:
		for i := range s.NumPolygons() {
			o.rings = append(o.rings, unrolled(s.Polygon(i).LinearRing(0).Coords()))
		}
	default:
		return nil
	}
	for _, ring := range o.rings {
		west, south, east, north := boxOf(ring)
		o.size = max(o.size, east-west, north-south)
	}
	return o
}

// fineness returns what the last decimal of a point's coordinates is worth.
func fineness(text string) float64 {
	var point struct{ Coordinates []json.Number }
	_ = json.Unmarshal([]byte(text), &point) // it was read before
	decimals := 0
	for _, n := range point.Coordinates {
		_, after, _ := strings.Cut(n.String(), ".")
		decimals = max(decimals, len(after))
	}
	return math.Pow10(-decimals)
}

// unrolled returns a ring; where it leads over the antimeridian and is not cut there, with longitudes that go on beyond
// 180 degrees.
func unrolled(ring []geom.Coord) []geom.Coord {
	const half = 180
	for i := 1; i < len(ring); i++ {
		if side := math.Abs(ring[i][0] - ring[i-1][0]); side > half && side < 2*half {
			east := make([]geom.Coord, len(ring))
			for k, at := range ring {
				if east[k] = slices.Clone(at); at[0] < 0 {
					east[k][0] += 2 * half
				}
			}
			return east
		}
	}
	return ring
}

func boxOf(ring []geom.Coord) (west, south, east, north float64) {
	west, south, east, north = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, at := range ring {
		west, east, south, north = min(west, at[0]), max(east, at[0]), min(south, at[1]), max(north, at[1])
	}
	return west, south, east, north
}

func (o *outline) agrees(q *outline) bool {
	for _, a := range o.rings {
		for _, b := range q.rings {
			for _, turn := range []float64{-360, 0, 360} {
				switch {
				case o.point && q.point:
					apart := max(near, max(o.size, q.size)/2)
					if math.Abs(a[0][0]+turn-b[0][0]) <= apart && math.Abs(a[0][1]-b[0][1]) <= apart {
						return true
					}
				case o.point:
					if holds(b, a[0][0]+turn, a[0][1]) {
						return true
					}
				case q.point:
					if holds(a, b[0][0]+turn, b[0][1]) {
						return true
					}
				default:
					west, south, east, north := boxOf(a)
					otherWest, otherSouth, otherEast, otherNorth := boxOf(b)
					if west+turn <= otherEast && otherWest <= east+turn && south <= otherNorth && otherSouth <= north {
						return true
					}
				}
			}
		}
	}
	return false
}

// holds reports whether a point lies within a ring, or about on it.
func holds(ring []geom.Coord, longitude, latitude float64) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if math.Abs(a[0]-longitude) <= near && math.Abs(a[1]-latitude) <= near {
			return true
		}
		if (a[1] > latitude) != (b[1] > latitude) && longitude < a[0]+(b[0]-a[0])*(latitude-a[1])/(b[1]-a[1]) {
			in = !in
		}
	}
	return in
}

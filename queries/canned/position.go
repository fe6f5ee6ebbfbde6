package canned

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"orbat/schema"
)

// Position is a point in WGS84 degrees.
type Position struct{ latitude, longitude float64 }

// ParsePosition reads "latitude, longitude" in decimal degrees.
func ParsePosition(text string) (Position, error) {
	bad := fmt.Errorf("%q is no position; write latitude and longitude in degrees: 35.40,35.95", schema.Shorten(text))
	lat, lon, found := strings.Cut(text, ",")
	if !found {
		return Position{}, bad
	}
	var at Position
	var err error
	if at.latitude, err = strconv.ParseFloat(strings.TrimSpace(lat), 64); err != nil {
		return Position{}, bad
	}
	if at.longitude, err = strconv.ParseFloat(strings.TrimSpace(lon), 64); err != nil {
		return Position{}, bad
	}
	if !(math.Abs(at.latitude) <= 90 && math.Abs(at.longitude) <= 180) {
		return Position{}, fmt.Errorf("%q is off the globe: latitude comes first, from -90 to 90, then longitude, from -180 to 180",
			schema.Shorten(text))
	}
	return at, nil
}

func (p Position) String() string {
	return strconv.FormatFloat(p.latitude, 'f', -1, 64) + ", " + strconv.FormatFloat(p.longitude, 'f', -1, 64)
}

// GeoJSON is the point as Dgraph's geo functions take it: longitude first.
func (p Position) GeoJSON() string {
	return "[" + strconv.FormatFloat(p.longitude, 'f', -1, 64) + "," + strconv.FormatFloat(p.latitude, 'f', -1, 64) + "]"
}

// Kilometres is the distance of two points on a globe of 6371 km: within half a percent of the Earth's.
func (p Position) Kilometres(q Position) float64 {
	const radius, radian = 6371, math.Pi / 180
	lat, lon := (q.latitude-p.latitude)*radian, (q.longitude-p.longitude)*radian
	h := math.Pow(math.Sin(lat/2), 2) + math.Cos(p.latitude*radian)*math.Cos(q.latitude*radian)*math.Pow(math.Sin(lon/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

// PositionOf returns the first point among a node's geometries.
func PositionOf(geometries []string) (Position, bool) {
	for _, text := range geometries {
		var geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
		var point []float64
		if json.Unmarshal([]byte(text), &geometry) != nil || geometry.Type != "Point" ||
			json.Unmarshal(geometry.Coordinates, &point) != nil || len(point) < 2 {
			continue
		}
		return Position{latitude: point[1], longitude: point[0]}, true
	}
	return Position{}, false
}

package queries

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"orbat/schema"
)

// position is a point in WGS84 degrees.
type position struct{ latitude, longitude float64 }

// parsePosition reads "latitude, longitude" in decimal degrees.
func parsePosition(text string) (position, error) {
	bad := fmt.Errorf("%q is no position; write latitude and longitude in degrees: 35.40,35.95", schema.Shorten(text))
	lat, lon, found := strings.Cut(text, ",")
	if !found {
		return position{}, bad
	}
	var at position
	var err error
	if at.latitude, err = strconv.ParseFloat(strings.TrimSpace(lat), 64); err != nil {
		return position{}, bad
	}
	if at.longitude, err = strconv.ParseFloat(strings.TrimSpace(lon), 64); err != nil {
		return position{}, bad
	}
	if !(math.Abs(at.latitude) <= 90 && math.Abs(at.longitude) <= 180) {
		return position{}, fmt.Errorf("%q is off the globe: latitude comes first, from -90 to 90, then longitude, from -180 to 180", schema.Shorten(text))
	}
	return at, nil
}

func (p position) String() string {
	return strconv.FormatFloat(p.latitude, 'f', -1, 64) + ", " + strconv.FormatFloat(p.longitude, 'f', -1, 64)
}

// geoJSON is the point as Dgraph's geo functions take it: longitude first.
func (p position) geoJSON() string {
	return "[" + strconv.FormatFloat(p.longitude, 'f', -1, 64) + "," + strconv.FormatFloat(p.latitude, 'f', -1, 64) + "]"
}

// kilometres is the distance of two points on a globe of 6371 km: within half a percent of the Earth's.
func (p position) kilometres(q position) float64 {
	const radius, radian = 6371, math.Pi / 180
	lat, lon := (q.latitude-p.latitude)*radian, (q.longitude-p.longitude)*radian
	h := math.Pow(math.Sin(lat/2), 2) + math.Cos(p.latitude*radian)*math.Cos(q.latitude*radian)*math.Pow(math.Sin(lon/2), 2)
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}

// positionOf gives the first point among a node's geometries.
func positionOf(geometries []string) (position, bool) {
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
		return position{latitude: point[1], longitude: point[0]}, true
	}
	return position{}, false
}

package encode

import (
	"encoding/json"
	"strconv"
)

// point is a position in degrees, as JSON numbers; empty where there is none.
type point struct{ latitude, longitude string }

// firstPoint returns the first of the GeoJSON geometries that is a point. Where an area's middle is, is for a map to
// say.
func firstPoint(geometries []string) point {
	for _, text := range geometries {
		var geometry struct {
			Type        string          `json:"type"`
			Coordinates json.RawMessage `json:"coordinates"`
		}
		if json.Unmarshal([]byte(text), &geometry) != nil || geometry.Type != "Point" {
			continue
		}
		var position []float64
		if json.Unmarshal(geometry.Coordinates, &position) != nil || len(position) < 2 {
			continue
		}
		return point{latitude: degrees(position[1]), longitude: degrees(position[0])}
	}
	return point{}
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

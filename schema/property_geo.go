package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/geojson"
)

// parseGeo reads a GeoJSON geometry (RFC 7946) in WGS84 degrees, longitude first, and writes it compactly.
//
// Only what Dgraph's geo index can cover is taken: a Point, Polygon or MultiPolygon in two dimensions, with closed
// rings of at least four positions (dgraph/v25 types/s2index.go fails the whole transaction on anything else).
func parseGeo(s string) (string, *refusal) {
	const hint = `write for example {"type":"Point","coordinates":[36.75,34.52]}, longitude first`
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s), &members); err != nil {
		return refuse("is not a GeoJSON geometry", hint)
	}
	if _, found := members["crs"]; found {
		return refuse(`holds the member "crs"`, "give degrees in WGS84, which GeoJSON means without saying")
	}
	var kind string
	if err := json.Unmarshal(members["type"], &kind); err != nil {
		return refuse(`has no "type"`, hint)
	}
	switch kind {
	case "Point", "Polygon", "MultiPolygon":
	case "Feature", "FeatureCollection":
		return refuse("is a "+kind, "give the geometry of the feature alone")
	default:
		return refuse(fmt.Sprintf("is a %q", Shorten(kind)), "Point, Polygon and MultiPolygon can be kept")
	}
	var shape geom.T
	if err := geojson.Unmarshal([]byte(s), &shape); err != nil {
		return refuse("is not a GeoJSON "+kind+": "+strings.TrimPrefix(err.Error(), "geojson: "), hint)
	}
	if bad := checkShape(shape); bad != nil {
		return "", bad
	}
	canonical, err := geojson.Marshal(shape)
	if err != nil {
		return refuse("is not a GeoJSON "+kind+": "+err.Error(), hint)
	}
	return string(canonical), nil
}

func checkShape(shape geom.T) *refusal {
	if shape.Empty() {
		return &refusal{"has no coordinates", "leave out what is not known"}
	}
	if shape.Layout() != geom.XY {
		const point = "write decimals with a point: 36.5, not 36,5"
		if shape.Layout() != geom.XYZ { // an altitude is one more; two decimal commas make two more
			return &refusal{"has more than two coordinates a position", point}
		}
		return &refusal{"has more than two coordinates a position", "leave out the altitude; if there is none, " + point}
	}
	for i, flat := 0, shape.FlatCoords(); i+1 < len(flat); i += 2 {
		flat[i], flat[i+1] = flat[i]+0, flat[i+1]+0 // -0 is 0
		longitude, latitude := flat[i], flat[i+1]
		if longitude < -180 || longitude > 180 || latitude < -90 || latitude > 90 {
			return &refusal{
				fmt.Sprintf("has the position [%s,%s]", formatFloat(longitude), formatFloat(latitude)),
				"longitude is from -180 to 180 and stands first, latitude from -90 to 90",
			}
		}
	}
	switch s := shape.(type) {
	case *geom.Polygon:
		return checkRings(s)
	case *geom.MultiPolygon:
		for i := range s.NumPolygons() {
			if bad := checkRings(s.Polygon(i)); bad != nil {
				return bad
			}
		}
	}
	return nil
}

func checkRings(polygon *geom.Polygon) *refusal {
	if polygon.NumLinearRings() == 0 {
		return &refusal{"has a polygon without a ring", "leave out what is not known"}
	}
	for i := range polygon.NumLinearRings() {
		ring := polygon.LinearRing(i).Coords()
		if len(ring) < 4 || !slices.Equal(ring[0], ring[len(ring)-1]) {
			return &refusal{
				fmt.Sprintf("has a ring (number %d) that is not closed", i+1),
				"a ring has four positions or more and ends where it began",
			}
		}
	}
	return nil
}

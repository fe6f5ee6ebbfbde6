package step

import (
	"slices"

	"orbat/schema"
)

// foldBounds puts the lowest and highest of a number to the row of the number that the same sources give, and leaves
// out their own rows. Bounds that are nobody's in particular keep their rows.
func foldBounds(ontology *schema.Ontology, rows []*cardRow) []*cardRow {
	bounds := map[*cardRow][2]*cardRow{} // by the row of the number
	folded := map[*cardRow]bool{}
	for _, bound := range rows {
		p := ontology.Property("", bound.property)
		if p == nil || p.Bounds() == "" {
			continue
		}
		var of []*cardRow
		for _, r := range rows {
			if r.property == p.Bounds() && r.period == bound.period && r.assertion == bound.assertion &&
				!slices.ContainsFunc(bound.sources, func(source string) bool { return !slices.Contains(r.sources, source) }) {
				of = append(of, r)
			}
		}
		side := 0
		if p.HighOf != "" {
			side = 1
		}
		if len(of) != 1 || bounds[of[0]][side] != nil {
			continue
		}
		both := bounds[of[0]]
		both[side] = bound
		bounds[of[0]], folded[bound] = both, true
	}
	for number, both := range bounds {
		var low, high string
		if both[0] != nil {
			low = both[0].value
		}
		if both[1] != nil {
			high = both[1].value
		}
		number.value = schema.EstimateText(number.value, low, high)
	}
	return slices.DeleteFunc(rows, func(r *cardRow) bool { return folded[r] })
}

package mapping

import (
	"maps"
	"slices"
	"strings"
)

// constant is a text that stands in the mapping itself. Where a statement cannot take it, every row would be rejected:
// that is the mapping's mistake, and is told before the first row.
type constant struct {
	text string
	at   place
}

// constants returns the texts that come of a value whatever the row holds.
func (v *value) constants() []constant {
	switch {
	case v == nil || v.Into != "" || v.As != "" || v.Number != nil || len(v.Replace) > 0 || v.Clean: // made into others
		return nil
	case v.Map != nil:
		var all []constant
		for _, from := range slices.Sorted(maps.Keys(v.Map)) {
			all = append(all, constant{v.Map[from], v.At})
		}
		return all
	case v.Extract != "":
		return nil
	}
	var all []constant
	if v.Text != "" {
		all = append(all, constant{v.Text, v.At})
	}
	if v.Template != "" && !strings.Contains(v.Template, "{") {
		all = append(all, constant{v.Template, v.At})
	}
	for _, list := range [][]value{v.First, v.All} {
		for i := range list {
			all = append(all, list[i].constants()...)
		}
	}
	if len(v.Split) == 0 {
		return all
	}
	var parts []constant
	for _, c := range all {
		for _, text := range splitAll([]string{c.text}, v.Split) {
			parts = append(parts, constant{text, c.at})
		}
	}
	return parts
}

// refuseConstants tells the constants of a value that nothing can be made of.
func (b *binder) refuseConstants(v *value, refuse func(text string) (reason, hint string)) {
	for _, c := range v.constants() {
		if reason, hint := refuse(c.text); reason != "" {
			b.mistake(c.at, reason, hint)
		}
	}
}

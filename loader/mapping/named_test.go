package mapping

import (
	"fmt"
	"strings"
	"testing"
)

// TestNamedValuesMultiply: values each made of the next twice are compiled and made once, and their text is bounded.
func TestNamedValuesMultiply(t *testing.T) {
	const deep = 60 // as many ways as 2 to that power: whoever goes them all does not come back
	doubled := func(as string) string {
		var values strings.Builder
		for i := range deep {
			fmt.Fprintf(&values, "      a%d: {template: '{a%d}{a%[2]d}'%s}\n", i, i+1, as)
		}
		return "tables:\n  - name: t\n    values:\n" + values.String() + fmt.Sprintf("      a%d: X\n", deep) +
			"    entities: [{type: Person, key: {id: '{a0}'}}]\n"
	}
	want(t, read(t, doubled(""), sheet("t.csv", "X\np\n")),
		"rejected t.csv:2:1: {a40}{a40}: has more than 1048576 bytes ["+strings.Repeat("p", 1<<10)+"…]")
	want(t, read(t, doubled(`, extract: '^(.)'`), sheet("t.csv", "X\np\nq\n")), "Person orbat:default/#p", "Person orbat:default/#q")
}

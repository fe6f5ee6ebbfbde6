package mapping

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestRowsMultiply: whatever a mapping makes of a row by making values of values, it ends soon, takes a bounded memory,
// and costs that row alone.
func TestRowsMultiply(t *testing.T) {
	const deep = 40
	chain := func(of string) string { // a0 is made of a1, and so on to the column X
		var values strings.Builder
		for i := range deep {
			values.WriteString("      " + fmt.Sprintf(strings.ReplaceAll(of, "NEXT", "a%[2]d"), i, i+1) + "\n")
		}
		return values.String() + fmt.Sprintf("      a%d: X\n", deep)
	}
	table := func(values, entities string) string {
		return "tables:\n  - name: t\n    values:\n" + values + "    entities:\n" + entities
	}
	const person = "      - {type: Person, key: {id: Id}, properties: {aliases: a0}}\n"
	// Each adds to what the one before it made. A pattern of groups would take a minute with the race detector.
	added := "[" + strings.TrimSuffix(strings.Repeat("{what: x, with: '"+strings.Repeat("y", 5000)+"x'}, ", deep), ", ") + "]"
	long := strings.Repeat("x", 400_000)
	for name, c := range map[string]struct{ mapping, where string }{
		"all of all":     {table(chain("a%d: {all: [NEXT, NEXT]}"), person), "m.yaml:"},
		"all of many":    {table("      a0: {all: ["+strings.Repeat("a1, ", 3000)+"a1]}\n      a1: {column: X, split: ' '}\n", person), "m.yaml:4:11"},
		"into of all":    {table(chain("a%d: {all: [{column: NEXT, into: '{}a'}, {column: NEXT, into: '{}b'}]}"), person), "m.yaml:"},
		"each of all":    {table(chain("a%d: {all: [NEXT, NEXT]}"), "      - {type: Person, each: a0, key: {id: '{}'}}\n"), "m.yaml:"},
		"where":          {table(chain("a%d: {all: [NEXT, NEXT]}"), "      - {type: Person, key: {id: Id}, where: {column: a0, is: none}}\n"), "m.yaml:"},
		"lengthened":     {table("      a0: {column: X, split: ' ', replace: {what: '^.+$', with: '"+long+"'}, as: upper}\n", person), "m.yaml:"},
		"map of many":    {table("      a0: {column: X, split: ' ', map: {x1: "+long+"}, others: keep, replace: {what: '^x.*$', with: '"+long+"'}}\n", person), "m.yaml:"},
		"replace in all": {table("      a0: {all: [{column: a1, split: x, replace: "+added+"}, "+strings.Repeat("a1, ", 3000)+"a1]}\n      a1: {column: X, split: ' '}\n", person), "m.yaml:"},
		"zip": {table("      a0: {column: X, split: ' '}\n", "      - {type: Person, key: {id: '{p0}'}, each: {zip: {"+
			strings.Join(func() (all []string) {
				for i := range 200 {
					all = append(all, fmt.Sprintf("p%d: {column: X, split: ' '}", i))
				}
				return all
			}(), ", ")+"}}}\n"), "m.yaml:"},
	} {
		t.Run(name, func(t *testing.T) {
			var items strings.Builder
			for i := range 10_000 {
				fmt.Fprintf(&items, " x%d", i)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			got := read(t, c.mapping, sheet("t.csv", "Id|X\np|"+items.String()[1:]+"\nq|\n"))
			runtime.ReadMemStats(&after)
			if most := uint64(16 * maxRowTexts); after.TotalAlloc-before.TotalAlloc > most {
				t.Errorf("%d MiB of memory in all", (after.TotalAlloc-before.TotalAlloc)>>20)
			}
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], " [")
			}
			if len(got) == 0 || !strings.Contains(got[0], "rejected t.csv:2:1: ") ||
				!strings.Contains(got[0], "the value at "+c.where) || !strings.Contains(got[0], "may make 256 MiB") {
				t.Fatalf("got %.300q", got)
			}
			if strings.Contains(c.mapping, "key: {id: Id}, properties") {
				want(t, got[1:], "Person orbat:default/#q")
			}
		})
	}
}

// TestReplacementsMultiply: a text that replacements make longer than any value may be costs that value.
func TestReplacementsMultiply(t *testing.T) {
	for name, c := range map[string]string{
		"doubled":  "[" + strings.TrimSuffix(strings.Repeat(`{what: '(.+)', with: '$1$1'}, `, 40), ", ") + "]",
		"each":     "{what: '.', with: '" + strings.Repeat("y", 500_000) + "'}",
		"in turns": "[" + strings.TrimSuffix(strings.Repeat(`{what: 'a', with: 'bbbb'}, {what: 'b', with: 'aaaa'}, `, 20), ", ") + "]",
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, "tables: [{name: t, entities: [{type: Person, key: {id: Id}, properties: {name: Id, "+
				"aliases: {column: X, replace: "+c+"}}}]}]", sheet("t.csv", "Id|X\np|aaa\nq|\n"))
			if len(got) != 3 || got[0] != "Person orbat:default/#p name=p" || got[2] != "Person orbat:default/#q name=q" ||
				!strings.HasPrefix(got[1], "  without aliases: X: has more than 1048576 bytes [") {
				t.Errorf("got %.300q", got)
			}
		})
	}
	want(t, read(t, "tables: [{name: t, entities: [{type: Person, key: {id: Id}, properties: {aliases: {column: X, "+
		"replace: [{what: '(a)(b)?', with: ' <$1$2> '}, {what: none, with: x}]}}}]}]", sheet("t.csv", "Id|X\np|caabd\n")),
		`Person orbat:default/#p aliases=c <a>  <ab> d`)
}

// TestHeldMultiply: what a mapping holds until a table is read is bounded by what the rows say, and an index that makes
// too much of a row rejects it.
func TestHeldMultiply(t *testing.T) {
	items := func(rows int) string {
		var all strings.Builder
		all.WriteString("Id|X|Day\n")
		for i := range rows {
			fmt.Fprintf(&all, "p%d|%s|2020-01-01\n", i, strings.TrimSpace(strings.Repeat("x ", 1000)))
		}
		return all.String()
	}
	var values strings.Builder // 2^4 texts of 20 kB
	for i := range 4 {
		fmt.Fprintf(&values, "      a%d: {all: [{column: a%[2]d, into: '{}a'}, {column: a%[2]d, into: '{}b'}]}\n", i, i+1)
	}
	values.WriteString("      a4: {template: '{Id}" + strings.Repeat("z", 20_000) + "'}\n")
	index := func(to string) string {
		return "tables:\n  - name: t\n    values:\n" + values.String() +
			"    entities: [{type: Person, key: {id: Id}}]\nindexes: [{name: i, table: t, from: Id, to: " + to + ", many: all}]\n"
	}
	got := read(t, index("a0"), sheet("t.csv", items(3)))
	want(t, got, "Person orbat:default/#p0", "Person orbat:default/#p1", "Person orbat:default/#p2")
	few := strings.ReplaceAll(items(3000), strings.TrimSpace(strings.Repeat("x ", 1000)), "x")
	got = read(t, index("a0"), sheet("t.csv", few))
	const held = "ended m.yaml:10:11: the index i would hold more than 256 MiB and 256 times what the rows say"
	if len(got) != 1 || !strings.HasPrefix(got[0], held) {
		t.Errorf("got %.300q", got)
	}
	multiplied := "{all: [" + strings.Repeat("{column: a0, into: '"+strings.Repeat("{}", 40)+"'}, ", 15) + "{column: X, split: ' '}]}"
	got = read(t, index(multiplied), sheet("t.csv", items(1)))
	if len(got) != 2 || !strings.Contains(got[0], "rejected t.csv:2:1: ") || !strings.Contains(got[0], "makes too much of one row") ||
		got[1] != "Person orbat:default/#p0" {
		t.Errorf("got %.300q", got)
	}
	merged := "tables:\n  - name: t\n    values:\n" + values.String() +
		"    entities: [{type: Person, key: {id: Id}, properties: {aliases: {column: a0, period: {seen: Day, merge: true}}}}]\n"
	got = read(t, merged, sheet("t.csv", few))
	if last := got[len(got)-1]; !strings.HasPrefix(last, "ended m.yaml:9:") || !strings.Contains(last, "what is merged would hold") {
		t.Errorf("got %.300q", last)
	}
}

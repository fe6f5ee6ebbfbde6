package mapping

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"

	"orbat/schema"
)

// Without a key an entity is known by the first of its names that says something where its condition holds; the others
// are aliases.
func TestSeveralNames(t *testing.T) {
	got := read(t, `
tables:
  - name: rows
    entities:
      - name: person
        type: Person
        properties: {name: [{column: Latin, where: {column: Sure, is: Y}}, Arabic, {column: Press, source: Paper}], aliases: Aka}
    relations: [{relation: commands, from: person, to: {type: Unit, key: [{name: Unit, where: {column: Sure, is: Y}}, {id: {text: none}}]}}]
`, sheet("r.csv", "Latin|Arabic|Press|Sure|Aka|Paper|Unit\nAnn|Anna|Anne|Y|A.|s:1|1 Bn\nBob|Bobi||N||s:1|1 Bn\n|Cid||Y|||\nDan|Dan||Y|||\nEve|||N|||"))
	want(t, got,
		`Person orbat:default/Person/ann aliases=A.,Anna name=Ann`, `value orbat:default/Person/ann name = Anne cites s:1`, `orbat:default/Person/ann commands Unit/1 Bn`,
		`Person orbat:default/Person/bobi name=Bobi`, `orbat:default/Person/bobi commands #none`,
		`Person orbat:default/Person/cid name=Cid`, `orbat:default/Person/cid commands #none`,
		`Person orbat:default/Person/dan name=Dan`, `orbat:default/Person/dan commands #none`,
	)
	got = read(t, `tables: [{name: t, entities: [{type: Person, key: {id: No}, properties: {name: [A, B, C]}}]}]`,
		sheet("r.csv", "No|A|B|C\n1|Ann|Anna|Anne\n2||Bob|"))
	want(t, got, `Person orbat:default/#1 aliases=Anna,Anne name=Ann`, `Person orbat:default/#2 name=Bob`)
}

// What a mapping requires of a row is required for all that the row says: nothing of it is left, before or after.
func TestRequiredRejectsTheRow(t *testing.T) {
	const mapping = `
tables:
  - name: rows
    entities:
      - {name: unit, type: Unit, key: {id: Unit}, properties: {name: Unit}}
      - {name: person, type: Person, key: {id: Who}, properties: {name: PROPERTY, x_n: Odd}}
    relations: [RELATION]
`
	const plain = "{relation: commands, from: person, to: unit}"
	const rows = "Unit|Who|Name|Src|Odd\n1 Bn|ann|Ann|s:1|nan\n2 Bn|bob||s:1|nan\n3 Bn||Cid||"
	anns := []string{`Unit orbat:default/#1 Bn name=1 Bn`, `Person orbat:default/#ann name=Ann x_n="nan"`, `orbat:default/#ann commands orbat:default/#1 Bn`}
	third := `Unit orbat:default/#3 Bn name=3 Bn`
	for _, test := range []struct {
		property, relation string
		then               []string
	}{
		{"{column: Name, required: true}", plain, []string{`rejected r.csv:3:1: Name: nothing is given, and the mapping requires it []`, third}},
		{"{column: Name, required: true, source: Src}", plain, []string{`rejected r.csv:3:1: Name: nothing is given, and the mapping requires it []`, third}},
		{"Name", "{relation: commands, from: person, to: unit, required: true}", []string{
			`Unit orbat:default/#2 Bn name=2 Bn`, `Person orbat:default/#bob x_n="nan"`, `orbat:default/#bob commands orbat:default/#2 Bn`,
			`rejected r.csv:4:1: commands: an end of the relation is missing, and the mapping requires both []`,
		}},
		{"Name", "{relation: commands, from: person, to: unit, source: {column: Src, required: true}}", []string{
			`Unit orbat:default/#2 Bn name=2 Bn`, `Person orbat:default/#bob x_n="nan"`, `orbat:default/#bob commands orbat:default/#2 Bn cites s:1`, third,
		}},
	} {
		got := read(t, strings.NewReplacer("PROPERTY", test.property, "RELATION", test.relation).Replace(mapping), sheet("r.csv", rows))
		first := anns
		if strings.Contains(test.property, "source") {
			first = []string{anns[0], `Person orbat:default/#ann x_n="nan"`, `value orbat:default/#ann name = Ann cites s:1`, anns[2]}
		}
		if strings.Contains(test.relation, "source") {
			first = []string{anns[0], anns[1], anns[2] + " cites s:1"}
		}
		want(t, got, append(first, test.then...)...)
	}
	got := read(t, `
broken: [nan]
tables:
  - name: rows
    entities: [{type: Unit, key: {id: Unit}, properties: {x_n: Odd}}, {name: chief, type: Person, key: {id: Who}, required: true}]
`, sheet("r.csv", rows))
	want(t, got, // the rejected row's own notice is not told either
		`Unit orbat:default/#1 Bn`, `Person orbat:default/#ann`, `notice r.csv:2:1: Odd: taken as empty [nan]`,
		`Unit orbat:default/#2 Bn`, `Person orbat:default/#bob`, `notice r.csv:3:1: Odd: taken as empty [nan]`,
		`rejected r.csv:4:1: Who: the row has no chief, and the mapping requires it []`,
	)
}

// To look at the first rows a sheet is not read to its end; rows that say nothing are not counted, and expectations see
// all.
func TestFirstRowsOnly(t *testing.T) {
	const people = `tables: [{name: t, where: {column: No, matches: '[2468]$'}, entities: [{type: Person, key: {id: No}}]}]`
	for expect, most := range map[string]int{"": 8, "expect: [{rows: t, min: 300}]\n": 1001 + 8} {
		m, err := Parse("m.yaml", []byte(expect+people))
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		text.WriteString("No")
		for i := range 1000 {
			text.WriteString("\n" + string(rune('a'+i%3)) + string(rune('0'+i%10)))
		}
		passes, rows := 0, 0
		in := sheet("p.csv", text.String())
		whole := in.Rows
		in.Rows = func(ctx context.Context, r Reading) iter.Seq2[schema.Row, error] {
			return func(yield func(schema.Row, error) bool) {
				passes++
				for row, err := range whole(ctx, r) {
					if rows++; !yield(row, err) {
						return
					}
				}
			}
		}
		told := 0
		for record, err := range m.Records(t.Context(), []Input{in}, Options{Ontology: ontology(t), Rows: 3}) {
			if err != nil || record == nil {
				t.Fatal(err)
			}
			told++
		}
		if told != 3 || rows > most+passes {
			t.Errorf("%q: %d records of %d rows read in %d passes", expect, told, rows, passes)
		}
	}
}

// A mapping that names a data set is for no other (law 6).
func TestDatasets(t *testing.T) {
	for _, test := range []struct{ own, asked, in string }{
		{"", "", "default"}, {"", "nigeria", "nigeria"}, {"sfm", "", "sfm"}, {"sfm", "sfm", "sfm"}, {"sfm", "nigeria", ""}, {
			"sfm",
			"default", "",
		},
	} {
		text := `tables: [{name: t, entities: [{type: Person, key: {id: No}}]}]`
		if test.own != "" {
			text = "doc: x\ndataset: " + test.own + "\n" + text
		}
		m, err := Parse("m.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		opts := Options{Ontology: ontology(t), Dataset: test.asked}
		inputs := []Input{sheet("p.csv", "No\n1")}
		for record, err := range m.Records(t.Context(), inputs, opts) {
			var wrong *MappingError
			switch {
			case test.in == "" && (!errors.As(err, &wrong) || !strings.Contains(wrong.Reason, `data set "sfm", the load to "`+test.asked+`"`) || wrong.Hint == ""):
				t.Errorf("%+v: %v", test, err)
			case test.in != "" && (err != nil || record.Dataset != test.in || record.Subject.XID != "orbat:"+test.in+"/#1"):
				t.Errorf("%+v: %v %v", test, record, err)
			}
		}
		if _, err := m.CheckFiles(t.Context(), inputs, opts); (err != nil) != (test.in == "") {
			t.Errorf("%+v: check says %v", test, err)
		}
	}
	for _, name := range Shipped() { // what is shipped leaves the data set to the load
		text, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		if m, err := Parse(name, text); err != nil || m.Dataset != "" {
			t.Errorf("%s: %q %v", name, m.Dataset, err)
		}
	}
}

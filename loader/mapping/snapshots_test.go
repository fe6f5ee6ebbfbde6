package mapping

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"orbat/schema"
)

// unitsSeen is a mapping of units as they were seen on days, below another.
const unitsSeen = `
sources: {split: ","}
tables:
  - name: t
    entities:
      - {name: unit, type: Unit, key: {name: Unit}, properties: {strength: {column: Men, period: {seen: Day, merge: true}}}}
      - {name: above, type: Unit, key: {name: Above}}
    relations:
      - {relation: subordinate_to, from: unit, to: above, source: Source, period: {seen: Day, merge: MERGE}}
`

// relations returns the lines of a relation or of values.
func relations(lines []string, name string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return !strings.Contains(line, " "+name+" ") })
}

// TestMergedSightings: what is seen alike on dates that follow on each other is one statement, whatever the order of
// rows and files; what was seen otherwise in between begins another.
func TestMergedSightings(t *testing.T) {
	const head = "Unit|Above|Day|Source|Men"
	rows := []string{
		"3 Bn|2 Bde|2020-01|a|500",
		"3 Bn|2 Bde|2021|b|500",
		"3 Bn|2 Bde|2021|b,c|",
		"3 Bn|5 Bde|2022-03-02|d|450",
		"3 Bn|2 Bde|2023|e|500",
		"3 Bn|2 Bde|2024|f|500",
		"4 Bn|2 Bde|2022-05|g|",
		"3 Bn|2 Bde||h|",
	}
	m := strings.Replace(unitsSeen, "MERGE", "from", 1)
	const below = "orbat:default/Unit/3 bn subordinate_to orbat:default/Unit/"
	expected := []string{
		below + "2 bde period=~2020-01/2021~ cites Source/a cites Source/b cites Source/c",
		below + "2 bde period=~2023/2024~ cites Source/e cites Source/f",
		below + "5 bde period=~2022-03-02/2022-03-02~ cites Source/d",
		below + "2 bde cites Source/h",
		"orbat:default/Unit/4 bn subordinate_to orbat:default/Unit/2 bde period=~2022-05/2022-05~ cites Source/g",
	}
	slices.Sort(expected)
	for range 3 {
		lines := read(t, m, sheet("t.csv", head+"\n"+strings.Join(rows, "\n")))
		found := relations(lines, "subordinate_to")
		slices.Sort(found)
		want(t, found, expected...)
		values := relations(lines, "strength")
		slices.Sort(values)
		want(t, values, "value orbat:default/Unit/3 bn strength = 450 period=~2022-03-02/2022-03-02~",
			"value orbat:default/Unit/3 bn strength = 500 period=~2020-01/2021~",
			"value orbat:default/Unit/3 bn strength = 500 period=~2023/2024~")
		// In two files, the rows in another order.
		slices.Reverse(rows)
		found = relations(read(t, m, sheet("a.csv", head+"\n"+strings.Join(rows[:3], "\n")),
			sheet("b.csv", head+"\n"+strings.Join(rows[3:], "\n"))), "subordinate_to")
		slices.Sort(found)
		want(t, found, expected...)
		rows = append(rows[3:], rows[:3]...)
	}
	// What was seen at the other end in between ends a run, too.
	found := relations(read(t, strings.Replace(unitsSeen, "MERGE", "true", 1), sheet("t.csv", head+"\n"+
		"3 Bn|2 Bde|2020|a|\n4 Bn|2 Bde|2021|a|\n3 Bn|2 Bde|2022|a|")), "subordinate_to")
	if len(found) != 3 {
		t.Error(found)
	}
	// What one source says in several places is cited from each, in as many statements: a record cites a source once.
	quoting := strings.Replace(strings.Replace(unitsSeen, "MERGE", "from", 1), "source: Source,", "source: Source, quote: Men,", 1)
	found = relations(read(t, quoting, sheet("t.csv", head+"\n3 Bn|2 Bde|2020|a|500\n3 Bn|2 Bde|2021|a|520\n3 Bn|2 Bde|2022|b|520\n"+
		"3 Bn|2 Bde|2023|a|500\n3 Bn|2 Bde|2024|a|530")), "subordinate_to")
	want(t, found, below+"2 bde period=~2020/2024~ cites Source/a  500 cites Source/b  520",
		below+"2 bde period=~2020/2024~ cites Source/a  520", below+"2 bde period=~2020/2024~ cites Source/a  530")
	// A gap, too.
	found = relations(read(t, strings.Replace(unitsSeen, "MERGE", "from, gap: 400", 1), sheet("t.csv", head+"\n"+
		"3 Bn|2 Bde|2020-01-01|a|\n3 Bn|2 Bde|2021-02-02|a|\n3 Bn|2 Bde|2022-03-20|a|")), "subordinate_to")
	want(t, found, below+"2 bde period=~2020-01-01/2021-02-02~ cites Source/a", below+"2 bde period=~2022-03-20/2022-03-20~ cites Source/a")
	for merge, reason := range map[string]string{
		"soon": `merge is "soon"`, "from, gap: 0": `gap is "0"`, "to, gap: x": `gap is "x"`,
	} {
		wantMistake(t, strings.Replace(unitsSeen, "MERGE", merge, 1), reason)
	}
	wantMistake(t, strings.Replace(unitsSeen, "seen: Day, merge: MERGE", "in: Day, merge: true", 1), "merge without seen")
	wantMistake(t, strings.Replace(unitsSeen, "merge: MERGE", "gap: 3", 1), "gap without merge")
	wantMistake(t, strings.Replace(unitsSeen, "source: Source, period: {seen: Day, merge: MERGE}",
		"record: Source, period: {seen: Day, merge: true}", 1), "has a record's id")
}

// TestLongRun: a run is one statement however long it is, and none of its sources is lost.
func TestLongRun(t *testing.T) {
	const days = 3 * 365
	rows := []string{"Unit|Above|Day|Source|Men"}
	day := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range days {
		rows = append(rows, "3 Bn|2 Bde|"+day.AddDate(0, 0, i).Format(time.DateOnly)+"|no. "+strconv.Itoa(i)+"|")
	}
	found := relations(read(t, strings.Replace(unitsSeen, "MERGE", "from, gap: 1", 1), sheet("t.csv", strings.Join(rows, "\n"))),
		"subordinate_to")
	if len(found) != 1 || !strings.Contains(found[0], " period=~2021-01-01/2023-12-31~ ") || strings.Count(found[0], " cites ") != days {
		t.Errorf("%d statements: %.200q", len(found), found)
	}
	run := make([]sighting, 100)
	quote := strings.Repeat("q", schema.MaxRecordSize/len(run))
	for i := range run {
		at := day.AddDate(0, 0, i)
		run[i] = sighting{schema.Range{Min: at, Max: at}, &schema.Record{Provenance: schema.Provenance{Cites: []schema.Cite{
			{Source: schema.Ref{ID: strconv.Itoa(i)}, Quote: quote},
		}}}}
	}
	cites := 0
	for _, record := range merge(run) {
		cites += len(record.Cites)
		if size := record.Size(); size > schema.MaxRecordSize || !strings.HasSuffix(record.Period, "/2021-04-10~") {
			t.Errorf("%d bytes, period %s", size, record.Period)
		}
	}
	if cites != len(run) {
		t.Errorf("%d of %d sources", cites, len(run))
	}
}

// TestSeveralDates: each date of a cell is a claim of its own, if the mapping asks for it.
func TestSeveralDates(t *testing.T) {
	person := func(date string) string {
		return "tables: [{name: t, entities: [{type: Person, key: {id: No}, source: S, properties: {birth_date: {date: " + date + "}}}]}]"
	}
	m := person(`{text: V, formats: [D.M.YYYY], several: [" or ", ";"]}`)
	want(t, read(t, m, sheet("t.csv", "No|V|S\n1|18.1.1970 or 29.3.1965|a\n2|18.1.1970|a\n3||a\n4|18.1.1970 or 1970-01-18; ;soon|a")),
		"Person orbat:default/#1 cites Source/a",
		"value orbat:default/#1 birth_date = 1970-01-18 cites Source/a",
		"value orbat:default/#1 birth_date = 1965-03-29 cites Source/a",
		"Person orbat:default/#2 birth_date=1970-01-18 cites Source/a",
		"Person orbat:default/#3 cites Source/a",
		"Person orbat:default/#4 birth_date=1970-01-18 cites Source/a",
		"notice t.csv:5:1: V: no date as the mapping knows it: left out [soon]")
	for date, reason := range map[string]string{
		`{text: V, several: ""}`:             "an empty separator",
		`{year: V, several: ";"}`:            "several dates in no text",
		`{text: V, several: ";", or: " / "}`: "several dates, of which one is right",
	} {
		wantMistake(t, person(date), reason)
	}
	wantMistake(t, strings.Replace(unitsSeen, "seen: Day, merge: MERGE", `seen: {text: Day, several: ";"}`, 1),
		"several dates where one is possible")
}

// TestNamedValues: what is taken out of cells is joined by its names, and an analyst's own list says what codes mean.
func TestNamedValues(t *testing.T) {
	const m = `
indexes: [{name: areas, table: codes, from: Code, to: Area, fold: true}]
tables:
  - {name: codes, file: codes.csv}
  - name: t
    values:
      number: {column: Unit, extract: '^(\d+)'}
      area: {lookup: areas, of: {column: Unit, extract: '/(\w+)$'}, others: reject}
      label: "{number} Bn, {area}"
    entities:
      - name: unit
        type: Unit
        key: {id: "{area}-{number}"}
        where: {column: number, empty: false}
        properties: {name: label, x_number: {column: number, into: "no. {}"}}
`
	want(t, read(t, m, sheet("codes.csv", "Code|Area\nN|North\ns|South"), sheet("t.csv", "Unit\n3 Bn/N\n4 Bn/S\n5 Bn/X\nHQ/N\n6 Bn")),
		`Unit orbat:default/#North-3 name=3 Bn, North x_number="no. 3"`,
		`Unit orbat:default/#South-4 name=4 Bn, South x_number="no. 4"`,
		`rejected t.csv:4:1: Unit: "X" is not in the index areas [X]`)
	north, fifth := sheet("codes.csv", "Code|Area\nN|North"), sheet("t.csv", "Unit\n5 Bn/X")
	want(t, read(t, strings.Replace(m, "others: reject", "others: keep", 1), north, fifth),
		`Unit orbat:default/#X-5 name=5 Bn, X x_number="no. 5"`)
	want(t, read(t, strings.Replace(m, ", others: reject", "", 1), north, fifth))
	for values, reason := range map[string]string{
		`{a: "{b}", b: "{a}"}`:           "is made of itself",
		`{a: a}`:                         "is made of itself",
		`{"a{": V}`:                      "a value cannot be called",
		`{a: "{}"}`:                      "{} stands for nothing",
		`{a: {column: V, extract: "x"}}`: "exactly one pair of brackets",
		`{a: {lookup: none, of: V}}`:     "no index",
	} {
		wantMistake(t, "tables: [{name: t, values: "+values+`, entities: [{type: Person, key: {id: "{a}"}}]}]`, reason)
	}
	mapping, err := Parse("m.yaml", []byte("tables: [{name: t, values: {V: {column: W}}, entities: [{type: Person, key: {id: V}}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = mapping.CheckFiles(t.Context(), []Input{sheet("t.csv", "V|W")}, Options{Ontology: ontology(t)})
	if err == nil || !strings.Contains(err.Error(), "is called like a column") {
		t.Error(err)
	}
	// Several texts are no part of one.
	want(t, read(t, `tables: [{name: t, values: {a: {column: V, split: ";"}}, entities: [{type: Person, key: {id: "{a}"}}]}]`, sheet("t.csv", "V\n1;2")),
		"rejected t.csv:2:1: a: 2 values where one is possible [1 | 2]")
}

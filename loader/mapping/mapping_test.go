package mapping

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"orbat/schema"
)

func ontology(t testing.TB) *schema.Ontology {
	t.Helper()
	o, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// sheet is a table written as text: cells between bars, the header first. A row that begins with ! is one the reader
// rejects.
func sheet(name, text string) Input {
	return Input{Name: name, Rows: func(ctx context.Context, _ Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
				pos := schema.Position{File: name, Line: i + 1, Column: 1}
				if ctx.Err() != nil {
					yield(schema.Row{}, ctx.Err())
					return
				}
				var row schema.Row
				var err error
				if strings.HasPrefix(line, "!") {
					err = &schema.RecordError{Fault: schema.Fault{Pos: pos, Reason: "broken row"}}
				} else {
					row = schema.Row{Pos: pos, Cells: strings.Split(line, "|"), Raw: []byte(line)}
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}}
}

// read returns what a mapping makes of sheets, a line each: records as they would be written, rejects and notices with
// their rows.
func read(t testing.TB, text string, inputs ...Input) []string {
	t.Helper()
	m, err := Parse("m.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for record, err := range m.Records(t.Context(), inputs, Options{Ontology: ontology(t)}) {
		var bad *schema.RecordError
		var notice *schema.Notice
		switch {
		case errors.As(err, &bad):
			lines = append(lines, "rejected "+bad.Error()+" ["+bad.Value+"]")
		case errors.As(err, &notice):
			lines = append(lines, "notice "+notice.Error()+" ["+notice.Value+"]")
		case err != nil:
			lines = append(lines, "ended "+told(err))
		default:
			lines = append(lines, show(record))
			for _, bad := range record.Faulty {
				lines = append(lines, "  without "+bad.Property+": "+bad.Error()+" ["+bad.Value+"]")
			}
		}
	}
	return lines
}

// show writes a record on a line.
func show(r *schema.Record) string {
	ref := func(r schema.Ref) string {
		if r.XID == "" && r.ID == "" {
			return r.Type + "/" + r.Name
		}
		if r.ID != "" {
			return "#" + r.ID
		}
		return r.XID
	}
	var parts []string
	switch r.Kind {
	case schema.EntityRecord:
		parts = append(parts, r.Subject.Type, ref(schema.Ref{XID: r.Subject.XID, ID: r.Subject.ID, Name: r.Subject.Name}))
	case schema.ValueRecord:
		parts = append(parts, "value", ref(r.Subject), r.Predicate, "= "+r.Value)
	default:
		parts = append(parts, ref(r.Subject), r.Predicate, ref(r.Object))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		var texts []string
		for _, v := range r.Values[name] {
			texts = append(texts, v.Text)
		}
		parts = append(parts, name+"="+strings.Join(texts, ","))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		parts = append(parts, name+"="+r.Extra[name])
	}
	for _, field := range [][2]string{
		{"period", r.Period},
		{"confidence", r.Confidence},
		{"assertion", r.Assertion},
		{"method", r.Method},
		{"record", r.ID},
	} {
		if field[1] != "" {
			parts = append(parts, field[0]+"="+field[1])
		}
	}
	for _, c := range r.Cites {
		parts = append(parts, strings.TrimSpace("cites "+ref(c.Source)+" "+c.Locator+" "+c.Quote))
	}
	return strings.Join(parts, " ")
}

func want(t *testing.T, got []string, lines ...string) {
	t.Helper()
	if !slices.Equal(got, lines) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

func TestRows(t *testing.T) {
	got := read(t, `
dataset: d
blank: ["-"]
sources: {split: ";", broken: [nan], key: {xid: "src:{}"}}
confidence: {map: {Low: 30, High: 90}, keep: x_confidence}
tables:
  - name: people
    where: {not: {column: Status, is: draft}}
    entities:
      - name: person
        type: Person
        key: {id: No}
        source: Src
        properties:
          name: Name
          country: {column: Country, as: country}
          aliases: {column: Aka, split: [";", "/"], source: AkaSrc, confidence: AkaConf}
          x_note: Note
    relations:
      - relation: posted_to
        from: person
        to: {type: Unit, key: {name: Unit}}
        properties: {role: "{Role} of {Unit}"}
        confidence: 75
        source: [Src, AkaSrc]
        method: {text: sheet}
`, sheet("p.csv", `
No|Name|Country|Aka|AkaSrc|AkaConf|Src|Unit|Role|Status|Note
1|Ann|Syrian Arab Republic| A.; Annie/Nan |s1; s2|Low|s3|1 Bn|S3||hm
2|Bob|-|||||-|||
3|Cid|DE|C.|nan|High|s4|2 Bn|||
4|Dan|Atlantis||||||||
5|Eve||||||||draft|
!
6|Fay||F|s1|Maybe||||||
`))
	want(t, got,
		`Person orbat:d/#1 country=SY name=Ann x_note="hm" cites src:s3`,
		`value orbat:d/#1 aliases = A. x_confidence="Low" confidence=30 cites src:s1 cites src:s2`,
		`value orbat:d/#1 aliases = Annie x_confidence="Low" confidence=30 cites src:s1 cites src:s2`,
		`value orbat:d/#1 aliases = Nan x_confidence="Low" confidence=30 cites src:s1 cites src:s2`,
		`orbat:d/#1 posted_to Unit/1 Bn role=S3 of 1 Bn confidence=75 method=sheet cites src:s3 cites src:s1 cites src:s2`,
		`Person orbat:d/#2 name=Bob`,
		`Person orbat:d/#3 country=DE name=Cid cites src:s4`,
		`value orbat:d/#3 aliases = C. x_confidence="High" confidence=90`,
		`orbat:d/#3 posted_to Unit/2 Bn confidence=75 method=sheet cites src:s4`,
		`notice p.csv:4:1: AkaSrc: taken as empty [nan]`,
		"Person orbat:d/#4 name=Dan",
		`  without country: Country: "Atlantis" is no country [Atlantis]`,
		`rejected p.csv:7:1: broken row []`,
		`Person orbat:d/#6 name=Fay`,
		`  without aliases: AkaConf: no confidence of this name [Maybe]`,
	)
}

// A unit stands on several rows, with and without its id; another table knows it by name only.
func TestKeysCompletedOverTheFile(t *testing.T) {
	text := `
indexes:
  - {name: ids, table: units, from: Name, to: Id, fold: true}
  - {name: known, table: units, from: Name}
tables:
  - name: units
    file: units.*
    entities:
      - {name: unit, type: Unit, key: [{xid: "u:{Id}"}, {xid: {lookup: ids, of: Name, into: "u:{}"}}, {name: Name}], properties: {name: Name}}
  - name: posts
    file: posts.csv
    entities:
      - {name: person, type: Person, key: {name: Who}}
    relations:
      - relation: commands
        from: person
        to: {type: Unit, each: {column: Units, split: ","}, key: [{xid: {lookup: ids, of: "{}", into: "u:{}"}}, {name: "{}"}]}
        where: {value: {column: Units, split: ","}, in: known}
`
	got := read(t, text,
		sheet("dir/posts.csv", "Who|Units\nAnn|1ST bn , 2 Bn,1st Bn.\nBob|9 Bn"),
		sheet("dir/units.tsv.gz", "Id|Name\n|1st Bn\n7|1st Bn\n|2 Bn"))
	want(t, got,
		`Unit u:7 name=1st Bn`, `Unit u:7 name=1st Bn`, `Unit orbat:default/Unit/2 bn name=2 Bn`,
		`Person orbat:default/Person/ann name=Ann`,
		`orbat:default/Person/ann commands u:7`, `orbat:default/Person/ann commands Unit/2 Bn`, `orbat:default/Person/ann commands u:7`,
		`Person orbat:default/Person/bob name=Bob`,
	)
	got = read(t, text, sheet("posts.csv", "Who|Units\nAnn|1 Bn"), sheet("units.csv", "Id|Name\n7|1 Bn\n8|1 Bn\n|1 Bn"))
	want(t, got,
		`Unit u:7 name=1 Bn`, `Unit u:8 name=1 Bn`, `rejected units.csv:4:1: Name: means several in the index ids: 7, 8 [1 Bn]`,
		`Person orbat:default/Person/ann name=Ann`, `rejected posts.csv:2:1: Units: means several in the index ids: 7, 8 [1 Bn]`,
	)
}

func TestPlaceholdersTakeNoPeopleAndPlaces(t *testing.T) {
	got := read(t, `
tables:
  - name: rows
    entities:
      - {name: unit, type: Unit, key: {name: Unit}, placeholder: {column: Unit, matches: ^Unknown}}
      - {name: person, type: Person, key: {name: Person}}
      - {name: place, type: Location, key: {name: Place}}
    relations:
      - {relation: commands, from: person, to: unit}
      - {relation: based_at, from: unit, to: place}
      - {relation: subordinate_to, from: unit, to: {type: Unit, key: {name: Under}}}
`, sheet("rows.csv", "Unit|Person|Place|Under\nUnknown Bn|Ann|Homs|1 Div\n2 Bn|Bob||Unknown Bn"))
	want(t, got,
		`Unit orbat:default/Unit/unknown bn is_placeholder=true name=Unknown Bn`, `Person orbat:default/Person/ann name=Ann`, `Location orbat:default/Location/homs name=Homs`,
		`rejected rows.csv:2:1: placeholder: only fills a place in a hierarchy and takes no person [orbat:default/Unit/unknown bn]`,
		`rejected rows.csv:2:1: placeholder: only fills a place in a hierarchy and takes no location [orbat:default/Unit/unknown bn]`,
		`orbat:default/Unit/unknown bn subordinate_to Unit/1 Div`,
		`Unit orbat:default/Unit/2 bn name=2 Bn`, `Person orbat:default/Person/bob name=Bob`, `orbat:default/Person/bob commands orbat:default/Unit/2 bn`,
		`orbat:default/Unit/2 bn subordinate_to Unit/Unknown Bn`,
	)
}

func TestDatesAndPeriods(t *testing.T) {
	mapping := `
tables:
  - name: rows
    entities:
      - {name: a, type: Person, key: {id: {text: a}}}
      - {name: b, type: Unit, key: {id: {text: b}}}
    relations:
      - relation: commands
        from: a
        to: b
        period:
          from: {date: {year: y, month: m, day: d, text: t, formats: [D/M/YYYY, MMMM YYYY]}, exact: {column: exact, is: Y}}
          to: {date: {text: last}, open: {column: open, is: Y}}
`
	for row, expected := range map[string]string{
		"2014|8|1||Y||":                 "2014-08-01/",
		"2014|8|||N||":                  "~2014-08/",
		"2014||||||Y":                   "~2014/..",
		"|||1/8/2014|Y|2016-02|":        "2014-08-01/2016-02",
		"|||August 2014|Y|2016|Y":       "2014-08/..",
		"2014|4|31||Y||":                "2014-04/ + notice d: no such date: year 2014, month 4, day 31; taken as 2014-04",
		"2014||5||Y||":                  "2014/ + notice d: no such date: year 2014, month , day 5; taken as 2014",
		"2014|8|1|2/8/2014|Y||":         "2014-08-01/ + notice t: the text says 2014-08-02, the columns beside it 2014-08-01, which is taken",
		"2014|8|1|soon|Y||":             "2014-08-01/ + notice t: no date as the mapping knows it: the columns beside it say 2014-08-01, which is taken",
		"|||soon|Y||":                   " + notice t: no date as the mapping knows it: left out",
		"MMXIV|||August 2014|Y||":       "2014-08/ + notice y: no year: the text \"August 2014\" is taken",
		"2014||||Y|2013|":               "~2014/2013~ + notice t: the first date is after the last: both are taken as dates at which it held",
		"2014|||2014|Y|2014|":           "2014",
		"||||||":                        "",
		"2014|13|1||Y||":                "2014/ + notice m: no such date: year 2014, month 13, day 1; taken as 2014",
		"20014|||30/2/2014|Y||":         " + notice y: no such date: year 20014, month , day ; taken as unknown + notice t: no date as the mapping knows it: the columns beside it say , which is taken",
		"2014|02|29|29 Feb 2014|Y|bad|": "2014-02/ + notice d: no such date: year 2014, month 02, day 29; taken as 2014-02 + notice t: no date as the mapping knows it: the columns beside it say 2014-02, which is taken + notice last: no date as the mapping knows it: left out",
	} {
		got := read(t, mapping, sheet("r.csv", "y|m|d|t|exact|last|open\n"+row))
		var line string
		for _, l := range got {
			switch {
			case strings.Contains(l, "commands"):
				_, line, _ = strings.Cut(l, "period=")
			case strings.HasPrefix(l, "notice "):
				note, _, _ := strings.Cut(strings.Replace(l, "r.csv:2:1: ", "", 1), " [")
				line += " + " + note
			}
		}
		if line != expected {
			t.Errorf("%s: %s\nwant %s", row, line, expected)
		}
	}
}

// told is an error as a user would see it: of several at once each with what would mend it.
func told(err error) string {
	several, ok := err.(interface{ Unwrap() []error })
	if !ok || len(several.Unwrap()) < 2 {
		return err.Error()
	}
	var lines []string
	for _, one := range several.Unwrap() {
		line, fault := one.Error(), schema.FaultOf(one)
		if fault.Hint != "" {
			line += "; " + fault.Hint
		}
		if fault.See != "" {
			line += " (see " + string(fault.See) + ")"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// Every mistake is found before the first row, with its line.
func TestMistakes(t *testing.T) {
	const rest = "\ntables: [{name: t, entities: [{type: Person, key: {id: A}}]}]"
	for text, expected := range map[string]string{
		"":                      "m.yaml: the file is empty",
		"tables: [":             "m.yaml: line 1: did not find expected node content",
		"tabels: []":            `m.yaml:1:1: unknown key "tabels"`,
		"doc: x":                "m.yaml:1:1: the mapping has no tables",
		"doc: x\ndoc: y" + rest: "m.yaml:2:1: the key doc stands twice",
		"dataset: a/b" + rest:   `m.yaml:1:1: data set "a/b": use up to 64 of a-z A-Z 0-9 _ . - (not first: . -)`,
		"tables: [{name: t, entities: [{type: Persn, key: {id: A}}]}]":                                                     `m.yaml:1:38: no entity type "Persn"`,
		"tables: [{name: t, entities: [{type: Person}]}]":                                                                  "m.yaml:1:31: the entity has no key",
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, properties: {rnk: A}}]}]":                              `m.yaml:1:78: Person has no property "rnk"`,
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, properties: {status: {column: A, map: {x: dead}}}}]}]": `m.yaml:1:81: status: "dead" is not one of active, retired, killed, captured, unknown`,
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, properties: {rank: {column: A, text: B}}}]}]":          "m.yaml:1:79: the value comes from column and text",
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, period: {text: A}}]}]":                                 "m.yaml:1:68: an entity has no period",
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, where: {column: A}}]}]":                                "m.yaml:1:67: the condition asks nothing",
		"tables: [{name: t, where: {not: []}, entities: [{type: Person, key: {id: A}}]}]":                                  "m.yaml:1:33: an empty list says nothing",
		"tables: [{name: t, entities: [{type: Person, key: {id: '{A'}}]}]":                                                 `m.yaml:1:56: a brace is not closed in "{A"`,
		"tables: [{name: t, entities: [{type: Person, key: {id: {lookup: x, of: A}}}]}]":                                   `m.yaml:1:56: no index "x"`,
		"tables: [{name: t, relations: [{relation: comands, from: p, to: p}]}]": "m.yaml:1:32: no relation \"comands\"; did you mean commands? (see schema)\n" +
			"m.yaml:1:58: the table has no entity \"p\"; name one of its entities, or give type and key\n" +
			"m.yaml:1:65: the table has no entity \"p\"; name one of its entities, or give type and key",
		"tables: [{name: t, relations: [{relation: commands, from: {type: Unit, key: {id: A}}, to: {type: Person, key: {id: B}}}]}]": "m.yaml:1:32: commands does not go from Unit to Person",
		"tables: [{name: t, relations: [{relation: related_to, from: {type: Unit, key: {id: A}}, to: {type: Unit, key: {id: B}}}]}]": "m.yaml:1:32: related_to needs label",
		"expect: [{rows: x, min: 1}]" + rest:                        `m.yaml:1:10: no table "x"`,
		"expect: [{rows: t}]" + rest:                                "m.yaml:1:10: an expectation without bound",
		"indexes: [{name: i, table: t, from: A, many: few}]" + rest: `m.yaml:1:11: many is "few"`,
		"doc: &a x\ndataset: *a" + rest:                             "m.yaml:2:10: an alias",
		"tables: [{name: t, entities: [{type: Event, key: {id: A}, properties: {date: {date: {text: A, formats: [MM-DD]}}}}]}]": `m.yaml:1:85: the date format "MM-DD" is not understood`,
	} {
		m, err := Parse("m.yaml", []byte(text))
		if err == nil {
			err = m.Check(ontology(t))
		}
		if err == nil || told(err) != expected {
			t.Errorf("%s:\n  %s\nwant\n  %s", text, told(err), expected)
		}
	}
}

// A header that does not fit ends the load before anything comes of it; all that is wrong is said.
func TestHeaderDoesNotFit(t *testing.T) {
	const mapping = `tables: [{name: t, entities: [{type: Person, key: {id: Id}, properties: {name: Nam, rank: Rank}}]}]`
	want(t, read(t, mapping, sheet("p.csv", "Id|Name|Rank|Rank\n1|Ann|Maj|Lt")),
		"ended m.yaml:1:80: p.csv has no column \"Nam\"; did you mean \"Name\"? a constant is written {text: …}; the columns are Id, Name, …\n"+
			"m.yaml:1:91: p.csv has two columns \"Rank\"; name it by its number: #3 or #4")
	want(t, read(t, mapping), "ended m.yaml:1: the table t has no file (any file)")
	want(t, read(t, strings.NewReplacer("Nam,", `"#2",`, "Rank}", `"#3"}`).Replace(mapping), sheet("p.csv", "Id|Name|Rank|Rank\n1|Ann|Maj|Lt")),
		"Person orbat:default/#1 name=Ann rank=Maj")
}

func TestExpectations(t *testing.T) {
	rows := sheet("p.csv", "Id|Name|Boss\n1|Ann|\n2|Bob|1\n2|Bob|1\n")
	for expect, unmet := range map[string]string{
		"{rows: t, min: 3, max: 3}":         "",
		"{rows: t, min: 4}":                 "3 rows of table t; at least 4 are expected",
		"{entities: Person, max: 2}":        "",
		"{entities: Person, max: 1}":        "2 Persons; at most 1 are expected",
		"{relations: associate_of, min: 3}": "2 statements of associate_of; at least 3 are expected",
		"{filled: Boss, table: t, min: 60}": "",
		"{filled: Boss, table: t, min: 70}": `66.7 % of column "Boss" filled; at least 70 are expected`,
	} {
		got := read(t, "expect: ["+expect+`]
tables:
  - name: t
    entities: [{name: p, type: Person, key: {id: Id}, properties: {name: Name}}]
    relations: [{relation: associate_of, from: p, to: {type: Person, key: {id: Boss}}}]`, rows)
		if unmet == "" && len(got) != 5 || unmet != "" && !slices.Equal(got, []string{"ended m.yaml:1:10: " + unmet}) {
			t.Errorf("%s: %q", expect, got)
		}
	}
}

// What is shipped fits the ontology and the language's JSON Schema, which refuses what Parse refuses.
func TestShippedAndSchema(t *testing.T) {
	s, err := Schema(ontology(t))
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(Shipped()) == 0 {
		t.Fatal("nothing is shipped")
	}
	for _, name := range Shipped() {
		text, err := Source(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse(name, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Check(ontology(t)); err != nil {
			t.Error(err)
		}
		if err := resolved.Validate(plain(t, text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, wrong := range []string{
		"tabels: []", "tables: [{name: t, entities: [{type: Nobody, key: {id: A}}]}]",
		"tables: [{name: t, relations: [{relation: comands, from: a, to: b}]}]",
		"tables: [{name: t, entities: [{type: Person, key: {id: A}, properties: {rnk: A}}]}]", "tables: [{name: [t]}]",
		"tables: []", "blank: []\ntables: [{name: t}]", "confidence: {}\ntables: [{name: t}]", "tables: [{name: t, where: []}]",
		"tables: [{name: t, entities: [{type: Person, key: {id: {column: A, map: {}}}}]}]",
	} {
		if resolved.Validate(plain(t, []byte(wrong))) == nil {
			t.Errorf("the JSON Schema takes %s", wrong)
		}
	}
}

func TestDraftPassesItsCheck(t *testing.T) {
	for _, text := range []string{
		"ID|Full Name|Rank|Aliases|Country|DOB|Source|Favourite colour\n1|Ann|Maj|A;B|NG|1960|http://x|red",
		"Unit name|Echelon|Parent\n1 Bn|battalion|1 Bde",
		"Name|Name|#odd|{x}|\na|b|c|d|e", "a\n", "Title|URL|Published\nT|http://x|2014", "No.|Weight: kg|yes\n1|2|3",
	} {
		in := sheet("some/p.csv", text)
		draft, err := Draft(t.Context(), in, Reading{}, ontology(t))
		if err != nil {
			t.Fatal(err)
		}
		m, err := Parse("draft.yaml", draft)
		if err != nil {
			t.Fatalf("%v\n%s", err, draft)
		}
		if _, err := m.CheckFiles(t.Context(), []Input{in}, Options{Ontology: ontology(t)}); err != nil {
			t.Errorf("%v\n%s", err, draft)
		}
	}
}

func TestCancellation(t *testing.T) {
	m, err := Parse("m.yaml", []byte("tables: [{name: t, entities: [{type: Person, key: {id: A}}]}]"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := 0
	var last error
	for _, err := range m.Records(ctx, []Input{sheet("p.csv", "A"+strings.Repeat("\nx", 1000))}, Options{Ontology: ontology(t)}) {
		last = err
		if seen++; seen == 5 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) || seen > 6 {
		t.Errorf("%d records, then %v", seen, last)
	}
}

// FuzzParse reads any mapping and, where it is one, a sheet with it: nothing panics, and what is refused says where.
func FuzzParse(f *testing.F) {
	f.Add("tables: [{name: t, entities: [{type: Person, each: {column: A, split: \",\"}, key: {id: \"{}\"}, properties: {name: A, birth_date: {date: {text: B, formats: [D.M.YY], century: 1930}}}}]}]", "A|B\na,b|1.2.14")
	f.Add("sources: {key: {xid: \"s:{}\"}}\ntables: [{name: t, relations: [{relation: commands, from: {type: Person, key: {name: A}}, to: {type: Unit, key: {xid: \"u:{B}\"}}, source: B, confidence: 5}]}]", "A|B\nx|y")
	f.Add("indexes: [{name: i, table: t, from: A, to: B, fold: true, many: all}]\ntables: [{name: t, where: {any: [{column: A, in: i}, {not: {column: B, empty: true}}]}, entities: [{name: p, type: {column: B, map: {x: Unit}, others: drop}, key: [{id: {lookup: i, of: A}}, {name: A}], placeholder: {column: A, is: x}}]}]\nexpect: [{entities: Unit, max: 3}]", "A|B\nx|x")
	f.Add("blank: [x]\nbroken: [y]\nconfidence: {map: {Low: 30}, keep: x_c}\ntables: [{name: t, entities: [{name: u, type: Unit, key: {id: A}, properties: {active: {span: {from: {date: {year: A, month: B}, exact: {column: A, is: 1}}, to: {open: {column: B, is: Y}}}, confidence: B}, country: {column: A, as: country, others: keep}}}]}]", "A|B\n2014|Low")
	f.Add("tables: [{name: t, outline: {name: [A, B]}, entities: [{name: u, type: Unit, key: {id: path}, properties: {name: {first: [B, A], map: {X: y}, fold: true, others: keep}}}, {type: Person, each: {columns: '^[AB]', split: \"/\", blank: [z]}, key: {name: \"{}\"}}], relations: [{relation: subordinate_to, from: u, to: {type: Unit, key: {id: parent}}}]}]", "A|B\n x| y/z\n\tx|")
	f.Add("blank: [z]\ntables: [{name: t, outline: {name: A}, entities: [{type: Source, each: {zip: {a: {column: A, split: \";\", replace: {what: x}}, b: {column: B, split: \";\", number: {thousands: \",\"}}}}, key: {name: \"{a}\"}, properties: {published: \"{b}\"}}]}]", "A|B\n  x;z;|١;2\n\ty|")
	o := ontology(f)
	f.Fuzz(func(t *testing.T, text, rows string) {
		m, err := Parse("m.yaml", []byte(text))
		if err != nil {
			var wrong *MappingError
			if !errors.As(err, &wrong) || wrong.Reason == "" {
				t.Fatalf("an error of type %T: %v", err, err)
			}
			return
		}
		over := false
		width := -1
		in := sheet("p.csv", rows)
		read := in.Rows
		in.Rows = func(ctx context.Context, r Reading) iter.Seq2[schema.Row,
			error] { // as a reader would have it: all rows as wide as the header
			return func(yield func(schema.Row, error) bool) {
				for row, err := range read(ctx, r) {
					if width < 0 {
						width = len(row.Cells)
					}
					if err == nil && len(row.Cells) != width {
						continue
					}
					if !yield(row, err) {
						return
					}
				}
			}
		}
		for record, err := range m.Records(t.Context(), []Input{in}, Options{Ontology: o}) {
			if over || (record == nil) == (err == nil) {
				t.Fatalf("after the end, or both or neither: %v %v", record, err)
			}
			over = err != nil && !isBad(err)
		}
	})
}

// plain reads YAML as encoding/json would have it.
func plain(t *testing.T, text []byte) any {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", raw, err))
	}
	return doc
}

// What one row says in several places is neither lost nor taken down by one bad item.
func TestNothingOfARowIsLost(t *testing.T) {
	want(t, read(t, `
tables:
  - name: rows
    entities:
      - {name: unit, type: Unit, each: {column: Units, split: ";"}, key: {id: "{}"}, properties: {x_n: [A, B], is_placeholder: {column: Flag, map: {Y: "true"}, others: drop}}}
      - {name: person, type: Person, key: {name: Who}}
    relations: [{relation: posted_to, from: person, to: unit}]
`, sheet("r.csv", "Units|A|B|Flag|Who\nu1;u:2;u3|a|b||Ann\nu4|||Y|Bob")),
		`rejected r.csv:2:1: Units: id "u:2" holds a colon; write it as xid if it is global, else use another character [u:2]`,
		`Unit orbat:default/#u1 x_n="a; b"`, `Unit orbat:default/#u3 x_n="a; b"`, `Person orbat:default/Person/ann name=Ann`,
		`orbat:default/Person/ann posted_to orbat:default/#u1`, `orbat:default/Person/ann posted_to orbat:default/#u3`,
		`Unit orbat:default/#u4 is_placeholder=true`, `Person orbat:default/Person/bob name=Bob`,
		`rejected r.csv:3:1: placeholder: only fills a place in a hierarchy and takes no person [orbat:default/#u4]`,
	)
}

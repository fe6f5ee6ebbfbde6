package mapping

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

// A draft is loaded as it is: nothing of the sheet is rejected, everything is in a record or in a comment.
func TestDraftLoads(t *testing.T) {
	for _, test := range []struct {
		name, sheet string
		want        []string // what comes of its rows
		notes       []string // what its comments say
	}{
		{
			"the usual", "ID|Full Name|Rank|Aliases|Country|DOB|Source|Favourite colour\n1|Ann|Maj|A;B|NG|1960|http://x|red",
			[]string{`Person orbat:default/#1 aliases=A,B birth_date=1960 country=NG name=Ann rank=Maj x_favourite_colour="red" cites http://x`},
			nil,
		},
		{
			"an entity of a column's name", "Title|source|URL|Published\nT|s:1|http://x|2014",
			[]string{`Source orbat:default/#T published=2014 title=T url=http://x cites s:1`},
			nil,
		},
		{
			"two columns of one name", "Name|Name|Note|Note\nAnn|Anna|b|c",
			[]string{`Account orbat:default/Account/ann name=Ann x_column_4="c" x_name="Anna" x_note="b"`},
			[]string{`# - column 2, "Name": another column is its name already; kept as an x_ property`},
		},
		{
			"two columns that identify", "ID|Name|UUID\n1|Ann|77",
			[]string{`Account orbat:default/#1 name=Ann x_uuid="77"`},
			[]string{`# - column 3, "UUID": may identify the row too; kept as a property`},
		},
		{
			"xids", "xid|Name\np:1|Ann\np:2|Bob", []string{`Account p:1 name=Ann`, `Account p:2 name=Bob`}, nil,
		},
		{
			"ids, some of which are xids", "ID|Name\np:1|Ann\n2|Bob", []string{`Account p:1 name=Ann`, `Account orbat:default/#2 name=Bob`}, nil,
		},
		{
			"ids that cannot be", "ID|Name\nP:1|Ann\n2|Bob",
			[]string{`rejected some/p.csv:2:1: ID: xid "P:1" is not of the form scheme:id (the scheme in lower case) [P:1]`, `Account orbat:default/#2 name=Bob`},
			[]string{`# - column 1, "ID": some of its texts hold a colon and are not of the form scheme:id (the scheme in lower case): these rows will be rejected`},
		},
		{
			"values that their properties do not take", "Name|Country|Status|Gender|DOB\nAnn|Atlantis|gone|female|1/2/60",
			[]string{
				`Person orbat:default/Person/ann gender=female name=Ann x_country="Atlantis" x_status="gone"`,
				`notice some/p.csv:2:1: DOB: no date as the mapping knows it: left out [1/2/60]`,
			},
			[]string{
				`# - column 2, "Country": "Atlantis" is no country; kept as an x_ property`, `# - column 3, "Status": "gone" is no status; kept as an x_ property`,
				`# - column 5, "DOB": "1/2/60" is left out, with a notice, until formats say how it is written, such as date: {text: …, formats: [D/M/YYYY]}`,
			},
		},
		{
			"columns without name", "Name||\nAnn|x|",
			[]string{`Account orbat:default/Account/ann name=Ann x_column_2="x"`},
			[]string{`# - left out, without name and text: column 3`},
		},
		{
			"a column called as another's number", "Name|#3|{x}\nAnn|a|b",
			[]string{`Account orbat:default/Account/ann name=Ann x_3="a"`},
			[]string{`# - column 3, "{x}": left out, since another column is called as its number; rename one`},
		},
		{
			"nothing that tells rows apart", "Colour|Size\nred|1\nred|1",
			[]string{`Account orbat:default/#red x_colour="red" x_size="1"`, `Account orbat:default/#red x_colour="red" x_size="1"`},
			[]string{`# - column 1, "Colour": taken to identify the rows, for want of a better one: rows alike in it become one`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := sheet("some/p.csv", test.sheet)
			draft, err := Draft(t.Context(), in, Reading{}, ontology(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s", draft)
			want(t, read(t, string(draft), in), test.want...)
			var notes []string
			for line := range strings.Lines(string(draft)) {
				if strings.HasPrefix(line, "# - ") {
					notes = append(notes, strings.TrimSpace(line))
				}
			}
			want(t, notes, test.notes...)
		})
	}
}

// titled is a sheet that is read as a mapping says: from the line of its header, without remarks.
func titled(name, text string) Input {
	return Input{Name: name, Rows: func(ctx context.Context, reading Reading) iter.Seq2[schema.Row, error] {
		lines := strings.Split(text, "\n")
		lines = lines[min(max(reading.Header-1, 0), len(lines)):]
		lines = slices.DeleteFunc(lines, func(line string) bool {
			return reading.Comments != "" && strings.HasPrefix(line, reading.Comments)
		})
		if reading.HeaderRows == 2 && len(lines) > 1 {
			upper, group := strings.Split(lines[0], "|"), ""
			lower := strings.Split(lines[1], "|")
			for i := range lower {
				if upper[i] != "" {
					group = upper[i]
				}
				lower[i] = strings.TrimSpace(group + " " + lower[i])
			}
			lines = append([]string{strings.Join(lower, "|")}, lines[2:]...)
		}
		return sheet(name, strings.Join(lines, "\n")).Rows(ctx, reading)
	}}
}

// TestDraftProposes: a draft proposes what the rows of a sheet show, and loads.
func TestDraftProposes(t *testing.T) {
	for _, test := range []struct {
		name, sheet string
		draft       []string // stands in it
		want        []string // comes of its rows
	}{
		{
			"titles, remarks, fill, numbers, positions", "Order of battle||||\n# by hand||||\nPart of|Unit|Strength|Lat|Lon\n" +
				"1 Corps|3 Bde|1.250|36,5|37.25\n|4 Bde|980|36.6|37°9'E\n# doubtful||||\n|5 Bde|1.000.000||",
			[]string{
				"header: {row: 3, comments: '#'}", "fill: [Part of]", "number: {thousands: .}", "point: {latitude: Lat, longitude: Lon}",
			},
			[]string{
				"Unit orbat:default/Unit/3 bde name=3 Bde strength=1250",
				"orbat:default/Unit/4 bde subordinate_to Unit/1 Corps",
				"orbat:default/Unit/5 bde subordinate_to Unit/1 Corps",
				"orbat:default/Unit/4 bde located_at orbat:default/Location/36 6 37 9 e",
			},
		},
		{
			"dates", "Name|Rank|DOB\nAnn|Maj|18.1.1970 or 29.3.1965\nBo|Cpt|ca. 1970\nCy|Cpt|25569\nDi|Lt|14 июля 1981\nEd|Lt|3 Sept 1980",
			[]string{"date: {text: DOB, formats: [", "or: [' or ']", "about: [ca.]", "serial: true", "months: [ru]"},
			[]string{
				"Person orbat:default/Person/ann birth_date=1965-03-29~1970-01-18", "Person orbat:default/Person/bo birth_date=1969~1971",
				"Person orbat:default/Person/cy birth_date=1970-01-01", "Person orbat:default/Person/di birth_date=1981-07-14",
				"Person orbat:default/Person/ed birth_date=1980-09-03",
			},
		},
		{
			"snapshots", "Date|Unit name|Parent|Strength|Sources|Source dates\n2.5.2020|3 Bn|2 Bde|500|a, b|2020, 2021\n3.5.2020|3 Bn|2 Bde|500|c|2020\n4.5.2020|3 Bn|5 Bde|450||",
			[]string{"merge: from", "merge: true", "zip:", "sources: {split: ','}"},
			[]string{
				"orbat:default/Unit/3 bn subordinate_to Unit/2 Bde period=~2020-05-02/2020-05-03~ cites Source/a cites Source/b cites Source/c",
				"orbat:default/Unit/3 bn subordinate_to Unit/5 Bde period=~2020-05-04/2020-05-04~",
				"value orbat:default/Unit/3 bn strength = 500 period=~2020-05-02/2020-05-03~",
				"Source orbat:default/Source/b name=b published=2021",
			},
		},
		{
			"years, a position in the grid", "Unit|MGRS|Commander 2019|Commander 2020\n3 Bn|37S CA 12345 67890|Ann|Bo\n4 Bn|37SCA1234567890||Cy",
			[]string{`columns: '^Commander (?P<year>\d{4})$'`, "point: {mgrs: MGRS}"},
			[]string{
				"orbat:default/Person/ann commands orbat:default/Unit/3 bn period=~2019/2019~",
				"orbat:default/Person/cy commands orbat:default/Unit/4 bn period=~2020/2020~",
				"orbat:default/Unit/3 bn located_at orbat:default/Location/37s ca 12345 67890",
			},
		},
		{
			"two rows of names, texts that mean nothing", "Losses in May|||||\nEngagement||Army||Radio|\nNo.|Place|Killed|Wounded|Killed|Wounded\n" +
				"1|Ford|4|n/a|30|9\n2|Mill|-|2|5|7",
			[]string{"header: {row: 2, rows: 2}", "blank: ['-', n/a]", "key: {id: Engagement No.}", "x_army_killed: Army Killed"},
			[]string{`Event orbat:default/#1 x_army_killed="4"`, `Event orbat:default/#2 x_army_wounded="2"`},
		},
		{
			"a column a level", "Corps|Division|Brigade|Men\nI|||100\n|1||50\n||Reserve|20\n|2||\n||Reserve|",
			[]string{"outline: {name: [Corps, Division, Brigade]}", "name: {first: [Brigade, Division, Corps]}", "strength: Men"},
			[]string{
				"Unit orbat:default/#I / 1 / Reserve name=Reserve strength=20", "orbat:default/#I / 2 / Reserve subordinate_to #I / 2",
			},
		},
		{
			"indentation", "Formation|Men\nCorps|900\n  1 Div|400\n    A Coy|20\n  2 Div|\n    A Coy|30",
			[]string{"outline: {name: Formation}", "key: {id: path}", "name: Formation"},
			[]string{
				"Unit orbat:default/#Corps / 2 Div / A Coy name=A Coy strength=30", "orbat:default/#Corps / 1 Div subordinate_to #Corps",
			},
		},
		{
			"paths", "Path|Echelon\n/Army/I Corps|corps\n/Army / I Corps / 1 Div/|division\n/Army/II Corps/Guard|n/a\n/Army/II Corps|corps",
			[]string{"path: {column: Path, split: /}"},
			[]string{
				"Unit orbat:default/#Army / I Corps / 1 Div echelon=division name=1 Div", "Unit orbat:default/#Army name=Army",
				"orbat:default/#Army / II Corps / Guard subordinate_to #Army / II Corps",
			},
		},
		{
			"several in a cell", "Unit|Staff\n3 Bn|Ann Lee (commander, 2019); Bo Kim (cook)\n4 Bn|Cy Roe (commander)",
			[]string{`# - column 2, "Staff": several texts in a cell, with what is said of each in brackets: each: {column: "Staff", split: ";"`},
			[]string{"Unit orbat:default/Unit/3 bn name=3 Bn"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := titled("p.csv", test.sheet)
			draft, err := Draft(t.Context(), in, Reading{}, ontology(t))
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range test.draft {
				if !strings.Contains(string(draft), part) {
					t.Errorf("the draft has no %s", part)
				}
			}
			lines := read(t, string(draft), in)
			wantLines(t, lines, test.want, []string{"rejected", "notice", "ended"})
			if t.Failed() {
				t.Logf("%s", draft)
			}
		})
	}
	// What only looks like it is not proposed.
	for name, rows := range map[string]string{
		"fill":   "Name|Rank\nAnn|Maj\n|Cpt\nBo|Cpt",                   // one empty cell
		"header": "Name|Rank|Unit\nAnn|Maj|3 Bn",                       // the first row
		"number": "Unit|Strength\n3 Bn|1250\n4 Bn|980",                 // as programs write them
		"merge":  "Date|Name\n2020|Ann\n2021|Bo",                       // nobody comes again
		"format": "Name|DOB\nAnn|1/2/1960\nBo|3/4/1960",                // of which month?
		"zip":    "Name|Sources|Source dates\nAnn|a;b|2020\nBo|c|2021", // not of one length

		"rows: 2":  "Kind|Note|Note\nCar|a|b\nVan|c|c",                                         // one row, two columns of one name
		"outline":  "Unit|Men\n 3 Bn|5\n 4 Bn|6\n 5 Bn|6",                                      // all are indented
		"name: [":  "Division|Brigade|Men\n1|1|5\n1|2|6\n2|3|7",                                // each row whole
		"path":     "Unit|Day\n3 Bn|1/2/2020\n4 Bn|1/3/2020\n5 Bn|1/4/2020",                    // dates
		"{path: ":  "Unit|Seen in\n3 Bn|S/2019/1\n4 Bn|S/2019/2\n5 Bn|S/2020/3\n6 Bn|S/2020/4", // numbers of documents
		"blank":    "Name|Status|Gender\nAnn|unknown|none",                                     // values
		"brackets": "Unit|Staff\n3 Bn|Ann; Bo (cook); Cy",                                      // most have none
	} {
		draft, err := Draft(t.Context(), titled("p.csv", rows), Reading{}, ontology(t))
		if err != nil || strings.Contains(string(draft), name+":") || strings.Contains(string(draft), name) && strings.Contains(name, " ") {
			t.Errorf("%s is proposed: %v\n%s", name, err, draft)
		}
	}
}

// FuzzDraft drafts a mapping of any sheet: what is drafted is a mapping, which fits the ontology.
func FuzzDraft(f *testing.F) {
	for _, rows := range []string{
		"Corps|Division|Men\nI||1.250\n|1|n/a", "A|B\nEngagement||Army|\nNo.|Place|Killed|Killed\n1|x|2|3", "Formation|Men\nA|1\n  B|2\n\tC|",
		"Path|Echelon\n/A/B|x\n/A/C/|y\n/A/D|z", "Unit|Staff\nx|A (b); C (d)", "#|Name 2019|Name 2020\n# x||\n1|2|3",
	} {
		f.Add(rows)
	}
	o := ontology(f)
	f.Fuzz(func(t *testing.T, rows string) {
		width := strings.Count(strings.SplitN(strings.TrimSpace(rows), "\n", 2)[0], "|") // all rows as wide as the header
		lines := slices.DeleteFunc(strings.Split(rows, "\n"), func(line string) bool { return strings.Count(line, "|") != width })
		draft, err := Draft(t.Context(), titled("p.csv", strings.Join(lines, "\n")), Reading{}, o)
		if err != nil {
			return
		}
		m, err := Parse("m.yaml", draft)
		if err == nil {
			err = m.Check(o)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, draft)
		}
	})
}

// TestDraftRefuses: what has to be said before a draft can be made.
func TestDraftRefuses(t *testing.T) {
	pipes := sheet("p.csv", "a\nb")
	pipes.Rows = func(context.Context, Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			_ = yield(schema.Row{Cells: []string{"Name|Rank"}}, nil) && yield(schema.Row{Cells: []string{"Ann|Maj"}}, nil)
		}
	}
	_, err := Draft(t.Context(), pipes, Reading{}, ontology(t))
	var mistake *MappingError
	if !errors.As(err, &mistake) || mistake.Option != (schema.Option{Name: "delimiter", Value: "|"}) {
		t.Errorf("columns between pipes: %v", err)
	}
	broken := errors.New("cannot be read")
	in := Input{Name: "p.csv", Rows: func(_ context.Context, reading Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			if reading.Header == 0 {
				yield(schema.Row{}, broken)
				return
			}
			yield(schema.Row{Cells: []string{"a", "b"}}, nil) // further down it could
		}
	}}
	if _, err := Draft(t.Context(), in, Reading{}, ontology(t)); !errors.Is(err, broken) {
		t.Errorf("a table that cannot be read: %v", err)
	}
}

// TestCellsBecome: a preview is told what each cell of a row becomes.
func TestCellsBecome(t *testing.T) {
	m, err := Parse("m.yaml", []byte(`
tables:
  - name: t
    values: {men: Men}
    entities:
      - {name: unit, type: Unit, key: {name: Unit}, properties: {name: Unit, strength: {column: men, where: {column: men, matches: '^\d'}}}}
      - {name: person, type: Person, each: {column: Staff, split: ";", parts: '^(?P<who>\w+)(?: (?P<since>\d+))?$'}, key: {name: "{who}"}}
    relations:
      - {relation: commands, from: person, to: unit, source: By, period: {from: {date: "{since}"}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	cells := func(pos schema.Position, cells []Cell) {
		for _, cell := range cells {
			lines = append(lines, pos.String()+" "+cell.Column+": "+cell.Text+" = "+strings.Join(cell.Became, ", "))
		}
	}
	in := sheet("t.csv", "Unit|Men|Staff|By|Colour\n3 Bn|500|Ann 2019;Bo|memo|red\n4 Bn|many|||")
	for _, err := range m.Records(t.Context(), []Input{in}, Options{Ontology: ontology(t), Cells: cells}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	want(t, lines,
		"t.csv:2:1 Unit: 3 Bn = Unit orbat:default/Unit/3 bn, Unit name 3 Bn",
		"t.csv:2:1 Men: 500 = Unit strength 500",
		"t.csv:2:1 Staff: Ann 2019;Bo = Person orbat:default/Person/ann, Person orbat:default/Person/bo, commands period 2019/",
		"t.csv:2:1 By: memo = commands source memo",
		"t.csv:2:1 Colour: red = ",
		"t.csv:3:1 Unit: 4 Bn = Unit orbat:default/Unit/4 bn, Unit name 4 Bn",
		"t.csv:3:1 Men: many = ")
}

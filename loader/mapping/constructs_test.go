package mapping

import (
	"context"
	"iter"
	"strings"
	"testing"

	"orbat/schema"
)

// one table of one entity whose property x_v is a value as given.
func valueOf(v string) string {
	return "tables: [{name: t, entities: [{type: Person, key: {id: No}, properties: {x_v: " + v + "}}]}]"
}

// TestRefinedValues: what a cell becomes; empty: nothing, "!": the value is rejected, and the entity stays.
func TestRefinedValues(t *testing.T) {
	for _, c := range []struct{ value, cell, want string }{
		{`{column: V, clean: true}`, "a\u0092b\u200b  c\u00a0d", "ab c d"},
		{`{column: V, clean: true}`, "\u0092", ""},
		{`{column: V, replace: [{what: "(?i)^the ", with: ""}, {what: "(\\w+), (\\w+)", with: "$2 $1"}]}`, "The Lee, Ann", "Ann Lee"},
		{`{column: V, replace: {what: "\\?+$"}}`, "Kim ??", "Kim"},
		{`{column: V, replace: {what: "^n/k$"}}`, "n/k", ""},
		{`{column: V, replace: {what: "^(?P<n>.*) km$", with: "${1}000 or ${n} $$"}}`, "2 km", "2000 or 2 $"},
		{`{column: V, number: {decimal: ",", thousands: "."}}`, "1.234.567,50", "1234567.50"},
		{`{column: V, number: {decimal: ",", thousands: "."}}`, "-3,5", "-3.5"},
		{`{column: V, number: {decimal: ",", thousands: "."}}`, "1.23", "!"},
		{`{column: V, number: {thousands: [",", " "]}}`, "12\u00a0000", "12000"},
		{`{column: V, number: {thousands: ","}}`, "12,00", "!"},
		{`{column: V, number: {thousands: ","}}`, "1,234,56", "!"},
		{`{column: V, number: {thousands: ","}}`, "about 30", "!"},
		{`{column: V, number: {decimal: ","}}`, "−7", "-7"},
		{`{column: V, number: {thousands: ","}}`, "١,٢٥٠", "1250"},
		{`{column: V, map: {Tank unit: tank, APC: apc}, fold: true}`, "TANK  unit", "tank"},
		{`{column: V, map: {Tank: a, tank: b}}`, "tank", "b"},
		{`{column: V, map: {"?": unknown, Tank: a}, fold: true}`, "?", "unknown"},
		{`{column: V, map: {"?": unknown, Tank: a}, fold: true}`, "!!", "!"},
		{`{column: V, map: {Tank: a}}`, "tank", "!"},
		{`{column: V, map: {Tank: a}, fold: true, others: keep}`, "Truck", "Truck"},
		{`{column: V, as: country}`, "Netherlands (the)", "NL"},
	} {
		wantValue(t, c.value, c.cell, c.want)
	}
	for v, reason := range map[string]string{
		`{column: V, number: {decimal: ";"}}`:                        `decimal is ";"`,
		`{column: V, number: {decimal: ",", thousands: ","}}`:        "before the fraction and between thousands",
		`{column: V, number: {thousands: "0"}}`:                      `thousands is "0"`,
		`{column: V, replace: {what: "("}}`:                          "missing closing",
		`{column: V, replace: {what: "x*", with: "y"}}`:              "found in an empty text",
		`{column: V, replace: {with: "y"}}`:                          "nothing of what",
		`{column: V, replace: {what: "^(.*) km$", with: "$1000"}}`:   "with names $1000",
		`{column: V, replace: {what: "^(.+)$", with: "$2"}}`:         "with names $2",
		`{column: V, fold: true}`:                                    "fold without map",
		`{column: V, map: {Tank: a, TANK: b}, fold: true}`:           "of the map are alike",
		`{point: {latitude: V}}`:                                     "a position of one number",
		`{point: {text: V, mgrs: V}}`:                                "several ways",
		`{point: {mgrs: V, order: longitude}}`:                       "order is",
		`{point: {text: V, order: north}}`:                           "order is",
		`{date: {text: V, or: ""}}`:                                  "an empty separator",
		`{date: {text: V, months: ru}}`:                              "months without a format",
		`{date: {text: V, months: xx, formats: [D MMMM YYYY]}}`:      "no months in the language xx",
		`{span: {seen: {text: V}, in: {text: V}}}`:                   "a period given in several ways",
		`{column: V, number: {decimal: ",", thousands: [".", "0"]}}`: `thousands is "0"`,
	} {
		wantMistake(t, valueOf(v), reason)
	}
}

// wantValue sees what a value makes of a cell; empty: nothing, "!": a reject.
func wantValue(t *testing.T, value, cell, want string) {
	t.Helper()
	lines := read(t, valueOf(value), sheet("t.csv", "No|V\n1|"+cell))
	switch {
	case want == "!" && len(lines) == 2 && strings.HasPrefix(lines[1], "  without x_v: "):
	case want == "" && lines[0] == "Person orbat:default/#1":
	case want != "!" && want != "" && lines[0] == "Person orbat:default/#1 x_v="+quoted(want):
	default:
		t.Errorf("%s of %q: %q, want %q", value, cell, lines, want)
	}
}

// wantMistake sees that a mapping is refused before any row is read.
func wantMistake(t *testing.T, mapping, reason string) {
	t.Helper()
	m, err := Parse("m.yaml", []byte(mapping))
	if err == nil {
		err = m.Check(ontology(t))
	}
	if err == nil || !strings.Contains(err.Error(), reason) {
		t.Errorf("%s: %v, want %s", mapping, err, reason)
	}
}

func TestPositions(t *testing.T) {
	point := func(lon, lat string) string { return `{"type":"Point","coordinates":[` + lon + "," + lat + "]}" }
	for _, c := range []struct{ value, cell, want string }{
		{`{point: {text: V}}`, "34.5, 36.75", point("36.75", "34.5")},
		{`{point: {text: V, order: longitude}}`, "36.75 34.5", point("36.75", "34.5")},
		{`{point: {text: V}}`, "34,5; 36,75", point("36.75", "34.5")},
		{`{point: {text: V}}`, `36°12'30"N 37°9'0"E`, point("37.15", "36.2083333")},
		{`{point: {text: V}}`, `36°12′30″S, 37°09′W`, point("-37.15", "-36.2083333")},
		{`{point: {text: V}}`, "N 36 12 30 E 037 09 00", point("37.15", "36.2083333")},
		{`{point: {text: V}}`, "37.15E, 36.5N", point("37.15", "36.5")},
		{`{point: {text: V}}`, "-0.5/-60.25", point("-60.25", "-0.5")},
		{`{point: {text: V}}`, "(34.5 36.75)", point("36.75", "34.5")},
		{`{point: {text: V}}`, "91, 10", "!"},
		{`{point: {text: V}}`, "10, 181", "!"},
		{`{point: {text: V}}`, `36°61'N 37°E`, "!"},
		{`{point: {text: V}}`, `36.5°30'N 37°E`, "!"},
		{`{point: {text: V}}`, "-36N 37E", "!"},
		{`{point: {text: V}}`, "36N 37N", "!"},
		{`{point: {text: V}}`, "near Aleppo", "!"},
		{`{point: {text: V}}`, "36 12", point("12", "36")},
		{`{point: {mgrs: V}}`, "31N AA 66021 00000", point("-0.000004", "0")},
		{`{point: {mgrs: V}}`, "16SGC3855124838", point("-84.4280571", "33.6366624")},
		{`{point: {mgrs: V}}`, "16SGC385512483", "!"},  // nine digits
		{`{point: {mgrs: V}}`, "61SGC3855124838", "!"}, // no such zone
		{`{point: {mgrs: V}}`, "16SIC3855124838", "!"}, // I is no letter of it
		{`{point: {mgrs: V}}`, "31SJC3855124838", "!"}, // the zone has no column J
	} {
		wantValue(t, c.value, c.cell, c.want)
	}
	// Of a coarse square the middle.
	if lat, lon, reason := fromMGRS("16SGC32"); reason != "" || lat < 33.5 || lat > 33.7 || lon < -84.6 || lon > -84.4 {
		t.Error(lat, lon, reason)
	}
	lines := read(t, valueOf(`{point: {latitude: Lat, longitude: Lon}}`), sheet("t.csv", "No|Lat|Lon\n1|34.5|36.75\n2|34.5|\n3||\n4|x|1"))
	want(t, lines, `Person orbat:default/#1 x_v=`+quoted(point("36.75", "34.5")), "Person orbat:default/#2",
		"  without x_v: Lon: no coordinate []", "Person orbat:default/#3", "Person orbat:default/#4",
		"  without x_v: Lat: no coordinate [x]")
}

func TestWrittenDates(t *testing.T) {
	for _, c := range []struct{ date, cell, want string }{
		{`{text: V, formats: [D MMM YYYY]}`, "3 Sept 2021", "2021-09-03"},
		{`{text: V, formats: [D MMM YYYY]}`, "3 Sep 2021", "2021-09-03"},
		{`{text: V, formats: ["MMMM D, YYYY"]}`, "July 14th, 2019", "2019-07-14"},
		{`{text: V, formats: [M/D/YYYY]}`, "7/14/2019 12:00:00 AM", "2019-07-14"},
		{`{text: V, formats: [M/D/YYYY]}`, "7/14/2019 1:30 pm", "2019-07-14"},
		{`{text: V, formats: [D MMMM YYYY], months: ru}`, "14 июля 2019", "2019-07-14"},
		{`{text: V, formats: [D MMMM YYYY, MMMM YYYY], months: ru}`, "май 2019", "2019-05"},
		{`{text: V, formats: [MMMM YYYY], months: uk}`, "Травень 2019", "2019-05"},
		{`{text: V, formats: [D MMMM YYYY], months: fr}`, "1er août 2019", "2019-08-01"},
		{`{text: V, formats: [D MMM YYYY], months: fr}`, "1 déc. 2019", "2019-12-01"},
		{`{text: V, formats: [D MMMM YYYY], months: ar}`, "14 تموز 2019", "2019-07-14"},
		{`{text: V, formats: [D MMMM YYYY], months: ar}`, "14 يوليو 2019", "2019-07-14"},
		{`{text: V, formats: [D MMMM YYYY], months: ar}`, "١٤ يوليو ٢٠١٩", "2019-07-14"},
		{`{text: V}`, "۲۰۱۹-۰۷", "2019-07"},
		{`{text: V, formats: [D MMMM YYYY]}`, "3:45 PM 4 March 2021", "2021-03-04"},
		{`{text: V, formats: [D MMMM YYYY]}`, "15:45, 4 March 2021", "2021-03-04"},
		{`{text: V, formats: [D MMMM YYYY]}`, "25:45 4 March 2021", ""},
		{`{text: V, formats: [D MMMM YYYY]}`, "3:45 PM", ""},
		{`{text: V, formats: [D MMMM YYYY], months: fr}`, "14 brumaire 2019", ""},
		{`{text: V, formats: [D.M.YYYY], or: [" or "]}`, "18.1.1970 or 29.3.1965", "1965-03-29~1970-01-18"},
		{`{text: V, formats: [D.M.YYYY], or: [" or "]}`, "18.1.1970 or later", ""},
		{`{text: V, about: [ca., c.]}`, "ca. 2010", "2009~2011"},
		{`{text: V, about: [ca.]}`, "ca. 2010-01", "2009-12~2010-02"},
		{`{text: V, about: [ca.]}`, "ca.", ""},
		{`{text: V, about: [ca.]}`, "CA. 2010", "2009~2011"},
		{`{text: V, about: [ca.]}`, "ca. ca. 2010", ""},
		{`{text: V, about: [ca.]}`, "ca. ȺȺȺȺȺȺ İ", ""}, // longer in small letters
		{`{text: V, serial: true}`, "45123", "2023-07-16"},
		{`{text: V, serial: true}`, "45123.75", "2023-07-16"},
		{`{text: V, serial: true}`, "59", "1900-02-28"},
		{`{text: V, serial: true}`, "60", ""}, // a day that never was
		{`{text: V, serial: true}`, "61", "1900-03-01"},
		{`{text: V, serial: true}`, "2023", "2023"}, // four digits are a year
		{`{text: V, serial: true}`, "2958466", ""},
		{`{text: V}`, "45123", ""},
	} {
		wantValue(t, "{date: "+c.date+"}", c.cell, c.want)
	}
	for cell, period := range map[string]string{"2021-03": "~2021-03/2021-03~", "": ""} {
		lines := read(t, valueOf("{span: {seen: V}}"), sheet("t.csv", "No|V\n1|"+cell))
		if period != "" && !strings.Contains(lines[0], quoted(period)) || period == "" && strings.Contains(lines[0], "x_v") {
			t.Errorf("seen %q: %s", cell, lines)
		}
	}
}

// TestItems: several entities of a row with what is said of each.
func TestItems(t *testing.T) {
	// Parts of an item stand in the entity and in the relations that name it.
	posts := `
tables:
  - name: t
    entities:
      - name: person
        type: Person
        each: {column: Staff, split: ";", parts: '^(?P<who>[^(]+?) \((?P<role>\w+)(?: (?P<from>\d{4})-(?P<to>\d{4})?)?\)$'}
        key: {name: "{who}"}
      - {name: unit, type: Unit, key: {name: Unit}}
    relations:
      - relation: posted_to
        from: person
        to: unit
        where: {not: {value: "{role}", is: commander}}
        properties: {role: "{role}"}
        period: {from: {date: {text: "{from}"}}, to: {date: {text: "{to}"}}}
      - {relation: commands, from: person, to: unit, where: {value: "{role}", is: commander}, period: {text: "{from}/{to}"}}
`
	cells := "Unit|Staff\n3 Bn|Ann Lee (commander 2019-2021); Bo Kim (acting 2021-)\n4 Bn|\n5 Bn|Cy Roe; Di Poe (cook)"
	want(t, read(t, posts, sheet("t.csv", cells)),
		"Person orbat:default/Person/ann lee name=Ann Lee",
		"Person orbat:default/Person/bo kim name=Bo Kim",
		"Unit orbat:default/Unit/3 bn name=3 Bn",
		"orbat:default/Person/bo kim posted_to orbat:default/Unit/3 bn role=acting period=2021/",
		"orbat:default/Person/ann lee commands orbat:default/Unit/3 bn period=2019/2021",
		"Unit orbat:default/Unit/4 bn name=4 Bn",
		"rejected t.csv:4:1: Staff: does not fit the mapping's parts [Cy Roe]",
		"Person orbat:default/Person/di poe name=Di Poe",
		"Unit orbat:default/Unit/5 bn name=5 Bn",
		"orbat:default/Person/di poe posted_to orbat:default/Unit/5 bn role=cook",
	)
	// What means an empty cell means nothing among the texts of one, and as a part of one.
	blank := "blank: [n/a, '?']\n"
	want(t, read(t, blank+strings.Replace(posts, `\d{4})-`, `\d{4}|\?)-`, 1), sheet("t.csv", "Unit|Staff\n3 Bn|Bo Kim (acting ?-2021); n/a")),
		"Person orbat:default/Person/bo kim name=Bo Kim", "Unit orbat:default/Unit/3 bn name=3 Bn",
		"orbat:default/Person/bo kim posted_to orbat:default/Unit/3 bn role=acting period=/2021")
	want(t, read(t, blank+`tables: [{name: t, entities: [{type: Person, key: {id: No}, properties: {aliases: {column: V, split: ";"}}}]}]`,
		sheet("t.csv", "No|V\n1|A; n/a; n/a.")), "Person orbat:default/#1 aliases=A,n/a.")
	// Lists side by side.
	zip := `
tables:
  - name: t
    entities:
      - {name: source, type: Source, each: {zip: {title: {column: Sources, split: ";"}, day: {column: Dates, split: ";"}}},
         key: {name: "{title}"}, properties: {published: "{day}"}}
`
	want(t, read(t, zip, sheet("t.csv", "Sources|Dates\nA; B; A|2020; ;2021\nC|\n|\nA;B|2020")),
		"Source orbat:default/Source/a name=A published=2020", "Source orbat:default/Source/b name=B",
		"Source orbat:default/Source/a name=A published=2021", "Source orbat:default/Source/c name=C",
		`rejected t.csv:5:1: Dates: has 1 item, and the list beside it 2 [2020]`)
	// Each item of a list is refined in its place, and what means an empty cell means an empty place. Nothing stands
	// behind a separator at the end.
	refined := `
blank: [n/d]
tables:
  - name: t
    entities:
      - name: source
        type: Source
        each:
          zip:
            title: {column: Sources, split: ";", replace: {what: '^doc '}}
            day: {column: Dates, split: ";", matches: '^\d'}
        key: {name: "{title}"}
        properties: {published: "{day}"}
`
	want(t, read(t, refined, sheet("t.csv", "Sources|Dates\ndoc A; B; doc C|n/d; 2020; unknown\nD; E;|2021;2022\nF|2023; ;\n; G|2020")),
		"Source orbat:default/Source/a name=A", "Source orbat:default/Source/b name=B published=2020", "Source orbat:default/Source/c name=C",
		"Source orbat:default/Source/d name=D published=2021", "Source orbat:default/Source/e name=E published=2022",
		"Source orbat:default/Source/f name=F published=2023",
		"rejected t.csv:5:1: Dates: has 1 item, and the list beside it 2 [2020]")
	want(t, read(t, strings.Replace(refined, `day: {`, `day: {required: true, `, 1), sheet("t.csv", "Sources|Dates\nA; B|2020; n/d\nC|")),
		"Source orbat:default/Source/a name=A published=2020", "Source orbat:default/Source/b name=B",
		"rejected t.csv:3:1: Dates: nothing is given, and the mapping requires it []")
	// Columns that fit a pattern.
	years := `
tables:
  - name: t
    entities:
      - {name: unit, type: Unit, key: {name: Unit}}
      - {name: person, type: Person, each: {columns: "^Commander (?P<year>\\d{4})$"}}
    relations:
      - {relation: commands, from: person, to: unit, period: {seen: "{year}"}}
`
	want(t, read(t, years, sheet("t.csv", "Unit|Commander 2019|Commander 2020\n3 Bn|Ann|\n4 Bn|Bo|Cy")),
		"Unit orbat:default/Unit/3 bn name=3 Bn", "Person orbat:default/Person/ann name=Ann",
		"orbat:default/Person/ann commands orbat:default/Unit/3 bn period=~2019/2019~",
		"Unit orbat:default/Unit/4 bn name=4 Bn", "Person orbat:default/Person/bo name=Bo", "Person orbat:default/Person/cy name=Cy",
		"orbat:default/Person/bo commands orbat:default/Unit/4 bn period=~2019/2019~",
		"orbat:default/Person/cy commands orbat:default/Unit/4 bn period=~2020/2020~")
	// Each of their cells is read as a value is.
	several := strings.Replace(years, "{columns:", `{split: "/", blank: ["?"], clean: true, columns:`, 1)
	want(t, read(t, several, sheet("t.csv", "Unit|Commander 2019|Commander 2020\n3 Bn|Ann / Bo|? / Cy\u200b")),
		"Unit orbat:default/Unit/3 bn name=3 Bn", "Person orbat:default/Person/ann name=Ann", "Person orbat:default/Person/bo name=Bo",
		"Person orbat:default/Person/cy name=Cy",
		"orbat:default/Person/ann commands orbat:default/Unit/3 bn period=~2019/2019~",
		"orbat:default/Person/bo commands orbat:default/Unit/3 bn period=~2019/2019~",
		"orbat:default/Person/cy commands orbat:default/Unit/3 bn period=~2020/2020~")
	// A hierarchy of any depth.
	path := `
tables:
  - name: t
    entities:
      - {name: unit, type: Unit, each: {path: {column: Path, split: ">"}}, key: {id: "{path}"}, properties: {name: "{}"}}
    relations:
      - {relation: subordinate_to, from: unit, to: {type: Unit, key: {id: "{parent}"}}}
`
	want(t, read(t, path, sheet("t.csv", "Path\n1 Corps > 2 Div > 3 Bn\n\nA > B > A")),
		"Unit orbat:default/#1 Corps name=1 Corps", "Unit orbat:default/#1 Corps / 2 Div name=2 Div",
		"Unit orbat:default/#1 Corps / 2 Div / 3 Bn name=3 Bn",
		"orbat:default/#1 Corps / 2 Div subordinate_to #1 Corps",
		"orbat:default/#1 Corps / 2 Div / 3 Bn subordinate_to #1 Corps / 2 Div",
		`rejected t.csv:4:1: Path: the path comes back to "A" [A / B / A]`)
	path = strings.Replace(path, `split: ">"`, `split: ">", replace: {what: "^HQ "}, blank: [n/a]`, 1)
	want(t, read(t, path, sheet("t.csv", "Path\nHQ 1 Corps > n/a > HQ 3 Bn")),
		"Unit orbat:default/#1 Corps name=1 Corps", "Unit orbat:default/#1 Corps / 3 Bn name=3 Bn",
		"orbat:default/#1 Corps / 3 Bn subordinate_to #1 Corps")
	for each, reason := range map[string]string{
		`{zip: {a: V}, split: ";"}`:               "what stands beside zip does nothing",
		`{path: V, clean: true}`:                  "what stands beside path does nothing",
		`{column: V, zip: {a: V}}`:                "the items come from zip and a value",
		`{column: V, parts: "x"}`:                 "parts names nothing",
		`{column: V, parts: "(?P<a>x)(?P<a>y)"}`:  "two parts of the name",
		`{zip: {column: V}, columns: "^x"}`:       "the items come from zip and columns",
		`{columns: "^x", parts: "(?P<column>x)"}`: "two parts of the name",
		`{path: V, column: V}`:                    "the items come from path and a value",
	} {
		wantMistake(t, "tables: [{name: t, entities: [{type: Person, each: "+each+`, key: {id: "{}"}}]}]`, reason)
	}
	wantMistake(t, "tables: [{name: t, entities: [{type: Person, key: {id: \"{}\"}}]}]", "{} stands for nothing")
}

// TestRowsAbove: what rows tell those below them.
func TestRowsAbove(t *testing.T) {
	fill := "tables: [{name: t, fill: [Unit], entities: [{type: Person, key: {name: Name}, properties: {x_unit: Unit}}]}]"
	want(t, read(t, fill, sheet("t.csv", "Unit|Name\n|No\n3 Bn|Ann\n|Bo\n! | \n |Cy\n4 Bn|Di")),
		"Person orbat:default/Person/no name=No", `Person orbat:default/Person/ann name=Ann x_unit="3 Bn"`,
		`Person orbat:default/Person/bo name=Bo x_unit="3 Bn"`, "rejected t.csv:5:1: broken row []",
		"Person orbat:default/Person/cy name=Cy", "  without x_unit: Unit: means the cell above it, which cannot be read []", `Person orbat:default/Person/di name=Di x_unit="4 Bn"`)
	unit := "entities: [{name: unit, type: Unit, key: {id: \"{path}\"}, properties: {name: Name}}], " +
		"relations: [{relation: subordinate_to, from: unit, to: {type: Unit, key: {id: \"{parent}\"}}}]"
	for rule, cells := range map[string]string{
		"{name: Name}":               "Level|Name\n|A\n|  B\n|    C\n|  D\n|E",
		"{name: Name, level: Level}": "Level|Name\n1|A\n2|B\n5|C\n2|D\n1|E",
	} {
		ignore := ""
		if !strings.Contains(rule, "level") {
			ignore = "ignore: [Level], "
		}
		want(t, read(t, "tables: [{name: t, outline: "+rule+", "+ignore+unit+"}]", sheet("t.csv", cells)),
			"Unit orbat:default/#A name=A",
			"Unit orbat:default/#A / B name=B", "orbat:default/#A / B subordinate_to #A",
			"Unit orbat:default/#A / B / C name=C", "orbat:default/#A / B / C subordinate_to #A / B",
			"Unit orbat:default/#A / D name=D", "orbat:default/#A / D subordinate_to #A",
			"Unit orbat:default/#E name=E")
	}
	// What lies below a row that cannot be read has no place until the next of the top level.
	want(t, read(t, "tables: [{name: t, outline: {name: Name, level: Level}, "+unit+"}]",
		sheet("t.csv", "Level|Name\n1|A\ntwo|B\n3|C\n! | \n2|D\n1|E\n2|F")),
		"Unit orbat:default/#A name=A",
		"rejected t.csv:3:1: path: no level of an outline [two]",
		"rejected t.csv:3:1: parent: no level of an outline [two]",
		"rejected t.csv:4:1: path: lies below a row that cannot be read []",
		"rejected t.csv:4:1: parent: lies below a row that cannot be read []",
		"rejected t.csv:5:1: broken row []",
		"rejected t.csv:6:1: path: lies below a row that cannot be read []",
		"rejected t.csv:6:1: parent: lies below a row that cannot be read []",
		"Unit orbat:default/#E name=E",
		"Unit orbat:default/#E / F name=F", "orbat:default/#E / F subordinate_to #E")
	// A column a level: what stands in one lies below the last one in those before it, in the same row or above.
	levels := strings.ReplaceAll(unit, "name: Name}", "name: {first: [Brigade, Division, Corps]}}")
	want(t, read(t, "tables: [{name: t, outline: {name: [Corps, Division, Brigade]}, "+levels+"}]",
		sheet("t.csv", "Corps|Division|Brigade\nI|1|\n||Res\n|2|\n||Res\n||\nII||\n||Res")),
		"Unit orbat:default/#I / 1 name=1", "orbat:default/#I / 1 subordinate_to #I",
		"Unit orbat:default/#I / 1 / Res name=Res", "orbat:default/#I / 1 / Res subordinate_to #I / 1",
		"Unit orbat:default/#I / 2 name=2", "orbat:default/#I / 2 subordinate_to #I",
		"Unit orbat:default/#I / 2 / Res name=Res", "orbat:default/#I / 2 / Res subordinate_to #I / 2",
		"Unit orbat:default/#II name=II",
		"Unit orbat:default/#II / Res name=Res", "orbat:default/#II / Res subordinate_to #II")
	// How far in a tab is beside spaces cannot be told; among tabs it can.
	want(t, read(t, "tables: [{name: t, outline: {name: Name}, ignore: [Level], "+unit+"}]",
		sheet("t.csv", "Level|Name\n|A\n|\tB\n|\t\tC\n|\tD\n|   E\n|F\n|  G")),
		"Unit orbat:default/#A name=A",
		"Unit orbat:default/#A / B name=B", "orbat:default/#A / B subordinate_to #A",
		"Unit orbat:default/#A / B / C name=C", "orbat:default/#A / B / C subordinate_to #A / B",
		"Unit orbat:default/#A / D name=D", "orbat:default/#A / D subordinate_to #A",
		`rejected t.csv:6:1: path: is indented otherwise than "D" above it, by tabs or by spaces: which is further in cannot be told []`,
		`rejected t.csv:6:1: parent: is indented otherwise than "D" above it, by tabs or by spaces: which is further in cannot be told []`,
		"Unit orbat:default/#F name=F",
		"Unit orbat:default/#F / G name=G", "orbat:default/#F / G subordinate_to #F")
	for rule, reason := range map[string]string{
		`outline: {name: [No, V], level: L}`: "several columns and a level",
		`header: {row: first}`:               `row of header is "first"`, `header: {rows: 9}`: `rows of header is "9"`,
		`outline: {level: L}`: "an outline without name", `header: 0`: `row of header is "0"`,
	} {
		wantMistake(t, "tables: [{name: t, "+rule+", entities: [{type: Person, key: {id: No}}]}]", reason)
	}
	if lines := read(t, fill, sheet("t.csv", "Unti|Name\n3 Bn|Ann")); !strings.Contains(lines[0], `has no column "Unit"`) {
		t.Error(lines)
	}
}

// TestTypedNumbers: a cell that a workbook holds as a number is that number, whatever the mapping says of texts.
func TestTypedNumbers(t *testing.T) {
	rows := []schema.Row{
		{Cells: []string{"No", "V", "W"}},
		{Cells: []string{"1", "12.345", "1.250"}, Fractions: []string{"12.345"}},
		{Cells: []string{"2", "", "1.250"}},
		{Cells: []string{"3", "12.345", "7,5"}},
		{Cells: []string{"4", "12345", "-7.5"}, Fractions: []string{"-7.5"}},
	}
	in := Input{Name: "t.xlsx", Rows: func(context.Context, Reading) iter.Seq2[schema.Row, error] {
		return func(yield func(schema.Row, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}}
	const number = ", number: {decimal: ',', thousands: '.'}}"
	want(t, read(t, "tables: [{name: t, fill: [V], values: {w: {column: W}}, entities: [{type: Person, key: {id: No}, "+
		"properties: {x_v: {column: V"+number+", x_w: {column: w"+number+"}}]}]", in),
		"Person orbat:default/#1 x_v=\"12.345\" x_w=\"1250\"", "Person orbat:default/#2 x_v=\"12.345\" x_w=\"1250\"",
		"Person orbat:default/#3 x_v=\"12345\" x_w=\"7.5\"", "Person orbat:default/#4 x_v=\"12345\" x_w=\"-7.5\"")
	rows = []schema.Row{{Cells: []string{"Name", "Strength"}}, {Cells: []string{"3 Bn", "12.345"}, Fractions: []string{"12.345"}}}
	drafted, err := Draft(t.Context(), in, Reading{}, ontology(t))
	if err != nil || strings.Contains(string(drafted), "number") {
		t.Errorf("%v\n%s", err, drafted)
	}
}

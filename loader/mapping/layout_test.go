package mapping

import "testing"

// Years of two digits are of the hundred years that the mapping names, and of none by themselves.
func TestCentury(t *testing.T) {
	date := func(d string) string {
		return "tables: [{name: t, entities: [{type: Person, key: {id: No}, properties: {birth_date: {date: " + d + "}}}]}]"
	}
	for text, expected := range map[string]string{
		"{text: Born, formats: [D.M.YY]}":                                "m.yaml:1:93: a year of two digits is of no century",
		"{text: Born, formats: [D.M.YYYY], century: 1930}":               "m.yaml:1:93: century without a format that has YY",
		"{text: Born, century: 1930}":                                    "m.yaml:1:93: century without a format that has YY",
		"{text: Born, formats: [D.M.YY], century: 19}":                   "",
		"{text: Born, formats: [D.M.YY], century: 19th}":                 `m.yaml:1:93: century is "19th"`,
		"{text: Born, formats: [D.M.YY], century: 0}":                    `m.yaml:1:93: century is "0"`,
		"{text: Born, formats: [D.M.YY, D.M.YYYY, YYYY], century: 1930}": "",
	} {
		m, err := Parse("m.yaml", []byte(date(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got := oneLine(m.Check(ontology(t))); got != expected {
			t.Errorf("%s: %s\nwant %s", text, got, expected)
		}
	}
	for _, test := range []struct{ century, born, read string }{
		{"1930", "1.2.45", "1945-02-01"},
		{"1930", "1.2.30", "1930-02-01"},
		{"1930", "1.2.29", "2029-02-01"},
		{"1930", "1.2.00", "2000-02-01"},
		{"1930", "29.2.00", "2000-02-29"},
		{"1900", "29.2.00", ""}, // no such day
		{"1850", "29.2.48", "1948-02-29"},
		{"1900", "1.2.99", "1999-02-01"},
		{"2000", "1.2.99", "2099-02-01"},
		{"1930", "1.2.1845", "1845-02-01"},
		{"1930", "1845-02-01", "1845-02-01"},
	} {
		lines := read(t, date("{text: Born, formats: [D.M.YY, D.M.YYYY], century: "+test.century+"}"),
			sheet("p.csv", "No|Born\n1|"+test.born))
		expected := "Person orbat:default/#1"
		if test.read != "" {
			expected += " birth_date=" + test.read
		}
		if lines[0] != expected {
			t.Errorf("%+v: %s", test, lines)
		}
	}
}

// A day written as its midnight is that day, whatever the zone; what is no time of day is no date.
func TestTimestampsAreDays(t *testing.T) {
	layouts := []layout{{text: "2006-01-02", month: true, day: true}}
	for text, expected := range map[string]string{
		"2014-08-01":                    "2014-08-01",
		"2014-08-01T00:00:00Z":          "2014-08-01",
		"2014-08-01T00:00:00.000Z":      "2014-08-01",
		"2014-08-01T00:00:00+03:00":     "2014-08-01",
		"2014-08-01T00:00:00+0300":      "2014-08-01",
		"2014-08-01 00:00":              "2014-08-01",
		"2014-08-01 00:00:00":           "2014-08-01",
		"2014-08-01T23:59Z":             "2014-08-01",
		"2014-08-01T24:59Z":             "",
		"2014-08-01T":                   "",
		"2014-08-01Z":                   "",
		"2014-08-01T00:00:00Z and more": "",
		"2014-13-01T00:00:00Z":          "",
	} {
		when, ok := readDate(text, layouts)
		if when.String() != expected || ok != (expected != "") {
			t.Errorf("%s: %s %t", text, when, ok)
		}
	}
}

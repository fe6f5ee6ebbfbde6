package mapping

import "testing"

func TestFilesOfATable(t *testing.T) {
	for _, test := range []struct {
		file, name string
		fits       bool
	}{
		{"units.csv", "units.csv", true},
		{"units.csv", "some/folder/Units.CSV.gz", true},
		{"units.csv", `C:\sheets\units.csv`, true},
		{"Units.csv", "units.csv.zst", true},
		{"units.csv", "my-units.csv", false},
		{"units.*", "units.tsv", true},
		{"unit?.csv", "units.csv", true},
		{"unit?.csv", "unit.csv", false},
		{"units[1].csv", "units[1].csv", true},
		{"units[1].csv", "units1.csv", false},
		{"units[", "units[", true},
		{"units [*", "units [2].csv", true},
		{"posts/2019.csv", "data/posts/2019.csv", true},
		{"posts/2019.csv", `data\Posts\2019.csv.gz`, true},
		{"posts/2019.csv", "posts/2019.csv", true},
		{"posts/2019.csv", "data/units/2019.csv", false},
		{"posts/2019.csv", "2019.csv", false},
		{"posts/*.csv", "posts/2019.csv", true},
		{"*.csv", "posts/2019.csv", true},
		{"*/2019.csv", "posts/2019.csv", true},
		{"*/2019.csv", "a/posts/2019.csv", true},
	} {
		if got := fits(test.file, test.name); got != test.fits {
			t.Errorf("file: %s fits %s: %t", test.file, test.name, got)
		}
	}
}

func TestFilesThatCannotBe(t *testing.T) {
	for file, expected := range map[string]string{
		"/data/units.csv": `m.yaml:1:10: file begins or ends with /: "/data/units.csv"`,
		"units/":          `m.yaml:1:10: file begins or ends with /: "units/"`,
		"./units.csv":     `m.yaml:1:10: file goes another way than down: "./units.csv"`,
		"../units.csv":    `m.yaml:1:10: file goes another way than down: "../units.csv"`,
		"a//units.csv":    `m.yaml:1:10: file goes another way than down: "a//units.csv"`,
		`a\units.csv`:     `m.yaml:1:10: file holds a backslash: "a\\units.csv"`,
		"a/units.csv":     "", "units[1].csv": "", "...csv": "",
	} {
		m, err := Parse("m.yaml", []byte("tables: [{name: t, file: '"+file+"', entities: [{type: Unit, key: {id: A}}]}]"))
		if err != nil {
			t.Fatal(err)
		}
		if got := oneLine(m.Check(ontology(t))); got != expected {
			t.Errorf("%s: %s\nwant %s", file, got, expected)
		}
	}
}

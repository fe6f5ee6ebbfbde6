package mapping

import (
	"strings"
	"testing"
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

package format

import (
	"fmt"
	"strings"
	"testing"
)

func TestAliasesAreBounded(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("dataset: d\nentities:\n  - {type: Person, name: A, x_a: &a0 [lol, lol]}\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&laughs, "  - {type: Person, name: A, x_a: &a%d [*a%d, *a%d, *a%d]}\n", i, i-1, i-1, i-1)
	}
	cycle := "entities:\n  - {type: Person, name: A, x_a: &a [*a, *a]}\n"
	many := "entities:\n  - &p {type: Person, name: A}\n" + strings.Repeat("  - *p\n", 2*MaxAliased)
	for name, text := range map[string]string{"laughs": laughs.String(), "cycle": cycle, "many": many} {
		records, rejected, err := readAll(t.Context(), "x.yaml", strings.NewReader(text))
		if err == nil && len(rejected) == 0 {
			t.Errorf("%s: read: %d records", name, len(records))
		}
		if name != "cycle" && (err == nil || !strings.Contains(err.Error(), "aliases")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestYAMLDocumentTooLarge(t *testing.T) {
	in := &endless{text: strings.Repeat("# nothing\n", 100), left: MaxYAML + 1000}
	_, _, err := readAll(t.Context(), "x.yaml", in)
	if err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Error(err)
	}
	documents := &endless{
		text: "---\nentities: [{type: Person, name: A}]\n" + strings.Repeat("#"+strings.Repeat(" ", 98)+"\n", 10_000),
		left: MaxYAML + MaxYAML/2,
	}
	records, rejected, err := readAll(t.Context(), "x.yaml", documents)
	if err != nil || rejected != nil || len(records) < 90 {
		t.Errorf("%d records, %v, %v", len(records), rejected, err)
	}
}

// TestScalarsStand shows that YAML's own types change nothing.
func TestScalarsStand(t *testing.T) {
	for written, want := range map[string]string{
		"007": "007", "no": "no", "1e3": "1e3", "0x1F": "0x1F", "2014-08": "2014-08", "12:30": "12:30", "1_000": "1_000", "true": "true",
		".inf": ".inf",
		`"~"`:  "~", "'null'": "null", "!!int 07": "07", "!!str ~": "~", `"a\tb"`: "a\tb", "~": "", "null": "", "": "", `""`: "",
	} {
		records, rejected, err := readAll(t.Context(), "x.yaml", strings.NewReader("- type: Person\n  name: A\n  rank: "+written+"\n"))
		if err != nil || rejected != nil {
			t.Error(written, err, rejected)
			continue
		}
		if got := records[0].FirstText("rank"); got != want {
			t.Errorf("%s is %q, want %q", written, got, want)
		}
	}
}

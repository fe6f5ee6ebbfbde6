package format

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orbat/schema"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "golden", name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// readFTMText reads what must hold nothing bad.
func readFTMText(t *testing.T, name, content string) []*schema.Record {
	t.Helper()
	records, rejected, err := readAll(t.Context(), name, strings.NewReader(content))
	if err != nil || len(rejected) > 0 {
		t.Fatal(err, rejected)
	}
	return records
}

// TestFTMEncodings sees that one stream says the same as entities and as statements, in CSV and NDJSON: the same
// entities with the same values, the same relations with the same periods and qualifiers. Which source says what is
// known of statements only.
func TestFTMEncodings(t *testing.T) {
	want := essence(readFTMText(t, "stream.ftm", string(golden(t, "stream.ftm"))))
	for _, name := range []string{"statements.ftm", "statement-rows.ftm"} {
		got := essence(readFTMText(t, name, string(golden(t, name))))
		for _, line := range want {
			if !slices.Contains(got, line) {
				t.Errorf("%s lacks %s", name, line)
			}
		}
		for _, line := range got {
			if !slices.Contains(want, line) {
				t.Errorf("%s adds %s", name, line)
			}
		}
	}
}

// essence lists what records say, whoever says it.
func essence(records []*schema.Record) []string {
	var lines []string
	for _, r := range records {
		start := r.Subject.XID + " " + r.Subject.Type + " " + r.Predicate + " " + r.Object.XID + " " + r.Value + " " + r.Period
		lines = append(lines, start)
		for property, values := range r.Values {
			for _, value := range values {
				if r.Kind == schema.EntityRecord {
					lines = append(lines, r.Subject.XID+"."+property+" = "+value.Text)
				} else {
					lines = append(lines, start+"."+property+" = "+value.Text)
				}
			}
		}
		for key, value := range r.Extra {
			if key != "x_lang" && key != "x_original_value" { // that only statements have
				lines = append(lines, start+"."+key+" = "+value)
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// TestFTMOrder reads the stream's entities in other orders, and each from a file of its own: what each says is the same
// (law 1).
func TestFTMOrder(t *testing.T) {
	lines := strings.SplitAfter(string(golden(t, "stream.ftm")), "\n")
	want := saidAll(readFTMText(t, "in.ftm", strings.Join(lines, "")))
	for range 5 {
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		if got := saidAll(readFTMText(t, "in.ftm", strings.Join(lines, ""))); !slices.Equal(got, want) {
			t.Fatalf("in another order: %d records, want %d", len(got), len(want))
		}
	}
	var apart []*schema.Record
	for _, line := range lines {
		apart = append(apart, readFTMText(t, "in.ftm", line)...)
	}
	if got := saidAll(apart); !slices.Equal(got, want) {
		t.Fatalf("apart: %d records, want %d", len(got), len(want))
	}
}

// TestFTMValuesHaveNoOrder turns the values of properties around; FollowTheMoney's are sets.
func TestFTMValuesHaveNoOrder(t *testing.T) {
	one := `{"id":"m","schema":"Membership","properties":{"member":["b","a"],"organization":["o"],"role":["y","x"],"startDate":["2012","2011-02"]}}
{"id":"p","caption":"B","schema":"Person","properties":{"name":["A","B"],"country":["ml","sn","zz","eu"],"birthDate":["1970","1971"],"alias":["D","C"]}}`
	two := `{"id":"m","schema":"Membership","properties":{"member":["a","b"],"organization":["o"],"role":["x","y"],"startDate":["2011-02","2012"]}}
{"id":"p","caption":"B","schema":"Person","properties":{"birthDate":["1971","1970"],"name":["B","A"],"country":["eu","zz","sn","ml"],"alias":["C","D"]}}`
	if a, b := saidAll(readFTMText(t, "in.ftm", one)), saidAll(readFTMText(t, "in.ftm", two)); !slices.Equal(a, b) {
		t.Errorf("%v\n%v", a, b)
	}
}

func saidAll(records []*schema.Record) []string {
	var all []string
	for _, record := range records {
		all = append(all, said(record))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestFTMLongRun reads statements of one entity without end: they are passed over, and what follows is read.
func TestFTMLongRun(t *testing.T) {
	row := "x,name,Person," + strings.Repeat("y", 1<<20) + "%d\n"
	text := "canonical_id,prop,schema,value\n" + strings.Repeat(row, 18) + "z,name,Person,Zed\n"
	records, rejected, err := readAll(t.Context(), "in.ftm", strings.NewReader(text))
	if err != nil || len(records) != 1 || len(rejected) != 1 || !strings.Contains(rejected[0].Reason, "MiB") {
		t.Fatal(len(records), rejected, err)
	}
}

// TestFTMStatementsStream reads ten times the statements: only one run of them is held.
func TestFTMStatementsStream(t *testing.T) {
	const head = "canonical_id,prop,schema,value,dataset\n"
	const text = "a,name,Person,Ann Lee,reg\na,alias,Person,A. Lee,reg\nb,owner,Ownership,a,reg\nb,asset,Ownership,c,reg\n"
	few, _ := peak(t, "in.ftm", head+strings.Repeat(text, 2_000))
	many, seen := peak(t, "in.ftm", head+strings.Repeat(text, 20_000))
	if seen != 40_000 || many > few*5/4+1<<20 {
		t.Errorf("%d records with %d bytes of heap, of a tenth with %d", seen, many, few)
	}
	t.Logf("%d KiB of heap, ten times the input %d KiB", few>>10, many>>10)
}

// FuzzFTM reads anything as FollowTheMoney.
func FuzzFTM(f *testing.F) {
	seed(f, ".ftm")
	f.Fuzz(func(t *testing.T, content []byte) { holds(t, "in.ftm", content) })
}

package schema

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestCompareVersions(t *testing.T) {
	earlierFirst := []string{
		"", "1", "1.9", "1.10", "2", "9999", "10000", "1714521600", "draft", "v9", "v10", "v10b",
		"2019-12", "2020-01-01", "2020-01-01T00:00:00.001Z", "2020-01-01T01:30", "2024-05-01 10:00:00", "2024-05-01T10:00:00-01:00",
	}
	for i, a := range earlierFirst {
		for j, b := range earlierFirst {
			if have := CompareVersions(a, b); have != cmp.Compare(i, j) {
				t.Errorf("%q and %q: %d", a, b, have)
			}
		}
	}
	for _, same := range [][2]string{
		{"2024-05", "2024-05-01"},
		{"2024-05-01", "2024-05-01T00:00Z"},
		{"2024-05-01t08:00:00z", "2024-05-01T10:00:00.000+02:00"},
		{"1.0", "1.00"},
		{"007", "7"},
	} {
		if have := CompareVersions(same[0], same[1]); have != 0 {
			t.Errorf("%q and %q are one version; have %d", same[0], same[1], have)
		}
	}
	for _, text := range []string{
		"2024-13", "2024-02-30", "2024-05-01T25:00", "2024-05-01T10:00:00.Z0", "2024-05-01Z", "20240501", "12024-05-01",
	} {
		if at, dated := versionInstant(text); dated {
			t.Errorf("%q is no date; have %v", text, at)
		}
	}
}

// Law 4: the order of any versions is one: whichever are compared first, the latest is the same.
func TestVersionsHaveOneOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(24, 1))
	parts := []string{"2024", "-05", "-01", "T10:00", ":00", "Z", "+01:00", "v", "1", "01", "10", ".", "9", "-", " ", "é", "0"}
	word := func() string {
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	for range 200_000 {
		a, b, c := word(), word(), word()
		ab, bc, ac := CompareVersions(a, b), CompareVersions(b, c), CompareVersions(a, c)
		if ab != -CompareVersions(b, a) || ab <= 0 && bc <= 0 && ac > 0 || ab == 0 && bc == 0 && ac != 0 {
			t.Fatalf("%q, %q, %q: %d, %d, %d", a, b, c, ab, bc, ac)
		}
	}
}

// version returns a claim that stands.
func version(record, of string, more func(*Claim)) *StoredClaim {
	c := &Claim{
		Dataset: "d", Subject: "x:a", Predicate: Describes, Type: "Person", Values: map[string][]string{"name": {"Name " + of}},
		Assertion: Asserted, Confidence: NoConfidence, Record: record, Version: of,
		Cites: []Citation{{Source: DatasetSource("d"), Begin: -1, End: -1}},
	}
	if more != nil {
		more(c)
	}
	return &StoredClaim{Claim: *c, StoredKey: c.Key(), Stands: true}
}

// Law 4: of the versions of one record in one group the latest draw.
func TestJudge(t *testing.T) {
	older, newer := version("r", "2024", nil), version("r", "2025", nil)
	cases := []struct {
		name   string
		claims []*StoredClaim
		past   []*StoredClaim // superseded, by 2025
	}{
		{"two versions", []*StoredClaim{older, newer}, []*StoredClaim{older}},
		{"one alone", []*StoredClaim{older}, nil},
		{"without a version is the oldest", []*StoredClaim{version("r", "", nil), newer, older}, []*StoredClaim{version("r", "", nil), older}},
		{"without a record id it is none's version", []*StoredClaim{version("", "", nil), version("", "2024", nil), newer}, nil},
		{"equal versions", []*StoredClaim{newer, version("r", "2025", func(c *Claim) { c.Values["name"] = []string{"other"} })}, nil},
		{"another record", []*StoredClaim{version("s", "2024", nil), newer}, nil},
		{"another data set", []*StoredClaim{version("r", "2024", func(c *Claim) { c.Dataset = "e" }), newer}, nil},
		{"another group", []*StoredClaim{version("r", "2024", func(c *Claim) { c.Subject = "x:b" }), newer}, nil},
		{
			"a value of an earlier version", []*StoredClaim{
				version("r", "2024", func(c *Claim) { c.Predicate, c.Type, c.Value, c.Values = "rank", "", "Major", nil }), newer,
			}, []*StoredClaim{version("r", "2024", func(c *Claim) { c.Predicate, c.Type, c.Value, c.Values = "rank", "", "Major", nil })},
		},
		{
			"a later version that denies",
			[]*StoredClaim{older, version("r", "2025", func(c *Claim) { c.Assertion = Denied })},
			[]*StoredClaim{older},
		},
		{"a later version that is retracted", []*StoredClaim{older, {Claim: newer.Claim, StoredKey: newer.StoredKey}}, nil},
		{"a mark of a version that is gone", []*StoredClaim{{Claim: older.Claim, StoredKey: older.StoredKey, Stands: true, Superseded: "2025"}}, nil},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			want := map[string]string{}
			for _, c := range test.past {
				want[c.StoredKey] = "2025"
			}
			for range 2 {
				for i, c := range Judge(test.claims) {
					if c.Superseded != want[c.StoredKey] {
						t.Errorf("%s: superseded by %q, want %q", c.Version, c.Superseded, want[c.StoredKey])
					}
					if c != test.claims[i] && c.Superseded == test.claims[i].Superseded {
						t.Errorf("%s was copied for nothing", c.Version)
					}
				}
				slices.Reverse(test.claims)
			}
		})
	}
}

// Law 3: a version is part of the key, and a claim without one has the key and the record that it always had.
func TestVersionInTheKey(t *testing.T) {
	plain, versioned := version("r", "", nil), version("r", "2025", nil)
	if text := string(plain.AppendJSON(nil)); strings.Contains(text, "record_version") {
		t.Errorf("no version, and yet %s", text)
	}
	if text := string(versioned.AppendJSON(nil)); !strings.Contains(text, `"record":"r","record_version":"2025"`) {
		t.Error(text)
	}
	if plain.StoredKey == versioned.StoredKey || GroupOf(plain.StoredKey) != GroupOf(versioned.StoredKey) {
		t.Error(fmt.Sprint(plain.StoredKey, " ", versioned.StoredKey))
	}
}

package schema

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
)

// Law 12: the groups behind an edge of merged ends are those of all pairs, each pair in its order and once.
func TestGroupsOfMergedEnds(t *testing.T) {
	ontology, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	m := MergesOf(map[string]string{"t:b": "t:a", "t:d": "t:c"})
	symmetric := "sibling_of"
	for _, r := range ontology.Relations {
		if r.Symmetric {
			symmetric = r.Name
		}
	}
	key := func(relation, from, to string) string { return GroupKey(from, relation, to) }
	for _, c := range []struct {
		target Target
		want   []string
	}{
		{FactsOf("t:a"), []string{FactsKey("t:a"), FactsKey("t:b")}},
		{EdgeOf(ontology, "t:a", "commands", "t:x"), []string{key("commands", "t:a", "t:x"), key("commands", "t:b", "t:x")}},
		{EdgeOf(ontology, "t:c", symmetric, "t:a"), []string{
			key(symmetric, "t:a", "t:c"), key(symmetric, "t:a", "t:d"), key(symmetric, "t:b", "t:c"), key(symmetric, "t:b", "t:d"),
		}},
		{EdgeOf(ontology, "t:a", symmetric, "t:a"), []string{
			key(symmetric, "t:a", "t:a"), key(symmetric, "t:a", "t:b"),
			key(symmetric, "t:b", "t:b"),
		}},
	} {
		slices.Sort(c.want)
		if got := c.target.Groups(ontology, m); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.target, got, c.want)
		}
	}
}

// A claim that another tool wrote half is an error of its own and does not hide those behind it, on whatever page.
func TestClaimPagesGoOnBehindABrokenOne(t *testing.T) {
	whole := func(uid string) string {
		return `{"uid":"` + uid + `","claim.key":"k` + uid +
			`","claim.subject":[{"uid":"0x9","xid":"t:a","claim.subject|predicate":"describes"}],"claim.cites":[{"uid":"0x8","xid":"s:a"}]}`
	}
	pages := map[string]string{
		"0x0": "[" + whole("0x1") + `,{"uid":"0x2","claim.key":"half"}]`,
		"0x2": "[" + whole("0x3") + `,{"uid":"0x4","claim.key":"odd","claim.subject":"no list"}]`,
		"0x4": "[" + whole("0x5") + "]",
		"0x5": "[]",
	}
	var got []string
	for claim, err := range ClaimPages(func(after string) (json.RawMessage, error) { return json.RawMessage(pages[after]), nil }) {
		var broken *BrokenClaimError
		switch {
		case errors.As(err, &broken):
			got = append(got, broken.Key)
		case err != nil:
			t.Fatal(err)
		default:
			got = append(got, claim.StoredKey)
		}
	}
	if want := []string{"k0x1", "half", "k0x3", "odd", "k0x5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

package view

import (
	"context"
	"errors"
	"testing"

	"orbat/schema"
)

// A statement's passage is looked for in the text that its own data set keeps; in others only where it keeps none.
func TestFindInOwnText(t *testing.T) {
	kept := []keptPassages{
		{keptText{"one", "1"}, schema.NewPassages("The brigade moved to Bama.")},
		{keptText{"two", "2"}, schema.NewPassages("Later: the brigade moved to Bama.")},
		{keptText{"two", "3"}, schema.NewPassages("Later, the unit moved to Bama.")},
	}
	cite := schema.Citation{Quote: "moved to Bama", Begin: 12, End: 25}
	for dataset, want := range map[string]DocumentQuote{
		"one":   {Found: schema.FoundExact, SHA256: "1"},
		"two":   {Found: schema.FoundMoved, SHA256: "2"},
		"three": {Found: schema.FoundExact, SHA256: "1"},
	} {
		q := DocumentQuote{}
		if q.find(kept, dataset, cite); q.Found != want.Found || q.SHA256 != want.SHA256 || q.Begin == nil {
			t.Errorf("%s: %+v", dataset, q)
		}
	}
	q := DocumentQuote{}
	if q.find(kept, "two", schema.Citation{Quote: "The brigade", Begin: 0, End: 11}); q.Found != schema.FoundMoved || *q.Begin != 7 {
		t.Errorf("%+v", q)
	}
}

// Looking for what a long list of statements quotes ends with its context.
func TestQuoteEndsWithItsContext(t *testing.T) {
	kept := []keptPassages{{keptText{"one", "1"}, schema.NewPassages("The brigade moved to Bama.")}}
	claim := Claim{
		StoredClaim: &schema.StoredClaim{
			Claim: schema.Claim{Dataset: "one", Cites: []schema.Citation{{Source: "t:d", Quote: "brigade"}}}, Stands: true,
		},
		Evidence: &Evidence{},
	}
	d := &Document{}
	if err := d.quote(t.Context(), []Claim{claim}, []string{"t:d"}, kept); err != nil || len(d.Statements) != 1 {
		t.Fatalf("%+v, %v", d.Statements, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := d.quote(ended, []Claim{claim}, []string{"t:d"}, kept); !errors.Is(err, context.Canceled) || len(d.Statements) != 1 {
		t.Errorf("%+v, %v", d.Statements, err)
	}
}

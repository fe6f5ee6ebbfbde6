package view

import (
	"testing"

	"orbat/schema"
)

// The bounds of a number go with the statement whose number is shown (law 11): those of the derived winner do not stay
// beside another's.
func TestSettleTakesTheWinnersBoundsAway(t *testing.T) {
	ontology, err := schema.Default()
	if err != nil {
		t.Fatal(err)
	}
	claim := func(source string, values map[string][]string) *schema.StoredClaim {
		c := schema.Claim{
			Dataset: "d", Subject: "t:event", Predicate: schema.Describes, Type: "Event", Values: values, Confidence: schema.NoConfidence,
			Cites: []schema.Citation{{Source: source}},
		}
		return &schema.StoredClaim{Claim: c, StoredKey: c.Key(), Stands: true}
	}
	winner := claim("t:a", map[string][]string{"killed": {"10"}, "killed_low": {"8"}, "killed_high": {"12"}})
	graded := claim("t:b", map[string][]string{"killed": {"20"}})
	facts := schema.ShowFacts(ontology, []*schema.StoredClaim{winner, graded}, func(c *schema.StoredClaim) int {
		if c == graded {
			return 0
		}
		return 5
	})
	n := &Node{XID: "t:event", Type: "Event", Properties: map[string][]string{"killed": {"10"}, "killed_low": {"8"}, "killed_high": {"12"}}}
	n.settle(ontology, facts)
	if n.Properties["killed"][0] != "20" || n.Properties["killed_low"] != nil || n.Properties["killed_high"] != nil {
		t.Errorf("%v", n.Properties)
	}
}

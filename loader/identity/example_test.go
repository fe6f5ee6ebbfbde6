package identity_test

import (
	"context"
	"fmt"

	"orbat/loader/identity"
	"orbat/schema"
)

// Two data sets describe a person each; who may be one, and what speaks for it.
func Example() {
	corpus, err := identity.NewCorpus(func(xid string) string { return xid }) // nothing is merged yet
	if err != nil {
		panic(err)
	}
	for xid, name := range map[string]string{"press:1": "Gen. Michael E. Kurilla", "sfm:kurilla": "Michael Erik Kurilla"} {
		corpus.Add(&schema.Claim{
			Dataset: xid, Subject: xid, Predicate: schema.Describes, Type: "Person", Assertion: schema.Asserted,
			Values: map[string][]string{"name": {name}, "birth_date": {"1966-04-16"}},
		})
	}
	pairs, err := corpus.Pairs(context.Background(), identity.Options{})
	if err != nil {
		panic(err)
	}
	for _, pair := range pairs {
		fmt.Println(pair.A.XID, "may be", pair.B.XID)
		for _, share := range pair.Shares {
			fmt.Printf("%-6s %s\n", share.Feature, share.Finding)
		}
	}
	// Output:
	// press:1 may be sfm:kurilla
	// prior  one partner among all of its kind
	// name   michael, kurilla, e for erik
	// born   both 1966-04-16
}

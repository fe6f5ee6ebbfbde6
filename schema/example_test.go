package schema_test

import (
	"fmt"

	"orbat/schema"
)

// A statement with its source: what of it identifies it, and what an entity shows of it.
func Example() {
	ontology, err := schema.Default()
	if err != nil {
		panic(err)
	}
	since, err := schema.ParsePeriod("2022-04-01/..")
	if err != nil {
		panic(err)
	}
	rank, err := ontology.Property("Person", "rank").Parse(" General ")
	if err != nil {
		panic(err)
	}
	claim := schema.Claim{
		Dataset: "press", Subject: "orbat:press/#kurilla", Predicate: "rank", Value: rank,
		Period: since, Assertion: schema.Asserted, Confidence: schema.NoConfidence,
		Cites: []schema.Citation{{Source: "orbat:press/#report", Quote: "General Kurilla said", Begin: schema.NoSpan, End: schema.NoSpan}},
	}
	fmt.Println("one statement:", claim.Key()[:8]+"…")
	fmt.Println("about the same:", claim.Group() == schema.FactsKey(claim.Subject))

	described := claim
	described.Predicate, described.Value, described.Period = schema.Describes, "", schema.Period{}
	described.Type, described.Values = "Person", map[string][]string{"name": {"Michael Kurilla"}}
	facts := schema.DeriveFacts(ontology, []*schema.StoredClaim{{Claim: claim}, {Claim: described}})
	fmt.Println(facts.Type, facts.Values["rank"], facts.Values["name.key"])
	// Output:
	// one statement: O69ETVD1…
	// about the same: true
	// Person [General] [kurilla michael michael kurilla]
}

// A period has four bounds: each end is a range of its own, unknown or open.
func ExampleParsePeriod() {
	period, err := schema.ParsePeriod("2010/2013-08")
	if err != nil {
		panic(err)
	}
	for _, day := range []string{"2009", "2010-05", "2010", "2012", "2013-08-15", "2014"} {
		date, err := schema.ParseDate(day)
		if err != nil {
			panic(err)
		}
		fmt.Println(day, period.Within(date))
	}
	_, err = schema.ParsePeriod("2013-13/..")
	fmt.Println(err)
	// Output:
	// 2009 no
	// 2010-05 possible
	// 2010 certain
	// 2012 certain
	// 2013-08-15 possible
	// 2014 no
	// month 13 in "2013-13/.."; write YYYY-MM-DD, leaving out what is not known
}

func ExampleOntology_Extend() {
	ontology, err := schema.Default()
	if err != nil {
		panic(err)
	}
	mine, err := ontology.Extend("vessels.yaml", []byte(`
types:
  Vessel:
    caption: [name, imo]
    color: "#117733"
    properties:
      imo: {kind: string, pattern: "[0-9]{7}", names: true}
`))
	if err != nil {
		panic(err)
	}
	fmt.Println(mine.Caption("Vessel"), mine.Style("Vessel"), mine.Property("Vessel", "name").Kind)
	_, err = mine.Property("Vessel", "imo").Parse("12")
	fmt.Println(err)
	// Output:
	// [name imo] {#117733 rectangle} string
	// imo: "12" does not match the pattern [0-9]{7}
}

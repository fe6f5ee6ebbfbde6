package loader_test

import (
	"context"
	"fmt"
	"io"

	"orbat/loader"
	"orbat/schema"
)

// commander is a record such as a reader yields: who commands what, how sure that is, and where it stands.
func commander() *schema.Record {
	return &schema.Record{
		Kind: schema.RelationRecord, Predicate: "commands",
		Subject: schema.Ref{Type: "Person", Name: "Ann Lee"}, Object: schema.Ref{XID: "u:7"},
		Provenance: schema.Provenance{Confidence: "80", Cites: []schema.Cite{{Locator: "p. 3"}}},
	}
}

// What a record claims is told without a database: here that Ann Lee commands the unit, and that there is a person of
// that name.
func ExampleClaims() {
	ontology, err := schema.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	claims, err := loader.Claims(ontology, "m", commander())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, claim := range claims {
		fmt.Printf("%s\n", claim.AppendJSON(nil))
	}
	wrong := commander()
	wrong.Provenance.Confidence = "very"
	_, err = loader.Claims(ontology, "m", wrong)
	fault := schema.FaultOf(err)
	fmt.Printf("%s %q: %s; %s\n", fault.Column, fault.Value, fault.Reason, fault.Hint)
	// Output:
	// {"dataset":"m","relation":"commands","from":"orbat:m/Person/ann lee","to":"u:7","confidence":80,"locator":"p. 3"}
	// {"dataset":"m","type":"Person","xid":"orbat:m/Person/ann lee","name":"Ann Lee"}
	// confidence "very": not a confidence; a whole number from 0 to 100
}

// A graph is rendered as N-Quads by the same steps that load it.
func ExampleRDF() {
	ontology, err := schema.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	records := func(yield func(*schema.Record, error) bool) { yield(commander(), nil) }
	rdf := &loader.RDF{Ontology: ontology, Dataset: "mine"}
	count, err := rdf.Write(context.Background(), io.Discard, records)
	fmt.Println(count.Claims, "claims,", count.Edges, "edge:", err)
	// Output: 2 claims, 1 edge: <nil>
}

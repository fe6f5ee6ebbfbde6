package encode_test

import (
	"bytes"
	"fmt"
	"strings"

	"orbat/queries"
	"orbat/queries/encode"
)

// A small graph as GraphML. What a query found is such a graph: Result.Graph.
func Example() {
	result := &queries.Result{
		Query: "ego-network",
		Nodes: []*queries.Node{
			{XID: "t:kurilla", Type: "Person", Name: "Michael Kurilla"}, {XID: "t:centcom", Type: "Unit", Name: "US Central Command"},
		},
		Edges: []*queries.Edge{{
			ID: "1", From: "t:kurilla", Relation: "commands", To: "t:centcom", Period: "2022-04-01/..", Claims: 2,
			Sources: 1,
		}},
	}
	graphML, err := encode.Find("graphml")
	if err != nil {
		panic(err) // an *encode.UnknownFormatError, which lists the formats there are
	}
	var file bytes.Buffer
	if err := graphML.Encode(&file, result.Graph()); err != nil {
		panic(err)
	}
	for line := range strings.Lines(file.String()) {
		if strings.Contains(line, "<node") || strings.Contains(line, "<edge") || strings.Contains(line, `"edge.date_from"`) {
			fmt.Print(strings.TrimLeft(line, " "))
		}
	}
	// Output:
	// <key id="edge.date_from" for="edge" attr.name="date_from" attr.type="string"/>
	// <node id="t:kurilla">
	// <node id="t:centcom">
	// <edge id="1" source="t:kurilla" target="t:centcom">
	// <data key="edge.date_from">2022-04-01</data>
}

package queries_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"orbat/deploy/deploytest"
	"orbat/loader"
	"orbat/loader/format"
	"orbat/queries"
	"orbat/schema"
)

// A table has rows, and beside them the nodes and edges that they are about.
func ExampleRunner_Run_table() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "commanders-of-unit",
		map[string]string{"unit": "CENTCOM", "as_of": "2023-07-07", "certain": "true"}, queries.Ask{})
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.Columns[:4])
	for _, row := range answer.Rows {
		fmt.Println(row[:4])
	}
	// Output:
	// [from role rank period]
	// [Michael Kurilla commander General 2022-04-01/2025-08-08]
}

// A timeline is a table in the order of time, with a column date or period.
func ExampleRunner_Run_timeline() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "timeline-of-area", map[string]string{"place": "Syria", "to": "2020", "limit": "3"},
		queries.Ask{})
	if err != nil {
		panic(err)
	}
	for _, row := range answer.Rows {
		fmt.Println(strings.Join(row[:4], " | "))
	}
	fmt.Println("there is more:", answer.Truncated)
	// Output:
	// 2019 | Islamic State | affected_by | End of the Islamic State's rule over territory in Syria
	// 2019 | Syrian Democratic Forces | carried_out | End of the Islamic State's rule over territory in Syria
	// 2019 | End of the Islamic State's rule over territory in Syria | located_at | Syria
	// there is more: true
}

// A map is a table with a column position, where a position is known.
func ExampleRunner_Run_map() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "units-in-area", map[string]string{"near": "35.4, 35.9", "radius_km": "20"},
		queries.Ask{})
	if err != nil {
		panic(err)
	}
	for _, row := range answer.Rows {
		fmt.Println(row[0], "|", row[2], "|", row[4])
	}
	// Output:
	// Russian forces in Syria | Khmeimim Air Base | 35.4011, 35.9487
}

// A graph has nodes and edges. With Evidence each edge carries its claims: who says so, and where.
func ExampleRunner_Run_graph() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "ego-network", map[string]string{"entity": "Syrian Democratic Forces"},
		queries.Ask{Evidence: true})
	if err != nil {
		panic(err)
	}
	for _, e := range answer.Edges {
		claim := e.Evidence[0]
		fmt.Println(e.Relation, *claim.Confidence, queries.SourceLine(claim.Cites[0]))
	}
	// Output:
	// allied_with 85 Incoming coalition commander vows to continue fight against ISIS, Rudaw, 2023-08-24, reliability C
	// carried_out 85 Incoming coalition commander vows to continue fight against ISIS, Rudaw, 2023-08-24, reliability C
	// opposes 85 Incoming coalition commander vows to continue fight against ISIS, Rudaw, 2023-08-24, reliability C
}

// A tree is a graph with a root; Parents says for each edge from which end it was reached.
func ExampleRunner_Run_tree() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "subordinate-tree", map[string]string{"unit": "CENTCOM"}, queries.Ask{})
	if err != nil {
		panic(err)
	}
	name := map[string]string{}
	for _, n := range answer.Nodes {
		name[n.XID] = n.Name
	}
	fmt.Println(name[answer.Root])
	for i, e := range answer.Edges {
		fmt.Println("  below", name[answer.Parents[i]], "is", name[e.From])
	}
	// Output:
	// US Central Command
	//   below US Central Command is Ninth Air Force (Air Forces Central)
	//   below US Central Command is Combined Joint Task Force - Operation Inherent Resolve
}

// A path is a list of alternatives, each a chain of edges that may be walked either way.
func ExampleRunner_Run_path() {
	runner, done := builtInCase()
	defer done()
	answer, err := runner.Run(context.Background(), "shortest-path",
		map[string]string{"from": "Michael Kurilla", "to": "Usamah al-Muhajir", "limit": "1"}, queries.Ask{})
	if err != nil {
		panic(err)
	}
	for _, step := range answer.Paths[0] {
		fmt.Println(step.Edge.Relation, "forward:", step.Forward)
	}
	// Output:
	// commands forward: true
	// carried_out forward: true
	// affected_by forward: false
}

// What nobody is called is an error with suggestions, as is a name that means several ([queries.AmbiguousError]).
func ExampleUnknownEntityError() {
	runner, done := builtInCase()
	defer done()
	_, err := runner.Run(context.Background(), "entity-card", map[string]string{"entity": "nobody of this name"}, queries.Ask{})
	fmt.Println(err)
	// Output:
	// entity: unknown entity "nobody of this name"
}

// builtInCase returns a runner on a database that holds orbat's built-in case.
func builtInCase() (runner *queries.Runner, done func()) {
	t := &example{}
	conn := deploytest.Shared(t)
	ontology, err := schema.Default()
	if err != nil {
		panic(err)
	}
	if ontology, err = loader.Migrate(context.Background(), conn, ontology); err != nil {
		panic(err)
	}
	in := format.Stream("example.yaml", bytes.NewReader(loader.Example()))
	l := &loader.Loader{DB: conn, Ontology: ontology}
	if _, err := l.Load(context.Background(), format.Read(context.Background(), in, format.Options{}), loader.Options{}); err != nil {
		panic(err)
	}
	library, err := queries.Builtin(ontology)
	if err != nil {
		panic(err)
	}
	return &queries.Runner{DB: conn, Ontology: ontology, Library: library}, t.done
}

// example stands in for the testing.TB that an Example function does not get.
type example struct {
	testing.TB
	cleanups []func()
}

func (t *example) Helper()                      {}
func (t *example) Output() io.Writer            { return io.Discard }
func (t *example) Cleanup(do func())            { t.cleanups = append(t.cleanups, do) }
func (t *example) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (t *example) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

func (t *example) done() {
	for i := range t.cleanups {
		t.cleanups[len(t.cleanups)-1-i]()
	}
}
